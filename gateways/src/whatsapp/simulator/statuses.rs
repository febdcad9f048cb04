//! Tells what becomes of messages: by hand, or by itself after a while.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::customers::{NotTold, On, contacts};
use super::fault::Mishap;
use super::phones;
use super::played::Played;
use super::posts::Posted;
use super::refusal;
use super::settings::Delays;
use super::webhooks::changes;

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

impl Played {
    /// Tells what became of messages, in one webhook for each number.
    pub(super) async fn tell(self: &Arc<Self>, statuses: &[(&str, Status)]) -> Result<Posted, NotTold> {
        let mut posted = Posted::Nowhere;
        let mut reached = Vec::new();
        let mut bodies: Vec<(String, Value, String)> = Vec::new();
        for (wamid, status) in statuses {
            let (number, value, wa_id) = self.status(wamid, *status)?;
            if let Some(wa_id) = wa_id {
                reached.push((number.clone(), wa_id, *status));
            }
            let about = format!("{} of {wamid}", status.name());
            match bodies.iter_mut().find(|(of, _, _)| *of == number) {
                Some((_, said, all)) => {
                    for list in ["statuses", "contacts"] {
                        let more = value[list].as_array().cloned().unwrap_or_default();
                        if let Some(told) = said[list].as_array_mut() {
                            told.extend(more);
                        }
                    }
                    *all = format!("{all}, {about}");
                }
                None => bodies.push((number, value, about)),
            }
        }
        for (number, mut said, about) in bodies {
            let business = self.state().number(&number).map(|number| number.business.clone());
            let business = business.map_err(|_| NotTold::NoNumber(number))?;
            if said["contacts"].as_array().is_some_and(Vec::is_empty)
                && let Some(said) = said.as_object_mut()
            {
                said.remove("contacts");
            }
            posted = self.post(about, changes(&business, &[("messages", said)])).await;
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

    /// The number it is of, what is said of it, and whom it was for.
    fn status(&self, wamid: &str, status: Status) -> Result<(String, Value, Option<String>), NotTold> {
        let now = self.clock.seconds();
        self.change(|state| {
            let place = state.seen.by_wamid.get(wamid).copied();
            let Some(message) = place.and_then(|place| state.seen.accepted.get_mut(place)) else {
                return Err(NotTold::NoMessage(wamid.to_owned()));
            };
            // Meta prices what was sent, and once more what was delivered or, when that is skipped, read.
            let before = |names: &[&str]| message.told.iter().any(|told| names.contains(&told.as_str()));
            let is_priced = match status {
                Status::Sent => true,
                Status::Delivered | Status::Read => !before(&["delivered", "read"]),
                Status::Played | Status::Failed(_) | Status::FailedWithoutErrors => false,
            };
            message.told.push(status.name().to_owned());
            let message = message.clone();
            let Some(number) = state.numbers.get(&message.number) else {
                return Err(NotTold::NoNumber(message.number));
            };
            let business = &number.business;
            let mut said = json!({ "id": wamid, "status": status.name(), "timestamp": now.to_string() });
            let failed = matches!(status, Status::Failed(_) | Status::FailedWithoutErrors);
            let mut people = json!([]);
            if let Some(wa_id) = &message.wa_id {
                said["recipient_id"] = json!(wa_id);
                if !failed {
                    said["recipient_user_id"] = json!(phones::user_id(&business.waba_id, wa_id));
                    people = contacts(business, wa_id, &state.customers.get(wa_id).cloned().unwrap_or_default());
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
            Ok((message.number, json!({ "statuses": [said], "contacts": people }), message.wa_id))
        })
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
        let mishaps = self.settings.mishaps;
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
