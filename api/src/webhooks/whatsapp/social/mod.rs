//! What people write to a page in Messenger and to an account of Instagram, and what the business writes there elsewhere than here.
//!
//! One item of `messaging` is one message, one act, or how far messages got. Whom it is from shows by who is the account: Meta says so in its entry, and
//! where that is neither of both, echoes are from the account and all else is to it.

mod content;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use leadflow_domain::channel::SocialNetwork;
use leadflow_domain::conversation::MessageContent;
use leadflow_domain::outbound_message::{DeliveryStatus, ReportedStatus, Via};
use serde_json::Value;

use super::echo::Echo;
use super::envelope::Reading;
use super::json::{canonical, elements, moment, text};
use super::message::{Act, Inbound, Party, ToldAt, Unreceived, Written, id_of};
use super::place::Place;
use super::status::Status;
use content::{content, of_story, referral, unknown};

/// Longest id of a person that is taken for one (Meta's have some 17 digits).
const LONGEST_PERSON: usize = 128;

/// Longest name of a kind, an app or a way that is kept.
const LONGEST_NAME: usize = 64;

/// What Meta calls somebody at one account, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScopedUser {
    /// Where the account is.
    pub network: SocialNetwork,
    /// Meta's id of the account.
    pub account: String,
    /// Meta's id of her there.
    pub id: String,
}

/// That all messages of the business to somebody got so far, up to a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The account that they left.
    pub place: Place,
    /// To whom.
    pub recipient: Party,
    /// How far.
    pub reached: DeliveryStatus,
    /// Those until then.
    pub until: Timestamp,
    /// When that was told.
    pub told_at: ToldAt,
    /// All of it: one with another text is another one.
    pub fingerprint: String,
}

/// What is told beside conversations, and nothing acts on.
const NOTICES: [(&str, &str); 7] = [
    ("optin", "that somebody wants to be written to: nothing here acts on it"),
    ("account_linking", "that somebody linked an account: nothing here acts on it"),
    ("pass_thread_control", "that another app answers from now on"),
    ("take_thread_control", "that another app answers from now on"),
    ("request_thread_control", "that another app wants to answer"),
    ("app_roles", "which apps may answer"),
    ("game_play", "that somebody played: nothing here acts on it"),
];

/// What an item of `messaging` is called by what it has; `None` for what is none.
pub(super) fn kind_of(told: &Value) -> Option<&'static str> {
    let message = &told["message"];
    let says = |name: &str| message[name] == true;
    let has = |name: &&'static str| told.get(*name).is_some_and(Value::is_object);
    match () {
        () if says("is_deleted") => Some("unsent"),
        () if says("is_echo") => Some("echo"),
        () if says("is_unsupported") => Some("unsupported"),
        () => ["message", "message_edit", "delivery", "read", "postback", "reaction", "referral"]
            .into_iter()
            .find(has)
            .or_else(|| NOTICES.into_iter().map(|(name, _)| name).find(has)),
    }
}

/// Reads an item of `messaging` of the entry with this id; `kind` is what it is called.
///
/// # Errors
/// [`Unreceived`], with what is missing or odd.
pub(super) fn read(
    network: SocialNetwork,
    entry: Option<&str>,
    kind: &str,
    told: &Value,
) -> Result<Reading, Unreceived> {
    if let Some((_, notice)) = NOTICES.into_iter().find(|(name, _)| *name == kind) {
        return Ok(Reading::Notice(notice.to_owned()));
    }
    let item = Item::of(network, entry, told)?;
    let message = &told["message"];
    let said = |what: &'static str, why| id_of(told[what].get("mid")).ok_or(Unreceived::Broken(why));
    let (id, act) = match kind {
        "delivery" => return item.reach(&told["delivery"], DeliveryStatus::Delivered),
        "read" => return item.reach(&told["read"], DeliveryStatus::Read),
        "unsent" => {
            let original = said("message", "it does not say which message it is about")?;
            (format!("{original}:unsent"), Act::Revocation { original })
        }
        "message_edit" => {
            let original = said("message_edit", "it does not say which message it is about")?;
            let body = text(told.pointer("/message_edit/text"))
                .ok_or(Unreceived::Broken("it does not say what was changed"))?;
            let times = text(told.pointer("/message_edit/num_edit")).unwrap_or_else(|| stamp(&item.told_at));
            (
                format!("{original}:edit:{times}"),
                Act::Edit { original, content: MessageContent::Text { body: body.into() } },
            )
        }
        "reaction" => {
            let to = said("reaction", "it does not say which message it is about")?;
            let said = |name: &str| text(told["reaction"].get(name));
            let is_taken_back = said("action").is_some_and(|action| action == "unreact");
            let emoji = said("emoji").or_else(|| said("reaction")).filter(|_| !is_taken_back);
            let at = stamp(&item.told_at);
            (format!("{to}:reaction:{at}:{}", emoji.as_deref().unwrap_or_default()), Act::Reaction { to, emoji })
        }
        "referral" => {
            let id = format!("referral:{}:{}", item.person.id, stamp(&item.told_at));
            // She came, and wrote nothing yet.
            let written = Written { referral: referral(&told["referral"]), ..Written::of(MessageContent::Welcome {}) };
            (id, Act::Message(Box::new(written)))
        }
        "postback" => {
            let postback = &told["postback"];
            let id = said("postback", "it has no id of 1 to 512 bytes")?;
            let title = text(postback.get("title")).or_else(|| text(postback.get("payload")));
            let content = match title {
                Some(title) => MessageContent::Button {
                    text: title.into(),
                    payload: text(postback.get("payload")).map(Into::into),
                },
                None => unknown("postback", postback),
            };
            let written = Written { referral: referral(&postback["referral"]), ..Written::of(content) };
            (id, Act::Message(Box::new(written)))
        }
        _ => {
            let id = said("message", "it has no id of 1 to 512 bytes")?;
            let story = &message["reply_to"]["story"];
            let written = Written {
                replies_to: id_of(message.pointer("/reply_to/mid")),
                referral: of_story(story).or_else(|| referral(&message["referral"])),
                ..Written::of(content(kind, message))
            };
            (id, Act::Message(Box::new(written)))
        }
    };
    // What an act is called is made of what its message is.
    let id =
        Some(id).filter(|id| id.len() <= LONGEST_ID).ok_or(Unreceived::Broken("it has no id of 1 to 512 bytes"))?;
    Ok(item.by_whom(id, act, message))
}

/// Longest id of a message or act.
const LONGEST_ID: usize = 512;

/// Between whom an item is, and when.
struct Item<'a> {
    place: Place,
    person: ScopedUser,
    /// Whether the business wrote or did it.
    is_of_business: bool,
    told_at: ToldAt,
    told: &'a Value,
}

impl<'a> Item<'a> {
    fn of(network: SocialNetwork, entry: Option<&str>, told: &'a Value) -> Result<Self, Unreceived> {
        let party = |name: &str| text(told.get(name).and_then(|party| party.get("id")));
        let sender = party("sender").ok_or(Unreceived::Broken("it names no sender"))?;
        let recipient = party("recipient").ok_or(Unreceived::Broken("it names no recipient"))?;
        let is_entry = |id: &str| entry == Some(id);
        let is_echo = told["message"]["is_echo"] == true;
        if sender == recipient {
            return Err(Unreceived::Broken("it is to whom it is from"));
        }
        let (is_of_business, account, person) = match (is_entry(&sender), is_entry(&recipient), is_echo) {
            (true, ..) | (false, false, true) => (true, sender, recipient),
            // Whoever is the account is not the customer.
            (false, true, true) => (true, recipient, sender),
            (false, _, false) => (false, recipient, sender),
        };
        if person.len() > LONGEST_PERSON {
            return Err(Unreceived::Broken("whom it names is nobody of Meta's"));
        }
        let person = ScopedUser { network, account: account.clone(), id: person };
        let told_at = told_at(told.get("timestamp"));
        Ok(Self { place: Place::Account(network, account), person, is_of_business, told_at, told })
    }

    fn by_whom(self, id: String, act: Act, message: &Value) -> Reading {
        let Self { place, person, is_of_business, told_at, .. } = self;
        let party = Party::scoped(person);
        if is_of_business {
            let via = via(message);
            return Reading::Echo(Box::new(Echo { place, id, recipient: party, name: None, told_at, via, act }));
        }
        Reading::Inbound(Box::new(Inbound { place, id, group: None, sender: party, name: None, told_at, act }))
    }

    /// How far messages of the business got: one that is named, or all until a moment.
    fn reach(self, of: &Value, reached: DeliveryStatus) -> Result<Reading, Unreceived> {
        let Self { place, person, is_of_business, told_at, told } = self;
        if is_of_business {
            return Ok(Reading::Notice("how far a customer's message got: nothing here acts on it".to_owned()));
        }
        let (recipient, fingerprint) = (Party::scoped(person), canonical(told));
        let named = match (elements(of.get("mids")), of.get("mid")) {
            ([one], None) => id_of(Some(one)),
            (_, one) => id_of(one),
        };
        if let Some(message) = named {
            return Ok(Reading::Status(Box::new(Status {
                place,
                message,
                recipient: Some(recipient),
                status: ReportedStatus::Reached(reached),
                told_at,
                participant: None,
                callback_data: None,
                pricing: None,
                billed_conversation: None,
                errors: Vec::new(),
                fingerprint,
            })));
        }
        let until =
            moment(of.get("watermark")).ok_or(Unreceived::Broken("it does not say which messages it is about"))?;
        Ok(Reading::Reach(Box::new(Reach { place, recipient, reached, until, told_at, fingerprint })))
    }
}

fn told_at(timestamp: Option<&Value>) -> ToldAt {
    match moment(timestamp) {
        Some(at) => ToldAt::At(at),
        None => ToldAt::Odd(timestamp.unwrap_or(&Value::Null).to_string().chars().take(LONGEST_NAME).collect()),
    }
}

/// A moment as what Meta names by nothing else is told apart by it.
fn stamp(told_at: &ToldAt) -> String {
    match told_at {
        ToldAt::At(at) => at.as_millisecond().to_string(),
        ToldAt::Odd(given) => given.clone(),
    }
}

/// In Meta's words, which app wrote it; by the page's own there is none.
fn via(message: &Value) -> Via {
    let app = text(message.get("app_id")).map(|id| format!("app_id {id}"));
    Via::Other(app.unwrap_or_else(|| "message_echoes".to_owned()).chars().take(LONGEST_NAME).collect())
}
