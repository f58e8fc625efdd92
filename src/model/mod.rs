//! Plain values that all parts of parlour share.
//!
//! Nothing here does IO, waits, draws or parses stanzas. So the engine, the store, `update` and the screen can share
//! these types and need not know each other.

pub mod account;
pub mod address;
pub mod chat;
pub mod colours;
pub mod connection;
pub mod contact;
pub mod escape;
pub mod form;
pub mod host;
pub mod ids;
pub mod login;
pub mod message;
pub mod options;
pub mod outage;
pub mod prepare;
pub mod presence;
pub mod proxy;
pub mod relation;
pub mod room;
pub mod secret;
pub mod service;
pub mod standard;
pub mod step;
pub mod strength;
pub mod summary;
pub mod time;
pub mod token;
pub mod untrusted;
pub mod wire;

pub use account::{AccountId, AccountSettings, Intent};
pub use address::{BadJid, BareJid, Jid};
pub use chat::{CROWD, ChatId, ChatKind, ChatState};
pub use colours::{Rgb, TerminalColours};
pub use connection::{ConnState, DownReason};
pub use contact::{Contact, Subscription};
pub use form::{Field, FieldKind, Form, FormKind};
pub use ids::{Order, RowId, StanzaId, Token};
pub use login::{Certificate, Login, LoginFact, LoginLine, Refusal, StreamFeature, TlsInfo, Trust};
pub use message::{ArchiveId, Delay, Delivery, Extra, Message, MessageIds, MessageKind, Placing};
pub use options::{BadValue, Glyphs, OPTIONS, OptionSpec, OptionValues, Options, ThemeName};
pub use outage::{Outage, Phase, Reach, StatusNews, StatusPlaces};
pub use prepare::is_same_resource;
pub use presence::{Availability, OwnPresence, ResourcePresence};
pub use proxy::Socks5;
pub use relation::{Act, Deed, Original, Reaction, Relation, Reply, Retracted, Version};
pub use room::{Affiliation, LeaveReason, Occupant, Role, RoomFailure, RoomInvite};
pub use secret::Secret;
pub use service::{DiscoIdentity, DiscoInfo, DiscoItem, DiscoItems, EntityAnswer};
pub use standard::{Standard, Support};
pub use step::{Step, StepState};
pub use strength::{Binding, Proof, Strength, Weaker};
pub use summary::ChatSummary;
pub use time::{Clock, Time};
pub use token::{FastToken, TokenKind};
pub use untrusted::Untrusted;
