//! State and messages in, state and effects out.

mod accounts;
mod addresses;
mod boxes;
pub(crate) mod certificates;
mod chats;
mod connecting;
mod consent;
pub(crate) mod desk;
mod disco;
mod flood;
mod forms;
mod history;
mod joining;
mod keys;
mod machine;
mod notices;
mod offers;
mod outage;
mod palette;
mod peers;
mod quiet;
mod requests;
mod resume;
mod rooms;
mod seeking;
mod selecting;
mod sending;
