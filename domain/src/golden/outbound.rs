//! Samples of messages of the business.

use jiff::Timestamp;
use uuid::Uuid;

use super::{CHANNEL, CONTACT, Sample, phone_hash, sample};
use crate::conversation::{Correction, Edit, Forwarded, MessageContent, Occasion, ProviderError, Reaction, Revocation};
use crate::outbound_message::{
    DeliveryStatus, EchoedMessage, OutboundMessageEvent, Participant, ReportedStatus, StatusReport, Thread, Via,
};
use crate::{EventId, Personal};

fn text(text: &str) -> Personal<String> {
    text.to_owned().into()
}

fn occasion(id: &str) -> Occasion {
    Occasion {
        provider_message_id: text(id),
        sent_at: Timestamp::from_second(1_763_712_120).unwrap(),
        received_at: Some(Timestamp::from_second(1_763_712_121).unwrap()),
        odd_timestamp: None,
    }
}

fn message() -> EchoedMessage {
    EchoedMessage {
        occasion: occasion("wamid.echo"),
        via: Via::BusinessApp,
        recipient_name: None,
        content: MessageContent::Text { body: text("It is.") },
        replies_to: None,
        forwarded: None,
        errors: vec![],
    }
}

fn of_message(message: EchoedMessage) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    OutboundMessageEvent::Echoed { contact, channel, conversation, message }
}

fn of_report(report: StatusReport) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let (attempt, superseded) = (None, false);
    OutboundMessageEvent::StatusReported { contact, channel, conversation, report, attempt, superseded }
}

pub(super) fn echoed() -> OutboundMessageEvent {
    of_message(message())
}

pub(super) fn reacted() -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let reaction = Reaction { occasion: occasion("wamid.liked"), to: text("wamid.sample"), emoji: Some(text("👍")) };
    OutboundMessageEvent::Reacted { contact, channel, conversation, reaction }
}

pub(super) fn edited() -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let content = MessageContent::Text { body: text("It is still there.") };
    let edit = Edit { occasion: occasion("wamid.corrected"), original: text("wamid.echo"), content };
    OutboundMessageEvent::Edited { contact, channel, conversation, edit }
}

pub(super) fn revoked() -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let revocation = Revocation { occasion: occasion("wamid.withdrawn"), original: text("wamid.echo") };
    OutboundMessageEvent::Revoked { contact, channel, conversation, revocation }
}

pub(super) fn corrected() -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let content = MessageContent::Text { body: text("It is not.") };
    let event = EventId::from_uuid(Uuid::from_u128(5));
    let correction = Correction { content, ..Correction::as_echoed(event, message()) };
    OutboundMessageEvent::Corrected { contact, channel, conversation, correction }
}

pub(super) fn reported(status: DeliveryStatus) -> OutboundMessageEvent {
    let at = Timestamp::from_second(1_763_712_130).unwrap();
    let callback_data = Some(text("order 7"));
    of_report(StatusReport { callback_data, ..StatusReport::new(ReportedStatus::Reached(status), at) })
}

fn of_import(content: MessageContent, status: Option<ReportedStatus>) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let message = EchoedMessage { occasion: occasion("wamid.before"), content, ..message() };
    OutboundMessageEvent::Imported { contact, channel, conversation, message, status }
}

pub(super) fn imported() -> OutboundMessageEvent {
    let status = ReportedStatus::Reached(DeliveryStatus::Read);
    of_import(MessageContent::Text { body: text("It is in the window.") }, Some(status))
}

pub(super) fn placeholder() -> OutboundMessageEvent {
    of_import(MessageContent::MediaPlaceholder {}, Some(ReportedStatus::Other("PENDING".to_owned())))
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    let full_message = EchoedMessage {
        occasion: Occasion { odd_timestamp: Some("soon".to_owned()), ..occasion("wamid.echo") },
        via: Via::Other("created_by_a_partner".to_owned()),
        recipient_name: Some(text("Ada 🦊")),
        replies_to: Some(text("wamid.question")),
        forwarded: Some(Forwarded::Once),
        errors: vec![error()],
        ..message()
    };
    let full_report = StatusReport {
        status: ReportedStatus::Other("warning".to_owned()),
        at: Timestamp::from_second(1_763_712_131).unwrap(),
        received_at: Some(Timestamp::from_second(1_763_712_131).unwrap()),
        odd_timestamp: Some("soon".to_owned()),
        participant: Some(Participant {
            hash: phone_hash(),
            phone: Some(text("393331234567")),
            user_id: Some(text("IT.1349")),
        }),
        callback_data: Some(text("order 7")),
        pricing: Some(r#"{"billable":true,"category":"service","pricing_model":"PMP"}"#.to_owned()),
        billed_conversation: Some(r#"{"id":"6ceb9d92","origin":{"type":"service"}}"#.to_owned()),
        errors: vec![error()],
    };
    vec![
        sample(echoed()),
        Sample { form: Some("full"), ..sample(of_message(full_message)) },
        Sample { form: Some("bot"), ..sample(of_message(EchoedMessage { via: Via::Bot, ..message() })) },
        sample(reacted()),
        sample(edited()),
        sample(revoked()),
        sample(corrected()),
        sample(imported()),
        Sample { form: Some("placeholder"), ..sample(placeholder()) },
        sample(reported(DeliveryStatus::Delivered)),
        Sample { form: Some("superseded"), ..sample(super::sending::superseded()) },
        Sample { form: Some("full"), ..sample(of_report(full_report)) },
    ]
}

fn error() -> ProviderError {
    ProviderError {
        code: "131026".to_owned(),
        title: Some("Message undeliverable".to_owned()),
        details: Some("Unable to deliver the message.".to_owned()),
    }
}
