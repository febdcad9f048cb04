//! Histories of several contacts who are merged and unmerged by people who ask at once: whatever was seen when it was asked,
//! links lead to somebody who stands for herself, and what is undone is as it was.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use leadflow_domain::contact::{Contact, ContactCommand, ContactEvent, stands_for};
use leadflow_domain::{ContactId, Decide, E164, IdentifierHash, ReservationChange, StreamId};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use crate::laws::{handle, runner};

/// Contacts of one history.
const CONTACTS: u8 = 5;

/// Histories: the issue asks for a thousand at least.
const HISTORIES: u32 = 2_000;

/// What somebody asks for, of contacts by number.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Merge { winner: u8, loser: u8 },
    Unmerge { loser: u8 },
    Erase { contact: u8 },
}

/// What is asked for, and how many changes ago the winner's stream was looked at.
type Ask = (Asked, u8);

fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let contact = || 0..CONTACTS;
    let asked = prop_oneof![
        6 => (contact(), contact()).prop_map(|(winner, loser)| Asked::Merge { winner, loser }),
        4 => contact().prop_map(|loser| Asked::Unmerge { loser }),
        1 => contact().prop_map(|contact| Asked::Erase { contact }),
    ];
    vec((asked, any::<u8>().prop_map(|late| late % 4)), 1..30)
}

fn id(number: u8) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(u128::from(number) + 1))
}

/// The streams, each with all states it ever had, and who owns which fact.
struct Log {
    streams: Vec<Vec<Contact>>,
    facts: BTreeSet<String>,
}

impl Log {
    fn new() -> Self {
        let streams = (0..CONTACTS).map(|number| {
            let mut contact = Contact::default();
            let phone = E164::parse(&format!("+3933312345{number}")).unwrap();
            let phone_hash = IdentifierHash::from_hex(format!("hash {number}"));
            handle(&mut contact, ContactCommand::IntroduceByPhone { phone, phone_hash }).unwrap();
            vec![contact]
        });
        Self { streams: streams.collect(), facts: BTreeSet::new() }
    }

    fn now(&self, number: u8) -> &Contact {
        self.streams[usize::from(number)].last().unwrap()
    }

    /// The version of a stream some changes ago, and how it stood there.
    fn seen(&self, number: u8, late: u8) -> (usize, &Contact) {
        let states = &self.streams[usize::from(number)];
        let version = states.len().saturating_sub(1 + usize::from(late));
        (version, &states[version])
    }

    fn number(contact: ContactId) -> u8 {
        u8::try_from(contact.as_uuid().as_u128() - 1).unwrap()
    }

    /// As the log does it: refused where the stream that a command rests on has moved on, so that it is asked for again.
    fn ask(&mut self, (asked, late): Ask) -> Vec<ContactEvent> {
        let (whose, rests_on, command) = match asked {
            Asked::Merge { winner, loser } => {
                let (version, seen) = self.seen(winner, late);
                let standing = seen.standing();
                let command = ContactCommand::Merge { loser: id(loser), winner: id(winner), standing, reason: None };
                (loser, Some((winner, version)), command)
            }
            Asked::Unmerge { loser } => {
                let Some(winner) = self.now(loser).merged_into() else { return vec![] };
                let (version, seen) = self.seen(Self::number(winner), late);
                let standing = seen.standing();
                let command = ContactCommand::Unmerge { winner, standing, reason: None };
                (loser, Some((Self::number(winner), version)), command)
            }
            Asked::Erase { contact } => (contact, None, ContactCommand::Erase),
        };
        let mut state = self.now(whose).clone();
        let Ok(events) = handle(&mut state, command) else { return vec![] };
        let moved = rests_on.is_some_and(|(number, version)| version + 1 != self.streams[usize::from(number)].len());
        if events.is_empty() || moved {
            return vec![];
        }
        for event in &events {
            for change in Contact::reservations(StreamId::from(id(whose)), event) {
                match change {
                    ReservationChange::Take(fact) if fact.kind == "contact.stands_for" => {
                        assert!(self.facts.insert(fact.value), "nobody has two who stand for her");
                    }
                    ReservationChange::Release(fact) if fact.kind == "contact.stands_for" => {
                        assert!(self.facts.remove(&fact.value), "what is given up was hers");
                    }
                    ReservationChange::Take(_) | ReservationChange::Release(_) => {}
                }
            }
        }
        self.streams[usize::from(whose)].push(state);
        events
    }

    /// Who stands for each in the end.
    fn persons(&self) -> BTreeMap<u8, u8> {
        let end = |number: u8| {
            let mut at = number;
            for _ in 0..CONTACTS {
                match self.now(at).merged_into() {
                    Some(winner) => at = Self::number(winner),
                    None => return at,
                }
            }
            panic!("the links of {number} come back to where they began");
        };
        (0..CONTACTS).map(|number| (number, end(number))).collect()
    }
}

#[test]
fn links_lead_to_somebody_who_stands_for_herself_however_late_they_are_seen() {
    let counted = RefCell::new((0, 0, 0));
    let (_, seed) = runner();
    let config = Config { cases: HISTORIES, failure_persistence: None, rng_seed: seed, ..Config::default() };
    let verdict = TestRunner::new(config).run(&asks(), |asks| {
        let mut log = Log::new();
        for ask in asks {
            let before = log.persons();
            for event in log.ask(ask) {
                let after = log.persons();
                let mut counted = counted.borrow_mut();
                if let ContactEvent::Merged { into, .. } = event {
                    counted.0 += 1;
                    let Asked::Merge { loser, .. } = ask.0 else { panic!("{ask:?}") };
                    let into = Log::number(into);
                    assert_eq!(into, before[&into], "the winner stood for herself");
                    // Whoever stood under the loser stands under the winner; everybody else stands where she stood.
                    for (number, person) in &before {
                        assert_eq!(after[number], if *person == loser { into } else { *person });
                    }
                    counted.1 += u32::from(before.values().filter(|person| **person == loser).count() > 1);
                } else if let ContactEvent::Unmerged { .. } = event {
                    counted.2 += 1;
                    let Asked::Unmerge { loser } = ask.0 else { panic!("{ask:?}") };
                    assert_eq!(after[&loser], loser);
                    for (number, person) in &before {
                        assert!(after[number] == *person || after[number] == loser);
                    }
                }
            }
            // The facts say the same as the streams.
            let links = (0..CONTACTS)
                .filter_map(|number| Some(stands_for(log.now(number).merged_into()?, id(number)).value))
                .collect::<BTreeSet<_>>();
            assert!(links.is_subset(&log.facts), "{links:?} {:?}", log.facts);
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    let (merged, chains, unmerged) = counted.into_inner();
    assert!(merged > 1_000 && chains > 100 && unmerged > 500, "{merged} {chains} {unmerged}");
}
