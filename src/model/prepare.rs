//! Prepares the parts of a JID (RFC 7622 §3).
//!
//! The localpart is mapped as UsernameCaseMapped says (RFC 8265 §3.3): wide and narrow forms, case, NFC. The resource is
//! compared as an OpaqueString (RFC 8265 §4.2) and sent as it is. Only the mappings of PRECIS are used, and not its classes: a
//! stanza whose sender PRECIS does not like must not be lost. The domain is a U-label.
//!
//! Servers of today still prepare by RFC 6122, which maps more: ß to ss, and soft hyphens to nothing. What they would
//! make of a localpart is [`legacy_local`]; it is a guess until the server itself says so.

use precis_profiles::precis_core::profile::Rules;
use precis_profiles::{OpaqueString, UsernameCaseMapped};
use std::{borrow::Cow, fmt};

/// Longest part of a JID in bytes (RFC 7622 §3.1).
const PART_MAX: usize = 1023;

/// Characters that stand for themselves nowhere before the `@` (RFC 7622 §3.3.1).
pub(super) const FORBIDDEN: &str = "\"&'/:<>@";

/// Why a text is not a JID. Its `Display` is the sentence after "not a valid address: ".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadJid {
    /// Nothing was given, or the part before `/` is empty.
    Empty,
    /// The part before `@` is empty or longer than 1,023 bytes.
    LocalLength,
    /// A character that may not stand before the `@`.
    LocalChar(char),
    /// The domain is empty, too long, or not a host name.
    Domain,
    /// The part after `/` is empty or longer than 1,023 bytes.
    ResourceLength,
    /// A control character after the `/`.
    ResourceChar,
    /// A resource where a bare address is asked for.
    NotBare,
}

impl fmt::Display for BadJid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::LocalLength => f.write_str("the part before @ is empty or too long"),
            Self::LocalChar(c) => write!(f, "{c:?} may not stand before the @"),
            Self::Domain => f.write_str("the domain is not a host name"),
            Self::ResourceLength => f.write_str("the part after / is empty or too long"),
            Self::ResourceChar => f.write_str("there is a control character after the /"),
            Self::NotBare => f.write_str("leave out the / and what follows it"),
        }
    }
}

impl std::error::Error for BadJid {}

/// The localpart as it is compared, stored and sent.
pub(super) fn local(local: &str) -> Result<String, BadJid> {
    if local.is_empty() || local.len() > PART_MAX {
        return Err(BadJid::LocalLength);
    }
    let bad = |c: char| c.is_control() || c.is_whitespace() || FORBIDDEN.contains(c);
    if let Some(c) = local.chars().find(|c| bad(*c)) {
        return Err(BadJid::LocalChar(c));
    }
    if local.is_ascii() {
        return Ok(local.to_ascii_lowercase());
    }
    let mapped = username(local);
    if mapped.len() <= PART_MAX {
        return Ok(mapped);
    }
    // Some letters are longer in NFC, and some in lower case.
    let lower = local.to_lowercase();
    if lower.len() > PART_MAX { Err(BadJid::LocalLength) } else { Ok(lower) }
}

/// The mappings of UsernameCaseMapped, in its order.
fn username(local: &str) -> String {
    let rules = UsernameCaseMapped::default();
    // A wide sign stays where its plain form would part the address.
    let is_kept = |c: char, plain: &str| plain.chars().any(|p| FORBIDDEN.contains(p) && p != c);
    let mut wide = String::with_capacity(local.len());
    let mut one = [0; 4];
    for c in local.chars() {
        let text: &str = c.encode_utf8(&mut one);
        let plain = rules.width_mapping_rule(text).unwrap_or(Cow::Borrowed(text));
        wide.push_str(if is_kept(c, &plain) { text } else { &plain });
    }
    let lower = wide.to_lowercase();
    rules.normalization_rule(lower.as_str()).map_or_else(|_| lower.clone(), Cow::into_owned)
}

/// What a server that goes by RFC 6122 makes of a localpart; `None` where that is the same, or where it refuses it.
pub(super) fn legacy_local(prepared: &str) -> Option<String> {
    if prepared.is_ascii() {
        return None;
    }
    let mapped = stringprep::nodeprep(prepared).ok()?;
    local(&mapped).ok().filter(|mapped| mapped != prepared)
}

/// What a server that goes by RFC 6122 makes of a resource; `None` where that is the same, or where it refuses it.
#[must_use]
pub fn legacy_resource(resource: &str) -> Option<String> {
    stringprep::resourceprep(resource).ok().map(Cow::into_owned).filter(|mapped| mapped != resource)
}

/// The domain as a U-label.
pub(super) fn domain(domain: &str) -> Result<String, BadJid> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    if domain.is_empty() || domain.len() > PART_MAX {
        return Err(BadJid::Domain);
    }
    if domain.starts_with('[') {
        let inner = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']'));
        return match inner.map(str::parse::<std::net::Ipv6Addr>) {
            Some(Ok(_)) => Ok(domain.to_ascii_lowercase()),
            _ => Err(BadJid::Domain),
        };
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_name = |d: &str| d.chars().all(plain) && d.split('.').all(|l| !l.is_empty() && l.len() <= 63);
    if domain.is_ascii() && !domain.to_ascii_lowercase().contains("xn--") {
        return if is_name(domain) { Ok(domain.to_ascii_lowercase()) } else { Err(BadJid::Domain) };
    }
    let (unicode, result) = idna::domain_to_unicode(domain);
    // IDNA leaves ASCII as it is, so that a domain in another script would let a space or a quote through.
    let is_fine = |c: char| plain(c) || !(c.is_ascii() || c.is_control() || c.is_whitespace());
    let is_sound = unicode.len() <= PART_MAX
        && unicode.chars().all(is_fine)
        && unicode.split('.').all(|l| !l.is_empty())
        && (!unicode.is_ascii() || is_name(&unicode))
        // A label that decodes into another "xn--" one would be refused when it is read again.
        && matches!(idna::domain_to_unicode(&unicode), (again, Ok(())) if again == unicode);
    if result.is_err() || !is_sound { Err(BadJid::Domain) } else { Ok(unicode) }
}

/// Whether a text can be a resource.
pub(super) fn check_resource(resource: &str) -> Result<(), BadJid> {
    if resource.is_empty() || resource.len() > PART_MAX {
        return Err(BadJid::ResourceLength);
    }
    if resource.chars().any(char::is_control) {
        return Err(BadJid::ResourceChar);
    }
    Ok(())
}

/// The form by which resources and nicknames are compared. It is never sent: a service may know the other form alone.
#[must_use]
pub fn opaque(resource: &str) -> Cow<'_, str> {
    if resource.is_ascii() {
        return Cow::Borrowed(resource);
    }
    let rules = OpaqueString::default();
    let mapped = rules.additional_mapping_rule(resource).and_then(|spaced| rules.normalization_rule(spaced));
    mapped.unwrap_or(Cow::Borrowed(resource))
}

/// Whether two nicknames or resources are the same.
#[must_use]
pub fn is_same_resource(a: &str, b: &str) -> bool {
    a == b || (!(a.is_ascii() && b.is_ascii()) && opaque(a) == opaque(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localparts_are_mapped_as_precis_maps_them() {
        for (text, mapped) in [
            ("Romeo", "romeo"),
            ("zoe\u{301}", "zoé"),
            ("ZOE\u{301}", "zoé"),
            ("franc\u{327}ois", "françois"),
            ("ｆｕｌｌ－ｗｉｄｔｈ１", "full-width1"),
            ("ｶﾞ", "ガ"),
            ("straße", "straße"),
            ("STRAẞE", "straße"),
            ("ΣΟΦΙΑΣ", "σοφιας"),
            ("\u{212b}\u{212a}", "åk"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("İ", "i\u{307}"),
            ("Ǆ", "ǆ"),
            ("ǅ", "ǆ"),
            ("a\u{ad}b", "a\u{ad}b"),
            ("🐈", "🐈"),
            ("小明", "小明"),
            // A wide sign never becomes one that parts the address.
            ("a＠b／c：d＆e＇f", "a＠b／c：d＆e＇f"),
        ] {
            let prepared = local(text).unwrap();
            assert_eq!(prepared, mapped, "{text:?}");
            assert_eq!(local(&prepared).unwrap(), prepared, "{text:?} again");
        }
    }

    #[test]
    fn what_grows_too_long_is_kept_as_it_was_taken_before() {
        let long = "\u{958}".repeat(341);
        assert_eq!(local(&long), Ok(long.clone()));
        assert_eq!(local(&"İ".repeat(500)), Err(BadJid::LocalLength));
    }

    #[test]
    fn the_older_form_is_a_guess_where_it_differs() {
        for (prepared, guess) in [
            ("straße", Some("strasse")),
            ("groß", Some("gross")),
            ("ca\u{ad}fe", Some("cafe")),
            ("ca\u{200d}fé", Some("café")),
            ("σοφιας", Some("σοφιασ")),
            ("ﬁn", Some("fin")),
            ("zoé", None),
            ("plain", None),
            ("小明", None),
            // Unicode 3.2 does not know it, or forbids it.
            ("🫠", None),
            ("a＠b", None),
        ] {
            assert_eq!(legacy_local(prepared).as_deref(), guess, "{prepared:?}");
        }
    }

    #[test]
    fn resources_are_compared_as_opaque_strings() {
        for (a, b, is_same) in [
            ("Zoe\u{301}", "Zoé", true),
            ("a\u{3000}b", "a b", true),
            ("Zoé", "zoé", false),
            ("Ｚｏｅ", "Zoe", false),
            ("貓🐈", "貓🐈", true),
            ("a", "b", false),
        ] {
            assert_eq!(is_same_resource(a, b), is_same, "{a:?} {b:?}");
        }
    }
}
