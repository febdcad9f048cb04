//! Samples of messages that are sent from here.

use jiff::Timestamp;
use serde_json::{Map, json};
use uuid::Uuid;

use super::{CHANNEL, CONTACT, Sample, phone_hash, sample};
use crate::conversation::Place;
use crate::outbound_message::{
    DeliveryStatus, Evidence, FailureCause, Frame, ListRow, ListSection, MediaKind, MediaSource, OutboundMessageEvent,
    OutgoingContent, OutgoingMessage, Part, ProductSection, ProviderMessage, RefusalClass, ReplyButton, ReportedStatus,
    SendRefusal, StatusReport, Thread, UnknownCause,
};
use crate::template::{
    ButtonParameter, ButtonValue, HeaderParameter, NamedText, TemplateLanguage, TemplateName, TemplateParameters,
};
use crate::{Personal, TemplateId};

fn text(text: &str) -> Personal<String> {
    text.to_owned().into()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_763_712_200 + second).unwrap()
}

fn message(content: OutgoingContent) -> OutgoingMessage {
    OutgoingMessage { content, replies_to: None, part: None }
}

fn queue(message: OutgoingMessage) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    OutboundMessageEvent::Queued { contact, channel, conversation, message }
}

fn queued() -> OutboundMessageEvent {
    queue(message(OutgoingContent::Text { body: text("It is. 🦊"), preview_url: false }))
}

fn attempted(attempt: u32) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    OutboundMessageEvent::Attempted { contact, channel, conversation, attempt, at: at(1) }
}

fn accepted(id: Option<&str>, evidence: Evidence) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let message = ProviderMessage { hash: phone_hash(), id: id.map(text) };
    OutboundMessageEvent::Accepted { contact, channel, conversation, attempt: 1, message, evidence, at: at(2) }
}

fn refused(class: RefusalClass, again_at: Option<Timestamp>) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let refusal = SendRefusal {
        code: 131_026,
        subcode: Some(2_494_010),
        title: Some("Message undeliverable".to_owned()),
        details: Some(text("393331234567 can't be reached.")),
        class,
    };
    OutboundMessageEvent::SendingRefused { contact, channel, conversation, attempt: 1, refusal, again_at, at: at(2) }
}

fn not_sent() -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let (reason, again_at) = ("connection refused".to_owned(), at(9));
    OutboundMessageEvent::NotSent { contact, channel, conversation, attempt: 1, reason, again_at }
}

fn unknown(cause: UnknownCause) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    OutboundMessageEvent::OutcomeUnknown { contact, channel, conversation, attempt: 1, cause }
}

fn failed(cause: FailureCause) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    OutboundMessageEvent::SendingFailed { contact, channel, conversation, cause }
}

fn requeued() -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    OutboundMessageEvent::Requeued { contact, channel, conversation }
}

fn cancelled() -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    OutboundMessageEvent::Cancelled { contact, channel, conversation }
}

fn report(superseded: bool) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = Thread::between(CONTACT, CHANNEL);
    let callback_data = Some(text("leadflow:1"));
    let report =
        StatusReport { callback_data, ..StatusReport::new(ReportedStatus::Reached(DeliveryStatus::Sent), at(3)) };
    OutboundMessageEvent::StatusReported { contact, channel, conversation, report, attempt: Some(1), superseded }
}

pub(super) fn superseded() -> OutboundMessageEvent {
    report(true)
}

/// What a message may say.
fn contents() -> Vec<(&'static str, OutgoingContent)> {
    let media = |kind, source, caption: Option<&str>, filename: Option<&str>| OutgoingContent::Media {
        kind,
        source: Personal::from(source),
        caption: caption.map(text),
        filename: filename.map(text),
    };
    let link = || MediaSource::Link("https://example.com/sofa.jpg".to_owned());
    let frame = || Frame { header: Some(text("Sofas")), body: text("Which one?"), footer: Some(text("As you like")) };
    let place = Place {
        latitude: 45.464_2,
        longitude: 9.19,
        name: Some("Shop".to_owned()),
        address: Some("Via Roma 1".to_owned()),
        url: None,
    };
    let card = json!({ "name": { "formatted_name": "Ada" }, "phones": [{ "phone": "+393331234567" }] });
    let card = card.as_object().cloned().unwrap_or_else(Map::new);
    let row = |id: &str, description: Option<&str>| ListRow {
        id: id.to_owned(),
        title: format!("Sofa {id}"),
        description: description.map(str::to_owned),
    };
    vec![
        ("image", media(MediaKind::Image, link(), Some("The blue one"), None)),
        ("video", media(MediaKind::Video, link(), None, None)),
        ("audio", media(MediaKind::Audio, MediaSource::Id("77".to_owned()), None, None)),
        ("document", media(MediaKind::Document, MediaSource::Id("78".to_owned()), None, Some("offer.pdf"))),
        ("sticker", media(MediaKind::Sticker, link(), None, None)),
        ("location", OutgoingContent::Location { place: place.into() }),
        ("contacts", OutgoingContent::Contacts { cards: vec![card].into() }),
        ("reaction", OutgoingContent::Reaction { to: text("wamid.sample"), emoji: Some(text("👍")) }),
        ("reaction_removed", OutgoingContent::Reaction { to: text("wamid.sample"), emoji: None }),
        (
            "buttons",
            OutgoingContent::Buttons {
                frame: frame(),
                buttons: vec![ReplyButton { id: "blue".to_owned(), title: "The blue one".to_owned() }],
            },
        ),
        (
            "template",
            OutgoingContent::Template {
                template: TemplateId::from_uuid(Uuid::from_u128(9)),
                name: TemplateName::parse("order_ready").unwrap(),
                language: TemplateLanguage::parse("en_US").unwrap(),
                parameters: Box::new(TemplateParameters {
                    header: Some(HeaderParameter::Text(vec![NamedText::counted("Ada 🦊")])),
                    body: vec![NamedText::named("order_id", "77")],
                    buttons: vec![ButtonParameter { index: 0, value: ButtonValue::UrlSuffix(text("orders/77")) }],
                }),
                text: text("Ada 🦊\nOrder 77 is ready."),
            },
        ),
        (
            "product",
            OutgoingContent::Product {
                catalog: "194836987003835".to_owned(),
                product: text("sofa-1"),
                body: Some(text("This one?")),
                footer: Some(text("As you like")),
            },
        ),
        (
            "products",
            OutgoingContent::Products {
                frame: frame(),
                catalog: "194836987003835".to_owned(),
                sections: vec![ProductSection {
                    title: Some("Large".to_owned()),
                    products: vec!["sofa-1".to_owned(), "sofa-2".to_owned()],
                }],
            },
        ),
        (
            "catalog",
            OutgoingContent::Catalog {
                frame: Frame { header: None, body: text("All of them"), footer: None },
                thumbnail: Some("sofa-1".to_owned()),
            },
        ),
        (
            "list",
            OutgoingContent::List {
                frame: Frame { header: None, body: text("Which one?"), footer: None },
                button: "Sofas".to_owned(),
                sections: vec![ListSection {
                    title: Some("Large".to_owned()),
                    rows: vec![row("1", Some("For three")), row("2", None)],
                }],
            },
        ),
    ]
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    let form = |form, event| Sample { form: Some(form), ..sample(event) };
    let full = OutgoingMessage {
        content: OutgoingContent::Text { body: text("https://example.com"), preview_url: true },
        replies_to: Some(text("wamid.question")),
        part: Some(Part { number: 1, of: 2 }),
    };
    let mut samples = vec![
        sample(queued()),
        form("full", queue(full)),
        sample(attempted(1)),
        sample(accepted(Some("wamid.ours"), Evidence::Answer)),
        form("by_status", accepted(Some("wamid.ours"), Evidence::Status)),
        form("of_somebody_erased", accepted(None, Evidence::Answer)),
        sample(refused(RefusalClass::Never, None)),
        form("retried", refused(RefusalClass::Retry { at_most: None }, Some(at(9)))),
        form("retried_once", refused(RefusalClass::Retry { at_most: Some(2) }, Some(at(9)))),
        form("paced", refused(RefusalClass::Pace, Some(at(9)))),
        form("stopped", refused(RefusalClass::Stop, Some(at(9)))),
        sample(not_sent()),
        sample(unknown(UnknownCause::NoAnswer)),
        form("unreadable", unknown(UnknownCause::Unreadable)),
        form("sender_lost", unknown(UnknownCause::SenderLost)),
        sample(failed(FailureCause::WindowClosed)),
        form("opted_out", failed(FailureCause::OptedOut)),
        form("template_not_sendable", failed(FailureCause::TemplateNotSendable)),
        form("erased", failed(FailureCause::Erased)),
        form("invalid", failed(FailureCause::Invalid)),
        form("unreachable", failed(FailureCause::Unreachable)),
        form("account_restricted", failed(FailureCause::AccountRestricted)),
        form("no_evidence", failed(FailureCause::NoEvidence)),
        sample(requeued()),
        sample(cancelled()),
    ];
    samples.extend(contents().into_iter().map(|(name, content)| form(name, queue(message(content)))));
    samples
}

/// Where a message may stand, each with what led there.
pub(super) fn moments() -> Vec<(&'static str, Vec<OutboundMessageEvent>)> {
    let begun = || vec![queued(), attempted(1)];
    let after = |event: OutboundMessageEvent| [begun(), vec![event]].concat();
    let of_template = contents().into_iter().filter(|(name, _)| *name == "template");
    let of_template = of_template.map(|(_, content)| queue(message(content))).collect();
    vec![
        ("of a template", of_template),
        ("waiting", vec![queued()]),
        ("being sent", begun()),
        ("taken", after(accepted(Some("wamid.ours"), Evidence::Answer))),
        ("told of", [after(accepted(Some("wamid.ours"), Evidence::Answer)), vec![report(false)]].concat()),
        ("refused for good", after(refused(RefusalClass::Never, None))),
        ("refused for now", after(refused(RefusalClass::Pace, Some(at(9))))),
        ("not reached", after(not_sent())),
        ("lost", after(unknown(UnknownCause::NoAnswer))),
        ("given up", [after(unknown(UnknownCause::NoAnswer)), vec![failed(FailureCause::NoEvidence)]].concat()),
        ("too late", vec![queued(), failed(FailureCause::WindowClosed)]),
        ("sent again", [after(refused(RefusalClass::Never, None)), vec![requeued()]].concat()),
        ("not to be sent", vec![queued(), cancelled()]),
    ]
}
