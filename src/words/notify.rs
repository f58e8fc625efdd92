//! Notifications of the desktop.

/// The title of a notification.
pub fn in_room(who: &str, room: &str) -> String {
    tr!("{who} in {room}")
}
