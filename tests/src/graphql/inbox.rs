//! The documents a dashboard's inbox sends, and the types of their answers.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::GraphQl;

const CONVERSATION_FIELDS: &str = "
    id status priority unreadCount lastActivityAt windowOpenUntil snoozedUntil labels
    assignee { id }
    team { id name }
    contact { id displayName phone }
    group { id subject state participantCount }
    channel { id displayPhone }
    lastMessage { providerMessageId text }";

const MESSAGE_FIELDS: &str = "
    id providerMessageId direction kind text sentAt
    author { id displayName phone }
    content repliesToProviderMessageId aboutProviderMessageId reaction editedText editedAt revokedAt
    status passedOnAt deliveredAt readAt playedAt failedAt failure { code title }";

const LEAD_FIELDS: &str = "
    id status source capturedAt
    contact { id displayName phone }
    conversation { id }";

/// Who is to see to a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Assignee {
    /// Her id.
    pub id: String,
}

/// A team that is asked to see to a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Our id.
    pub id: String,
    /// What she calls herself.
    pub display_name: Option<String>,
    /// Her number in E.164 form.
    pub phone: Option<String>,
}

/// Several people in one place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Our id.
    pub id: String,
    /// What it is called.
    pub subject: Option<String>,
    /// `ACTIVE`, `SUSPENDED` or `DELETED`.
    pub state: String,
    /// How many people are in it, as far as was told.
    pub participant_count: u64,
}

/// Where she writes to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    /// Our id.
    pub id: String,
    /// The number as people read it.
    pub display_phone: Option<String>,
}

/// A message as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastMessage {
    /// The provider's id.
    pub provider_message_id: Option<String>,
    /// What it says.
    pub text: Option<String>,
}

/// A conversation as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// Our id.
    pub id: String,
    /// `OPEN`, `SNOOZED` or `RESOLVED`.
    pub status: String,
    /// `NONE` to `URGENT`.
    pub priority: String,
    /// Messages nobody of the business has read.
    pub unread_count: u64,
    /// The provider's time of what happened last.
    pub last_activity_at: String,
    /// Until when the business may answer freely.
    pub window_open_until: Option<String>,
    /// The member who is to see to it.
    pub assignee: Option<Assignee>,
    /// The team that is asked to, while nobody of it does.
    pub team: Option<Team>,
    /// Until when it is set aside.
    pub snoozed_until: Option<String>,
    /// What it is marked as.
    pub labels: Vec<String>,
    /// The customer, where it is with one.
    pub contact: Option<Contact>,
    /// The group, where it is with one.
    pub group: Option<Group>,
    /// Where they write to.
    pub channel: Channel,
    /// The latest message by the provider's time.
    pub last_message: Option<LastMessage>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Our id.
    pub id: String,
    /// The provider's id.
    pub provider_message_id: Option<String>,
    /// Who wrote it; nobody for what the business wrote.
    pub author: Option<Contact>,
    /// `INBOUND` or `OUTBOUND`.
    pub direction: String,
    /// What it is, e.g. `TEXT`.
    pub kind: String,
    /// What it says.
    pub text: Option<String>,
    /// The provider's time.
    pub sent_at: String,
    /// All else that was asked for, by its name.
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

/// What somebody of the business put down.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Our id.
    pub id: String,
    /// What it says.
    pub text: Option<String>,
}

/// A lead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lead {
    /// Our id.
    pub id: String,
    /// Where it stands.
    pub status: String,
    /// Where it came from.
    pub source: String,
    /// The provider's time of the contact's earliest message.
    pub captured_at: String,
    /// Who is interested.
    pub contact: Contact,
    /// Where she said so.
    pub conversation: Option<Reference>,
}

/// An object of which only the id was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Reference {
    /// Our id.
    pub id: String,
}

/// The payload of a mutation on a conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationPayload {
    /// The conversation afterwards; null after a refusal.
    pub conversation: Option<Conversation>,
    /// Refusals.
    pub user_errors: Vec<UserError>,
    /// Up to where the log must be folded to show the outcome.
    pub position: Value,
    /// Why the conversation shown may be of before; null when it is not.
    pub stale: Option<String>,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UserError {
    /// Stable, for programs.
    pub code: String,
    /// For people.
    pub message: String,
}

impl GraphQl {
    /// All conversations the token sees.
    ///
    /// # Errors
    /// As [`every`](Self::every).
    pub async fn conversations(&self) -> Result<Vec<Conversation>> {
        let document = format!(
            "query Inbox($first: Int!, $after: String) {{ conversations(first: $first, after: $after) {{
                totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ {CONVERSATION_FIELDS} }} }}
            }} }}"
        );
        self.every(&document, json!({}), "/conversations").await
    }

    /// One conversation, if it exists for this token.
    ///
    /// # Errors
    /// When the query fails.
    pub async fn conversation(&self, id: &str) -> Result<Option<Conversation>> {
        let document = format!("query Conversation($id: ID!) {{ conversation(id: $id) {{ {CONVERSATION_FIELDS} }} }}");
        self.ask(&document, &json!({"id": id}), "/conversation").await
    }

    /// All messages of a conversation.
    ///
    /// # Errors
    /// As [`every`](Self::every).
    pub async fn messages(&self, conversation: &str) -> Result<Vec<Message>> {
        let document = format!(
            "query Messages($id: ID!, $first: Int!, $after: String) {{ conversation(id: $id) {{
                messages(first: $first, after: $after) {{
                    totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ {MESSAGE_FIELDS} }} }}
                }}
            }} }}"
        );
        self.every(&document, json!({"id": conversation}), "/conversation/messages").await
    }

    /// All notes of a conversation.
    ///
    /// # Errors
    /// As [`every`](Self::every).
    pub async fn notes(&self, conversation: &str) -> Result<Vec<Note>> {
        let document = "query Notes($id: ID!, $first: Int!, $after: String) { conversation(id: $id) {
                notes(first: $first, after: $after) {
                    totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id text } }
                }
            } }";
        self.every(document, json!({"id": conversation}), "/conversation/notes").await
    }

    /// All leads the token sees.
    ///
    /// # Errors
    /// As [`every`](Self::every).
    pub async fn leads(&self) -> Result<Vec<Lead>> {
        let document = format!(
            "query Leads($first: Int!, $after: String) {{ leads(first: $first, after: $after) {{
                totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ {LEAD_FIELDS} }} }}
            }} }}"
        );
        self.every(&document, json!({}), "/leads").await
    }

    /// One lead, if it exists for this token.
    ///
    /// # Errors
    /// When the query fails.
    pub async fn lead(&self, id: &str) -> Result<Option<Lead>> {
        let document = format!("query Lead($id: ID!) {{ lead(id: $id) {{ {LEAD_FIELDS} }} }}");
        self.ask(&document, &json!({"id": id}), "/lead").await
    }

    /// The type's name of whatever has this id, if it exists for this token.
    ///
    /// # Errors
    /// When the query fails.
    pub async fn node_type(&self, id: &str) -> Result<Option<String>> {
        let node: Option<Value> =
            self.ask("query Node($id: ID!) { node(id: $id) { __typename id } }", &json!({"id": id}), "/node").await?;
        Ok(node.and_then(|node| node["__typename"].as_str().map(str::to_owned)))
    }

    /// `markConversationRead`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn mark_conversation_read(&self, id: &str) -> Result<ConversationPayload> {
        self.tell("markConversationRead", "MarkConversationReadInput", id).await
    }

    /// `resolveConversation`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn resolve_conversation(&self, id: &str) -> Result<ConversationPayload> {
        self.tell("resolveConversation", "ResolveConversationInput", id).await
    }

    /// `setConversationPriority`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn set_conversation_priority(&self, id: &str, priority: &str) -> Result<ConversationPayload> {
        let input = json!({"conversationId": id, "priority": priority});
        self.tell_with("setConversationPriority", "SetConversationPriorityInput", &input).await
    }

    /// `assignConversation`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn assign_conversation(&self, id: &str, member: &str) -> Result<ConversationPayload> {
        let input = json!({"conversationId": id, "memberId": member});
        self.tell_with("assignConversation", "AssignConversationInput", &input).await
    }

    /// `assignConversationToTeam`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn assign_conversation_to_team(&self, id: &str, team: &str) -> Result<ConversationPayload> {
        let input = json!({"conversationId": id, "teamId": team});
        self.tell_with("assignConversationToTeam", "AssignConversationToTeamInput", &input).await
    }

    /// `unassignConversation`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn unassign_conversation(&self, id: &str) -> Result<ConversationPayload> {
        self.tell("unassignConversation", "UnassignConversationInput", id).await
    }

    /// `addConversationNote`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn add_conversation_note(&self, id: &str, text: &str) -> Result<ConversationPayload> {
        let input = json!({"conversationId": id, "text": text});
        self.tell_with("addConversationNote", "AddConversationNoteInput", &input).await
    }

    /// `labelConversation`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn label_conversation(&self, id: &str, label: &str) -> Result<ConversationPayload> {
        let input = json!({"conversationId": id, "label": label});
        self.tell_with("labelConversation", "LabelConversationInput", &input).await
    }

    /// `unlabelConversation`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn unlabel_conversation(&self, id: &str, label: &str) -> Result<ConversationPayload> {
        let input = json!({"conversationId": id, "label": label});
        self.tell_with("unlabelConversation", "UnlabelConversationInput", &input).await
    }

    /// `snoozeConversation`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn snooze_conversation(&self, id: &str, until: Timestamp) -> Result<ConversationPayload> {
        let input = json!({"conversationId": id, "until": until.to_string()});
        self.tell_with("snoozeConversation", "SnoozeConversationInput", &input).await
    }

    /// `reopenConversation`.
    ///
    /// # Errors
    /// When the request fails; a refusal is in the payload.
    pub async fn reopen_conversation(&self, id: &str) -> Result<ConversationPayload> {
        self.tell("reopenConversation", "ReopenConversationInput", id).await
    }

    async fn tell(&self, mutation: &str, input: &str, id: &str) -> Result<ConversationPayload> {
        self.tell_with(mutation, input, &json!({"conversationId": id})).await
    }

    async fn tell_with(&self, mutation: &str, input: &str, values: &Value) -> Result<ConversationPayload> {
        let document = format!(
            "mutation Tell($input: {input}!) {{ {mutation}(input: $input) {{
                conversation {{ {CONVERSATION_FIELDS} }} userErrors {{ code message }} position stale
            }} }}"
        );
        self.ask(&document, &json!({"input": values}), &format!("/{mutation}")).await
    }
}
