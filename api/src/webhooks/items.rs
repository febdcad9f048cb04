//! What becomes of each message, status or notice inside a delivery.

use std::collections::HashMap;
use std::fmt;

use leadflow_domain::channel::{ProviderId, SocialNetwork};
use leadflow_domain::{CommandId, ContactId, SourceId, StreamId, SubmissionId, TenantId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

/// One message, status or notice inside a delivery, and its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it stands in the delivery's body (RFC 6901); empty for the whole body.
    pub pointer: String,
    /// What the provider calls it, e.g. `messages.text`.
    pub kind: String,
    /// The tenant it was routed to, if it was.
    pub tenant: Option<TenantId>,
    /// Whom it concerns, where that is known: her erasure takes it out of the delivery's body.
    pub contact: Option<ContactId>,
    /// What became of it.
    pub state: ItemState,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// Its events are in the log.
    Applied {
        /// The command it became.
        command: CommandId,
        /// The last event of that command.
        position: i64,
    },
    /// It flows on once what it waits for is there.
    Waiting {
        /// What that is.
        for_what: Awaited,
        /// Why it can't do without. Holds no personal value.
        reason: String,
    },
    /// Kept for an operator to see; nothing acts on it.
    Notice {
        /// Why. Holds no personal value.
        reason: String,
    },
    /// Set aside.
    Parked {
        /// Why. Holds no personal value.
        reason: String,
    },
}

/// What an item waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    /// A channel with this phone number id.
    Number(ProviderId),
    /// A channel with this account of Messenger or Instagram.
    Account(SocialNetwork, ProviderId),
    /// The first event of this stream, a message of ours.
    Message(StreamId),
    /// A source with this page of Facebook.
    Page(ProviderId),
    /// That what it becomes is read.
    Lead(SubmissionId),
    /// Another mapping of an external source.
    Mapping {
        /// Which source.
        source: SourceId,
        /// How many mappings there were until now.
        after: u32,
    },
}

impl Awaited {
    fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("number", id) => ProviderId::parse(id).ok().map(Self::Number),
            ("messenger", id) => ProviderId::parse(id).ok().map(|id| Self::Account(SocialNetwork::Messenger, id)),
            ("instagram", id) => ProviderId::parse(id).ok().map(|id| Self::Account(SocialNetwork::Instagram, id)),
            ("message", id) => id.parse().ok().map(Self::Message),
            ("page", id) => ProviderId::parse(id).ok().map(Self::Page),
            ("lead", id) => id.parse().ok().map(Self::Lead),
            ("mapping", of) => {
                let (source, after) = of.split_once(':')?;
                Some(Self::Mapping { source: source.parse().ok()?, after: after.parse().ok()? })
            }
            _ => None,
        }
    }
}

/// As it is stored: `number:106540352242922`, `message:8c2e…`.
impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(id) => write!(f, "number:{}", id.as_str()),
            Self::Account(network, id) => write!(f, "{}:{}", network.word(), id.as_str()),
            Self::Message(stream) => write!(f, "message:{stream}"),
            Self::Page(id) => write!(f, "page:{}", id.as_str()),
            Self::Lead(submission) => write!(f, "lead:{submission}"),
            Self::Mapping { source, after } => write!(f, "mapping:{source}:{after}"),
        }
    }
}

impl ItemState {
    /// Its name, as it is stored and shown.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Applied { .. } => "applied",
            Self::Waiting { .. } => "waiting",
            Self::Notice { .. } => "notice",
            Self::Parked { .. } => "parked",
        }
    }

    /// Why it did not become events.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Applied { .. } => None,
            Self::Waiting { reason, .. } | Self::Notice { reason } | Self::Parked { reason } => Some(reason),
        }
    }

    /// What it waits for, if it does.
    #[must_use]
    pub fn waits_for(&self) -> Option<&Awaited> {
        match self {
            Self::Waiting { for_what, .. } => Some(for_what),
            Self::Applied { .. } | Self::Notice { .. } | Self::Parked { .. } => None,
        }
    }

    /// The command it became.
    pub(super) fn applied(&self) -> Option<CommandId> {
        self.command().0
    }

    fn command(&self) -> (Option<CommandId>, Option<i64>) {
        match self {
            Self::Applied { command, position } => (Some(*command), Some(*position)),
            Self::Waiting { .. } | Self::Notice { .. } | Self::Parked { .. } => (None, None),
        }
    }

    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let odd = |what: &str| sqlx::Error::Decode(format!("an item's {what} is none that this program knows").into());
        let reason = row.try_get::<Option<String>, _>("reason")?.unwrap_or_default();
        match row.try_get("state")? {
            "applied" => Ok(Self::Applied {
                command: CommandId::from_uuid(row.try_get("command_id")?),
                position: row.try_get("position")?,
            }),
            "waiting" => {
                let for_what = Awaited::parse(row.try_get("waits_for")?).ok_or_else(|| odd("waits_for"))?;
                Ok(Self::Waiting { for_what, reason })
            }
            "notice" => Ok(Self::Notice { reason }),
            "parked" => Ok(Self::Parked { reason }),
            _ => Err(odd("state")),
        }
    }
}

/// What of a delivery is some tenant's, by where it stands. It stays so, wherever its number leads by now.
pub(super) type Belonging = HashMap<String, (TenantId, ItemState)>;

/// An item as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredItem {
    /// The delivery it came in.
    pub delivery: i64,
    /// What it is, and what became of it.
    pub item: Item,
    /// Whether it was taken out of the delivery's body, because its contact was erased.
    pub erased: bool,
}

/// The items of `deliveries`, in their order.
///
/// # Errors
/// The database's.
pub(super) async fn of(connection: &mut PgConnection, deliveries: &[i64]) -> Result<Vec<StoredItem>, sqlx::Error> {
    first_of(connection, deliveries, i64::MAX).await
}

/// The first items of each of `deliveries`, in their order.
///
/// # Errors
/// The database's.
pub(super) async fn first_of(
    connection: &mut PgConnection,
    deliveries: &[i64],
    most: i64,
) -> Result<Vec<StoredItem>, sqlx::Error> {
    let rows = sqlx::query(
        "select delivery_id, pointer, kind, state, reason, waits_for, tenant_id, contact_id, command_id, position, \
                erased_at is not null as erased \
         from webhook_items where delivery_id = any($1) and ordinal < $2 order by delivery_id, ordinal",
    )
    .bind(deliveries)
    .bind(most)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(StoredItem {
                delivery: row.try_get("delivery_id")?,
                item: Item {
                    pointer: row.try_get("pointer")?,
                    kind: row.try_get("kind")?,
                    tenant: row.try_get::<Option<Uuid>, _>("tenant_id")?.map(TenantId::from_uuid),
                    contact: row.try_get::<Option<Uuid>, _>("contact_id")?.map(ContactId::from_uuid),
                    state: ItemState::from_row(row)?,
                },
                erased: row.try_get("erased")?,
            })
        })
        .collect()
}

/// Of each delivery what was routed to a tenant, by where it stands: to whom, and what became of it.
///
/// # Errors
/// The database's.
pub(super) async fn belonging(
    connection: &mut PgConnection,
    deliveries: &[i64],
) -> Result<HashMap<i64, Belonging>, sqlx::Error> {
    let mut belonging: HashMap<i64, Belonging> = HashMap::new();
    for StoredItem { delivery, item, .. } in of(connection, deliveries).await? {
        if let Some(tenant) = item.tenant {
            belonging.entry(delivery).or_default().insert(item.pointer, (tenant, item.state));
        }
    }
    Ok(belonging)
}

/// Takes the items of an earlier translation of `deliveries` away, and returns them.
pub(super) async fn withdraw(
    connection: &mut PgConnection,
    deliveries: &[i64],
) -> Result<Vec<StoredItem>, sqlx::Error> {
    let stored = of(&mut *connection, deliveries).await?;
    sqlx::query("delete from webhook_items where delivery_id = any($1)").bind(deliveries).execute(connection).await?;
    Ok(stored)
}

/// Writes the items of deliveries that were translated to their end. Of `earlier`, what [`withdraw`] returned, stays what was
/// taken out of a body since then, because it can't be read again; and whom an item concerned, if nobody can tell any
/// more, because she was erased.
pub(super) async fn write(
    connection: &mut PgConnection,
    deliveries: &[(i64, Vec<Item>)],
    earlier: &[StoredItem],
) -> Result<(), sqlx::Error> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let earlier: HashMap<(i64, &str), &StoredItem> =
        earlier.iter().map(|stored| ((stored.delivery, stored.item.pointer.as_str()), stored)).collect();
    let items: Vec<(i64, i32, &Item, Option<ContactId>, bool)> = deliveries
        .iter()
        .flat_map(|(delivery, items)| (0..).zip(items).map(|(ordinal, item)| (*delivery, ordinal, item)))
        .map(|(delivery, ordinal, item)| {
            let before = earlier.get(&(delivery, item.pointer.as_str()));
            let gone = before.filter(|before| before.erased).map(|before| &before.item);
            let contact = item.contact.or_else(|| before?.item.contact);
            (delivery, ordinal, gone.unwrap_or(item), contact, gone.is_some())
        })
        .collect();
    sqlx::query(
        "insert into webhook_items (delivery_id, ordinal, pointer, kind, state, reason, waits_for, tenant_id, \
                                    contact_id, command_id, position, erased_at) \
         select delivery_id, ordinal, pointer, kind, state, reason, waits_for, tenant_id, contact_id, command_id, \
                position, case when erased then clock_timestamp() end \
         from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
              as i (delivery_id, ordinal, pointer, kind, state, reason, waits_for, tenant_id, contact_id, \
                    command_id, position, erased)",
    )
    .bind(items.iter().map(|(delivery, ..)| *delivery).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, ordinal, ..)| *ordinal).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, item, ..)| item.pointer.as_str()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, item, ..)| item.kind.as_str()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, item, ..)| item.state.name()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, item, ..)| item.state.reason()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, item, ..)| item.state.waits_for().map(Awaited::to_string)).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, item, ..)| item.tenant.map(TenantId::as_uuid)).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, _, contact, _)| contact.map(ContactId::as_uuid)).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, item, ..)| item.state.command().0.map(CommandId::as_uuid)).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, _, item, ..)| item.state.command().1).collect::<Vec<_>>())
    .bind(items.iter().map(|(.., erased)| *erased).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_awaited_reads_back_as_it_was_written() {
        let number = Awaited::Number(ProviderId::parse("106540352242922").unwrap());
        let message = Awaited::Message(StreamId::from_uuid(Uuid::from_u128(7)));
        assert_eq!(number.to_string(), "number:106540352242922");
        let page = Awaited::Page(ProviderId::parse("138124712925158").unwrap());
        let lead = Awaited::Lead(SubmissionId::from_uuid(Uuid::from_u128(7)));
        let mapping = Awaited::Mapping { source: SourceId::from_uuid(Uuid::from_u128(8)), after: 2 };
        let of = |network| Awaited::Account(network, ProviderId::parse("17841405793187218").unwrap());
        let (messenger, instagram) = (of(SocialNetwork::Messenger), of(SocialNetwork::Instagram));
        assert_eq!(instagram.to_string(), "instagram:17841405793187218");
        for awaited in [number, message, page, lead, mapping, messenger, instagram] {
            assert_eq!(Awaited::parse(&awaited.to_string()), Some(awaited));
        }
        for text in ["", "number", "number:", "message:7", "lead:7", "page:", "form:1", "mapping:7:1", "mapping:"] {
            assert_eq!(Awaited::parse(text), None, "{text}");
        }
    }
}
