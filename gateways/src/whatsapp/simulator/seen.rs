//! What a simulator has seen, for whoever wants to know what reached Meta.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;
use serde_json::Value;

/// A message that was accepted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Accepted {
    /// Meta's id of the number that sent it.
    pub number: String,
    /// Whom it was sent to: the digits of the number, or the business-scoped user id, as the request spells them.
    pub to: String,
    /// The digits WhatsApp knows the recipient by, unless she is known by a user id alone.
    pub wa_id: Option<String>,
    /// What the sender wants to read in its statuses.
    pub callback_data: Option<String>,
    /// The id it was given.
    pub wamid: String,
    /// `text`, `image`, `template` and so on.
    pub kind: String,
    /// What Meta prices it as: `service`, or the category of its template.
    pub category: String,
    /// Whether it costs something.
    pub billable: bool,
    /// Milliseconds since the simulator started.
    pub at: u64,
    /// The request's body.
    pub body: Value,
    /// What has been told of it, in that order; also what was lost on its way.
    pub told: Vec<String>,
}

/// A message that was marked as read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkedRead {
    /// Meta's id of the number that read it.
    pub number: String,
    /// The message.
    pub message_id: String,
    /// Whether it shows that it writes.
    pub typing: bool,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is no answer yet.
    Open,
    /// Answered with this HTTP status.
    Answered(u16),
    /// Refused with this code of Meta's.
    Refused(i64),
    /// No answer comes.
    Silent,
    /// The connection was closed.
    Closed,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Milliseconds since the simulator started.
    pub at: u64,
    /// The HTTP method.
    pub method: String,
    /// Path and query, decoded, without tokens.
    pub path: String,
    /// Meta's id of what it is about: a number, an account or a medium.
    pub node: String,
    /// Whom it writes to, as it says.
    pub to: Option<String>,
    /// `text`, `template` and so on for messages, `read`, `number`, `media`, `templates` and so on.
    pub kind: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// A webhook that was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// Milliseconds since the simulator started, the first time.
    pub at: u64,
    /// Such as `delivered of wamid.A`, or `message wamid.B`.
    pub about: String,
    /// What each attempt was answered with; nothing where no answer came.
    pub attempts: Vec<Option<u16>>,
}

impl Post {
    /// Whether the other side has it.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.attempts.last() == Some(&Some(200))
    }
}

/// All that was seen since the start, or since it was forgotten.
#[derive(Debug, Default)]
pub struct Seen {
    pub(super) accepted: Vec<Accepted>,
    pub(super) by_wamid: HashMap<String, usize>,
    pub(super) by_callback_data: HashMap<String, usize>,
    pub(super) requests: Vec<Request>,
    pub(super) posts: Vec<Post>,
    pub(super) reads: Vec<MarkedRead>,
    /// By number, microseconds since the start.
    pub(super) arrivals: HashMap<String, Vec<u64>>,
    pub(super) too_fast_for_pair: Vec<(String, String)>,
    /// How many times it was forgotten.
    pub(super) age: u64,
}

impl Seen {
    /// The messages that were accepted, in their order.
    #[must_use]
    pub fn accepted(&self) -> &[Accepted] {
        &self.accepted
    }

    /// The message of this id.
    #[must_use]
    pub fn message(&self, wamid: &str) -> Option<&Accepted> {
        self.by_wamid.get(wamid).and_then(|&place| self.accepted.get(place))
    }

    /// How many messages were accepted with this callback data.
    #[must_use]
    pub fn accepted_with(&self, callback_data: &str) -> usize {
        self.by_callback_data.get(callback_data).copied().unwrap_or(0)
    }

    /// Callback data that more than one message was accepted with, and how many: what was sent twice.
    #[must_use]
    pub fn accepted_twice(&self) -> Vec<(String, usize)> {
        let twice = self.by_callback_data.iter().filter(|(_, count)| **count > 1);
        let mut twice: Vec<_> = twice.map(|(data, count)| (data.clone(), *count)).collect();
        twice.sort();
        twice
    }

    /// All requests to the Graph API, in their order.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The webhooks that were posted, in their order.
    #[must_use]
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// What was marked as read, in that order.
    #[must_use]
    pub fn reads(&self) -> &[MarkedRead] {
        &self.reads
    }

    /// Most messages that this number sent within any second, those that were refused included.
    #[must_use]
    pub fn most_in_a_second(&self, phone_number_id: &str) -> usize {
        let (mut within, mut most) = (VecDeque::new(), 0);
        for &at in self.arrivals.get(phone_number_id).into_iter().flatten() {
            while within.front().is_some_and(|first| at - first >= 1_000_000) {
                within.pop_front();
            }
            within.push_back(at);
            most = most.max(within.len());
        }
        most
    }

    /// Number and recipient of each message that came faster than one recipient may be written to.
    #[must_use]
    pub fn too_fast_for_pair(&self) -> &[(String, String)] {
        &self.too_fast_for_pair
    }

    pub(super) fn accept(&mut self, message: Accepted) {
        self.by_wamid.insert(message.wamid.clone(), self.accepted.len());
        if let Some(data) = &message.callback_data {
            *self.by_callback_data.entry(data.clone()).or_default() += 1;
        }
        self.accepted.push(message);
    }

    pub(super) fn forget(&mut self) {
        *self = Self { age: self.age + 1, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_densest_second_is_found_wherever_it_begins() {
        let most = |arrivals: &[u64]| {
            let arrivals = HashMap::from([("1".to_owned(), arrivals.to_vec())]);
            Seen { arrivals, ..Seen::default() }.most_in_a_second("1")
        };
        assert_eq!(most(&[]), 0);
        assert_eq!(most(&[0, 1_000_000, 2_000_000]), 1);
        assert_eq!(most(&[0, 999_999, 1_000_000]), 2);
        assert_eq!(most(&[0, 900_000, 1_100_000, 1_500_000, 1_899_999, 3_000_000]), 4);
        assert_eq!(Seen::default().most_in_a_second("2"), 0);
    }
}
