//! Filters at random, and what they leave naively, in the order in which a naive sort puts it.

use std::cmp::Reverse;
use std::fmt::Debug;

use jiff::Timestamp;
use leadflow_domain::AttributeId;
use leadflow_domain::contact::Marketing;
use leadflow_domain::conversation::Priority;
use leadflow_domain::lead::{LeadSource, LeadStatus};
use leadflow_domain::pipeline::StageKind;
use leadflow_projections::inbox::{
    ContactField, ContactOrder, ConversationField, ConversationOrder, ConversationStatus,
};
use leadflow_projections::leads::{AttributeIs, LeadField, LeadOrder};
use leadflow_projections::{Condition, IdIs, NumberIs, TextIs, TimeIs};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use crate::history::leads::attribute;
use crate::leads::rows::Lead;
use crate::rows::{Contact, Conversation};
use crate::support::{OTHER_TENANT, TENANT};

/// From `LEADFLOW_TESTS_SEED`, which tries others.
pub(crate) fn rng() -> StdRng {
    StdRng::seed_from_u64(std::env::var("LEADFLOW_TESTS_SEED").map_or(7, |seed| seed.parse().unwrap()))
}

pub(crate) fn holds<F>(condition: &Condition<F>, is: &impl Fn(&F) -> bool) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| holds(part, is)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, is)),
        Condition::Not(part) => !holds(part, is),
        Condition::Is(field) => is(field),
    }
}

/// Some condition of at most `levels` levels.
pub(crate) fn some<F>(rng: &mut StdRng, levels: u32, field: &impl Fn(&mut StdRng) -> F) -> Condition<F> {
    let parts = |rng: &mut StdRng| {
        let number = [0, 1, 2, 2, 3][rng.random_range(0..5)];
        (0..number).map(|_| some(rng, levels - 1, field)).collect()
    };
    match rng.random_range(0..6) {
        0 if levels > 1 => Condition::All(parts(rng)),
        1 if levels > 1 => Condition::Any(parts(rng)),
        2 if levels > 1 => Condition::Not(Box::new(some(rng, levels - 1, field))),
        _ => Condition::Is(field(rng)),
    }
}

fn id_is(is: &IdIs, id: Option<Uuid>) -> bool {
    match is {
        IdIs::In(ids) => id.is_some_and(|id| ids.contains(&id)),
        IdIs::Null(is_null) => id.is_none() == *is_null,
    }
}

fn text_is(is: &TextIs, texts: &[Option<&str>]) -> bool {
    let mut there = texts.iter().flatten();
    match is {
        TextIs::In(any) => there.any(|text| any.iter().any(|one| one == text)),
        TextIs::Contains(part) => there.any(|text| text.to_lowercase().contains(&part.to_lowercase())),
        TextIs::Null(is_null) => there.next().is_none() == *is_null,
    }
}

fn time_is(is: &TimeIs, time: Option<i64>) -> bool {
    match is {
        TimeIs::In(times) => times.iter().any(|one| time == Some(one.as_microsecond())),
        TimeIs::From(from) => time.is_some_and(|time| time >= from.as_microsecond()),
        TimeIs::Until(until) => time.is_some_and(|time| time <= until.as_microsecond()),
        TimeIs::Null(is_null) => time.is_none() == *is_null,
    }
}

fn number_is(is: &NumberIs, number: Option<i32>) -> bool {
    match is {
        NumberIs::In(numbers) => numbers.iter().any(|one| number == Some(*one)),
        NumberIs::AtLeast(least) => number.is_some_and(|number| number >= *least),
        NumberIs::AtMost(most) => number.is_some_and(|number| number <= *most),
        NumberIs::Null(is_null) => number.is_none() == *is_null,
    }
}

fn some_id(rng: &mut StdRng, ids: &[Uuid]) -> IdIs {
    match rng.random_range(0..4) {
        0 => IdIs::Null(rng.random()),
        number => IdIs::In((0..number - 1).map(|_| *ids.choose(rng).unwrap_or(&Uuid::nil())).collect()),
    }
}

/// What is in some of the texts, or in none.
fn some_text(rng: &mut StdRng, texts: &[&str]) -> TextIs {
    let text = texts.choose(rng).copied().unwrap_or_default();
    match rng.random_range(0..5) {
        0 => TextIs::Null(rng.random()),
        1 => TextIs::In(vec![text.to_owned()]),
        2 => TextIs::In(texts.iter().map(|text| (*text).to_owned()).take(2).collect()),
        3 => TextIs::Contains(["%", "_", "\\", "'", "", "\u{10ffff}"][rng.random_range(0..6)].to_owned()),
        _ => TextIs::Contains(text.chars().take(2).flat_map(char::to_uppercase).collect()),
    }
}

fn some_time(rng: &mut StdRng, times: &[i64]) -> TimeIs {
    let time = times.choose(rng).map_or(Timestamp::MIN, |time| Timestamp::from_microsecond(*time).unwrap());
    match rng.random_range(0..7) {
        0 => TimeIs::Null(rng.random()),
        4 => TimeIs::In(vec![time]),
        5 => TimeIs::In(vec![Timestamp::MIN, time]),
        1 => {
            if rng.random() {
                TimeIs::From(Timestamp::MIN)
            } else {
                TimeIs::Until(Timestamp::MIN)
            }
        }
        2 => TimeIs::From(time),
        _ => TimeIs::Until(time),
    }
}

fn some_number(rng: &mut StdRng, most: i32) -> NumberIs {
    let number = rng.random_range(0..=most);
    match rng.random_range(0..6) {
        0 => NumberIs::In(vec![number]),
        4 => NumberIs::In((0..=number).collect()),
        5 => NumberIs::Null(rng.random()),
        1 => NumberIs::AtLeast(number),
        2 => NumberIs::AtMost(number),
        _ => NumberIs::AtMost(i32::MAX),
    }
}

/// `rows` in the order of `key`, which has ties unless it is nobody's.
pub(crate) fn sorted<'a, R, K: Ord>(rows: &[&'a R], key: impl Fn(&R) -> K) -> Vec<&'a R> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| key(row));
    rows
}

pub(crate) const CONVERSATION_ORDERS: [ConversationOrder; 4] = [
    ConversationOrder::LatestActivity,
    ConversationOrder::OldestActivity,
    ConversationOrder::LongestWaiting,
    ConversationOrder::HighestPriority,
];

pub(crate) const CONTACT_ORDERS: [ContactOrder; 3] = [ContactOrder::Newest, ContactOrder::Oldest, ContactOrder::Name];

pub(crate) const LEAD_ORDERS: [LeadOrder; 6] = [
    LeadOrder::LatestCaptured,
    LeadOrder::OldestCaptured,
    LeadOrder::HighestScore,
    LeadOrder::HighestQuality,
    LeadOrder::LatestMoved,
    LeadOrder::LongestStanding,
];

pub(crate) fn contact_of<'a>(contacts: &'a [Contact], row: &Conversation) -> Option<&'a Contact> {
    contacts.iter().find(|known| Some(known.contact_id) == row.contact_id)
}

/// What there is to ask of conversations.
pub(crate) struct OfConversations<'a> {
    own: Vec<Uuid>,
    contacts: Vec<Uuid>,
    members: Vec<Uuid>,
    teams: Vec<Uuid>,
    channels: Vec<Uuid>,
    labels: Vec<&'a str>,
    phones: Vec<&'a str>,
    called: Vec<&'a str>,
    times: Vec<i64>,
}

impl<'a> OfConversations<'a> {
    pub(crate) fn of(all: &[&'a Conversation], contacts: &'a [Contact]) -> Self {
        let ids = |id: &dyn Fn(&Conversation) -> Option<Uuid>| all.iter().filter_map(|row| id(row)).collect::<Vec<_>>();
        let people: Vec<&Contact> = all.iter().filter_map(|row| contact_of(contacts, row)).collect();
        Self {
            own: ids(&|row| Some(row.conversation_id)),
            contacts: ids(&|row| row.contact_id),
            members: ids(&|row| row.assignee_id),
            teams: ids(&|row| row.team_id),
            channels: ids(&|row| Some(row.channel_id)),
            labels: all.iter().flat_map(|row| row.labels.iter().map(String::as_str)).collect(),
            phones: people.iter().filter_map(|row| row.phone.as_deref()).collect(),
            called: people.iter().flat_map(|row| names(row)).flatten().collect(),
            times: all
                .iter()
                .flat_map(|row| [row.last_activity_at, row.window_until, row.waiting_since])
                .flatten()
                .collect(),
        }
    }

    pub(crate) fn field(&self, rng: &mut StdRng) -> ConversationField {
        let statuses = [ConversationStatus::Open, ConversationStatus::Snoozed, ConversationStatus::Resolved];
        let priorities = [Priority::None, Priority::Low, Priority::Medium, Priority::High, Priority::Urgent];
        match rng.random_range(0..16) {
            0 => ConversationField::Id(some_id(rng, &self.own)),
            1 => ConversationField::Status(statuses.choose_multiple(rng, 2).copied().collect()),
            2 => ConversationField::Priority(priorities.choose_multiple(rng, 2).copied().collect()),
            3 => ConversationField::Assignee(some_id(rng, &self.members)),
            4 => ConversationField::Channel(some_id(rng, &self.channels)),
            5 => ConversationField::Contact(some_id(rng, &self.contacts)),
            6 => ConversationField::Label(some_text(rng, &self.labels)),
            7 => ConversationField::Unread(rng.random()),
            8 => ConversationField::UnreadCount(some_number(rng, 3)),
            9 => ConversationField::LastActivity(some_time(rng, &self.times)),
            10 => ConversationField::Window(some_time(rng, &self.times)),
            11 => ConversationField::Waiting(some_time(rng, &self.times)),
            12 => ConversationField::Unattended(rng.random()),
            13 => ConversationField::Team(some_id(rng, &self.teams)),
            14 => ConversationField::ContactName(some_text(rng, &self.called)),
            _ => ConversationField::ContactPhone(some_text(rng, &self.phones)),
        }
    }
}

pub(crate) fn conversation_is(is: &ConversationField, row: &Conversation, contact: Option<&Contact>) -> bool {
    let word = |word: &dyn Debug| format!("{word:?}").to_lowercase();
    match is {
        ConversationField::Id(is) => id_is(is, Some(row.conversation_id)),
        ConversationField::Status(any) => any.iter().any(|one| word(one) == row.status),
        ConversationField::Priority(any) => any.iter().any(|one| word(one) == row.priority),
        ConversationField::Assignee(is) => id_is(is, row.assignee_id),
        ConversationField::Team(is) => id_is(is, row.team_id),
        ConversationField::Channel(is) => id_is(is, Some(row.channel_id)),
        ConversationField::Contact(is) => id_is(is, row.contact_id),
        ConversationField::Label(is) => {
            text_is(is, &row.labels.iter().map(|label| Some(label.as_str())).collect::<Vec<_>>())
        }
        ConversationField::Unread(is) => (row.unread_count > 0) == *is,
        ConversationField::UnreadCount(is) => number_is(is, Some(row.unread_count)),
        ConversationField::LastActivity(is) => time_is(is, row.last_activity_at),
        ConversationField::Window(is) => time_is(is, row.window_until),
        ConversationField::Waiting(is) => time_is(is, row.waiting_since),
        ConversationField::Unattended(is) => row.is_unattended() == *is,
        ConversationField::ContactName(is) => text_is(is, &contact.map_or([None, None], names)),
        ConversationField::ContactPhone(is) => text_is(is, &[contact.and_then(|contact| contact.phone.as_deref())]),
    }
}

/// The ids of `rows` as `order` lists them.
pub(crate) fn conversations_in_order(order: ConversationOrder, rows: &[&Conversation]) -> Vec<Uuid> {
    let rank =
        |row: &Conversation| ["none", "low", "medium", "high", "urgent"].iter().position(|one| *one == row.priority);
    let activity = |row: &Conversation| (row.last_activity_at, row.conversation_id);
    let rows = match order {
        ConversationOrder::LatestActivity => sorted(rows, |row| Reverse(activity(row))),
        ConversationOrder::OldestActivity => sorted(rows, activity),
        ConversationOrder::LongestWaiting => {
            sorted(rows, |row| (row.waiting_since.unwrap_or(i64::MAX), row.conversation_id))
        }
        ConversationOrder::HighestPriority => sorted(rows, |row| Reverse((rank(row), activity(row)))),
    };
    rows.into_iter().map(|row| row.conversation_id).collect()
}

fn names(contact: &Contact) -> [Option<&str>; 2] {
    [contact.display_name.as_deref(), contact.listed_name.as_deref()]
}

/// What there is to ask of contacts.
pub(crate) struct OfContacts<'a> {
    ids: Vec<Uuid>,
    phones: Vec<&'a str>,
    called: Vec<&'a str>,
}

impl<'a> OfContacts<'a> {
    pub(crate) fn of(all: &[&'a Contact]) -> Self {
        Self {
            ids: all.iter().map(|row| row.contact_id).collect(),
            phones: all.iter().filter_map(|row| row.phone.as_deref()).collect(),
            called: all.iter().flat_map(|row| names(row)).flatten().collect(),
        }
    }

    pub(crate) fn field(&self, rng: &mut StdRng) -> ContactField {
        let said = [None, Some(Marketing::Wanted), Some(Marketing::Stopped)];
        match rng.random_range(0..4) {
            0 => ContactField::Id(some_id(rng, &self.ids)),
            1 => ContactField::Name(some_text(rng, &self.called)),
            2 => ContactField::Phone(some_text(rng, &self.phones)),
            _ => ContactField::Marketing(said.choose_multiple(rng, 2).copied().collect()),
        }
    }
}

pub(crate) fn contact_is(is: &ContactField, row: &Contact) -> bool {
    match is {
        ContactField::Id(is) => id_is(is, Some(row.contact_id)),
        ContactField::Name(is) => text_is(is, &names(row)),
        ContactField::Phone(is) => text_is(is, &[row.phone.as_deref()]),
        ContactField::Marketing(any) => {
            any.iter().any(|one| one.map(|one| format!("{one:?}").to_lowercase()) == row.marketing)
        }
    }
}

/// By what she is listed, if she has a name.
pub(crate) fn sort_name(row: &Contact) -> Option<String> {
    row.listed_name.as_ref().or(row.display_name.as_ref()).map(|name| name.to_lowercase())
}

/// The ids of `rows` as `order` lists them.
pub(crate) fn contacts_in_order(order: ContactOrder, rows: &[&Contact]) -> Vec<Uuid> {
    let introduced = |row: &Contact| (row.introduced_at, row.contact_id);
    let rows = match order {
        ContactOrder::Newest => sorted(rows, |row| Reverse(introduced(row))),
        ContactOrder::Oldest => sorted(rows, introduced),
        ContactOrder::Name => sorted(rows, |row| (sort_name(row).is_none(), sort_name(row), row.contact_id)),
    };
    rows.into_iter().map(|row| row.contact_id).collect()
}

/// What there is to ask of leads.
pub(crate) struct OfLeads {
    own: Vec<Uuid>,
    contacts: Vec<Uuid>,
    conversations: Vec<Uuid>,
    times: Vec<i64>,
    stages: Vec<Uuid>,
    owners: Vec<Uuid>,
    lost_reasons: Vec<Uuid>,
    attributes: Vec<AttributeId>,
}

impl OfLeads {
    pub(crate) fn of(all: &[&Lead]) -> Self {
        let ids = |id: &dyn Fn(&Lead) -> Uuid| all.iter().map(|row| id(row)).collect::<Vec<_>>();
        Self {
            own: ids(&|row| row.lead_id),
            contacts: ids(&|row| row.contact_id),
            conversations: all.iter().filter_map(|row| row.conversation_id).collect(),
            times: all
                .iter()
                .flat_map(|row| [Some(row.captured_at), row.assessed_at, row.moved_at])
                .flatten()
                .collect(),
            stages: ids(&|row| row.stage_id),
            owners: all.iter().filter_map(|row| row.owner_id).collect(),
            lost_reasons: all.iter().filter_map(|row| row.lost_reason_id).collect(),
            attributes: [TENANT, OTHER_TENANT]
                .into_iter()
                .flat_map(|tenant| [1, 2].map(|number| attribute(tenant, number)))
                .collect(),
        }
    }

    pub(crate) fn field(&self, rng: &mut StdRng) -> LeadField {
        let statuses = [LeadStatus::New, LeadStatus::Qualified, LeadStatus::Disqualified];
        let sources = [
            LeadSource::WhatsApp,
            LeadSource::GoogleForm,
            LeadSource::MetaForm,
            LeadSource::WalkIn,
            LeadSource::External,
            LeadSource::Manual,
            LeadSource::Import,
            LeadSource::Messenger,
            LeadSource::Instagram,
        ];
        let stages = [StageKind::Open, StageKind::Won, StageKind::Lost];
        match rng.random_range(0..18) {
            8 => LeadField::Quality(some_number(rng, 60)),
            9 => LeadField::Stage(some_id(rng, &self.stages)),
            10 => LeadField::StageKind(stages.choose_multiple(rng, 2).copied().collect()),
            11 => LeadField::Moved(some_time(rng, &self.times)),
            12 => LeadField::LostReason(some_id(rng, &self.lost_reasons)),
            13 => LeadField::Spam(rng.random()),
            14 => {
                let number = rng.random_range(0..3);
                let tags = ["Fair", "VIP", "Żółć", "fair"].choose_multiple(rng, number);
                LeadField::Tags(tags.map(|tag| (*tag).to_owned()).collect())
            }
            15 => LeadField::Company(some_text(rng, &["Acme"])),
            16 => LeadField::Owner(some_id(rng, &self.owners)),
            17 => LeadField::Attribute(*self.attributes.choose(rng).unwrap(), some_value(rng)),
            0 => LeadField::Id(some_id(rng, &self.own)),
            1 => LeadField::Status(statuses.choose_multiple(rng, 2).copied().collect()),
            2 => LeadField::Source(sources.choose_multiple(rng, 2).copied().collect()),
            3 => LeadField::Contact(some_id(rng, &self.contacts)),
            4 => LeadField::Conversation(some_id(rng, &self.conversations)),
            5 => LeadField::Captured(some_time(rng, &self.times)),
            6 => LeadField::Assessed(some_time(rng, &self.times)),
            _ => LeadField::Score(some_number(rng, 100)),
        }
    }
}

pub(crate) fn lead_is(is: &LeadField, row: &Lead) -> bool {
    match is {
        LeadField::Id(is) => id_is(is, Some(row.lead_id)),
        LeadField::Status(any) => any.iter().any(|one| format!("{one:?}").to_lowercase() == row.status),
        LeadField::Source(any) => {
            any.iter().any(|one| format!("{one:?}").to_lowercase() == row.source.replace('_', ""))
        }
        LeadField::Contact(is) => id_is(is, Some(row.contact_id)),
        LeadField::Conversation(is) => id_is(is, row.conversation_id),
        LeadField::Captured(is) => time_is(is, Some(row.captured_at)),
        LeadField::Assessed(is) => time_is(is, row.assessed_at),
        LeadField::Score(is) => number_is(is, row.score.map(i32::from)),
        LeadField::Quality(is) => number_is(is, Some(i32::from(row.quality))),
        LeadField::Stage(is) => id_is(is, Some(row.stage_id)),
        LeadField::StageKind(any) => any.iter().any(|one| format!("{one:?}").to_lowercase() == row.stage),
        LeadField::Moved(is) => time_is(is, row.moved_at),
        LeadField::LostReason(is) => id_is(is, row.lost_reason_id),
        LeadField::Spam(is_spam) => row.is_spam == *is_spam,
        LeadField::Tags(any) => row.tags.iter().any(|tag| any.contains(tag)),
        LeadField::Company(is) => text_is(is, &[row.company.as_deref()]),
        LeadField::Owner(is) => id_is(is, row.owner_id),
        LeadField::Attribute(attribute, is) => {
            let values: serde_json::Value = serde_json::from_str(&row.attributes).unwrap();
            value_is(is, values[attribute.to_string()].as_str())
        }
    }
}

/// Values here are numbers of tens.
fn some_value(rng: &mut StdRng) -> AttributeIs {
    let text = |text: &str| text.to_owned();
    match rng.random_range(0..7) {
        0 => AttributeIs::Null(rng.random()),
        1 => AttributeIs::In(vec![text("10"), text("Large")]),
        2 => AttributeIs::Contains(text("0")),
        3 => AttributeIs::AtLeast(text("9.5")),
        4 => AttributeIs::AtMost(text("15")),
        5 => AttributeIs::AtMost(text("2026-01-31")),
        _ => AttributeIs::AtLeast(text("-20")),
    }
}

fn value_is(is: &AttributeIs, value: Option<&str>) -> bool {
    let Some(value) = value else { return *is == AttributeIs::Null(true) };
    let number = |text: &str| text.parse::<f64>().ok();
    let compare = |bound: &str| match (number(value), number(bound)) {
        (Some(value), Some(bound)) => value.total_cmp(&bound),
        _ => value.cmp(bound),
    };
    match is {
        AttributeIs::In(any) => any.iter().any(|one| one == value),
        AttributeIs::Contains(part) => value.contains(part.as_str()),
        AttributeIs::AtLeast(bound) => compare(bound).is_ge(),
        AttributeIs::AtMost(bound) => compare(bound).is_le(),
        AttributeIs::Null(is_null) => !is_null,
    }
}

/// The ids of `rows` as `order` lists them.
pub(crate) fn leads_in_order(order: LeadOrder, rows: &[&Lead]) -> Vec<Uuid> {
    let captured = |row: &Lead| (row.captured_at, row.lead_id);
    let stands = |row: &Lead| (row.moved_at.unwrap_or(row.captured_at), row.lead_id);
    let rows = match order {
        LeadOrder::LatestCaptured => sorted(rows, |row| Reverse(captured(row))),
        LeadOrder::OldestCaptured => sorted(rows, captured),
        LeadOrder::HighestScore => sorted(rows, |row| Reverse((row.score, captured(row)))),
        LeadOrder::HighestQuality => sorted(rows, |row| Reverse((row.quality, captured(row)))),
        LeadOrder::LatestMoved => sorted(rows, |row| Reverse(stands(row))),
        LeadOrder::LongestStanding => sorted(rows, stands),
    };
    rows.into_iter().map(|row| row.lead_id).collect()
}
