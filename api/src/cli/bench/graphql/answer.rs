//! What all contenders must answer alike, so that none is fast by answering less.

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

use super::asker::Asker;
use super::by_hand::ByHand;
use super::filled::Filled;
use super::{CONVERSATIONS, Contender, MESSAGES, Operation};

/// A conversation as an inbox shows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) unread: i64,
    pub(super) last_activity_at: Timestamp,
    pub(super) contact: [Option<String>; 3],
    pub(super) last_message: (Option<String>, Timestamp),
    pub(super) messages: Vec<Message>,
}

/// Id, direction, kind, text and time.
pub(super) type Message = (String, String, String, Option<String>, Timestamp);

/// That every business's inbox is answered alike by everybody, and in full.
pub(super) async fn compare(
    filled: &Filled,
    operation: Operation,
    by_hand: &ByHand,
    others: &[Asker],
) -> anyhow::Result<()> {
    for business in 0..filled.businesses.len() {
        let expected = by_hand.look(operation, business).await?;
        let messages = if operation == Operation::Inbox { MESSAGES } else { 0 };
        ensure!(
            expected.len() == CONVERSATIONS && expected.iter().all(|shown| shown.messages.len() == messages),
            "an inbox to look at has {CONVERSATIONS} conversations with {messages} messages"
        );
        for asker in others {
            let data = asker.ask(business).await?;
            let read = match asker.contender() {
                Contender::PostGraphile => of_peer(&data),
                Contender::Ours | Contender::ByHand => of_ours(&data),
            };
            let name = asker.contender().name();
            let answered = read.with_context(|| format!("the answer of {name} can't be read"))?;
            ensure!(answered == expected, "{name} answers otherwise than {}", Contender::ByHand.name());
        }
    }
    Ok(())
}

fn of_ours(data: &Value) -> Option<Vec<Conversation>> {
    let id = |value: &Value| {
        let id = URL_SAFE_NO_PAD.decode(value.as_str()?).ok()?;
        Some(String::from_utf8(id).ok()?.split_once(':')?.1.to_owned())
    };
    let word = |value: &Value| Some(value.as_str()?.to_lowercase());
    let edges = |value: &Value| Some(value["edges"].as_array()?.iter().map(|edge| edge["node"].clone()).collect());
    let nodes: Vec<Value> = edges(&data["conversations"])?;
    let message = |node: &Value| {
        Some((
            id(&node["id"])?,
            word(&node["direction"])?,
            word(&node["kind"])?,
            text(&node["text"]),
            at(&node["sentAt"])?,
        ))
    };
    let conversation = |node: &Value| {
        let messages: Vec<Value> = edges(&node["messages"]).unwrap_or_default();
        let (contact, last) = (&node["contact"], &node["lastMessage"]);
        Some(Conversation {
            id: id(&node["id"])?,
            status: word(&node["status"])?,
            unread: node["unreadCount"].as_i64()?,
            last_activity_at: at(&node["lastActivityAt"])?,
            contact: [id(&contact["id"]), text(&contact["displayName"]), text(&contact["phone"])],
            last_message: (text(&last["text"]), at(&last["sentAt"])?),
            messages: messages.iter().map(message).collect::<Option<_>>()?,
        })
    };
    nodes.iter().map(conversation).collect()
}

fn of_peer(data: &Value) -> Option<Vec<Conversation>> {
    let message = |node: &Value| {
        let word = |field: &str| text(&node[field]);
        Some((word("messageId")?, word("direction")?, word("kind")?, word("body"), at(&node["sentAt"])?))
    };
    let conversation = |node: &Value| {
        let contact = &node["contactByContactId"];
        let messages = node["messages"]["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
        Some(Conversation {
            id: text(&node["conversationId"])?,
            status: text(&node["status"])?,
            unread: node["unreadCount"].as_i64()?,
            last_activity_at: at(&node["lastActivityAt"])?,
            contact: [text(&contact["contactId"]), text(&contact["displayName"]), text(&contact["phone"])],
            last_message: (text(&node["lastBody"]), at(&node["lastMessageAt"])?),
            messages: messages.iter().map(message).collect::<Option<_>>()?,
        })
    };
    data["allConversations"]["nodes"].as_array()?.iter().map(conversation).collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn at(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
