//! What every answer tells browsers: to take it for nothing but what it says it is, to load nothing for it, and to come
//! by https alone where it came by that.

use axum::extract::Request;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

use crate::client_address::OverHttps;

/// For answers that are no pages: whatever a browser takes them for loads nothing, and no page may frame them. One that is
/// a page has its own.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What no page of ours asks a browser for.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
                           microphone=(), midi=(), payment=(), usb=()";

/// A year, for the host that was asked: of its neighbours we know nothing.
const BY_HTTPS_ALONE: &str = "max-age=31536000";

const ALWAYS: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// The layer that adds them. What an answer says for itself stands.
pub async fn added(request: Request, next: Next) -> Response {
    let over_https = request.extensions().get::<OverHttps>().is_some();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Over http a browser ignores it, as anybody could have written it.
    if over_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(BY_HTTPS_ALONE));
    }
    response
}
