//! Whatever happens in whatever order, a customer does not get a message twice: a provider that lies about nothing, a sender that
//! may die at any point, statuses that come late, doubled and in any order, and people who retry and cancel.

use std::cell::RefCell;

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::outbound_message::{
    Conditions, DeliveryStatus, NumberStanding, OutboundMessage, OutboundMessageCommand, OutboundMessageEvent,
    OutboundMessageRefusal, Outcome, OutgoingContent, OutgoingMessage, ProviderMessage, RefusalClass, ReportedStatus,
    SendRefusal, SentAs, Standing, StatusReport, Thread, UnknownCause,
};
use leadflow_domain::{ChannelId, ContactId, EventType, IdentifierHash};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::Index;
use uuid::Uuid;

use crate::laws::{handle, laws, runner};

fn now() -> Timestamp {
    Timestamp::from_second(1_763_712_000).unwrap()
}

fn conditions(is_open: bool) -> Conditions {
    let window = if is_open { SignedDuration::from_hours(1) } else { SignedDuration::ZERO };
    Conditions {
        now: now(),
        window_until: Some(now() + window),
        number: NumberStanding::Ready,
        marketing_stopped: false,
        template: None,
    }
}

fn queue() -> OutboundMessageCommand {
    let thread = Thread::between(ContactId::from_uuid(Uuid::from_u128(1)), ChannelId::from_uuid(Uuid::from_u128(2)));
    let content = OutgoingContent::Text { body: "It is.".to_owned().into(), preview_url: false };
    let message = OutgoingMessage { content, replies_to: None, part: None };
    OutboundMessageCommand::Queue { thread, message, conditions: conditions(true) }
}

fn provider_message(attempt: u32) -> ProviderMessage {
    ProviderMessage { hash: IdentifierHash::from_hex(format!("hash {attempt}")), id: None }
}

fn refusal(class: RefusalClass) -> SendRefusal {
    SendRefusal { code: 131_000, subcode: None, title: None, details: None, class }
}

/// What the provider does with what it is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Does {
    Takes,
    /// It says no, and did not take it.
    Refuses(RefusalClass),
    /// It takes it, and its answer is lost.
    TakesSilently,
    /// It never gets it, and the sender can't know.
    GetsNothing,
    /// The sender knows that it was not reached.
    IsNotReached,
}

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// A sender begins, asks, and says what came of it: unless it dies before it asks, or before it says so.
    Send {
        provider: Does,
        dies_before: bool,
        dies_after: bool,
        window_is_open: bool,
    },
    /// The answer of a sender that was thought dead comes at last.
    LateAnswer(Index),
    /// The provider tells how far one of those that it took got.
    Status {
        which: Index,
        status: DeliveryStatus,
        says_attempt: bool,
    },
    Retry,
    Cancel,
    GiveUp,
}

fn class() -> impl Strategy<Value = RefusalClass> {
    prop_oneof![
        Just(RefusalClass::Retry { at_most: None }),
        Just(RefusalClass::Retry { at_most: Some(2) }),
        Just(RefusalClass::Pace),
        Just(RefusalClass::Never),
        Just(RefusalClass::Stop),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let provider = prop_oneof![
        3 => Just(Does::Takes),
        3 => class().prop_map(Does::Refuses),
        2 => Just(Does::TakesSilently),
        1 => Just(Does::GetsNothing),
        1 => Just(Does::IsNotReached),
    ];
    let told = prop_oneof![
        Just(DeliveryStatus::Sent),
        Just(DeliveryStatus::Failed),
        Just(DeliveryStatus::Delivered),
        Just(DeliveryStatus::Read),
    ];
    let rarely = || proptest::bool::weighted(0.2);
    prop_oneof![
        5 => (provider, rarely(), rarely(), proptest::bool::weighted(0.9)).prop_map(
            |(provider, dies_before, dies_after, window_is_open)| Step::Send {
                provider, dies_before, dies_after, window_is_open
            }
        ),
        1 => any::<Index>().prop_map(Step::LateAnswer),
        3 => (any::<Index>(), told, any::<bool>())
            .prop_map(|(which, status, says_attempt)| Step::Status { which, status, says_attempt }),
        2 => Just(Step::Retry),
        1 => Just(Step::Cancel),
        1 => Just(Step::GiveUp),
    ]
}

/// The provider's side, which no one here sees: what it took, and what it has said of each.
#[derive(Default)]
struct World {
    message: OutboundMessage,
    taken: Vec<Taken>,
    /// Answers whose sender was dead, so that nobody noted them yet.
    late: Vec<(u32, Outcome)>,
}

struct Taken {
    attempt: u32,
    told: Vec<DeliveryStatus>,
}

impl World {
    fn tell(&mut self, command: OutboundMessageCommand) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
        handle(&mut self.message, command)
    }

    fn conclude(&mut self, attempt: u32, outcome: Outcome) {
        self.tell(OutboundMessageCommand::Conclude { attempt, outcome, at: now() }).unwrap();
    }

    fn send(&mut self, provider: Does, dies_before: bool, dies_after: bool, window_is_open: bool) {
        let before = self.message.attempts();
        self.tell(OutboundMessageCommand::Attempt { conditions: conditions(window_is_open) }).unwrap();
        // It asks only if it was this sender who began.
        if self.message.standing() != Some(Standing::Attempted) || self.message.attempts() == before || dies_before {
            return;
        }
        let attempt = self.message.attempts();
        if matches!(provider, Does::Takes | Does::TakesSilently) {
            // Nobody is asked twice who may have taken it: each that it took before failed, as it said itself.
            let all_failed = self.taken.iter().all(|taken| taken.told.iter().max() == Some(&DeliveryStatus::Failed));
            assert!(all_failed, "taken twice without evidence that the first one failed");
            self.taken.push(Taken { attempt, told: vec![] });
        }
        let outcome = match provider {
            Does::Takes => Outcome::Accepted(provider_message(attempt)),
            Does::Refuses(class) => Outcome::Refused { refusal: refusal(class), again_at: now() },
            Does::TakesSilently | Does::GetsNothing => Outcome::Unknown(UnknownCause::NoAnswer),
            Does::IsNotReached => Outcome::NotSent { reason: "no route".to_owned(), again_at: now() },
        };
        if dies_after {
            self.late.push((attempt, outcome));
        } else {
            self.conclude(attempt, outcome);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Send { provider, dies_before, dies_after, window_is_open } => {
                self.send(provider, dies_before, dies_after, window_is_open);
            }
            Step::LateAnswer(which) if !self.late.is_empty() => {
                let (attempt, outcome) = self.late.remove(which.index(self.late.len()));
                self.conclude(attempt, outcome);
            }
            Step::Status { which, status, says_attempt } if !self.taken.is_empty() => {
                let nth = which.index(self.taken.len());
                let taken = &mut self.taken[nth];
                // What failed does not arrive, and what arrived does not fail: the provider does not lie.
                let arrived = |status: &DeliveryStatus| *status >= DeliveryStatus::Delivered;
                let has_failed = taken.told.contains(&DeliveryStatus::Failed);
                if has_failed && arrived(&status) || taken.told.iter().any(arrived) && status == DeliveryStatus::Failed
                {
                    return;
                }
                taken.told.push(status);
                let message = provider_message(taken.attempt);
                // Only an id that is known leads here without our own word beside it.
                let is_known = self.message.attempts() == taken.attempt;
                let attempt = (says_attempt || !is_known).then_some(taken.attempt);
                let report = StatusReport::new(ReportedStatus::Reached(status), now());
                let sent = Some(SentAs { attempt, message });
                self.tell(OutboundMessageCommand::ReportStatus { report, sent }).unwrap();
            }
            Step::LateAnswer(_) | Step::Status { .. } => {}
            Step::Retry => {
                let _ = self.tell(OutboundMessageCommand::Retry { conditions: conditions(true) });
            }
            Step::Cancel => {
                let _ = self.tell(OutboundMessageCommand::Cancel);
            }
            Step::GiveUp => {
                self.tell(OutboundMessageCommand::GiveUp).unwrap();
            }
        }
        self.status_is_what_is_evident();
    }

    fn status_is_what_is_evident(&self) {
        let status = self.message.status().unwrap();
        let told = self.taken.iter().flat_map(|taken| taken.told.iter().copied());
        let furthest = told.clone().max();
        if furthest >= Some(DeliveryStatus::Delivered) {
            assert!(Some(status) >= told.filter(|status| *status >= DeliveryStatus::Delivered).min(), "it arrived");
            assert!(Some(status) <= furthest, "nothing is further than what was told");
        }
        if status >= DeliveryStatus::Delivered {
            assert!(furthest >= Some(DeliveryStatus::Delivered), "nobody said that it arrived");
        }
        if status == DeliveryStatus::Cancelled {
            assert!(self.taken.iter().all(|taken| taken.told.contains(&DeliveryStatus::Failed)), "it may have left");
        }
    }
}

#[test]
fn nobody_gets_a_message_twice() {
    let (mut runner, seed) = runner();
    let twice = RefCell::new(0);
    let verdict = runner.run(&vec(step(), 1..40), |steps| {
        let mut world = World::default();
        world.tell(queue()).unwrap();
        steps.into_iter().for_each(|step| world.step(step));
        *twice.borrow_mut() += u32::from(world.taken.len() > 1);
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(twice.into_inner() > 0, "some are sent again after they failed");
}

/// The kinds of events of messages that are sent from here, or of those that were written elsewhere.
pub(crate) fn told(from_here: bool) -> Vec<EventType> {
    let elsewhere = ["echoed", "reacted", "edited", "revoked", "corrected", "imported"];
    let is_elsewhere = |kind: &EventType| elsewhere.iter().any(|name| kind.kind.ends_with(name));
    let is_of_both = |kind: &EventType| kind.kind.ends_with("status_reported");
    let types = OutboundMessageEvent::TYPES.iter().copied();
    types.filter(|kind| is_of_both(kind) || is_elsewhere(kind) != from_here).collect()
}

#[test]
fn a_message_that_is_sent_keeps_the_laws() {
    let outcome = prop_oneof![
        2 => (1..=3_u32).prop_map(|attempt| Outcome::Accepted(provider_message(attempt))),
        2 => class().prop_map(|class| Outcome::Refused { refusal: refusal(class), again_at: now() }),
        1 => Just(Outcome::NotSent { reason: "no route".to_owned(), again_at: now() }),
        1 => Just(Outcome::Unknown(UnknownCause::NoAnswer)),
        1 => Just(Outcome::Failed(leadflow_domain::outbound_message::FailureCause::Invalid)),
    ];
    let status = proptest::sample::select(&DeliveryStatus::ALL[..]);
    let commands = prop_oneof![
        2 => Just(queue()),
        4 => proptest::bool::weighted(0.9)
            .prop_map(|is_open| OutboundMessageCommand::Attempt { conditions: conditions(is_open) }),
        4 => (1..=3_u32, outcome)
            .prop_map(|(attempt, outcome)| OutboundMessageCommand::Conclude { attempt, outcome, at: now() }),
        2 => (status, proptest::option::of(1..=3_u32)).prop_map(|(status, attempt)| {
            let report = StatusReport::new(ReportedStatus::Reached(status), now());
            let sent = Some(SentAs { attempt, message: provider_message(attempt.unwrap_or(1)) });
            OutboundMessageCommand::ReportStatus { report, sent }
        }),
        1 => Just(OutboundMessageCommand::GiveUp),
        2 => Just(OutboundMessageCommand::Retry { conditions: conditions(true) }),
        1 => Just(OutboundMessageCommand::Cancel),
    ];
    // An attempt that finds another begun is not the same as that one, and reports are kept as often as they come.
    let settles = |command: &OutboundMessageCommand| {
        !matches!(command, OutboundMessageCommand::Attempt { .. } | OutboundMessageCommand::ReportStatus { .. })
    };
    laws::<OutboundMessage>(commands, settles, &told(true));
}
