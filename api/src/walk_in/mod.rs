//! Walk-ins: a form of ours behind a QR code, for people who stand in the business's door (decision 22).
//!
//! Anybody may open it, and anybody may send anything to it. So it is plain HTML without a script, it says what is wrong, and what it
//! takes is bounded: how long, how often from one network, how often in all, and only with a stamp that this installation gave out
//! for this very form. What it takes is durable before she is thanked, and goes the way of webhooks from there on.

mod answers;
mod door;
mod page;
mod phone;
mod qr;
mod receive;
mod refusals;
mod stamp;
mod stored;
mod wording;

pub use door::WalkIns;
pub use refusals::{Counted, Reason, counted};
pub(crate) use stored::Stored;

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use leadflow_domain::source::WalkInSlug;
use url::Url;

use crate::config::PublicUrl;

/// The provider's name in the table of deliveries and in metadata.
pub(crate) const PROVIDER: &str = "walk_in";

/// Where forms are; the segment behind it is the form's slug.
pub(crate) const PATH: &str = "/walk-in";

/// How all of them look.
const STYLE: &str = include_str!("form.css");

/// The routes of all forms.
pub fn routes<S: Clone + Send + Sync + 'static>(door: Arc<WalkIns>) -> Router<S> {
    let style = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    Router::new()
        .route(&format!("{PATH}/form.css"), get(move || async move { (style, STYLE) }))
        .route(&format!("{PATH}/{{slug}}"), get(receive::show).post(receive::take))
        .route(&format!("{PATH}/{{slug}}/thanks"), get(receive::thank))
        .route(&format!("{PATH}/{{slug}}/qr.svg"), get(qr::svg))
        .route(&format!("{PATH}/{{slug}}/qr.png"), get(qr::png))
        .with_state(door)
}

/// Where a form is, and the pictures that lead there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The form.
    pub form: Url,
    /// Its QR code as SVG.
    pub svg: Url,
    /// Its QR code as PNG.
    pub png: Url,
}

impl Addresses {
    /// Of the form with this slug, where forms are reached below `base`.
    #[must_use]
    pub fn of(base: &PublicUrl, slug: &str) -> Self {
        let below = |rest: &str| base.page(&format!("{}/{slug}{rest}", PATH.trim_start_matches('/')));
        Self { form: below(""), svg: below("/qr.svg"), png: below("/qr.png") }
    }

    /// Of the form with this slug.
    #[must_use]
    pub fn of_slug(base: &PublicUrl, slug: &WalkInSlug) -> Self {
        Self::of(base, slug.as_str())
    }
}

#[cfg(test)]
mod tests;
