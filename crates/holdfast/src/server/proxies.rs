//! Whose word counts on where a request comes from: the connection's, unless it is that of a proxy the operator trusts.

use axum::http::HeaderMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Proxies whose `X-Forwarded-For` is believed; none by default, since any client can write it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Arc<[Network]>);

/// Addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    base: IpAddr,
    bits: u8,
}

impl TrustedProxies {
    /// Reads addresses (`127.0.0.1`) and networks (`10.0.0.0/8`).
    ///
    /// # Errors
    /// In words for the operator, naming the text that is neither.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        texts.into_iter().map(Network::parse).collect::<Result<Vec<_>, _>>().map(|networks| Self(networks.into()))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// Where a request comes from. Each proxy adds at the end of the header who spoke to it, so the last address that is
    /// not a trusted proxy's is the client; what stands before it is the client's own word.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let lines: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().unwrap_or_default()).collect();
        for told in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            let Some(address) = address_in(told.trim()) else { break };
            client = address;
            if !self.trusts(client) {
                break;
            }
        }
        client
    }
}

/// `192.0.2.1`, `2001:db8::1`, and both with a port as some proxies write them.
fn address_in(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let found = bare.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()));
    found.map(|address: IpAddr| address.to_canonical())
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is neither an address (127.0.0.1) nor a network (10.0.0.0/8).");
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most { Err(wrong()) } else { Ok(Self { base, bits }) }
    }

    fn holds(self, address: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.base, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => (u128::from(ours.to_bits()), u128::from(theirs.to_bits()), 32),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits(), 128),
            _ => return false,
        };
        // Nothing is left to compare of a network that holds everything.
        (ours ^ theirs).checked_shr(width - u32::from(self.bits)).unwrap_or(0) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, told: &[&str]) -> String {
        let proxies = TrustedProxies::parse(trusted.iter().copied()).expect("addresses");
        let mut headers = HeaderMap::new();
        for line in told {
            headers.append("x-forwarded-for", line.parse().expect("a value"));
        }
        proxies.client(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn a_header_counts_from_a_trusted_proxy_alone() {
        assert_eq!(client(&[], "127.0.0.1", &["192.0.2.1"]), "127.0.0.1");
        assert_eq!(client(&["127.0.0.1"], "192.0.2.7", &["192.0.2.1"]), "192.0.2.7");
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(client(&["127.0.0.1"], "::ffff:127.0.0.1", &["192.0.2.1:4711"]), "192.0.2.1");
        assert_eq!(client(&["::1"], "::1", &["[2001:db8::1]:80"]), "2001:db8::1");
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &[]), "127.0.0.1", "the proxy itself");
    }

    #[test]
    fn what_a_client_wrote_into_the_header_is_not_believed() {
        let trusted = ["127.0.0.1", "10.0.0.0/8"];
        assert_eq!(client(&trusted, "127.0.0.1", &["8.8.8.8, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(client(&trusted, "127.0.0.1", &["8.8.8.8", "192.0.2.1, 10.1.2.3"]), "192.0.2.1");
        assert_eq!(client(&trusted, "127.0.0.1", &["192.0.2.1, nonsense, 10.1.2.3"]), "10.1.2.3");
        assert_eq!(client(&trusted, "127.0.0.1", &["11.0.0.1"]), "11.0.0.1");
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        for wrong in ["proxy", "10.0.0.0/33", "10.0.0.0/x", "::/129", ""] {
            assert!(TrustedProxies::parse([wrong]).expect_err(wrong).contains(&format!("{wrong:?}")));
        }
        assert_eq!(client(&["0.0.0.0/0"], "192.0.2.1", &["192.0.2.2"]), "192.0.2.2");
        assert_eq!(client(&["2001:db8::/32"], "2001:db8:9::1", &["192.0.2.2"]), "192.0.2.2");
    }
}
