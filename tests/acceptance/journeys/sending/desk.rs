//! A business that can be written to and can write, with Meta played beside it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{Accepted, Settings, Simulator};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::{APP_SECRET, Installation};
use leadflow_tests::patience::{PATIENCE, eventually};
use leadflow_tests::server::Server;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::journeys::begin::Journey;

/// One server and one Meta for all these journeys.
pub(in crate::journeys) struct Shared {
    installation: Installation,
    server: Server,
    pub(in crate::journeys) meta: Simulator,
}

async fn shared() -> Result<&'static Shared> {
    static SHARED: OnceCell<Shared> = OnceCell::const_new();
    SHARED
        .get_or_try_init(|| async {
            // A runtime of its own: that of the first test ends with it.
            let meta = played()?;
            let installation = Installation::new()?;
            let url = meta.url();
            let server = Server::start_with(&installation, |command| {
                command.env("LEADFLOW_GRAPH_URL", &url).env("LEADFLOW_GRAPH_TIMEOUT_MS", "1000");
            })
            .await?;
            meta.posts_to(&server.url("/webhooks/whatsapp"));
            Ok(Shared { installation, server, meta })
        })
        .await
}

/// Meta, for as long as the process lives.
fn played() -> Result<Simulator> {
    let (told, tells) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            let settings = Settings { app_secret: APP_SECRET.to_owned(), ..Settings::default() };
            let _ = told.send(Simulator::start(settings).await);
            std::future::pending::<()>().await;
        });
    });
    Ok(tells.recv().context("Meta's runtime")??)
}

/// A business, and what it sees.
pub(in crate::journeys) struct Desk {
    pub(in crate::journeys) shared: &'static Shared,
    pub(in crate::journeys) journey: Journey,
    pub(in crate::journeys) customer: String,
    pub(in crate::journeys) conversation: String,
}

const MESSAGES: &str = "query ($id: ID!) { conversation(id: $id) { messages(first: 100) { edges { node {
    id text kind direction status sentAt passedOnAt deliveredAt readAt providerMessageId repliesToProviderMessageId reaction failure { code class title details }
    sending { attempts cause error { code class title } acceptedAt nextAttemptAt } pricing
} } } } }";

impl Desk {
    /// A business with a number that can send, to which a customer has just written.
    pub(in crate::journeys) async fn open() -> Result<Self> {
        static CUSTOMERS: AtomicU64 = AtomicU64::new(0);
        let shared = shared().await?;
        let journey = Journey::begin_on(&shared.installation, &shared.server).await?;
        let customer = format!("1650555{:04}", CUSTOMERS.fetch_add(1, Ordering::Relaxed));
        let number = journey.business.number.clone();
        shared.meta.reaches(&token(&number.phone_number_id), number, "A shop");
        let mut desk = Self { shared, journey, customer, conversation: String::new() };
        desk.enter_credentials(&token(&desk.journey.business.number.phone_number_id)).await?;
        desk.customer_writes("Is the blue one still there?").await?;
        desk.conversation = eventually("the conversation", async || {
            let found: Value = desk.ask("{ conversations(first: 1) { edges { node { id } } } }", json!({})).await?;
            let id = found["conversations"]["edges"][0]["node"]["id"].as_str().map(str::to_owned);
            id.context("no conversation yet")
        })
        .await?;
        Ok(desk)
    }

    pub(in crate::journeys) fn graphql(&self) -> &GraphQl {
        &self.journey.graphql
    }

    pub(in crate::journeys) async fn ask(&self, document: &str, variables: Value) -> Result<Value> {
        self.graphql().ask(document, &variables, "").await
    }

    /// The business is known to Meta by this token from now on.
    pub(in crate::journeys) async fn enter_credentials(&self, token: &str) -> Result<()> {
        let entered = eventually("credentials are taken", async || {
            let document = "mutation ($id: ID!, $token: String!) {
                enterWhatsappCredentials(input: { channelId: $id, accessToken: $token }) { userErrors { code message } } }";
            let id = self.channel().await?;
            let done = self.ask(document, json!({ "id": id, "token": token })).await?;
            let errors = done["enterWhatsappCredentials"]["userErrors"].clone();
            ensure!(errors == json!([]), "{errors}");
            Ok(())
        });
        entered.await
    }

    pub(in crate::journeys) async fn channel(&self) -> Result<String> {
        let found = self.ask("{ channels(first: 1) { edges { node { id } } } }", json!({})).await?;
        let id = found["channels"]["edges"][0]["node"]["id"].as_str().map(str::to_owned);
        id.context("no channel yet")
    }

    pub(in crate::journeys) async fn customer_writes(&self, text: &str) -> Result<String> {
        let number = &self.journey.business.number.phone_number_id;
        let written = self.shared.meta.customer_writes(number, &self.customer, "Ada", text).await?;
        Ok(written.wamid)
    }

    /// An agent writes: what `sendMessage` answers.
    pub(in crate::journeys) async fn sends(&self, said: Value) -> Result<Value> {
        let document = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
            messages { id text status kind } userErrors { code field message } windowClosedSince eligibleTemplates { name } stale } }";
        let mut input = said;
        input["conversationId"] = json!(self.conversation);
        Ok(self.ask(document, json!({ "input": input })).await?["sendMessage"].clone())
    }

    /// The same, and it is taken: the id of the first message.
    pub(in crate::journeys) async fn writes(&self, text: &str) -> Result<String> {
        let sent = self.sends(json!({ "text": text })).await?;
        ensure!(sent["userErrors"] == json!([]), "{sent}");
        sent["messages"][0]["id"].as_str().map(str::to_owned).with_context(|| format!("{sent}"))
    }

    pub(in crate::journeys) async fn messages(&self) -> Result<Vec<Value>> {
        let found = self.ask(MESSAGES, json!({ "id": self.conversation })).await?;
        let edges = found["conversation"]["messages"]["edges"].as_array().cloned().context("messages")?;
        Ok(edges.into_iter().map(|edge| edge["node"].clone()).collect())
    }

    pub(in crate::journeys) async fn message(&self, id: &str) -> Result<Value> {
        let found = self.messages().await?.into_iter().find(|message| message["id"] == id);
        found.context("the message is not there")
    }

    /// The message, once it has this status.
    pub(in crate::journeys) async fn becomes(&self, id: &str, status: &str) -> Result<Value> {
        eventually(&format!("{id} is {status}"), async || {
            let message = self.message(id).await?;
            ensure!(message["status"] == status, "{message}");
            Ok(message)
        })
        .await
    }

    /// What Meta has taken for this customer, once it is that many.
    pub(in crate::journeys) async fn taken(&self, many: usize) -> Result<Vec<Accepted>> {
        let hers = |all: &[Accepted]| all.iter().filter(|one| one.to == self.customer).cloned().collect::<Vec<_>>();
        let within = PATIENCE.max(Duration::from_secs(30));
        let waited = self.shared.meta.until(within, |seen| hers(seen.accepted()).len() >= many).await;
        let taken = self.shared.meta.seen(|seen| hers(seen.accepted()));
        waited.with_context(|| format!("{many} are awaited, and taken are {taken:?}"))?;
        Ok(taken)
    }

    /// Where the server listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.shared.server.address()
    }

    /// `jobs list`.
    pub(in crate::journeys) async fn jobs(&self) -> Result<Value> {
        self.shared.installation.json(&["jobs", "list"]).await
    }

    /// Somebody who sees to the installation.
    pub(super) async fn operator(&self) -> Result<GraphQl> {
        let issued: Value = self.shared.installation.json(&["token", "issue", "--role", "OPERATOR"]).await?;
        GraphQl::new(self.address(), issued["token"].as_str().context("no token")?)
    }

    /// A mutation of one message.
    pub(in crate::journeys) async fn asks(&self, mutation: &str, id: &str) -> Result<Value> {
        let document = format!(
            "mutation ($id: ID!) {{ done: {mutation}(input: {{ messageId: $id }}) {{
                message {{ status }} userErrors {{ code }} }} }}"
        );
        Ok(self.ask(&document, json!({ "id": id })).await?["done"].clone())
    }
}

pub(in crate::journeys) fn token(phone_number_id: &str) -> String {
    format!("EAAG{phone_number_id}")
}
