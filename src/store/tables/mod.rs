//! The tables, one file per table or group of tables. All functions take a connection. The writer calls them inside
//! its transaction; the reader and the start only read.

pub(super) mod accounts;
pub(super) mod again;
pub(super) mod answered;
pub(super) mod archives;
pub(super) mod caps;
pub(super) mod chats;
pub(super) mod indexing;
pub(super) mod merge;
pub(super) mod messages;
mod neighbour;
pub(super) mod page;
pub(super) mod parting;
pub(super) mod prepared;
pub(super) mod purge;
pub(super) mod read;
pub(super) mod resumable;
pub(super) mod roster;
pub(super) mod rows;
pub(super) mod search;
pub(super) mod status_places;
pub(super) mod strangers;
pub(super) mod summaries;
pub(super) mod timeline;
pub(super) mod unfolded;

/// The result of a function on tables.
pub(super) type Sql<T> = rusqlite::Result<T>;
