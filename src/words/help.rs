//! The pages of help.

/// Beside a candidate.
pub fn all_keys() -> String {
    tr!("all keys")
}

/// Beside the value that a setting has.
pub fn current_value() -> String {
    tr!("current value")
}

/// Heading of the first keys.
pub fn essentials() -> String {
    tr!("The ten that matter most")
}

/// The first line of the list of commands.
pub fn about_commands() -> String {
    tr!("A line that begins with / is a command; // sends a slash. Tab completes.")
}

/// The second line.
pub fn about_help() -> String {
    tr!("/help <command> tells more. F1 shows the keys, Ctrl-P finds any command.")
}

/// Heading of one command's help.
pub fn arguments() -> String {
    tr!("Arguments")
}

/// Heading of one command's help.
pub fn examples() -> String {
    tr!("Examples")
}

/// Other names of a command.
pub fn also(names: &str) -> String {
    tr!("Also: {names}")
}

/// The standards of a command.
pub fn see(xeps: &str) -> String {
    tr!("See {xeps}")
}

/// The keys that go to a chat by its number.
pub fn numbered() -> String {
    tr!("go to chat 1 to 10")
}

/// Heading of the keys that everybody finds.
pub fn moving() -> String {
    tr!("Moving around")
}

/// One of the first keys of help, in few words.
pub fn send() -> String {
    tr!("send what you wrote")
}

/// One of the first keys of help, in few words.
pub fn go_to() -> String {
    tr!("go to a chat or person")
}

/// One of the first keys of help, in few words.
pub fn complete() -> String {
    tr!("complete names, commands")
}

/// One of the first keys of help, in few words.
pub fn next_unread() -> String {
    tr!("next unread")
}

/// One of the first keys of help, in few words.
pub fn new_line() -> String {
    tr!("a new line")
}

/// One of the first keys of help, in few words.
pub fn join_or_start() -> String {
    tr!("join a room, start a chat")
}

/// One of the first keys of help, in few words.
pub fn scroll_up() -> String {
    tr!("scroll up")
}

/// One of the first keys of help, in few words.
pub fn search_here() -> String {
    tr!("search in this chat")
}

/// One of the first keys of help, in few words.
pub fn select_message() -> String {
    tr!("select a message")
}

/// One of the first keys of help, in few words.
pub fn find_anything() -> String {
    tr!("find anything, by name")
}
