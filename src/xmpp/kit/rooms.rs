//! Which addresses can be those of rooms (XEP-0045), as far as their names tell.
//!
//! Rooms live on a service beside the accounts, such as `conference.example.org`. Nothing demands that it is named so, and
//! nobody is asked: a question would tell strangers that the user is there.

/// The first words of domains that are services for rooms.
const WORDS: [&str; 12] = [
    "channels",
    "chat",
    "chatrooms",
    "conf",
    "conference",
    "groupchat",
    "groups",
    "irc",
    "muc",
    "mucs",
    "room",
    "rooms",
];

/// Whether a domain is named as services for rooms are.
#[must_use]
pub fn is_room_domain(domain: &str) -> bool {
    domain.split_once('.').is_some_and(|(first, _)| WORDS.contains(&first))
}

/// Whether rooms may live on a domain: it is named so, or is at least a service below another domain.
#[must_use]
pub fn may_have_rooms(domain: &str) -> bool {
    is_room_domain(domain) || domain.split('.').count() > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        assert!(["muc.example.org", "conference.localhost", "irc.gw"].iter().all(|d| is_room_domain(d)));
        assert!(!["example.org", "evil.test", "localhost", "my.muc.example.org"].iter().any(|d| is_room_domain(d)));
        assert!(may_have_rooms("my.muc.example.org") && may_have_rooms("muc.test") && !may_have_rooms("evil.test"));
    }
}
