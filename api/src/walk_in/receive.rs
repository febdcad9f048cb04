//! The form is shown, taken, and thanked for. What is taken is durable before she is told so.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use leadflow_domain::source::{FormLanguage, WalkInSlug};
use leadflow_event_store::entropy;

use super::PROVIDER;
use super::answers::{Filled, Given, STAMP, TRAP, Wrong};
use super::door::{Point, Seen, WalkIns};
use super::page::{self, Shown};
use super::refusals::Reason;
use super::stamp::{Stamp, Unfit};
use super::stored::Stored;
use super::wording::{Words, words};
use crate::client_address::ClientAddress;
use crate::limits::{LimitKey, LimitKind, Limited};
use crate::webhooks::{Bringer, Refused};

/// What a form sends itself as.
const URLENCODED: &str = "application/x-www-form-urlencoded";

/// A form that was asked for, by whoever may.
pub(super) struct Found {
    pub(super) slug: WalkInSlug,
    pub(super) seen: Seen,
}

impl WalkIns {
    /// The form behind `slug`, for somebody who asks from `address`: counted first, before anybody is asked for anything.
    ///
    /// # Errors
    /// The page that she is shown instead.
    pub(super) async fn found(
        &self,
        slug: &str,
        address: ClientAddress,
        counted: LimitKind,
        is_above: bool,
    ) -> Result<Found, Box<Response>> {
        let instead = |status, words: &Words, title: &str, text: &str| {
            Box::new(page::answer(status, page::instead(words, title, text, is_above)))
        };
        let english = words(FormLanguage::English);
        let unknown = || instead(StatusCode::NOT_FOUND, english, english.unknown, english.unknown_text);
        // Addresses are typed, too.
        let slug = WalkInSlug::parse(&slug.to_ascii_lowercase()).map_err(|_| unknown())?;
        let known = self.known(&slug);
        let words = known.as_ref().map_or(english, |known| words(known.form.language));
        if let Err(limited) = self.limits.check(counted, LimitKey::from(address)).await {
            if let Some(point) = known.filter(|_| counted == LimitKind::WalkIn) {
                self.refusals.count(&point, Reason::TooOften);
            }
            let page = instead(StatusCode::TOO_MANY_REQUESTS, words, words.too_often, words.too_often_text);
            return Err(Box::new(later(limited, *page)));
        }
        match self.find(&slug).await {
            Ok(Some(seen)) => Ok(Found { slug, seen }),
            Ok(None) => Err(unknown()),
            Err(_unasked) => Err(instead(StatusCode::SERVICE_UNAVAILABLE, words, words.error, words.later)),
        }
    }

    /// Whether one form more is taken in all. Where many networks have used up what all share, there is a reserve for those that have
    /// sent next to nothing lately: visitors are such, and a flood is not.
    async fn has_room(&self, point: &Point, address: ClientAddress) -> Result<(), Limited> {
        let source = || LimitKey::Id(point.source.as_uuid());
        let Err(limited) = self.limits.check(LimitKind::WalkInSource, source()).await else { return Ok(()) };
        let is_first = self.limits.check(LimitKind::WalkInFirst, LimitKey::from(address)).await.is_ok();
        if is_first { self.limits.check(LimitKind::WalkInReserve, source()).await } else { Err(limited) }
    }

    fn stamp(&self, found: &Found) -> String {
        let nonce = entropy::uuid().as_u128();
        Stamp::new(found.seen.point.number, found.seen.now(), nonce).text(&self.keys, &found.slug)
    }
}

fn later(limited: Limited, mut response: Response) -> Response {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(limited.seconds()));
    response
}

fn closed(point: &Point) -> Response {
    let words = words(point.form.language);
    page::answer(StatusCode::GONE, page::instead(words, words.closed, words.closed_text, false))
}

/// Shows a form.
pub(super) async fn show(State(door): State<Arc<WalkIns>>, Path(slug): Path<String>, request: Request) -> Response {
    let address = ClientAddress::of(request.extensions());
    let found = match door.found(&slug, address, LimitKind::WalkInPage, false).await {
        Ok(found) => found,
        Err(instead) => return *instead,
    };
    let point = &found.seen.point;
    if !point.is_open {
        return closed(point);
    }
    let shown = Shown { form: &point.form, stamp: &door.stamp(&found), given: &Given::default(), wrong: &[] };
    page::answer(StatusCode::OK, page::form(&shown))
}

/// Thanks for one that was taken.
pub(super) async fn thank(State(door): State<Arc<WalkIns>>, Path(slug): Path<String>, request: Request) -> Response {
    let address = ClientAddress::of(request.extensions());
    match door.found(&slug, address, LimitKind::WalkInPage, true).await {
        Ok(Found { seen: Seen { point, .. }, .. }) => {
            page::answer(StatusCode::OK, page::thanks(&point.form, point.whatsapp.as_deref()))
        }
        Err(instead) => *instead,
    }
}

/// Takes a form that was filled in.
pub(super) async fn take(State(door): State<Arc<WalkIns>>, Path(slug): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let address = ClientAddress::of(&parts.extensions);
    let found = match door.found(&slug, address, LimitKind::WalkIn, false).await {
        Ok(found) => found,
        Err(instead) => return *instead,
    };
    let point = &found.seen.point;
    if !point.is_open {
        door.refusals.count(point, Reason::Closed);
        return closed(point);
    }
    if !is_form(&parts.headers) {
        return no_form(&door, point, StatusCode::UNSUPPORTED_MEDIA_TYPE, Reason::NoForm);
    }
    let whole = match door.bodies.whole(body).await {
        Ok(whole) => whole,
        Err(Refused::TooLarge) => return no_form(&door, point, StatusCode::PAYLOAD_TOO_LARGE, Reason::TooLarge),
        // It did not come whole, or there was no room for it; which of them it was, other doors say likewise.
        Err(refused) => return refused.into_response(),
    };
    let Some(given) = Given::read(&whole.bytes) else {
        return no_form(&door, point, StatusCode::BAD_REQUEST, Reason::NoForm);
    };
    match taken(&door, &found, &given, address).await {
        Ok(()) => {
            let thanks = HeaderValue::from_str(&format!("{}/thanks", found.slug));
            let mut response = StatusCode::SEE_OTHER.into_response();
            if let Ok(thanks) = thanks {
                response.headers_mut().insert(LOCATION, thanks);
            }
            response
        }
        Err(not_taken) => not_taken.shown(&door, &found, &given),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    let is_plain = encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let (kind, _) = kind.split_once(';').unwrap_or((kind, ""));
    is_plain && kind.trim().eq_ignore_ascii_case(URLENCODED)
}

fn no_form(door: &WalkIns, point: &Point, status: StatusCode, reason: Reason) -> Response {
    door.refusals.count(point, reason);
    let words = words(point.form.language);
    page::answer(status, page::instead(words, words.no_form, words.no_form_text, false))
}

/// Why a form is shown once more, with what was written.
struct NotTaken {
    status: StatusCode,
    /// None where it is no fault of what was sent.
    reason: Option<Reason>,
    wrong: Vec<Wrong>,
    /// Whether it needs another stamp.
    stamped_anew: bool,
    limited: Option<Limited>,
}

impl NotTaken {
    fn for_all_of_it(status: StatusCode, reason: Option<Reason>, what: fn(&Words) -> &'static str) -> Self {
        Self { status, reason, wrong: vec![Wrong { field: None, what }], stamped_anew: false, limited: None }
    }

    fn shown(self, door: &WalkIns, found: &Found, given: &Given) -> Response {
        let point = &found.seen.point;
        if let Some(reason) = self.reason {
            door.refusals.count(point, reason);
        }
        let stamp = if self.stamped_anew { door.stamp(found) } else { given.get(STAMP).to_owned() };
        let shown = Shown { form: &point.form, stamp: &stamp, given, wrong: &self.wrong };
        let response = page::answer(self.status, page::form(&shown));
        match self.limited {
            Some(limited) => later(limited, response),
            None => response,
        }
    }
}

impl From<Unfit> for NotTaken {
    fn from(unfit: Unfit) -> Self {
        let (reason, what): (_, fn(&Words) -> &'static str) = match unfit {
            Unfit::Forged => (Reason::Forged, |words| words.expired),
            Unfit::Expired => (Reason::Expired, |words| words.expired),
            Unfit::TooSoon => (Reason::TooSoon, |words| words.too_soon),
            Unfit::Outdated => (Reason::Outdated, |words| words.outdated),
        };
        let not_taken = Self::for_all_of_it(StatusCode::UNPROCESSABLE_ENTITY, Some(reason), what);
        // One that is young grows older.
        Self { stamped_anew: unfit != Unfit::TooSoon, ..not_taken }
    }
}

/// Stores what was filled in. The limit that all share is the last thing that is asked, so nothing uses it up but what would be taken.
async fn taken(door: &WalkIns, found: &Found, given: &Given, address: ClientAddress) -> Result<(), NotTaken> {
    let Found { slug, seen } = found;
    let point = &seen.point;
    let stamp = Stamp::read(&door.keys, slug, given.get(STAMP))?;
    stamp.check(point.number, seen.now())?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    if !given.get(TRAP).is_empty() {
        return Err(NotTaken::for_all_of_it(unfit, Some(Reason::Trap), |words| words.trapped));
    }
    let filled: Filled = given.filled(&point.form).map_err(|wrong| NotTaken {
        status: unfit,
        reason: Some(Reason::Invalid),
        wrong,
        stamped_anew: false,
        limited: None,
    })?;
    door.has_room(point, address).await.map_err(|limited| {
        let (status, reason) = (StatusCode::TOO_MANY_REQUESTS, Some(Reason::TooMany));
        let not_taken = NotTaken::for_all_of_it(status, reason, |words| words.too_often_text);
        NotTaken { limited: Some(limited), ..not_taken }
    })?;
    let not_stored =
        || NotTaken::for_all_of_it(StatusCode::SERVICE_UNAVAILABLE, None, |words: &Words| words.not_stored);
    let stored = Stored::new(&door.keys, point.tenant, stamp, filled);
    let body = serde_json::to_vec(&stored).map_err(|_| not_stored())?;
    let id = door.intake.store(PROVIDER, Bringer::Source(point.source), body.into()).await.map_err(|_| not_stored())?;
    tracing::debug!(delivery = id, "walk_in.take: stored");
    Ok(())
}
