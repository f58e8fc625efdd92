//! The log and the XML console.

/// The title of the log.
pub fn log_title() -> String {
    tr!("Log")
}

/// The title of the XML console.
pub fn xml_title() -> String {
    tr!("Raw XML (passwords left out)")
}

/// How many lines the console has.
pub fn lines(count: usize) -> String {
    trn!(count, "1 line", "{count} lines")
}

/// The console is empty.
pub fn nothing_yet() -> String {
    tr!("Nothing yet.")
}
