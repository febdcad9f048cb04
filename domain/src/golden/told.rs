//! What is told beside messages: calls, what she wants, what the business calls her.

use jiff::Timestamp;
use uuid::Uuid;

use super::{CHANNEL, CONTACT, Sample, sample};
use crate::ContactId;
use crate::contact::{ContactEvent, MarketingPreference, MergeReason, Telling, Wants};
use crate::conversation::{Call, CallDirection, CallNews, CallReport, ConversationEvent, Occasion, ProviderError};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_763_712_200 + second).unwrap()
}

fn called(second: i64, report: CallReport) -> ConversationEvent {
    let occasion = Occasion {
        provider_message_id: "wacid.sample".to_owned().into(),
        sent_at: at(second),
        received_at: Some(at(second + 1)),
        odd_timestamp: None,
    };
    let call = Call { occasion, customer_name: Some("Ada 🦊".to_owned().into()), callback_data: None, report };
    ConversationEvent::Called { contact: CONTACT, channel: CHANNEL, call }
}

fn report(direction: CallDirection, told: CallNews) -> CallReport {
    CallReport {
        direction,
        told,
        outcome: None,
        started_at: None,
        ended_at: None,
        duration_seconds: None,
        errors: vec![],
    }
}

pub(super) fn calls() -> ConversationEvent {
    called(0, report(CallDirection::FromCustomer, CallNews::Connect))
}

fn ended() -> ConversationEvent {
    let ended = called(
        63,
        CallReport {
            outcome: Some("COMPLETED".to_owned()),
            started_at: Some(at(3)),
            ended_at: Some(at(63)),
            duration_seconds: Some(60),
            errors: vec![ProviderError {
                code: "138000".to_owned(),
                title: Some("Call quality".to_owned()),
                details: Some("The connection was poor.".to_owned()),
            }],
            ..report(CallDirection::FromBusiness, CallNews::Terminate)
        },
    );
    let ConversationEvent::Called { contact, channel, call } = ended else { panic!("a call") };
    let call = Call { callback_data: Some("order 7".to_owned().into()), ..call };
    ConversationEvent::Called { contact, channel, call }
}

fn reported() -> ConversationEvent {
    let direction = CallDirection::Other("CONFERENCE".to_owned());
    called(2, report(direction, CallNews::Reported("RINGING".to_owned())))
}

fn telling() -> Telling {
    Telling { told_at: at(0), received_at: Some(at(1)), odd_timestamp: None }
}

fn preference(word: &str) -> MarketingPreference {
    MarketingPreference {
        wants: Wants::of(word),
        category: "marketing_messages".to_owned(),
        telling: telling(),
        detail: Some("User requested to stop marketing messages".to_owned().into()),
    }
}

pub(super) fn prefers(word: &str) -> ContactEvent {
    ContactEvent::MarketingPreferenceTold { channel: CHANNEL, preference: preference(word) }
}

pub(super) fn listed() -> ContactEvent {
    ContactEvent::Listed {
        channel: CHANNEL,
        name: "Ada from the market".to_owned().into(),
        first_name: Some("Ada".to_owned().into()),
        telling: telling(),
    }
}

pub(super) fn unlisted() -> ContactEvent {
    ContactEvent::Unlisted {
        channel: CHANNEL,
        telling: Telling { odd_timestamp: Some("soon".to_owned()), ..telling() },
    }
}

fn other() -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(4))
}

pub(super) fn merged() -> ContactEvent {
    let reason = Some(MergeReason::parse("She called from both").unwrap().into());
    ContactEvent::Merged { into: other(), reason }
}

pub(super) fn unmerged() -> ContactEvent {
    let reason = Some(MergeReason::parse("They are sisters").unwrap().into());
    ContactEvent::Unmerged { from: other(), reason }
}

pub(super) fn told_apart() -> ContactEvent {
    ContactEvent::ToldApart { from: other() }
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    vec![
        sample(calls()),
        Sample { form: Some("ended"), ..sample(ended()) },
        Sample { form: Some("reported"), ..sample(reported()) },
        sample(prefers("stop")),
        Sample { form: Some("resume"), ..sample(prefers("resume")) },
        Sample { form: Some("other"), ..sample(prefers("signup")) },
        sample(listed()),
        sample(unlisted()),
        sample(merged()),
        Sample { form: Some("without_a_word"), ..sample(ContactEvent::Merged { into: other(), reason: None }) },
        sample(unmerged()),
        sample(told_apart()),
    ]
}
