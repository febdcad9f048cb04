//! A log of its own for each test, with its read models, and short ways to ask about them.

use std::time::Duration;

use leadflow_domain::api_key::ApiKey;
use leadflow_domain::channel::Channel;
use leadflow_domain::contact::Contact;
use leadflow_domain::conversation::Conversation;
use leadflow_domain::group::Group;
use leadflow_domain::lead::Lead;
use leadflow_domain::member::Member;
use leadflow_domain::outbound_message::OutboundMessage;
use leadflow_domain::pipeline::Pipeline;
use leadflow_domain::response_template::ResponseTemplate;
use leadflow_domain::role::Role;
use leadflow_domain::routing::Routing;
use leadflow_domain::source::Source;
use leadflow_domain::team::Team;
use leadflow_domain::template::Template;
use leadflow_domain::tenant::Tenant;
use leadflow_domain::{CommandId, TenantId};
use leadflow_event_store::database::{Logins, RowLevelSecurity};
use leadflow_event_store::{
    Actor, CommandContext, Executor, LogReader, PersonalValues, RecordedEvent, database, testing as log_testing,
};
use leadflow_projections::{
    ConsumerStatus, OperatorContext, Sight, TenantContext, TenantReads, schemas, statuses, testing,
};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Executor as _, PgPool};
use uuid::Uuid;

use crate::rows;

/// Longer than any statement here takes.
pub(crate) const STATEMENT_TIME: Duration = Duration::from_secs(60);

pub(crate) const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
pub(crate) const OTHER_TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(2));

/// Events that the runtime takes at a time. Its own constant is private; `states` fails should it differ.
pub(crate) const PAGE: i64 = 1_000;

/// Fails a test that would hang. Nothing that is right takes as long.
pub(crate) const FOREVER: Duration = Duration::from_secs(30);

pub(crate) struct Log {
    pub(crate) options: PgConnectOptions,
    /// May do anything, as an operator with a database console may.
    pub(crate) owner: PgPool,
    /// Works under the application's role.
    pub(crate) pool: PgPool,
    /// Works under the API's role.
    pub(crate) reads: TenantReads,
    pub(crate) reader: LogReader,
    pub(crate) tenants: Executor<Tenant>,
    pub(crate) channels: Executor<Channel>,
    pub(crate) contacts: Executor<Contact>,
    pub(crate) conversations: Executor<Conversation>,
    pub(crate) outbound_messages: Executor<OutboundMessage>,
    pub(crate) leads: Executor<Lead>,
    pub(crate) groups: Executor<Group>,
    pub(crate) members: Executor<Member>,
    pub(crate) teams: Executor<Team>,
    pub(crate) roles: Executor<Role>,
    pub(crate) api_keys: Executor<ApiKey>,
    pub(crate) templates: Executor<Template>,
    pub(crate) response_templates: Executor<ResponseTemplate>,
    pub(crate) routing: Executor<Routing>,
    pub(crate) sources: Executor<Source>,
    pub(crate) pipelines: Executor<Pipeline>,
}

impl Log {
    pub(crate) async fn new() -> Self {
        let options = testing::database().await.connect_options();
        let pool = database::app_pool(options.clone(), 4).await.unwrap();
        let logins = Logins { owner: options.clone(), api: None };
        let (api_pool, access) = database::api_pool(&logins, &schemas(), 2, STATEMENT_TIME).await.unwrap();
        assert_eq!(access.row_level_security, RowLevelSecurity::On);
        let store = log_testing::event_store(&pool);
        Self {
            owner: database::owner_pool(options.clone()),
            options,
            reads: TenantReads::new(api_pool),
            tenants: Executor::new(&store),
            channels: Executor::new(&store),
            contacts: Executor::new(&store),
            conversations: Executor::new(&store),
            outbound_messages: Executor::new(&store),
            leads: Executor::new(&store),
            groups: Executor::new(&store),
            members: Executor::new(&store),
            teams: Executor::new(&store),
            roles: Executor::new(&store),
            api_keys: Executor::new(&store),
            templates: Executor::new(&store),
            response_templates: Executor::new(&store),
            routing: Executor::new(&store),
            sources: Executor::new(&store),
            pipelines: Executor::new(&store),
            reader: store.reader().clone(),
            pool,
        }
    }

    pub(crate) async fn head(&self) -> i64 {
        self.reader.head().await.unwrap()
    }

    /// Every event of the log.
    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        self.events_after(0).await
    }

    pub(crate) async fn events_after(&self, position: i64) -> Vec<RecordedEvent> {
        let raw = self.reader.after(position, i64::MAX).await.unwrap();
        self.reader.read(raw, PersonalValues::Opened).await.unwrap()
    }

    /// What the inbox shows now.
    pub(crate) async fn inbox(&self) -> rows::Inbox {
        let mut connection = self.pool.acquire().await.unwrap();
        rows::inbox(&mut connection).await
    }

    /// Where a consumer stands.
    pub(crate) async fn status(&self, consumer: &str) -> ConsumerStatus {
        let all = statuses(&self.pool).await.unwrap();
        all.into_iter().find(|status| status.consumer == consumer).unwrap_or_else(|| panic!("no consumer {consumer}"))
    }

    /// Runs statements as the owner, the log's triggers put aside.
    pub(crate) async fn tamper(&self, statements: &str) {
        let sql =
            format!("alter table events disable trigger all; {statements}; alter table events enable trigger all");
        self.owner.execute(sql.as_str()).await.unwrap();
    }
}

pub(crate) fn context(tenant: TenantId, key: &str) -> CommandContext {
    CommandContext::new(tenant, CommandId::derive(tenant, "test", &[key]), Actor::CommandLine, "test")
}

/// The context of a caller who may act for `tenant`, and sees everything.
pub(crate) fn proven(tenant: TenantId) -> TenantContext {
    seeing(tenant, Sight::Everything)
}

/// The context of a caller who may act for `tenant`, and sees so much.
#[expect(clippy::disallowed_methods, reason = "the test plays the caller whose right was proven")]
pub(crate) fn seeing(tenant: TenantId, sight: Sight) -> TenantContext {
    TenantContext::proven(tenant, sight)
}

/// The context of a caller who may see to the installation.
#[expect(clippy::disallowed_methods, reason = "the test plays the caller whose right was proven")]
pub(crate) fn operator() -> OperatorContext {
    OperatorContext::proven()
}

/// What `work` comes to, or a failure instead of a test that hangs.
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(FOREVER, work).await.unwrap_or_else(|_| panic!("it does not come to an end"))
}
