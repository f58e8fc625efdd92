//! The name of a host, as a person types it: without a port, a scheme or a path.

use std::net::Ipv6Addr;

/// Checks that a text names a host and nothing else.
///
/// # Errors
/// In words: what to write.
pub fn host_name(text: &str) -> Result<(), String> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok(());
    }
    let name = "such as \"xmpp.example.org\" or \"192.0.2.1\"";
    if text.contains('/') {
        return Err(format!("a host is a name {name}, not a link"));
    }
    if text.contains('@') {
        return Err(format!("a host is a name {name}, not an address with an @"));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        Some(_) | None => (text, None),
    };
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).filter(|h| h.parse::<Ipv6Addr>().is_ok());
    let is_name = |h: &str| !h.is_empty() && !h.contains(|c: char| c.is_whitespace() || ":,;[]".contains(c));
    match (bare, port) {
        (Some(bare), None) => Err(format!("write it without brackets: host = \"{bare}\"")),
        (None, None) if is_name(host) => Ok(()),
        (bare, Some(port)) if bare.is_some() || is_name(host) => {
            let number = port.parse::<u16>().ok().filter(|p| *p > 0);
            let also = number.map_or_else(String::new, |p| format!(" and port = {p}"));
            Err(format!("the port has a line of its own: write host = \"{}\"{also}", bare.unwrap_or(host)))
        }
        (Some(_) | None, Some(_) | None) => Err(format!("a host is one name or number, {name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host() {
        for good in ["xmpp.example.org", "192.0.2.1", "2001:db8::1", "::1", "localhost", "zürich.example", "abc.onion"]
        {
            assert_eq!(host_name(good), Ok(()), "{good}");
        }
        for (bad, words) in [
            ("127.0.0.1:5222", "host = \"127.0.0.1\" and port = 5222"),
            ("xmpp.example.org:5223", "host = \"xmpp.example.org\" and port = 5223"),
            ("[2001:db8::1]:5222", "host = \"2001:db8::1\" and port = 5222"),
            ("[::1]", "without brackets: host = \"::1\""),
            ("example.org:", "host = \"example.org\""),
            ("example.org:xmpp", "host = \"example.org\""),
            ("example.org:99999", "host = \"example.org\""),
            ("https://example.org", "not a link"),
            ("example.org/chat", "not a link"),
            ("me@example.org", "with an @"),
            ("two hosts", "one name or number"),
            ("a,b", "one name or number"),
            ("", "one name or number"),
        ] {
            let told = host_name(bad);
            assert!(told.as_ref().is_err_and(|t| t.contains(words)), "{bad:?}: {told:?}");
        }
    }
}
