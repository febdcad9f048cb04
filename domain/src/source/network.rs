//! From where something may be posted.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most networks of one list.
pub const MOST_NETWORKS: usize = 50;

/// A network, or one address: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`. Never every address that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

/// It is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "is no address and no network such as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32, or is every address that there is"
)]
pub struct NotANetwork;

/// The networks that something may be posted from: in the order of their addresses, each once; from anywhere, if there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Networks(Vec<Network>);

/// There are too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("has more than {MOST_NETWORKS} networks")]
pub struct TooManyNetworks;

impl Network {
    /// Reads one. Of IPv4 it is, also where it is written as one of IPv6; what its length does not cover is 0.
    ///
    /// # Errors
    /// [`NotANetwork`].
    pub fn parse(text: &str) -> Result<Self, NotANetwork> {
        let text = text.trim();
        let network = match text.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address.to_canonical()),
            Err(_) => of_ipv4(text.parse::<IpNet>().map_err(|_| NotANetwork)?)?,
        };
        if network.prefix_len() == 0 { Err(NotANetwork) } else { Ok(Self(network.trunc())) }
    }

    /// Whether `address` is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

/// A network of IPv4 that is written as one of IPv6 is one of IPv4; one that has all of IPv4 in it is none.
fn of_ipv4(network: IpNet) -> Result<IpNet, NotANetwork> {
    const MAPPED: u8 = 96;
    let IpNet::V6(network) = network else { return Ok(network) };
    match (network.addr().to_ipv4_mapped(), network.prefix_len().checked_sub(MAPPED)) {
        (None, _) => Ok(network.into()),
        (Some(address), Some(length)) => Ok(Ipv4Net::new(address, length).map_err(|_| NotANetwork)?.into()),
        (Some(_), None) => Err(NotANetwork),
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Networks {
    /// Takes some.
    ///
    /// # Errors
    /// [`TooManyNetworks`], of which each counts once.
    pub fn new(networks: impl IntoIterator<Item = Network>) -> Result<Self, TooManyNetworks> {
        let mut networks: Vec<Network> = networks.into_iter().collect();
        networks.sort_unstable();
        networks.dedup();
        if networks.len() > MOST_NETWORKS { Err(TooManyNetworks) } else { Ok(Self(networks)) }
    }

    /// Whether something may be posted from `address`.
    #[must_use]
    pub fn admit(&self, address: IpAddr) -> bool {
        self.0.is_empty() || self.0.iter().any(|network| network.contains(address))
    }

    /// They, one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Network> {
        self.0.iter()
    }

    /// Whether something may be posted from anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        Networks::new(texts.iter().map(|text| Network::parse(text).unwrap())).unwrap()
    }

    #[test]
    fn a_network_admits_its_own_and_none_admit_everybody() {
        let some = networks(&["10.0.0.0/8", "203.0.113.7", "2001:db8::/32", "::1"]);
        let admits = |address: &str| some.admit(address.parse().unwrap());
        assert!(["10.1.2.3", "203.0.113.7", "2001:db8::9", "::1"].into_iter().all(admits));
        assert!(!["11.0.0.1", "203.0.113.8", "2001:db9::1", "::2", "::ffff:11.0.0.1"].into_iter().any(admits));
        assert!(networks(&[]).admit("198.51.100.1".parse().unwrap()) && networks(&[]).is_empty());
    }

    #[test]
    fn however_it_is_written_it_is_one() {
        let written =
            networks(&["::ffff:203.0.113.7", "203.0.113.7/32", "10.9.9.9/8", "10.0.0.0/8", "::ffff:203.0.113.0/127"]);
        let texts: Vec<String> = written.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["10.0.0.0/8", "203.0.113.0/31", "203.0.113.7/32"]);
        assert!(serde_json::to_value(&written).is_ok_and(|value| value[0] == "10.0.0.0/8"));
    }

    #[test]
    fn what_is_none_or_all_and_what_is_too_much_is_refused() {
        for text in [
            "",
            "example.com",
            "10.0.0.0/33",
            "10.0.0",
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0/-1",
            "::ffff:0.0.0.0/96",
            "::ffff:0:0/90",
        ] {
            assert_eq!(Network::parse(text), Err(NotANetwork), "{text}");
        }
        let many = (0..=MOST_NETWORKS).map(|nth| Network::parse(&format!("10.0.{nth}.0/24")).unwrap());
        assert_eq!(Networks::new(many), Err(TooManyNetworks));
    }
}
