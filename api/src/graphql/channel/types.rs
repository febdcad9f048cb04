//! A channel.

use async_graphql::{ID, SimpleObject};
use leadflow_projections::inbox::ChannelRow;

use crate::graphql::global_id::{Kind, encode};

/// A place messages come from: a WhatsApp number that is or was connected.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Channel {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// The number as people read it.
    display_phone: String,
    /// Meta's id of the number.
    phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account that owns it.
    waba_id: String,
    /// The key of the Meta app that brings its webhooks; null for the installation's default app.
    app: Option<String>,
    /// Whether messages to it arrive here.
    is_connected: bool,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

impl From<ChannelRow> for Channel {
    fn from(row: ChannelRow) -> Self {
        Self {
            id: encode(Kind::Channel, row.id),
            display_phone: row.display_phone,
            phone_number_id: row.phone_number_id,
            waba_id: row.waba_id,
            app: row.app,
            is_connected: row.is_connected,
            version: row.version,
        }
    }
}
