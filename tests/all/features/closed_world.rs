//! What holds for all features together.

use super::harness::Script;
use parlour::contract::Bootstrap;
use parlour::xmpp::registry;
use std::collections::HashMap;

#[test]
fn each_namespace_is_announced_by_one_feature() {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for feature in registry::all() {
        for spec in std::iter::once(feature.spec()).chain(feature.also()) {
            assert!(!spec.name.is_empty() && !spec.title.is_empty() && !spec.version.is_empty());
            for ns in spec.disco {
                if let Some(other) = owners.insert(ns, spec.name) {
                    panic!("{ns} is announced by {other} and by {}", spec.name);
                }
            }
        }
    }
}

#[test]
fn unknown_questions_are_answered_and_answers_never_are() {
    let mut script = Script::with(&[], Bootstrap::default(), Vec::new());
    script.play(
        r#"
        < <iq type='get' id='1' from='eve@evil.test/x'><query xmlns='jabber:iq:last'/></iq>
        > <iq type='error' id='1' to='eve@evil.test/x'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        < <iq type='set' id='2' from='eve@evil.test/x'/>
        > <iq type='error' id='2' to='eve@evil.test/x'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        < <iq type='get' id='3'><a xmlns='x'/><b xmlns='x'/></iq>
        > <iq type='error' id='3'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        < <iq type='odd' id='4'/>
        > <iq type='error' id='4'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        < <iq type='result' id='5' from='eve@evil.test/x'/>
        < <iq type='error' id='6' from='eve@evil.test/x'/>
        < <iq type='get' from='eve@evil.test/x'><query xmlns='jabber:iq:last'/></iq>
        # A sender that is no address: one line for many.
        < <message from='@@@'><body>x</body></message>
        ! Event(Session(Noticed("passed over a stanza
        < <message from='@@@'><body>x</body></message>
        "#,
    );
}

mod the_harness_itself {
    use crate::features::people::online;

    #[test]
    #[should_panic(expected = "nothing more was sent")]
    fn an_unused_stanza_line_fails() {
        online().play("* presence away\n> <presence><show>away</show></presence>\n> <presence/>\n! …");
    }

    #[test]
    #[should_panic(expected = "sent, but not in the script")]
    fn an_unmatched_stanza_fails() {
        online().play("* presence away\n! …");
    }

    #[test]
    #[should_panic(expected = "in the batch, but not in the script")]
    fn an_unmatched_entry_fails() {
        online().play("* presence away\n> <presence><show>away</show></presence>");
    }

    #[test]
    #[should_panic(expected = "says \"away\"")]
    fn another_text_fails() {
        online().play("* presence away\n> <presence><show>xa</show></presence>\n! …");
    }
}
