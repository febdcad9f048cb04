//! Templates of WhatsApp's, and answers that a business keeps ready.

use super::{Sample, sample};
use crate::response_template::{Response, ResponseTemplateEvent, samples as responses};
use crate::template::{
    Button, ButtonAction, Components, FileKind, Header, Listing, Pattern, TemplateCategory, TemplateEvent,
    TemplateQuality, TemplateStatus, samples,
};

pub(super) fn introduced() -> TemplateEvent {
    samples::introduced()
}

pub(super) fn drafted() -> TemplateEvent {
    samples::drafted(1)
}

pub(super) fn submitted() -> TemplateEvent {
    samples::submitted(1)
}

pub(super) fn synced() -> TemplateEvent {
    samples::approved()
}

/// A template with a file above, the other kinds of buttons, and what nothing here can fill in.
pub(super) fn of_files() -> TemplateEvent {
    let button = |text: &str, action| Button { text: text.to_owned(), action };
    let components = Components {
        header: Some(Header::File { kind: FileKind::Document, example: None }),
        body: Pattern::of("Your invoice is here."),
        footer: None,
        buttons: vec![
            button("Call us", ButtonAction::Call { phone: "+390212345678".to_owned() }),
            button("Copy code", ButtonAction::OneTimePassword),
            button("Book", ButtonAction::Other("FLOW".to_owned())),
        ],
        others: vec!["CAROUSEL".to_owned()],
    };
    let listing = Listing { components, quality: None, ..samples::listing() };
    TemplateEvent::Synced { listing, version: 1, at: samples::second(5) }
}

/// A draft with a picture or a film above, or with a place.
fn drafts() -> Vec<(&'static str, TemplateEvent)> {
    let file = |kind| Header::File { kind, example: Some("4::aW1hZ2U=".to_owned()) };
    let headers = [("image", file(FileKind::Image)), ("video", file(FileKind::Video)), ("location", Header::Location)];
    let drafted = |header| TemplateEvent::Drafted {
        category: TemplateCategory::Marketing,
        components: Components {
            header: Some(header),
            body: Pattern::of("The winter sale begins."),
            ..Components::default()
        },
        version: 1,
    };
    headers.into_iter().map(|(form, header)| (form, drafted(header))).collect()
}

pub(super) fn components_told() -> TemplateEvent {
    let components = Components { body: Pattern::of("Your order {{1}} is on its way."), ..Components::default() };
    TemplateEvent::ComponentsTold { telling: samples::telling(6), components, version: 2 }
}

pub(super) fn category_announced() -> TemplateEvent {
    let (telling, category) = (samples::telling(6), TemplateCategory::Marketing);
    TemplateEvent::CategoryChangeAnnounced { telling, category }
}

pub(super) fn deleted() -> TemplateEvent {
    TemplateEvent::Deleted { at: samples::second(9) }
}

/// Each status, told.
pub(super) fn statuses() -> Vec<(&'static str, TemplateEvent)> {
    [
        ("approved", TemplateStatus::Approved),
        ("pending", TemplateStatus::Pending),
        ("rejected", TemplateStatus::Rejected { reason: Some("INVALID_FORMAT".to_owned()) }),
        ("rejected_without_reason", TemplateStatus::Rejected { reason: None }),
        ("paused", TemplateStatus::Paused),
        ("disabled", TemplateStatus::Disabled),
        ("flagged", TemplateStatus::Flagged),
        ("in_appeal", TemplateStatus::InAppeal),
        ("pending_deletion", TemplateStatus::PendingDeletion),
        ("gone", TemplateStatus::Deleted),
        ("limit_exceeded", TemplateStatus::LimitExceeded),
        ("archived", TemplateStatus::Archived),
        ("other_status", TemplateStatus::Other("LOCKED".to_owned())),
    ]
    .into_iter()
    .map(|(form, status)| (form, samples::told(6, status)))
    .collect()
}

/// Each category, told.
pub(super) fn categories() -> Vec<(&'static str, TemplateEvent)> {
    [
        ("marketing", TemplateCategory::Marketing),
        ("utility", TemplateCategory::Utility),
        ("authentication", TemplateCategory::Authentication),
        ("other_category", TemplateCategory::Other("SERVICE".to_owned())),
    ]
    .into_iter()
    .map(|(form, category)| (form, TemplateEvent::CategoryTold { telling: samples::telling(6), category }))
    .collect()
}

/// Each quality, told.
pub(super) fn qualities() -> Vec<(&'static str, TemplateEvent)> {
    [
        ("green", TemplateQuality::Green),
        ("yellow", TemplateQuality::Yellow),
        ("red", TemplateQuality::Red),
        ("unknown", TemplateQuality::Unknown),
        ("other_quality", TemplateQuality::Other("BLUE".to_owned())),
    ]
    .into_iter()
    .map(|(form, quality)| (form, TemplateEvent::QualityTold { telling: samples::telling(6), quality }))
    .collect()
}

pub(super) fn response_created() -> ResponseTemplateEvent {
    responses::created("Welcome", "Hi {{contact.name|there}}, this is {{member.name}} of {{business.name}}.")
}

pub(super) fn response_changed() -> ResponseTemplateEvent {
    responses::changed("Welcome", "Greeting", "Hello {{contact.name|}}")
}

pub(super) fn response_removed() -> ResponseTemplateEvent {
    responses::removed("Welcome")
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    let unsaid = Response { intent: None, ..responses::response("Address", "Via Roma 1, Milano") };
    let mut samples = vec![
        sample(introduced()),
        sample(drafted()),
        sample(submitted()),
        sample(synced()),
        Sample { form: Some("of_files"), ..sample(of_files()) },
        sample(components_told()),
        sample(category_announced()),
        sample(deleted()),
        sample(response_created()),
        Sample { form: Some("without_intent"), ..sample(ResponseTemplateEvent::Created(unsaid)) },
        sample(response_changed()),
        sample(response_removed()),
    ];
    let forms = |events: Vec<(&'static str, TemplateEvent)>, plain: &str| {
        let plain = plain.to_owned();
        events
            .into_iter()
            .map(move |(form, event)| Sample { form: Some(form).filter(|form| *form != plain), ..sample(event) })
            .collect::<Vec<_>>()
    };
    samples.extend(forms(drafts(), ""));
    samples.extend(forms(statuses(), "approved"));
    samples.extend(forms(categories(), "marketing"));
    samples.extend(forms(qualities(), "green"));
    samples
}
