//! SQLite: the only user of rusqlite.
