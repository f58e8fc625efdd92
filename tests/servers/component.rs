//! A component (XEP-0114) by hand behind a real Prosody: rooms and people in any number, as loud as they like.

use super::harness::Server;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The component's end.
pub struct Component {
    io: TcpStream,
    heard: String,
    pub host: String,
}

/// Work that goes on beside the test. Dropped, it stops.
pub struct Work {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Work {
    fn start(work: impl FnOnce(&AtomicBool) + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = stop.clone();
        Self { stop, thread: Some(std::thread::spawn(move || work(&seen))) }
    }

    /// Waits for its end.
    pub fn join(mut self) {
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

/// A message that no archive keeps.
pub fn message(from: &str, to: &str, kind: &str, body: &str) -> String {
    let id = body.replace(' ', "-");
    format!(
        "<message from='{from}' to='{to}' type='{kind}' id='{id}'><body>{body}</body><no-store xmlns='urn:xmpp:hints'/></message>"
    )
}

/// The presence of somebody in a room.
pub fn occupant(room: &str, nick: &str, to: &str, more: &str) -> String {
    format!(
        "<presence from='{room}/{nick}' to='{to}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant'/>{more}</x></presence>"
    )
}

impl Component {
    /// Connects to Prosody's component port.
    pub fn start(server: &Server) -> Self {
        let host = format!("gw.{}", server.host());
        let mut io = TcpStream::connect(("127.0.0.1", server.port("component"))).unwrap();
        io.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        io.set_nodelay(true).unwrap();
        let open = format!(
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='{host}'>"
        );
        io.write_all(open.as_bytes()).unwrap();
        let mut made = Self { io, heard: String::new(), host };
        let header = made.wait_for("id='");
        drop(header);
        let id = made.wait_for("'");
        let secret = server.info["component_secret"].as_str().unwrap();
        let text = format!("{}{secret}", id.trim_end_matches('\''));
        let sum = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
        let hex = sum.as_ref().iter().fold(String::new(), |hex, b| hex + &format!("{b:02x}"));
        made.send(&format!("<handshake>{hex}</handshake>"));
        made.wait_for("<handshake/>");
        made
    }

    pub fn send(&mut self, xml: &str) {
        self.io.write_all(xml.as_bytes()).unwrap();
    }

    /// Reads up to and with a text.
    pub fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            if let Some(at) = self.heard.find(text) {
                let rest = self.heard.split_off(at + text.len());
                return std::mem::replace(&mut self.heard, rest);
            }
            let mut bytes = [0; 16 << 10];
            let count = self.io.read(&mut bytes).unwrap();
            assert!(count > 0 && Instant::now() < deadline, "no {text} in {}", self.heard);
            self.heard.push_str(&String::from_utf8_lossy(&bytes[..count]));
            self.answer();
        }
    }

    /// Answers what rooms are asked about themselves (XEP-0030): a client may wait for it before it enters.
    fn answer(&mut self) {
        const INFO: &str = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
        while let Some(at) = self.heard.find(INFO) {
            let start = self.heard[..at].rfind("<iq").unwrap_or(at);
            let end = at + INFO.len();
            let asked = self.heard[start..end].to_owned();
            self.heard.replace_range(start..end, "<x>");
            let attribute = |name: &str| asked.split(&format!(" {name}='")).nth(1).and_then(|v| v.split('\'').next());
            let (Some(from), Some(to), Some(id)) = (attribute("from"), attribute("to"), attribute("id")) else {
                continue;
            };
            let features =
                "<identity category='conference' type='text'/><feature var='http://jabber.org/protocol/muc'/>";
            let answer = format!(
                "<iq type='result' id='{id}' from='{to}' to='{from}'>{}{features}</query></iq>",
                INFO.replace("/>", ">")
            );
            self.send(&answer);
        }
    }

    /// Somebody enters a room; the room is told to have so many people. Gives the address that entered.
    pub fn joined(&mut self, room: &str, nick: &str, people: usize) -> String {
        let mut said = self.wait_for("http://jabber.org/protocol/muc'");
        while !said.contains("<presence") {
            said = self.wait_for("http://jabber.org/protocol/muc'");
        }
        let presence = said.rsplit("<presence").next().unwrap();
        let attribute = |name: &str| {
            let value =
                presence.split(&format!("{name}='")).nth(1).unwrap_or_else(|| panic!("no {name} in {presence}"));
            value.split('\'').next().unwrap().to_owned()
        };
        let (me, to) = (attribute("from"), attribute("to"));
        let nick = to.split_once('/').map_or(nick, |(_, nick)| nick);
        let mut all = String::new();
        for i in 0..people - 1 {
            all.push_str(&occupant(room, &format!("n{i}"), &me, ""));
        }
        all.push_str(&occupant(room, nick, &me, "<status code='110'/>"));
        all.push_str(&format!("<message from='{room}' to='{me}' type='groupchat'><subject>load</subject></message>"));
        self.send(&all);
        me
    }

    /// Sends all of them, as fast as the server takes them.
    pub fn pump(&self, messages: impl Iterator<Item = String> + Send + 'static) -> Work {
        let mut io = self.io.try_clone().unwrap();
        Work::start(move |stop| {
            let mut buffer = String::new();
            for message in messages {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                buffer.push_str(&message);
                if buffer.len() > 32 << 10 {
                    if io.write_all(buffer.as_bytes()).is_err() {
                        return;
                    }
                    buffer.clear();
                }
            }
            let _gone = io.write_all(buffer.as_bytes());
        })
    }

    /// Talks in a room, one message each `pause`, until it is dropped.
    pub fn chatter(&self, room: &str, to: &str, pause: Duration) -> Work {
        let mut io = self.io.try_clone().unwrap();
        let (room, to) = (room.to_owned(), to.to_owned());
        Work::start(move |stop| {
            for i in 0.. {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let said = message(&format!("{room}/n{}", i % 50), &to, "groupchat", &format!("chatter {i}"));
                if io.write_all(said.as_bytes()).is_err() {
                    return;
                }
                std::thread::sleep(pause);
            }
        })
    }
}
