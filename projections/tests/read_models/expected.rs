//! What the read models should hold, said naively: each value asks the whole history for itself. Shares nothing with
//! the projectors but the events. Whoever was erased is erased from all of it, also from what came before.

#![expect(clippy::wildcard_enum_match_arm, reason = "each value asks for the few events that it hangs on")]

mod facts;
mod groups;
mod kept;
pub(crate) mod merging;
pub(crate) mod people;
pub(crate) mod sendings;
mod told;

use std::collections::HashSet;

use jiff::Timestamp;
use leadflow_domain::channel::{ChannelEvent, SocialNetwork};
use leadflow_domain::contact::{ContactEvent, IdentifierKind};
use leadflow_domain::conversation::{ConversationEvent, Counterpart};
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::outbound_message::{OutboundMessageEvent, OutgoingContent, ReportedStatus, Via};
use leadflow_domain::{ChannelId, ContactId, Event, Personal};
use leadflow_event_store::RecordedEvent;
use uuid::Uuid;

use self::told::{Told, shown, told};
use crate::rows::{Channel, Contact, Conversation, Inbox, MessageStatus};

/// The inbox after `events`.
pub(crate) fn inbox(events: &[RecordedEvent]) -> Inbox {
    let events = &forgotten(events);
    let mut inbox = Inbox {
        channels: vec![],
        contacts: vec![],
        conversations: vec![],
        messages: vec![],
        statuses: vec![],
        sendings: sendings::sendings(events),
        groups: groups::groups(events),
        participants: groups::participants(events),
        listings: facts::listings(events),
        notes: kept::notes(events),
        members: people::members(events),
        persons: vec![],
        conflicts: merging::conflicts(events),
        told_apart: merging::told_apart(events),
    };
    for recorded in events {
        match &recorded.event {
            Event::Channel(ChannelEvent::WhatsAppNumberConnected(_) | ChannelEvent::SocialAccountConnected { .. }) => {
                inbox.channels.push(channel(events, recorded));
            }
            Event::Contact(
                ContactEvent::IntroducedByPhone { .. }
                | ContactEvent::IntroducedByUserId { .. }
                | ContactEvent::Introduced { .. },
            ) => {
                inbox.contacts.push(contact(events, recorded));
            }
            Event::Conversation(ConversationEvent::Opened { contact, channel }) => {
                inbox.conversations.push(conversation(events, recorded, Counterpart::Contact(*contact), *channel));
            }
            Event::Conversation(ConversationEvent::OpenedWithGroup { group, channel }) => {
                inbox.conversations.push(conversation(events, recorded, Counterpart::Group(*group), *channel));
            }
            _ => {}
        }
    }
    inbox.channels.sort();
    // A number that was connected again was told anew, and is one channel.
    inbox.channels.dedup();
    inbox.contacts.sort();
    inbox.persons = merging::persons(events, &inbox.contacts);
    for contact in &mut inbox.contacts {
        let she = inbox.persons.iter().find(|row| row.contact_id == contact.contact_id);
        let stands = she.filter(|row| row.person_id == row.contact_id);
        contact.person_name = stands.and_then(|row| row.listed_name.clone().or_else(|| row.display_name.clone()));
    }
    for conversation in &mut inbox.conversations {
        conversation.is_merged = inbox.persons.iter().any(|row| Some(row.contact_id) == conversation.contact_id);
    }
    inbox.conversations.sort();
    inbox.messages = shown(events).map(Told::row).collect();
    told::mark_acted(&mut inbox.messages);
    inbox.messages.sort_by_key(|message| message.message_id);
    let outbound = events.iter().filter(|event| matches!(event.event, Event::OutboundMessage(_)));
    inbox.statuses = outbound.filter_map(|recorded| status(events, recorded)).collect();
    inbox.statuses.sort();
    // Each report told of it anew.
    inbox.statuses.dedup();
    inbox
}

/// `events` as if nobody had ever known the values of those who were erased in the end.
fn forgotten(events: &[RecordedEvent]) -> Vec<RecordedEvent> {
    let erasures = events.iter().filter(|event| matches!(event.event, Event::Contact(ContactEvent::Erased { .. })));
    let erased: HashSet<Uuid> = erasures.map(|event| event.stream.as_uuid()).collect();
    let is_erased = |contact: Uuid| erased.contains(&contact);
    let mut forgotten = events.to_vec();
    for recorded in &mut forgotten {
        match &mut recorded.event {
            Event::Contact(event) if is_erased(recorded.stream.as_uuid()) => match event {
                ContactEvent::IntroducedByPhone { phone, .. } => *phone = Personal::Erased,
                ContactEvent::IntroducedByUserId { user_id: value, .. }
                | ContactEvent::Introduced { value, .. }
                | ContactEvent::IdentifierAdded { value, .. }
                | ContactEvent::IdentifierChanged { value, .. } => *value = Personal::Erased,
                _ => {}
            },
            Event::Lead(LeadEvent::Submitted(form)) if is_erased(form.contact.as_uuid()) => form.name = None,
            Event::Conversation(
                ConversationEvent::MessageReceived { contact, message, .. }
                | ConversationEvent::MessageImported { contact, message, .. },
            ) if is_erased(contact.as_uuid()) => {
                message.provider_message_id = Personal::Erased;
                message.sender_name = None;
            }
            Event::Conversation(ConversationEvent::Reacted { contact, reaction, .. })
                if is_erased(contact.as_uuid()) =>
            {
                reaction.occasion.provider_message_id = Personal::Erased;
            }
            Event::Conversation(ConversationEvent::NoteAdded { about: Counterpart::Contact(contact), text })
                if is_erased(contact.as_uuid()) =>
            {
                *text = Personal::Erased;
            }
            Event::Conversation(ConversationEvent::MessageEdited { contact, edit, .. })
                if is_erased(contact.as_uuid()) =>
            {
                edit.occasion.provider_message_id = Personal::Erased;
            }
            Event::Conversation(ConversationEvent::MessageRevoked { contact, revocation, .. })
                if is_erased(contact.as_uuid()) =>
            {
                revocation.occasion.provider_message_id = Personal::Erased;
            }
            Event::Conversation(ConversationEvent::Called { contact, call, .. }) if is_erased(contact.as_uuid()) => {
                call.occasion.provider_message_id = Personal::Erased;
                call.customer_name = None;
            }
            Event::OutboundMessage(
                OutboundMessageEvent::Echoed { contact, message, .. }
                | OutboundMessageEvent::Imported { contact, message, .. },
            ) if is_erased(contact.as_uuid()) => {
                message.occasion.provider_message_id = Personal::Erased;
                message.recipient_name = None;
                message.replies_to = None;
            }
            Event::OutboundMessage(OutboundMessageEvent::Queued { contact, message, .. })
                if is_erased(contact.as_uuid()) =>
            {
                message.replies_to = None;
                forget(&mut message.content);
            }
            Event::OutboundMessage(OutboundMessageEvent::SendingRefused { contact, refusal, .. })
                if is_erased(contact.as_uuid()) =>
            {
                refusal.details = None;
            }
            Event::OutboundMessage(OutboundMessageEvent::Reacted { contact, reaction, .. })
                if is_erased(contact.as_uuid()) =>
            {
                reaction.occasion.provider_message_id = Personal::Erased;
            }
            Event::OutboundMessage(OutboundMessageEvent::Edited { contact, edit, .. })
                if is_erased(contact.as_uuid()) =>
            {
                edit.occasion.provider_message_id = Personal::Erased;
            }
            Event::OutboundMessage(OutboundMessageEvent::Revoked { contact, revocation, .. })
                if is_erased(contact.as_uuid()) =>
            {
                revocation.occasion.provider_message_id = Personal::Erased;
            }
            _ => {}
        }
    }
    forgotten
}

/// Without what it is all about.
fn forget(content: &mut OutgoingContent) {
    match content {
        OutgoingContent::Text { body, .. } => *body = Personal::Erased,
        OutgoingContent::Media { source, .. } => *source = Personal::Erased,
        OutgoingContent::Location { place } => *place = Personal::Erased,
        OutgoingContent::Contacts { cards } => *cards = Personal::Erased,
        OutgoingContent::Reaction { to, .. } => *to = Personal::Erased,
        OutgoingContent::Buttons { frame, .. }
        | OutgoingContent::List { frame, .. }
        | OutgoingContent::Products { frame, .. }
        | OutgoingContent::Catalog { frame, .. } => frame.body = Personal::Erased,
        OutgoingContent::Product { product, .. } => *product = Personal::Erased,
        OutgoingContent::Template { text, .. } => *text = Personal::Erased,
    }
}

fn channel(events: &[RecordedEvent], connected: &RecordedEvent) -> Channel {
    let own = || events.iter().filter(|event| event.stream == connected.stream);
    let number = own()
        .filter_map(|event| match &event.event {
            Event::Channel(ChannelEvent::WhatsAppNumberConnected(number)) => Some(number),
            _ => None,
        })
        .next_back();
    let account = own()
        .filter_map(|event| match &event.event {
            Event::Channel(ChannelEvent::SocialAccountConnected { account, .. }) => Some(account),
            _ => None,
        })
        .next_back();
    let is_given_up = own().rev().find_map(|event| match event.event {
        Event::Channel(ChannelEvent::WhatsAppNumberConnected(_) | ChannelEvent::SocialAccountConnected { .. }) => {
            Some(false)
        }
        Event::Channel(
            ChannelEvent::WhatsAppNumberDisconnected { .. } | ChannelEvent::SocialAccountDisconnected { .. },
        ) => Some(true),
        _ => None,
    });
    // Since when and why nothing is taken from it, unless somebody has seen to that.
    let stopped = own().rev().find_map(|event| match &event.event {
        Event::Channel(ChannelEvent::SendingStopped { reason }) => Some(Some((event.recorded_at, reason))),
        Event::Channel(ChannelEvent::SendingResumed {}) => Some(None),
        _ => None,
    });
    let stopped = stopped.flatten();
    // What was said of its credentials last.
    let credentials = own().rev().find_map(|event| match event.event {
        Event::Channel(
            ChannelEvent::WhatsAppCredentialsEntered { .. }
            | ChannelEvent::WhatsAppCredentialsRotated { .. }
            | ChannelEvent::SocialAccountConnected { credential: Some(_), .. },
        ) => Some(Some(event.recorded_at.as_microsecond())),
        Event::Channel(
            ChannelEvent::WhatsAppCredentialsRemoved { .. } | ChannelEvent::SocialAccountDisconnected { .. },
        ) => Some(None),
        _ => None,
    });
    let mut waba_ids = own().filter_map(|event| match &event.event {
        Event::Channel(ChannelEvent::HealthTold { waba_id, .. }) => Some(waba_id),
        _ => None,
    });
    // What was told last, since it was told of the latest account.
    let health = waba_ids.next_back().map(|account| {
        let mut health = serde_json::json!({ "waba_id": account });
        let told = own().filter_map(|event| match &event.event {
            Event::Channel(ChannelEvent::HealthTold { waba_id, news, at }) => Some((waba_id, news, at)),
            _ => None,
        });
        let told: Vec<_> = told.collect();
        let since = told.iter().rposition(|(waba_id, ..)| *waba_id != account).map_or(0, |before| before + 1);
        for (_, news, at) in &told[since..] {
            for news in *news {
                let news = serde_json::to_value(news).unwrap();
                for (name, what) in news.as_object().unwrap() {
                    // The same told again is so since it was told first.
                    match health.get_mut(name) {
                        Some(known) if known["what"] == *what => known["again"] = serde_json::json!(at),
                        _ => health[name] = serde_json::json!({ "what": what, "at": at }),
                    }
                }
            }
        }
        health.to_string()
    });
    Channel {
        channel_id: connected.stream.as_uuid(),
        tenant_id: connected.tenant.as_uuid(),
        kind: match account.map(|account| account.network) {
            None => "whatsapp",
            Some(SocialNetwork::Messenger) => "messenger",
            Some(SocialNetwork::Instagram) => "instagram",
        }
        .to_owned(),
        display_phone: number.map(|number| number.display_phone.as_str().to_owned()),
        phone_number_id: number.map(|number| number.phone_number_id.as_str().to_owned()),
        waba_id: number.map(|number| number.waba_id.as_str().to_owned()),
        account_id: account.map(|account| account.account_id.as_str().to_owned()),
        account_name: account.map(|account| account.name.as_str().to_owned()),
        app: number
            .and_then(|number| number.app.as_ref())
            .or_else(|| account?.app.as_ref())
            .map(|app| app.as_str().to_owned()),
        status: if is_given_up.unwrap() { "disconnected" } else { "connected" }.to_owned(),
        connected_at: own().next().unwrap().recorded_at.as_microsecond(),
        credentials_entered_at: credentials.flatten(),
        stopped_at: stopped.map(|(at, _)| at.as_microsecond()),
        stop_code: stopped.map(|(_, reason)| reason.code),
        stop_title: stopped.and_then(|(_, reason)| reason.title.clone()),
        health,
        version: versions(own()),
    }
}

/// How many events of one stream these are.
fn versions<'a>(own: impl Iterator<Item = &'a RecordedEvent>) -> i64 {
    i64::try_from(own.count()).unwrap()
}

fn contact(events: &[RecordedEvent], introduced: &RecordedEvent) -> Contact {
    // The last identifier of a kind that was told, in the order of the log.
    let last = |wanted: IdentifierKind| {
        events
            .iter()
            .rev()
            .filter(|event| event.stream == introduced.stream)
            .find_map(|event| match &event.event {
                Event::Contact(ContactEvent::IntroducedByPhone { phone, .. }) if wanted == IdentifierKind::Phone => {
                    Some(phone.known().map(|phone| phone.as_str().to_owned()))
                }
                Event::Contact(ContactEvent::IntroducedByUserId { user_id, .. })
                    if wanted == IdentifierKind::WhatsAppUserId =>
                {
                    Some(user_id.known().cloned())
                }
                Event::Contact(
                    ContactEvent::Introduced { kind, value, .. }
                    | ContactEvent::IdentifierAdded { kind, value, .. }
                    | ContactEvent::IdentifierChanged { kind, value, .. },
                ) if wanted == *kind => Some(value.known().cloned()),
                _ => None,
            })
            .flatten()
    };
    let naming = named(events)
        .filter(|named| named.contact.as_uuid() == introduced.stream.as_uuid())
        .max_by_key(|named| (named.at, named.by.clone(), named.name.clone()));
    let marketing = facts::marketing(events, introduced.stream);
    Contact {
        contact_id: introduced.stream.as_uuid(),
        tenant_id: introduced.tenant.as_uuid(),
        introduced_at: Some(introduced.recorded_at.as_microsecond()),
        phone: last(IdentifierKind::Phone),
        user_id: last(IdentifierKind::WhatsAppUserId),
        email: last(IdentifierKind::Email),
        display_name: naming.as_ref().map(|named| named.name.clone()),
        named_at: naming.as_ref().map(|named| named.at.as_microsecond()),
        named_by: naming.map(|named| named.by),
        marketing: marketing.as_ref().map(|(_, word)| (*word).to_owned()),
        marketing_at: marketing.map(|(at, _)| at),
        listed_name: facts::listed_name(events, introduced.stream),
        person_name: None,
        version: versions(events.iter().filter(|event| event.stream == introduced.stream)),
    }
}

/// What somebody called herself in a message or a form.
struct Named {
    contact: ContactId,
    at: Timestamp,
    by: String,
    name: String,
}

fn named(events: &[RecordedEvent]) -> impl Iterator<Item = Named> {
    events.iter().filter_map(|recorded| {
        let (contact, at, by, name) = match &recorded.event {
            Event::Conversation(
                ConversationEvent::MessageReceived { contact, message, .. }
                | ConversationEvent::MessageImported { contact, message, .. },
            ) => (contact, message.sent_at, &message.provider_message_id, message.sender_name.as_ref()?),
            Event::OutboundMessage(
                OutboundMessageEvent::Echoed { contact, message, .. }
                | OutboundMessageEvent::Imported { contact, message, .. },
            ) => {
                let occasion = &message.occasion;
                (contact, occasion.sent_at, &occasion.provider_message_id, message.recipient_name.as_ref()?)
            }
            Event::Conversation(ConversationEvent::Called { contact, call, .. }) => {
                let occasion = &call.occasion;
                (contact, occasion.sent_at, &occasion.provider_message_id, call.customer_name.as_ref()?)
            }
            Event::Lead(LeadEvent::Submitted(form)) => {
                let name = form.name.as_ref()?.known()?.clone();
                let (contact, at, by) = (form.contact, form.submitted_at, form.submission.to_string());
                return Some(Named { contact, at, by, name });
            }
            _ => return None,
        };
        // What an erased person called herself is nobody's name.
        Some(Named { contact: *contact, at, by: provider_id(by), name: name.known()?.clone() })
    })
}

/// What all the reports together say of the message of which one was `reported`.
fn status(events: &[RecordedEvent], reported: &RecordedEvent) -> Option<MessageStatus> {
    const WORDS: [&str; 10] =
        ["queued", "cancelled", "attempted", "unknown", "accepted", "sent", "failed", "delivered", "read", "played"];
    let mut own: Vec<_> = events.iter().filter(|event| event.stream == reported.stream).collect();
    // What failed and is sent again begins anew.
    let is_anew =
        |event: &&RecordedEvent| matches!(event.event, Event::OutboundMessage(OutboundMessageEvent::Requeued { .. }));
    own.drain(..own.iter().rposition(is_anew).unwrap_or(0));
    let reports = |wanted: &'static str| {
        own.iter().filter_map(move |event| match &event.event {
            Event::OutboundMessage(OutboundMessageEvent::StatusReported { report, superseded: false, .. })
                if report.participant.is_none() && word(&report.status)? == wanted =>
            {
                Some(report)
            }
            _ => None,
        })
    };
    let is_imported = |wanted: &str| {
        own.iter().any(|event| match &event.event {
            Event::OutboundMessage(OutboundMessageEvent::Imported { status, .. }) => {
                status.as_ref().and_then(word).as_deref() == Some(wanted)
            }
            _ => false,
        })
    };
    fn word(status: &ReportedStatus) -> Option<String> {
        match status {
            ReportedStatus::Reached(status) => Some(format!("{status:?}").to_lowercase()),
            ReportedStatus::Other(_) => None,
        }
    }
    let first = |wanted| reports(wanted).map(|report| report.at.as_microsecond()).min();
    let failure = reports("failed")
        .map(|report| {
            let error = report.errors.first();
            let code = error.map(|error| error.code.clone()).unwrap_or_default();
            let title = error.and_then(|error| error.title.clone()).unwrap_or_default();
            let details = error.and_then(|error| error.details.clone()).unwrap_or_default();
            (report.at.as_microsecond(), code, title, details)
        })
        .min();
    let pricing = WORDS
        .into_iter()
        .flat_map(&reports)
        .filter_map(|report| Some((report.at.as_microsecond(), report.pricing.clone()?)))
        .max();
    Some(MessageStatus {
        outbound_message_id: reported.stream.as_uuid(),
        tenant_id: reported.tenant.as_uuid(),
        status: WORDS.into_iter().rfind(|word| is_imported(word) || reports(word).next().is_some())?.to_owned(),
        sent_at: first("sent"),
        delivered_at: first("delivered"),
        read_at: first("read"),
        played_at: first("played"),
        failed_at: failure.as_ref().map(|(at, ..)| *at),
        failure_code: failure.as_ref().map(|(_, code, ..)| code.clone()),
        failure_title: failure.as_ref().map(|(_, _, title, _)| title.clone()),
        failure_details: failure.map(|(.., details)| details),
        pricing_at: pricing.as_ref().map(|(at, _)| *at),
        pricing: pricing.map(|(_, pricing)| pricing),
    })
}

fn conversation(
    events: &[RecordedEvent],
    opened: &RecordedEvent,
    with: Counterpart,
    channel: ChannelId,
) -> Conversation {
    let thread = || events.iter().filter(|event| event.stream == opened.stream);
    let read_at = thread()
        .filter(|event| matches!(event.event, Event::Conversation(ConversationEvent::Read {})))
        .map(|event| event.position)
        .max()
        .unwrap_or(0);
    let mine = || told(events).filter(|told| told.conversation == opened.stream);
    let shown = || shown(events).filter(|told| told.conversation == opened.stream);
    let submitted = || {
        thread().filter_map(|event| match &event.event {
            Event::Conversation(ConversationEvent::SubmissionReceived { submitted_at, .. }) => {
                Some((event.position, submitted_at.as_microsecond()))
            }
            _ => None,
        })
    };
    let unread = mine().filter(|told| told.is_written && told.recorded.position > read_at).count()
        + submitted().filter(|(position, _)| *position > read_at).count();
    let (status, snoozed_until) = kept::status(thread());
    let priority = thread()
        .filter_map(|event| match event.event {
            Event::Conversation(ConversationEvent::PrioritySet { priority }) => {
                Some(format!("{priority:?}").to_lowercase())
            }
            _ => None,
        })
        .next_back();
    let latest = shown().max_by_key(|told| (told.sent_at, told.mark(), told.id)).map(Told::row);
    Conversation {
        conversation_id: opened.stream.as_uuid(),
        tenant_id: opened.tenant.as_uuid(),
        contact_id: match with {
            Counterpart::Contact(contact) => Some(contact.as_uuid()),
            Counterpart::Group(_) => None,
        },
        is_merged: false,
        group_id: match with {
            Counterpart::Contact(_) => None,
            Counterpart::Group(group) => Some(group.as_uuid()),
        },
        channel_id: channel.as_uuid(),
        status: status.to_owned(),
        priority: priority.unwrap_or_else(|| "none".to_owned()),
        unread_count: i32::try_from(unread).unwrap(),
        last_activity_at: latest.as_ref().map(|message| message.sent_at).max(submitted().map(|(_, at)| at).max()),
        last_message_id: latest.as_ref().map(|message| message.message_id),
        last_mark: latest.as_ref().map(|message| message.mark),
        last_direction: latest.as_ref().map(|message| message.direction.clone()),
        last_kind: latest.as_ref().map(|message| message.kind.clone()),
        last_body: latest.and_then(|message| message.body),
        // All of these histories were told when they happened, or nobody says when.
        window_until: mine()
            .filter(|told| told.opens_window)
            .map(|told| told.sent_at.as_microsecond() + 24 * 3_600 * 1_000_000)
            .max(),
        assignee_id: kept::assignee(thread()),
        team_id: kept::team(thread()),
        version: versions(thread()),
        snoozed_until,
        labels: kept::labels(thread()),
        waiting_since: waiting_since(events, opened),
        is_answered: shown().any(|told| told.is_by_member),
    }
}

/// Her first message since it was last resolved that nobody of the business wrote after.
fn waiting_since(events: &[RecordedEvent], opened: &RecordedEvent) -> Option<i64> {
    let answered_at = events.iter().filter_map(|event| match &event.event {
        Event::OutboundMessage(OutboundMessageEvent::Echoed { conversation, message, .. })
            if conversation.as_uuid() == opened.stream.as_uuid() && message.via != Via::Bot =>
        {
            Some(message.occasion.sent_at)
        }
        Event::OutboundMessage(OutboundMessageEvent::Queued { conversation, message, .. })
            if conversation.as_uuid() == opened.stream.as_uuid()
                && !matches!(message.content, OutgoingContent::Reaction { .. }) =>
        {
            Some(event.recorded_at)
        }
        _ => None,
    });
    let answered_at = answered_at.max();
    let thread: Vec<_> = events.iter().filter(|event| event.stream == opened.stream).collect();
    let resolved =
        thread.iter().rposition(|event| matches!(event.event, Event::Conversation(ConversationEvent::Resolved {})));
    let told_since = thread[resolved.map_or(0, |nth| nth + 1)..].iter().filter_map(|event| match &event.event {
        Event::Conversation(ConversationEvent::MessageReceived { message, .. }) if message.is_written() => {
            Some(message.sent_at)
        }
        _ => None,
    });
    told_since.filter(|asked| Some(*asked) > answered_at).min().map(Timestamp::as_microsecond)
}

/// A column without null; an erased id is empty there.
fn provider_id(id: &Personal<String>) -> String {
    id.known().cloned().unwrap_or_default()
}
