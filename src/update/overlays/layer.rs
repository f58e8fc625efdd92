//! The row of functions through which the rest of the program uses an overlay. Each overlay's file has one.
//!
//! This keeps a new overlay local: it is a file of its own and one arm of the match in the parent module.

use super::super::turn::Turn;
use crate::action::{Context, InForm, Key, List};
use crate::state::State;
use crate::state::composer::TextBox;
use crate::words::Text;
use crate::words::hint;

/// Keys to offer at the bottom: the action's name, and words shorter than its own.
pub(crate) type Hints = &'static [(&'static str, Text)];

/// A line that is being typed.
pub(crate) enum TypedLine<'a> {
    /// One with a cursor.
    Box(&'a mut TextBox),
    /// One that only grows and shrinks at its end.
    Filter(&'a mut String),
}

/// The row of an overlay. Each function is called while the overlay is the topmost.
pub(crate) struct Layer {
    /// The contexts whose keys it takes, the innermost first. With [`Context::Composer`] among them, keys write text.
    pub(super) contexts: fn(&State) -> &'static [Context],
    /// The keys to offer.
    pub(super) hints: fn(&State) -> Hints,
    /// The line that characters go to, where there is one.
    pub(super) line: for<'s> fn(&'s mut State) -> Option<TypedLine<'s>>,
    /// That line has another text now.
    pub(super) edited: fn(&mut Turn<'_>),
    /// A key before any keymap is asked. Returns whether it was taken.
    pub(super) key: fn(&mut Turn<'_>, Key) -> bool,
    /// Moves in its list, or chooses a row.
    pub(super) list: fn(&mut Turn<'_>, List),
    /// Does what a key means in a form.
    pub(super) form: fn(&mut Turn<'_>, InForm),
    /// Goes one step back, the last of which closes it.
    pub(super) close: fn(&mut Turn<'_>),
}

/// The contexts of what has rows and no line.
pub(super) const LIST: &[Context] = &[Context::List, Context::Global];
/// The contexts of what has rows and a line.
pub(super) const LIST_AND_LINE: &[Context] = &[Context::List, Context::Composer, Context::Global];
/// The contexts of a form, at a field that is chosen rather than typed.
pub(super) const FORM: &[Context] = &[Context::Form, Context::Global];
/// The contexts of a form, at a field that text is typed into.
pub(super) const FORM_AND_LINE: &[Context] = &[Context::Form, Context::Composer, Context::Global];

/// What most overlays are: something to look at that Esc closes. Rows say what they have beside that.
pub(super) const PLAIN: Layer = Layer {
    contexts: |_| LIST,
    hints: |_| &[("cancel", hint::close)],
    line: |_| None,
    edited: |_| {},
    key: |_, _| false,
    list: |_, _| {},
    form: |_, _| {},
    close: |turn| {
        turn.state.overlays.pop();
    },
};
