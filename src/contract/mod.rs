//! The messages between the app, the engines and the store.
//!
//! They form one ring with one direction: **app → Command → engine → Batch → store → Event → app**. Every channel is
//! bounded. The engine and the store wait when the next channel is full; the app never waits, it uses `try_send` alone.
//! So the ring cannot deadlock, and a slow disk closes the TCP window without further code. The engine has no other way
//! to the app: one path means one order, and everything that is shown is stored.

pub mod archive;
pub mod batch;
pub mod command;
pub mod event;

pub use archive::{Query, Reply, StoreNews, UserWrite};
pub use batch::{Addition, Batch, Bootstrap, CapsEntry, Committed, Entry, Interval, Resumable, Write};
pub use command::Command;
pub use event::Event;
