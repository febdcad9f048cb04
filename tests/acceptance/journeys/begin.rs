//! Where journeys begin: one running server for all that can share it, and a business of one's own on it.

use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Text};
use leadflow_tests::business::Business;
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::Installation;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// A server that ends with the test process: statics are not dropped, but pipes are closed.
pub(crate) struct Shared {
    pub(crate) installation: Installation,
    pub(crate) server: Server,
}

/// The shared server, started by whoever asks first.
pub(crate) async fn shared() -> Result<&'static Shared> {
    static SHARED: OnceCell<Shared> = OnceCell::const_new();
    SHARED
        .get_or_try_init(|| async {
            let installation = Installation::new()?;
            let server = Server::start(&installation).await?;
            Ok(Shared { installation, server })
        })
        .await
}

/// A business and what it sees of its inbox.
pub(crate) struct Journey {
    pub(crate) business: Business,
    pub(crate) graphql: GraphQl,
    customers: Sender,
}

impl Journey {
    /// On the shared server.
    pub(crate) async fn begin() -> Result<Self> {
        let shared = shared().await?;
        Self::begin_on(&shared.installation, &shared.server).await
    }

    /// On a server of one's own.
    pub(crate) async fn begin_on(installation: &Installation, server: &Server) -> Result<Self> {
        Self::of(server, Business::register(installation).await?)
    }

    /// Of a business that is registered.
    pub(crate) fn of(server: &Server, business: Business) -> Result<Self> {
        let graphql = GraphQl::new(server.address(), &business.token)?;
        Ok(Self { business, graphql, customers: Sender::new(server.address(), 1)? })
    }

    /// Customers write, one after another, each text a delivery of its own.
    pub(crate) async fn receive(&self, texts: &[Text]) -> Result<()> {
        let bodies: Vec<Vec<u8>> = texts.iter().map(|text| self.business.webhook(text)).collect();
        self.customers.deliver(&bodies).await
    }

    /// What the inbox holds once `texts` have arrived and nobody has touched it.
    pub(crate) fn after(&self, texts: &[Text]) -> Result<CanonicalExport> {
        CanonicalExport::after(&format!("+{}", self.business.number.display_phone), texts)
    }

    /// Waits until the inbox holds `texts` and nothing else.
    pub(crate) async fn shows(&self, texts: &[Text]) -> Result<()> {
        CanonicalExport::becomes(&self.graphql, &self.after(texts)?).await
    }
}

/// What WhatsApp tells under `field` of the number's account at this time: it names the account, and no number as messages do.
pub(crate) fn of_account(number: &BusinessNumber, field: &str, time: i64, value: &Value) -> Vec<u8> {
    let entry = json!({"id": number.waba_id, "time": time, "changes": [{"field": field, "value": value}]});
    json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string().into_bytes()
}

/// Somebody's text; `second` is when she wrote it, counted from some morning in November 2026.
pub(crate) fn text(from: &str, id: &str, second: i64, body: &str) -> Text {
    Text {
        from: from.to_owned(),
        name: "Asha Rao".to_owned(),
        id: format!("wamid.{id}"),
        timestamp: 1_794_000_000 + second,
        body: body.to_owned(),
    }
}
