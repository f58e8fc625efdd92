//! What several features need: pure functions over elements and stanzas, no state.

pub mod element;
pub mod errors;
pub mod forward;
pub mod iq;
pub mod rsm;
pub mod time;
