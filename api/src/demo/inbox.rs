//! The inbox and the leads, read through GraphQL like any client would.

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Client;

/// What a client sees.
#[derive(Debug)]
pub struct Inbox {
    /// Latest activity first.
    pub conversations: Vec<Conversation>,
    /// Latest captured first.
    pub leads: Vec<Lead>,
}

/// A conversation as the demo prints it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    status: String,
    unread_count: i64,
    last_activity_at: String,
    contact: Option<Contact>,
    group: Option<Group>,
    last_message: Option<LastMessage>,
    messages: Count,
}

/// A lead as the demo prints it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lead {
    status: String,
    source: String,
    captured_at: String,
    contact: Contact,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contact {
    display_name: Option<String>,
    phone: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Group {
    subject: Option<String>,
}

#[derive(Debug, Deserialize)]
struct LastMessage {
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    total_count: i64,
}

const CONVERSATIONS: &str = "query Inbox($after: String) { list: conversations(first: 50, after: $after) {
    edges { node {
        status unreadCount lastActivityAt
        contact { displayName phone }
        group { subject }
        lastMessage { text }
        messages(first: 0) { totalCount }
    } }
    pageInfo { hasNextPage endCursor }
} }";

const LEADS: &str = "query Leads($after: String) { list: leads(first: 50, after: $after) {
    edges { node { status source capturedAt contact { displayName phone } } }
    pageInfo { hasNextPage endCursor }
} }";

/// Longest message that is printed whole.
const SHOWN: usize = 60;

impl Inbox {
    /// Above [`Self::conversation_rows`].
    pub const HEADINGS: [&'static str; 7] =
        ["customer", "phone", "status", "messages", "unread", "latest", "last message"];

    /// Above [`Self::lead_rows`].
    pub const LEAD_HEADINGS: [&'static str; 5] = ["customer", "phone", "status", "source", "captured"];

    /// Reads all of it.
    ///
    /// # Errors
    /// When the server does not answer, or with errors.
    pub async fn read(client: &Client) -> anyhow::Result<Self> {
        Ok(Self { conversations: all(client, CONVERSATIONS).await?, leads: all(client, LEADS).await? })
    }

    /// How many messages there are.
    #[must_use]
    pub fn message_count(&self) -> i64 {
        self.conversations.iter().map(|conversation| conversation.messages.total_count).sum()
    }

    /// The conversations, a row each.
    #[must_use]
    pub fn conversation_rows(&self) -> Vec<Vec<String>> {
        self.conversations
            .iter()
            .map(|conversation| {
                vec![
                    conversation.name().unwrap_or_default().to_owned(),
                    conversation.contact.as_ref().and_then(|contact| contact.phone.clone()).unwrap_or_default(),
                    conversation.status.clone(),
                    conversation.messages.total_count.to_string(),
                    conversation.unread_count.to_string(),
                    conversation.last_activity_at.clone(),
                    shortened(
                        conversation.last_message.as_ref().and_then(|last| last.text.as_deref()).unwrap_or_default(),
                    ),
                ]
            })
            .collect()
    }

    /// The leads, a row each.
    #[must_use]
    pub fn lead_rows(&self) -> Vec<Vec<String>> {
        self.leads
            .iter()
            .map(|lead| {
                vec![
                    lead.contact.display_name.clone().unwrap_or_default(),
                    lead.contact.phone.clone().unwrap_or_default(),
                    lead.status.clone(),
                    lead.source.clone(),
                    lead.captured_at.clone(),
                ]
            })
            .collect()
    }
}

impl Conversation {
    /// What she, or the group, is called.
    fn name(&self) -> Option<&str> {
        let contact = self.contact.as_ref().and_then(|contact| contact.display_name.as_deref());
        contact.or_else(|| self.group.as_ref()?.subject.as_deref())
    }
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN { line } else { line.chars().take(SHOWN - 1).chain(['…']).collect() }
}

/// Every node of a list, page by page.
async fn all<T: for<'de> Deserialize<'de>>(client: &Client, query: &str) -> anyhow::Result<Vec<T>> {
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut list = client.ask(query, json!({"after": after})).await?["list"].take();
        let Value::Array(edges) = list["edges"].take() else { bail!("GraphQL answered without edges") };
        for mut edge in edges {
            nodes.push(serde_json::from_value(edge["node"].take()).context("GraphQL's answer has another shape")?);
        }
        if list["pageInfo"]["hasNextPage"] != Value::Bool(true) {
            return Ok(nodes);
        }
        after = list["pageInfo"]["endCursor"].take();
    }
}
