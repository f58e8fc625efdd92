//! Every standard that parlour speaks: `docs/reference.md` and `assets/doap.xml` are made from this one list.
//!
//! The rows stand beside the code that implements them, and this file only collects them: it is the one place that may
//! look into the engine, the model and the screen at once.

use crate::model::{Standard, address};
use crate::ui::{message, panes, theme};
use crate::xmpp::kit::{forms, pubsub, rsm, time};
use crate::xmpp::stream::{self, fast, management, sasl, sasl2};
use crate::xmpp::{connect, feature, registry};

/// Standards that are not protocol features: they have no `Spec`, since no stanza stage and no disco answer goes with them.
const OTHERS: &[&[Standard]] = &[
    &[address::STANDARD, stream::STANDARD, management::STANDARD, fast::STANDARD],
    sasl2::STANDARDS,
    sasl::mechanism::STANDARDS,
    &[connect::tls::STANDARD, connect::resolve::STANDARD],
    &[forms::STANDARD, rsm::STANDARD, time::STANDARD],
    pubsub::STANDARDS,
    &[theme::STANDARD, message::STANDARD, panes::history::STANDARD],
];

/// All rows, by name.
#[must_use]
pub fn all() -> Vec<Standard> {
    let features = registry::all();
    let specs = features.iter().flat_map(|f| std::iter::once(f.spec()).chain(f.also()));
    let mut all: Vec<Standard> = specs.map(feature::Spec::standard).chain(OTHERS.concat()).collect();
    all.sort_by_key(|s| s.name);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_standard_has_one_row() {
        let all = all();
        for pair in all.windows(2) {
            assert_ne!(pair[0].name, pair[1].name, "two rows");
        }
        for s in &all {
            assert!(!s.title.is_empty() && !s.version.is_empty(), "{}", s.name);
        }
    }
}
