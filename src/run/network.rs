//! Watches the machine's network. When an address or a route comes or goes, the accounts are told, so that they connect
//! at once and do not trust a connection over a network that is gone.
//!
//! The kernel reports changes by itself (rtnetlink(7)), so nothing polls, and nothing wakes while nothing changes.
//! Routers announce the same IPv6 prefix again and again, so an address that is known already is no change; a burst of
//! changes (a cable, a VPN) counts as one.

use super::note::{Note, Notes};
use std::collections::HashSet;

/// How long after the first change the accounts are told: an address is of no use before its route is there.
#[cfg(target_os = "linux")]
const SETTLE: std::time::Duration = std::time::Duration::from_millis(700);
/// Most addresses and routes that are remembered.
const KNOWN_MAX: usize = 1024;

/// Begins to watch, for as long as the program runs. Where the system has no such news nobody is told anything.
pub fn watch(notes: Notes) {
    #[cfg(target_os = "linux")]
    tokio::spawn(async move {
        if let Err(e) = linux::run(&notes).await {
            tracing::info!("changes of the network are not seen: {e}");
        }
    });
    #[cfg(not(target_os = "linux"))]
    drop(notes);
}

/// Addresses and default routes that the kernel has reported.
#[derive(Debug, Default)]
struct KnownRoutes(HashSet<Vec<u8>>);

const NEW_ADDRESS: u16 = 20;
const GONE_ADDRESS: u16 = 21;
const NEW_ROUTE: u16 = 24;
const GONE_ROUTE: u16 = 25;

impl KnownRoutes {
    /// Takes one datagram of the kernel. Returns whether it reports a change.
    fn take(&mut self, datagram: &[u8]) -> bool {
        let mut rest = datagram;
        let mut is_changed = false;
        while let Some((kind, body, after)) = split(rest, 16, |h| Some((number(h, 0)?, short(h, 4)?))) {
            rest = after;
            is_changed |= match kind {
                NEW_ADDRESS | GONE_ADDRESS => address(body).is_some_and(|key| self.note(key, kind == NEW_ADDRESS)),
                NEW_ROUTE | GONE_ROUTE => route(body).is_some_and(|key| self.note(key, kind == NEW_ROUTE)),
                _ => false,
            };
        }
        is_changed
    }

    fn note(&mut self, key: Vec<u8>, is_there: bool) -> bool {
        if self.0.len() >= KNOWN_MAX {
            self.0.clear();
        }
        if is_there {
            self.0.insert(key)
        } else {
            // One that was there before the watch began is not known, and its end is news all the same.
            self.0.remove(&key);
            true
        }
    }
}

/// One message or attribute: its kind, its body, and what comes after it, at the next multiple of four.
fn split(bytes: &[u8], header: usize, read: impl Fn(&[u8]) -> Option<(usize, u16)>) -> Option<(u16, &[u8], &[u8])> {
    let (length, kind) = read(bytes)?;
    let body = bytes.get(header..length)?;
    Some((kind, body, bytes.get(length.next_multiple_of(4)..).unwrap_or_default()))
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at + 4)?.first_chunk::<4>()?;
    usize::try_from(u32::from_ne_bytes(*four)).ok()
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.first_chunk::<2>().map(|two| u16::from_ne_bytes(*two))
}

/// The attributes of these kinds, in the order they came in, each behind its kind.
fn attributes(bytes: &[u8], wanted: &[u16], key: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some((kind, body, after)) = split(rest, 4, |h| Some((usize::from(short(h, 0)?), short(h, 2)?))) {
        rest = after;
        if wanted.contains(&kind) {
            key.push(u8::try_from(kind).unwrap_or(u8::MAX));
            key.extend_from_slice(body);
        }
    }
}

/// An address that reaches beyond this link (`struct ifaddrmsg`): its family, interface and value.
fn address(body: &[u8]) -> Option<Vec<u8>> {
    /// `RT_SCOPE_LINK` and what is narrower.
    const LINK: u8 = 253;
    let (fixed, rest) = body.split_at_checked(8)?;
    if fixed[3] >= LINK {
        return None;
    }
    let mut key = vec![b'a', fixed[0]];
    key.extend_from_slice(&fixed[4..8]);
    attributes(rest, &[1, 2], &mut key);
    Some(key)
}

/// A way out (`struct rtmsg`): a default route of the main table, its interface and its gateway.
fn route(body: &[u8]) -> Option<Vec<u8>> {
    /// `RT_TABLE_MAIN`
    const MAIN: u8 = 254;
    let (fixed, rest) = body.split_at_checked(12)?;
    if fixed[1] != 0 || fixed[4] != MAIN {
        return None;
    }
    let mut key = vec![b'r', fixed[0]];
    attributes(rest, &[4, 5], &mut key);
    Some(key)
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{KnownRoutes, Note, Notes, SETTLE};
    use rustix::io::Errno;
    use rustix::net::netlink::SocketAddrNetlink;
    use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recvfrom, socket_with};
    use std::{io, os::fd::OwnedFd};
    use tokio::io::{Interest, unix::AsyncFd};

    /// `RTMGRP_IPV4_IFADDR`, `RTMGRP_IPV4_ROUTE`, `RTMGRP_IPV6_IFADDR`, `RTMGRP_IPV6_ROUTE`.
    const GROUPS: u32 = 0x10 | 0x40 | 0x100 | 0x400;

    pub(super) async fn run(notes: &Notes) -> io::Result<()> {
        let mut known = KnownRoutes::default();
        let fd = open()?;
        loop {
            while !heard(&fd, &mut known).await? {}
            tokio::time::sleep(SETTLE).await;
            while read(fd.get_ref(), &mut known)?.is_some() {}
            tracing::debug!("the network has changed");
            notes.tell(Note::NetworkChanged).await;
        }
    }

    fn open() -> io::Result<AsyncFd<OwnedFd>> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // Protocol 0 of this family is NETLINK_ROUTE.
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        #[expect(
            deprecated,
            reason = "its successor is unsafe; this descriptor is owned and lives as long as its wrapper"
        )]
        AsyncFd::with_interest(socket, Interest::READABLE)
    }

    /// Waits for the kernel's next words; whether they tell of a change.
    async fn heard(fd: &AsyncFd<OwnedFd>, known: &mut KnownRoutes) -> io::Result<bool> {
        let mut guard = fd.readable().await?;
        let read = read(fd.get_ref(), known)?;
        if read.is_none() {
            guard.clear_ready();
        }
        Ok(read.unwrap_or(false))
    }

    /// One datagram; `None` when there is none now.
    fn read(fd: &OwnedFd, known: &mut KnownRoutes) -> io::Result<Option<bool>> {
        let mut bytes = [0u8; 16 << 10];
        match recvfrom(fd, &mut bytes[..], RecvFlags::empty()) {
            Ok((count, _, from)) => {
                // Any process may write to this socket; only the kernel has the number 0.
                let is_kernel = from.and_then(|f| SocketAddrNetlink::try_from(f).ok()).is_some_and(|f| f.pid() == 0);
                Ok(Some(is_kernel && known.take(bytes.get(..count).unwrap_or_default())))
            }
            Err(Errno::AGAIN) => Ok(None),
            Err(Errno::INTR) => Ok(Some(false)),
            // More was said than we had room for: something has changed.
            Err(Errno::NOBUFS) => Ok(Some(true)),
            Err(e) => Err(e.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, fixed: &[u8], attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = fixed.to_vec();
        for (kind, value) in attributes {
            body.extend_from_slice(&u16::try_from(4 + value.len()).unwrap().to_ne_bytes());
            body.extend_from_slice(&kind.to_ne_bytes());
            body.extend_from_slice(value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut out = u32::try_from(16 + body.len()).unwrap().to_ne_bytes().to_vec();
        out.extend_from_slice(&kind.to_ne_bytes());
        out.extend_from_slice(&[0; 10]);
        out.extend_from_slice(&body);
        out
    }

    fn of_address(kind: u16, scope: u8, last: u8) -> Vec<u8> {
        message(kind, &[2, 24, 0, scope, 3, 0, 0, 0], &[(1, &[192, 0, 2, last]), (3, b"eth0\0"), (6, &[last; 16])])
    }

    fn of_route(kind: u16, length: u8, table: u8) -> Vec<u8> {
        message(kind, &[2, length, 0, 0, table, 4, 0, 1, 0, 0, 0, 0], &[(4, &[3, 0, 0, 0]), (5, &[192, 0, 2, 1])])
    }

    #[test]
    fn what_comes_and_goes_is_a_change_and_what_is_said_again_is_none() {
        let mut known = KnownRoutes::default();
        assert!(known.take(&of_address(NEW_ADDRESS, 0, 7)));
        assert!(!known.take(&of_address(NEW_ADDRESS, 0, 7)), "announced again");
        assert!(known.take(&of_address(NEW_ADDRESS, 0, 8)));
        assert!(known.take(&of_address(GONE_ADDRESS, 0, 7)));
        assert!(known.take(&of_address(NEW_ADDRESS, 0, 7)), "back");
        assert!(known.take(&of_route(NEW_ROUTE, 0, 254)));
        assert!(!known.take(&of_route(NEW_ROUTE, 0, 254)));
        assert!(known.take(&of_route(GONE_ROUTE, 0, 254)));
        let both = [of_address(NEW_ADDRESS, 0, 7), of_route(NEW_ROUTE, 0, 254)].concat();
        assert!(known.take(&both), "the second of one datagram");
    }

    #[test]
    fn links_hosts_and_other_routes_are_no_way_out() {
        let mut known = KnownRoutes::default();
        for scope in [253, 254, 255] {
            assert!(!known.take(&of_address(NEW_ADDRESS, scope, 7)));
        }
        assert!(!known.take(&of_route(NEW_ROUTE, 24, 254)));
        assert!(!known.take(&of_route(NEW_ROUTE, 0, 255)));
        assert!(!known.take(&of_address(16, 0, 7)), "another kind");
    }

    #[test]
    fn broken_words_are_no_change_and_no_end() {
        let mut known = KnownRoutes::default();
        let whole = of_address(NEW_ADDRESS, 0, 7);
        for length in [0_u32, 1, 15, 16, 17, 4_000, u32::MAX] {
            let mut broken = whole.clone();
            broken[..4].copy_from_slice(&length.to_ne_bytes());
            assert!(!known.take(&broken), "{length}");
        }
        for at in 0..whole.len() {
            let _any = known.take(&whole[..at]);
        }
        for i in 0..5_000_u32 {
            let [a, b, c, d] = i.to_ne_bytes();
            known.take(&message(NEW_ADDRESS, &[2, 24, 0, 0, 3, 0, 0, 0], &[(1, &[a, b, c, d])]));
        }
        assert!(known.0.len() <= KNOWN_MAX);
    }
}
