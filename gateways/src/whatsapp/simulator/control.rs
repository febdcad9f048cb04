//! `/_simulator/`: directs a simulator over HTTP, where it runs as a process of its own. `docs/SIMULATOR.md` tells how.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::customers::{NotTold, On, Script};
use super::director::Director;
use super::fault::Fault;
use super::leads::{Ad, Fill};
use super::posts::Posted;
use super::settings::Mishaps;
use super::statuses::Status;
use super::templates::TemplateUpdate;
use super::webhooks::BusinessNumber;

pub(super) fn routes(director: Director) -> Router {
    Router::new()
        .route("/accepted", get(accepted))
        .route("/requests", get(requests))
        .route("/posts", get(posts))
        .route("/counts", get(counts))
        .route("/seen", axum::routing::delete(forget))
        .route("/numbers", post(number))
        .route("/tokens/{token}", axum::routing::delete(revoke))
        .route("/webhook", post(webhook))
        .route("/customers", post(customer))
        .route("/scripts", post(script))
        .route("/windows", post(window))
        .route("/nowhere", post(nowhere))
        .route("/media", post(medium))
        .route("/statuses", post(statuses))
        .route("/faults", post(fault).delete(no_faults))
        .route("/outage", post(outage))
        .route("/mishaps", post(mishaps))
        .route("/clock", post(clock))
        .route("/templates/{id}", post(template))
        .route("/pages", post(page))
        .route("/forms", post(form))
        .route("/leads", post(lead))
        .route("/leads/{id}", post(lead_again).delete(no_lead))
        .with_state(director)
}

const DONE: StatusCode = StatusCode::NO_CONTENT;

impl IntoResponse for NotTold {
    fn into_response(self) -> Response {
        (StatusCode::NOT_FOUND, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

fn told(posted: Posted) -> Value {
    match posted {
        Posted::Nowhere => Value::Null,
        Posted::Answered(status) => json!({ "answered": status }),
        Posted::Unanswered => json!({ "answered": null }),
    }
}

#[derive(Deserialize)]
struct From {
    #[serde(default)]
    from: usize,
}

/// A list from a place on.
fn rest<T: Serialize>(all: &[T], From { from }: &From) -> Json<Value> {
    Json(json!(all.get(*from..).unwrap_or_default()))
}

async fn accepted(State(director): State<Director>, Query(from): Query<From>) -> Json<Value> {
    director.seen(|seen| rest(seen.accepted(), &from))
}

async fn requests(State(director): State<Director>, Query(from): Query<From>) -> Json<Value> {
    director.seen(|seen| rest(seen.requests(), &from))
}

async fn posts(State(director): State<Director>, Query(from): Query<From>) -> Json<Value> {
    director.seen(|seen| rest(seen.posts(), &from))
}

async fn counts(State(director): State<Director>) -> Json<Value> {
    let numbers: Vec<String> = director.0.state().numbers.keys().cloned().collect();
    director.seen(|seen| {
        let most = numbers.into_iter().map(|number| {
            let most = seen.most_in_a_second(&number);
            (number, json!(most))
        });
        Json(json!({
            "accepted": seen.accepted().len(),
            "accepted_twice": Map::from_iter(seen.accepted_twice().into_iter().map(|(data, count)| (data, json!(count)))),
            "requests": seen.requests().len(),
            "posts": seen.posts().len(),
            "posts_taken": seen.posts().iter().filter(|post| post.is_taken()).count(),
            "reads": seen.reads(),
            "most_in_a_second": Map::from_iter(most),
            "too_fast_for_pair": seen.too_fast_for_pair().len(),
        }))
    })
}

async fn forget(State(director): State<Director>) -> StatusCode {
    director.forget();
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reached {
    token: String,
    phone_number_id: String,
    waba_id: String,
    display_phone: String,
    verified_name: String,
}

async fn number(State(director): State<Director>, Json(said): Json<Reached>) -> StatusCode {
    let Reached { token, phone_number_id, waba_id, display_phone, verified_name } = said;
    director.reaches(&token, BusinessNumber { phone_number_id, waba_id, display_phone }, &verified_name);
    DONE
}

async fn revoke(State(director): State<Director>, Path(token): Path<String>) -> StatusCode {
    director.revoke(&token);
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Address {
    url: String,
}

async fn webhook(State(director): State<Director>, Json(said): Json<Address>) -> StatusCode {
    director.posts_to(&said.url);
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Writes {
    number: String,
    phone: String,
    name: Option<String>,
    text: Option<String>,
    /// `type`, and what goes with it, in the place of a text.
    content: Option<Map<String, Value>>,
}

async fn customer(State(director): State<Director>, Json(said): Json<Writes>) -> Result<Json<Value>, Response> {
    let content = match (said.text, said.content) {
        (Some(text), None) => {
            Map::from_iter([("type".to_owned(), json!("text")), ("text".to_owned(), json!({ "body": text }))])
        }
        (None, Some(content)) => content,
        _ => {
            let why = json!({ "error": "either text or content is sent" });
            return Err((StatusCode::BAD_REQUEST, Json(why)).into_response());
        }
    };
    let sends = director.0.customer_sends(&said.number, &said.phone, said.name.as_deref(), &content).await;
    let written = sends.map_err(IntoResponse::into_response)?;
    Ok(Json(json!({ "wamid": written.wamid, "posted": told(written.posted) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plays {
    customer: Option<String>,
    on: On,
    texts: Vec<String>,
    /// From so many milliseconds to so many.
    after: (u64, u64),
}

async fn script(State(director): State<Director>, Json(said): Json<Plays>) -> StatusCode {
    let Plays { customer, on, texts, after: (least, most) } = said;
    director.plays(Script { customer, on, texts, after: least..=most });
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    number: String,
    phone: String,
}

async fn window(State(director): State<Director>, Json(said): Json<Pair>) -> StatusCode {
    director.opens_window(&said.number, &said.phone);
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phone {
    phone: String,
}

async fn nowhere(State(director): State<Director>, Json(said): Json<Phone>) -> StatusCode {
    director.is_not_on_whatsapp(&said.phone);
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    number: String,
    mime_type: String,
    base64: String,
}

async fn medium(State(director): State<Director>, Json(said): Json<Kept>) -> Result<Json<Value>, Response> {
    let bytes = STANDARD
        .decode(&said.base64)
        .map_err(|_| (StatusCode::BAD_REQUEST, Json(json!({ "error": "base64 is none" }))).into_response())?;
    let (id, sha256) = director.keeps_medium(&said.number, &said.mime_type, bytes);
    Ok(Json(json!({ "id": id, "mime_type": said.mime_type, "sha256": sha256 })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Became {
    wamid: String,
    status: String,
    /// Of what failed.
    code: Option<i64>,
}

async fn statuses(State(director): State<Director>, Json(said): Json<Vec<Became>>) -> Result<Json<Value>, Response> {
    let mut statuses = Vec::new();
    for Became { wamid, status, code } in &said {
        let status = match (status.as_str(), *code) {
            ("sent", None) => Status::Sent,
            ("delivered", None) => Status::Delivered,
            ("read", None) => Status::Read,
            ("played", None) => Status::Played,
            ("failed", Some(code)) => Status::Failed(code),
            ("failed", None) => Status::FailedWithoutErrors,
            _ => {
                let why =
                    json!({ "error": "status is sent, delivered, read, played or failed; only failed has a code" });
                return Err((StatusCode::BAD_REQUEST, Json(why)).into_response());
            }
        };
        statuses.push((wamid.as_str(), status));
    }
    let posted = director.tell_all(&statuses).await.map_err(IntoResponse::into_response)?;
    Ok(Json(json!({ "posted": told(posted) })))
}

async fn fault(State(director): State<Director>, Json(fault): Json<Fault>) -> StatusCode {
    director.plan(fault);
    DONE
}

async fn no_faults(State(director): State<Director>) -> StatusCode {
    director.plans_nothing();
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lasts {
    lasts: bool,
}

async fn outage(State(director): State<Director>, Json(said): Json<Lasts>) -> StatusCode {
    director.outage(said.lasts);
    DONE
}

async fn mishaps(State(director): State<Director>, Json(said): Json<Mishaps>) -> StatusCode {
    director.happens_to_statuses(said);
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moves {
    seconds: i64,
}

async fn clock(State(director): State<Director>, Json(said): Json<Moves>) -> StatusCode {
    director.moves_clock(said.seconds);
    DONE
}

async fn template(
    State(director): State<Director>,
    Path(id): Path<String>,
    Json(update): Json<TemplateUpdate>,
) -> Result<Json<Value>, NotTold> {
    let posted = director.update_template(&id, &update).await?;
    Ok(Json(json!({ "posted": told(posted) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageOf {
    token: String,
    page_id: String,
    name: String,
}

async fn page(State(director): State<Director>, Json(said): Json<PageOf>) -> StatusCode {
    director.has_page(&said.token, &said.page_id, &said.name);
    DONE
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormOf {
    page_id: String,
    form_id: String,
    name: String,
}

async fn form(State(director): State<Director>, Json(said): Json<FormOf>) -> Result<StatusCode, NotTold> {
    director.has_form(&said.page_id, &said.form_id, &said.name)?;
    Ok(DONE)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FillsIn {
    form_id: String,
    answers: Vec<(String, Value)>,
    #[serde(default)]
    consents: Vec<(String, bool)>,
    ad: Option<Ad>,
    /// Unix seconds.
    created: Option<i64>,
    /// Whether nobody is told of it.
    #[serde(default)]
    silently: bool,
}

async fn lead(State(director): State<Director>, Json(said): Json<FillsIn>) -> Result<Json<Value>, NotTold> {
    let FillsIn { form_id, answers, consents, ad, created, silently } = said;
    let fill = Fill { answers, consents, ad, created };
    if silently {
        let lead_id = director.fills_in_silently(&form_id, fill)?;
        return Ok(Json(json!({ "lead_id": lead_id, "posted": null })));
    }
    let filled = director.fills_in(&form_id, fill).await?;
    Ok(Json(json!({ "lead_id": filled.lead_id, "posted": told(filled.posted) })))
}

async fn lead_again(State(director): State<Director>, Path(id): Path<String>) -> Result<Json<Value>, NotTold> {
    let posted = director.tells_of_leads(&[&id]).await?;
    Ok(Json(json!({ "posted": told(posted) })))
}

async fn no_lead(State(director): State<Director>, Path(id): Path<String>) -> Result<StatusCode, NotTold> {
    if director.loses_lead(&id) { Ok(DONE) } else { Err(NotTold::NoLead(id)) }
}
