//! What several features need: pure functions over elements and stanzas, and the map of what a feature waits for.

pub mod caps;
pub mod disco;
pub mod element;
pub mod errors;
pub mod forms;
pub mod forward;
pub mod hints;
pub mod iq;
pub mod message;
pub mod ns;
pub mod open;
pub mod outage;
pub mod payload;
pub mod private_node;
pub mod pubsub;
pub mod register;
pub mod relation;
pub mod rooms;
pub mod rsm;
pub mod time;
