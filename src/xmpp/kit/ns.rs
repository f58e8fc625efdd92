//! The namespaces of the protocols: those of `xmpp_parsers`, and here the ones that it lacks.

pub use xmpp_parsers::ns::*;

/// XEP-0422: what is fastened to a message, in the older form of moderation.
pub const FASTEN: &str = "urn:xmpp:fasten:0";
/// XEP-0428: parts of a body for clients that do not know better.
pub const FALLBACK: &str = "urn:xmpp:fallback:0";
/// XEP-0425: a moderator took a message out; the form of today.
pub const MODERATE: &str = "urn:xmpp:message-moderate:1";
/// XEP-0425: the older form.
pub const MODERATE_0: &str = "urn:xmpp:message-moderate:0";
/// XEP-0461: an answer to one message.
pub const REPLY: &str = "urn:xmpp:reply:0";
/// XEP-0424: a message is taken back; the form of today.
pub const RETRACT: &str = "urn:xmpp:message-retract:1";
/// XEP-0424: the older form.
pub const RETRACT_0: &str = "urn:xmpp:message-retract:0";
/// XEP-0333: messages that another device has shown.
pub const CHAT_MARKERS: &str = "urn:xmpp:chat-markers:0";
/// XEP-0249: a direct invitation to a room.
pub const CONFERENCE: &str = "jabber:x:conference";
/// XEP-0334: what servers should do with a message.
pub const HINTS: &str = "urn:xmpp:hints";
/// XEP-0091: the old kind of delay stamp.
pub const LEGACY_DELAY: &str = "jabber:x:delay";
/// XEP-0313 §4.1.3: an archive that filters by ids.
pub const MAM_EXTENDED: &str = "urn:xmpp:mam:2#extended";
/// XEP-0045 §9: lists of members, admins and the banned.
pub const MUC_ADMIN: &str = "http://jabber.org/protocol/muc#admin";
/// XEP-0045 §10: the configuration of a room.
pub const MUC_OWNER: &str = "http://jabber.org/protocol/muc#owner";
/// XEP-0060 §7.1.5: the form type of conditions for publishing.
pub const PUBSUB_OPTIONS: &str = "http://jabber.org/protocol/pubsub#publish-options";
/// RFC 6121 §2.6: the stream feature of roster versions.
pub const ROSTER_VERSIONS: &str = "urn:xmpp:features:rosterver";
/// RFC 3921 §3: the session of old, which some servers still require.
pub const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";
/// XEP-0455: where a server says that it is down.
pub const OUTAGE: &str = "urn:xmpp:sos:0";
/// Of our own, never sent: the mark that the wire puts into a list of which it left something out.
pub const CUT: &str = "urn:parlour:cut";
