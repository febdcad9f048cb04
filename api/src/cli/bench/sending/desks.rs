//! Businesses, each with a number that can send, and customers who have just written to them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use futures_util::StreamExt as _;
use futures_util::stream::{self, TryStreamExt as _};
use leadflow_bench::BenchError;
use leadflow_domain::channel::{DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::tenant::TenantName;
use leadflow_domain::{ChannelId, TenantId};
use leadflow_event_store::entropy;
use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Simulator};
use leadflow_projections::{inbox, statuses};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::PATIENCE;
use crate::app::App;
use crate::auth::{self, Bearer};
use crate::cli::{channel, tenant};
use crate::health::is_ours;
use crate::serving::Serving;

/// Customers who write at once.
const AT_ONCE: usize = 8;

/// The pause between two looks at what is awaited.
const LOOK: Duration = Duration::from_millis(20);

const CHANNELS: &str = "{ channels(first: 1) { edges { node { id } } } }";

const ENTER: &str =
    "mutation Enter($input: EnterWhatsappCredentialsInput!) { done: enterWhatsappCredentials(input: $input) {
    userErrors { code message }
} }";

const CONVERSATIONS: &str = "query ($after: String) { conversations(first: 100, after: $after) {
    edges { node { id } }
    pageInfo { hasNextPage endCursor }
} }";

/// Asks GraphQL.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    client: reqwest::Client,
    url: Arc<str>,
}

/// A business's number.
#[derive(Debug, Clone)]
pub(super) struct Number {
    /// The channel that it is.
    pub(super) channel: ChannelId,
    id: String,
    /// Its business's.
    token: Arc<str>,
}

/// A conversation with a customer.
#[derive(Debug, Clone)]
pub(super) struct Conversation {
    /// As GraphQL names it.
    pub(super) id: String,
    /// Of the business that has it.
    pub(super) token: Arc<str>,
}

/// All of them.
pub(super) struct Desks {
    caller: Caller,
    numbers: Vec<Number>,
    conversations: Vec<Conversation>,
}

impl Caller {
    /// The `data` of the answer.
    pub(super) async fn ask(&self, token: &str, query: &str, variables: Value) -> Result<Value, BenchError> {
        let failed = |reason: String| BenchError::Command { contender: "GraphQL", reason };
        let asked = self.client.post(&*self.url).bearer_auth(token);
        let asked = asked.json(&json!({ "query": query, "variables": variables })).send();
        let answer = async { asked.await?.json::<Value>().await };
        let mut answer = answer.await.map_err(|error| failed(error.to_string()))?;
        match answer.get("errors") {
            Some(errors) => Err(failed(errors.to_string())),
            None => Ok(answer["data"].take()),
        }
    }
}

impl Desks {
    /// As many businesses as `numbers`, to which `customers` have written, each business the same share of them. All of it is told to
    /// everybody who follows the log.
    pub(super) async fn open(
        serving: &Serving,
        meta: &Simulator,
        numbers: usize,
        customers: usize,
    ) -> anyhow::Result<Self> {
        meta.posts_to(&format!("http://{}/webhooks/whatsapp", serving.address()));
        let client = reqwest::Client::builder().no_proxy().build()?;
        let caller = Caller { client, url: format!("http://{}/graphql", serving.address()).into() };
        let mut desks = Self { caller, numbers: Vec::new(), conversations: Vec::new() };
        let app = serving.app();
        for nth in 0..numbers {
            let number = desks.register(app, meta, nth).await?;
            desks.numbers.push(number);
        }
        let writing = (0..customers).map(|nth| {
            let (meta, number) = (meta.director(), &desks.numbers[nth % numbers].id);
            let (phone, name) = (format!("49151{nth:08}"), format!("Ada {nth}"));
            async move { meta.customer_writes(number, &phone, &name, "Is the blue one still there?").await }
        });
        stream::iter(writing).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
        until("everybody's conversation", async || {
            let sql = format!("select count(*) from {}.conversations", inbox::SCHEMA);
            let there: i64 = sqlx::query_scalar(&sql).fetch_one(&app.pool).await?;
            Ok((usize::try_from(there) == Ok(customers)).then_some(()))
        })
        .await?;
        for number in &desks.numbers {
            desks.conversations.extend(desks.caller.conversations(&number.token).await?);
        }
        if desks.conversations.len() != customers {
            bail!(BenchError::Void(format!("{} of {customers} conversations are shown", desks.conversations.len())));
        }
        until("everybody knows", async || all_know(&app.pool).await).await?;
        Ok(desks)
    }

    async fn register(&self, app: &App, meta: &Simulator, nth: usize) -> anyhow::Result<Number> {
        let business = TenantId::from_uuid(entropy::uuid());
        tenant::register(app, business, TenantName::parse("Bench")?).await?;
        let known = BusinessNumber {
            phone_number_id: format!("1065403522{nth:05}"),
            waba_id: format!("1022901293{nth:05}"),
            display_phone: format!("1555078{nth:04}"),
        };
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse(&known.phone_number_id)?,
            waba_id: ProviderId::parse(&known.waba_id)?,
            display_phone: DisplayPhone::parse(&known.display_phone)?,
            app: None,
        };
        let channel = channel::connect(app, business, number).await?;
        let token = auth::issue(&app.pool, Bearer::Owner(business), Duration::from_secs(24 * 3600)).await?.token;
        let (id, access) = (known.phone_number_id.clone(), format!("EAAG{}", known.phone_number_id));
        meta.reaches(&access, known, "A shop");
        let shown = until("the number", async || {
            let found = self.caller.ask(&token, CHANNELS, json!({})).await?;
            Ok(found["channels"]["edges"][0]["node"]["id"].as_str().map(str::to_owned))
        })
        .await?;
        let input = json!({ "channelId": shown, "accessToken": access });
        let entered = self.caller.ask(&token, ENTER, json!({ "input": input })).await?;
        if entered["done"]["userErrors"] != json!([]) {
            bail!(BenchError::Void(format!("credentials are not taken: {entered}")));
        }
        Ok(Number { channel, id, token: token.into() })
    }

    /// How they are reached.
    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The businesses' numbers.
    pub(super) fn numbers(&self) -> &[Number] {
        &self.numbers
    }

    /// One with each customer.
    pub(super) fn conversations(&self) -> &[Conversation] {
        &self.conversations
    }
}

impl Caller {
    /// All of a business's.
    async fn conversations(&self, token: &Arc<str>) -> anyhow::Result<Vec<Conversation>> {
        let (mut conversations, mut after) = (Vec::new(), Value::Null);
        loop {
            let found = self.ask(token, CONVERSATIONS, json!({ "after": after })).await?["conversations"].take();
            for edge in found["edges"].as_array().context("conversations")? {
                let id = edge["node"]["id"].as_str().context("a conversation's id")?.to_owned();
                conversations.push(Conversation { id, token: Arc::clone(token) });
            }
            if found["pageInfo"]["hasNextPage"] != json!(true) {
                return Ok(conversations);
            }
            after = found["pageInfo"]["endCursor"].clone();
        }
    }
}

/// Whether everybody who follows the log has come to its end.
async fn all_know(pool: &PgPool) -> anyhow::Result<Option<()>> {
    let statuses = statuses(pool).await?;
    let ours = statuses.iter().filter(|status| is_ours(&status.consumer));
    Ok(ours
        .map(|status| status.position >= status.head)
        .reduce(|all, this| all && this)
        .and_then(|all| all.then_some(())))
}

/// Looks again and again until there is something.
pub(super) async fn until<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            bail!(BenchError::Void(format!("{what}: not within {PATIENCE:?}")));
        }
        tokio::time::sleep(LOOK).await;
    }
}
