//! The store through its own door: batches in, events and answers out.

mod acts;
mod answers;
mod copies;
mod damage;
mod desk;
mod first_read;
mod gone;
mod order;
mod prepared;
mod resumable;
mod search;
mod survival;
mod truth;

use desk::{Desk, account, chat, room};
