//! Actions, and the keys that are bound to them.

#[expect(clippy::module_inception, reason = "the enum that the folder is named for")]
pub mod action;
pub mod actions;
pub mod context;
pub mod key;
pub mod keymap;
pub mod list;
pub mod near;

pub use action::{
    Action, Browse, Edit, HistoryAsk, OnAccount, OnCert, OnMessage, OnPerson, OnRow, RoomName, ScrollStep, Target,
};
pub use actions::{ACTIONS, ActionSpec};
pub use context::Context;
pub use key::{Key, KeyCode};
pub use keymap::{KeyError, Keymap, Lookup};
pub use list::{InForm, List, Move, PAGE};
