//! Who is asking: the address that limits are counted by.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue};

/// What limits are counted by: an IPv4 address, or the /64 of an IPv6 address, which is what one household
/// gets and could otherwise change its address in at will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientKey(IpAddr);

impl ClientKey {
    /// Whoever does not fit into a full table.
    pub(crate) const OTHERS: Self = Self(IpAddr::V6(Ipv6Addr::UNSPECIFIED));

    /// The key of an address; an IPv4 address in IPv6 clothes counts as what it is.
    pub(crate) fn new(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            IpAddr::V6(address) => Self(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into()),
        }
    }
}

/// The client behind `peer`: `peer` itself, unless it is a trusted proxy; then the right-most entry of
/// `X-Forwarded-For` that no trusted proxy has, because entries further left are the client's own claim.
pub(crate) fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.contains(&address.to_canonical());
    if !is_trusted(peer) {
        return peer;
    }
    // As bytes: what the client wrote further left may be none of ASCII.
    let lines: Vec<&[u8]> = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes).collect();
    let mut nearest = peer;
    for entry in lines.into_iter().rev().flat_map(|line| line.rsplit(|&byte| byte == b',')) {
        let Some(address) = parse(entry) else { break };
        nearest = address;
        if !is_trusted(address) {
            break;
        }
    }
    nearest
}

/// An address with or without a port.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let entry = std::str::from_utf8(entry).ok()?.trim();
    let with_port = || entry.parse::<SocketAddr>().map(|address| address.ip());
    entry.parse::<IpAddr>().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    #[track_caller]
    fn client(peer: &str, forwarded: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let found = address(peer.parse().unwrap(), &headers, &[PROXY.parse().unwrap()]);
        assert_eq!(found, expected.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn a_stranger_cannot_name_an_address() {
        client("192.0.2.7", &["198.51.100.1"], "192.0.2.7");
    }

    #[test]
    fn behind_a_proxy_the_right_most_untrusted_entry_counts() {
        client(PROXY, &["203.0.113.9, 198.51.100.1"], "198.51.100.1");
        client(PROXY, &["203.0.113.9", "198.51.100.1, 10.0.0.1"], "198.51.100.1");
        client(PROXY, &["198.51.100.1:4711"], "198.51.100.1");
        client(PROXY, &["[2001:db8::1]:80"], "2001:db8::1");
    }

    #[test]
    fn nonsense_from_a_proxy_falls_back_to_the_proxy() {
        client(PROXY, &["203.0.113.9, unknown"], PROXY);
        client(PROXY, &[], PROXY);
    }

    #[test]
    fn what_a_client_claims_cannot_hide_what_the_proxy_says() {
        client(PROXY, &["é, 198.51.100.1"], "198.51.100.1");
        client(PROXY, &["\u{4e2d}", "198.51.100.1, 10.0.0.1"], "198.51.100.1");
        client(PROXY, &["198.51.100.1, é"], PROXY);
    }

    #[test]
    fn one_ipv6_network_is_one_client() {
        let key = |text: &str| ClientKey::new(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.7"), key("192.0.2.7"));
    }
}
