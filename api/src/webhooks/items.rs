//! What becomes of each message, status or notice inside a delivery.

use leadflow_domain::{CommandId, TenantId};
use sqlx::PgConnection;

/// One message, status or notice inside a delivery, and its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it stands in the delivery's body (RFC 6901); empty for the whole body.
    pub pointer: String,
    /// What the provider calls it, e.g. `messages.text`.
    pub kind: String,
    /// The tenant it was routed to, if it was.
    pub tenant: Option<TenantId>,
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
    /// Kept; nothing acts on it.
    NotReadYet {
        /// Why. Holds no personal value.
        reason: String,
    },
    /// Kept; no channel has its number.
    UnknownNumber,
    /// Set aside.
    Parked {
        /// Why. Holds no personal value.
        reason: String,
    },
}

impl ItemState {
    fn stored(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Applied { .. } => ("applied", None),
            Self::NotReadYet { reason } => ("not_read_yet", Some(reason)),
            Self::UnknownNumber => ("unknown_number", Some("no connected channel has this phone number id")),
            Self::Parked { reason } => ("parked", Some(reason)),
        }
    }

    fn command(&self) -> (Option<CommandId>, Option<i64>) {
        match self {
            Self::Applied { command, position } => (Some(*command), Some(*position)),
            Self::NotReadYet { .. } | Self::UnknownNumber | Self::Parked { .. } => (None, None),
        }
    }
}

/// Writes the items of deliveries that were translated to their end.
pub(super) async fn write(connection: &mut PgConnection, deliveries: &[(i64, Vec<Item>)]) -> Result<(), sqlx::Error> {
    let items: Vec<(i64, i32, &Item)> = deliveries
        .iter()
        .flat_map(|(delivery, items)| (0..).zip(items).map(|(ordinal, item)| (*delivery, ordinal, item)))
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into webhook_items (delivery_id, ordinal, pointer, kind, state, reason, tenant_id, command_id, position) \
         select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(items.iter().map(|(delivery, ..)| *delivery).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, ordinal, _)| *ordinal).collect::<Vec<_>>())
    .bind(items.iter().map(|(.., item)| item.pointer.as_str()).collect::<Vec<_>>())
    .bind(items.iter().map(|(.., item)| item.kind.as_str()).collect::<Vec<_>>())
    .bind(items.iter().map(|(.., item)| item.state.stored().0).collect::<Vec<_>>())
    .bind(items.iter().map(|(.., item)| item.state.stored().1).collect::<Vec<_>>())
    .bind(items.iter().map(|(.., item)| item.tenant.map(TenantId::as_uuid)).collect::<Vec<_>>())
    .bind(items.iter().map(|(.., item)| item.state.command().0.map(CommandId::as_uuid)).collect::<Vec<_>>())
    .bind(items.iter().map(|(.., item)| item.state.command().1).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}
