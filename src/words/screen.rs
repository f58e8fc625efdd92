//! Panes and lists: what is said of rows, whatever they stand for.

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
