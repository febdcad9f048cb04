//! Histories of leads, and their capture in whatever order it is told.

use std::cell::RefCell;

use jiff::Timestamp;
use leadflow_domain::lead::{
    Answer, Capture, Lead, LeadCommand, LeadEvent, LeadSource, Origin, Reason, ReasonText, Score, Submission,
};
use leadflow_domain::{ContactId, ConversationId, IdentifierHash, SubmissionId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use uuid::Uuid;

use crate::laws::{COMMANDS, handle, laws, runner};
use crate::strategies::{personal, seconds, uuid};

fn capture(contact: impl Strategy<Value = Uuid>) -> impl Strategy<Value = Capture> {
    (contact, uuid(), seconds()).prop_map(|(contact, conversation, captured_at)| {
        let conversation = ConversationId::from_uuid(conversation);
        Capture::by_message(ContactId::from_uuid(contact), LeadSource::WhatsApp, conversation, captured_at)
    })
}

fn submission(contact: impl Strategy<Value = Uuid>) -> impl Strategy<Value = Submission> {
    let answer = personal(any::<String>()).prop_map(|answer| Answer { key: None, question: None, answer });
    (contact, uuid(), seconds(), vec(answer, 0..3)).prop_map(|(contact, submission, submitted_at, answers)| {
        Submission {
            submission: SubmissionId::from_uuid(submission),
            contact: ContactId::from_uuid(contact),
            // One id is one form's.
            source: if submission.as_u128() % 2 == 0 { LeadSource::GoogleForm } else { LeadSource::Manual },
            from: None,
            submitted_at,
            provider_lead_id: None,
            name: None,
            origin: Origin::default(),
            click_id: None,
            answers,
            added: vec![],
        }
    })
}

/// A message or a form of hers.
fn shown(contact: Uuid) -> impl Strategy<Value = LeadCommand> {
    prop_oneof![
        capture(Just(contact)).prop_map(LeadCommand::Capture),
        submission(Just(contact)).prop_map(|submission| LeadCommand::Submit(Box::new(submission))),
    ]
}

fn grounds() -> impl Strategy<Value = (Option<Reason>, Option<Score>)> {
    let reason = prop_oneof![Just("has a budget"), Just("only asks for the price")].prop_map(|said| Reason {
        text: ReasonText::parse(said).unwrap().into(),
        hash: IdentifierHash::from_hex(format!("hash of {said}")),
    });
    (option::of(reason), option::of((0..=1_u8).prop_map(|number| Score::try_from(number).unwrap())))
}

#[test]
fn a_lead_keeps_the_laws() {
    let commands = prop_oneof![
        capture(uuid()).prop_map(LeadCommand::Capture),
        submission(uuid()).prop_map(|submission| LeadCommand::Submit(Box::new(submission))),
        grounds().prop_map(|(reason, score)| LeadCommand::Qualify { reason, score }),
        grounds().prop_map(|(reason, score)| LeadCommand::Disqualify { reason, score }),
    ];
    // What is told twice is the same command twice, and the log's command ids see to that.
    laws::<Lead>(commands, |command| !matches!(command, LeadCommand::Submit(_)), LeadEvent::TYPES);
}

/// When an interest began, and what breaks ties.
fn began(command: &LeadCommand) -> (Timestamp, Option<ConversationId>, Option<SubmissionId>) {
    match command {
        LeadCommand::Capture(capture) => (capture.captured_at, capture.conversation, None),
        LeadCommand::Submit(submission) => (submission.submitted_at, None, Some(submission.submission)),
        LeadCommand::Qualify { .. } | LeadCommand::Disqualify { .. } => panic!("nobody is judged here"),
    }
}

#[test]
fn a_lead_is_captured_the_same_in_any_order() {
    let told = vec(shown(Uuid::from_u128(1)), COMMANDS);
    let twice = told.prop_flat_map(|told| (Just(told.clone()).prop_shuffle(), Just(told).prop_shuffle()));
    let disagreements = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&twice, |(one, other)| {
        let lead_of = |told: &[LeadCommand]| {
            let mut lead = Lead::default();
            for command in told {
                handle(&mut lead, command.clone()).unwrap();
            }
            lead
        };
        let earliest = one.iter().min_by_key(|command| began(command)).unwrap();
        let expected = lead_of(std::slice::from_ref(earliest));
        assert_eq!(lead_of(&one), expected);
        assert_eq!(lead_of(&other), expected);
        *disagreements.borrow_mut() += u32::from(one.first().map(began) != other.first().map(began));
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(disagreements.into_inner() > 0, "some orders differ in what comes first");
}
