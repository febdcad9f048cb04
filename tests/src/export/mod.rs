//! The canonical export (RELIABILITY.md): everything a client can read, without our own ids, ordered by the
//! provider's time and the provider's ids. Two histories that should come to the same have equal exports.

mod difference;
mod folded;
mod naive;

pub use folded::{FOLDS, Folded};

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;

use crate::graphql::{GraphQl, inbox};
use crate::patience::eventually;

/// Everything one tenant can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalExport {
    /// Ordered by their first message, then by phone.
    pub conversations: Vec<Conversation>,
    /// Ordered by when they were captured, then by phone.
    pub leads: Vec<Lead>,
}

/// A conversation with its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The customer's number; of a group, what it is called.
    pub phone: String,
    /// What she calls herself.
    pub name: Option<String>,
    /// The number she writes to.
    pub channel: Option<String>,
    /// `OPEN` or `RESOLVED`.
    pub status: String,
    /// `NONE` to `URGENT`.
    pub priority: String,
    /// Messages nobody has read.
    pub unread: u64,
    /// When something last happened.
    pub last_activity_at: Timestamp,
    /// Until when the business may answer freely.
    pub window_open_until: Option<Timestamp>,
    /// The provider's id of the message the list shows.
    pub last_message: Option<String>,
    /// Ordered by the provider's time, then by its id.
    pub messages: Vec<Message>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    /// The provider's time.
    pub sent_at: Timestamp,
    /// The provider's id.
    pub provider_message_id: String,
    /// The number of whoever wrote it; nothing for what the business wrote.
    pub author: Option<String>,
    /// `INBOUND` or `OUTBOUND`.
    pub direction: String,
    /// What it is, e.g. `TEXT`.
    pub kind: String,
    /// What it says.
    pub text: Option<String>,
    /// All else it shows, as JSON by its name; what is null is absent.
    pub more: BTreeMap<String, String>,
}

/// A lead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lead {
    /// The provider's time of the contact's earliest message.
    pub captured_at: Timestamp,
    /// The contact's number.
    pub phone: String,
    /// Where it came from.
    pub source: String,
    /// Where it stands.
    pub status: String,
}

impl CanonicalExport {
    /// Reads everything through GraphQL.
    ///
    /// # Errors
    /// When a query fails or two answers contradict each other: a list that is still growing, a lead whose contact or
    /// conversation is not the one the inbox shows, a preview that is not the latest message.
    pub async fn read(graphql: &GraphQl) -> Result<Self> {
        let mut conversations = Vec::new();
        let mut contacts = BTreeMap::new();
        for listed in graphql.conversations().await? {
            let messages = graphql.messages(&listed.id).await?;
            if let Some(contact) = &listed.contact {
                contacts.insert(listed.id.clone(), contact.id.clone());
            }
            conversations.push(Conversation::of(listed, messages)?);
        }
        let mut leads = Vec::new();
        for listed in graphql.leads().await? {
            let conversation = listed.conversation.as_ref().context("a lead without its conversation")?;
            ensure!(
                contacts.get(&conversation.id) == Some(&listed.contact.id),
                "the lead {} and its conversation {} show different contacts",
                listed.id,
                conversation.id,
            );
            leads.push(Lead::of(listed)?);
        }
        Ok(Self::of(conversations, leads))
    }

    /// In its order.
    pub(crate) fn of(mut conversations: Vec<Conversation>, mut leads: Vec<Lead>) -> Self {
        conversations.sort_by(|a, b| a.place().cmp(&b.place()));
        leads.sort();
        Self { conversations, leads }
    }

    /// Reads until what is read equals `expected`, since an inbox fills a moment after the 200.
    ///
    /// # Errors
    /// When it never does, with the last differences.
    pub async fn becomes(graphql: &GraphQl, expected: &Self) -> Result<()> {
        eventually("the inbox becomes what was written", || async {
            let read = Self::read(graphql).await?;
            ensure!(read == *expected, "{}", expected.difference(&read));
            Ok(())
        })
        .await
    }

    /// How many messages there are.
    #[must_use]
    pub fn message_count(&self) -> usize {
        self.conversations.iter().map(|conversation| conversation.messages.len()).sum()
    }
}

impl Conversation {
    fn of(listed: inbox::Conversation, messages: Vec<inbox::Message>) -> Result<Self> {
        let mut messages: Vec<Message> = messages.into_iter().map(Message::of).collect::<Result<_>>()?;
        messages.sort();
        let last_message = listed.last_message.and_then(|message| message.provider_message_id);
        let (phone, name) = match (listed.contact, listed.group) {
            (Some(contact), None) => {
                (contact.phone.context("a conversation whose contact has no phone")?, contact.display_name)
            }
            (None, Some(group)) => (format!("group {}", group.subject.unwrap_or_default()), None),
            (contact, group) => bail!("a conversation with {contact:?} and {group:?}"),
        };
        Ok(Self {
            phone,
            name,
            channel: listed.channel.display_phone,
            status: listed.status,
            priority: listed.priority,
            unread: listed.unread_count,
            last_activity_at: instant(&listed.last_activity_at)?,
            window_open_until: listed.window_open_until.as_deref().map(instant).transpose()?,
            last_message,
            messages,
        })
    }

    /// Where the conversation stands in the export.
    fn place(&self) -> (Option<&Message>, &str) {
        (self.messages.first(), &self.phone)
    }
}

impl Message {
    fn of(listed: inbox::Message) -> Result<Self> {
        Ok(Self {
            sent_at: instant(&listed.sent_at)?,
            provider_message_id: listed.provider_message_id.context("a message without the provider's id")?,
            author: listed.author.and_then(|author| author.phone),
            direction: listed.direction,
            kind: listed.kind,
            text: listed.text,
            more: listed
                .more
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, value.to_string()))
                .collect(),
        })
    }
}

impl Lead {
    fn of(listed: inbox::Lead) -> Result<Self> {
        Ok(Self {
            captured_at: instant(&listed.captured_at)?,
            phone: listed.contact.phone.context("a lead whose contact has no phone")?,
            source: listed.source,
            status: listed.status,
        })
    }
}

/// Two spellings of one instant are equal; what is no RFC 3339 is an error.
fn instant(text: &str) -> Result<Timestamp> {
    text.parse().with_context(|| format!("{text:?} is no RFC 3339 time"))
}
