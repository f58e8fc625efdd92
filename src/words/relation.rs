//! What one message says of another: answers, edits, reactions, retractions; and why something cannot be done.

/// A message in a room that gives no ids, which others could not find.
pub fn no_room_id() -> String {
    tr!("this room gives its messages no ids, so others could not tell which one is meant")
}

/// The same of a message that came without an id.
pub fn no_id() -> String {
    tr!("this message came without an id, so others could not tell which one is meant")
}

/// Somebody else's message, to be edited.
pub fn edit_is_for_own() -> String {
    tr!("only your own messages can be edited")
}

/// The same, to be retracted.
pub fn retract_is_for_own() -> String {
    tr!("only your own messages can be retracted")
}

/// A line that is no message, or that did not reach anybody.
pub fn not_with_this() -> String {
    tr!("that cannot be done with this line: it is not a message that others have")
}

/// There is no message of the user's to edit.
pub fn none_to_edit() -> String {
    tr!("there is no message of yours here that could be edited")
}

/// The same, to retract.
pub fn none_to_retract() -> String {
    tr!("there is no message of yours here that could be retracted")
}

/// There is no message of somebody else to answer or react to.
pub fn none_of_others() -> String {
    tr!("nobody else wrote here yet; Alt-Up selects a message")
}

/// What is to be replaced is not in the message.
pub fn does_not_contain(words: &str) -> String {
    tr!("your last message does not contain {words}")
}

/// An edit that changes nothing.
pub fn says_that_already() -> String {
    tr!("that is what the message says already")
}

/// What was typed is no reaction.
pub fn no_emoji(typed: &str) -> String {
    tr!("{typed} is not a single emoji, such as 👍 or :+1:")
}

/// A message that was to be reacted to, or retracted, went out of sight.
pub fn out_of_sight() -> String {
    tr!("the message is not on the screen any more")
}

/// A number of a usual reaction that there is not.
pub fn six_usual() -> String {
    tr!("there are six usual reactions")
}

/// The message that is answered is not stored.
pub fn original_is_not_here() -> String {
    tr!("the message that is answered is not in the history here")
}

/// The key that goes back from a jump, without one.
pub fn no_jump() -> String {
    tr!("there was no jump to go back from")
}

/// Whom the user answers who answers a message of their own.
pub fn yourself() -> String {
    tr!("yourself")
}

/// Esc ended an edit.
pub fn edit_given_up() -> String {
    tr!("not edited; Ctrl-Up brings the text back")
}

/// The question before a message is retracted, with its first words.
pub fn ask_to_retract(words: &str) -> String {
    tr!("Retract this message for everybody? Others may have kept a copy.\n{words}")
}

/// A message that is not in a room was to be removed.
pub fn moderate_is_for_rooms() -> String {
    tr!("only messages in a room can be removed by its moderators")
}

/// The question before somebody else's message is removed, with its first words.
pub fn ask_to_moderate(words: &str) -> String {
    tr!("Remove this message for everybody in the room? Others may have kept a copy.\n{words}")
}

/// The title of the same.
pub fn moderate_title() -> String {
    tr!("Remove?")
}

/// An edit was refused.
pub fn edit_refused(by: &str, reason: &str) -> String {
    tr!("the edit was refused by {by}: {reason} · Ctrl-Up brings the text back")
}

/// A retraction was refused.
pub fn retraction_refused(by: &str, reason: &str) -> String {
    tr!("the retraction was refused by {by}: {reason}")
}

/// A reaction was refused.
pub fn reaction_refused(by: &str, reason: &str) -> String {
    tr!("the reaction was refused by {by}: {reason}")
}

/// Too much is being sent, and a reaction or a retraction had to be left out.
pub fn nothing_done(name: &str) -> String {
    tr!("still sending what came before to {name}: nothing was done, try again")
}

/// In the place of a message that its author took back.
pub fn retracted() -> String {
    tr!("[retracted]")
}

/// In the place of a message that a moderator removed.
pub fn moderated() -> String {
    tr!("[removed by a moderator]")
}

/// The same with a reason.
pub fn moderated_because(reason: &str) -> String {
    tr!("[removed by a moderator: {reason}]")
}

/// In the place of an answered message that is not stored.
pub fn not_here() -> String {
    tr!("a message that is not here")
}

/// Behind a message that was edited at this time.
pub fn edited(time: &str) -> String {
    tr!("(edited {time})")
}

/// Behind a reaction of the user's own.
pub fn by_you() -> String {
    tr!("(you)")
}

/// The user, as the author of an answered message.
pub fn you() -> String {
    tr!("you")
}

/// Above the composer: what is being written answers this.
pub fn replying_to(name: &str) -> String {
    tr!("replying to {name}: ")
}

/// Above the composer: what is being written takes the place of this.
pub fn editing() -> String {
    tr!("editing: ")
}

/// The key that ends either.
pub fn esc_cancels() -> String {
    tr!("Esc cancels")
}

/// What `/s/` is for, where it was typed wrongly.
pub fn how_to_substitute() -> String {
    tr!("this replaces words of your last message: /s/old/new/, with a g at the end everywhere")
}

/// A row of the details: what the message said before.
pub fn before() -> String {
    tr!("Before")
}

/// The same: when it was edited.
pub fn edited_at() -> String {
    tr!("Edited")
}

/// The same: an emoji, and who gave it.
pub fn reaction() -> String {
    tr!("Reaction")
}

/// What others read of a retraction whose programs know none.
pub fn retraction_for_others() -> String {
    tr!("/me retracted a previous message, but your program does not support that")
}

/// The title of the question before a message is retracted.
pub fn retract_title() -> String {
    tr!("Retract?")
}
