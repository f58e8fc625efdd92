//! Hosts and links that may not be what they look like (UTS 39): letters of other scripts, the encoded form that
//! stands behind them, names in front of an `@`, and addresses that ask parlour or another program to do something.
//!
//! Nothing here refuses: the user is told in words, where an address is met first and where a link is opened.

use super::encode;
use unicode_security::MixedScript;

/// Links longer than this are told to be long: their end may be out of sight.
const LONG: usize = 400;

/// Why a host may be taken for another one, with the form that cannot be (`xn--…`); `None` for ordinary names, also
/// in other scripts.
#[must_use]
pub fn host(host: &str) -> Option<String> {
    let (unicode, result) = idna::domain_to_unicode(host);
    if unicode.is_ascii() && result.is_ok() {
        return None;
    }
    let ascii = idna::domain_to_ascii(&unicode).unwrap_or_else(|_| host.escape_unicode().to_string());
    if result.is_err() {
        return Some(format!("{ascii} is no name that may be registered"));
    }
    unicode.split('.').any(is_odd).then(|| format!("{unicode} is really {ascii}: its letters pass for others"))
}

/// Whether a label has letters of several scripts, or only such as look like plain ones.
fn is_odd(label: &str) -> bool {
    !label.is_ascii() && (!label.is_single_script() || unicode_security::skeleton(label).all(|c| c.is_ascii()))
}

/// What is to be known of a link before it is opened, most important first. The link is one that `encode::url` takes.
#[must_use]
pub fn link(link: &str) -> Vec<String> {
    let mut told = Vec::new();
    let Some((scheme, rest)) = link.split_once(':') else { return told };
    if scheme.eq_ignore_ascii_case("xmpp") {
        if let Some((_, query)) = rest.split_once('?') {
            let action = query.split([';', '&', '=']).next().unwrap_or_default();
            told.push(format!("It asks the program that opens it to do something: {}.", encode::log(action)));
        }
    } else if let Some(rest) = rest.strip_prefix("//") {
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let name = place.rsplit_once(':').map_or(place, |(name, _)| name);
        if user.is_some() {
            told.push(format!("It leads to {name}: what stands before the @ is a user's name."));
        }
        match host(name) {
            Some(why) => told.push(format!("{why}.")),
            // What is written out in letters nobody can read is at least told in those that they stand for.
            None => {
                let (unicode, _) = idna::domain_to_unicode(name);
                if !unicode.is_ascii() {
                    told.push(format!("{name} is {unicode}."));
                }
            }
        }
    }
    if link.len() > LONG {
        told.push(format!("It has {} characters.", link.len()));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s43_hosts_that_pass_for_others() {
        for (odd, ascii) in [
            ("аpple.com", "xn--pple-43d.com"),
            ("xn--pple-43d.com", "xn--pple-43d.com"),
            ("www.аррӏе.com", "www.xn--80ak6aa92e.com"),
            ("gοοgle.com", "xn--ggle-0nda.com"),
            ("раураӏ.test", "xn--"),
        ] {
            let told = host(odd).unwrap_or_else(|| panic!("{odd}"));
            assert!(told.contains(ascii), "{told}");
        }
        for fine in ["müller.test", "xn--mller-kva.test", "例え.jp", "пример.рф", "apple.com", "192.0.2.1", "δοκιμή.gr"]
        {
            assert_eq!(host(fine), None, "{fine}");
        }
        assert!(host("xn--a.test").is_some(), "what cannot be read is told");
    }

    #[test]
    fn s43_s64_what_is_told_of_a_link() {
        let first = |url: &str| link(url).into_iter().next().unwrap_or_default();
        assert!(first("https://xn--pple-43d.com/login").contains("pass for others"));
        assert!(first("https://apple.com@evil.test/").contains("leads to evil.test"));
        assert!(first("https://apple.com:443@evil.test:80/x@y").contains("leads to evil.test"));
        assert!(first("https://evil.test\\@apple.com").is_empty(), "a \\ ends the host, as for browsers");
        assert_eq!(first("https://xn--mller-kva.test"), "xn--mller-kva.test is müller.test.");
        assert!(first("xmpp:bob@a.test?remove").contains("do something: remove"));
        assert!(first("xmpp:bob@a.test?message;body=x").contains("do something: message"));
        assert!(
            first("HTTPS://x/?").is_empty() && first("xmpp:bob@a.test").is_empty() && first("mailto:a@b").is_empty()
        );
        assert!(first(&format!("https://a.test/{}", "x".repeat(LONG))).contains("415 characters"));
    }
}
