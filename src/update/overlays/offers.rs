//! Explains the stream features that a server offers before and after the login.

use crate::model::StreamFeature;
use crate::state::accounts::Account;
use crate::words;

/// What the server offers.
pub(crate) fn lines(account: &Account, out: &mut Vec<String>) {
    let headings = [words::service::offered_before(), words::service::offered_now()];
    for (heading, features) in headings.into_iter().zip(&account.login.offered) {
        if features.is_empty() {
            continue;
        }
        out.push(String::new());
        out.push(format!("# {heading}"));
        out.extend(features.iter().map(one));
    }
}

fn one(feature: &StreamFeature) -> String {
    let (name, ns) = (feature.name.raw(), feature.ns.raw());
    let words = words::feature::of_stream(ns).unwrap_or_else(|| words::service::unknown_feature(ns));
    let detail = if feature.detail.is_empty() { String::new() } else { format!(" ({})", feature.detail.raw()) };
    format!("  {name:<15} {words}{detail}")
}
