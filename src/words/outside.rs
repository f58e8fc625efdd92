//! Programs that parlour runs, the clipboard, the terminal.

use std::fmt::Display;

/// A program of the config that is an empty list.
pub fn nothing_given() -> String {
    tr!("no program is given")
}

/// A signal handler could not be set.
pub fn no_signal(why: impl Display) -> String {
    tr!("no signal can be waited for: {why}")
}

/// A program could not be started.
pub fn cannot_run(program: &str, why: impl Display) -> String {
    tr!("{program} cannot be run: {why}")
}

/// What a program prints could not be read.
pub fn cannot_read(program: &str) -> String {
    tr!("{program} cannot be read")
}

/// The same.
pub fn cannot_read_because(program: &str, why: impl Display) -> String {
    tr!("{program} cannot be read: {why}")
}

/// A program failed.
pub fn ended_with(program: &str, status: impl Display) -> String {
    tr!("{program} ended with {status}")
}

/// A program did not end.
pub fn took_too_long(program: &str, seconds: u64) -> String {
    tr!("{program} took longer than {seconds} s")
}

/// Ctrl-C while a program ran.
pub fn interrupted(program: &str) -> String {
    tr!("{program} was interrupted")
}

/// A password command printed nothing.
pub fn no_password(program: &str) -> String {
    tr!("{program} printed no password in its first line")
}

/// A password command printed too much.
pub fn too_long(program: &str) -> String {
    tr!("{program} printed a first line that is too long")
}

/// A password command printed something else.
pub fn not_text(program: &str) -> String {
    tr!("{program} printed what is not UTF-8")
}

/// A link of another kind.
pub fn link_not_opened() -> String {
    tr!("not opened: only http, https, xmpp and mailto links are opened")
}

/// No browser.
pub fn no_opener(link: &str) -> String {
    tr!("no program here opens links; the link is {link}")
}

/// A clipboard program failed.
pub fn does_not_read(program: &str, why: impl Display) -> String {
    tr!("{program} does not read: {why}")
}

/// A clipboard program failed.
pub fn lost(program: &str, why: impl Display) -> String {
    tr!("{program} was lost: {why}")
}

/// A text for the clipboard.
pub fn too_long_to_copy() -> String {
    tr!("not copied: the text is too long for the terminal")
}

/// Keys that are no text.
pub fn terminal_not_utf8() -> String {
    tr!("the terminal sent what is not UTF-8, and it was ignored: set the terminal (and ssh) to UTF-8")
}

/// A text was copied by the terminal: nobody knows what it does with it.
pub fn sent_to_terminal() -> String {
    tr!("sent to the terminal (OSC 52)")
}

/// A text was copied.
pub fn copied_to_tmux() -> String {
    tr!("copied to the tmux buffer")
}

/// A text was copied.
pub fn copied() -> String {
    tr!("copied")
}
