//! Messages: selecting them, what became of them, links in them.

use crate::model::{AccountId, BareJid};

/// /read in a chat without unread messages.
pub fn nothing_new() -> String {
    tr!("no unread messages here")
}

/// The key that opens a link.
pub fn no_link_in_it() -> String {
    tr!("there is no link in this message that can be opened")
}

/// The title of a whole message.
pub fn whole_title(who: &str) -> String {
    tr!("What {who} wrote")
}

/// The key that opens a link, and /open.
pub fn no_link() -> String {
    tr!("there is no link in this chat's latest messages")
}

/// A key for messages that were not sent.
pub fn none_failed() -> String {
    tr!("no message here failed")
}

/// A key for messages of others.
pub fn none_of_others() -> String {
    tr!("nobody else wrote here yet; Alt-Up selects a message of yours")
}

/// The key that shows a whole message.
pub fn none_cut() -> String {
    tr!("no message here is cut; Alt-Up selects another one")
}

/// A key for messages.
pub fn none_yet() -> String {
    tr!("there are no messages here yet")
}

/// The key that retries a message.
pub fn retry_needs_failure() -> String {
    tr!("only a message that was not sent can be retried")
}

/// A retry of a private message to a nickname that may be somebody else's.
pub fn ask_first(why: &str) -> String {
    tr!("{why} Write to them first")
}

/// The key that retries a message.
pub fn no_id_to_retry() -> String {
    tr!("this message has no id to retry it with")
}

/// The key that drops a message.
pub fn drop_needs_failure() -> String {
    tr!("only a message that was not sent can be dropped")
}

/// The key that drops a message.
pub fn no_id_to_drop() -> String {
    tr!("this message has no id to drop it by")
}

/// A message was dropped.
pub fn dropped() -> String {
    tr!("dropped; Ctrl-Up brings the text back")
}

/// What became of a message.
pub fn received() -> String {
    tr!("received")
}

/// The same.
pub fn pending() -> String {
    tr!("waiting for the connection")
}

/// The same.
pub fn sent() -> String {
    tr!("sent, not confirmed yet")
}

/// The same.
pub fn acked() -> String {
    tr!("the server has it")
}

/// The same.
pub fn delivered() -> String {
    tr!("the peer's program has it")
}

/// The same.
pub fn seen() -> String {
    tr!("the peer has seen it")
}

/// The same.
pub fn refused(why: &str) -> String {
    tr!("refused: {why}")
}

/// The same.
pub fn unknown() -> String {
    tr!("nobody can tell whether it arrived")
}

/// When a message was written.
pub fn stamped(time: &str, came: &str) -> String {
    tr!("{time} (by its time stamp; it came {came})")
}

/// The same.
pub fn stamped_by_server(time: &str) -> String {
    tr!("{time} (by the server's time stamp)")
}

/// /open with another number.
pub fn link_numbers(count: usize) -> String {
    trn!(
        count,
        "there is 1 link here: /open 1 opens it",
        "there are {count} links here: /open takes 1 to {count}, Alt-L lists them"
    )
}

/// /history with a day.
pub fn no_such_day() -> String {
    tr!("there is no such day")
}

/// Text without a chat to send it to.
pub fn no_chat() -> String {
    tr!("no chat is open: Ctrl-K goes to a person or room")
}

/// Text for a request that is not answered.
pub fn answer_first() -> String {
    tr!("nothing is sent before you have answered")
}

/// Only blanks.
pub fn nothing_to_send() -> String {
    tr!("there is nothing to send")
}

/// A text that is too long.
pub fn too_long(bytes: usize, most: usize) -> String {
    tr!("too long: {bytes} of at most {most} bytes")
}

/// The account of a chat was removed.
pub fn account_gone(account: &AccountId) -> String {
    tr!("{account} is no longer one of your accounts")
}

/// The database cannot be written.
pub fn history_closed() -> String {
    tr!("not sent: the message history cannot be written now, and nothing is sent that is not kept")
}

/// Text for a room, without a connection.
pub fn room_waits(room: &BareJid) -> String {
    tr!("not connected: {room} is joined again with the next connection")
}

/// The engine is busy.
pub fn change_waits(account: &AccountId) -> String {
    tr!("{account}: the config has the change, and the next start of parlour uses it")
}

/// The same.
pub fn busy(account: &AccountId) -> String {
    tr!("{account} is busy: nothing was done, retry in a moment")
}

/// Too much is being sent.
pub fn text_is_back() -> String {
    tr!("still sending what came before: the text is back, press Enter again")
}

/// The same, for another chat.
pub fn text_is_draft(chat: &str) -> String {
    tr!("still sending: the text for {chat} is now a draft there")
}

/// Alt-M.
pub fn multiline_on() -> String {
    tr!("Enter begins a new line, Ctrl-S sends; Alt-M ends this")
}

/// Alt-M.
pub fn multiline_off() -> String {
    tr!("Enter sends")
}

/// A draft was put aside.
pub fn earlier_text() -> String {
    tr!("Ctrl-Up brings back what you were writing")
}

/// What to do about a message that was not sent.
pub fn select_here() -> String {
    tr!("Alt-Up selects it, then r retries it, d drops it")
}

/// The same, in another chat.
pub fn select_there() -> String {
    tr!("open the chat and select it with Alt-Up; r retries it, d drops it")
}

/// A message was not sent.
pub fn not_sent(to: &str, why: &str, advice: &str) -> String {
    tr!("not sent to {to}: {why} · {advice}")
}

/// The title of what is known of a message.
pub fn title() -> String {
    tr!("Message")
}

/// Label: when a message was written.
pub fn written() -> String {
    tr!("Written")
}

/// Label: what became of a message.
pub fn delivery() -> String {
    tr!("Delivery")
}

/// Label: the id of a message.
pub fn id() -> String {
    tr!("Id")
}

/// Label: the id of a message in the archive.
pub fn archive_id() -> String {
    tr!("Archive")
}

/// Label: the id of whoever wrote a message in a room.
pub fn occupant_id() -> String {
    tr!("Occupant")
}

/// Asks before a link is opened.
pub fn ask_open() -> String {
    tr!("Open this link?")
}

/// The same, where something is odd about it; what it is stands below.
pub fn ask_open_odd() -> String {
    tr!("Open this link? Look at it first.")
}
