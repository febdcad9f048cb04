//! A channel.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::inbox::{AccountRow, ChannelRow};

use super::health::ChannelHealth;
use crate::graphql::edge::Word;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::plain::{Asked, Plain, Writer, by};

/// A place messages come from: a WhatsApp number, a page's Messenger, or an account of Instagram, that is or was connected.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Channel {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// What of these it is.
    kind: ChannelKind,
    /// The number as people read it; null of what is no number.
    display_phone: Option<String>,
    /// Meta's id of the number; null of what is no number.
    phone_number_id: Option<String>,
    /// Meta's id of the WhatsApp Business Account that owns it; null of what is no number.
    waba_id: Option<String>,
    /// The page, or the account of Instagram; null of a number.
    social_account: Option<ChannelAccount>,
    /// The key of the Meta app that brings its webhooks; null for the installation's default app.
    app: Option<String>,
    /// Whether messages come by it.
    status: ChannelStatus,
    /// When it was first connected.
    connected_at: Timestamp,
    /// What WhatsApp, or Meta, knows the business by; null when nothing was entered.
    credentials: Option<ChannelCredentials>,
    /// That the provider takes nothing more from it until somebody sees to it, and `resumeSending` is said, or other credentials are
    /// entered; what waits to be sent goes on waiting. Null while all is well.
    sending_stopped: Option<SendingStopped>,
    /// How it and its account stand, as WhatsApp tells of it by itself; null while it has told nothing.
    health: Option<ChannelHealth>,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

/// A page, or an account of Instagram, that people write to.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ChannelAccount {
    /// Meta's id of it.
    account_id: String,
    /// What it is called.
    name: String,
}

/// What kind of place messages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::ChannelKind")]
pub(in crate::graphql) enum ChannelKind {
    /// A WhatsApp number.
    #[graphql(name = "WHATSAPP")]
    WhatsApp,
    /// A page's Messenger. Messages arrive by it, and none can be sent.
    Messenger,
    /// An account of Instagram. Messages arrive by it, and none can be sent.
    Instagram,
}

/// What a provider knows a business by. Nothing of what it is is shown.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ChannelCredentials {
    /// When it was entered, which the provider had taken just before. Who entered it is in the audit.
    entered_at: Timestamp,
}

/// Since when and why a provider takes nothing more from a number.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct SendingStopped {
    /// Since when.
    at: Timestamp,
    /// The provider's number of the reason.
    code: i64,
    /// The reason in the provider's words.
    title: Option<String>,
}

/// Whether messages come by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::ChannelStatus")]
pub(in crate::graphql) enum ChannelStatus {
    /// They do.
    Connected,
    /// It was given up. What it brought is kept.
    Disconnected,
}

/// All but what is told of its credentials, and where something is wrong with it.
impl Plain for Channel {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "id" => by(|channel: &Self, to| to.put(&channel.id)),
            "kind" => by(|channel: &Self, to| to.put(&Word(channel.kind))),
            "socialAccount" => asked.object(|channel: &Self| channel.social_account.as_ref()),
            "displayPhone" => by(|channel: &Self, to| to.put(&channel.display_phone)),
            "phoneNumberId" => by(|channel: &Self, to| to.put(&channel.phone_number_id)),
            "wabaId" => by(|channel: &Self, to| to.put(&channel.waba_id)),
            "app" => by(|channel: &Self, to| to.put(&channel.app)),
            "status" => by(|channel: &Self, to| to.put(&Word(channel.status))),
            "connectedAt" => by(|channel: &Self, to| to.put(&channel.connected_at)),
            "version" => by(|channel: &Self, to| to.put(&channel.version)),
            _ => None,
        }
    }
}

impl Plain for ChannelAccount {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "accountId" => by(|account: &Self, to| to.put(&account.account_id)),
            "name" => by(|account: &Self, to| to.put(&account.name)),
            _ => None,
        }
    }
}

impl From<ChannelRow> for Channel {
    fn from(row: ChannelRow) -> Self {
        Self {
            id: encode(Kind::Channel, row.id),
            kind: row.kind.into(),
            display_phone: row.display_phone,
            phone_number_id: row.phone_number_id,
            waba_id: row.waba_id,
            social_account: row.account.map(|AccountRow { id: account_id, name }| ChannelAccount { account_id, name }),
            app: row.app,
            status: row.status.into(),
            connected_at: row.connected_at,
            credentials: row.credentials_entered_at.map(|entered_at| ChannelCredentials { entered_at }),
            sending_stopped: row.stopped.map(|stopped| SendingStopped {
                at: stopped.at,
                code: stopped.code,
                title: stopped.title,
            }),
            health: row.health.map(ChannelHealth::from),
            version: row.version,
        }
    }
}
