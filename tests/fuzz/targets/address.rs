//! Addresses: what is taken is taken again as it is written, and its parts make it up.

use super::{magnitude, shape};
use parlour::model::{BareJid, Jid};

pub const WORDS: &[&str] = &[
    "@",
    "/",
    ".",
    "sec.test",
    "me",
    "xn--",
    "xn--mnchen-3ya",
    "[::1]",
    "127.0.0.1",
    "ß",
    "İ",
    "ı",
    "ﬀ",
    "Å",
    "宽",
    "\u{200d}",
    "\u{ad}",
    "\u{202e}",
    "\u{0}",
    "\u{a0}",
    "\u{3000}",
    " ",
    "\"",
    "&",
    "'",
    ":",
    "<",
    ">",
    "a\u{301}",
    "\u{1f469}",
    "\u{10ffff}",
    "．",
    "。",
    "@muc.",
    "//",
    "@@",
];

pub fn run(data: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(data);
    match Jid::parse(&text) {
        Ok(jid) => {
            let again = Jid::parse(jid.as_str()).expect("it takes what it writes");
            assert_eq!(jid, again);
            assert_eq!(jid.as_str(), again.as_str());
            let mut whole = jid.local().map(|l| format!("{l}@")).unwrap_or_default();
            whole.push_str(jid.domain());
            assert_eq!(whole, jid.bare_str());
            assert_eq!(jid.bare().as_str(), jid.bare_str());
            if let Some(resource) = jid.resource() {
                whole = format!("{whole}/{resource}");
                assert!(!resource.is_empty() && resource.len() <= 1023);
            }
            assert_eq!(whole, jid.as_str());
            assert_eq!(jid.is_bare(), jid.resource().is_none());
            let bare = BareJid::parse(jid.bare_str()).expect("its bare part is an address");
            assert_eq!(bare.to_jid().bare_str(), jid.bare_str());
            assert!(!jid.bare_str().chars().any(|c| c.is_control() || c.is_whitespace()), "{jid}");
            assert!(!jid.as_str().chars().any(char::is_control), "{jid:?}");
            shape((
                jid.local().map(|l| magnitude(l.len())),
                jid.resource().map(|r| magnitude(r.len())),
                jid.domain().is_ascii(),
            ))
        }
        Err(why) => shape(why.to_string()),
    }
}
