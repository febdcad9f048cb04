//! Says what a simulator plays, and tells what it has seen.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use thiserror::Error;

use super::customers::{NotTold, Script, Written};
use super::fault::{Answer, Fault};
use super::leads::{Fill, Filled};
use super::media;
use super::phones;
use super::played::{Number, Played};
use super::posts::Posted;
use super::seen::{Accepted, Request, Seen};
use super::settings::Mishaps;
use super::statuses::Status;
use super::templates::TemplateUpdate;
use super::webhooks::BusinessNumber;

/// What was waited for has not happened in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it has not happened in time")]
pub struct TooLate;

/// Says what a simulator plays, and tells what it has seen.
#[derive(Debug, Clone)]
pub struct Director(pub(super) Arc<Played>);

impl Director {
    /// The API's address.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url.clone()
    }

    /// When the simulator was started: what it has seen came so many milliseconds later.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.0.clock.started()
    }

    /// Posts webhooks there from now on.
    pub fn posts_to(&self, url: &str) {
        self.0.state().posts_to = Some(url.to_owned());
    }

    /// From now on there is this number, and `token` reaches it.
    pub fn reaches(&self, token: &str, number: BusinessNumber, verified_name: &str) {
        let state = &mut *self.0.state();
        let id = number.phone_number_id.clone();
        state.tokens.entry(token.to_owned()).or_default().insert(id.clone());
        state.numbers.insert(id, Number { business: number, verified_name: verified_name.to_owned() });
    }

    /// From now on the token is none.
    pub fn revoke(&self, token: &str) {
        self.0.state().tokens.remove(token);
    }

    /// Answers the requests to come so, each once, in this order.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.0.state().answers.extend(answers);
    }

    /// Something goes wrong with the next requests that match.
    pub fn plan(&self, fault: Fault) {
        self.0.state().faults.push(fault);
    }

    /// What was planned to go wrong does not.
    pub fn plans_nothing(&self) {
        let state = &mut *self.0.state();
        state.faults.clear();
        state.answers.clear();
    }

    /// From now on so many of a thousand statuses meet with something, where they are told by themselves.
    pub fn happens_to_statuses(&self, mishaps: Mishaps) {
        self.0.state().mishaps = mishaps;
    }

    /// While it lasts, every request is refused with 503.
    pub fn outage(&self, lasts: bool) {
        self.0.state().out = lasts;
    }

    /// Nobody has this number on WhatsApp.
    pub fn is_not_on_whatsapp(&self, phone: &str) {
        let digits = phones::digits(phone).unwrap_or_else(|| phone.to_owned());
        let known = self.0.known_by(&digits);
        self.0.state().nowhere.insert(known);
    }

    /// The customer has just written to the number, and no webhook tells of it.
    pub fn opens_window(&self, phone_number_id: &str, phone: &str) {
        let digits = phones::digits(phone).unwrap_or_else(|| phone.to_owned());
        let (known, now) = (self.0.known_by(&digits), self.0.clock.micros());
        self.0.state().wrote.insert((phone_number_id.to_owned(), known), now);
    }

    /// Moves the simulator's clock by so many seconds.
    pub fn moves_clock(&self, seconds: i64) {
        self.0.clock.moves_by(seconds);
    }

    /// What is told at once, in one webhook for each number.
    ///
    /// # Errors
    /// [`NotTold`] when a message was not accepted.
    pub async fn tell_all(&self, statuses: &[(&str, Status)]) -> Result<Posted, NotTold> {
        self.0.tell(statuses).await
    }

    /// Tells what became of a message; however often, in whatever order.
    ///
    /// # Errors
    /// [`NotTold`] when it was not accepted.
    pub async fn tell(&self, wamid: &str, status: Status) -> Result<Posted, NotTold> {
        self.0.tell(&[(wamid, status)]).await
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
        self.0.customer_writes(phone_number_id, phone, Some(name), text).await
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
        self.0.customer_sends(phone_number_id, phone, Some(name), content).await
    }

    /// A customer answers what reaches her.
    pub fn plays(&self, script: Script) {
        let customer = script.customer.map(|phone| phones::digits(&phone).unwrap_or(phone));
        let customer = customer.map(|digits| self.0.known_by(&digits));
        self.0.state().scripts.push(Script { customer, ..script });
    }

    /// Keeps what a customer sends, and gives the id and the hash (in base64) that a webhook names it by.
    #[must_use]
    pub fn keeps_medium(&self, phone_number_id: &str, mime_type: &str, bytes: Vec<u8>) -> (String, String) {
        let day = media::Day::of(&self.0.clock);
        let state = &mut *self.0.state();
        let id = state.ids.id();
        let sha256 = state.media.keep(&id, phone_number_id, mime_type, Bytes::from(bytes), true, day);
        (id, STANDARD.encode(sha256))
    }

    /// Changes a template by hand, and tells of it.
    ///
    /// # Errors
    /// [`NotTold`] when there is no such template.
    pub async fn update_template(&self, id: &str, update: &TemplateUpdate) -> Result<Posted, NotTold> {
        self.0.update_template(id, update).await
    }

    /// From now on there is this page, and `token` reaches it. Nobody is told of its leads before somebody subscribes to them.
    pub fn has_page(&self, token: &str, page_id: &str, name: &str) {
        let state = &mut *self.0.state();
        state.tokens.entry(token.to_owned()).or_default().insert(page_id.to_owned());
        state.pages.put(page_id, name);
    }

    /// From now on the page has this lead form.
    ///
    /// # Errors
    /// [`NotTold`] when there is no such page.
    pub fn has_form(&self, page_id: &str, form_id: &str, name: &str) -> Result<(), NotTold> {
        let made = self.0.state().pages.put_form(page_id, form_id, name);
        if made { Ok(()) } else { Err(NotTold::NoPage(page_id.to_owned())) }
    }

    /// Somebody fills in a form, and the page's webhook tells of it.
    ///
    /// # Errors
    /// [`NotTold`] when there is no such form.
    pub async fn fills_in(&self, form_id: &str, said: Fill) -> Result<Filled, NotTold> {
        let lead_id = self.0.fill_in(form_id, said)?;
        let posted = self.0.tell_leads(&[&lead_id]).await?;
        Ok(Filled { lead_id, posted })
    }

    /// Somebody fills in a form, and nobody is told of it; its id.
    ///
    /// # Errors
    /// [`NotTold`] when there is no such form.
    pub fn fills_in_silently(&self, form_id: &str, said: Fill) -> Result<String, NotTold> {
        self.0.fill_in(form_id, said)
    }

    /// Tells of leads once more, all in one webhook.
    ///
    /// # Errors
    /// [`NotTold`] when there is no such lead.
    pub async fn tells_of_leads(&self, leads: &[&str]) -> Result<Posted, NotTold> {
        self.0.tell_leads(leads).await
    }

    /// A lead is gone; whether it was there.
    #[must_use]
    pub fn loses_lead(&self, lead_id: &str) -> bool {
        self.0.state().pages.remove_lead(lead_id)
    }

    /// What `look` finds in all that was seen. Nothing else happens meanwhile: it must be quick.
    pub fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.0.state().seen)
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
        tokio::time::timeout(within, self.0.until(holds)).await.map_err(|_| TooLate)
    }

    /// Forgets what was seen; numbers, customers, templates and media stay.
    pub fn forget(&self) {
        self.0.change(|state| state.seen.forget());
    }
}
