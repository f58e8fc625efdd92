//! The labels of cards: all that is known about a person, a room, a message or an account.

/// Label: the address of a person or room.
pub fn address() -> String {
    tr!("Address")
}

/// Label: an address that is shown in another form, as it stands on the wire.
pub fn as_sent() -> String {
    tr!("As sent")
}

/// Label: what the user calls a contact.
pub fn name() -> String {
    tr!("Name")
}

/// Label: who sees whose presence.
pub fn subscription() -> String {
    tr!("Subscription")
}

/// A subscription that the user asked for.
pub fn asked(how: &str) -> String {
    tr!("{how} (requested, not answered yet)")
}

/// Label: the groups of a contact.
pub fn groups() -> String {
    tr!("Groups")
}

/// Label: what an occupant is called in the room.
pub fn nickname() -> String {
    tr!("Nickname")
}

/// Label: the role in the room, such as moderator.
pub fn role() -> String {
    tr!("Role")
}

/// Label: the affiliation with the room, such as owner.
pub fn affiliation() -> String {
    tr!("Affiliation")
}

/// Label: online, away and so on.
pub fn presence() -> String {
    tr!("Presence")
}

/// Label: the address behind an occupant.
pub fn real_address() -> String {
    tr!("Real address")
}

/// Label: the text that somebody shows with their presence.
pub fn status() -> String {
    tr!("Status")
}

/// Label: how many are in a room.
pub fn people() -> String {
    tr!("People")
}

/// Label: what a room says of itself.
pub fn description() -> String {
    tr!("Description")
}

/// Label: what kind of room it is.
pub fn traits() -> String {
    tr!("Traits")
}

/// Label: the subject of a room.
pub fn subject() -> String {
    tr!("Subject")
}

/// Label: the device that messages go to.
pub fn messages_to() -> String {
    tr!("Messages to")
}

/// The name of a device that has none.
pub fn no_resource() -> String {
    tr!("(no resource)")
}

/// Label: the priority of a device.
pub fn priority() -> String {
    tr!("Priority")
}

/// Label: since when a device shows this.
pub fn since() -> String {
    tr!("Since")
}

/// Label: how long nobody touched the device.
pub fn idle() -> String {
    tr!("Idle")
}

/// How long nobody touched a device.
pub fn idle_for(how_long: &str, since: &str) -> String {
    tr!("{how_long}, since {since}")
}

/// Label: the program that a device runs.
pub fn client() -> String {
    tr!("Program")
}

/// A card that holds an address alone.
pub fn nothing_more() -> String {
    tr!("Nothing more is known: not a contact, and not in a room with you.")
}

/// Heading of what somebody publishes about themselves (XEP-0054).
pub fn card() -> String {
    tr!("Card")
}

/// Label: who sent a request.
pub fn from() -> String {
    tr!("From")
}

/// Label: the room of an invitation.
pub fn room() -> String {
    tr!("Room")
}

/// Label: the text that came with a request.
pub fn they_say() -> String {
    tr!("They say")
}

/// A request came without a text.
pub fn nothing() -> String {
    tr!("nothing")
}

/// Label: the state of an account's connection.
pub fn connection() -> String {
    tr!("Connection")
}

/// Label: the full address of this device.
pub fn signed_in_as() -> String {
    tr!("Signed in as")
}
