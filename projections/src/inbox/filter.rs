//! By what conversations and contacts are found.

use leadflow_domain::contact::Marketing;
use leadflow_domain::conversation::Priority;
use sqlx::{Postgres, QueryBuilder};

use super::SCHEMA;
use super::persons::push_all_of;
use super::words::ConversationStatus;
use crate::filter::{Field, IdIs, NumberIs, TextIs, TimeIs, contains, one_of};
use crate::sight::NOBODY;
use crate::word::Word;

/// What can be asked of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConversationField {
    /// Its id.
    Id(IdIs),
    /// It stands at one of these.
    Status(Vec<ConversationStatus>),
    /// It matters as much as one of these.
    Priority(Vec<Priority>),
    /// The member who is to see to it.
    Assignee(IdIs),
    /// The team that is asked to, while nobody of it does.
    Team(IdIs),
    /// Where it is.
    Channel(IdIs),
    /// The customer; there is none in a group.
    Contact(IdIs),
    /// One of its labels.
    Label(TextIs),
    /// Whether somebody of the business has something to read.
    Unread(bool),
    /// How much.
    UnreadCount(NumberIs),
    /// The provider's time of the latest message.
    LastActivity(TimeIs),
    /// Until when the business may answer freely.
    Window(TimeIs),
    /// Since when a customer waits.
    Waiting(TimeIs),
    /// Whether it is open, and a customer waits or nobody of the business ever wrote.
    Unattended(bool),
    /// What the customer calls herself, or the business her.
    ContactName(TextIs),
    /// The customer's number.
    ContactPhone(TextIs),
}

/// What can be asked of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactField {
    /// Her id.
    Id(IdIs),
    /// What she calls herself, or the business her.
    Name(TextIs),
    /// Her number.
    Phone(TextIs),
    /// What she said of marketing last, by whichever of the contacts that she is; `None` while she has said neither.
    Marketing(Vec<Option<Marketing>>),
}

/// Of the conversation in `v`.
impl Field for ConversationField {
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Id(is) => is.push(sql, "v.conversation_id"),
            Self::Status(any) => one_of(sql, "v.status", &words(any)),
            Self::Priority(any) => one_of(sql, "v.priority", &words(any)),
            Self::Assignee(is) => assignee(sql, is),
            Self::Team(is) => is.push(sql, "v.team_id"),
            Self::Channel(is) => is.push(sql, "v.channel_id"),
            Self::Contact(is) => contact(sql, is),
            Self::Label(is) => label(sql, is),
            Self::Unread(true) => {
                sql.push("v.unread_count > 0");
            }
            Self::Unread(false) => {
                sql.push("v.unread_count = 0");
            }
            Self::UnreadCount(is) => is.push(sql, "v.unread_count"),
            Self::LastActivity(is) => is.push(sql, "v.last_activity_at"),
            Self::Window(is) => is.push(sql, "v.window_until"),
            Self::Waiting(is) => is.push(sql, "v.waiting_since"),
            Self::Unattended(is) => {
                sql.push(format!("({UNATTENDED}) = {is}"));
            }
            Self::ContactName(is) => of_contact(sql, is, |sql, is| name(sql, is, "c")),
            Self::ContactPhone(is) => of_contact(sql, is, |sql, is| is.push(sql, "c.phone")),
        }
    }
}

/// Of the contact in `c`.
impl Field for ContactField {
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Id(is) => is.push(sql, "c.contact_id"),
            Self::Name(is) => of_person(sql, is, name),
            Self::Phone(is) => of_person(sql, is, |sql, is, of| is.push(sql, &format!("{of}.phone"))),
            Self::Marketing(any) => {
                let said: Vec<_> = any.iter().map(|said| said.map_or("", Word::word)).collect();
                // As she is shown: of a person of several contacts by what any of them said last.
                let shown = format!(
                    "coalesce((select p.marketing from {SCHEMA}.persons p where p.contact_id = c.contact_id), c.marketing, '')"
                );
                one_of(sql, &shown, &said);
            }
        }
    }
}

/// Of a conversation `v` that somebody should see to.
pub(super) const UNATTENDED: &str = "v.status = 'open' and (v.waiting_since is not null or not v.is_answered)";

fn words<W: Word>(values: &[W]) -> Vec<&'static str> {
    values.iter().map(|value| value.word()).collect()
}

/// By whom it falls to, as there are indexes for that.
fn assignee(sql: &mut QueryBuilder<'_, Postgres>, is: &IdIs) {
    match is {
        IdIs::In(ids) => {
            let members: Vec<_> = ids.iter().copied().filter(|id| *id != NOBODY).collect();
            one_of(sql, "v.falls_to", &members);
        }
        IdIs::Null(true) => one_of(sql, "v.falls_to", &[NOBODY]),
        IdIs::Null(false) => {
            sql.push("v.falls_to <> ").push_bind(NOBODY);
        }
    }
}

fn label(sql: &mut QueryBuilder<'_, Postgres>, is: &TextIs) {
    match is {
        TextIs::In(labels) => {
            sql.push("v.labels && ").push_bind(labels.clone());
        }
        TextIs::Contains(text) => {
            sql.push("exists (select from unnest(v.labels) as l (label) where ");
            contains(sql, "l.label", text);
            sql.push(")");
        }
        TextIs::Null(true) => {
            sql.push("v.labels = '{}'");
        }
        TextIs::Null(false) => {
            sql.push("v.labels <> '{}'");
        }
    }
}

/// She has two names, and is found by either.
fn name(sql: &mut QueryBuilder<'_, Postgres>, is: &TextIs, of: &str) {
    let by = if *is == TextIs::Null(true) { " and " } else { " or " };
    sql.push("(");
    is.push(sql, &format!("{of}.display_name"));
    sql.push(by);
    is.push(sql, &format!("{of}.listed_name"));
    sql.push(")");
}

/// By the customer herself, or by whoever stands for her. Their threads are listed with those of whoever stands for them.
fn contact(sql: &mut QueryBuilder<'_, Postgres>, is: &IdIs) {
    match is {
        IdIs::In(ids) => push_all_of(sql, "v.contact_id", ids),
        IdIs::Null(_) => is.push(sql, "v.contact_id"),
    }
}

/// What is asked of the contact in `c` may be so of anybody she stands for.
fn of_person(
    sql: &mut QueryBuilder<'_, Postgres>,
    is: &TextIs,
    push: impl Fn(&mut QueryBuilder<'_, Postgres>, &TextIs, &str),
) {
    let is_missing = *is == TextIs::Null(true);
    sql.push("(");
    push(sql, is, "c");
    sql.push(if is_missing { " and not " } else { " or " });
    sql.push(format!(
        "exists (select from {SCHEMA}.persons p join {SCHEMA}.contacts merged on merged.contact_id = p.contact_id \
                 where p.person_id = c.contact_id and p.contact_id <> c.contact_id and "
    ));
    push(sql, if is_missing { &TextIs::Null(false) } else { is }, "merged");
    sql.push("))");
}

/// What is asked of the customer of the conversation in `v`. In a group there is none, and all that she has is missing.
fn of_contact(
    sql: &mut QueryBuilder<'_, Postgres>,
    is: &TextIs,
    push: impl FnOnce(&mut QueryBuilder<'_, Postgres>, &TextIs),
) {
    let (exists, is) = match is {
        TextIs::Null(true) => ("not exists", &TextIs::Null(false)),
        is @ (TextIs::In(_) | TextIs::Contains(_) | TextIs::Null(false)) => ("exists", is),
    };
    sql.push(format!(
        "{exists} (select from {SCHEMA}.contacts c where c.contact_id = any(array[v.contact_id, ( \
                     select p.person_id from {SCHEMA}.persons p where p.contact_id = v.contact_id)]) \
                   and c.tenant_id = v.tenant_id and "
    ));
    push(sql, is);
    sql.push(")");
}
