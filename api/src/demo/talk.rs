//! What a customer and the shop say to each other, live: she writes through a Meta that is played, the shop answers through
//! GraphQL, and how far its answers got comes back as it does from Meta.

use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use jiff::Timestamp;
use leadflow_event_store::entropy;
use leadflow_gateways::whatsapp::simulator::{Delays, Director, On, Posted, Script};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Client;

/// How long one answer, and what she says to it, may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What a customer and the shop say to each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// The customer's number, in digits.
    pub from: String,
    /// Her name.
    pub name: String,
    /// What she writes first.
    pub opens: String,
    /// What the shop answers, and she in turn.
    pub answers: Vec<Exchange>,
    /// What she answers to whoever writes to her after that, one each.
    pub later: Vec<String>,
}

/// What the shop writes, and what the customer writes back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    shop: String,
    customer: String,
}

/// How long people and their telephones take.
#[derive(Debug, Clone)]
pub struct Tempo {
    /// When it is told how far messages got.
    pub statuses: Delays,
    /// Milliseconds from reading to answering. A second at least: the provider tells times in whole seconds, and what she
    /// answers must not seem older than what she read.
    answers: RangeInclusive<u64>,
}

impl Tempo {
    /// As people would, where somebody watches.
    #[must_use]
    pub fn watched() -> Self {
        Self::of(100..=400, 300..=900, 600..=2_000, 1_000..=2_500)
    }

    /// As fast as it can be told in its order.
    #[must_use]
    pub fn unwatched() -> Self {
        Self::of(10..=30, 30..=90, 60..=200, 1_000..=1_200)
    }

    fn of(
        sent: RangeInclusive<u64>,
        delivered: RangeInclusive<u64>,
        read: RangeInclusive<u64>,
        answers: RangeInclusive<u64>,
    ) -> Self {
        Self { statuses: Delays::Within { sent, delivered, read: Some(read), reviewed: 2_000..=5_000 }, answers }
    }
}

/// A message of a talk, as GraphQL tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    direction: Direction,
    text: Option<String>,
    sent_at: Timestamp,
    status: Option<String>,
    failure: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Direction {
    Inbound,
    Outbound,
}

const LATEST: &str = "{ conversations(first: 50) { edges { node { id contact { phone } lastMessage { text } } } } }";

const MESSAGES: &str = "query Talk($id: ID!, $first: Int!) { conversation(id: $id) { messages(first: $first) {
    edges { node { direction text sentAt status failure { code title details } } }
} } }";

const SEND: &str = "mutation Answer($input: SendMessageInput!) { done: sendMessage(input: $input) {
    messages { id status }
    userErrors { code message field }
} }";

impl Talk {
    /// Above the rows of what was said.
    pub const HEADINGS: [&'static str; 4] = ["at", "who", "text", "status"];

    /// How many messages it has.
    #[must_use]
    pub fn length(&self) -> usize {
        1 + 2 * self.answers.len()
    }

    /// Has it said, from her first word to her last; `bar` moves with each message. Where: Meta's id of the number.
    ///
    /// # Errors
    /// When something is refused, or can't be seen in time.
    pub async fn play(
        &self,
        meta: &Director,
        phone_number_id: &str,
        client: &Client,
        tempo: &Tempo,
        bar: &ProgressBar,
    ) -> anyhow::Result<PlayedTalk> {
        let hers = self.answers.iter().map(|exchange| &exchange.customer).chain(&self.later);
        meta.plays(Script {
            customer: Some(self.from.clone()),
            on: On::Read,
            texts: hers.cloned().collect(),
            after: tempo.answers.clone(),
        });
        let written = meta.customer_writes(phone_number_id, &self.from, &self.name, &self.opens).await?;
        if written.posted != Posted::Answered(200) {
            bail!("the webhook of what {} wrote was not taken: {:?}", self.name, written.posted);
        }
        let conversation = self.conversation(client).await?;
        bar.inc(1);
        for exchange in &self.answers {
            let input = json!({
                "conversationId": conversation,
                "text": exchange.shop,
                "idempotencyKey": entropy::uuid().to_string(),
            });
            client.change(SEND, json!({"input": input})).await?;
            bar.inc(1);
            exchange.is_over(client, &conversation).await?;
            bar.inc(1);
        }
        Ok(PlayedTalk { messages: messages(client, &conversation, self.length()).await? })
    }

    /// The global id of the conversation, once what she wrote is its latest.
    async fn conversation(&self, client: &Client) -> anyhow::Result<String> {
        let phone = format!("+{}", self.from);
        until(&format!("what {} wrote", self.name), async || {
            let found = client.ask(LATEST, json!({})).await?;
            let mut nodes = found["conversations"]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]);
            let node =
                nodes.find(|node| node["contact"]["phone"] == phone && node["lastMessage"]["text"] == self.opens);
            Ok(node.and_then(|node| node["id"].as_str()).map(str::to_owned))
        })
        .await
    }
}

impl Exchange {
    /// Waits until she has read what the shop wrote, and her answer is the latest.
    async fn is_over(&self, client: &Client, conversation: &str) -> anyhow::Result<()> {
        until(&format!("what is said to {:?}", self.shop), async || {
            let latest = messages(client, conversation, 2).await?;
            if let Some(failure) = latest.iter().find_map(|message| message.failure.as_ref()) {
                bail!("what the shop wrote was not delivered: {failure}");
            }
            let [shop, customer] = latest.as_slice() else { return Ok(None) };
            let is_over = shop.is(Direction::Outbound, &self.shop)
                && shop.status.as_deref() == Some("READ")
                && customer.is(Direction::Inbound, &self.customer);
            Ok(is_over.then_some(()))
        })
        .await
    }
}

impl Told {
    fn is(&self, direction: Direction, text: &str) -> bool {
        self.direction == direction && self.text.as_deref() == Some(text)
    }
}

/// A talk that was said, as GraphQL tells it.
#[derive(Debug)]
pub struct PlayedTalk {
    messages: Vec<Told>,
}

impl PlayedTalk {
    /// Its messages, a row each: between the customer of this name and the business of that one.
    #[must_use]
    pub fn rows(&self, customer: &str, business: &str) -> Vec<Vec<String>> {
        self.messages
            .iter()
            .map(|message| {
                let who = if message.direction == Direction::Inbound { customer } else { business };
                vec![
                    message.sent_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                    who.to_owned(),
                    message.text.clone().unwrap_or_default(),
                    message.status.clone().unwrap_or_default(),
                ]
            })
            .collect()
    }
}

/// The latest so many messages of a conversation, the newest last.
async fn messages(client: &Client, conversation: &str, latest: usize) -> anyhow::Result<Vec<Told>> {
    let mut found = client.ask(MESSAGES, json!({"id": conversation, "first": latest})).await?;
    let Value::Array(edges) = found["conversation"]["messages"]["edges"].take() else {
        bail!("GraphQL answered without messages")
    };
    let told = |mut edge: Value| serde_json::from_value(edge["node"].take());
    edges.into_iter().rev().map(told).collect::<Result<_, _>>().context("GraphQL's answer has another shape")
}

/// What `look` finds, once it finds something.
async fn until<T>(what: &str, look: impl AsyncFn() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            bail!("{what} can't be seen after {} s; see `leadflow jobs list`", PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOK).await;
    }
}
