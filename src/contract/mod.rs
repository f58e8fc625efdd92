//! The vocabulary between the actors: what the app asks of the engine, what the engine tells, what
//! the store writes and answers.
//!
//! One ring, one direction: **app → Command → engine → Batch → store → Event → app**. Every channel is
//! bounded. In the ring only the app may refuse to wait, so it must never wait: it uses `try_send`
//! alone, everybody else awaits. So the ring cannot deadlock, and a slow disk becomes a closed TCP
//! window by itself. There is no bypass from the engine to the app: one path means one order, and
//! what is shown is stored.

pub mod archive;
pub mod batch;
pub mod command;
pub mod event;

pub use archive::{Query, Reply, StoreNews, UserWrite};
pub use batch::{Addition, Batch, Bootstrap, CapsEntry, Committed, Entry, Interval, Resumable, Write};
pub use command::Command;
pub use event::Event;
