//! Histories of leads, and their capture in whatever order it is told.

use std::cell::RefCell;

use leadflow_domain::lead::{Capture, Lead, LeadCommand, LeadEvent, LeadSource, Reason, ReasonText, Score};
use leadflow_domain::{ContactId, ConversationId, IdentifierHash};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, prop_oneof};
use uuid::Uuid;

use crate::laws::{COMMANDS, handle, laws, runner};
use crate::strategies::{seconds, uuid};

fn capture(contact: impl Strategy<Value = Uuid>) -> impl Strategy<Value = Capture> {
    (contact, uuid(), seconds()).prop_map(|(contact, conversation, captured_at)| Capture {
        contact: ContactId::from_uuid(contact),
        source: LeadSource::WhatsApp,
        conversation: ConversationId::from_uuid(conversation),
        captured_at,
    })
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
        grounds().prop_map(|(reason, score)| LeadCommand::Qualify { reason, score }),
        grounds().prop_map(|(reason, score)| LeadCommand::Disqualify { reason, score }),
    ];
    laws::<Lead>(commands, |_| true, LeadEvent::TYPES);
}

#[test]
fn a_lead_is_captured_the_same_in_any_order() {
    let told = vec(capture(Just(Uuid::from_u128(1))), COMMANDS);
    let twice = told.prop_flat_map(|told| (Just(told.clone()).prop_shuffle(), Just(told).prop_shuffle()));
    let disagreements = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&twice, |(one, other)| {
        let lead_of = |captures: &[Capture]| {
            let mut lead = Lead::default();
            for capture in captures {
                handle(&mut lead, LeadCommand::Capture(capture.clone())).unwrap();
            }
            lead
        };
        let earliest = one.iter().min_by_key(|capture| (capture.captured_at, capture.conversation)).unwrap();
        let expected = lead_of(std::slice::from_ref(earliest));
        assert_eq!(lead_of(&one), expected);
        assert_eq!(lead_of(&other), expected);
        *disagreements.borrow_mut() += u32::from(one.first() != other.first());
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(disagreements.into_inner() > 0, "some orders differ in what comes first");
}
