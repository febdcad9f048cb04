//! The simulator itself, and what its owner may say to it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use serde_json::{Map, Value};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::customers::{NotTold, Script, Written};
use super::fault::{Answer, Fault};
use super::line::{Doorway, Knife};
use super::media;
use super::messages::messages;
use super::node::node;
use super::phones;
use super::played::{Number, Played};
use super::posts::Posted;
use super::seen::{Accepted, Outcome, Request, Seen};
use super::settings::Settings;
use super::statuses::Status;
use super::templates::{self, TemplateUpdate};
use super::webhooks::BusinessNumber;

/// What was waited for has not happened in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it has not happened in time")]
pub struct TooLate;

/// A server that speaks as the Graph API does for WhatsApp, and posts webhooks as Meta does, until it is dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    played: Arc<Played>,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Listens on this machine, at any port that is free. It knows no token and no number.
    ///
    /// # Errors
    /// When it can't listen.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        Self::listen((Ipv4Addr::LOCALHOST, 0).into(), settings).await
    }

    /// Listens there. It knows no token and no number.
    ///
    /// # Errors
    /// When it can't listen.
    pub async fn listen(address: SocketAddr, settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        // Who is told is told directly: there is no proxy between Meta and a business.
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = client.build().map_err(io::Error::other)?;
        let played = Played::new(settings, format!("http://{address}"), client);
        let doorway = Doorway { listener, gone: played.gone.subscribe() };
        let routes = routes(&played).into_make_service_with_connect_info::<Knife>();
        let server = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(doorway, routes).await;
        });
        Ok(Self { address, played, server })
    }

    /// The API's address.
    #[must_use]
    pub fn url(&self) -> String {
        self.played.url.clone()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Posts webhooks there from now on.
    pub fn posts_to(&self, url: &str) {
        self.played.state().posts_to = Some(url.to_owned());
    }

    /// From now on there is this number, and `token` reaches it.
    pub fn reaches(&self, token: &str, number: BusinessNumber, verified_name: &str) {
        let state = &mut *self.played.state();
        let id = number.phone_number_id.clone();
        state.tokens.entry(token.to_owned()).or_default().insert(id.clone());
        state.numbers.insert(id, Number { business: number, verified_name: verified_name.to_owned() });
    }

    /// From now on the token is none.
    pub fn revoke(&self, token: &str) {
        self.played.state().tokens.remove(token);
    }

    /// Answers the requests to come so, each once, in this order.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.played.state().answers.extend(answers);
    }

    /// Something goes wrong with the next requests that match.
    pub fn plan(&self, fault: Fault) {
        self.played.state().faults.push(fault);
    }

    /// While it lasts, every request is refused with 503.
    pub fn outage(&self, lasts: bool) {
        self.played.state().out = lasts;
    }

    /// Nobody has this number on WhatsApp.
    pub fn is_not_on_whatsapp(&self, phone: &str) {
        let digits = phones::digits(phone).unwrap_or_else(|| phone.to_owned());
        let known = self.played.known_by(&digits);
        self.played.state().nowhere.insert(known);
    }

    /// The customer has just written to the number, and no webhook tells of it.
    pub fn opens_window(&self, phone_number_id: &str, phone: &str) {
        let digits = phones::digits(phone).unwrap_or_else(|| phone.to_owned());
        let (known, now) = (self.played.known_by(&digits), self.played.clock.micros());
        self.played.state().wrote.insert((phone_number_id.to_owned(), known), now);
    }

    /// Moves the simulator's clock by so many seconds.
    pub fn moves_clock(&self, seconds: i64) {
        self.played.clock.moves_by(seconds);
    }

    /// What is told at once, in one webhook for each number.
    ///
    /// # Errors
    /// [`NotTold`] when a message was not accepted.
    pub async fn tell_all(&self, statuses: &[(&str, Status)]) -> Result<Posted, NotTold> {
        self.played.tell(statuses).await
    }

    /// Tells what became of a message; however often, in whatever order.
    ///
    /// # Errors
    /// [`NotTold`] when it was not accepted.
    pub async fn tell(&self, wamid: &str, status: Status) -> Result<Posted, NotTold> {
        self.played.tell(&[(wamid, status)]).await
    }

    /// A customer writes to the number.
    ///
    /// # Errors
    /// [`NotTold`] when there is no such number, or hers is none.
    pub async fn customer_writes(
        &self,
        phone_number_id: &str,
        phone: &str,
        name: &str,
        text: &str,
    ) -> Result<Written, NotTold> {
        self.played.customer_writes(phone_number_id, phone, Some(name), text).await
    }

    /// A customer sends something else than text: `type`, and what goes with it.
    ///
    /// # Errors
    /// [`NotTold`] when there is no such number, or hers is none.
    pub async fn customer_sends(
        &self,
        phone_number_id: &str,
        phone: &str,
        name: &str,
        content: &Map<String, Value>,
    ) -> Result<Written, NotTold> {
        self.played.customer_sends(phone_number_id, phone, Some(name), content).await
    }

    /// A customer answers what reaches her.
    pub fn plays(&self, script: Script) {
        let customer = script.customer.map(|phone| phones::digits(&phone).unwrap_or(phone));
        let customer = customer.map(|digits| self.played.known_by(&digits));
        self.played.state().scripts.push(Script { customer, ..script });
    }

    /// Keeps what a customer sends, and gives the id that a webhook names it by.
    #[must_use]
    pub fn keeps_medium(&self, phone_number_id: &str, mime_type: &str, bytes: Vec<u8>) -> String {
        let day = media::Day::of(&self.played.clock);
        let state = &mut *self.played.state();
        let id = state.ids.id();
        state.media.keep(&id, phone_number_id, mime_type, Bytes::from(bytes), true, day);
        id
    }

    /// Changes a template by hand, and tells of it.
    ///
    /// # Errors
    /// [`NotTold`] when there is no such template.
    pub async fn update_template(&self, id: &str, update: &TemplateUpdate) -> Result<Posted, NotTold> {
        self.played.update_template(id, update).await
    }

    /// What `look` finds in all that was seen. Nothing else happens meanwhile: it must be quick.
    pub fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.played.state().seen)
    }

    /// The messages that were accepted, in their order.
    #[must_use]
    pub fn accepted(&self) -> Vec<Accepted> {
        self.seen(|seen| seen.accepted().to_vec())
    }

    /// All requests to the Graph API, in their order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.seen(|seen| seen.requests().to_vec())
    }

    /// What was asked for, without the tokens, in its order; the method stands before it unless that is GET.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        let asked = |request: &Request| match request.method.as_str() {
            "GET" => request.path.clone(),
            method => format!("{method} {}", request.path),
        };
        self.seen(|seen| seen.requests().iter().map(asked).collect())
    }

    /// Waits until something holds of what was seen; it is looked at after each change.
    ///
    /// # Errors
    /// [`TooLate`].
    pub async fn until(&self, within: Duration, holds: impl Fn(&Seen) -> bool) -> Result<(), TooLate> {
        tokio::time::timeout(within, self.played.until(holds)).await.map_err(|_| TooLate)
    }

    /// Forgets what was seen; numbers, customers, templates and media stay.
    pub fn forget(&self) {
        self.played.change(|state| state.seen.forget());
    }

    /// How many requests have no answer yet, those that will never have one excluded.
    #[must_use]
    pub fn open(&self) -> usize {
        self.seen(|seen| seen.requests().iter().filter(|request| request.outcome == Outcome::Open).count())
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
        self.played.gone.send_replace(true);
    }
}

fn routes(played: &Arc<Played>) -> Router {
    let upload = post(media::uploaded).layer(DefaultBodyLimit::max(media::LARGEST_UPLOAD));
    let templates = get(templates::listed).post(templates::created).delete(templates::deleted);
    Router::new()
        .route("/{version}/{id}", get(node))
        .route("/{version}/{id}/messages", post(messages))
        .route("/{version}/{id}/media", upload)
        .route("/{version}/{id}/message_templates", templates)
        .route("/_media/{id}", get(media::downloaded))
        .with_state(Arc::clone(played))
}
