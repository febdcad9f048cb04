//! Analytics said naively: each number asks the whole of its conversation for itself. Shares nothing with the projector but
//! the events.

mod hours;

use std::collections::BTreeMap;

use jiff::Timestamp;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::lead::{LeadEvent, LeadSource};
use leadflow_domain::outbound_message::{OutboundMessageEvent, OutgoingContent, Via};
use leadflow_domain::{ConversationId, Event};
use leadflow_event_store::RecordedEvent;
use uuid::Uuid;

use self::hours::{business, schedule};
use super::rows::{self, Rows};

/// Something in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    at: Timestamp,
    rank: u8,
    version: i64,
    event: Uuid,
    what: &'static str,
    member: Option<Uuid>,
}

/// A conversation: whose, and what is in it, in order.
#[derive(Debug, Default)]
struct Line {
    tenant: Uuid,
    channel: Option<Uuid>,
    contact: Option<Uuid>,
    /// Where the lead that began in it came from.
    source: &'static str,
    items: Vec<Item>,
}

/// What analytics should hold after `events`.
pub(crate) fn rows(events: &[RecordedEvent]) -> Rows {
    let mut rows = Rows::default();
    for (id, line) in lines(events) {
        line.tell(id, events, &mut rows);
    }
    for event in events {
        if let Some(schedule) = schedule(event) {
            rows.schedules.push(rows::Schedule {
                tenant_id: event.tenant.as_uuid(),
                version: event.version,
                valid_from: event.recorded_at.as_microsecond(),
                is_none: schedule.is_none(),
            });
        }
    }
    for (lead, captures) in captures(events) {
        let (recorded, capture) = captures.last().unwrap();
        rows.leads.push(rows::Lead { lead_id: lead, tenant_id: recorded.tenant.as_uuid(), conversation_id: capture.0 });
    }
    rows.sorted()
}

/// A capture: in which conversation, and when.
type Captured<'a> = (&'a RecordedEvent, (Uuid, Timestamp));

/// Each lead's captures, in the order of its stream: in which conversation, and when.
fn captures(events: &[RecordedEvent]) -> BTreeMap<Uuid, Vec<Captured<'_>>> {
    let mut leads: BTreeMap<Uuid, Vec<Captured<'_>>> = BTreeMap::new();
    for recorded in events {
        if let Event::Lead(LeadEvent::Captured(capture) | LeadEvent::CaptureCorrected(capture)) = &recorded.event {
            let captures = leads.entry(recorded.stream.as_uuid()).or_default();
            let place = capture.conversation.map_or(recorded.stream.as_uuid(), ConversationId::as_uuid);
            captures.push((recorded, (place, capture.captured_at)));
        }
    }
    leads.values_mut().for_each(|captures| captures.sort_by_key(|(recorded, _)| recorded.version));
    leads
}

/// Where a capture says that a lead came from.
fn source(recorded: &RecordedEvent) -> &'static str {
    match &recorded.event {
        Event::Lead(LeadEvent::Captured(capture) | LeadEvent::CaptureCorrected(capture)) => match capture.source {
            LeadSource::WhatsApp => "whatsapp",
            LeadSource::GoogleForm => "google_form",
            LeadSource::External => "external",
            LeadSource::MetaForm => "meta_form",
            LeadSource::WalkIn => "walk_in",
            LeadSource::Manual => "manual",
            LeadSource::Import => "import",
            LeadSource::Messenger => "messenger",
            LeadSource::Instagram => "instagram",
        },
        other => panic!("{other:?} is no capture"),
    }
}

fn lines(events: &[RecordedEvent]) -> BTreeMap<Uuid, Line> {
    let mut lines: BTreeMap<Uuid, Line> = BTreeMap::new();
    for event in events {
        let (id, what, at, member) = match &event.event {
            Event::Conversation(told) => {
                let id = event.stream.as_uuid();
                if let ConversationEvent::Opened { channel, .. } | ConversationEvent::OpenedWithGroup { channel, .. } =
                    told
                {
                    lines.entry(id).or_default().channel = Some(channel.as_uuid());
                }
                if let ConversationEvent::Opened { contact, .. } = told {
                    lines.entry(id).or_default().contact = Some(contact.as_uuid());
                }
                let (what, member) = match told {
                    ConversationEvent::Opened { .. } | ConversationEvent::OpenedWithGroup { .. } => ("opened", None),
                    ConversationEvent::Reopened {} => ("reopened", None),
                    ConversationEvent::Resolved {} => ("resolved", None),
                    ConversationEvent::Snoozed { .. } => ("snoozed", None),
                    ConversationEvent::Woken {} => ("woken", None),
                    ConversationEvent::Assigned { member } => ("assigned", Some(member.as_uuid())),
                    ConversationEvent::Unassigned {} | ConversationEvent::AssignedToTeam { .. } => ("unassigned", None),
                    ConversationEvent::MessageReceived { message, .. } if message.is_written() => {
                        ("customer_wrote", None)
                    }
                    _ => continue,
                };
                let at = match what {
                    "customer_wrote" => wrote_at(events, event),
                    "opened" | "reopened" => turned_at(events, event),
                    _ => event.recorded_at,
                };
                (id, what, at, member)
            }
            Event::OutboundMessage(OutboundMessageEvent::Echoed { conversation, channel, message, .. }) => {
                let id = conversation.as_uuid();
                lines.entry(id).or_default().channel = Some(channel.as_uuid());
                let what = if message.via == Via::Bot { "bot_wrote" } else { "human_wrote" };
                (id, what, message.occasion.sent_at, None)
            }
            Event::OutboundMessage(OutboundMessageEvent::Accepted { conversation, channel, at, .. })
                if answers(events, event) =>
            {
                let id = conversation.as_uuid();
                lines.entry(id).or_default().channel = Some(channel.as_uuid());
                (id, "human_wrote", *at, None)
            }
            _ => continue,
        };
        let rank = if what.ends_with("_wrote") && what != "customer_wrote" { 2 } else { 1 };
        let line = lines.entry(id).or_default();
        line.tenant = event.tenant.as_uuid();
        line.items.push(Item { at, rank, version: event.version, event: event.id.as_uuid(), what, member });
    }
    for (lead, captures) in captures(events) {
        // What began in a form has a place of its own, also when it turns out to have begun elsewhere.
        if let Some((recorded, _)) = captures.iter().find(|(_, (place, _))| *place == lead) {
            lines.entry(lead).or_default().tenant = recorded.tenant.as_uuid();
        }
        let (recorded, (conversation, at)) = captures.last().unwrap();
        let line = lines.entry(*conversation).or_default();
        line.tenant = recorded.tenant.as_uuid();
        line.source = source(recorded);
        let (version, event) = (recorded.version, recorded.id.as_uuid());
        line.items.push(Item { at: *at, rank: 0, version, event, what: "captured", member: None });
        for (judged, what) in judgements(events, recorded) {
            // By the capture that was known then.
            let known = captures.iter().rfind(|(capture, _)| capture.version < judged.version);
            let at = judged.recorded_at.max(known.unwrap().1.1);
            let (version, event) = (judged.version, judged.id.as_uuid());
            line.items.push(Item { at, rank: 0, version, event, what, member: None });
        }
    }
    lines.values_mut().for_each(|line| line.items.sort());
    lines
}

/// Whether what the provider took is a message that somebody wrote here, and it took it for the first time.
fn answers(events: &[RecordedEvent], accepted: &RecordedEvent) -> bool {
    let before = || events.iter().filter(|event| event.stream == accepted.stream && event.version < accepted.version);
    let is_written = |event: &RecordedEvent| {
        matches!(&event.event, Event::OutboundMessage(OutboundMessageEvent::Queued { message, .. })
            if !matches!(message.content, OutgoingContent::Reaction { .. }))
    };
    let is_taken =
        |event: &RecordedEvent| matches!(event.event, Event::OutboundMessage(OutboundMessageEvent::Accepted { .. }));
    before().any(is_written) && !before().any(is_taken)
}

/// What the customer did that an event tells of, and when.
fn done_at(event: &RecordedEvent) -> Option<Timestamp> {
    let Event::Conversation(event) = &event.event else { return None };
    match event {
        ConversationEvent::MessageReceived { message, .. } => Some(message.sent_at),
        ConversationEvent::Reacted { reaction, .. } => Some(reaction.occasion.sent_at),
        ConversationEvent::MessageEdited { edit, .. } => Some(edit.occasion.sent_at),
        ConversationEvent::MessageRevoked { revocation, .. } => Some(revocation.occasion.sent_at),
        ConversationEvent::Called { call, .. } => Some(call.occasion.sent_at),
        _ => None,
    }
}

/// When something was opened or reopened: when the customer did what stands right behind it, if the log told of both at
/// once, but not before it was last at rest.
fn turned_at(events: &[RecordedEvent], turn: &RecordedEvent) -> Timestamp {
    let stream = || events.iter().filter(|event| event.stream == turn.stream);
    let told_at = turn.recorded_at;
    let next = stream().find(|event| event.version == turn.version + 1 && event.recorded_at == told_at);
    let rests = stream().filter(|event| event.version < turn.version).filter(|event| {
        matches!(event.event, Event::Conversation(ConversationEvent::Resolved {} | ConversationEvent::Snoozed { .. }))
    });
    match next.and_then(done_at) {
        Some(done_at) => rests.map(|rest| rest.recorded_at).fold(done_at.min(told_at), Timestamp::max),
        None => told_at,
    }
}

/// When the customer wrote; what reopened a conversation, not before that.
fn wrote_at(events: &[RecordedEvent], wrote: &RecordedEvent) -> Timestamp {
    let sent_at = done_at(wrote).unwrap();
    let turn = events.iter().find(|event| {
        (event.stream, event.version + 1, event.recorded_at) == (wrote.stream, wrote.version, wrote.recorded_at)
            && matches!(event.event, Event::Conversation(ConversationEvent::Reopened {}))
    });
    turn.map_or(sent_at, |turn| turned_at(events, turn).max(sent_at))
}

impl Line {
    fn tell(&self, id: Uuid, events: &[RecordedEvent], rows: &mut Rows) {
        let (tenant_id, channel_id) = (self.tenant, self.channel);
        rows.conversations.push(rows::Conversation {
            conversation_id: id,
            tenant_id,
            channel_id,
            contact_id: self.contact,
        });
        for (nth, item) in self.items.iter().enumerate() {
            let (member_id, source) = (self.assignee(nth + 1), self.source(nth + 1));
            let counts_as = self.counts_as(nth).map(str::to_owned);
            rows.points.push(rows::Point {
                conversation_id: id,
                tenant_id,
                at: item.at.as_microsecond(),
                what: item.what.to_owned(),
                counts_as: counts_as.clone(),
                member_id,
                source: source.clone(),
                version: item.version,
                event_id: item.event,
            });
            if let Some(counts_as) = counts_as {
                let quarter = item.at.as_second().div_euclid(900) * 900_000_000;
                let count = rows::Count {
                    tenant_id,
                    quarter,
                    counts_as,
                    channel_id,
                    member_id,
                    source: source.clone(),
                    number: 0,
                };
                let same = |known: &&mut rows::Count| rows::Count { number: 0, ..(**known).clone() } == count;
                match rows.counts.iter_mut().find(same) {
                    Some(known) => known.number += 1,
                    None => rows.counts.push(rows::Count { number: 1, ..count }),
                }
            }
            for (metric, version, began, member_id) in self.measured(nth) {
                let began = &self.items[began];
                rows.facts.push(rows::Fact {
                    conversation_id: id,
                    tenant_id,
                    metric: metric.to_owned(),
                    version,
                    channel_id,
                    member_id,
                    source: source.clone(),
                    began_at: began.at.as_microsecond(),
                    ended_at: item.at.as_microsecond(),
                    seconds: (item.at.as_microsecond() - began.at.as_microsecond()) / 1_000_000,
                    business_seconds: business(events, tenant_id, began.at, item.at),
                    began_with: began.event,
                    ended_with: item.event,
                });
            }
        }
    }

    /// The last of the first `end` items that is one of these.
    fn last(&self, end: usize, whats: &[&str]) -> Option<(usize, &'static str)> {
        let found = self.items[..end].iter().rposition(|item| whats.contains(&item.what))?;
        Some((found, self.items[found].what))
    }

    /// The first item from `from` to before `end` that is one of these.
    fn first(&self, from: usize, end: usize, whats: &[&str]) -> Option<usize> {
        (from..end).find(|nth| whats.contains(&self.items[*nth].what))
    }

    /// The first of these since the last of those.
    fn first_since(&self, end: usize, whats: &[&str], since: &[&str]) -> Option<usize> {
        self.first(self.last(end, since).map_or(0, |(last, _)| last + 1), end, whats)
    }

    fn assignee(&self, end: usize) -> Option<Uuid> {
        self.last(end, &["assigned", "unassigned"]).and_then(|(nth, _)| self.items[nth].member)
    }

    fn source(&self, end: usize) -> Option<String> {
        self.last(end, &["captured"]).map(|_| self.source.to_owned())
    }

    fn waiting(&self, end: usize) -> Option<usize> {
        self.first_since(end, &["customer_wrote"], &["human_wrote", "resolved"])
    }

    fn was_resolved(&self, end: usize) -> bool {
        matches!(self.last(end, &["opened", "reopened", "resolved"]), Some((_, "resolved")))
    }

    fn counts_as(&self, nth: usize) -> Option<&'static str> {
        let stage = self.last(nth, STAGES).map(|(_, stage)| stage);
        match self.items[nth].what {
            "opened" => Some("conversations_opened"),
            "reopened" => self.was_resolved(nth).then_some("conversations_reopened"),
            "resolved" => Some("resolutions"),
            "customer_wrote" => Some("messages_in"),
            "human_wrote" => Some("messages_out_human"),
            "bot_wrote" => Some("messages_out_bot"),
            "captured" => Some("leads_captured"),
            "qualified" => (stage != Some("qualified")).then_some("leads_qualified"),
            "disqualified" => (stage != Some("disqualified")).then_some("leads_disqualified"),
            _ => None,
        }
    }

    /// What an item brings to an end: metric, version, the item it began with, the member.
    fn measured(&self, nth: usize) -> Vec<(&'static str, i16, usize, Option<Uuid>)> {
        let mut measured = Vec::new();
        let (before, now) = (self.assignee(nth), self.assignee(nth + 1));
        let what = self.items[nth].what;
        let open = self.first_since(nth, &["opened", "reopened", "woken"], &["snoozed", "resolved"]);
        if let ("resolved" | "snoozed", Some(open)) = (what, open) {
            measured.push(("total_open_time", 1, open, now));
        }
        if let ("resolved" | "snoozed" | "assigned" | "unassigned", Some(open), Some(member)) = (what, open, before) {
            let assigned = self.last(nth, &["assigned"]).unwrap().0;
            measured.push(("handling_time", 1, open.max(assigned), Some(member)));
        }
        match what {
            "resolved" => {
                if let (None, Some(opened)) = (self.last(nth, &["resolved"]), self.first(0, nth, &["opened"])) {
                    measured.push(("first_resolution_time", 1, opened, now));
                }
                if let Some(cycle) = self.first_since(nth, &["opened", "reopened"], &["resolved"]) {
                    measured.push(("cycle_resolution_time", 1, cycle, now));
                }
            }
            "reopened" if self.was_resolved(nth) => {
                let resolved = self.last(nth, &["resolved"]).unwrap().0;
                if let Some(member) = self.assignee(resolved + 1) {
                    measured.push(("reopened_after_own_resolve", 1, resolved, Some(member)));
                }
            }
            "human_wrote" => self.answered(nth, now, &mut measured),
            "qualified" | "disqualified" => {
                if let Some((_, stage)) = self.last(nth, STAGES).filter(|(_, stage)| *stage != what) {
                    let others: Vec<&str> = STAGES.iter().copied().filter(|other| *other != stage).collect();
                    let entered = self.first_since(nth, &[stage], &others).unwrap();
                    let metric = match stage {
                        "captured" => "time_as_new",
                        "qualified" => "time_as_qualified",
                        _ => "time_as_disqualified",
                    };
                    measured.push((metric, 1, entered, now));
                }
            }
            _ => {}
        }
        measured
    }

    fn answered(&self, nth: usize, now: Option<Uuid>, measured: &mut Vec<(&'static str, i16, usize, Option<Uuid>)>) {
        if let Some(asked) = self.first(0, nth, &["customer_wrote"]) {
            if self.first(asked, nth, &["human_wrote"]).is_none() {
                let later = |one: usize, other: Option<usize>| match other {
                    Some(other) if self.items[other].at >= self.items[one].at => other,
                    _ => one,
                };
                let asked = later(asked, self.first(0, nth, &["opened"]));
                let left = later(asked, self.last(nth, &["bot_wrote"]).map(|(bot, _)| bot));
                measured.push(("first_response_time", 1, left, now));
                measured.push(("first_response_time", 2, asked, now));
            } else if let Some(waiting) = self.waiting(nth) {
                measured.push(("reply_time", 1, waiting, now));
            }
        }
        let ends = ["human_wrote", "unassigned", "resolved"];
        if let Some(first) = self.first_since(nth, &["assigned"], &ends) {
            let (last, _) = self.last(nth, &["assigned"]).unwrap();
            measured.push(("first_assignment_to_response", 1, first, now));
            measured.push(("last_assignment_to_response", 1, last, now));
        }
        if let Some(captured) = self.first_since(nth, &["captured"], &["human_wrote"]) {
            measured.push(("speed_to_lead", 1, captured, now));
        }
    }
}

const STAGES: &[&str] = &["captured", "qualified", "disqualified"];

/// What was said of the lead, in the order of its stream.
fn judgements<'a>(events: &'a [RecordedEvent], captured: &RecordedEvent) -> Vec<(&'a RecordedEvent, &'static str)> {
    let of_lead = events.iter().filter(|event| event.stream == captured.stream);
    of_lead
        .filter_map(|event| match event.event {
            Event::Lead(LeadEvent::Qualified(_)) => Some((event, "qualified")),
            Event::Lead(LeadEvent::Disqualified(_)) => Some((event, "disqualified")),
            _ => None,
        })
        .collect()
}
