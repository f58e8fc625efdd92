//! An XMPP server inside the program, on an in-memory pipe: behind `parlour demo`, and scripted for
//! the session tests.
//!
//! It knows nothing of parlour's own types: it speaks XML alone, so that the program under test cannot
//! agree with itself by sharing code. The demo world lives in [`world`]; [`scripted`] is a server that
//! a test drives line by line. Everything random comes from one seed.
//!
//! The streams stand on tokio-xmpp, and what is said on xmpp-parsers (`stream.rs` and `xml.rs` say where their types end).

mod chatter;
mod clock;
mod disco;
mod iq;
mod muc;
pub mod scripted;
mod server;
mod session;
mod stream;
mod world;
mod xml;

use tokio::io::DuplexStream;
pub use world::{GUIDE, JID, PASSWORD};

/// How many bytes may wait in the pipe each way.
const PIPE: usize = 1 << 18;

/// The demo world. What happened in it outlives a connection.
pub struct Playground {
    world: tokio::sync::mpsc::Sender<DuplexStream>,
}

impl Playground {
    /// Starts the world. The same seed gives the same world.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let (world, connections) = tokio::sync::mpsc::channel(4);
        tokio::spawn(server::serve(world::World::new(seed), connections));
        Self { world }
    }

    /// A fresh connection to the server. An older one is closed by it.
    #[must_use]
    pub fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(PIPE);
        // Full means that the world is gone or busy with older connections; the client sees an end of file.
        drop(self.world.try_send(server));
        client
    }
}
