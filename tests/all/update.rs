//! State and messages in, state and effects out.
