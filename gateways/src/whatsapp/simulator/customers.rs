//! Customers: they write, and answer what reached them.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::phones;
use super::played::Played;
use super::posts::Posted;
use super::webhooks::{BusinessNumber, messages_change};

/// Somebody on WhatsApp.
#[derive(Debug, Clone, Default)]
pub(super) struct Customer {
    pub(super) name: Option<String>,
}

/// When a customer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// Once a message has reached her.
    Delivered,
    /// Once she has read one.
    Read,
}

/// What a customer answers, one text for each message that reaches her, until there is none left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Her digits; whoever is written to, where nothing is said.
    pub customer: Option<String>,
    /// When she answers.
    pub on: On,
    /// What she answers, in this order.
    pub texts: Vec<String>,
    /// After so many milliseconds.
    pub after: RangeInclusive<u64>,
}

/// Why nothing is told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotTold {
    /// The simulator has no such number.
    #[error("there is no number {0}")]
    NoNumber(String),
    /// What is written from has no digits of a phone.
    #[error("{0:?} is no phone number")]
    NoPhone(String),
    /// It did not accept such a message.
    #[error("no message {0} was accepted")]
    NoMessage(String),
    /// There is no such template.
    #[error("there is no template {0}")]
    NoTemplate(String),
    /// There is no such page.
    #[error("there is no page {0}")]
    NoPage(String),
    /// There is no such lead form.
    #[error("there is no form {0}")]
    NoForm(String),
    /// Nobody filled in such a form, or it is gone.
    #[error("there is no lead {0}")]
    NoLead(String),
}

/// What a customer wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The message's id.
    pub wamid: String,
    /// What became of its webhook.
    pub posted: Posted,
}

impl Played {
    /// The digits that WhatsApp knows a number by.
    pub(super) fn known_by(&self, digits: &str) -> String {
        if self.settings.rewrites_numbers { phones::rewritten(digits) } else { digits.to_owned() }
    }

    /// A customer sends `content`: `type`, and what goes with it.
    pub(super) async fn customer_sends(
        self: &Arc<Self>,
        number: &str,
        phone: &str,
        name: Option<&str>,
        content: &Map<String, Value>,
    ) -> Result<Written, NotTold> {
        let digits = phones::digits(phone).ok_or_else(|| NotTold::NoPhone(phone.to_owned()))?;
        let wa_id = self.known_by(&digits);
        let now = self.clock.micros();
        let at = self.at();
        let (business, customer, wamid, due) = self.change(|state| {
            let business = match state.numbers.get(number) {
                Some(number) => number.business.clone(),
                None => return Err(NotTold::NoNumber(number.to_owned())),
            };
            let customer = state.customers.entry(wa_id.clone()).or_default();
            if let Some(name) = name {
                customer.name = Some(name.to_owned());
            }
            let customer = customer.clone();
            // What WhatsApp says of her, she did not write.
            if content.get("type").is_none_or(|kind| kind != "system") {
                state.wrote.insert((number.to_owned(), wa_id.clone()), now);
            }
            state.pace.count(number, now);
            let wamid = state.ids.wamid(&wa_id, true);
            let due = state.due(at, format!("message {wamid}"));
            Ok((business, customer, wamid, due))
        })?;
        let mut message = json!({
            "from": wa_id,
            "from_user_id": phones::user_id(&business.waba_id, &wa_id),
            "id": wamid,
            "timestamp": self.clock.seconds().to_string(),
        });
        for (key, value) in content {
            message[key] = value.clone();
        }
        let contacts = json!([contact(&business, &wa_id, Some(&customer))]);
        let body = messages_change(&business, &contacts, &json!([message]));
        let posted = self.post(due, body).await;
        Ok(Written { wamid, posted })
    }

    pub(super) async fn customer_writes(
        self: &Arc<Self>,
        number: &str,
        phone: &str,
        name: Option<&str>,
        text: &str,
    ) -> Result<Written, NotTold> {
        let content = [("type".to_owned(), json!("text")), ("text".to_owned(), json!({ "body": text }))];
        self.customer_sends(number, phone, name, &Map::from_iter(content)).await
    }

    /// A message has reached a customer, or was read: she may answer.
    pub(super) fn answers_to(self: &Arc<Self>, number: &str, wa_id: &str, on: On) {
        let answer = {
            let state = &mut *self.state();
            let mut scripts = state.scripts.iter_mut();
            let script = scripts.find(|script| {
                script.on == on && !script.texts.is_empty() && script.customer.as_deref().is_none_or(|who| who == wa_id)
            });
            script.map(|script| (script.texts.remove(0), state.chance.within(&script.after)))
        };
        let Some((text, wait)) = answer else { return };
        let (played, number, wa_id) = (Arc::clone(self), number.to_owned(), wa_id.to_owned());
        self.beside(async move {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            // A number that is gone by now is not written to.
            let _ = played.customer_writes(&number, &wa_id, None, &text).await;
        });
    }
}

/// One of the `contacts` of a webhook; without a profile unless she has told her name.
pub(super) fn contact(business: &BusinessNumber, wa_id: &str, customer: Option<&Customer>) -> Value {
    let mut contact = json!({ "wa_id": wa_id, "user_id": phones::user_id(&business.waba_id, wa_id) });
    if let Some(name) = customer.and_then(|customer| customer.name.as_ref()) {
        contact["profile"] = json!({ "name": name });
    }
    contact
}
