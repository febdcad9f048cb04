//! Which web pages may ask.
//!
//! The API knows its callers by a bearer header, or by cookies beside a header of its own (`auth::cookies`). A browser adds
//! neither header by itself, and lets a page of another origin add one only after a preflight that we answer. So a form
//! or a plain link on a foreign page is nobody, and comes to nothing (401), though its browser adds cookies. What this
//! adds is for tokens that leak into a browser, and for clear answers: a page of an origin that nobody allowed is refused,
//! whatever it shows.
//!
//! Programs that are no browsers send no `Origin`, and are not asked for one.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HOST, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

use super::{Code, refusal};

/// Headers that an allowed page may send.
const SENT: &str = "authorization, content-type, x-leadflow-session";

/// Origins whose pages may ask, beside those of the host that is asked.
#[derive(Debug, Clone, Default)]
pub struct AllowedOrigins(Vec<String>);

impl AllowedOrigins {
    /// Each is `scheme://host` or `scheme://host:port`, in small letters, as browsers send it.
    #[must_use]
    pub fn new(origins: Vec<String>) -> Self {
        Self(origins)
    }

    /// Where the request comes from; `None` if that is a page that may not ask.
    #[must_use]
    pub fn judge(&self, headers: &HeaderMap) -> Option<Source> {
        let mut origins = headers.get_all(ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => return Some(Source::Direct),
            (Some(origin), None) => origin,
            (Some(_), Some(_)) => return None,
        };
        match origin.to_str() {
            Ok(text) if self.0.iter().any(|allowed| allowed == text) => Some(Source::Page(origin.clone())),
            Ok(text) if is_same_host(text, headers) => Some(Source::Direct),
            Ok(_) | Err(_) => None,
        }
    }
}

/// A page of the host that is asked. Behind a proxy the schemes may differ, and the proxy must pass `Host`.
fn is_same_host(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    matches!((authority, host), (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host))
}

/// Answers a page that may not ask.
#[must_use]
pub fn origin_refused(headers: &HeaderMap) -> Response {
    let message = "Pages of this origin may not ask: it is not among the server's `allowed_origins`.";
    refusal(StatusCode::FORBIDDEN, Code::Forbidden.as_str(), message, headers)
}

/// What a request comes from, as far as browsers tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// No page, or one of the same host: no browser waits for leave.
    Direct,
    /// A page of this origin, which is allowed.
    Page(HeaderValue),
}

impl Source {
    /// The answer to a browser that asks whether a page may ask; `None` of any other request.
    #[must_use]
    pub fn preflight(&self, method: &Method, headers: &HeaderMap) -> Option<Response> {
        if *method != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        if let Self::Page(_) = self {
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(SENT));
            // Two hours, the most that Chrome keeps it.
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
        }
        self.mark(&mut response);
        Some(response)
    }

    /// Lets the page read the answer.
    pub fn mark(&self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("origin"));
        if let Self::Page(origin) = self {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after, x-request-id"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(axum::http::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn judged(origin: &'static str) -> Option<Source> {
        let allowed = AllowedOrigins::new(vec!["https://desk.example".to_owned(), "http://localhost:5173".to_owned()]);
        allowed.judge(&headers(&[(HOST, "api.example:8080"), (ORIGIN, origin)]))
    }

    #[test]
    fn no_page_and_pages_of_the_same_host_may_ask() {
        assert_eq!(AllowedOrigins::default().judge(&HeaderMap::new()), Some(Source::Direct));
        for origin in ["http://api.example:8080", "https://api.example:8080", "https://API.example:8080"] {
            assert_eq!(judged(origin), Some(Source::Direct), "{origin}");
        }
    }

    #[test]
    fn of_others_those_that_are_configured() {
        for origin in ["https://desk.example", "http://localhost:5173"] {
            assert_eq!(judged(origin), Some(Source::Page(HeaderValue::from_static(origin))));
        }
        for origin in [
            "http://desk.example",
            "https://desk.example:8443",
            "https://desk.example.evil.example",
            "https://evil.example/https://desk.example",
            "http://api.example",
            "http://api.example:80",
            "ftp://api.example:8080",
            "api.example:8080",
            "null",
            "",
            "*",
        ] {
            assert_eq!(judged(origin), None, "{origin}");
        }
        let mut two = headers(&[(HOST, "api.example"), (ORIGIN, "http://api.example")]);
        two.append(ORIGIN, HeaderValue::from_static("http://evil.example"));
        assert_eq!(AllowedOrigins::default().judge(&two), None);
        let without_host = headers(&[(ORIGIN, "http://api.example")]);
        assert_eq!(AllowedOrigins::default().judge(&without_host), None);
        assert_eq!(origin_refused(&without_host).status(), StatusCode::FORBIDDEN);
    }

    #[test]
    fn an_allowed_page_s_preflight_is_answered_with_what_it_may_send() {
        let page = Source::Page(HeaderValue::from_static("https://desk.example"));
        let asked = headers(&[(ACCESS_CONTROL_REQUEST_METHOD, "POST")]);
        let answer = page.preflight(&Method::OPTIONS, &asked).unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "https://desk.example");
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_HEADERS], "authorization, content-type, x-leadflow-session");
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_METHODS], "GET, POST");
        assert_eq!(answer.headers()[VARY], "origin");
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
        assert!(
            page.preflight(&Method::POST, &asked).is_none()
                && page.preflight(&Method::OPTIONS, &headers(&[])).is_none()
        );
        let direct = Source::Direct.preflight(&Method::OPTIONS, &asked).unwrap();
        for leave in [ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_ALLOW_CREDENTIALS] {
            assert!(!direct.headers().contains_key(leave));
        }
    }
}
