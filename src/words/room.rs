//! A room on the screen: its topic, its people, why it was not entered.

use std::fmt::Display;

/// The line under a room's title.
pub fn not_in_room() -> String {
    tr!("You are not in this room. /join enters.")
}

/// The same.
pub fn no_topic() -> String {
    tr!("No topic.")
}

/// The same.
pub fn entering() -> String {
    tr!("Joining the room")
}

/// Why the room was not entered.
pub fn wants_password() -> String {
    tr!("This room wants a password: /join asks you for it.")
}

/// The same.
pub fn password_was_wrong() -> String {
    tr!("The password was wrong: /join asks you for it again.")
}

/// The same.
pub fn members_only() -> String {
    tr!("Only members may enter this room.")
}

/// The same.
pub fn banned() -> String {
    tr!("You are banned from this room.")
}

/// The same.
pub fn nick_taken() -> String {
    tr!("Somebody else has your nickname there: /join the room with another one.")
}

/// The same.
pub fn full() -> String {
    tr!("The room is full.")
}

/// The same.
pub fn not_there() -> String {
    tr!("There is no such room. /join asks whether to create it.")
}

/// The same.
pub fn not_there_or_locked() -> String {
    tr!("There is no such room, or it is locked.")
}

/// The same.
pub fn may_not_create() -> String {
    tr!("You may not create rooms there.")
}

/// The same.
pub fn timeout() -> String {
    tr!("The room did not answer in time. /join tries again.")
}

/// The same.
pub fn could_not_enter(why: &str) -> String {
    tr!("Could not enter: {why}")
}

/// A line in the room.
pub fn removed_topic(who: &str) -> String {
    tr!("{who} removed the topic")
}

/// A line in the room.
pub fn set_topic(who: &str, topic: impl Display) -> String {
    tr!("{who} set the topic: {topic}")
}

/// A message that only other programs can read.
pub fn encrypted(by: impl Display) -> String {
    tr!("[encrypted ({by}): parlour cannot read this]")
}

/// Heading of the people.
pub fn moderators() -> String {
    tr!("MODERATORS")
}

/// Heading of the people.
pub fn participants() -> String {
    tr!("PARTICIPANTS")
}

/// Heading of the people.
pub fn visitors() -> String {
    tr!("VISITORS")
}

/// How many are in the room.
pub fn here(count: usize) -> String {
    tr!("{count} here")
}

/// The list of people.
pub fn nobody_else() -> String {
    tr!("Nobody else is here.")
}

/// Heading of the people.
pub fn others() -> String {
    tr!("OTHERS")
}

/// Those who have no row.
pub fn more(mark: &str, count: usize) -> String {
    tr!("{mark} {count} more")
}

/// Somebody whose name shows nothing.
pub fn no_name() -> String {
    tr!("(no name)")
}
