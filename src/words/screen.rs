//! Panes and lists: what is said of rows, whatever they stand for.

use std::fmt::Display;

/// A key for a row, where the list has none.
pub fn list_empty() -> String {
    tr!("the list is empty")
}

/// A key for people, elsewhere in the sidebar.
pub fn row_is_nobody() -> String {
    tr!("this row is not a person")
}

/// A key for people, in a room that has none.
pub fn nobody_here() -> String {
    tr!("nobody is here")
}

/// The end of a long message that is cut.
pub fn cut_whole() -> String {
    tr!("/whole shows all")
}

/// A list of which the filter leaves nothing.
pub fn nothing_matches() -> String {
    tr!("Nothing matches.")
}

/// How far a text is scrolled.
pub fn line_of(line: usize, count: usize) -> String {
    tr!("{line} of {count}")
}

/// The filter of a text leaves nothing.
pub fn no_line_has() -> String {
    tr!("No line has these words.")
}

/// The line that filters a text.
pub fn type_to_filter() -> String {
    tr!("type to filter")
}

/// Where the keys are, at the edge of the composer.
pub fn select() -> String {
    tr!("SELECT")
}

/// The same.
pub fn chats() -> String {
    tr!("CHATS")
}

/// The same.
pub fn people() -> String {
    tr!("PEOPLE")
}

/// An empty composer.
pub fn write_to(mark: &str, name: impl Display) -> String {
    tr!("Write to {mark}{name}")
}

/// The same, without a chat.
pub fn for_commands() -> String {
    tr!("/ for commands")
}

/// The same, while a message is selected.
pub fn letters_act() -> String {
    tr!("a letter acts on the message, a sentence is written here")
}

/// The same, while the keys are elsewhere.
pub fn keys_in_chats() -> String {
    tr!("keys go to the list of chats; Esc comes back here")
}

/// The same.
pub fn keys_in_people() -> String {
    tr!("keys go to the list of people; Esc comes back here")
}

/// A long paste waits for an answer.
pub fn pasted(mark: &str, count: usize) -> String {
    trn!(count, "{mark} 1 line pasted, not sent", "{mark} {count} lines pasted, not sent")
}

/// What a key does with the paste.
pub fn as_text() -> String {
    tr!("as text")
}

/// The same.
pub fn as_code() -> String {
    tr!("as a code block")
}

/// The same.
pub fn drops() -> String {
    tr!("drop")
}

/// How many messages are below.
pub fn below(mark: &str, count: usize) -> String {
    tr!("{mark} {count} below")
}

/// Who is typing.
pub fn is_typing(one: &str) -> String {
    tr!("{one} is typing")
}

/// The same.
pub fn are_typing(one: &str, two: &str) -> String {
    tr!("{one} and {two} are typing")
}

/// The same.
pub fn many_are_typing() -> String {
    tr!("several people are typing")
}

/// The draft is stored.
pub fn draft_saved() -> String {
    tr!("draft saved")
}

/// What there is to know of a chat.
pub fn own_address() -> String {
    tr!("your own address")
}

/// The same.
pub fn message_request() -> String {
    tr!("message request")
}

/// The same.
pub fn request_sent() -> String {
    tr!("contact request sent")
}

/// The same: the subscription.
pub fn sees_you() -> String {
    tr!("sees you, you do not see them")
}

/// The same.
pub fn no_subscription() -> String {
    tr!("no subscription")
}

/// The same: a private chat in a room.
pub fn private() -> String {
    tr!("private")
}

/// The line under the title of a private chat in a room.
pub fn about_private() -> String {
    tr!("Only the two of you read this; the room passes it on.")
}

/// The line under the title of a contact.
pub fn presence_unknown() -> String {
    tr!("presence unknown")
}

/// The same, with the device that was chosen.
pub fn messages_go_to(how: &str, dot: &str, device: &str) -> String {
    tr!("{how} {dot} messages go to {device}")
}

/// The terminal is too small.
pub fn too_small(columns: u16, rows: u16) -> String {
    tr!("parlour needs {columns} columns and {rows} rows.")
}

/// Heading in the sidebar.
pub fn requests() -> String {
    tr!("REQUESTS")
}

/// The filter leaves no row.
pub fn filter_hides_all() -> String {
    tr!("Nothing matches. Esc clears the filter.")
}

/// The sidebar is empty.
pub fn no_chats() -> String {
    tr!("No chats yet. F5 joins a room or starts a chat.")
}

/// Heading in the sidebar.
pub fn chats_heading() -> String {
    tr!("CHATS")
}

/// Heading in the sidebar.
pub fn rooms_heading() -> String {
    tr!("ROOMS")
}

/// Heading in the sidebar.
pub fn contacts_heading() -> String {
    tr!("CONTACTS")
}

/// What kind of request a row is.
pub fn contact() -> String {
    tr!("contact")
}

/// The same.
pub fn invitation() -> String {
    tr!("invitation")
}

/// The same.
pub fn message() -> String {
    tr!("message")
}

/// The top line.
pub fn accounts(count: usize) -> String {
    tr!("{count} accounts")
}

/// The same: the archive is read.
pub fn catching_up(mark: &str) -> String {
    tr!("{mark} catching up")
}

/// The same.
pub fn unread(count: u32) -> String {
    tr!("{count} unread")
}

/// The same.
pub fn requests_waiting(count: u64) -> String {
    trn!(count, "1 request", "{count} requests")
}

/// The same: the connection.
pub fn no_connection(mark: &str) -> String {
    tr!("{mark} no connection")
}

/// The same.
pub fn signed_out(mark: &str) -> String {
    tr!("{mark} signed out")
}

/// The same.
pub fn stopped(mark: &str) -> String {
    tr!("{mark} stopped")
}

/// The same.
pub fn offline(mark: &str) -> String {
    tr!("{mark} offline")
}

/// How to read what was told.
pub fn f12_shows_all() -> String {
    tr!("F12 shows all")
}

/// The same.
pub fn more_in_log(count: usize) -> String {
    tr!("{count} more: F12")
}

/// A box waits.
pub fn opens_it(key: &str) -> String {
    tr!("{key} opens it")
}

/// When the next attempt is.
pub fn retrying_now() -> String {
    tr!("retrying now")
}

/// The same.
pub fn retry_in(seconds: impl Display) -> String {
    tr!("retry in {seconds} s")
}

/// The same, with the command.
pub fn when_and_command(when: &str, dot: &str) -> String {
    tr!("{when} {dot} /reconnect")
}

/// What to do about it.
pub fn reconnect_signs_in() -> String {
    tr!("/reconnect signs in again")
}

/// The same.
pub fn reconnect_retries() -> String {
    tr!("/reconnect retries")
}

/// The same.
pub fn outage_looks() -> String {
    tr!("/outage checks again")
}

/// Why only ASCII is used.
pub fn font_lacks_signs() -> String {
    tr!("the console's font lacks many characters")
}

/// The same.
pub fn locale_is_not_utf8() -> String {
    tr!("the locale is not UTF-8")
}

/// Only ASCII is used.
pub fn keeps_to_ascii(why: &str) -> String {
    tr!("{why}, so the screen uses ASCII alone; /set ui.glyphs unicode changes that")
}

/// parlour was started without a terminal.
pub fn needs_terminal() -> String {
    tr!("this needs a terminal: standard input and output must be one")
}

/// parlour was started on a terminal without a cursor.
pub fn dumb_terminal() -> String {
    tr!("this terminal cannot show a screen (TERM is dumb or not set)")
}
