//! What happens between a business and its customers, one thing after another, made up from a seed; and what the inbox
//! holds in the end, said without events, projectors or a database.
//!
//! Here order matters: who holds a number, what was read, what was resolved and opened again.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::export::{CanonicalExport, Conversation, Lead, Message};
use crate::kinds::{self, BEGINNING, List, Made};
use crate::ties::rank;

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A webhook comes.
    Deliver(Made),
    /// Somebody of the business does something about the customer with this number, digits without `+`.
    Do(String, Deed),
}

/// What somebody of the business does about a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Settles it.
    Resolve,
    /// Reads it.
    MarkRead,
    /// Says how much it matters.
    SetPriority(&'static str),
}

/// What happens, and what the inbox holds after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// One after another.
    pub steps: Vec<Step>,
    /// After the last of them.
    pub outcome: CanonicalExport,
}

const PRIORITIES: [&str; 5] = ["NONE", "LOW", "MEDIUM", "HIGH", "URGENT"];

/// A story of `length` steps on the number shown as `channel`.
#[must_use]
pub fn make(seed: u64, length: usize, channel: &str) -> Story {
    let mut teller = Teller {
        seed,
        rng: StdRng::seed_from_u64(seed),
        channel,
        now: BEGINNING,
        told: 0,
        people: Vec::new(),
        given_up: Vec::new(),
        steps: Vec::new(),
    };
    while teller.steps.len() < length {
        teller.goes_on();
    }
    let (conversations, leads) = teller.people.into_iter().map(Person::in_the_end).unzip();
    Story { steps: teller.steps, outcome: CanonicalExport::of(conversations, leads) }
}

struct Teller<'a> {
    seed: u64,
    rng: StdRng,
    channel: &'a str,
    now: i64,
    told: u32,
    people: Vec<Person>,
    /// Numbers that somebody had.
    given_up: Vec<String>,
    steps: Vec<Step>,
}

struct Person {
    phone: String,
    user_id: String,
    /// Whether WhatsApp has told of her user id.
    is_known_by_id: bool,
    thread: Conversation,
    captured_at: Option<Timestamp>,
}

impl Person {
    fn in_the_end(self) -> (Conversation, Lead) {
        let phone = format!("+{}", self.phone);
        let lead = Lead {
            captured_at: self.captured_at.unwrap_or_default(),
            phone: phone.clone(),
            source: "WHATSAPP".to_owned(),
            status: "NEW".to_owned(),
        };
        let mut thread = self.thread;
        thread.messages.sort();
        for message in thread.messages.iter_mut().filter(|message| message.direction == "INBOUND") {
            message.author = Some(phone.clone());
        }
        (Conversation { phone, ..thread }, lead)
    }

    /// A message or act stands in her thread.
    fn happened(&mut self, message: Message) {
        let latest = |message: &Message| (message.sent_at, rank(&message.provider_message_id));
        self.thread.messages.push(message);
        if let Some(last) = self.thread.messages.iter().max_by_key(|message| latest(message)) {
            self.thread.last_activity_at = last.sent_at;
            self.thread.last_message = Some(last.provider_message_id.clone());
        }
    }

    fn opens_the_window(&mut self, at: Timestamp) {
        self.thread.window_open_until = self.thread.window_open_until.max(Some(at + SignedDuration::from_hours(24)));
    }
}

fn moment(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or_default()
}

fn shown(at: i64, id: &str, direction: &str, kind: &str, text: String) -> Message {
    Message {
        sent_at: moment(at),
        provider_message_id: id.to_owned(),
        // Whoever she is in the end.
        author: None,
        direction: direction.to_owned(),
        kind: kind.to_owned(),
        text: Some(text),
        more: BTreeMap::new(),
    }
}

impl Teller<'_> {
    fn goes_on(&mut self) {
        // Some share their second with what came before.
        self.now += i64::from(self.rng.random_range(0..3_u8));
        if self.people.len() < 3 {
            return self.somebody_new_writes();
        }
        let whom = self.rng.random_range(0..self.people.len());
        match self.rng.random_range(0..22) {
            0 => self.somebody_new_writes(),
            1..=8 => self.writes(whom),
            9 => self.reacts(whom),
            10 | 11 => self.is_written_to(whom),
            12 => self.changes(whom, true, false),
            13 => self.changes(whom, false, true),
            14 => self.changes(whom, true, true),
            15..=17 => self.is_dealt_with(whom, Deed::Resolve),
            18 | 19 => self.is_dealt_with(whom, Deed::MarkRead),
            _ => {
                let priority = PRIORITIES[self.rng.random_range(0..PRIORITIES.len())];
                self.is_dealt_with(whom, Deed::SetPriority(priority));
            }
        }
    }

    fn id(&mut self) -> String {
        self.told += 1;
        kinds::id(self.seed, self.told)
    }

    fn deliver(&mut self, whom: usize, list: List, at: i64, item: Value) {
        let Person { phone, thread, .. } = &self.people[whom];
        let (customer, name) = (phone.clone(), thread.name.clone().unwrap_or_default());
        self.steps.push(Step::Deliver(Made { customer, name, at, list, item }));
    }

    /// Under a number that nobody had, or that somebody gave up.
    fn somebody_new_writes(&mut self) {
        let nth = self.people.len();
        let phone = self.given_up.pop().unwrap_or_else(|| format!("4917{nth:08}"));
        let thread = Conversation {
            phone: String::new(),
            name: Some(format!("Person {nth}")),
            channel: Some(self.channel.to_owned()),
            status: "OPEN".to_owned(),
            priority: "NONE".to_owned(),
            unread: 0,
            last_activity_at: Timestamp::default(),
            window_open_until: None,
            last_message: None,
            messages: Vec::new(),
        };
        let user_id = format!("DE.{nth}");
        self.people.push(Person { phone, user_id, is_known_by_id: false, thread, captured_at: None });
        self.writes(nth);
    }

    /// A message under her number, her user id, or both.
    fn inbound(&mut self, whom: usize, id: &str) -> Value {
        let way = self.rng.random_range(0..3);
        let person = &mut self.people[whom];
        let mut message = json!({"id": id, "timestamp": self.now.to_string()});
        if way < 2 || !person.is_known_by_id {
            message["from"] = json!(person.phone);
        }
        if way > 0 && (way == 1 || person.is_known_by_id) {
            message["from_user_id"] = json!(person.user_id);
            person.is_known_by_id = true;
        }
        message
    }

    fn writes(&mut self, whom: usize) {
        let (id, at) = (self.id(), self.now);
        let words = format!("words {}", self.told);
        let mut message = self.inbound(whom, &id);
        message["type"] = json!("text");
        message["text"] = json!({ "body": words });
        self.deliver(whom, List::Messages, at, message);
        let person = &mut self.people[whom];
        person.happened(shown(at, &id, "INBOUND", "TEXT", words));
        person.opens_the_window(moment(at));
        person.captured_at.get_or_insert(moment(at));
        person.thread.unread += 1;
        "OPEN".clone_into(&mut person.thread.status);
    }

    /// To whatever stands in her thread, but for other reactions: what is about one of these is about nothing. What is resolved stays so.
    fn reacts(&mut self, whom: usize) {
        let said = self.people[whom].thread.messages.iter().enumerate();
        let said: Vec<usize> = said.filter(|(_, message)| message.kind != "REACTION").map(|(which, _)| which).collect();
        let which = said[self.rng.random_range(0..said.len())];
        let (id, at) = (self.id(), self.now);
        let about = self.people[whom].thread.messages[which].provider_message_id.clone();
        let emoji = ["👍", "❤️", "😮"][self.rng.random_range(0..3)];
        let mut message = self.inbound(whom, &id);
        message["type"] = json!("reaction");
        message["reaction"] = json!({"message_id": about, "emoji": emoji});
        self.deliver(whom, List::Messages, at, message);
        let person = &mut self.people[whom];
        let mut reaction = shown(at, &id, "INBOUND", "REACTION", emoji.to_owned());
        let to = json!(about).to_string();
        reaction.more.insert("aboutProviderMessageId".to_owned(), to.clone());
        person.happened(reaction);
        person.opens_the_window(moment(at));
        let reactions =
            person.thread.messages.iter().filter(|message| message.more.get("aboutProviderMessageId") == Some(&to));
        let last = reactions.max_by_key(|message| (message.sent_at, rank(&message.provider_message_id)));
        let emoji = last.and_then(|message| message.text.clone());
        person.thread.messages[which].more.insert("reaction".to_owned(), json!(emoji).to_string());
    }

    /// The business writes in its app, and is told that she has read it.
    fn is_written_to(&mut self, whom: usize) {
        let (id, at) = (self.id(), self.now);
        let words = format!("answer {}", self.told);
        let phone = self.people[whom].phone.clone();
        let echo = json!({"to": phone, "id": id, "timestamp": at.to_string(), "type": "text", "text": {"body": words}});
        self.deliver(whom, List::AppEchoes, at, echo);
        let mut message = shown(at, &id, "OUTBOUND", "TEXT", words);
        if self.rng.random_bool(0.5) {
            let read = at + 2;
            let status = json!({"id": id, "status": "read", "timestamp": read.to_string(), "recipient_id": phone});
            self.deliver(whom, List::Statuses, read, status);
            message.more.insert("status".to_owned(), json!("READ").to_string());
            message.more.insert("readAt".to_owned(), json!(moment(read).to_string()).to_string());
        }
        self.people[whom].happened(message);
    }

    /// WhatsApp tells of a new number, a new user id, or both. Nobody wrote that.
    fn changes(&mut self, whom: usize, number: bool, user_id: bool) {
        let user_id = user_id && self.people[whom].is_known_by_id;
        if !number && !user_id {
            return;
        }
        let (id, at, nth) = (self.id(), self.now, self.told);
        let body = format!("change {nth}");
        let person = &mut self.people[whom];
        let mut message = json!({"id": id, "timestamp": at.to_string(), "type": "system", "system": {"body": body}});
        let system = &mut message["system"];
        if user_id {
            let before = std::mem::replace(&mut person.user_id, format!("DE.{nth}.new"));
            system["type"] = json!("user_changed_user_id");
            system["previous_user_id"] = json!(before);
            system["user_id"] = json!(person.user_id);
        }
        if number {
            let before = std::mem::replace(&mut person.phone, format!("4918{nth:08}"));
            system["type"] = json!("user_changed_number");
            system["wa_id"] = json!(person.phone);
            message["from"] = json!(before);
            self.given_up.push(before);
        }
        let change = if number { "number" } else { "user_id" };
        let mut shown = shown(at, &id, "INBOUND", "SYSTEM", body.clone());
        shown.more.insert("content".to_owned(), json!({"body": body, "change": change}).to_string());
        self.deliver(whom, List::Messages, at, message);
        self.people[whom].happened(shown);
    }

    fn is_dealt_with(&mut self, whom: usize, deed: Deed) {
        let Person { phone, thread, .. } = &mut self.people[whom];
        match deed {
            Deed::Resolve => "RESOLVED".clone_into(&mut thread.status),
            Deed::MarkRead => thread.unread = 0,
            Deed::SetPriority(priority) => priority.clone_into(&mut thread.priority),
        }
        self.steps.push(Step::Do(phone.clone(), deed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_story_and_everything_comes() {
        let story = make(7, 200, "+1");
        assert_eq!(story, make(7, 200, "+1"));
        let comes = |what: fn(&Step) -> bool| assert!(story.steps.iter().any(what));
        let system = |made: &Made, kind: &str| made.item["system"]["type"] == kind;
        assert!(
            story.steps.iter().any(|step| matches!(step, Step::Deliver(made) if system(made, "user_changed_number")))
        );
        assert!(
            story.steps.iter().any(|step| matches!(step, Step::Deliver(made) if system(made, "user_changed_user_id")))
        );
        comes(|step| matches!(step, Step::Deliver(made) if made.list == List::AppEchoes));
        comes(|step| matches!(step, Step::Deliver(made) if made.list == List::Statuses));
        comes(|step| matches!(step, Step::Do(_, Deed::Resolve)));
        comes(|step| matches!(step, Step::Do(_, Deed::MarkRead)));
        comes(|step| matches!(step, Step::Do(_, Deed::SetPriority("URGENT"))));
        let statuses: Vec<&str> = story.outcome.conversations.iter().map(|thread| thread.status.as_str()).collect();
        assert!(statuses.contains(&"OPEN") && statuses.contains(&"RESOLVED"), "{statuses:?}");
    }

    #[test]
    fn reactions_are_about_what_was_said() {
        for seed in 0..200 {
            let reactions = make(seed, 120, "+1").steps.into_iter().filter_map(|step| match step {
                Step::Deliver(made) if made.item["type"] == "reaction" => Some(made.item),
                Step::Deliver(_) | Step::Do(..) => None,
            });
            let reactions: Vec<Value> = reactions.collect();
            let about = |one: &Value, other: &Value| one["reaction"]["message_id"] == other["id"];
            assert!(!reactions.iter().any(|one| reactions.iter().any(|other| about(one, other))), "seed {seed}");
        }
    }

    #[test]
    fn a_number_that_was_given_up_is_somebody_else_s() {
        let story = make(7, 200, "+1");
        let writers = |number: &str| {
            let under = story.steps.iter().filter_map(|step| match step {
                Step::Deliver(made) if made.item["from"] == number && made.item["type"] == "text" => Some(&made.name),
                Step::Deliver(_) | Step::Do(..) => None,
            });
            under.collect::<std::collections::BTreeSet<_>>().len()
        };
        assert!((0..20).any(|nth| writers(&format!("4917{nth:08}")) > 1));
    }

    #[test]
    fn what_was_resolved_is_opened_again_by_what_she_writes() {
        let story = make(7, 200, "+1");
        let resolved = |upto: usize| {
            let made = make(7, upto, "+1").outcome.conversations;
            made.into_iter().filter(|thread| thread.status == "RESOLVED").count()
        };
        assert!((3..story.steps.len()).any(|upto| resolved(upto + 1) < resolved(upto)));
    }
}
