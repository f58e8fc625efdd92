//! The program itself: help, settings, quitting, what is opened by others.

use std::fmt::Display;

/// A link goes to the program that opens links.
pub fn opening_link(link: impl Display) -> String {
    tr!("opening {link}")
}

/// Help for a command that there is not.
pub fn no_such_help(word: &str) -> String {
    tr!("there is no command /{word}: /help lists them all")
}

/// The title of one command's help.
pub fn help_title(word: &str) -> String {
    tr!("Help: {word}")
}

/// Asks before the program ends with unsent messages.
pub fn ask_quit(waiting: usize) -> String {
    trn!(
        waiting,
        "A message is not sent yet, and will be sent at the next start. Quit?",
        "{waiting} messages are not sent yet, and will be sent at the next start. Quit?"
    )
}

/// The title of the list of settings.
pub fn settings_title() -> String {
    tr!("Settings: /set key value")
}

/// Ctrl-C ends other programs: what ends this one.
pub fn quit_command() -> String {
    tr!("/quit quits")
}

/// The same, where a key does it as well.
pub fn quit_key(key: &str) -> String {
    tr!("{key} or /quit quits")
}

/// A setting was set back.
pub fn is_default(key: &str, value: &str) -> String {
    tr!("{key} = {value} (default)")
}

/// A setting that there is not, with one whose name is like it.
pub fn no_such_setting_but(key: &str, near: &str) -> String {
    tr!("there is no setting {key}; did you mean {near}?")
}

/// A setting that there is not.
pub fn no_such_setting(key: &str) -> String {
    tr!("there is no setting {key}: /set lists them all")
}

/// The title of the help.
pub fn help() -> String {
    tr!("Help")
}

/// /reload.
pub fn config_read() -> String {
    tr!("the config was read again")
}

/// Why an action of the palette is not possible now.
pub fn only_in_chats() -> String {
    tr!("only in the list of chats (F2)")
}

/// The same.
pub fn only_at_request() -> String {
    tr!("only at a request (Alt-R lists them)")
}

/// The same.
pub fn only_in_people() -> String {
    tr!("only in the list of people (F3)")
}

/// The same.
pub fn only_at_unsent() -> String {
    tr!("only at a message that was not sent (Alt-Up)")
}

/// The same.
pub fn only_in_list() -> String {
    tr!("only in a list")
}

/// The same.
pub fn only_in_disco() -> String {
    tr!("only in service discovery (F4)")
}

/// The same.
pub fn only_in_form() -> String {
    tr!("only in a form")
}

/// The same.
pub fn only_in_room() -> String {
    tr!("only in a room")
}

/// The same.
pub fn only_inside() -> String {
    tr!("you are not in this room")
}

/// The same.
pub fn needs_connection() -> String {
    tr!("not connected")
}

/// An action that is not possible now was chosen.
pub fn not_now(why: impl Display) -> String {
    tr!("not now: {why}")
}

/// The demo's connection.
pub fn demo_server() -> String {
    tr!("a server inside this program")
}

/// The end of [`has_a_fault`].
pub fn backtrace_hint() -> String {
    tr!("; RUST_BACKTRACE=1 shows a backtrace")
}

/// The last words.
pub fn has_a_fault(place: &str, said: &str, trace: &str, log: &str) -> String {
    tr!("parlour has a fault of its own, at {place}: {said}{trace}\nThe log is {log}")
}
