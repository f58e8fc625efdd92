//! Chats: finding, opening and closing them, what is written and sent there.

use std::fmt::Display;

/// The key to the chat before, when there is none.
pub fn no_previous() -> String {
    tr!("no chat was open before this one")
}

/// A chat by its number in the sidebar.
pub fn no_such_number(number: usize, count: usize) -> String {
    tr!("there is no chat {number}: the sidebar has {count}")
}

/// A chat by its name.
pub fn no_such_name(name: &str) -> String {
    tr!("no chat is called {name}: Ctrl-K finds and starts chats")
}

/// A key for chats, elsewhere in the sidebar.
pub fn row_is_none() -> String {
    tr!("this row is not a chat")
}

/// An action on the open chat, when none is.
pub fn none_open() -> String {
    tr!("no chat is open")
}

/// [`super::chat::none_open`] for a command that can name its person.
pub fn none_open_whom() -> String {
    tr!("no chat is open: say whom")
}

/// The same in a chat with somebody who is no contact.
pub fn not_with_contact() -> String {
    tr!("this is not a chat with a contact: say whom")
}

/// A chat has a draft and a text from before.
pub fn earlier_text() -> String {
    tr!("Ctrl-Up brings back what you were writing here last time")
}

/// There is no chat to go to.
pub fn none_yet() -> String {
    tr!("no chats yet: Ctrl-K goes to a contact, F5 joins a room")
}

/// The key to the next unread chat.
pub fn nothing_unread() -> String {
    tr!("nothing unread")
}

/// A row that starts a chat.
pub fn with(who: impl Display) -> String {
    tr!("chat with {who}")
}

/// What kind of row it is.
pub fn new() -> String {
    tr!("new chat")
}

/// A chat whose messages are read.
pub fn loading() -> String {
    tr!("Loading messages")
}

/// A chat without messages.
pub fn no_messages() -> String {
    tr!("No messages yet. Write the first one below.")
}

/// The line above unread messages.
pub fn new_count(dot: &str, count: impl Display) -> String {
    tr!("new {dot} {count}")
}

/// The line above unread messages, without a number.
pub fn new_line() -> String {
    tr!("new")
}

/// The top of the messages.
pub fn loading_older(mark: &str) -> String {
    tr!("{mark} loading older messages")
}

/// The top of the messages.
pub fn beginning() -> String {
    tr!("the beginning")
}

/// Beside a message.
pub fn sending() -> String {
    tr!("sending")
}

/// Beside a message.
pub fn waiting() -> String {
    tr!("waiting")
}

/// Below a message.
pub fn not_sent(mark: &str, why: &str) -> String {
    tr!("{mark} not sent: {why}")
}

/// What can be done about it.
pub fn retry_or_drop(dot: &str) -> String {
    tr!("r retry {dot} d drop")
}

/// Below a message.
pub fn may_not_have_arrived(mark: &str) -> String {
    tr!("{mark} may not have arrived: the connection broke")
}

/// What to do where no chat is open.
pub fn go_to_chat() -> String {
    tr!("go to a chat")
}

/// The same.
pub fn join_or_start() -> String {
    tr!("join a room or start a chat")
}

/// The same.
pub fn services() -> String {
    tr!("service discovery")
}

/// The same.
pub fn add_account() -> String {
    tr!("add an account")
}

/// No chat is open.
pub fn none_open_sentence() -> String {
    tr!("No chat is open.")
}

/// There is no account.
pub fn no_account() -> String {
    tr!("No account yet.")
}
