//! Links in a text, and what is handed to the terminal and to the system's opener.

use super::{magnitude, shape};
use parlour::text::{encode, styling, wrap};

pub const WORDS: &[&str] = &[
    "https://",
    "http://",
    "xmpp:",
    "mailto:",
    "javascript:",
    "file:///",
    "data:text/html,",
    "sec.test",
    "?join",
    "#frag",
    "%00",
    "%0a",
    "%2e%2e",
    "user:pw@",
    "[::1]",
    ":99999",
    "xn--",
    "(",
    ")",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "*",
    "_",
    "~",
    "> ",
    "```\n",
    "\u{202e}",
    " ",
    "https://example.com/a(b)c",
    "mailto:a@b.c",
    "-oProxyCommand=x",
    "ﬀ",
    "．",
    "。",
];

pub fn run(data: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(data);
    let links = styling::links(&text);
    let mut allowed = 0;
    for range in &links {
        let link = text.get(range.clone()).expect("a link is whole characters");
        if let Some(url) = encode::url(link) {
            allowed += 1;
            assert!(url.bytes().all(|b| b.is_ascii_graphic()), "{url:?}");
            assert!(!url.starts_with('-'), "{url:?}");
        }
    }
    if let Some(url) = encode::url(&text) {
        assert!(url.bytes().all(|b| b.is_ascii_graphic()) && url.len() <= 2048, "{url:?}");
        let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
        assert!(["http", "https", "xmpp", "mailto"].contains(&scheme.as_str()), "{url:?}");
    }
    for sink in [encode::title(&text), encode::notification(&text), encode::log(&text)] {
        assert!(!sink.chars().any(char::is_control), "{sink:?}");
    }
    let clean = parlour::text::clean::body(&text);
    let lines = styling::lines(&clean, Some("me"));
    for width in [1, 2, 7, 80] {
        for range in wrap(&clean, width) {
            let piece = clean.get(range).expect("lines are whole characters");
            let cells = parlour::text::width(piece.trim_end());
            assert!(cells <= width.max(2), "{cells} cells in {width}: {piece:?}");
        }
    }
    shape((links.len().min(5), allowed.min(5), magnitude(lines.len())))
}
