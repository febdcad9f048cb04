//! Agents who write, over HTTP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::{self, TryStreamExt as _};
use leadflow_bench::BenchError;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::desks::{Caller, Conversation, Desks};
use super::words::Words;

/// Agents who write at once where they don't wait for their time.
const AT_ONCE: usize = 16;

const SEND: &str = "mutation Send($input: SendMessageInput!) { done: sendMessage(input: $input) {
    messages { id status }
    userErrors { code message }
    stale
} }";

/// What an agent asked for, and was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// What she wrote.
    pub(super) words: Words,
    /// When her turn was.
    pub(super) due: Instant,
    /// When she asked.
    pub(super) asked: Instant,
    /// When she was answered.
    pub(super) answered: Instant,
}

/// Agents, each at all desks.
#[derive(Clone)]
pub(super) struct Agents {
    caller: Caller,
    conversations: Arc<[Conversation]>,
}

impl Agents {
    /// They sit at these.
    pub(super) fn at(desks: &Desks) -> anyhow::Result<Self> {
        Ok(Self { caller: desks.caller().clone(), conversations: desks.conversations().into() })
    }

    /// They write `messages`, `rate` a second, each in its time, whatever became of those before it: to one customer after another.
    pub(super) async fn write_in_time(&self, messages: usize, rate: u32) -> Result<Vec<Asked>, BenchError> {
        let between = Duration::from_secs(1) / rate.max(1);
        let mut due = Instant::now();
        let mut writing = JoinSet::new();
        for nth in 0..messages {
            tokio::time::sleep_until(due.into()).await;
            let agents = self.clone();
            let everybody = self.conversations.len();
            let words = Words { conversation: nth % everybody, nth: nth / everybody };
            writing.spawn(async move { agents.write(words, due).await });
            due += between;
        }
        let mut asked = Vec::with_capacity(messages);
        while let Some(written) = writing.join_next().await {
            asked.push(written.map_err(|error| BenchError::Void(format!("an agent panicked: {error}")))??);
        }
        Ok(asked)
    }

    /// They write `messages` as fast as they are answered, as many to each customer as to any, and in turn to each.
    pub(super) async fn write_at_once(&self, messages: usize) -> Result<Vec<Asked>, BenchError> {
        let everybody = self.conversations.len();
        let writing = (0..everybody).map(|conversation| async move {
            let mut asked = Vec::new();
            for nth in 0..(messages + everybody - 1 - conversation) / everybody {
                asked.push(self.write(Words { conversation, nth }, Instant::now()).await?);
            }
            Ok::<_, BenchError>(asked)
        });
        let asked: Vec<Vec<Asked>> = stream::iter(writing).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(asked.into_iter().flatten().collect())
    }

    async fn write(&self, words: Words, due: Instant) -> Result<Asked, BenchError> {
        let Conversation { id, token } = &self.conversations[words.conversation];
        let input = json!({ "conversationId": id, "text": words.text(), "idempotencyKey": words.to_string() });
        let asked = Instant::now();
        let done = self.caller.ask(token, SEND, json!({ "input": input })).await?["done"].take();
        let answered = Instant::now();
        let is_taken = done["userErrors"].as_array().is_some_and(Vec::is_empty);
        let waits = done["messages"].as_array().map_or(0, Vec::len) == 1 || done["stale"] != Value::Null;
        if is_taken && waits {
            Ok(Asked { words, due, asked, answered })
        } else {
            Err(BenchError::Command { contender: "sendMessage", reason: format!("{words}: {done}") })
        }
    }
}
