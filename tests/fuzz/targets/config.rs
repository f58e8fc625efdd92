//! A config file of any bytes: it is read, or refused with a line that fits on the screen; and what changes it keeps
//! it readable.

use super::{magnitude, shape};
use parlour::config::Config;
use std::path::Path;

pub const WORDS: &[&str] = &[
    "[ui]\n",
    "[keys.global]\n",
    "[accounts.\"me@sec.test\"]\n",
    "[accounts.\"",
    "theme = \"dark\"\n",
    "sidebar_width = 30\n",
    "password_command = [\"pass\", \"show\"]\n",
    "password = \"x\"\n",
    "host = \"h\"\n",
    "port = 5222\n",
    "pins = [\"sha256:",
    "allow_plain = true\n",
    "socks5 = \"127.0.0.1:9050\"\n",
    "quit = \"ctrl-q\"\n",
    "= [\"ctrl-x q\"]\n",
    "ctrl-",
    "alt-",
    "true",
    "\"",
    "'''",
    "\"\"\"",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    "#",
    "\n",
    "1979-05-27T07:32:00Z",
    "0x",
    "inf",
    "nan",
    "\\u0000",
    "\\U0010FFFF",
];

pub fn run(data: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(data);
    match Config::read(Path::new("/home/me/config.toml"), &text, "tui", true) {
        Ok((config, warnings)) => {
            for warning in &warnings {
                let line = warning.line();
                assert!(!line.chars().any(|c| c.is_control() && c != '\n'), "{line:?}");
                assert!(line.len() < 4_000, "{} bytes of a warning", line.len());
            }
            shape((config.accounts.len().min(4), warnings.len().min(8), magnitude(text.lines().count())))
        }
        Err(error) => {
            let words = error.to_string();
            assert!(!words.chars().any(|c| c.is_control() && c != '\n'), "{words:?}");
            assert!(words.len() < 8_000, "{} bytes of an error", words.len());
            shape(words.chars().filter(|c| !c.is_ascii_digit()).take(60).collect::<String>())
        }
    }
}
