//! Where a request comes from: the peer's address, or what trusted proxies say of whoever is behind them.
//!
//! Anybody can write `X-Forwarded-For`, and each proxy adds the address it was asked from at the end. So it is read from
//! the end, for as long as whoever wrote the next entry is one of `trusted_proxies`; what stands before that is a
//! stranger's word. `Forwarded` (RFC 7239) is not read: proxies that write it are few, and two headers could disagree.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::TrustedProxies;

/// Each proxy's own client, the nearest proxy's last.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The scheme that a proxy was asked by.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Who is at the other end of the connection. Among the extensions of every request that was served by [`crate::http`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(IpAddr);

impl Peer {
    /// The peer of a connection from `address`.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self(address.ip().to_canonical())
    }
}

/// Who asks. Among the extensions of every request, once [`told`] has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Of the request with these extensions. Without a connection, as in tests of a handler alone, everybody is at one
    /// place, so that what is limited by address stays limited.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }

    /// The address. One of IPv4 is never written as one of IPv6.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }

    fn seen(peer: Peer, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        let mut client = peer.0;
        for entry in from_the_end(headers, &FORWARDED_FOR) {
            if !proxies.trust(client) {
                break;
            }
            // What can't be read was handed over by this proxy all the same: it answers for it.
            let Some(before) = address(entry) else { break };
            client = before;
        }
        Self(client)
    }
}

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

/// Among the extensions of a request that came to a trusted proxy over https.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverHttps;

impl OverHttps {
    fn seen(peer: Peer, headers: &HeaderMap, proxies: &TrustedProxies) -> Option<Self> {
        let scheme = from_the_end(headers, &FORWARDED_PROTO).next()?;
        (proxies.trust(peer.0) && scheme.eq_ignore_ascii_case("https")).then_some(Self)
    }
}

/// The layer that tells each request where it comes from.
pub async fn told(State(proxies): State<Arc<TrustedProxies>>, mut request: Request, next: Next) -> Response {
    if let Some(peer) = request.extensions().get::<Peer>().copied() {
        let client = ClientAddress::seen(peer, request.headers(), &proxies);
        let over_https = OverHttps::seen(peer, request.headers(), &proxies);
        request.extensions_mut().insert(client);
        if let Some(over_https) = over_https {
            request.extensions_mut().insert(over_https);
        }
    }
    next.run(request).await
}

/// The entries of a header that is a list, the last first. Several headers of a name are one list. One that is no text is
/// an entry that nobody can read, and hides none of those that proxies put behind it.
fn from_the_end<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    let entries = values.into_iter().rev().flat_map(|value| value.rsplit(|byte| *byte == b','));
    entries.map(|entry| str::from_utf8(entry).unwrap_or_default().trim())
}

/// An address as proxies write it: alone or with a port, one of IPv6 in brackets or not.
fn address(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|entry| entry.strip_suffix(']')).unwrap_or(entry);
    let address = bare.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "203.0.113.9";

    fn headers(name: &HeaderName, values: &[&[u8]]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_bytes(value).unwrap())).collect()
    }

    fn proxies() -> TrustedProxies {
        serde_json::from_value("10.0.0.0/8, fd00::/8".into()).unwrap()
    }

    fn peer(address: &str) -> Peer {
        Peer::at(SocketAddr::new(address.parse().unwrap(), 4711))
    }

    fn seen(from: &str, forwarded: &[&[u8]]) -> String {
        ClientAddress::seen(peer(from), &headers(&FORWARDED_FOR, forwarded), &proxies()).ip().to_string()
    }

    #[test]
    fn who_comes_by_no_trusted_proxy_is_who_is_there() {
        assert_eq!(seen(CLIENT, &[]), CLIENT);
        assert_eq!(seen("::ffff:203.0.113.9", &[]), CLIENT, "over a socket of both families");
        for forged in ["198.51.100.1", "10.0.0.1", "198.51.100.1, 10.0.0.1", "::1", ""] {
            assert_eq!(seen(CLIENT, &[forged.as_bytes()]), CLIENT, "{forged}");
        }
    }

    #[test]
    fn a_trusted_proxy_says_who_is_behind_it() {
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[b"203.0.113.9"]), CLIENT);
        assert_eq!(seen("fd00::1", &[b"203.0.113.9, 10.0.0.2 ,10.0.0.3"]), CLIENT, "through others");
        assert_eq!(seen("10.0.0.1", &[b"203.0.113.9", b"10.0.0.2"]), CLIENT, "each in a header of its own");
        assert_eq!(seen("10.0.0.1", &[b"10.0.0.4, 10.0.0.3"]), "10.0.0.4", "one of the house");
    }

    #[test]
    fn what_a_stranger_wrote_before_it_is_not_believed() {
        let long = "1,".repeat(9_000);
        for forged in ["198.51.100.1", "127.0.0.1", "10.9.9.9", "garbage", "", "198.51.100.1, 10.9.9.9", &long] {
            let added = format!("{forged}, {CLIENT}");
            assert_eq!(seen("10.0.0.1", &[added.as_bytes()]), CLIENT, "{forged}");
            assert_eq!(seen("10.0.0.1", &[forged.as_bytes(), CLIENT.as_bytes()]), CLIENT, "{forged}");
            assert_eq!(seen("10.0.0.1", &[format!("{added}, 10.0.0.2").as_bytes()]), CLIENT, "{forged}");
        }
        assert_eq!(seen("10.0.0.1", &[b"\xff, 203.0.113.9"]), CLIENT, "what is no text");
    }

    #[test]
    fn for_what_can_t_be_read_the_proxy_answers_that_handed_it_over() {
        let unreadable: [&[u8]; 9] = [
            b"",
            b",",
            b"unknown",
            b"_hidden",
            b"203.0.113",
            b"fe80::1%eth0",
            b"203.0.113.9 evil",
            b"\xff",
            b"for=203.0.113.9",
        ];
        for entry in unreadable {
            assert_eq!(seen("10.0.0.1", &[entry]), "10.0.0.1", "{entry:?}");
            assert_eq!(seen("10.0.0.1", &[b"198.51.100.1", entry, b"10.0.0.2"]), "10.0.0.2", "{entry:?}");
        }
    }

    #[test]
    fn an_address_may_have_a_port_and_brackets() {
        for (entry, read) in [
            ("203.0.113.9:51234", CLIENT),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:51234", "2001:db8::1"),
            ("::ffff:203.0.113.9", CLIENT),
        ] {
            assert_eq!(seen("10.0.0.1", &[entry.as_bytes()]), read);
        }
    }

    #[test]
    fn https_is_what_the_proxy_next_to_us_says() {
        let over_https = |from, values: &[&[u8]]| {
            OverHttps::seen(peer(from), &headers(&FORWARDED_PROTO, values), &proxies()).is_some()
        };
        assert!(over_https("10.0.0.1", &[b"https"]) && over_https("10.0.0.1", &[b"http, HTTPS"]));
        assert!(!over_https("10.0.0.1", &[]) && !over_https("10.0.0.1", &[b"https", b"http"]));
        assert!(!over_https("10.0.0.1", &[b"httpss"]) && !over_https(CLIENT, &[b"https"]));
    }
}
