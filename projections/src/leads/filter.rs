//! By what leads are found.

use leadflow_domain::AttributeId;
use leadflow_domain::lead::{LeadSource, LeadStatus};
use leadflow_domain::pipeline::StageKind;
use sqlx::{Postgres, QueryBuilder};

use crate::filter::{Field, IdIs, NumberIs, TextIs, TimeIs, contains, null, one_of};
use crate::inbox::push_all_of;
use crate::word::Word;

/// What can be asked of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadField {
    /// Its id.
    Id(IdIs),
    /// It stands at one of these.
    Status(Vec<LeadStatus>),
    /// It came from one of these.
    Source(Vec<LeadSource>),
    /// Who is interested, or stands for her.
    Contact(IdIs),
    /// The conversation in which that was first seen.
    Conversation(IdIs),
    /// The provider's time of her earliest message.
    Captured(TimeIs),
    /// When its status was said.
    Assessed(TimeIs),
    /// How good it is.
    Score(NumberIs),
    /// How promising it is by what is known of it.
    Quality(NumberIs),
    /// It stands at one of these stages.
    Stage(IdIs),
    /// What it means to stand there is one of these.
    StageKind(Vec<StageKind>),
    /// When it was said where it stands.
    Moved(TimeIs),
    /// Why it was lost.
    LostReason(IdIs),
    /// Whether it is spam.
    Spam(bool),
    /// It has one of these tags, letter by letter.
    Tags(Vec<String>),
    /// Whom she works for.
    Company(TextIs),
    /// Who is to see to it.
    Owner(IdIs),
    /// The value of an attribute.
    Attribute(AttributeId, AttributeIs),
}

/// What can be asked of the value of an attribute, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeIs {
    /// It is one of these.
    In(Vec<String>),
    /// It contains this, in capitals or not.
    Contains(String),
    /// It is this or more: of numbers as numbers, else as it is written, which is right for days.
    AtLeast(String),
    /// It is this or less, likewise.
    AtMost(String),
    /// There is none, or there is one.
    Null(bool),
}

impl AttributeIs {
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>, attribute: AttributeId) {
        // A uuid's letters, and nothing that a client wrote.
        let value = format!("(attributes ->> '{attribute}')");
        let (is, bound) = match self {
            Self::In(values) => return one_of(sql, &value, values),
            Self::Contains(text) => return contains(sql, &value, text),
            Self::Null(is_null) => return null(sql, &value, *is_null),
            Self::AtLeast(bound) => (">=", bound),
            Self::AtMost(bound) => ("<=", bound),
        };
        if is_number(bound) {
            sql.push(format!("case when {value} ~ '^-?[0-9]+([.][0-9]+)?$' then {value}::numeric {is} "));
            sql.push_bind(bound.clone()).push("::text::numeric else false end");
        } else {
            sql.push(format!("{value} collate \"C\" {is} ")).push_bind(bound.clone());
        }
    }
}

/// Whether it is written as a number.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    text.split_once('.').map_or_else(|| digits(text), |(whole, part)| digits(whole) && digits(part))
}

impl Field for LeadField {
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Id(is) => is.push(sql, "lead_id"),
            Self::Status(any) => one_of(sql, "status", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
            Self::Source(any) => one_of(sql, "source", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
            Self::Contact(IdIs::In(ids)) => push_all_of(sql, "contact_id", ids),
            Self::Contact(is @ IdIs::Null(_)) => is.push(sql, "contact_id"),
            Self::Conversation(is) => is.push(sql, "conversation_id"),
            Self::Captured(is) => is.push(sql, "captured_at"),
            Self::Assessed(is) => is.push(sql, "assessed_at"),
            Self::Score(is) => is.push(sql, "score"),
            Self::Quality(is) => is.push(sql, "quality"),
            Self::Stage(is) => is.push(sql, "stage_id"),
            Self::StageKind(any) => one_of(sql, "stage", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
            Self::Moved(is) => is.push(sql, "moved_at"),
            Self::LostReason(is) => is.push(sql, "lost_reason_id"),
            Self::Spam(is_spam) => {
                sql.push("is_spam = ").push_bind(*is_spam);
            }
            Self::Tags(any) => {
                sql.push("tags && ").push_bind(any.clone());
            }
            Self::Company(is) => is.push(sql, "company"),
            Self::Owner(is) => is.push(sql, "owner_id"),
            Self::Attribute(attribute, is) => is.push(sql, *attribute),
        }
    }
}
