//! A small name server on UDP: A and SRV out of a list, NXDOMAIN for the rest; it notes what it was asked.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;

const A: u16 = 1;
const TXT: u16 = 16;
const SRV: u16 = 33;

/// A record.
#[derive(Debug, Clone)]
pub enum Record {
    A(&'static str, Ipv4Addr),
    /// Name, priority, weight, port, target.
    Srv(&'static str, u16, u16, u16, &'static str),
    Txt(&'static str, &'static str),
}

/// The name server.
pub struct Names {
    pub at: SocketAddr,
    asked: Arc<Mutex<Vec<(String, u16)>>>,
}

impl Names {
    pub async fn start(records: Vec<Record>) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let at = socket.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<(String, u16)>>> = Arc::default();
        let noted = asked.clone();
        tokio::spawn(async move {
            let mut bytes = [0; 1500];
            while let Ok((count, peer)) = socket.recv_from(&mut bytes).await {
                let (question, name, kind) = question(&bytes[..count]);
                let answer = answer(&bytes[..count], &question, &name, kind, &records);
                noted.lock().unwrap().push((name, kind));
                let _sent = socket.send_to(&answer, peer).await;
            }
        });
        Self { at, asked }
    }

    /// What was asked, as (name, type).
    pub fn asked(&self) -> Vec<(String, u16)> {
        self.asked.lock().unwrap().clone()
    }

    pub fn was_asked_for_text(&self) -> bool {
        self.asked().iter().any(|(name, kind)| *kind == TXT || name.contains("_xmppconnect"))
    }
}

/// The question's bytes, its name in lower case, its type.
fn question(packet: &[u8]) -> (Vec<u8>, String, u16) {
    let (mut at, mut labels) = (12, Vec::new());
    while packet[at] > 0 {
        let len = usize::from(packet[at]);
        labels.push(String::from_utf8_lossy(&packet[at + 1..=at + len]).to_lowercase());
        at += 1 + len;
    }
    let kind = u16::from_be_bytes([packet[at + 1], packet[at + 2]]);
    (packet[12..at + 5].to_vec(), labels.join("."), kind)
}

fn spelled(name: &str) -> Vec<u8> {
    let labels = name.split('.').filter(|l| !l.is_empty());
    let mut out: Vec<u8> = labels
        .flat_map(|l| [u8::try_from(l.len()).unwrap()].into_iter().chain(l.bytes()).collect::<Vec<_>>())
        .collect();
    out.push(0);
    out
}

fn answer(packet: &[u8], question: &[u8], name: &str, kind: u16, records: &[Record]) -> Vec<u8> {
    let mut answers: Vec<Vec<u8>> = Vec::new();
    let mut is_known = false;
    for record in records {
        let (owner, of, data) = match record {
            Record::A(owner, ip) => (owner, A, ip.octets().to_vec()),
            Record::Srv(owner, priority, weight, port, target) => {
                let numbers = [priority, weight, port].map(|n| n.to_be_bytes());
                (owner, SRV, [numbers.concat(), spelled(target)].concat())
            }
            Record::Txt(owner, text) => (owner, TXT, [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()),
        };
        is_known |= *owner == name;
        if *owner == name && of == kind {
            let len = u16::try_from(data.len()).unwrap().to_be_bytes();
            let head = [&[0xc0, 0x0c], &kind.to_be_bytes()[..], &[0, 1, 0, 0, 0, 1], &len].concat();
            answers.push([head, data].concat());
        }
    }
    let flags: u16 = 0x8580 | if is_known { 0 } else { 3 };
    let count = u16::try_from(answers.len()).unwrap();
    let head = [&packet[..2], &flags.to_be_bytes(), &[0, 1], &count.to_be_bytes(), &[0, 0, 0, 0]].concat();
    [head, question.to_vec(), answers.concat()].concat()
}
