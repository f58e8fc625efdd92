//! Explains the stream features that a server offers before and after the login.

use crate::model::StreamFeature;
use crate::state::accounts::Account;
use crate::words;

/// Namespace → what it means, one line each.
const MEANINGS: &[(&str, &str)] = &[
    ("urn:ietf:params:xml:ns:xmpp-tls", "STARTTLS: turns a plain connection into an encrypted one"),
    ("urn:ietf:params:xml:ns:xmpp-sasl", "SASL: the ways to sign in"),
    ("urn:xmpp:sasl:2", "SASL 2: signing in and opening the session in fewer round trips (XEP-0388)"),
    ("urn:xmpp:bind:0", "Bind 2: the session opens with the login (XEP-0386)"),
    ("urn:xmpp:fast:0", "FAST: a token signs in again without the password (XEP-0484)"),
    ("urn:xmpp:sasl-cb:0", "which channel bindings the server can do (XEP-0440)"),
    ("urn:xmpp:ssdp:0", "a check that nobody took ways to sign in from the list (XEP-0474)"),
    ("urn:ietf:params:xml:ns:xmpp-bind", "resource binding: a full address for this device"),
    ("urn:ietf:params:xml:ns:xmpp-session", "a step that old servers wanted; new ones call it optional"),
    ("urn:xmpp:sm:3", "stream management: confirms each stanza, and resumes a session after a break (XEP-0198)"),
    ("urn:xmpp:sm:2", "an old form of stream management"),
    ("urn:xmpp:csi:0", "client state: the server holds back what is not urgent while nobody looks (XEP-0352)"),
    ("urn:xmpp:features:rosterver", "roster versions: the contact list comes only where it changed"),
    ("urn:xmpp:features:pre-approval", "a contact may be allowed before it asks"),
    ("http://jabber.org/features/iq-register", "accounts can be made and changed from within a client (XEP-0077)"),
    ("urn:xmpp:ibr-token:0", "accounts can be made with an invitation (XEP-0401)"),
    ("urn:xmpp:invite", "accounts can be made with an invitation (XEP-0401)"),
    ("http://jabber.org/features/compress", "compression; parlour leaves it out, since it helps attackers"),
    ("http://jabber.org/features/compression", "compression; parlour leaves it out, since it helps attackers"),
    ("http://jabber.org/features/iq-auth", "a way to sign in from before SASL; parlour never uses it"),
    ("http://jabber.org/protocol/caps", "what the server can do, in short (XEP-0115)"),
    ("urn:xmpp:caps", "what the server can do, in short (XEP-0390)"),
    ("urn:xmpp:stream-limits:0", "how large a stanza and how long a silence may be (XEP-0478)"),
    ("urn:xmpp:features:dialback", "a check between servers"),
    ("p1:push", "push notices of one maker, for phones"),
    ("p1:rebind", "session resumption of one maker"),
    ("p1:ack", "confirmations of one maker"),
];

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
    let meaning = MEANINGS.iter().find(|(known, _)| *known == ns).map(|(_, words)| *words);
    let words = match meaning {
        Some(words) => words.to_owned(),
        None => words::service::unknown_feature(ns),
    };
    let detail = if feature.detail.is_empty() { String::new() } else { format!(" ({})", feature.detail.raw()) };
    format!("  {name:<15} {words}{detail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_namespace_stands_once() {
        let mut names: Vec<_> = MEANINGS.iter().map(|(ns, _)| ns).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEANINGS.len());
    }
}
