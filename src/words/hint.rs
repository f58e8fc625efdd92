//! The words beside the keys at the bottom of the screen.

/// Beside a key.
pub fn a_letter() -> String {
    tr!("a letter")
}

/// Beside a key.
pub fn accept() -> String {
    tr!("accept")
}

/// Beside a key.
pub fn address() -> String {
    tr!("address")
}

/// Beside a key.
pub fn all_requests() -> String {
    tr!("all requests")
}

/// Beside a key.
pub fn answer() -> String {
    tr!("answer")
}

/// Beside a key.
pub fn back() -> String {
    tr!("back")
}

/// Beside a key.
pub fn ban() -> String {
    tr!("ban")
}

/// Beside a key.
pub fn choose() -> String {
    tr!("choose")
}

/// Beside a key.
pub fn close() -> String {
    tr!("close")
}

/// Beside a key.
pub fn colours() -> String {
    tr!("colours")
}

/// Beside a key.
pub fn commands() -> String {
    tr!("commands")
}

/// Beside a key.
pub fn complete() -> String {
    tr!("complete")
}

/// Beside a key.
pub fn copy() -> String {
    tr!("copy")
}

/// Beside a key.
pub fn deny() -> String {
    tr!("deny")
}

/// Beside a key.
pub fn do_nothing() -> String {
    tr!("do nothing")
}

/// Beside a key.
pub fn drops() -> String {
    tr!("drop")
}

/// Beside a key.
pub fn edit() -> String {
    tr!("edit")
}

/// Beside a key.
pub fn filter() -> String {
    tr!("filter")
}

/// Beside a key.
pub fn fold() -> String {
    tr!("fold")
}

/// Beside a key.
pub fn form() -> String {
    tr!("form")
}

/// Beside a key.
pub fn go_on() -> String {
    tr!("continue")
}

/// Beside a key.
pub fn go_on_writing() -> String {
    tr!("go on writing")
}

/// Beside a key.
pub fn go_there() -> String {
    tr!("go there")
}

/// Beside a key.
pub fn go_to() -> String {
    tr!("go to")
}

/// Beside a key.
pub fn help() -> String {
    tr!("help")
}

/// Beside a key.
pub fn info() -> String {
    tr!("info")
}

/// Beside a key.
pub fn join_or_start() -> String {
    tr!("join or start")
}

/// Beside a key.
pub fn kick() -> String {
    tr!("kick")
}

/// Beside a key.
pub fn leave() -> String {
    tr!("leave")
}

/// Beside a key.
pub fn log_or_xml() -> String {
    tr!("log / XML")
}

/// Beside a key.
pub fn mention() -> String {
    tr!("mention")
}

/// Beside a key.
pub fn moves() -> String {
    tr!("move")
}

/// Beside a key.
pub fn new_line() -> String {
    tr!("new line")
}

/// Beside a key.
pub fn next() -> String {
    tr!("next")
}

/// Beside a key.
pub fn next_unread() -> String {
    tr!("next unread")
}

/// Beside a key.
pub fn no() -> String {
    tr!("no")
}

/// Beside a key.
pub fn one_line() -> String {
    tr!("one line")
}

/// Beside a key.
pub fn open() -> String {
    tr!("open")
}

/// Beside a key.
pub fn open_link() -> String {
    tr!("open link")
}

/// Beside a key.
pub fn open_or_join() -> String {
    tr!("open, join")
}

/// Beside a key.
pub fn other_option() -> String {
    tr!("other option")
}

/// Beside a key.
pub fn people() -> String {
    tr!("people")
}

/// Beside a key.
pub fn press() -> String {
    tr!("press")
}

/// Beside a key.
pub fn private() -> String {
    tr!("private")
}

/// Beside a key.
pub fn quit() -> String {
    tr!("quit")
}

/// Beside a key.
pub fn quote() -> String {
    tr!("quote")
}

/// Beside a key.
pub fn raw_names() -> String {
    tr!("raw names")
}

/// Beside a key.
pub fn read() -> String {
    tr!("read")
}

/// Beside a key.
pub fn retry() -> String {
    tr!("retry")
}

/// Beside a key.
pub fn retry_now() -> String {
    tr!("retry now")
}

/// Beside a key.
pub fn save() -> String {
    tr!("save")
}

/// Beside a key.
pub fn save_or_not() -> String {
    tr!("save or not")
}

/// Beside a key.
pub fn scroll() -> String {
    tr!("scroll")
}

/// Beside a key.
pub fn send() -> String {
    tr!("send")
}

/// Beside a key.
pub fn services() -> String {
    tr!("services")
}

/// Beside a key.
pub fn set() -> String {
    tr!("set")
}

/// Beside a key.
pub fn show() -> String {
    tr!("show")
}

/// Beside a key.
pub fn sign_in() -> String {
    tr!("sign in")
}

/// Beside a key.
pub fn switch() -> String {
    tr!("switch")
}

/// Beside a key.
pub fn unfold() -> String {
    tr!("unfold")
}

/// Beside a key.
pub fn what_i_meant() -> String {
    tr!("what I meant")
}

/// Beside a key.
pub fn yes() -> String {
    tr!("yes")
}

/// Beside a key.
pub fn reply() -> String {
    tr!("reply")
}

/// Beside a key.
pub fn react() -> String {
    tr!("react")
}

/// Beside a key.
pub fn retract() -> String {
    tr!("retract")
}

/// Beside a key.
pub fn block() -> String {
    tr!("block")
}
