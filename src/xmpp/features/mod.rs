//! The protocol features: one file per XEP, all of one shape.
//!
//! # Add a XEP in ten steps
//!
//! 1. Make `features/<domain>/xep0184_receipts.rs`; open it with `//! XEP-0184: Message Delivery Receipts.`, what the
//!    user gets, what is left out, and the security rule: whose `from` must be checked.
//! 2. Write its `SPEC`: number, title, version read, support, namespaces for disco, stage.
//! 3. Write the struct with its memory, and bound whatever a stranger can make grow.
//! 4. **In**: `on_message`, `on_presence`, `on_iq`, `on_reply`, `on_timer`, `on_signal`; leave out what it does not need.
//! 5. **Out**: `on_command`, `decorate`.
//! 6. Private `parse_*` and `build_*`; payload types stop here, the app gets `model` types.
//! 7. If the app must know of it, add a variant to the domain's Event (or Command); `update` will not compile
//!    until it answers.
//! 8. Add one line to the domain's `mod.rs`.
//! 9. Write a wire script in `tests/all/features/`, with the forged variants of step 1.
//! 10. Run `UPDATE_DOCS=1 cargo test --test all docs`: docs/reference.md and doap.xml follow from `SPEC`.
//!
//! Features never import each other. What one must tell another goes through `Facts` (what is known) or a
//! `Signal` (what happened), so that the order is always the order of the stages.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a feature answers to its few signals and commands and gives the rest back; Event and Command are matched \
              in full by those who receive them"
)]

pub mod chat;
pub mod history;
pub mod muc;
pub mod presence;
pub mod roster;
pub mod service;
pub mod session;
