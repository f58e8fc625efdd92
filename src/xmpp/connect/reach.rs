//! How far an address reaches: whether it leads out, or to the user's own machine or house (S-61).
//!
//! An IPv6 address that stands for one of IPv4 reaches as far as that one: mapped, NAT64, 6to4 and Teredo are all
//! ways to write 127.0.0.1.

use crate::model::Reach;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address reaches.
#[must_use]
pub fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(four) => of_four(four),
        IpAddr::V6(six) => of_six(six),
    }
}

/// The address that a host is, where it is written as one, or is this machine by its name.
#[must_use]
pub fn written(host: &str) -> Option<IpAddr> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_local = host == "localhost" || host.ends_with(".localhost");
    host.parse().ok().or(is_local.then_some(IpAddr::from([127, 0, 0, 1])))
}

/// How far a host may reach that somebody else looks up, such as a proxy; `None`: as far as any name does.
#[must_use]
pub fn of_name(host: &str) -> Option<Reach> {
    if let Some(ip) = written(host) {
        return Some(reach(ip));
    }
    // `127.1`, `0x7f000001` and bare names: to a resolver they are addresses of the house.
    let last = host.trim_end_matches('.').rsplit_once('.').map(|(_, last)| last);
    last.is_none_or(|last| last.starts_with(|c: char| c.is_ascii_digit())).then_some(Reach::Private)
}

/// Why an address that leads so far is not reached.
#[must_use]
pub fn forbidden(host: &str, to: Reach) -> String {
    match to {
        // Blockers answer 0.0.0.0, some VPNs one of the networks for benchmarks.
        Reach::Nobody => format!(
            "{host} leads to an address of nobody, neither on the internet nor on this machine or its own network: a \
             blocker or a VPN may answer so"
        ),
        Reach::Public | Reach::Private | Reach::Link | Reach::Loopback => {
            format!("{host} is an address of this machine or its own network, where the server has nothing to look for")
        }
    }
}

fn of_four(ip: Ipv4Addr) -> Reach {
    let [a, b, c, _] = ip.octets();
    match (a, b, c) {
        (127, _, _) => Reach::Loopback,
        (169, 254, _) => Reach::Link,
        // 100.64.0.0/10: between a provider and its customers (RFC 6598).
        (10, _, _) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Reach::Private,
        // "This host", protocol assignments, documentation, benchmarks, multicast, reserved, broadcast.
        (0 | 224..=255, _, _) | (192, 0, 0 | 2) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => Reach::Nobody,
        _ => Reach::Public,
    }
}

fn of_six(ip: Ipv6Addr) -> Reach {
    let within = |at: usize| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|n| ip.octets().get(at + n).copied().unwrap_or_default());
        Ipv4Addr::new(a, b, c, d)
    };
    let s = ip.segments();
    match s {
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Loopback,
        // Unset, compatible (old), mapped, translated (RFC 2765), NAT64.
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _] | [0, 0, 0, 0, 0xffff, 0, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => {
            of_four(within(12))
        }
        // NAT64 of a network's own (RFC 8215).
        [0x64, 0xff9b, 1, ..] => Reach::Private,
        // 6to4.
        [0x2002, ..] => of_four(within(2)),
        // Teredo, ORCHID, benchmarks, documentation, discard.
        [0x2001, 0..=0x01ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x100, 0, 0, 0, ..] => Reach::Nobody,
        [first, ..] => match first {
            // The second: site-local, long deprecated.
            0xfc00..=0xfdff | 0xfec0..=0xfeff => Reach::Private,
            0xfe80..=0xfebf => Reach::Link,
            0x2000..=0x3fff => Reach::Public,
            _ => Reach::Nobody,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s61_every_way_to_write_an_address_of_the_house_is_known() {
        let cases = [
            (
                Reach::Loopback,
                "127.0.0.1 127.255.255.254 ::1 ::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: ::127.0.0.1",
            ),
            (
                Reach::Private,
                "10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 fd00::1 fc00::1 ::ffff:10.0.0.1",
            ),
            (Reach::Private, "64:ff9b::a00:1 64:ff9b:1::1 2002:c0a8:101::1 fec0::1 ::ffff:0:192.168.0.1"),
            (Reach::Link, "169.254.169.254 fe80::1 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe"),
            (
                Reach::Nobody,
                "0.0.0.0 255.255.255.255 224.0.0.1 240.0.0.1 192.0.2.1 198.51.100.7 203.0.113.9 198.18.0.1",
            ),
            (Reach::Nobody, ":: ff02::1 2001:db8::1 2001::1 100::1 ::ffff:0.0.0.0 4000::1"),
            (
                Reach::Public,
                "1.1.1.1 172.15.0.1 172.32.0.1 100.63.0.1 100.128.0.1 192.0.1.1 169.253.0.1 223.255.255.254",
            ),
            (
                Reach::Public,
                "2606:4700::1111 2a00::1 ::ffff:1.1.1.1 64:ff9b::101:101 2002:101:101::1 2001:4860:4860::8888",
            ),
        ];
        for (wanted, list) in cases {
            for text in list.split(' ') {
                assert_eq!(reach(text.parse().unwrap()), wanted, "{text}");
            }
        }
    }
}
