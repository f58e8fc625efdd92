//! The screen: `view(&State, &Theme, &mut Memo, &mut Frame)`, a pure function of the state.
