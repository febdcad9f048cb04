//! What was written, held against what Meta took and what the inbox shows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::super::desks::{Shown, Taken};

/// A message by its customer and what it says.
pub(super) type Key = (String, String);

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Violation {
    /// Meta took it more than once.
    Twice(Key),
    /// Meta took what nobody wrote.
    Unwritten(Key),
    /// Meta took it before one that was written before it to the same customer.
    Disordered(Key),
    /// The inbox does not show it.
    Missing(Key),
    /// It is shown as something that it can't be, by what Meta took.
    Untrue(Key, Shown),
    /// Meta never saw it, and no process was at it when it was killed.
    LostWithoutReason(String),
}

/// What must hold of what was written, once nothing waits to be sent any more.
#[derive(Debug, Clone)]
pub(super) struct Expected<'a> {
    /// The customers that were written to.
    pub(super) customers: &'a [&'a str],
    /// What was written to each, in this order.
    pub(super) texts: &'a [String],
    /// How far those got that Meta took, as the inbox says it.
    pub(super) told: &'static [&'static str],
}

impl Expected<'_> {
    /// All that is wrong.
    #[must_use]
    pub(super) fn violations(&self, taken: &[Taken], shown: &BTreeMap<Key, Shown>) -> Vec<Violation> {
        let order: BTreeMap<&str, usize> = self.texts.iter().map(String::as_str).zip(0..).collect();
        let customers: BTreeSet<&str> = self.customers.iter().copied().collect();
        let mut violations = Vec::new();
        let mut seen = BTreeSet::new();
        let mut last = BTreeMap::new();
        for one in taken {
            let key = (one.customer.clone(), one.text.clone());
            let Some(place) = order.get(one.text.as_str()).filter(|_| customers.contains(one.customer.as_str())) else {
                violations.push(Violation::Unwritten(key));
                continue;
            };
            if !seen.insert(key.clone()) {
                violations.push(Violation::Twice(key));
            } else if last.insert(one.customer.as_str(), place).is_some_and(|last| last > place) {
                violations.push(Violation::Disordered(key));
            }
        }
        for key in customers.iter().flat_map(|one| self.texts.iter().map(|text| ((*one).to_owned(), text.clone()))) {
            match shown.get(&key) {
                None => violations.push(Violation::Missing(key)),
                Some(shown) if self.is_true(shown, seen.contains(&key)) => {}
                Some(shown) => violations.push(Violation::Untrue(key, shown.clone())),
            }
        }
        violations
    }

    fn is_true(&self, shown: &Shown, was_taken: bool) -> bool {
        let is_lost = shown.status == "UNKNOWN" && shown.cause.as_deref() == Some("SENDER_LOST");
        if was_taken {
            self.told.contains(&shown.status.as_str()) && (shown.status != "UNKNOWN" || is_lost)
        } else {
            is_lost
        }
    }
}

/// Messages of all that were asked for that Meta never saw, though no process was at them when one was killed.
#[must_use]
pub(super) fn lost_without_reason(
    all: &BTreeSet<String>,
    taken: &[Taken],
    in_flight: &BTreeSet<String>,
) -> (usize, Vec<Violation>) {
    let seen: BTreeSet<&str> = taken.iter().map(|one| one.message.as_str()).collect();
    let never: Vec<&String> = all.iter().filter(|message| !seen.contains(message.as_str())).collect();
    let without = never.iter().filter(|message| !in_flight.contains(**message));
    (never.len(), without.map(|message| Violation::LostWithoutReason((*message).clone())).collect())
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say =
            |f: &mut fmt::Formatter<'_>, (customer, text): &Key, what: &str| write!(f, "{text:?} to {customer} {what}");
        match self {
            Self::Twice(key) => say(f, key, "was taken twice"),
            Self::Unwritten(key) => say(f, key, "was taken and never written"),
            Self::Disordered(key) => say(f, key, "was taken after one that was written later"),
            Self::Missing(key) => say(f, key, "is not shown"),
            Self::Untrue(key, Shown { status, cause }) => say(f, key, &format!("is shown as {status}, {cause:?}")),
            Self::LostWithoutReason(message) => write!(f, "{message} never came, and was not in flight at any kill"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(customer: &str, text: &str) -> Taken {
        let [customer, text] = [customer, text].map(str::to_owned);
        Taken { message: format!("{customer}{text}"), wamid: String::new(), at: 0, customer, text }
    }

    fn shown(status: &str, cause: Option<&str>) -> Shown {
        Shown { status: status.to_owned(), cause: cause.map(str::to_owned) }
    }

    fn found(taken: &[Taken], shown: &[(&str, &str, Shown)]) -> Vec<Violation> {
        let texts = ["1".to_owned(), "2".to_owned()];
        let expected = Expected { customers: &["a", "b"], texts: &texts, told: &["ACCEPTED", "UNKNOWN"] };
        let mut all: BTreeMap<Key, Shown> = BTreeMap::new();
        for key in [("a", "1"), ("a", "2"), ("b", "1"), ("b", "2")] {
            all.insert((key.0.to_owned(), key.1.to_owned()), self::shown("ACCEPTED", None));
        }
        for (customer, text, shown) in shown {
            all.insert(((*customer).to_owned(), (*text).to_owned()), shown.clone());
        }
        expected.violations(taken, &all)
    }

    fn key(customer: &str, text: &str) -> Key {
        (customer.to_owned(), text.to_owned())
    }

    #[test]
    fn whatever_is_wrong_is_found() {
        let all = [taken("a", "1"), taken("b", "1"), taken("a", "2"), taken("b", "2")];
        assert_eq!(found(&all, &[]), []);
        assert_eq!(found(&all, &[("a", "1", shown("UNKNOWN", Some("SENDER_LOST")))]), [], "it may be settled yet");
        let noanswer = shown("UNKNOWN", Some("NO_ANSWER"));
        assert_eq!(
            found(&all, &[("a", "1", noanswer.clone())]),
            [Violation::Untrue(key("a", "1"), noanswer)],
            "everybody was answered"
        );
        let queued = shown("QUEUED", None);
        assert_eq!(found(&all, &[("b", "2", queued.clone())]), [Violation::Untrue(key("b", "2"), queued)]);
        let twice = [&all[..], &all[..1]].concat();
        assert_eq!(found(&twice, &[]), [Violation::Twice(key("a", "1"))]);
        let turned = [taken("b", "2"), taken("a", "1"), taken("b", "1"), taken("a", "2")];
        assert_eq!(found(&turned, &[]), [Violation::Disordered(key("b", "1"))]);
        let strange = [&all[..], &[taken("a", "3"), taken("c", "1")]].concat();
        assert_eq!(found(&strange, &[]), [("a", "3"), ("c", "1")].map(|(a, b)| Violation::Unwritten(key(a, b))));
    }

    #[test]
    fn what_never_came_is_unknown_with_its_cause() {
        let all = [taken("a", "1"), taken("b", "1"), taken("a", "2")];
        assert_eq!(found(&all, &[("b", "2", shown("UNKNOWN", Some("SENDER_LOST")))]), []);
        assert_eq!(found(&all, &[]), [Violation::Untrue(key("b", "2"), shown("ACCEPTED", None))]);
        let texts = ["1".to_owned()];
        let expected = Expected { customers: &["a"], texts: &texts, told: &["ACCEPTED"] };
        assert_eq!(expected.violations(&[], &BTreeMap::new()), [Violation::Missing(key("a", "1"))]);
    }

    #[test]
    fn what_never_came_was_in_flight() {
        let set = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<_>>();
        let all = set(&["a1", "a2", "b1"]);
        assert_eq!(lost_without_reason(&all, &[taken("a", "1")], &set(&["a2", "b1", "c"])), (2, vec![]));
        let expected = (2, vec![Violation::LostWithoutReason("b1".to_owned())]);
        assert_eq!(lost_without_reason(&all, &[taken("a", "1")], &set(&["a2"])), expected);
    }
}
