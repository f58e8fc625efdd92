//! tokio-xmpp and xmpp-parsers carry what stands opposite to parlour: the playground and the independent peer.
//!
//! The engine's own wire does not use tokio-xmpp (`docs/upstream/` shows why), so these are the places that keep it honest:
//! a server and a client that share no code with the engine.

use super::{GRAPH, root};
use std::fs;

/// What each file is to be built with.
const CARRIES: &[(&str, &[&str])] = &[
    ("src/playground/stream.rs", &["xmlstream::{", "accept_stream", "Challenge", "BindResponse", "StreamFeatures"]),
    ("src/playground/scripted.rs", &["into_inner()", "StreamFeatures"]),
    ("src/playground/server.rs", &["sm::{", "Presence"]),
    ("src/playground/xml.rs", &["StanzaError", "StanzaId", "Delay", "DataForm"]),
    ("src/playground/iq.rs", &["Roster", "Query", "Fin", "VersionResult", "TimeResult"]),
    ("src/playground/disco.rs", &["DiscoInfoResult", "DiscoItemsQuery", "SetResult", "FormQuery"]),
    ("src/playground/chatter.rs", &["ChatState", "Received", "Caps"]),
    ("src/playground/muc.rs", &["Muc", "Status", "Presence"]),
    ("tests/servers/third.rs", &["tokio_xmpp::{Client", "ServerConnector"]),
];

#[test]
fn the_peers_are_built_with_types_and_not_with_text() {
    let mut wrong = Vec::new();
    for (path, types) in CARRIES {
        let text = fs::read_to_string(root().join(path)).unwrap();
        wrong.extend(types.iter().filter(|t| !text.contains(**t)).map(|t| format!("{path} does without {t}")));
        if path.starts_with("src/playground") && text.contains("xmlns='") && *path != "src/playground/stream.rs" {
            wrong.push(format!("{path} writes XML as text"));
        }
    }
    let users: Vec<&String> =
        GRAPH.crates.iter().filter(|(_, c)| c.contains("tokio_xmpp")).map(|(path, _)| path).collect();
    assert!(users.iter().all(|path| path.starts_with("playground/")), "tokio_xmpp is the playground's: {users:?}");
    assert!(wrong.is_empty(), "built otherwise:\n{}", wrong.join("\n"));
}
