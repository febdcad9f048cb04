//! Where tests execute the schema without its edge: on a database of their own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Response;
use axum::http::{HeaderMap, HeaderValue, header};
use leadflow_domain::role::Permissions;
use leadflow_domain::{MemberId, TenantId};
use leadflow_event_store::{database, testing as log_testing};
use leadflow_gateways::whatsapp::Graph;
use leadflow_private_postgres::testing::TestDatabase;
use leadflow_projections::{ProjectorProgress, Sight, TenantReads, testing};
use serde_json::Value;
use sqlx::Executor as _;
use url::Url;
use uuid::Uuid;

use super::api::{OperatorRequest, Request, Shared, schema};
use super::edge::reading::taken_apart;
use super::patience::Patience;
use crate::auth::{self, Bearer, Caller};
use crate::commands::Commands;
use crate::lead_changes::LeadChanges;
use crate::lead_imports::Files;
use crate::provider_credentials::WhatsAppCredentials;

pub(super) const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

pub(super) struct Bed {
    database: TestDatabase,
    api: Arc<Shared>,
}

impl Bed {
    /// An empty installation.
    pub(super) async fn new() -> Self {
        let database = testing::database().await;
        let pool = database::app_pool(database.connect_options(), 4).await.unwrap();
        let store = log_testing::event_store(&pool);
        // Nobody listens there.
        let graph = Graph::new(&Url::parse("http://127.0.0.1:9").unwrap(), "v24.0", Duration::from_secs(1)).unwrap();
        let api = Shared {
            jobs: pool.clone(),
            doors: crate::testing::doors(&pool),
            external: crate::testing::external_doors(&pool),
            reads: TenantReads::new(pool.clone()),
            log: store.reader().clone(),
            commands: Commands::new(&store),
            keys: log_testing::keys(),
            lead_changes: LeadChanges::new(pool.clone()),
            lead_imports: Arc::new(Files::new(pool.clone(), log_testing::keys())),
            meta_apps: BTreeSet::new(),
            forms_url: serde_json::from_value("https://forms.example/".into()).unwrap(),
            whatsapp: WhatsAppCredentials::new(pool.clone(), log_testing::keys(), graph),
            progress: ProjectorProgress::default(),
            patience: Duration::ZERO,
            pool,
        };
        Self { database, api: Arc::new(api) }
    }

    /// Has the owner of the database execute SQL.
    pub(super) async fn execute(&self, sql: &str) {
        database::owner_pool(self.database.connect_options()).execute(sql).await.unwrap();
    }

    /// What the resolvers share.
    pub(super) fn api(&self) -> &Shared {
        &self.api
    }

    /// What a document comes to for whoever has a token as `bearer`'s, and how many statements it took.
    pub(super) async fn ask(&self, bearer: Bearer, document: &str) -> (Response, u64) {
        let before = self.api.reads.statements();
        let answer = self.execute_as(self.caller(bearer).await, document).await;
        (answer, self.api.reads.statements() - before)
    }

    /// What a document comes to for somebody of the tenant who sees so much.
    pub(super) async fn ask_seeing(&self, sight: Sight, document: &str) -> Response {
        let caller = match self.caller(Bearer::Owner(TENANT)).await {
            Caller::Viewer(viewer) => Caller::Viewer(viewer.seeing(sight)),
            operator @ Caller::Operator(_) => operator,
        };
        self.execute_as(caller, document).await
    }

    /// What a document comes to for a member of the tenant who may do so much.
    pub(super) async fn ask_permitted(&self, member: MemberId, may: Permissions, document: &str) -> Response {
        let caller = match self.caller(Bearer::Owner(TENANT)).await {
            Caller::Viewer(viewer) => Caller::Viewer(viewer.permitted(member, may)),
            operator @ Caller::Operator(_) => operator,
        };
        self.execute_as(caller, document).await
    }

    /// What a resolver is told of whoever has a token as `bearer`'s, who is nobody of the operator's.
    pub(super) async fn request(&self, bearer: Bearer) -> Request {
        let (api, caller) = (Arc::clone(&self.api), self.caller(bearer).await);
        let patience = Patience::of(api.patience, caller.tenant());
        let Caller::Viewer(viewer) = caller else { panic!("an operator's request is another") };
        Request { api, viewer, id: "test".to_owned(), patience, address: None }
    }

    async fn caller(&self, bearer: Bearer) -> Caller {
        let issued = auth::issue(&self.api.pool, bearer, Duration::from_secs(600)).await.unwrap();
        let presented = HeaderValue::from_str(&format!("Bearer {}", issued.token)).unwrap();
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, presented)]);
        auth::authenticate(&self.api.doors, &headers).await.unwrap().unwrap()
    }

    /// What a document comes to for the owner of the tenant, as it is handed to the edge, and how many statements it took.
    pub(super) async fn handed_over(&self, query: impl Into<async_graphql::Request>) -> (Response, u64) {
        let before = self.api.reads.statements();
        let answer = self.resolved(self.caller(Bearer::Owner(TENANT)).await, query.into()).await;
        (answer, self.api.reads.statements() - before)
    }

    async fn execute_as(&self, caller: Caller, document: &str) -> Response {
        let mut answer = self.resolved(caller, async_graphql::Request::new(document)).await;
        answer.data = taken_apart(answer.data);
        answer
    }

    async fn resolved(&self, caller: Caller, query: async_graphql::Request) -> Response {
        let api = Arc::clone(&self.api);
        let patience = Patience::of(api.patience, caller.tenant());
        let query = match caller {
            Caller::Viewer(viewer) => {
                query.data(Request { api, viewer, id: "test".to_owned(), patience, address: None })
            }
            Caller::Operator(operator) => query.data(OperatorRequest { api, operator, patience }),
        };
        schema().execute(query).await
    }

    /// What a document that the owner is answered comes to, of which it is checked how many statements it takes.
    pub(super) async fn answer(&self, document: &str, statements: u64) -> Value {
        let (answer, took) = self.ask(Bearer::Owner(TENANT), document).await;
        assert_eq!(answer.errors, [], "{document}");
        assert_eq!(took, statements, "{document}");
        answer.data.into_json().unwrap()
    }
}
