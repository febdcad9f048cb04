//! Histories of leads, and their capture in whatever order it is told.

use std::cell::RefCell;

use jiff::Timestamp;
use leadflow_domain::lead::{
    Answer, AttributeValue, Capture, Company, CompanyName, Currency, Lead, LeadCommand, LeadEvent, LeadNote,
    LeadSource, Origin, Reason, ReasonText, Score, Submission, Tag, Worth,
};
use leadflow_domain::{
    AttributeId, ContactId, ConversationId, IdentifierHash, LostReasonId, MemberId, StageId, SubmissionId,
};
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

/// What somebody of the business does with it.
fn worked() -> impl Strategy<Value = LeadCommand> {
    let hash = |said: &str| IdentifierHash::from_hex(format!("hash of {said}"));
    let open = prop_oneof![Just(StageId::NEW), Just(StageId::CONTACTED)];
    let worth = (0..2_i64).prop_map(|minor| Worth { minor, currency: Currency::parse("EUR").unwrap() });
    let tag = || prop_oneof![Just("Fair"), Just("VIP")].prop_map(|text| Tag::parse(text).unwrap());
    let company = prop_oneof![Just("Acme"), Just("Bolt")]
        .prop_map(move |name| Company { name: CompanyName::parse(name).unwrap().into(), hash: hash(name) });
    let value = prop_oneof![Just("Small"), Just("Large")]
        .prop_map(move |said| AttributeValue { value: said.to_owned().into(), hash: hash(said) });
    prop_oneof![
        open.prop_map(|stage| LeadCommand::Advance { stage }),
        option::of(worth).prop_map(|worth| LeadCommand::Convert { stage: StageId::WON, worth }),
        option::of(uuid().prop_map(LostReasonId::from_uuid))
            .prop_map(|reason| LeadCommand::Lose { stage: StageId::LOST, reason }),
        Just(LeadCommand::MarkSpam),
        Just(LeadCommand::UnmarkSpam),
        tag().prop_map(|tag| LeadCommand::Tag { tag }),
        tag().prop_map(|tag| LeadCommand::Untag { tag }),
        Just("Call her.").prop_map(|text| LeadCommand::AddNote { text: LeadNote::parse(text).unwrap() }),
        option::of(company).prop_map(|company| LeadCommand::SetCompany { company }),
        (uuid().prop_map(AttributeId::from_uuid), option::of(value))
            .prop_map(|(attribute, value)| LeadCommand::SetAttribute { attribute, value }),
        option::of(uuid().prop_map(MemberId::from_uuid)).prop_map(|to| LeadCommand::Transfer { to }),
    ]
}

/// Two things hold of a lead, whatever is done with it.
#[test]
fn what_is_not_worth_pursuing_is_not_worked_on_and_who_has_bought_was() {
    let captured = capture(Just(Uuid::from_u128(1))).prop_map(LeadCommand::Capture);
    let judged = prop_oneof![
        grounds().prop_map(|(reason, score)| LeadCommand::Qualify { reason, score }),
        grounds().prop_map(|(reason, score)| LeadCommand::Disqualify { reason, score, lost_at: StageId::LOST }),
        worked(),
    ];
    let (mut runner, seed) = runner();
    let reached = RefCell::new((0, 0));
    let verdict = runner.run(&(captured, vec(judged, COMMANDS)), |(captured, commands)| {
        let mut lead = Lead::default();
        handle(&mut lead, captured).unwrap();
        for command in commands {
            let _refused = handle(&mut lead, command);
            let state = serde_json::to_value(&lead).unwrap();
            let stands = (state["status"].as_str().unwrap(), state["standing"]["kind"].as_str().unwrap());
            let mut reached = reached.borrow_mut();
            match stands {
                ("disqualified", kind) => {
                    assert_eq!(kind, "lost");
                    reached.0 += 1;
                }
                (status, "won") => {
                    assert_eq!(status, "qualified");
                    reached.1 += 1;
                }
                _ => {}
            }
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    let (disqualified, won) = reached.into_inner();
    assert!(disqualified > 50 && won > 50, "{disqualified} and {won} show little");
}

#[test]
fn a_lead_keeps_the_laws() {
    let commands = prop_oneof![
        1 => capture(uuid()).prop_map(LeadCommand::Capture),
        1 => submission(uuid()).prop_map(|submission| LeadCommand::Submit(Box::new(submission))),
        1 => grounds().prop_map(|(reason, score)| LeadCommand::Qualify { reason, score }),
        1 => grounds().prop_map(|(reason, score)| LeadCommand::Disqualify { reason, score, lost_at: StageId::LOST }),
        3 => worked(),
    ];
    // What is told twice is the same command twice, and the log's command ids see to that.
    let settles = |command: &LeadCommand| !matches!(command, LeadCommand::Submit(_) | LeadCommand::AddNote { .. });
    laws::<Lead>(commands, settles, LeadEvent::TYPES);
}

/// When an interest began, and what breaks ties.
fn began(command: &LeadCommand) -> (Timestamp, Option<ConversationId>, Option<SubmissionId>) {
    match command {
        LeadCommand::Capture(capture) => (capture.captured_at, capture.conversation, None),
        LeadCommand::Submit(submission) => (submission.submitted_at, None, Some(submission.submission)),
        LeadCommand::Qualify { .. }
        | LeadCommand::Disqualify { .. }
        | LeadCommand::Advance { .. }
        | LeadCommand::Convert { .. }
        | LeadCommand::Lose { .. }
        | LeadCommand::MarkSpam
        | LeadCommand::UnmarkSpam
        | LeadCommand::Tag { .. }
        | LeadCommand::Untag { .. }
        | LeadCommand::AddNote { .. }
        | LeadCommand::SetCompany { .. }
        | LeadCommand::SetAttribute { .. }
        | LeadCommand::Take { .. }
        | LeadCommand::Transfer { .. } => panic!("nothing is done with leads here"),
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
