//! Lists to choose from: chats and people, commands, links, requests.

/// What may stand in front of the words.
pub fn prefixes() -> String {
    tr!("In front of the words:  # rooms   @ people   ! unread   > commands")
}

/// How many actions the palette has.
pub fn actions(count: usize) -> String {
    trn!(count, "1 action", "{count} actions")
}

/// How many rows match.
pub fn of_total(found: usize, total: usize) -> String {
    tr!("{found} of {total}")
}

/// The title of the list of chats and people.
pub fn go_to() -> String {
    tr!("Go to")
}

/// The title of the palette.
pub fn commands() -> String {
    tr!("Commands")
}

/// The title of the list of links.
pub fn links() -> String {
    tr!("Links")
}

/// The title of the list of requests.
pub fn requests() -> String {
    tr!("Requests")
}

/// Above the list of requests.
pub fn reading_is_private() -> String {
    tr!("Nobody is told that you have read their request.")
}

/// The list is empty.
pub fn no_chats() -> String {
    tr!("No chats yet. Type an address to start one.")
}

/// The list is empty.
pub fn no_actions() -> String {
    tr!("No actions here.")
}

/// The list is empty.
pub fn no_links() -> String {
    tr!("No links in this chat yet.")
}

/// The list is empty.
pub fn no_requests() -> String {
    tr!("There are no requests.")
}

/// The title of the list of emoji.
pub fn emoji() -> String {
    tr!("React")
}
