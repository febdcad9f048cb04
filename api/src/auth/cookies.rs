//! Tokens of browsers. A page that asks for it gets its tokens as cookies, which no script can read, instead of in the answer.
//!
//! A browser adds cookies to whatever is asked, whoever wrote the page. So they count only beside a header that no form
//! can send, and that a page of another origin can't without our leave; and beside an `Origin`, which has been judged
//! before. That header is also how a page asks for cookies: whoever does not send it neither gets any nor shows any.

use std::time::Duration;

use axum::http::header::{COOKIE, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::doors::Tokens;
use super::{ACCESS_TOKEN_LIFETIME, oidc, session};

/// What a page sends that keeps its session in cookies: `x-leadflow-session: cookies`.
pub const HEADER: HeaderName = HeaderName::from_static("x-leadflow-session");
const COOKIES: &str = "cookies";

/// With this prefix a browser takes them from us alone: over TLS, for this very host, and for all of it.
const ACCESS: &str = "__Host-leadflow-access";
const REFRESH: &str = "__Host-leadflow-refresh";
const BROWSER: &str = "__Host-leadflow-browser";

/// Whether tokens come and go as cookies.
#[must_use]
pub fn are_wanted(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(HEADER).iter();
    let asks = values.next().is_some_and(|value| value.as_bytes() == COOKIES.as_bytes()) && values.next().is_none();
    // Browsers send none with a question by GET from their own page: cookies count with POST alone.
    asks && headers.contains_key(ORIGIN)
}

/// The access token among a request's cookies, if they count.
#[must_use]
pub fn access_token(headers: &HeaderMap) -> Option<SecretString> {
    find(headers, ACCESS)
}

/// What renews a session among a request's cookies, if they count.
#[must_use]
pub fn refresh_token(headers: &HeaderMap) -> Option<SecretString> {
    find(headers, REFRESH)
}

/// What a browser that went to a provider kept, among a request's cookies, if they count.
#[must_use]
pub fn browser_token(headers: &HeaderMap) -> Option<SecretString> {
    find(headers, BROWSER)
}

/// The cookie of this name. Of two, nobody knows which is ours.
fn find(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    if !are_wanted(headers) {
        return None;
    }
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    let value = named.next()?;
    named.next().is_none().then(|| value.to_owned().into())
}

/// Has a browser keep `tokens`.
#[must_use]
pub fn keep(tokens: &Tokens) -> Vec<(HeaderName, HeaderValue)> {
    let access = cookie(ACCESS, tokens.access.expose_secret(), ACCESS_TOKEN_LIFETIME);
    let refresh = cookie(REFRESH, tokens.refresh.expose_secret(), session::LIFETIME);
    [access, refresh].into_iter().flatten().collect()
}

/// Has a browser forget its tokens.
#[must_use]
pub fn forget() -> Vec<(HeaderName, HeaderValue)> {
    [ACCESS, REFRESH].into_iter().filter_map(|name| cookie(name, "", Duration::ZERO)).collect()
}

/// Has a browser that goes to a provider keep this until it is back.
#[must_use]
pub fn keep_browser_token(token: &SecretString) -> Option<(HeaderName, HeaderValue)> {
    cookie(BROWSER, token.expose_secret(), oidc::LIFETIME)
}

/// Has a browser forget it.
#[must_use]
pub fn forget_browser_token() -> Option<(HeaderName, HeaderValue)> {
    cookie(BROWSER, "", Duration::ZERO)
}

fn cookie(name: &str, value: &str, lives: Duration) -> Option<(HeaderName, HeaderValue)> {
    let seconds = lives.as_secs();
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}");
    // What we make of base64 and dots is a header's value.
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some((SET_COOKIE, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    const PAGE: (HeaderName, &str) = (ORIGIN, "https://desk.example");
    const ASKS: (HeaderName, &str) = (HEADER, COOKIES);
    const BOTH: (HeaderName, &str) = (COOKIE, "a=b; __Host-leadflow-access=x.y.z; __Host-leadflow-refresh=lfr_1");

    fn access(pairs: &[(HeaderName, &str)]) -> Option<String> {
        access_token(&headers(pairs)).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn cookies_count_beside_an_origin_and_the_header_alone() {
        assert_eq!(access(&[PAGE, ASKS, BOTH]).as_deref(), Some("x.y.z"));
        assert_eq!(refresh_token(&headers(&[PAGE, ASKS, BOTH])).unwrap().expose_secret(), "lfr_1");
        for without in [&[PAGE, BOTH][..], &[ASKS, BOTH], &[BOTH], &[PAGE, ASKS], &[PAGE, (HEADER, "1"), BOTH]] {
            assert_eq!(access(without), None, "{without:?}");
        }
        assert_eq!(access(&[PAGE, ASKS, ASKS, BOTH]), None);
        let twice = (COOKIE, "__Host-leadflow-access=planted; __Host-leadflow-access=x.y.z");
        assert_eq!(access(&[PAGE, ASKS, twice.clone()]), None);
        assert_eq!(access(&[PAGE, ASKS, BOTH, twice]), None);
        assert_eq!(access(&[PAGE, ASKS, (COOKIE, "leadflow-access=x.y.z")]), None);
    }

    #[test]
    fn what_a_browser_keeps_no_script_reads_and_no_other_site_sends() {
        let tokens = Tokens { access: "x.y.z".to_owned().into(), refresh: "lfr_1".to_owned().into() };
        let kept: Vec<_> = keep(&tokens).into_iter().map(|(_, value)| value.to_str().unwrap().to_owned()).collect();
        let rules = "Path=/; Secure; HttpOnly; SameSite=Strict";
        assert_eq!(
            kept,
            [
                format!("__Host-leadflow-access=x.y.z; {rules}; Max-Age=900"),
                format!("__Host-leadflow-refresh=lfr_1; {rules}; Max-Age=604800"),
            ]
        );
        let forgotten = forget();
        assert!(forgotten.iter().all(|(_, value)| value.to_str().unwrap().ends_with("Max-Age=0")));
        assert_eq!(forgotten.len(), 2);
        assert!(!format!("{:?}", keep(&tokens)).contains("x.y.z"), "sensitive values are not shown");
    }
}
