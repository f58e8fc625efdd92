//! A SOCKS5 proxy, as the config names it: `host:port` or `user:password@host:port`.

use super::Secret;

/// A SOCKS5 proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socks5 {
    /// Its host: an address, or a name that this machine looks up.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What it wants to know of us, where it does.
    pub login: Option<(String, Secret)>,
}

impl Socks5 {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let text = text.strip_prefix("socks5h://").or_else(|| text.strip_prefix("socks5://")).unwrap_or(text);
        let (login, place) = match text.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, text),
        };
        let login = match login.map(|l| l.split_once(':')) {
            None => None,
            Some(Some((user, password))) if !user.is_empty() && user.len() <= 255 && password.len() <= 255 => {
                Some((user.to_owned(), Secret::new(password)))
            }
            Some(_) => return Err("before the @ stand a user name and a password: user:password@host:port".to_owned()),
        };
        let (host, port) = host_port(place).ok_or("a proxy is host:port, such as 127.0.0.1:9050")?;
        let port = port.ok_or("a proxy needs its port, such as 127.0.0.1:9050")?;
        Ok(Self { host, port, login })
    }

    /// As the config has it, its password included: for the config alone.
    #[must_use]
    pub fn to_config(&self) -> String {
        let login = self.login.as_ref().map(|(user, password)| format!("{user}:{}@", password.expose()));
        format!("{}{}", login.unwrap_or_default(), self.place())
    }

    /// Where it is, for people: without its password.
    #[must_use]
    pub fn place(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }
}

/// A host and its port where it has one: `host`, `host:port`, `192.0.2.1:5222`, `[2001:db8::1]:5222`. `None` where it
/// is neither.
#[must_use]
pub fn host_port(text: &str) -> Option<(String, Option<u16>)> {
    let text = text.trim();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => match text.rsplit_once(':') {
            // Several colons without brackets are an IPv6 address.
            Some((host, _)) if host.contains(':') => {
                text.parse::<std::net::Ipv6Addr>().ok()?;
                (text, None)
            }
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let is_host = !host.is_empty()
        && host.len() <= 255
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'));
    let port = match port {
        None => None,
        Some(port) => Some(port.parse::<u16>().ok().filter(|p| *p > 0 && port.bytes().all(|b| b.is_ascii_digit()))?),
    };
    is_host.then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_as_written() {
        let plain = Socks5::parse("127.0.0.1:9050").unwrap();
        assert_eq!((plain.host.as_str(), plain.port, &plain.login), ("127.0.0.1", 9050, &None));
        let full = Socks5::parse("socks5h://me:p@ss:w@[::1]:1080").unwrap();
        assert_eq!((full.host.as_str(), full.port), ("::1", 1080));
        assert_eq!(full.login, Some(("me".to_owned(), Secret::new("p@ss:w"))));
        assert_eq!(full.to_config(), "me:p@ss:w@[::1]:1080");
        assert_eq!(full.place(), "[::1]:1080");
        assert!(!format!("{full:?}").contains("p@ss"), "{full:?}");
        for wrong in ["", "host", "host:", "host:0", "host:99999", ":1", "user@host:1", ":p@host:1", "a b:1", "h/x:1"] {
            assert!(Socks5::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hosts_with_and_without_a_port() {
        let read = |t| host_port(t);
        assert_eq!(read("a.test"), Some(("a.test".to_owned(), None)));
        assert_eq!(read("a.test:5223"), Some(("a.test".to_owned(), Some(5223))));
        assert_eq!(read("::1"), Some(("::1".to_owned(), None)));
        assert_eq!(read("[::1]:5223"), Some(("::1".to_owned(), Some(5223))));
        for wrong in ["", "a b", "a@b", "[a]:1", "[::1", "[::1]5", "a:+5", "a:5x", "http://a", "1:2:3"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
