//! What nobody may ask: the few things that lead to a token.
//!
//! All else is refused before it is read further. To find out which it is takes reading and parsing; so that is bounded
//! more narrowly than for somebody, and taken from a budget of the network address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Bytes, to_bytes};
use axum::extract::Request as HttpRequest;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use uuid::Uuid;

use super::cost::whole_seconds;
use super::guard::{Documents, asks_only};
use super::negotiate::{is_json, is_plain};
use super::{Account, Allowance, Budgets, Limits, too_often};

/// What everybody at one address may ask for: an answer has some ten fields.
pub const NOBODYS_BUDGET: Allowance = Allowance { capacity: 2_000, restore_rate: 200 };

/// Bytes of a body. What nobody may ask is short: a link, an address, a password.
const LONGEST_BODY: usize = 16 * 1024;

/// How long its body may take. It is no more than a packet or ten.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How requests of nobody are met.
#[derive(Debug, Clone)]
pub struct Nobody {
    budgets: Arc<Budgets>,
    documents: Documents,
    may: Open,
}

/// What nobody may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Open {
    /// Fields of `Query`.
    pub queries: &'static [&'static str],
    /// Fields of `Mutation`.
    pub mutations: &'static [&'static str],
}

impl Nobody {
    /// She may ask for this, and nothing else.
    #[must_use]
    pub fn who_may(may: Open) -> Self {
        let limits = Limits {
            max_body_bytes: LONGEST_BODY,
            body_timeout: BODY_TIMEOUT,
            max_document_bytes: LONGEST_BODY,
            max_tokens: 500,
            max_json_values: 100,
            max_validation_steps: 1_000,
            ..Limits::default()
        };
        let documents = Documents::of_strangers(limits);
        Self { budgets: Arc::new(Budgets::new(NOBODYS_BUDGET)), documents, may }
    }

    /// How the documents of her requests are read, and within which bounds.
    #[must_use]
    pub fn documents(&self) -> &Documents {
        &self.documents
    }

    /// Whose budget her requests are taken from.
    #[must_use]
    pub fn account(&self, address: IpAddr) -> Account {
        Account { budgets: Arc::clone(&self.budgets), owner: owner(address) }
    }

    /// The body of a request, if it asks for nothing but what nobody may ask for.
    ///
    /// # Errors
    /// The answer, where too much was asked for from that address.
    pub async fn body(
        &self,
        request: HttpRequest,
        headers: &HeaderMap,
        address: IpAddr,
    ) -> Result<Option<Bytes>, Box<Response>> {
        let is_short = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok())
            .is_none_or(|length: usize| length <= LONGEST_BODY);
        if request.method() != Method::POST || !is_json(headers) || !is_plain(headers) || !is_short {
            return Ok(None);
        }
        if let Err(missing) = self.budgets.take(owner(address), 1, Instant::now()) {
            return Err(Box::new(too_often(whole_seconds(missing), headers)));
        }
        let reading = tokio::time::timeout(BODY_TIMEOUT, to_bytes(request.into_body(), LONGEST_BODY));
        let Ok(Ok(body)) = reading.await else { return Ok(None) };
        Ok(asks_only(&body, &self.documents, &self.may).then_some(body))
    }
}

/// All addresses of a network of IPv6 are one owner: whoever has one has all that begin like it.
fn owner(address: IpAddr) -> Uuid {
    Uuid::from_u128(match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
    use serde_json::json;

    use super::*;

    const MAY: Open = Open { queries: &[], mutations: &["signIn"] };

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn request(method: Method, pairs: &[(HeaderName, &str)], body: &str) -> (HttpRequest, HeaderMap) {
        let mut request = HttpRequest::new(Body::from(body.to_owned()));
        *request.method_mut() = method;
        for (name, value) in pairs {
            request.headers_mut().insert(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        let headers = request.headers().clone();
        (request, headers)
    }

    async fn is_looked_at(nobody: &Nobody, method: Method, pairs: &[(HeaderName, &str)], body: &str) -> bool {
        let (request, headers) = request(method, pairs, body);
        nobody.body(request, &headers, HERE).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn nothing_is_looked_at_but_what_leads_to_a_token() {
        let nobody = Nobody::who_may(MAY);
        let sign_in = json!({ "query": "mutation { signIn { a } }" }).to_string();
        let other = json!({ "query": "mutation { eraseContact { a } }" }).to_string();
        let long = json!({ "query": "mutation { signIn { a } }", "x": "x".repeat(LONGEST_BODY) }).to_string();
        let json = &[(CONTENT_TYPE, "application/json")];
        assert!(is_looked_at(&nobody, Method::POST, json, &sign_in).await);
        for (method, pairs, body) in [
            (Method::GET, &json[..], &sign_in),
            (Method::PUT, json, &sign_in),
            (Method::POST, &[], &sign_in),
            (Method::POST, &[(CONTENT_TYPE, "application/x-www-form-urlencoded")], &sign_in),
            (Method::POST, &[json[0].clone(), (CONTENT_ENCODING, "gzip")], &sign_in),
            (Method::POST, &[json[0].clone(), (CONTENT_LENGTH, "1000000")], &sign_in),
            (Method::POST, json, &long),
            (Method::POST, json, &other),
        ] {
            assert!(!is_looked_at(&nobody, method.clone(), pairs, body).await, "{method} {pairs:?}");
        }
    }

    #[tokio::test]
    async fn an_address_has_so_much_and_a_network_is_one() {
        let nobody = Nobody::who_may(MAY);
        let here = "2001:db8:1:2::1".parse().unwrap();
        nobody.budgets.take(owner(here), NOBODYS_BUDGET.capacity, Instant::now()).unwrap();
        let json = [(CONTENT_TYPE, "application/json")];
        let ask = async |address: &str| {
            let (request, headers) = request(Method::POST, &json, "");
            nobody.body(request, &headers, address.parse().unwrap()).await
        };
        for neighbour in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"] {
            let refused = ask(neighbour).await.unwrap_err();
            assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(refused.headers()[RETRY_AFTER], "1");
        }
        assert!(ask("2001:db8:1:3::1").await.is_ok() && ask("203.0.113.9").await.is_ok());
        assert_eq!(owner("203.0.113.9".parse().unwrap()), owner("::ffff:203.0.113.9".parse().unwrap()));
    }
}
