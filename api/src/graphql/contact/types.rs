//! Contacts and channels, as conversations and leads show them.

use async_graphql::{ID, SimpleObject};
use leadflow_projections::inbox::{ChannelRow, ContactRow};

use crate::graphql::global_id::{Kind, encode};

/// A customer.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Contact {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// What she calls herself; null when she never said, or was erased.
    display_name: Option<String>,
    /// Her number in E.164 form; null when she was erased.
    phone: Option<String>,
}

/// A place messages come from: a WhatsApp number of the business.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Channel {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// The number as people read it.
    display_phone: String,
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self { id: encode(Kind::Contact, row.id), display_name: row.display_name, phone: row.phone }
    }
}

impl From<ChannelRow> for Channel {
    fn from(row: ChannelRow) -> Self {
        Self { id: encode(Kind::Channel, row.id), display_phone: row.display_phone }
    }
}
