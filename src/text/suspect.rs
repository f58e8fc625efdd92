//! Hosts and links that may not be what they look like (UTS 39): letters of other scripts, their encoded form, names in
//! front of an `@`, and addresses that ask parlour or another program to do something.
//!
//! Nothing here refuses. The user is warned where an address first appears and where a link is opened.

use super::encode;
use unicode_security::MixedScript;
use unicode_security::mixed_script::AugmentedScriptSet;

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

/// Whether a label has letters of scripts that nobody writes together, or such as pass for plain ones.
fn is_odd(label: &str) -> bool {
    if label.is_ascii() {
        return false;
    }
    let is_mixed = !label.is_single_script();
    (is_mixed && (!is_with_latin(label) || has_lone_sign(label))) || passes_for_plain(label)
}

/// Whether all letters but the Latin ones are of one way to write that has Latin letters among its own every day:
/// Chinese, Japanese, Korean ("highly restrictive" in UTS 39 §5.2).
fn is_with_latin(label: &str) -> bool {
    let mut others = AugmentedScriptSet::default();
    for script in label.chars().map(AugmentedScriptSet::for_char) {
        let mut with_latin = script;
        with_latin.intersect_with(AugmentedScriptSet::for_char('a'));
        if with_latin.is_empty() {
            others.intersect_with(script);
        }
    }
    others.hanb || others.jpan || others.kore
}

/// Whether a character that, among Latin letters, is taken for a slash, a hyphen or one of them stands where nothing of
/// its own script is beside it: `bank.comノlogin.test`.
fn has_lone_sign(label: &str) -> bool {
    let chars: Vec<char> = label.chars().collect();
    let mut runs = chars.chunk_by(|a, b| is_sign(*a) == is_sign(*b));
    let mut before = None;
    let mut run = runs.next();
    while let Some(now) = run {
        run = runs.next();
        let beside = [before, run.and_then(|next| next.first())];
        if now.first().is_some_and(|c| is_sign(*c)) && !beside.into_iter().flatten().any(|c| is_east_asian(*c)) {
            return true;
        }
        before = now.last();
    }
    false
}

/// Whether a character is of Chinese, Japanese or Korean writing and of no other.
fn is_east_asian(c: char) -> bool {
    let script = AugmentedScriptSet::for_char(c);
    !script.is_all() && (script.hanb || script.jpan || script.kore)
}

/// Whether a Chinese, Japanese or Korean character looks like a sign or a letter of ASCII: as UTS 39 has it, or to the
/// eye. Parts of Korean syllables are never alone.
fn is_sign(c: char) -> bool {
    !c.is_ascii()
        && (matches!(c, '\u{1100}'..='\u{11ff}')
            || "一ー丨亅丁工エ口ロ・ンソゾ〵ㄧ".contains(c)
            || skeleton_of(c).is_ascii())
}

/// Whether a label looks like one in plain letters. `æ` and `œ` alone make none: they are told from `ae` and `oe`.
fn passes_for_plain(label: &str) -> bool {
    unicode_security::skeleton(label).all(|c| c.is_ascii())
        && label.chars().any(|c| !c.is_ascii() && !matches!(c, 'æ' | 'œ'))
}

fn skeleton_of(c: char) -> String {
    unicode_security::skeleton(c.encode_utf8(&mut [0; 4])).collect()
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
        // The colons of an IPv6 address stand in brackets and begin no port.
        let name = place.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(place, |(name, _)| name);
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
    fn s43_scripts_that_are_written_together_are_no_alarm() {
        for fine in [
            "t恤.com",
            "qq空间.cn",
            "東京tower.jp",
            "日本語ノートpc.jp",
            "ローマ字abc.jp",
            "コーンpc.jp",
            "abcオンライン.jp",
            "第一line.cn",
            "한국tv.kr",
            "ㄅㄆabc.tw",
            "læring.no",
            "sœur.fr",
            "straße.de",
            "smørrebrød.dk",
            "łódź.pl",
        ] {
            assert_eq!(host(fine), None, "{fine}");
        }
        for odd in [
            // Letters of another script among Latin ones.
            "pаypal.com",
            "paypаl.com",
            "аррle.com",
            "biｎancе.com",
            "gοogle.com",
            "t恤а.com",
            "пример恤.com",
            // What looks like a plain letter, a slash or a hyphen among plain letters.
            "g〇〇gle.com",
            "bank.comノlogin.test",
            "bank.com丿login.test",
            "pay一pal.com",
            "üノü.com",
            "paypaㄧ.com",
            "twi丅ter.com",
            "paypaᅵ.com",
            // Latin letters that pass for others.
            "gmaıl.com",
            "ɡoogle.com",
            "gꝏgle.com",
            "þaypal.com",
            "lærıng.no",
        ] {
            assert!(host(odd).is_some(), "{odd}");
        }
    }

    #[test]
    fn s43_s64_what_is_told_of_a_link() {
        let first = |url: &str| link(url).into_iter().next().unwrap_or_default();
        assert!(first("https://xn--pple-43d.com/login").contains("pass for others"));
        assert!(first("https://apple.com@evil.test/").contains("leads to evil.test"));
        assert!(first("https://apple.com:443@evil.test:80/x@y").contains("leads to evil.test"));
        assert!(first("https://bank.com@[2001:db8::1]/").contains("leads to [2001:db8::1]:"));
        assert!(first("https://bank.com@[2001:db8::1]:8443/").contains("leads to [2001:db8::1]:"));
        assert!(first("https://[2001:db8::1]/").is_empty());
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
