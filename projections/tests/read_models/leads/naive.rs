//! Leads and timelines said naively: each value asks the whole history for itself, and an event is read by its stored
//! form. Shares nothing with the projector but the events.

#![expect(clippy::wildcard_enum_match_arm, reason = "each value asks for the few events that it hangs on")]

use jiff::Timestamp;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::lead::{LeadEvent, LeadSource};
use leadflow_domain::source::SourceEvent;
use leadflow_domain::{ContactId, Event, LeadId, StreamId, SubmissionId};
use leadflow_event_store::RecordedEvent;
use serde_json::Value;
use uuid::Uuid;

use super::pipeline;
use super::rows::{Entry, Lead, LeadNote, Rows, Source, Submission};

/// How many kinds of entries there are.
pub(super) const KINDS: usize = 57;

/// What there should be after `events`, in which every lead was told of every message of its contact.
pub(crate) fn rows(events: &[RecordedEvent]) -> Rows {
    let mut leads: Vec<Lead> = events.iter().filter_map(|introduced| lead(events, introduced)).collect();
    leads.sort();
    let mut timeline: Vec<Entry> = events.iter().filter_map(|recorded| entry(events, recorded)).collect();
    timeline.sort();
    let mut submissions: Vec<Submission> = events.iter().filter_map(|recorded| submission(events, recorded)).collect();
    submissions.sort();
    let mut sources: Vec<Source> = events.iter().filter_map(|recorded| source(events, recorded)).collect();
    sources.sort();
    let mut notes: Vec<LeadNote> = events.iter().filter_map(|recorded| pipeline::note(events, recorded)).collect();
    notes.sort();
    Rows { leads, timeline, submissions, sources, notes, pipelines: pipeline::named(events) }
}

/// The conversation in which what she told last by a form is answered.
fn answered_in(events: &[RecordedEvent], contact: ContactId) -> Option<Uuid> {
    let hers = |id: SubmissionId| {
        events.iter().any(|recorded| match &recorded.event {
            Event::Lead(LeadEvent::Submitted(form)) => form.contact == contact && form.submission == id,
            _ => false,
        })
    };
    events.iter().rev().find_map(|recorded| match &recorded.event {
        Event::Conversation(ConversationEvent::SubmissionReceived { submission, .. }) if hers(*submission) => {
            Some(recorded.stream.as_uuid())
        }
        _ => None,
    })
}

/// The lead of whom an event introduces: captured by the earliest of her messages and forms; of one moment, a form is.
fn lead(events: &[RecordedEvent], introduced: &RecordedEvent) -> Option<Lead> {
    let Event::Contact(
        ContactEvent::IntroducedByPhone { .. }
        | ContactEvent::IntroducedByUserId { .. }
        | ContactEvent::Introduced { .. },
    ) = introduced.event
    else {
        return None;
    };
    let contact = ContactId::from_uuid(introduced.stream.as_uuid());
    let (captured_at, conversation_id, _, source) = events
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::Conversation(ConversationEvent::MessageReceived {
                contact: writer, group: None, message, ..
            }) if *writer == contact && message.is_written() => {
                Some((message.sent_at.as_microsecond(), Some(recorded.stream.as_uuid()), None, "whatsapp"))
            }
            Event::Lead(LeadEvent::Submitted(form)) if form.contact == contact => {
                let source = match form.source {
                    LeadSource::Manual => "manual",
                    LeadSource::Import => "import",
                    LeadSource::MetaForm => "meta_form",
                    LeadSource::WalkIn => "walk_in",
                    LeadSource::External => "external",
                    _ => "google_form",
                };
                Some((form.submitted_at.as_microsecond(), None, Some(form.submission.as_uuid()), source))
            }
            _ => None,
        })
        .min()?;
    let lead = StreamId::from(LeadId::of(contact));
    let judged =
        events.iter().filter(|recorded| recorded.stream == lead).filter_map(|recorded| match &recorded.event {
            Event::Lead(LeadEvent::Qualified(assessment)) => Some((recorded, "qualified", assessment)),
            Event::Lead(LeadEvent::Disqualified(assessment)) => Some((recorded, "disqualified", assessment)),
            _ => None,
        });
    let last = judged.max_by_key(|(recorded, ..)| recorded.version);
    let erased = events.iter().any(|recorded| {
        recorded.stream == introduced.stream && matches!(recorded.event, Event::Contact(ContactEvent::Erased { .. }))
    });
    let reason = last.and_then(|(.., assessment)| assessment.reason.as_ref()?.text.known());
    Some(Lead {
        lead_id: lead.as_uuid(),
        tenant_id: introduced.tenant.as_uuid(),
        contact_id: contact.as_uuid(),
        conversation_id: conversation_id.or_else(|| answered_in(events, contact)),
        created_by: events
            .iter()
            .find_map(|recorded| match &recorded.event {
                Event::Lead(LeadEvent::Captured(capture)) if recorded.stream == lead => capture.submission,
                _ => None,
            })
            .map(SubmissionId::as_uuid),
        status: last.map_or("new", |(_, status, _)| status).to_owned(),
        source: source.to_owned(),
        captured_at,
        score: last.and_then(|(.., assessment)| assessment.score).map(|score| i16::from(score.number())),
        reason: reason.filter(|_| !erased).map(|reason| reason.as_str().to_owned()),
        assessed_at: last.map(|(recorded, ..)| recorded.recorded_at.as_microsecond()),
        version: versions(events, lead),
        ..pipeline::worked(events, lead, erased)
    })
}

/// Whether somebody is erased in the end.
pub(super) fn is_erased(events: &[RecordedEvent], contact: Uuid) -> bool {
    events.iter().any(|recorded| {
        recorded.stream.as_uuid() == contact && matches!(recorded.event, Event::Contact(ContactEvent::Erased { .. }))
    })
}

/// What was submitted, by the event's stored form.
fn submission(events: &[RecordedEvent], recorded: &RecordedEvent) -> Option<Submission> {
    let Event::Lead(LeadEvent::Submitted(_)) = &recorded.event else { return None };
    let (_, form) = stored(&recorded.event)?;
    let contact_id = uuid(&form["contact"])?;
    let erased = is_erased(events, contact_id);
    let of_her = |value: &Value| if erased { None } else { value["$personal"].as_str().map(str::to_owned) };
    let words = [("whats_app_user_id", "whatsapp_user_id")];
    let word = |kind: &Value| {
        let kind = kind.as_str().unwrap();
        words.iter().find(|(told, _)| *told == kind).map_or(kind, |(_, shown)| shown).to_owned()
    };
    let ids = ["form_id", "campaign_id", "ad_group_id", "ad_id", "asset_group_id"];
    let ids = ids.map(|id| form["origin"][id].as_str().map(str::to_owned)).into_iter();
    let answers = form["answers"].as_array().unwrap().iter().map(|answer| {
        let text = |value: &Value| serde_json::to_string(value).unwrap();
        let given = of_her(&answer["answer"]).map(Value::from).unwrap_or_default();
        format!(
            r#"{{"key": {}, "answer": {}, "question": {}}}"#,
            text(&answer["key"]),
            text(&given),
            text(&answer["question"])
        )
    });
    let answers: Vec<String> = answers.collect();
    Some(Submission {
        submission_id: uuid(&form["submission"])?,
        tenant_id: recorded.tenant.as_uuid(),
        lead_id: recorded.stream.as_uuid(),
        contact_id,
        source: form["source"].as_str()?.to_owned(),
        source_id: uuid(&form["from"]),
        submitted_at: form["submitted_at"].as_str()?.parse::<Timestamp>().unwrap().as_microsecond(),
        provider_ids: ids.chain([of_her(&form["provider_lead_id"]), of_her(&form["click_id"])]).collect(),
        name: of_her(&form["name"]),
        answers: (!erased && !answers.is_empty()).then(|| format!("[{}]", answers.join(", "))),
        added: form["added"].as_array().unwrap().iter().map(word).collect(),
    })
}

/// A source, as its stream leaves it.
fn source(events: &[RecordedEvent], opened: &RecordedEvent) -> Option<Source> {
    let Event::Source(SourceEvent::Opened(opening)) = &opened.event else { return None };
    let own: Vec<&RecordedEvent> = events.iter().filter(|recorded| recorded.stream == opened.stream).collect();
    let told = |wanted: fn(&SourceEvent) -> bool| -> Vec<&RecordedEvent> {
        let is_wanted = |recorded: &&RecordedEvent| matches!(&recorded.event, Event::Source(event) if wanted(event));
        own.iter().copied().filter(is_wanted).collect()
    };
    // What an event says, as it is stored.
    let said = |recorded: &RecordedEvent, field: &str| {
        let Event::Source(event) = &recorded.event else { return Value::Null };
        let value = serde_json::to_value(event).unwrap();
        value.as_object().unwrap().values().next().unwrap()[field].clone()
    };
    let openness =
        told(|event| matches!(event, SourceEvent::Opened(_) | SourceEvent::Closed {} | SourceEvent::Reopened {}));
    let pages = told(|event| matches!(event, SourceEvent::PageConnected(_)));
    let renamed = told(|event| matches!(event, SourceEvent::Renamed { .. }));
    let given = told(|event| matches!(event, SourceEvent::SlugGiven { .. }));
    let forms = told(|event| matches!(event, SourceEvent::FormSet(_)));
    let mappings = told(|event| matches!(event, SourceEvent::MappingChanged(_)));
    let networks = told(|event| matches!(event, SourceEvent::NetworksChanged { .. }));
    let credentials = told(|event| {
        matches!(
            event,
            SourceEvent::CredentialsEntered { .. }
                | SourceEvent::CredentialsRotated { .. }
                | SourceEvent::CredentialsRemoved { .. }
        )
    });
    let missed = told(|event| matches!(event, SourceEvent::LeadMissed(_)));
    let reading = told(|event| {
        matches!(
            event,
            SourceEvent::ReadingStopped { .. }
                | SourceEvent::ReadingResumed {}
                | SourceEvent::CredentialsRemoved { .. }
        )
    });
    let stopped = reading.last().filter(|last| matches!(last.event, Event::Source(SourceEvent::ReadingStopped { .. })));
    let moment = |recorded: &&RecordedEvent| recorded.recorded_at.as_microsecond();
    Some(Source {
        source_id: opened.stream.as_uuid(),
        tenant_id: opened.tenant.as_uuid(),
        kind: if !mappings.is_empty() {
            "external"
        } else if !forms.is_empty() {
            "walk_in"
        } else if !pages.is_empty() {
            "facebook_page"
        } else {
            "google_form"
        }
        .to_owned(),
        name: renamed
            .last()
            .map_or(opening.name.as_str().to_owned(), |last| said(last, "name").as_str().map(str::to_owned).unwrap()),
        is_open: !matches!(openness.last().unwrap().event, Event::Source(SourceEvent::Closed {})),
        opened_at: opened.recorded_at.as_microsecond(),
        page_id: pages.last().and_then(|page| said(page, "page_id").as_str().map(str::to_owned)),
        app: pages.last().and_then(|page| said(page, "app").as_str().map(str::to_owned)),
        stopped_at: stopped.map(moment),
        stopped_code: stopped.and_then(|stopped| said(stopped, "code").as_i64()),
        missed_leads: i64::try_from(missed.len()).unwrap(),
        last_missed_at: missed.last().map(moment),
        last_missed_code: missed.last().and_then(|missed| said(missed, "code").as_i64()),
        slug: given.last().and_then(|given| said(given, "slug").as_str().map(str::to_owned)),
        heading: forms.last().and_then(|form| said(form, "heading").as_str().map(str::to_owned)),
        phone_at: mappings.last().and_then(|mapping| said(mapping, "phone").as_str().map(str::to_owned)),
        networks: networks.last().map_or(vec![], |told| {
            said(told, "networks").as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
        }),
        has_credentials: credentials
            .last()
            .is_some_and(|last| !matches!(last.event, Event::Source(SourceEvent::CredentialsRemoved { .. }))),
        version: own.last().unwrap().version,
    })
}

/// How many events a stream has.
pub(super) fn versions(events: &[RecordedEvent], stream: StreamId) -> i64 {
    i64::try_from(events.iter().filter(|recorded| recorded.stream == stream).count()).unwrap()
}

/// What stands in the log: its name, and what is under it.
fn stored(event: &Event) -> Option<(String, Value)> {
    let stored = match event {
        Event::Contact(event) => serde_json::to_value(event),
        Event::Conversation(event) => serde_json::to_value(event),
        Event::OutboundMessage(event) => serde_json::to_value(event),
        Event::Lead(event) => serde_json::to_value(event),
        _ => return None,
    };
    let Value::Object(named) = stored.unwrap() else { panic!("an event is an object") };
    named.into_iter().next()
}

fn entry(events: &[RecordedEvent], recorded: &RecordedEvent) -> Option<Entry> {
    let (name, content) = stored(&recorded.event)?;
    let kind = kind(&name, &content)?;
    let (aggregate, _) = name.split_once('.')?;
    let stream = recorded.stream.as_uuid();
    let conversation_id = if aggregate == "conversation" { Some(stream) } else { uuid(&content["conversation"]) };
    let contact_id = match aggregate {
        "contact" => stream,
        _ => uuid(&content["contact"]).or_else(|| whose(events, recorded.stream))?,
    };
    Some(Entry {
        position: recorded.position,
        tenant_id: recorded.tenant.as_uuid(),
        event_id: recorded.id.as_uuid(),
        contact_id,
        kind: kind.to_owned(),
        at: happened_at(&content).unwrap_or(recorded.recorded_at).as_microsecond(),
        conversation_id,
        outbound_message_id: (aggregate == "outbound_message").then_some(stream),
        lead_id: (aggregate == "lead").then_some(stream),
    })
}

/// Whom a thread is with; nobody, of a group's.
fn whose(events: &[RecordedEvent], conversation: StreamId) -> Option<Uuid> {
    events.iter().find_map(|recorded| match &recorded.event {
        Event::Conversation(ConversationEvent::Opened { contact, .. }) if recorded.stream == conversation => {
            Some(contact.as_uuid())
        }
        _ => None,
    })
}

/// The provider's time, wherever an event says it.
fn happened_at(content: &Value) -> Option<Timestamp> {
    let places = ["", "/message", "/reaction", "/edit", "/revocation", "/call", "/report", "/preference"];
    let names = ["sent_at", "told_at", "captured_at", "submitted_at", "at"];
    let said = places.iter().flat_map(|place| names.iter().map(move |name| format!("{place}/{name}")));
    said.filter_map(|path| content.pointer(&path)).find_map(|time| time.as_str()?.parse().ok())
}

fn uuid(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

fn kind(name: &str, content: &Value) -> Option<&'static str> {
    let word = |path: &str| content.pointer(path).and_then(Value::as_str);
    Some(match name {
        "contact.introduced_by_phone" | "contact.introduced_by_user_id" | "contact.introduced" => "introduced",
        "contact.identifier_added" => "identifier_added",
        "contact.identifier_changed" => "identifier_changed",
        "contact.identifier_conflicted" => "identifier_conflicted",
        "contact.marketing_preference_told" if word("/preference/category") != Some("marketing_messages") => None?,
        "contact.marketing_preference_told" => match word("/preference/wants") {
            Some("stop") => "marketing_stopped",
            Some("resume") => "marketing_wanted",
            _ => None?,
        },
        "contact.listed" => "listed",
        "contact.unlisted" => "unlisted",
        "contact.merged" => "merged",
        "contact.unmerged" => "unmerged",
        "contact.told_apart" => "told_apart",
        "contact.erased" => "erased",
        "conversation.opened" => "conversation_opened",
        "conversation.reopened" => "conversation_reopened",
        "conversation.resolved" => "conversation_resolved",
        "conversation.priority_set" => "priority_set",
        "conversation.assigned" => "conversation_assigned",
        "conversation.assigned_to_team" => "conversation_assigned_to_team",
        "conversation.unassigned" => "conversation_unassigned",
        "conversation.snoozed" => "conversation_snoozed",
        "conversation.woken" => "conversation_woken",
        "conversation.labelled" => "conversation_labelled",
        "conversation.unlabelled" => "conversation_unlabelled",
        "conversation.note_added" => "note_added",
        "conversation.message_received" => "message_received",
        "conversation.message_imported" => "received_message_imported",
        "conversation.reacted" => "reaction_received",
        "conversation.message_edited" => "edit_received",
        "conversation.message_revoked" => "revocation_received",
        "conversation.called" => match (word("/call/report/told"), word("/call/report/direction")) {
            (Some("connect"), Some("from_business")) => "call_made",
            (Some("connect"), _) => "call_received",
            (Some("terminate"), _) => "call_ended",
            _ => None?,
        },
        "outbound_message.echoed" => "message_sent",
        "outbound_message.imported" => "sent_message_imported",
        "outbound_message.reacted" => "reaction_sent",
        "outbound_message.edited" => "edit_sent",
        "outbound_message.revoked" => "revocation_sent",
        "outbound_message.queued" if content.pointer("/message/content/reaction").is_some() => "reaction_sent",
        "outbound_message.queued" => "message_sent",
        "outbound_message.sending_refused" if content.get("again_at").is_none() => "message_failed",
        "outbound_message.sending_failed" => "message_failed",
        "outbound_message.status_reported" if content.get("superseded").is_some() => None?,
        "outbound_message.status_reported" if content.pointer("/report/participant").is_some() => None?,
        "outbound_message.status_reported" => match word("/report/status/reached") {
            Some("failed") => "message_failed",
            Some("delivered") => "message_delivered",
            Some("read") => "message_read",
            Some("played") => "message_played",
            _ => None?,
        },
        "lead.captured" => "lead_captured",
        "lead.capture_corrected" => "lead_capture_corrected",
        "lead.submitted" => "lead_submitted",
        "lead.qualified" => "lead_qualified",
        "lead.disqualified" => "lead_disqualified",
        "lead.moved" => "lead_moved",
        "lead.converted" => "lead_converted",
        "lead.lost" => "lead_lost",
        "lead.spam_marked" => "lead_spam_marked",
        "lead.spam_unmarked" => "lead_spam_unmarked",
        "lead.tagged" => "lead_tagged",
        "lead.untagged" => "lead_untagged",
        "lead.note_added" => "lead_note_added",
        "lead.company_set" => "lead_company_set",
        "lead.attribute_set" => "lead_attribute_set",
        "lead.transferred" => "lead_transferred",
        _ => None?,
    })
}
