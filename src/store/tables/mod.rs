//! What is written and read, one file per fact. All functions take a connection: the writer calls them
//! inside its transaction, the reader and the start only read.

pub(super) mod accounts;
pub(super) mod again;
pub(super) mod archives;
pub(super) mod caps;
pub(super) mod chats;
pub(super) mod messages;
mod neighbour;
pub(super) mod page;
pub(super) mod resumable;
pub(super) mod roster;
pub(super) mod rows;
pub(super) mod search;
pub(super) mod status_places;
pub(super) mod summaries;
pub(super) mod timeline;

/// What the tables' functions give.
pub(super) type Sql<T> = rusqlite::Result<T>;
