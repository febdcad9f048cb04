//! Tells what becomes of messages: by hand, or by itself after a while.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::customers::{NotTold, On, contact};
use super::fault::Mishap;
use super::phones;
use super::played::{Played, State};
use super::posts::Posted;
use super::refusal;
use super::settings::Delays;
use super::webhooks::{BusinessNumber, changes};

/// As many are told in one webhook.
const MOST_AT_ONCE: usize = 1_000;

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It has left Meta.
    Sent,
    /// It has reached the customer.
    Delivered,
    /// She has read it.
    Read,
    /// She has listened to it; of voice messages.
    Played,
    /// It did not reach her, with this code of Meta's.
    Failed(i64),
    /// It did not reach her, and nothing is said of why.
    FailedWithoutErrors,
}

impl Status {
    /// As Meta spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed(_) | Self::FailedWithoutErrors => "failed",
        }
    }
}

/// What a webhook to one number says.
struct Webhook {
    business: BusinessNumber,
    statuses: Vec<Value>,
    contacts: Vec<Value>,
    about: Vec<String>,
}

impl Played {
    /// Tells what became of messages, in one webhook for each number.
    pub(super) async fn tell(self: &Arc<Self>, statuses: &[(&str, Status)]) -> Result<Posted, NotTold> {
        let (at, now) = (self.at(), self.clock.seconds());
        let (due, reached) = self.change(|state| {
            let is_unknown = |(wamid, _): &&(&str, Status)| !state.seen.by_wamid.contains_key(*wamid);
            if let Some((wamid, _)) = statuses.iter().find(is_unknown) {
                return Err(NotTold::NoMessage((*wamid).to_owned()));
            }
            let mut webhooks: Vec<Webhook> = Vec::new();
            let mut reached = Vec::new();
            for (wamid, status) in statuses {
                compose(state, wamid, *status, now, &mut webhooks);
                let message = state.seen.message(wamid);
                if let Some((number, Some(wa_id))) = message.map(|message| (&message.number, &message.wa_id)) {
                    reached.push((number.clone(), wa_id.clone(), *status));
                }
            }
            let due: Vec<_> = webhooks
                .into_iter()
                .map(|Webhook { business, statuses, contacts, about }| {
                    let mut said = json!({ "statuses": statuses });
                    if !contacts.is_empty() {
                        said["contacts"] = json!(contacts);
                    }
                    (state.due(at, about.join(", ")), changes(&business, &[("messages", said)]))
                })
                .collect();
            Ok((due, reached))
        })?;
        let mut posted = Posted::Nowhere;
        for (due, body) in due {
            posted = self.post(due, body).await;
        }
        for (number, wa_id, status) in reached {
            match status {
                Status::Delivered => self.answers_to(&number, &wa_id, On::Delivered),
                Status::Read => self.answers_to(&number, &wa_id, On::Read),
                Status::Sent | Status::Played | Status::Failed(_) | Status::FailedWithoutErrors => {}
            }
        }
        Ok(posted)
    }

    /// Has a message that was just accepted told of by itself, unless that is done by hand.
    pub(super) fn lives(self: &Arc<Self>, wamid: &str, mishap: Option<&Mishap>) {
        let played = Arc::clone(self);
        let wamid = wamid.to_owned();
        let course = self.course(&wamid, mishap);
        if course.is_empty() {
            return;
        }
        self.beside(async move {
            for (status, wait) in course {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                if played.settings.gathers.is_zero() {
                    // A message that was forgotten meanwhile is not told of.
                    let _ = played.tell(&[(&wamid, status)]).await;
                } else {
                    played.gather(&wamid, status);
                }
            }
        });
    }

    /// Tells it together with whatever is due within a while.
    fn gather(self: &Arc<Self>, wamid: &str, status: Status) {
        let (is_first, is_full) = {
            let gathered = &mut self.state().gathered;
            gathered.push((wamid.to_owned(), status));
            (gathered.len() == 1, gathered.len() >= MOST_AT_ONCE)
        };
        if !is_first && !is_full {
            return;
        }
        let played = Arc::clone(self);
        self.beside(async move {
            if !is_full {
                tokio::time::sleep(played.settings.gathers).await;
            }
            let gathered: Vec<(String, Status)> = {
                let state = &mut *played.state();
                let known = &state.seen.by_wamid;
                let due = std::mem::take(&mut state.gathered);
                due.into_iter().filter(|(wamid, _)| known.contains_key(wamid)).collect()
            };
            let gathered: Vec<(&str, Status)> =
                gathered.iter().map(|(wamid, status)| (wamid.as_str(), *status)).collect();
            if !gathered.is_empty() {
                // All were known a moment ago.
                let _ = played.tell(&gathered).await;
            }
        });
    }

    /// What is told of a message by itself, each after so many milliseconds.
    fn course(&self, wamid: &str, mishap: Option<&Mishap>) -> Vec<(Status, u64)> {
        let state = &mut *self.state();
        let mut course = Vec::new();
        let sent_first = matches!(mishap, Some(Mishap::SentFirst));
        let fails = if let Some(Mishap::FailsLater { code, millis }) = mishap { Some((*code, *millis)) } else { None };
        let delays = match &self.settings.delays {
            Delays::ByHand => None,
            Delays::Within { sent, delivered, read, .. } => Some((sent, delivered, read)),
        };
        if !sent_first && let Some((sent, _, _)) = delays {
            course.push((Status::Sent, state.chance.within(sent)));
        } else if !sent_first && fails.is_some() {
            course.push((Status::Sent, 0));
        }
        if let Some((code, millis)) = fails {
            course.push((Status::Failed(code), millis));
            return course;
        }
        let Some((_, delivered, read)) = delays else { return course };
        course.push((Status::Delivered, state.chance.within(delivered)));
        if let Some(read) = read {
            course.push((Status::Read, state.chance.within(read)));
            let message = state.seen.message(wamid);
            if message.is_some_and(|message| message.body["audio"]["voice"] == true) {
                course.push((Status::Played, state.chance.within(read)));
            }
        }
        let mishaps = state.mishaps;
        if state.chance.happens(mishaps.disordered) {
            // Only what is told moves; when, does not.
            let statuses: Vec<Status> = course.iter().rev().map(|(status, _)| *status).collect();
            for (told, status) in course.iter_mut().zip(statuses) {
                told.0 = status;
            }
        }
        let mut met = Vec::new();
        for (status, wait) in course {
            if state.chance.happens(mishaps.lost) {
                continue;
            }
            met.push((status, wait));
            if state.chance.happens(mishaps.doubled) {
                met.push((status, 0));
            }
        }
        met
    }
}

/// Says it in the webhook to the message's number.
fn compose(state: &mut State, wamid: &str, status: Status, now: i64, webhooks: &mut Vec<Webhook>) {
    let State { seen, numbers, customers, .. } = state;
    let place = seen.by_wamid.get(wamid).copied();
    // Numbers stay, and what is told of was accepted from one of them.
    let Some(message) = place.and_then(|place| seen.accepted.get_mut(place)) else { return };
    let Some(number) = numbers.get(&message.number) else { return };
    // Meta prices what was sent, and once more what was delivered or, when that is skipped, read.
    let is_priced = match status {
        Status::Sent => true,
        Status::Delivered | Status::Read => !message.told.iter().any(|told| matches!(&**told, "delivered" | "read")),
        Status::Played | Status::Failed(_) | Status::FailedWithoutErrors => false,
    };
    message.told.push(status.name().to_owned());
    let place = webhooks.iter().position(|webhook| webhook.business == number.business);
    let place = place.unwrap_or_else(|| {
        let business = number.business.clone();
        webhooks.push(Webhook { business, statuses: Vec::new(), contacts: Vec::new(), about: Vec::new() });
        webhooks.len() - 1
    });
    let Webhook { business, statuses, contacts, about } = &mut webhooks[place];
    let mut said = json!({ "id": wamid, "status": status.name(), "timestamp": now.to_string() });
    let failed = matches!(status, Status::Failed(_) | Status::FailedWithoutErrors);
    if let Some(wa_id) = &message.wa_id {
        said["recipient_id"] = json!(wa_id);
        if !failed {
            said["recipient_user_id"] = json!(phones::user_id(&business.waba_id, wa_id));
            contacts.push(contact(business, wa_id, customers.get(wa_id)));
        }
    } else {
        said["recipient_user_id"] = json!(message.to);
    }
    if let Some(data) = &message.callback_data {
        said["biz_opaque_callback_data"] = json!(data);
    }
    if is_priced {
        said["pricing"] = json!({
            "billable": message.billable,
            "pricing_model": "PMP",
            "type": if message.billable { "regular" } else { "free_customer_service" },
            "category": message.category,
        });
    }
    if let Status::Failed(code) = status {
        let title = refusal::of_code(code).1;
        said["errors"] = json!([{
            "code": code,
            "title": title,
            "message": title,
            "error_data": { "details": format!("The message was not delivered: {title}.") },
            "href": "/documentation/business-messaging/whatsapp/support/error-codes",
        }]);
    }
    statuses.push(said);
    about.push(format!("{} of {wamid}", status.name()));
}
