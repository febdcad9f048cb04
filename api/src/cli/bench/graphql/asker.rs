//! Somebody who looks at an inbox over HTTP: over a connection of her own, one question after another, each time of another
//! business.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Request, Uri};
use leadflow_bench::{BenchError, Client};
use serde_json::{Value, json};

use super::filled::Filled;
use super::line::Line;
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
    address: SocketAddr,
    body: Bytes,
    /// What tells each business.
    headers: Vec<HeaderMap>,
    line: Option<Line>,
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
        let host = HeaderValue::try_from(address.to_string())?;
        let with = |(name, value)| {
            let accepted = "application/graphql-response+json, application/json";
            HeaderMap::from_iter([
                (HOST, host.clone()),
                (CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (ACCEPT, HeaderValue::from_static(accepted)),
                (name, value),
            ])
        };
        let body = json!({ "query": query }).to_string().into();
        let headers = tellings.into_iter().map(with).collect();
        Ok(Self { contender, address, body, headers, line: None, dice: Dice::new(0) })
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
        let (mut line, mut whole) = (Line::open(self.address).await?, Vec::new());
        line.ask(self.question(business), |more| whole.extend_from_slice(more)).await?;
        let answer: Value = serde_json::from_slice(&whole).context("the answer is no JSON")?;
        // PostGraphile reports errors inside a success.
        ensure!(answer.get("errors").is_none(), "{}: {}", self.contender.name(), answer["errors"]);
        Ok(answer["data"].clone())
    }

    /// How such an answer begins. All of it is read, and nothing of it kept, whoever answers: to put it together would be the client's time.
    async fn beginning(&mut self, business: usize) -> anyhow::Result<Vec<u8>> {
        let question = self.question(business);
        let mut line = match self.line.take() {
            Some(line) => line,
            None => Line::open(self.address).await?,
        };
        let mut beginning = Vec::new();
        let keep = |more: &Bytes| {
            let length = more.len().min(TOLD.saturating_sub(beginning.len()));
            beginning.extend_from_slice(&more[..length]);
        };
        line.ask(question, keep).await?;
        self.line = Some(line).filter(|line| !line.is_over());
        Ok(beginning)
    }

    fn question(&self, business: usize) -> Request<Body> {
        let mut question = Request::new(Body::from(self.body.clone()));
        *question.method_mut() = Method::POST;
        *question.uri_mut() = Uri::from_static("/graphql");
        *question.headers_mut() = self.headers[business].clone();
        question
    }
}

/// Bytes of an answer that are told when it is none.
const TOLD: usize = 500;

impl Client for Asker {
    async fn command(&mut self) -> Result<(), BenchError> {
        let business = self.dice.below(self.headers.len());
        let contender = self.contender.name();
        let failed = |reason| BenchError::Command { contender, reason };
        let beginning = self.beginning(business).await.map_err(|error| failed(format!("{error:#}")))?;
        // `{"data":{` or `{"errors":`. To parse it would be the client's time, too.
        if beginning.starts_with(br#"{"data":{"#) {
            Ok(())
        } else {
            Err(failed(String::from_utf8_lossy(&beginning).into_owned()))
        }
    }
}
