//! Somebody who looks at an inbox over HTTP: over a connection of her own, one question after another, each time of another
//! business.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use leadflow_bench::{BenchError, Client};
use reqwest::Response;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::filled::Filled;
use super::{CONVERSATIONS, Contender, MESSAGES, Operation};
use crate::cli::bench::dice::Dice;

/// As `docs/API.md` has it.
const INBOX: &str = include_str!("../../../../../docs/examples/inbox.graphql");

const FIELDS: &str =
    "id status unreadCount lastActivityAt contact { id displayName phone } lastMessage { text sentAt }";

const PEER_FIELDS: &str = "conversationId status unreadCount lastActivityAt \
     contactByContactId { contactId displayName phone } lastBody lastMessageAt";

pub(super) struct Asker {
    contender: Contender,
    client: reqwest::Client,
    url: String,
    body: String,
    /// What tells each business.
    headers: Vec<HeaderMap>,
    dice: Dice,
}

impl Asker {
    pub(super) fn of_ours(address: SocketAddr, filled: &Filled, operation: Operation) -> anyhow::Result<Self> {
        let query = match operation {
            Operation::Inbox => INBOX.to_owned(),
            Operation::List => {
                format!("{{ conversations(first: {CONVERSATIONS}) {{ edges {{ node {{ {FIELDS} }} }} }} }}")
            }
        };
        let tell = |token: &str| Ok((AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}"))?));
        let headers = filled.businesses.iter().map(|business| tell(&business.token)).collect::<anyhow::Result<_>>()?;
        Self::new(Contender::Ours, address, &query, headers)
    }

    pub(super) fn of_peer(address: SocketAddr, filled: &Filled, operation: Operation) -> anyhow::Result<Self> {
        let messages = match operation {
            Operation::Inbox => format!(
                "messages(first: {MESSAGES}, orderBy: [SENT_AT_DESC, MARK_DESC, MESSAGE_ID_DESC]) \
                 {{ nodes {{ messageId direction kind body sentAt }} }}"
            ),
            Operation::List => String::new(),
        };
        let query = format!(
            "{{ allConversations(first: {CONVERSATIONS}, orderBy: [LAST_ACTIVITY_AT_DESC, CONVERSATION_ID_DESC]) \
             {{ nodes {{ {PEER_FIELDS} {messages} }} }} }}"
        );
        let tell = |tenant: String| Ok((HeaderName::from_static("x-tenant"), HeaderValue::try_from(tenant)?));
        let tenants = filled.businesses.iter().map(|business| tell(business.tenant.to_string()));
        Self::new(Contender::PostGraphile, address, &query, tenants.collect::<anyhow::Result<_>>()?)
    }

    fn new(
        contender: Contender,
        address: SocketAddr,
        query: &str,
        tellings: Vec<(HeaderName, HeaderValue)>,
    ) -> anyhow::Result<Self> {
        let with = |(name, value)| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value);
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(ACCEPT, HeaderValue::from_static("application/graphql-response+json, application/json"));
            headers
        };
        Ok(Self {
            contender,
            client: reqwest::Client::builder().no_proxy().build()?,
            url: format!("http://{address}/graphql"),
            body: json!({ "query": query }).to_string(),
            headers: tellings.into_iter().map(with).collect(),
            dice: Dice::new(0),
        })
    }

    /// The same, with chances of her own.
    pub(super) fn drawing(self, nth: usize) -> Self {
        Self { dice: Dice::new(nth as u64), ..self }
    }

    pub(super) fn contender(&self) -> Contender {
        self.contender
    }

    /// What one business's inbox is answered with.
    pub(super) async fn ask(&self, business: usize) -> anyhow::Result<Value> {
        let answer: Value =
            serde_json::from_slice(&self.post(business).await?.bytes().await?).context("the answer is no JSON")?;
        // PostGraphile reports errors inside a success.
        ensure!(answer.get("errors").is_none(), "{}: {}", self.contender.name(), answer["errors"]);
        Ok(answer["data"].clone())
    }

    /// How such an answer begins. All of it is read, and nothing of it kept, whoever answers: to put it together would be the client's time.
    async fn beginning(&self, business: usize) -> anyhow::Result<Vec<u8>> {
        let mut response = self.post(business).await?;
        let mut beginning = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            let more = chunk.len().min(TOLD.saturating_sub(beginning.len()));
            beginning.extend_from_slice(&chunk[..more]);
        }
        Ok(beginning)
    }

    async fn post(&self, business: usize) -> anyhow::Result<Response> {
        let request = self.client.post(&self.url).headers(self.headers[business].clone()).body(self.body.clone());
        Ok(request.send().await?.error_for_status()?)
    }
}

/// Bytes of an answer that are told when it is none.
const TOLD: usize = 500;

impl Client for Asker {
    async fn command(&mut self) -> Result<(), BenchError> {
        let business = self.dice.below(self.headers.len());
        let failed = |reason| BenchError::Command { contender: self.contender.name(), reason };
        let beginning = self.beginning(business).await.map_err(|error| failed(format!("{error:#}")))?;
        // `{"data":{` or `{"errors":`. To parse it would be the client's time, too.
        if beginning.starts_with(br#"{"data":{"#) {
            Ok(())
        } else {
            Err(failed(String::from_utf8_lossy(&beginning).into_owned()))
        }
    }
}
