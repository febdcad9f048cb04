//! Agents who answer many customers, with Meta played beside them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use futures_util::StreamExt as _;
use futures_util::stream::{self, TryStreamExt as _};
use leadflow_gateways::whatsapp::simulator::{Accepted, Settings, Simulator};
use serde_json::{Value, json};

use crate::business::Business;
use crate::graphql::GraphQl;
use crate::installation::{APP_SECRET, Installation};
use crate::patience::eventually;
use crate::server::Server;

/// How many agents write at once.
const AGENTS: usize = 16;

/// How many customers write at once.
const CUSTOMERS: usize = 8;

/// Messages of a conversation that are read at once; no experiment writes more.
const PAGE: u32 = 100;

/// Businesses, each with one number, and the customers who have written to them.
#[derive(Debug)]
pub struct Desks {
    /// Meta.
    pub meta: Simulator,
    /// One for each number.
    pub businesses: Vec<Business>,
    /// One with each customer.
    pub conversations: Vec<Conversation>,
}

/// A conversation with a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Whose, among the businesses.
    pub business: usize,
    /// As GraphQL names it.
    pub id: String,
    /// The customer's number, digits alone.
    pub customer: String,
}

/// A message as Meta took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The customer's number, digits alone.
    pub customer: String,
    /// What it says.
    pub text: String,
    /// Which message of the product's it is, by what the product wants to read in its statuses.
    pub message: String,
    /// What Meta calls it.
    pub wamid: String,
    /// Milliseconds since the simulator started.
    pub at: u64,
}

/// A message as the inbox shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// How far it got.
    pub status: String,
    /// Why nobody knows that, where nobody does.
    pub cause: Option<String>,
}

/// What Meta is played with.
///
/// # Errors
/// When it can't listen.
pub async fn meta() -> Result<Simulator> {
    let settings = Settings { app_secret: APP_SECRET.to_owned(), windows_open_for_all: true, ..Settings::default() };
    Ok(Simulator::start(settings).await?)
}

impl Desks {
    /// Registers `numbers` businesses on `server`, to which `customers` write one after another.
    ///
    /// # Errors
    /// When something is refused, or does not come about.
    pub async fn open(
        installation: &Installation,
        server: &Server,
        meta: Simulator,
        numbers: usize,
        customers: usize,
    ) -> Result<Self> {
        meta.posts_to(&server.url("/webhooks/whatsapp"));
        let mut desks = Self { meta, businesses: Vec::new(), conversations: Vec::new() };
        for _ in 0..numbers {
            let business = Business::register(installation).await?;
            let token = first_token(&business);
            desks.businesses.push(business);
            desks.enter_credentials(server, desks.businesses.len() - 1, &token).await?;
        }
        let writing = (0..customers).map(|nth| {
            let number = &desks.businesses[nth % numbers].number.phone_number_id;
            let (phone, name) = (format!("49151{nth:08}"), format!("Ada {nth}"));
            let meta = desks.meta.director();
            async move { meta.customer_writes(number, &phone, &name, "Is the blue one still there?").await }
        });
        stream::iter(writing).buffer_unordered(CUSTOMERS).try_collect::<Vec<_>>().await?;
        desks.conversations = eventually("everybody's conversation", || desks.found(server, customers)).await?;
        Ok(desks)
    }

    /// From now on Meta knows one of the businesses by this token, and no other of hers is entered.
    ///
    /// # Errors
    /// When it is not taken.
    pub async fn enter_credentials(&self, server: &Server, business: usize, token: &str) -> Result<()> {
        let business = &self.businesses[business];
        self.meta.reaches(token, business.number.clone(), "A shop");
        eventually("credentials are taken", || enter_credentials(server, business, token)).await
    }

    async fn found(&self, server: &Server, customers: usize) -> Result<Vec<Conversation>> {
        let mut found = BTreeMap::new();
        for (business, of) in self.businesses.iter().enumerate() {
            for conversation in GraphQl::new(server.address(), &of.token)?.conversations().await? {
                let phone = conversation.contact.and_then(|contact| contact.phone).context("a contact's phone")?;
                let customer = phone.trim_start_matches('+').to_owned();
                found.insert(customer.clone(), Conversation { business, id: conversation.id, customer });
            }
        }
        ensure!(found.len() == customers, "{} of {customers} conversations", found.len());
        Ok(found.into_values().collect())
    }

    /// Agents write `texts` to each customer, one after another to each, and many customers at once.
    ///
    /// # Errors
    /// The first refusal.
    pub async fn write(&self, server: &Server, texts: &[String]) -> Result<()> {
        let graphql = self.graphql(server)?;
        let writing = self.conversations.iter().map(|conversation| {
            let graphql = &graphql[conversation.business];
            async move {
                for text in texts {
                    let document = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
                        userErrors { code message } } }";
                    let input = json!({ "input": { "conversationId": conversation.id, "text": text } });
                    let errors: Value = graphql.ask(document, &input, "/sendMessage/userErrors").await?;
                    ensure!(errors == json!([]), "{text} to {}: {errors}", conversation.customer);
                }
                Ok(())
            }
        });
        stream::iter(writing).buffer_unordered(AGENTS).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    /// What Meta has taken, in its order.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.meta.seen(|seen| seen.accepted().iter().map(Taken::from).collect())
    }

    /// What the inbox shows of what was written, by customer and text.
    ///
    /// # Errors
    /// When it can't be read, or shows a text twice.
    pub async fn shown(&self, server: &Server) -> Result<BTreeMap<(String, String), Shown>> {
        let graphql = self.graphql(server)?;
        let reading = self.conversations.iter().map(|conversation| {
            let graphql = &graphql[conversation.business];
            async move {
                let document = "query ($id: ID!, $last: Int!) { conversation(id: $id) { messages(last: $last) {
                    edges { node { direction text status sending { cause } } } } } }";
                let variables = json!({ "id": conversation.id, "last": PAGE });
                let edges: Vec<Value> = graphql.ask(document, &variables, "/conversation/messages/edges").await?;
                anyhow::Ok((conversation, edges))
            }
        });
        let mut shown = BTreeMap::new();
        for (conversation, edges) in stream::iter(reading).buffered(AGENTS).try_collect::<Vec<_>>().await? {
            for node in edges.iter().map(|edge| &edge["node"]).filter(|node| node["direction"] == "OUTBOUND") {
                let text = node["text"].as_str().context("a text")?.to_owned();
                let status = node["status"].as_str().context("a status")?.to_owned();
                let cause = node["sending"]["cause"].as_str().map(str::to_owned);
                let twice = shown.insert((conversation.customer.clone(), text), Shown { status, cause });
                ensure!(twice.is_none(), "it is shown twice: {node} to {}", conversation.customer);
            }
        }
        Ok(shown)
    }

    fn graphql(&self, server: &Server) -> Result<Vec<GraphQl>> {
        self.businesses.iter().map(|business| GraphQl::new(server.address(), &business.token)).collect()
    }
}

impl From<&Accepted> for Taken {
    fn from(accepted: &Accepted) -> Self {
        let data = accepted.callback_data.as_deref().unwrap_or_default();
        Self {
            customer: accepted.to.trim_start_matches('+').to_owned(),
            text: accepted.body["text"]["body"].as_str().unwrap_or_default().to_owned(),
            message: data.split(':').nth(1).unwrap_or_default().to_owned(),
            wamid: accepted.wamid.clone(),
            at: accepted.at,
        }
    }
}

/// What a business is known to Meta by from the start.
#[must_use]
pub fn first_token(business: &Business) -> String {
    format!("EAAG{}", business.number.phone_number_id)
}

async fn enter_credentials(server: &Server, business: &Business, token: &str) -> Result<()> {
    let graphql = GraphQl::new(server.address(), &business.token)?;
    let channels: Vec<Value> =
        graphql.ask("{ channels(first: 1) { edges { node { id } } } }", &json!({}), "/channels/edges").await?;
    let channel = &channels.first().context("no channel yet")?["node"]["id"];
    let document = "mutation ($id: ID!, $token: String!) {
        enterWhatsappCredentials(input: { channelId: $id, accessToken: $token }) { userErrors { code message } } }";
    let variables = json!({ "id": channel, "token": token });
    let errors: Value = graphql.ask(document, &variables, "/enterWhatsappCredentials/userErrors").await?;
    ensure!(errors == json!([]), "{errors}");
    Ok(())
}
