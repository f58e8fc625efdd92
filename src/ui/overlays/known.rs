//! Names for namespaces in the service browser. An unknown namespace is shown as it is.

/// (namespace, what it is), sorted by namespace.
static KNOWN: &[(&str, &str)] = &[
    ("http://jabber.org/protocol/address", "Several recipients (XEP-0033)"),
    ("http://jabber.org/protocol/amp", "Delivery rules (XEP-0079)"),
    ("http://jabber.org/protocol/bytestreams", "File transfer through a proxy (XEP-0065)"),
    ("http://jabber.org/protocol/caps", "Entity capabilities (XEP-0115)"),
    ("http://jabber.org/protocol/chatstates", "Typing notices (XEP-0085)"),
    ("http://jabber.org/protocol/commands", "Commands (XEP-0050)"),
    ("http://jabber.org/protocol/disco#info", "Service discovery: features (XEP-0030)"),
    ("http://jabber.org/protocol/disco#items", "Service discovery: items (XEP-0030)"),
    ("http://jabber.org/protocol/muc", "Chat rooms (XEP-0045)"),
    ("http://jabber.org/protocol/muc#self-ping-optimization", "Room self-ping (XEP-0410)"),
    ("http://jabber.org/protocol/muc#stable_id", "Stable message ids in rooms (XEP-0045)"),
    ("http://jabber.org/protocol/muc#unique", "Unique room names (XEP-0307)"),
    ("http://jabber.org/protocol/pubsub", "Publish and subscribe (XEP-0060)"),
    ("http://jabber.org/protocol/rsm", "Results in pages (XEP-0059)"),
    ("jabber:iq:gateway", "Gateway addresses (XEP-0100)"),
    ("jabber:iq:last", "Last activity (XEP-0012)"),
    ("jabber:iq:privacy", "Privacy lists (XEP-0016)"),
    ("jabber:iq:private", "Private storage (XEP-0049)"),
    ("jabber:iq:register", "Registration (XEP-0077)"),
    ("jabber:iq:roster", "Contact list (RFC 6121)"),
    ("jabber:iq:search", "Directory search (XEP-0055)"),
    ("jabber:iq:time", "Time, legacy (XEP-0090)"),
    ("jabber:iq:version", "Software version (XEP-0092)"),
    ("jabber:x:data", "Data forms (XEP-0004)"),
    ("msgoffline", "Offline messages (XEP-0160)"),
    ("muc_hidden", "Room: not listed"),
    ("muc_membersonly", "Room: members only"),
    ("muc_moderated", "Room: only those with voice may talk"),
    ("muc_nonanonymous", "Room: everybody sees addresses"),
    ("muc_open", "Room: open to all"),
    ("muc_passwordprotected", "Room: needs a password"),
    ("muc_persistent", "Room: stays when empty"),
    ("muc_public", "Room: listed"),
    ("muc_semianonymous", "Room: only moderators see addresses"),
    ("muc_temporary", "Room: ends when empty"),
    ("muc_unmoderated", "Room: all may talk"),
    ("muc_unsecured", "Room: no password"),
    ("urn:ietf:params:xml:ns:xmpp-sasl", "Sign-in (RFC 6120)"),
    ("urn:xmpp:avatar:metadata+notify", "Wants avatars (XEP-0084)"),
    ("urn:xmpp:blocking", "Blocking (XEP-0191)"),
    ("urn:xmpp:bookmarks:0", "Bookmarks (XEP-0402)"),
    ("urn:xmpp:bookmarks:1", "Bookmarks (XEP-0402)"),
    ("urn:xmpp:bookmarks:1#compat", "Bookmarks, old and new alike (XEP-0402)"),
    ("urn:xmpp:carbons:2", "Carbons: all devices see all (XEP-0280)"),
    ("urn:xmpp:carbons:rules:0", "Carbons, the recommended rules (XEP-0280)"),
    ("urn:xmpp:chat-markers:0", "Read markers (XEP-0333)"),
    ("urn:xmpp:csi:0", "Client state (XEP-0352)"),
    ("urn:xmpp:delay", "Time stamps (XEP-0203)"),
    ("urn:xmpp:extdisco:2", "Tells of STUN and TURN servers (XEP-0215)"),
    ("urn:xmpp:fulltext:0", "Full-text search in archives"),
    ("urn:xmpp:http:upload:0", "File upload (XEP-0363)"),
    ("urn:xmpp:idle:1", "Idle times (XEP-0319)"),
    ("urn:xmpp:jingle:1", "Jingle (XEP-0166)"),
    ("urn:xmpp:mam:1", "Message archive, older version (XEP-0313)"),
    ("urn:xmpp:mam:2", "Message archive (XEP-0313)"),
    ("urn:xmpp:mam:2#extended", "Message archive, extended (XEP-0313)"),
    ("urn:xmpp:mds:displayed:0", "Read marks on all devices (XEP-0490)"),
    ("urn:xmpp:message-correct:0", "Message correction (XEP-0308)"),
    ("urn:xmpp:message-moderate:0", "Moderation (XEP-0425)"),
    ("urn:xmpp:message-moderate:1", "Moderation (XEP-0425)"),
    ("urn:xmpp:message-retract:1", "Retraction (XEP-0424)"),
    ("urn:xmpp:occupant-id:0", "Occupant ids (XEP-0421)"),
    ("urn:xmpp:ping", "Ping (XEP-0199)"),
    ("urn:xmpp:push:0", "Push notices (XEP-0357)"),
    ("urn:xmpp:reactions:0", "Reactions (XEP-0444)"),
    ("urn:xmpp:receipts", "Delivery receipts (XEP-0184)"),
    ("urn:xmpp:reporting:1", "Spam reports (XEP-0377)"),
    ("urn:xmpp:sid:0", "Unique message ids (XEP-0359)"),
    ("urn:xmpp:sm:3", "Stream management (XEP-0198)"),
    ("urn:xmpp:time", "Time (XEP-0202)"),
    ("urn:xmpp:vcard4", "Profiles (XEP-0292)"),
    ("vcard-temp", "Profiles (XEP-0054)"),
];

/// What a namespace is; `None` for one we do not know.
#[must_use]
pub fn feature(ns: &str) -> Option<&'static str> {
    if let Some(kind) = ns.strip_prefix("http://jabber.org/protocol/pubsub#") {
        return (!kind.is_empty()).then_some("Publish and subscribe: an option (XEP-0060)");
    }
    KNOWN.binary_search_by_key(&ns, |(known, _)| known).ok().and_then(|i| KNOWN.get(i)).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_found() {
        assert!(KNOWN.is_sorted_by_key(|(ns, _)| ns));
        assert_eq!(feature("urn:xmpp:mam:2"), Some("Message archive (XEP-0313)"));
        assert_eq!(feature("urn:example:unknown:1"), None);
    }
}
