//! XEP-0106: characters that may not stand before the `@` are shown and typed as they are, and sent as `\20` and its like.
//!
//! Gateways make such addresses of their users' names: `tom\20jones@gw` is "tom jones" there. Addresses are compared, stored and
//! sent in their escaped form alone; only what a person sees is unescaped.

use super::{BadJid, BareJid, Jid};
use std::borrow::Cow;

/// What stands for what (§4).
const ESCAPES: [(char, &str); 10] = [
    (' ', "\\20"),
    ('"', "\\22"),
    ('&', "\\26"),
    ('\'', "\\27"),
    ('/', "\\2f"),
    (':', "\\3a"),
    ('<', "\\3c"),
    ('>', "\\3e"),
    ('@', "\\40"),
    ('\\', "\\5c"),
];

fn escape_at(text: &str) -> Option<(char, &'static str)> {
    ESCAPES.into_iter().find(|(_, escape)| text.starts_with(escape))
}

/// A localpart as people read it.
fn unescape(local: &str) -> Cow<'_, str> {
    // A space at an end is not there to be seen; such an address is no escaped one (§5).
    if !local.contains('\\') || local.starts_with("\\20") || local.ends_with("\\20") {
        return Cow::Borrowed(local);
    }
    let mut out = String::with_capacity(local.len());
    let mut rest = local;
    while let Some(c) = rest.chars().next() {
        let (shown, length) = escape_at(rest).map_or((c, c.len_utf8()), |(shown, escape)| (shown, escape.len()));
        out.push(shown);
        rest = &rest[length..];
    }
    Cow::Owned(out)
}

/// A localpart that a person typed, as it is sent. A `\` is escaped where what follows it would be read as an escape.
fn escape(typed: &str) -> String {
    let mut out = String::with_capacity(typed.len());
    for (at, c) in typed.char_indices() {
        let escape = ESCAPES.into_iter().find(|(char, _)| *char == c).map(|(_, escape)| escape);
        match escape {
            Some(escape) if c != '\\' || escape_at(&typed[at..]).is_some() => out.push_str(escape),
            Some(_) | None => out.push(c),
        }
    }
    out
}

impl Jid {
    /// Reads an address that a person typed: one that is valid as it stands, else one whose part before the last `@` is to
    /// be escaped.
    ///
    /// # Errors
    /// Says which part is wrong.
    pub fn typed(text: &str) -> Result<Self, BadJid> {
        let why = match Self::parse(text) {
            Ok(jid) => return Ok(jid),
            Err(why) => why,
        };
        let (bare, resource) = text.split_once('/').map_or((text, None), |(bare, resource)| (bare, Some(resource)));
        let Some((local, domain)) = bare.rsplit_once('@') else { return Err(why) };
        let has_end = local.starts_with(' ') || local.ends_with(' ');
        if local.is_empty() || has_end || local.chars().any(char::is_control) {
            return Err(why);
        }
        let jid = BareJid::parse(&format!("{}@{domain}", escape(local)))?;
        resource.map_or_else(|| Ok(jid.to_jid()), |resource| jid.with_resource(resource))
    }

    /// The address as people read it. Never sent, stored or compared.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match self.local().map(|local| (local, unescape(local))) {
            Some((local, Cow::Owned(shown))) => Cow::Owned(format!("{shown}{}", &self.as_str()[local.len()..])),
            Some((_, Cow::Borrowed(_))) | None => Cow::Borrowed(self.as_str()),
        }
    }
}

impl BareJid {
    /// Reads a bare address that a person typed, as [`Jid::typed`] does.
    ///
    /// # Errors
    /// Says which part is wrong; a resource is refused.
    pub fn typed(text: &str) -> Result<Self, BadJid> {
        let jid = Jid::typed(text)?;
        if jid.is_bare() { Ok(jid.bare()) } else { Err(BadJid::NotBare) }
    }

    /// The address as people read it. Never sent, stored or compared.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match self.local().map(|local| (local, unescape(local))) {
            Some((local, Cow::Owned(shown))) => Cow::Owned(format!("{shown}{}", &self.as_str()[local.len()..])),
            Some((_, Cow::Borrowed(_))) | None => Cow::Borrowed(self.as_str()),
        }
    }

    /// The part before the `@` as people read it.
    #[must_use]
    pub fn shown_local(&self) -> Option<Cow<'_, str>> {
        self.local().map(unescape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed and shown, and what is sent: the table of §7.1 first.
    const CASES: &[(&str, &str)] = &[
        ("space cadet@example.com", "space\\20cadet@example.com"),
        ("call me \"ishmael\"@example.com", "call\\20me\\20\\22ishmael\\22@example.com"),
        ("at&t guy@example.com", "at\\26t\\20guy@example.com"),
        ("d'artagnan@example.com", "d\\27artagnan@example.com"),
        ("::foo::@example.com", "\\3a\\3afoo\\3a\\3a@example.com"),
        ("<foo>@example.com", "\\3cfoo\\3e@example.com"),
        ("user@host@example.com", "user\\40host@example.com"),
        ("c:\\net@example.com", "c\\3a\\net@example.com"),
        ("c:\\\\net@example.com", "c\\3a\\\\net@example.com"),
        ("c:\\cool stuff@example.com", "c\\3a\\cool\\20stuff@example.com"),
        ("c:\\5commas@example.com", "c\\3a\\5c5commas@example.com"),
        ("tom jones@gw.test", "tom\\20jones@gw.test"),
        ("o'brien@gw.test", "o\\27brien@gw.test"),
        ("q&a@gw.test", "q\\26a@gw.test"),
        ("foo bar@svc.test", "foo\\20bar@svc.test"),
        ("plain@example.com", "plain@example.com"),
        ("treville@musketeers.lit@smtp.gascon.fr", "treville\\40musketeers.lit@smtp.gascon.fr"),
    ];

    #[test]
    fn what_is_typed_is_sent_escaped_and_shown_again() {
        for (typed, sent) in CASES {
            let jid = BareJid::typed(typed).unwrap_or_else(|e| panic!("{typed}: {e}"));
            assert_eq!(jid.as_str(), *sent);
            assert_eq!(jid.shown(), *typed);
            assert_eq!(Jid::typed(&format!("{typed}/x y")).unwrap().shown(), format!("{typed}/x y"));
            assert_eq!(BareJid::typed(sent).unwrap(), jid, "who types it as it is sent means the same");
        }
    }

    #[test]
    fn only_escapes_are_unescaped() {
        for (sent, shown) in [
            ("\\2plus\\2is\\4@a.test", "\\2plus\\2is\\4@a.test"),
            ("foo\\bar@a.test", "foo\\bar@a.test"),
            ("foob\\41r@a.test", "foob\\41r@a.test"),
            ("\\2f.fanboy@a.test", "/.fanboy@a.test"),
            ("\\20edge@a.test", "\\20edge@a.test"),
            ("edge\\20@a.test", "edge\\20@a.test"),
            ("\\5c5c@a.test", "\\5c@a.test"),
            ("a\\2z@a.test", "a\\2z@a.test"),
        ] {
            assert_eq!(BareJid::parse(sent).unwrap().shown(), shown);
        }
        assert_eq!(Jid::parse("a.test/x\\20y").unwrap().shown(), "a.test/x\\20y", "a resource is none of it");
    }

    #[test]
    fn what_is_no_address_stays_none() {
        for typed in ["", "@a.test", " a@a.test", "a @a.test", "a\tb@a.test", "a b", "a@b c", "a b@", "a@@a.test/"] {
            assert!(Jid::typed(typed).is_err(), "{typed:?}");
        }
    }
}
