//! Which addresses a message may go to: those of the public internet, and those that the operator names. Judged of the
//! address that is connected to, never of a name.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network: an address and how many of its first bits count.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits }
    }

    const fn v6(start: [u16; 3], bits: u8) -> Self {
        let [a, b, c] = start;
        Self { address: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)), bits }
    }

    fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.bits);
                u32::from(own).checked_shr(shift) == u32::from(other).checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.bits);
                u128::from(own).checked_shr(shift) == u128::from(other).checked_shr(shift)
            }
            _ => false,
        }
    }
}

/// Networks of IPv4 that are nobody's on the internet (IANA's registry of special purposes), and multicast.
const SPECIAL_V4: [Network; 16] = [
    Network::v4(0, 0, 0, 0, 8),
    Network::v4(10, 0, 0, 0, 8),
    Network::v4(100, 64, 0, 0, 10),
    Network::v4(127, 0, 0, 0, 8),
    // Link-local, and with it the metadata of clouds.
    Network::v4(169, 254, 0, 0, 16),
    Network::v4(172, 16, 0, 0, 12),
    Network::v4(192, 0, 0, 0, 24),
    Network::v4(192, 0, 2, 0, 24),
    Network::v4(192, 88, 99, 0, 24),
    Network::v4(192, 168, 0, 0, 16),
    Network::v4(198, 18, 0, 0, 15),
    Network::v4(198, 51, 100, 0, 24),
    Network::v4(203, 0, 113, 0, 24),
    Network::v4(224, 0, 0, 0, 4),
    Network::v4(240, 0, 0, 0, 4),
    // An address of a cloud's own machinery that looks public.
    Network::v4(168, 63, 129, 16, 32),
];

/// All of IPv6 that is given out.
const GLOBAL_V6: Network = Network::v6([0x2000, 0, 0], 3);
/// What of it is special: protocols and tunnels, examples, 6to4, which leads to any address of IPv4.
const SPECIAL_V6: [Network; 4] = [
    Network::v6([0x2001, 0, 0], 23),
    Network::v6([0x2001, 0xdb8, 0], 32),
    Network::v6([0x2002, 0, 0], 16),
    Network::v6([0x3fff, 0, 0], 20),
];
/// Translated to the address of IPv4 in its last 32 bits.
const NAT64: Network = Network::v6([0x64, 0xff9b, 0], 96);

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => !SPECIAL_V4.iter().any(|network| network.holds(address)),
        IpAddr::V6(v6) if NAT64.holds(address) => {
            let [.., a, b, c, d] = v6.octets();
            is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
        }
        IpAddr::V6(_) => GLOBAL_V6.holds(address) && !SPECIAL_V6.iter().any(|network| network.holds(address)),
    }
}

/// The networks beside the public internet that the operator lets messages go to.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AllowedAddresses(Vec<Network>);

impl AllowedAddresses {
    /// Reads addresses and networks: `10.1.2.0/24`, `fd00:1::/64`, `127.0.0.1`.
    ///
    /// # Errors
    /// In words.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut networks = Vec::new();
        for text in texts {
            let wrong = || format!("{text:?} is no address and no network, such as 10.1.2.0/24 or 127.0.0.1.");
            let (address, bits) = text.trim().split_once('/').map_or((text.trim(), None), |(a, b)| (a, Some(b)));
            let address: IpAddr = address.parse().map_err(|_| wrong())?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
            if bits > most || address != address.to_canonical() {
                return Err(wrong());
            }
            networks.push(Network { address, bits });
        }
        Ok(Self(networks))
    }

    /// Whether a message may go to an address, and whether unencrypted.
    ///
    /// # Errors
    /// In words, for the server's log alone: they name the address.
    pub fn check(&self, address: IpAddr, is_encrypted: bool) -> Result<(), String> {
        let address = address.to_canonical();
        let is_allowed = self.0.iter().any(|network| network.holds(address));
        let is_own = is_allowed && address.is_loopback();
        if !is_encrypted && !is_own {
            return Err(format!(
                "{address} may not be reached by http: only an address of this machine that its operator allows."
            ));
        }
        if is_allowed || is_public(address) {
            return Ok(());
        }
        Err(format!("{address} is no public address, and the operator of this server has not allowed it."))
    }
}

impl fmt::Debug for AllowedAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|network| format!("{}/{}", network.address, network.bits))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(rules: &AllowedAddresses, text: &str) -> bool {
        rules.check(text.parse().expect(text), true).is_ok()
    }

    #[test]
    fn the_public_internet_is_reached_and_nothing_else() {
        let nobody = AllowedAddresses::default();
        for public in [
            "1.1.1.1",
            "93.184.216.34",
            "172.15.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(may(&nobody, public), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!may(&nobody, private), "{private}");
        }
    }

    #[test]
    fn what_the_operator_names_is_reached_too_and_http_on_this_machine_alone() {
        let rules = AllowedAddresses::parse(["10.1.2.0/24", "127.0.0.1", "fd00:1::/64"]).expect("sound");
        for allowed in ["10.1.2.3", "::ffff:10.1.2.3", "127.0.0.1", "fd00:1::9"] {
            assert!(may(&rules, allowed), "{allowed}");
        }
        for other in ["10.1.3.1", "127.0.0.2", "fd00:1:0:1::9", "169.254.169.254"] {
            assert!(!may(&rules, other), "{other}");
        }
        let by_http = |text: &str| rules.check(text.parse().expect(text), false).is_ok();
        assert!(by_http("127.0.0.1"));
        for other in ["10.1.2.3", "127.0.0.2", "1.1.1.1", "::1"] {
            assert!(!by_http(other), "{other}");
        }
        let all = AllowedAddresses::parse(["0.0.0.0/0", "::/0"]).expect("sound");
        assert!(may(&all, "10.9.9.9") && may(&all, "fe80::1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "localhost", "10.0.0.0/33", "10.0.0.0/x", "10.0.0/8", "::1/129", "::ffff:10.0.0.1", "*"] {
            assert!(AllowedAddresses::parse([text]).is_err(), "{text}");
        }
    }
}
