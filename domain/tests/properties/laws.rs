//! What holds for every aggregate after every command, and how its histories are run.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cqrs_es::DomainEvent;
use cqrs_es::event_sink::EventSink;
use leadflow_domain::{DataSubject, Decide, EventType, PERSONAL_MARK, StreamId};
use proptest::collection::vec;
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use uuid::Uuid;

/// Commands of one history. Long enough to come back to every state, short enough to shrink well.
pub(crate) const COMMANDS: std::ops::Range<usize> = 1..24;

/// The stream that all histories are of.
pub(crate) const STREAM: StreamId = StreamId::from_uuid(Uuid::from_u128(7));

pub(crate) fn runner() -> (TestRunner, RngSeed) {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20_251_121);
    }
    let seed = config.rng_seed;
    (TestRunner::new(config), seed)
}

/// `handle` as cqrs-es calls it. It waits for nothing, so one look at it is enough.
pub(crate) fn handle<A: Decide>(state: &mut A, command: A::Command) -> Result<Vec<A::Event>, A::Error> {
    let sink = EventSink::default();
    ready(state.handle(command, &(), &sink))?;
    Ok(ready(sink.collect()))
}

fn ready<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("a decision waits for something"),
    }
}

/// Runs generated histories of `A` and checks the laws. `settles` names the commands that, said again at once, mean
/// nothing. Every event in `types` must come up, or the histories are too poor to show anything.
pub(crate) fn laws<A>(
    commands: impl Strategy<Value = A::Command>,
    settles: fn(&A::Command) -> bool,
    types: &[EventType],
) where
    A: Decide + Clone + PartialEq + Debug,
    A::Command: Clone + Debug,
    A::Event: PartialEq,
    A::Error: PartialEq,
{
    let seen = RefCell::new(BTreeSet::new());
    let (mut runner, seed) = runner();
    let verdict = runner.run(&vec(commands, COMMANDS), |history| {
        let mut live = A::default();
        let mut log: Vec<String> = Vec::new();
        for command in history {
            let (before, decided) = (live.clone(), live.decide(command.clone()));
            let handled = handle(&mut live, command.clone());
            assert_eq!(handled, decided, "handle feeds what was decided, and nothing else");
            match handled {
                Ok(events) => {
                    for event in &events {
                        seen.borrow_mut().insert(event.event_type());
                        let stored = serde_json::to_string(event).unwrap();
                        if stored.contains(PERSONAL_MARK) {
                            assert_ne!(A::data_subject(STREAM, event), DataSubject::Nobody, "somebody's key is known");
                        }
                        log.push(stored);
                    }
                    if settles(&command) {
                        assert_eq!(live.decide(command), Ok(vec![]), "said again at once, it means nothing");
                    }
                }
                Err(_) => assert_eq!(live, before, "a refusal changes nothing"),
            }
            let mut replayed = A::default();
            for stored in &log {
                replayed.apply(serde_json::from_str(stored).unwrap());
            }
            assert_eq!(replayed, live, "what is replayed from the stored form is what was live");
            let snapshot = serde_json::to_string(&live).unwrap();
            assert!(!snapshot.contains(PERSONAL_MARK), "a state holds no personal value");
            assert_eq!(serde_json::from_str::<A>(&snapshot).unwrap(), live, "a snapshot comes back as it was");
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{} with {seed:?}: {failure}", A::TYPE);
    }
    let types: BTreeSet<String> = types.iter().map(|known| known.kind.to_owned()).collect();
    assert_eq!(seen.into_inner(), types, "the histories of {} show every event, with {seed:?}", A::TYPE);
}
