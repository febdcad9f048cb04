//! The proxies whose word on their clients is taken.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use super::listed::Listed;

/// Networks of proxies: a list, or a text with commas between them, as the environment has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether a proxy at `address` is one of them.
    #[must_use]
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl<'de> Deserialize<'de> for TrustedProxies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Listed::deserialize(deserializer)?.into_vec();
        let networks = written.iter().map(|text| {
            network(text).ok_or_else(|| {
                let expected = "an address or a network of trusted_proxies, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8; not \
                                every address there is";
                D::Error::invalid_value(Unexpected::Str(text), &expected)
            })
        });
        Ok(Self(networks.collect::<Result<_, _>>()?))
    }
}

/// Whoever trusts everybody is told anything.
fn network(text: &str) -> Option<IpNet> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address.to_canonical()),
        Err(_) => text.parse().ok()?,
    };
    (network.prefix_len() > 0).then_some(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(text: &str, address: &str) -> bool {
        let proxies: TrustedProxies = serde_json::from_value(text.into()).unwrap();
        proxies.trust(address.parse().unwrap())
    }

    #[test]
    fn a_network_trusts_its_own_addresses_and_an_address_itself() {
        let some = "10.0.0.0/8, 192.0.2.7,fd00::/8, ::1";
        for address in ["10.255.0.1", "192.0.2.7", "fd12::1", "::1"] {
            assert!(trusted(some, address), "{address}");
        }
        for address in ["11.0.0.1", "192.0.2.8", "fe80::1", "::2", "::ffff:11.0.0.1"] {
            assert!(!trusted(some, address), "{address}");
        }
        assert!(trusted("::ffff:192.0.2.7", "192.0.2.7"));
        assert!(!trusted("", "127.0.0.1"), "nobody is trusted for being near");
    }

    #[test]
    fn what_is_no_network_or_every_one_is_an_error_that_names_the_key() {
        for wrong in ["proxy.example", "10.0.0.0/33", "10.0.0", "0.0.0.0/0", "::/0", "10.0.0.0/8;::1"] {
            let error = serde_json::from_value::<TrustedProxies>(wrong.into()).unwrap_err().to_string();
            assert!(error.contains("trusted_proxies"), "{wrong}: {error}");
        }
    }
}
