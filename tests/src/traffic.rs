//! All that a number has to do with, made up from a seed: what customers write, what the business writes elsewhere, and
//! how far that gets.
//!
//! Messages of the business have every fate that WhatsApp tells of, also odd ones; some statuses are of messages of which
//! nothing else is ever told.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::kinds::{self, List, Made};

/// Customers to whom the business writes, and who never write themselves.
pub const SILENT: u32 = 3;

/// What the business does elsewhere.
const DEEDS: [&str; 6] = ["text", "image", "text", "reaction", "edit", "revoke"];

/// How far a message gets: each word with the seconds since it was written.
const FATES: [&[(&str, i64)]; 10] = [
    &[("sent", 0), ("delivered", 2), ("read", 30)],
    &[("sent", 1), ("delivered", 1), ("read", 1), ("played", 9)],
    &[("sent", 1), ("failed", 4)],
    &[("read", 8)],
    &[("failed", 3), ("delivered", 5)],
    &[("sent", 1), ("sent", 2), ("delivered", 6), ("delivered", 4)],
    &[("failed", 2), ("failed", 2), ("failed", 1)],
    &[("sent", 1), ("deleted", 3)],
    &[("played", 7), ("sent", 7)],
    &[],
];

/// `count` items by their time, of `customers` who write and [`SILENT`] who don't.
#[must_use]
pub fn make(seed: u64, customers: u32, count: u32) -> Vec<Made> {
    let written = count / 2;
    let mut made = kinds::make(seed, customers, written);
    let mut business = Business {
        rng: StdRng::seed_from_u64(!seed),
        seed,
        customers,
        hers: made.clone(),
        // One is left out, of which customers speak and nobody else.
        next: written + 1,
        texts: Vec::new(),
        done: 0,
    };
    while made.len() < count as usize {
        made.extend(business.does_something());
    }
    made.truncate(count as usize);
    made.sort_by_key(|made| made.at);
    made
}

struct Business {
    rng: StdRng,
    seed: u64,
    customers: u32,
    /// What customers wrote.
    hers: Vec<Made>,
    next: u32,
    /// What the business wrote, by id and to whom.
    texts: Vec<(String, String)>,
    done: usize,
}

impl Business {
    fn id(&mut self) -> String {
        self.next += 1;
        kinds::id(self.seed, self.next)
    }

    /// One deed, how far it got, and what the customer made of it.
    fn does_something(&mut self) -> Vec<Made> {
        let deed = DEEDS[self.done % DEEDS.len()];
        let fate = FATES[self.done % FATES.len()];
        let whom = if self.done < SILENT as usize {
            self.customers + u32::try_from(self.done).unwrap_or_default()
        } else {
            self.rng.random_range(0..self.customers + SILENT)
        };
        self.done += 1;
        let (customer, name) = kinds::customer(whom);
        let at = self.hers.choose(&mut self.rng).map_or(0, |hers| hers.at) + i64::from(self.rng.random_range(0..90_u8));
        let list = if self.rng.random_bool(0.5) { List::AppEchoes } else { List::BotEchoes };
        let id = self.id();
        let mut item = json!({"to": customer, "id": id, "timestamp": at.to_string(), "type": deed});
        if list == List::BotEchoes {
            item["message_creation_type"] = json!("created_by_1p_bot");
        }
        self.fill(&mut item, deed, &customer);
        let told = |list, at, item| Made { customer: customer.clone(), name: name.clone(), at, list, item };
        let mut made = vec![told(list, at, item)];
        if matches!(deed, "edit" | "revoke") {
            return made;
        }
        if deed == "text" {
            self.texts.push((id.clone(), customer.clone()));
        }
        made.extend(fate.iter().zip(0..).map(|((word, after), nth)| {
            let at = at + after;
            told(List::Statuses, at, self.status(&id, &customer, word, at, nth))
        }));
        if self.done.is_multiple_of(5) {
            // Sent by another program, which tells of no message.
            let strange = self.id();
            made.push(told(List::Statuses, at, self.status(&strange, &customer, "read", at, 0)));
        }
        if whom < self.customers && self.done.is_multiple_of(4) {
            let heart = json!({
                "from": customer, "id": self.id(), "timestamp": (at + 40).to_string(), "type": "reaction",
                "reaction": {"message_id": id, "emoji": "❤️"},
            });
            made.push(told(List::Messages, at + 40, heart));
        }
        made
    }

    fn fill(&mut self, item: &mut Value, deed: &str, customer: &str) {
        let nth = self.done;
        // One to the same customer, before or after it; sometimes one of which nobody tells.
        let to_her: Vec<&String> = self.texts.iter().filter(|(_, to)| to == customer).map(|(id, _)| id).collect();
        let ours = to_her.choose(&mut self.rng).map_or_else(|| format!("wamid.nobody.{nth}"), |id| (*id).clone());
        let hers: Vec<&Value> =
            self.hers.iter().filter(|made| made.customer == customer).map(|made| &made.item["id"]).collect();
        let hers = hers.choose(&mut self.rng).map_or_else(|| json!(ours), |id| (*id).clone());
        match deed {
            "text" => {
                item["text"] = json!({"body": format!("It is. ({nth})")});
                item["context"] = json!({ "id": hers });
            }
            "image" => {
                item["image"] =
                    json!({"id": nth.to_string(), "mime_type": "image/jpeg", "caption": format!("See ({nth})")});
            }
            "reaction" => item["reaction"] = json!({"message_id": hers, "emoji": "🙏"}),
            "edit" => {
                let changed = json!({"type": "text", "text": {"body": format!("It was. ({nth})")}});
                item["edit"] = json!({"original_message_id": ours, "message": changed});
            }
            "revoke" => item["revoke"] = json!({"original_message_id": ours}),
            _ => {}
        }
    }

    /// The `nth` status of a message, with what it costs and why it failed in the shapes that occur.
    fn status(&self, id: &str, customer: &str, word: &str, at: i64, nth: usize) -> Value {
        let mut status = json!({"id": id, "status": word, "timestamp": at.to_string(), "recipient_id": customer});
        let oddly = (self.done + nth) % 4;
        match oddly {
            0 => {
                status["pricing"] = json!({"billable": true, "pricing_model": "PMP", "category": "service"});
                status["conversation"] = json!({"id": "c", "origin": {"type": "service"}});
            }
            1 => status["pricing"] = json!("free"),
            2 => status["pricing"] = Value::Null,
            _ => status["biz_opaque_callback_data"] = json!(format!("order {customer}")),
        }
        if word == "failed" {
            status["errors"] = match oddly {
                0 => json!([{"code": 131_026, "title": "Message undeliverable"}]),
                1 => json!([{"code": "131047", "title": "Re-engagement message"}, {"code": 131_000}]),
                2 => json!([]),
                _ => json!([{"code": 131_049, "error_data": {"details": "Not delivered"}}]),
            };
        }
        status
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::export::{FOLDS, Folded};

    #[test]
    fn a_seed_gives_the_same_and_everything_comes() {
        let made = make(7, 40, 1_000);
        assert_eq!(made, make(7, 40, 1_000));
        assert_eq!(made.len(), 1_000);
        assert!(made.is_sorted_by_key(|made| made.at));
        let words: BTreeSet<&str> = made.iter().filter_map(|made| made.item["status"].as_str()).collect();
        assert_eq!(words, BTreeSet::from(["deleted", "delivered", "failed", "played", "read", "sent"]));
        let ids = |told: fn(&&Made) -> bool| {
            made.iter().filter(told).filter_map(|made| made.item["id"].as_str()).collect::<Vec<_>>()
        };
        let messages = ids(|made| made.list != List::Statuses);
        assert_eq!(messages.iter().collect::<BTreeSet<_>>().len(), messages.len());
        let of_nobody = ids(|made| made.list == List::Statuses).iter().filter(|id| !messages.contains(id)).count();
        assert!(of_nobody > 0);
        for list in [List::AppEchoes, List::BotEchoes] {
            let deeds: BTreeSet<&str> =
                made.iter().filter(|made| made.list == list).filter_map(|made| made.item["type"].as_str()).collect();
            assert_eq!(deeds, BTreeSet::from(DEEDS));
        }
    }

    #[test]
    fn every_fold_shows_somewhere() {
        let folded = Folded::of(&make(7, 40, 1_000));
        let shown: BTreeSet<&str> = folded.0.values().flat_map(|shown| shown.keys().map(String::as_str)).collect();
        assert_eq!(shown, BTreeSet::from(FOLDS));
    }
}
