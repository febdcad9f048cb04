//! Whom a limit holds.

use std::net::{IpAddr, Ipv6Addr};

use leadflow_domain::IdentifierHash;
use uuid::Uuid;

use crate::client_address::ClientAddress;

/// Whom a limit holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitKey {
    /// A network address; of IPv6 the first 64 bits, since whoever has one address has all that begin like it.
    Network(IpAddr),
    /// A member, a token.
    Id(Uuid),
    /// What somebody says she is, known or not.
    Hash(IdentifierHash),
}

impl From<ClientAddress> for LimitKey {
    fn from(address: ClientAddress) -> Self {
        Self::Network(match address.ip() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        })
    }
}

impl LimitKey {
    /// Its kind, and itself.
    pub(super) fn parts(&self) -> (&'static str, String) {
        match self {
            Self::Network(address) => ("network", address.to_string()),
            Self::Id(id) => ("id", id.to_string()),
            Self::Hash(hash) => ("hash", hash.as_str().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> LimitKey {
        ClientAddress::from(address.parse::<IpAddr>().unwrap()).into()
    }

    #[test]
    fn all_addresses_of_a_network_of_ipv6_are_one() {
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    }

    #[test]
    fn each_address_of_ipv4_is_one_however_it_is_written() {
        assert_eq!(key("203.0.113.9"), key("::ffff:203.0.113.9"));
        assert_ne!(key("203.0.113.9"), key("203.0.113.8"));
    }
}
