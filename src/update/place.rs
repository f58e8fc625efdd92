//! Decides where keys go: to the topmost overlay, else to the pane with the focus.

use super::overlays;
use crate::action::Context;
use crate::model::{Delivery, Message as Said};
use crate::state::State;
use crate::state::focus::Pane;

/// The contexts that listen, the innermost first; and whether text is written there.
pub(crate) fn place(state: &State) -> (&'static [Context], bool) {
    use Context::{Chat, Composer, Global, List, Message, People, Requests, Sidebar, Unsent};
    if let Some(contexts) = overlays::contexts(state) {
        return (contexts, contexts.contains(&Composer));
    }
    match state.focus.pane {
        Pane::Composer => (&[Composer, Chat, Global], true),
        // Keys that write or edit a text end the selection.
        Pane::Message if state.selected_message().is_some_and(has_failed) => {
            (&[Unsent, Message, Composer, Chat, Global], true)
        }
        Pane::Message => (&[Message, Composer, Chat, Global], true),
        Pane::Sidebar if state.sidebar.filter.is_some() => (&[List, Global], true),
        Pane::Sidebar if state.sidebar.is_at_request() => (&[Requests, Sidebar, List, Global], false),
        Pane::Sidebar => (&[Sidebar, List, Global], false),
        Pane::People => (&[People, List, Global], false),
    }
}

/// Whether a message of the user's was not sent, as far as is known.
pub(crate) fn has_failed(message: &Said) -> bool {
    matches!(message.delivery, Delivery::Failed(_) | Delivery::Unknown)
}
