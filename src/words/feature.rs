//! What features of services and streams are called.

/// A feature that a service announces by service discovery.
pub fn of_service(ns: &str) -> Option<String> {
    let name = match ns {
        "http://jabber.org/protocol/address" => tr!("Several recipients (XEP-0033)"),
        "http://jabber.org/protocol/amp" => tr!("Delivery rules (XEP-0079)"),
        "http://jabber.org/protocol/bytestreams" => tr!("File transfer through a proxy (XEP-0065)"),
        "http://jabber.org/protocol/caps" => tr!("Entity capabilities (XEP-0115)"),
        "http://jabber.org/protocol/chatstates" => tr!("Typing notices (XEP-0085)"),
        "http://jabber.org/protocol/commands" => tr!("Commands (XEP-0050)"),
        "http://jabber.org/protocol/disco#info" => tr!("Service discovery: features (XEP-0030)"),
        "http://jabber.org/protocol/disco#items" => tr!("Service discovery: items (XEP-0030)"),
        "http://jabber.org/protocol/muc" => tr!("Chat rooms (XEP-0045)"),
        "http://jabber.org/protocol/muc#self-ping-optimization" => tr!("Room self-ping (XEP-0410)"),
        "http://jabber.org/protocol/muc#stable_id" => tr!("Stable message ids in rooms (XEP-0045)"),
        "http://jabber.org/protocol/muc#unique" => tr!("Unique room names (XEP-0307)"),
        "http://jabber.org/protocol/pubsub" => tr!("Publish and subscribe (XEP-0060)"),
        "http://jabber.org/protocol/rsm" => tr!("Results in pages (XEP-0059)"),
        "jabber:iq:gateway" => tr!("Gateway addresses (XEP-0100)"),
        "jabber:iq:last" => tr!("Last activity (XEP-0012)"),
        "jabber:iq:privacy" => tr!("Privacy lists (XEP-0016)"),
        "jabber:iq:private" => tr!("Private storage (XEP-0049)"),
        "jabber:iq:register" => tr!("Registration (XEP-0077)"),
        "jabber:iq:roster" => tr!("Contact list (RFC 6121)"),
        "jabber:iq:search" => tr!("Directory search (XEP-0055)"),
        "jabber:iq:time" => tr!("Time, legacy (XEP-0090)"),
        "jabber:iq:version" => tr!("Software version (XEP-0092)"),
        "jabber:x:data" => tr!("Data forms (XEP-0004)"),
        "msgoffline" => tr!("Offline messages (XEP-0160)"),
        "muc_hidden" => tr!("Room: not listed"),
        "muc_membersonly" => tr!("Room: members only"),
        "muc_moderated" => tr!("Room: only those with voice may talk"),
        "muc_nonanonymous" => tr!("Room: everybody sees addresses"),
        "muc_open" => tr!("Room: open to all"),
        "muc_passwordprotected" => tr!("Room: needs a password"),
        "muc_persistent" => tr!("Room: stays when empty"),
        "muc_public" => tr!("Room: listed"),
        "muc_semianonymous" => tr!("Room: only moderators see addresses"),
        "muc_temporary" => tr!("Room: ends when empty"),
        "muc_unmoderated" => tr!("Room: all may talk"),
        "muc_unsecured" => tr!("Room: no password"),
        "urn:ietf:params:xml:ns:xmpp-sasl" => tr!("Sign-in (RFC 6120)"),
        "urn:xmpp:avatar:metadata+notify" => tr!("Wants avatars (XEP-0084)"),
        "urn:xmpp:blocking" => tr!("Blocking (XEP-0191)"),
        "urn:xmpp:bookmarks:0" | "urn:xmpp:bookmarks:1" => tr!("Bookmarks (XEP-0402)"),
        "urn:xmpp:bookmarks:1#compat" => tr!("Bookmarks, old and new alike (XEP-0402)"),
        "urn:xmpp:carbons:2" => tr!("Carbons: messages on all devices (XEP-0280)"),
        "urn:xmpp:carbons:rules:0" => tr!("Carbons, the recommended rules (XEP-0280)"),
        "urn:xmpp:chat-markers:0" => tr!("Read markers (XEP-0333)"),
        "urn:xmpp:csi:0" => tr!("Client state (XEP-0352)"),
        "urn:xmpp:delay" => tr!("Delayed delivery (XEP-0203)"),
        "urn:xmpp:extdisco:2" => tr!("STUN and TURN servers (XEP-0215)"),
        "urn:xmpp:fulltext:0" => tr!("Full-text search in archives"),
        "urn:xmpp:http:upload:0" => tr!("File upload (XEP-0363)"),
        "urn:xmpp:idle:1" => tr!("Idle times (XEP-0319)"),
        "urn:xmpp:jingle:1" => tr!("Jingle (XEP-0166)"),
        "urn:xmpp:mam:1" => tr!("Message archive, older version (XEP-0313)"),
        "urn:xmpp:mam:2" => tr!("Message archive (XEP-0313)"),
        "urn:xmpp:mam:2#extended" => tr!("Message archive, extended (XEP-0313)"),
        "urn:xmpp:mds:displayed:0" => tr!("Read marks on all devices (XEP-0490)"),
        "urn:xmpp:message-correct:0" => tr!("Message correction (XEP-0308)"),
        "urn:xmpp:message-moderate:0" | "urn:xmpp:message-moderate:1" => tr!("Moderation (XEP-0425)"),
        "urn:xmpp:message-retract:1" => tr!("Retraction (XEP-0424)"),
        "urn:xmpp:occupant-id:0" => tr!("Occupant ids (XEP-0421)"),
        "urn:xmpp:ping" => tr!("Ping (XEP-0199)"),
        "urn:xmpp:push:0" => tr!("Push notices (XEP-0357)"),
        "urn:xmpp:reactions:0" => tr!("Reactions (XEP-0444)"),
        "urn:xmpp:receipts" => tr!("Delivery receipts (XEP-0184)"),
        "urn:xmpp:reporting:1" => tr!("Spam reports (XEP-0377)"),
        "urn:xmpp:sid:0" => tr!("Unique message ids (XEP-0359)"),
        "urn:xmpp:sm:3" => tr!("Stream management (XEP-0198)"),
        "urn:xmpp:time" => tr!("Time (XEP-0202)"),
        "urn:xmpp:vcard4" => tr!("Profiles (XEP-0292)"),
        "vcard-temp" => tr!("Profiles (XEP-0054)"),
        _ if ns.strip_prefix("http://jabber.org/protocol/pubsub#").is_some_and(|kind| !kind.is_empty()) => {
            tr!("Publish and subscribe: an option (XEP-0060)")
        }
        _ => return None,
    };
    Some(name)
}

/// A feature that a server offers on a stream.
pub fn of_stream(ns: &str) -> Option<String> {
    let name = match ns {
        "urn:ietf:params:xml:ns:xmpp-tls" => tr!("STARTTLS: turns a plain connection into an encrypted one"),
        "urn:ietf:params:xml:ns:xmpp-sasl" => tr!("SASL: the ways to sign in"),
        "urn:xmpp:sasl:2" => tr!("SASL 2: signing in and opening the session in fewer round trips (XEP-0388)"),
        "urn:xmpp:bind:0" => tr!("Bind 2: the session opens with the login (XEP-0386)"),
        "urn:xmpp:fast:0" => tr!("FAST: a token signs in again without the password (XEP-0484)"),
        "urn:xmpp:sasl-cb:0" => tr!("which channel bindings the server can do (XEP-0440)"),
        "urn:xmpp:ssdp:0" => tr!("downgrade protection: a check that nobody took mechanisms off the list (XEP-0474)"),
        "urn:ietf:params:xml:ns:xmpp-bind" => tr!("resource binding: a full address for this device"),
        "urn:ietf:params:xml:ns:xmpp-session" => tr!("a step that old servers require and new ones call optional"),
        "urn:xmpp:sm:3" => {
            tr!("stream management: confirms each stanza, and resumes a session after a break (XEP-0198)")
        }
        "urn:xmpp:sm:2" => tr!("an old form of stream management"),
        "urn:xmpp:csi:0" => tr!("client state: the server holds back what is not urgent while nobody looks (XEP-0352)"),
        "urn:xmpp:features:rosterver" => tr!("roster versions: the contact list comes only where it changed"),
        "urn:xmpp:features:pre-approval" => tr!("a contact may be allowed before it asks"),
        "http://jabber.org/features/iq-register" => {
            tr!("in-band registration: accounts can be created and changed from a client (XEP-0077)")
        }
        "urn:xmpp:ibr-token:0" | "urn:xmpp:invite" => tr!("accounts can be created with an invitation (XEP-0401)"),
        "http://jabber.org/features/compress" | "http://jabber.org/features/compression" => {
            tr!("compression; parlour leaves it out, since it helps attackers")
        }
        "http://jabber.org/features/iq-auth" => tr!("a way to sign in from before SASL; parlour never uses it"),
        "http://jabber.org/protocol/caps" => tr!("entity capabilities: what the server can do, in short (XEP-0115)"),
        "urn:xmpp:caps" => tr!("entity capabilities: what the server can do, in short (XEP-0390)"),
        "urn:xmpp:stream-limits:0" => tr!("how large a stanza and how long a silence may be (XEP-0478)"),
        "urn:xmpp:features:dialback" => tr!("a check between servers"),
        "p1:push" => tr!("push notifications of one vendor, for phones"),
        "p1:rebind" => tr!("session resumption of one vendor"),
        "p1:ack" => tr!("confirmations of one vendor"),
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_has_a_name() {
        assert_eq!(of_service("urn:xmpp:mam:2").as_deref(), Some("Message archive (XEP-0313)"));
        assert_eq!(of_service("http://jabber.org/protocol/pubsub"), Some("Publish and subscribe (XEP-0060)".into()));
        assert!(of_service("http://jabber.org/protocol/pubsub#meta").is_some());
        assert_eq!(of_service("http://jabber.org/protocol/pubsub#"), None);
        assert_eq!(of_service("urn:example:unknown:1"), None);
        assert!(of_stream("urn:xmpp:sm:3").is_some() && of_stream("urn:example:unknown:1").is_none());
    }
}
