//! Signing in (RFC 6120 §6): the choice of a mechanism, and what is said in it.
//!
//! An [`Exchange`] takes and gives bytes; which elements carry them is the business of the profile that uses it
//! (`authenticate` for RFC 6120 §6), so that every profile has the same mechanisms and the same checks. PLAIN is used
//! only inside TLS, and only where the user allowed it for this account. DIGEST-MD5 and the like never are.

pub mod exchange;
mod gs2;
pub mod mechanism;
mod scram;

pub use exchange::Exchange;
pub use gs2::Gs2;
pub use mechanism::{Hash, Mechanism, Offer, Plan, Terms, choose};
pub use scram::{ITERATIONS_MAX, ITERATIONS_MIN};

#[cfg(test)]
mod tests;
