//! Slash commands that cannot be understood.

/// A command below other text.
pub fn not_first_line(name: &str) -> String {
    tr!("not sent: /{name} is not on the first line; /say at the start sends all of it as text")
}

/// A command after a space.
pub fn space_before(name: &str) -> String {
    tr!("not sent: there is a space before /{name}; /say sends it as it is")
}

/// A slash alone.
pub fn missing() -> String {
    tr!("a command is missing after the /; // sends a slash")
}

/// A command that there is not, with one whose name is like it.
pub fn unknown_but(name: &str, near: &str) -> String {
    tr!("there is no command /{name}; did you mean /{near}? (// sends it as text)")
}

/// A command that there is not.
pub fn unknown(name: &str) -> String {
    tr!("there is no command /{name}; // at the start sends it as text")
}

/// A quote has no end.
pub fn quote_open() -> String {
    tr!("the quote is not closed")
}

/// An argument that must be there.
pub fn argument_missing(name: &str) -> String {
    tr!("{name} is missing")
}

/// Something follows the last argument.
pub fn too_much() -> String {
    tr!("that is more than the command takes")
}

/// Nobody is named.
pub fn name_missing() -> String {
    tr!("a name is missing")
}

/// An xmpp: link.
pub fn link_without_room() -> String {
    tr!("this link does not lead to a room")
}

/// An xmpp: link to something else.
pub fn link_with_other_verb(verb: &str) -> String {
    tr!("this link does not lead to a room: it says ?{verb}")
}

/// An xmpp: link.
pub fn bad_escape() -> String {
    tr!("not a valid link: two hexadecimal digits must follow each %")
}

/// An xmpp: link.
pub fn escapes_not_text() -> String {
    tr!("not a valid link: its % escapes are not text")
}

/// A nickname that was typed.
pub fn bad_nick() -> String {
    tr!("not a valid nickname: it is empty, too long or has control characters")
}

/// A value out of a list.
pub fn one_of(words: &str) -> String {
    tr!("must be one of {words}")
}

/// A number that was typed.
pub fn number() -> String {
    tr!("must be a number from 1")
}
