//! The schema and its edge: what the resolvers share, and how a request comes to them.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, Error, MergedObject, Schema};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use leadflow_event_store::Keys;
use leadflow_projections::{ProjectorProgress, TenantReads};
use sqlx::PgPool;

use super::analytics::AnalyticsQueries;
use super::contact::{ChannelQueries, ContactQueries, EraseContact};
use super::conversation::{
    AddConversationNote, AssignConversation, ConversationQueries, LabelConversation, MarkConversationRead,
    ReopenConversation, ResolveConversation, SetConversationPriority, SnoozeConversation, UnassignConversation,
    UnlabelConversation,
};
use super::edge::{self, Limits};
use super::failure::internal;
use super::lead::{DisqualifyLead, LeadQueries, QualifyLead};
use super::node::NodeQuery;
use super::tenant::{RemoveBusinessHours, SetBusinessHours, TenantQueries};
use super::usage::UsageQueries;
use crate::auth::{self, Unauthenticated, Viewer};
use crate::commands::Commands;
use crate::server::Edge;

/// Questions about the viewer's tenant.
#[derive(MergedObject, Default)]
pub struct Query(
    ConversationQueries,
    LeadQueries,
    NodeQuery,
    ContactQueries,
    ChannelQueries,
    UsageQueries,
    AnalyticsQueries,
    TenantQueries,
);

/// Things to do for the viewer's tenant. A refusal is data, in `userErrors`.
#[derive(MergedObject, Default)]
pub struct Mutation(
    EraseContact,
    MarkConversationRead,
    ResolveConversation,
    ReopenConversation,
    SnoozeConversation,
    SetConversationPriority,
    AssignConversation,
    UnassignConversation,
    LabelConversation,
    UnlabelConversation,
    AddConversationNote,
    QualifyLead,
    DisqualifyLead,
    SetBusinessHours,
    RemoveBusinessHours,
);

/// Fields that a query may be answered with in all, each list counted at its full length. An inbox of 50 with 20
/// messages each comes to some 10,000.
const MOST_FIELDS: usize = 25_000;

/// Levels a query may nest.
const DEEPEST: usize = 20;

/// The schema.
#[must_use]
pub fn schema() -> Schema<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .extension(edge::WatchExecution)
        .limit_complexity(MOST_FIELDS)
        .limit_depth(DEEPEST)
        .finish()
}

/// The schema in its own language, as `schema.graphql` has it.
#[must_use]
pub fn sdl() -> String {
    schema().sdl()
}

/// The API of one process. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    schema: Schema<Query, Mutation, EmptySubscription>,
    limits: Limits,
    shared: Arc<Shared>,
}

/// What the resolvers share.
pub(super) struct Shared {
    pub(super) reads: TenantReads,
    pub(super) pool: PgPool,
    pub(super) commands: Commands,
    pub(super) keys: Arc<Keys>,
    pub(super) progress: ProjectorProgress,
    /// How long a mutation waits for the read model it returns.
    pub(super) patience: Duration,
}

impl Shared {
    /// The time, by the clock that all processes share.
    pub(super) async fn now(&self) -> Result<Timestamp, sqlx::Error> {
        let now: jiff_sqlx::Timestamp = sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.pool).await?;
        Ok(now.to_jiff())
    }
}

/// One authenticated request.
pub(super) struct Request {
    pub(super) api: Arc<Shared>,
    pub(super) viewer: Viewer,
    pub(super) id: String,
}

impl Request {
    /// The request that `context` belongs to.
    pub(super) fn of<'a>(context: &Context<'a>) -> Result<&'a Self, Error> {
        context.data::<Self>().map_err(|_| internal("request", &NoRequest))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a query was executed without its request")]
struct NoRequest;

impl Api {
    /// Reads through `reads`, decides through `commands`, waits through `pool` for what was decided.
    #[must_use]
    pub fn new(
        reads: TenantReads,
        pool: PgPool,
        commands: Commands,
        keys: Arc<Keys>,
        progress: ProjectorProgress,
        patience: Duration,
    ) -> Self {
        let shared = Arc::new(Shared { reads, pool, commands, keys, progress, patience });
        Self { schema: schema(), limits: Limits::default(), shared }
    }
}

/// `POST /graphql`: authenticated first, then read, then measured, then executed.
pub async fn serve(State(edge): State<Edge>, request: HttpRequest) -> Response {
    let headers = request.headers().clone();
    let viewer = match auth::authenticate(&edge.pool, &headers).await {
        Ok(viewer) => viewer,
        Err(error) => return unauthenticated(&error, &headers),
    };
    let api = edge.api;
    let body = match edge::body(request, &api.limits).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let id = headers.get(edge::REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let request = Request { api: Arc::clone(&api.shared), viewer, id };
    edge::post(&api.schema, &api.limits, &headers, body, |query| query.data(request)).await
}

fn unauthenticated(error: &Unauthenticated, headers: &HeaderMap) -> Response {
    match error {
        Unauthenticated::NoValidToken => {
            let mut response =
                edge::refusal(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "A valid bearer token is needed.", headers);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        Unauthenticated::Unavailable(cause) => {
            tracing::error!(error = %cause, "graphql.authenticate: failed");
            let message = "The token can't be checked now; ask again.";
            edge::refusal(StatusCode::SERVICE_UNAVAILABLE, edge::Code::Internal.as_str(), message, headers)
        }
    }
}
