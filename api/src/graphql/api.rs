//! The schema and its edge: what the resolvers share, and how a request comes to them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, Error, MergedObject, Schema, SchemaBuilder, ValidationMode};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use leadflow_domain::TenantId;
use leadflow_domain::channel::AppKey;
use leadflow_domain::role::Permission;
use leadflow_event_store::{Keys, LogReader};
use leadflow_projections::{ProjectorProgress, TenantReads};
use sqlx::PgPool;
use tokio::time::Instant;

use super::account::{
    self, AcceptInvitation, BeginOidcSignIn, BeginSecondFactor, ChangePassword, ConfirmSecondFactor,
    DisableSecondFactor, FinishOidcSignIn, OidcProviderQueries, RefreshSession, Register, RequestPasswordReset,
    ResetPassword, RevokeSession, SessionQueries, SignIn, SignOut, VerifyEmail,
};
use super::analytics::AnalyticsQueries;
use super::api_key::{ApiKeyQueries, IssueApiKey, RevokeApiKey};
use super::audit::AuditQueries;
use super::channel::{
    ChannelQueries, ConnectSocialAccount, ConnectWhatsappNumber, DisconnectChannel, EnterWhatsappCredentials,
    RemoveWhatsappCredentials, ResumeSending,
};
use super::contact::{
    ContactQueries, DismissDuplicate, DuplicateQueries, EraseContact, MergeContacts, UnmergeContacts,
};
use super::conversation::{
    AddConversationNote, AssignConversation, AssignConversationToTeam, CancelMessage, ConversationQueries,
    LabelConversation, MarkConversationRead, ReopenConversation, ResolveConversation, RetryMessage, SendMessage,
    SetConversationPriority, ShowTyping, SnoozeConversation, UnassignConversation, UnlabelConversation,
};
use super::edge::{self, Account, AllowedOrigins, Budgets, Documents, Handover, Limits, Nobody, Sent};
use super::failure::{forbidden, internal};
use super::history::HistoryQueries;
use super::lead::{AddLead, DescribeLead, DisqualifyLead, LeadQueries, MarkLead, MoveLead, QualifyLead, TransferLead};
use super::lead_change::{CancelLeadChange, ChangeLeads, LeadChangeQueries};
use super::lead_import::{CancelLeadImport, LeadImportQueries};
use super::member::{
    ChangeMemberRole, DeactivateMember, InviteMember, MemberQueries, MoveMemberToTeam, ReactivateMember, RenameMember,
    ResendInvitation, WithdrawInvitation,
};
use super::min_position::ReadAtLeast;
use super::node::NodeQueries;
use super::operator::{MutateJob, OperatorQueries};
use super::patience::Patience;
use super::pipeline::{ArrangeStages, DefineAttributes, ListLostReasons, PipelineQueries};
use super::response_template::{
    ChangeResponseTemplate, CreateResponseTemplate, RemoveResponseTemplate, ResponseTemplateQueries,
};
use super::role::{ChangeRole, DefineRole, RemoveRole, RoleQueries};
use super::routing::{
    BacktestQueries, CancelMemberLeave, ChangeRoutingPool, CreateRoutingPool, ExplanationQueries, PlanMemberLeave,
    RemoveRoutingPool, RoutingQueries, SetMemberAway, SetMemberBack, SetMemberCapacity, SetMemberWorkingHours,
    SetRoutingPoolMembers,
};
use super::source::{
    BackfillLeads, BackfillQueries, ChangeExternalMapping, ChangeExternalNetworks, CloseSource, ConnectFacebookPage,
    IssueExternalSecret, IssueExternalToken, OpenExternalSource, OpenGoogleForm, OpenWalkIn, RemoveExternalSecret,
    RenameSource, ReopenSource, SetWalkInForm, SourceQueries, TryMappingQueries, WalkInQueries,
};
use super::team::{DisbandTeam, FormTeam, RenameTeam, TeamQueries};
use super::template::{CreateTemplate, DeleteTemplate, SubmitTemplate, SyncTemplates, TemplateQueries};
use super::tenant::{
    CompleteOnboardingStep, RemoveBusinessHours, SetBranding, SetBusinessHours, SetBusinessProfile, SetSettings,
    TenantQueries,
};
use super::usage::UsageQueries;
use super::viewer::ViewerQueries;
use super::visit::Visit;
use crate::auth::{self, Caller, Doors, Operator, Unauthenticated, Viewer};
use crate::client_address::ClientAddress;
use crate::commands::Commands;
use crate::config::PublicUrl;
use crate::lead_changes::LeadChanges;
use crate::lead_imports::Files;
use crate::limits::{LimitKey, LimitKind};
use crate::provider_credentials::WhatsAppCredentials;
use crate::server::Edge;
use crate::webhooks::external::ExternalDoors;

/// Questions about the viewer's tenant; for operators, about the installation.
#[derive(MergedObject, Default)]
pub struct Query(
    ViewerQueries,
    SessionQueries,
    OidcProviderQueries,
    ConversationQueries,
    Interested,
    NodeQueries,
    HistoryQueries,
    AuditQueries,
    Known,
    ChannelQueries,
    UsageQueries,
    AnalyticsQueries,
    TenantQueries,
    MemberQueries,
    TeamQueries,
    RoleQueries,
    ApiKeyQueries,
    TemplateQueries,
    ResponseTemplateQueries,
    RoutingQueries,
    ExplanationQueries,
    BacktestQueries,
    BackfillQueries,
    OperatorQueries,
);

/// Contacts, and who of them may be one person.
#[derive(MergedObject, Default)]
struct Known(ContactQueries, DuplicateQueries);

/// Leads, and where they come from.
#[derive(MergedObject, Default)]
struct Interested(
    LeadQueries,
    LeadChangeQueries,
    SourceQueries,
    PipelineQueries,
    WalkInQueries,
    TryMappingQueries,
    LeadImportQueries,
);

/// Things to do for the viewer's tenant; for operators, about the installation. A refusal is data, in `userErrors`.
#[derive(MergedObject, Default)]
pub struct Mutation(
    Conversing,
    Worked,
    SetBusinessHours,
    RemoveBusinessHours,
    SetBusinessProfile,
    SetBranding,
    SetSettings,
    CompleteOnboardingStep,
    Prepared,
    Channels,
    Writing,
    Colleagues,
    Shares,
    Accounts,
    MutateJob,
);

/// Places that messages come from.
#[derive(MergedObject, Default)]
struct Channels(
    ConnectWhatsappNumber,
    ConnectSocialAccount,
    DisconnectChannel,
    EnterWhatsappCredentials,
    RemoveWhatsappCredentials,
);

/// Who is forgotten, and who is whom.
#[derive(MergedObject, Default)]
struct OfContacts(EraseContact, MergeContacts, UnmergeContacts, DismissDuplicate);

/// What is done with conversations, and with those who have them.
#[derive(MergedObject, Default)]
struct Conversing(
    OfContacts,
    MarkConversationRead,
    ResolveConversation,
    ReopenConversation,
    SnoozeConversation,
    SetConversationPriority,
    Assigning,
    LabelConversation,
    UnlabelConversation,
    AddConversationNote,
    Pursued,
);

/// Whose they are.
#[derive(MergedObject, Default)]
struct Assigning(AssignConversation, AssignConversationToTeam, UnassignConversation);

/// Who is interested, and whence that is known beside messages.
#[derive(MergedObject, Default)]
struct Pursued(QualifyLead, DisqualifyLead, AddLead, Sources);

/// Places that leads come from.
#[derive(MergedObject, Default)]
struct Sources(
    OpenGoogleForm,
    ConnectFacebookPage,
    BackfillLeads,
    OpenWalkIn,
    SetWalkInForm,
    RenameSource,
    CloseSource,
    ReopenSource,
    CancelLeadImport,
    Programs,
);

/// Programs that post leads.
#[derive(MergedObject, Default)]
struct Programs(
    OpenExternalSource,
    ChangeExternalMapping,
    ChangeExternalNetworks,
    IssueExternalToken,
    IssueExternalSecret,
    RemoveExternalSecret,
);

/// What is done with leads, and how the business does it.
#[derive(MergedObject, Default)]
struct Worked(
    MoveLead,
    MarkLead,
    DescribeLead,
    TransferLead,
    ChangeLeads,
    CancelLeadChange,
    ArrangeStages,
    ListLostReasons,
    DefineAttributes,
);

/// What is written to customers.
#[derive(MergedObject, Default)]
struct Writing(SendMessage, ShowTyping, RetryMessage, CancelMessage, ResumeSending);

/// What is written before it is sent.
#[derive(MergedObject, Default)]
struct Prepared(
    CreateTemplate,
    SubmitTemplate,
    DeleteTemplate,
    SyncTemplates,
    CreateResponseTemplate,
    ChangeResponseTemplate,
    RemoveResponseTemplate,
);

/// Who works for the business, with whom and as what: people, and programs.
#[derive(MergedObject, Default)]
struct Colleagues(
    InviteMember,
    ResendInvitation,
    WithdrawInvitation,
    RenameMember,
    ChangeMemberRole,
    MoveMemberToTeam,
    DeactivateMember,
    ReactivateMember,
    FormTeam,
    RenameTeam,
    DisbandTeam,
    DefineRole,
    ChangeRole,
    RemoveRole,
    IssueApiKey,
    RevokeApiKey,
);

/// Who sees to what comes in.
#[derive(MergedObject, Default)]
struct Shares(
    CreateRoutingPool,
    ChangeRoutingPool,
    SetRoutingPoolMembers,
    RemoveRoutingPool,
    SetMemberCapacity,
    SetMemberWorkingHours,
    SetMemberAway,
    SetMemberBack,
    PlanMemberLeave,
    CancelMemberLeave,
);

/// How people come in, stay in and go out.
#[derive(MergedObject, Default)]
struct Accounts(
    Register,
    VerifyEmail,
    AcceptInvitation,
    SignIn,
    BeginOidcSignIn,
    FinishOidcSignIn,
    RefreshSession,
    SignOut,
    RevokeSession,
    RequestPasswordReset,
    ResetPassword,
    ChangePassword,
    BeginSecondFactor,
    ConfirmSecondFactor,
    DisableSecondFactor,
);

/// What a query may cost: the fields that it may be answered with in all, each list counted at its full length. An inbox
/// of 50 with 20 messages each comes to some 10,000.
pub const MOST_FIELDS: usize = 25_000;

/// Levels a query may nest.
const DEEPEST: usize = 20;

/// The schema: what it lets through is executed by another that has no extensions.
#[must_use]
pub fn schema() -> Schema<Query, Mutation, EmptySubscription> {
    let executing = types().validation_mode(ValidationMode::Fast).finish();
    types()
        .extension(ReadAtLeast)
        .extension(edge::ChargeCost { most: MOST_FIELDS })
        .extension(Handover::to(executing))
        .limit_depth(DEEPEST)
        .finish()
}

pub(super) fn types() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .override_output_type_description::<Timestamp>("A moment, as RFC 3339 has it, such as `2026-11-28T09:30:00Z`.")
        .override_output_type_description::<Date>("A day of the calendar, such as `2026-11-28`.")
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
    documents: Documents,
    origins: Arc<AllowedOrigins>,
    budgets: Arc<Budgets>,
    nobody: Nobody,
    shared: Arc<Shared>,
}

/// What the resolvers share.
pub struct Shared {
    /// Tenants' rows.
    pub reads: TenantReads,
    /// Connections that read what is no read model's, each statement bounded.
    pub pool: PgPool,
    /// Where outside work waits, which operators see to.
    pub jobs: PgPool,
    /// The log, for what no read model shows.
    pub log: LogReader,
    /// The one door to aggregates.
    pub commands: Commands,
    /// How people come in.
    pub doors: Doors,
    /// How programs come in that post leads.
    pub external: ExternalDoors,
    /// For keyed hashes.
    pub keys: Arc<Keys>,
    /// The Meta apps that a number's webhooks may come from, beside the default one.
    pub meta_apps: BTreeSet<AppKey>,
    /// Changes of many leads.
    pub lead_changes: LeadChanges,
    /// Files of leads.
    pub lead_imports: Arc<Files>,
    /// What WhatsApp knows businesses by.
    pub whatsapp: WhatsAppCredentials,
    /// Where people reach forms of ours.
    pub forms_url: PublicUrl,
    /// How far the read models are, in this process.
    pub progress: ProjectorProgress,
    /// How long a request waits for the read models in all: its mutations for what they did, a query for its `minPosition`.
    pub patience: Duration,
}

/// How the API meets its callers.
#[derive(Debug)]
pub struct Manners {
    /// Which web pages may ask.
    pub origins: AllowedOrigins,
    /// What each tenant may ask for.
    pub budgets: Budgets,
}

impl Shared {
    /// The time, by the clock that all processes share.
    pub(super) async fn now(&self) -> Result<Timestamp, sqlx::Error> {
        self.log.now().await
    }
}

/// One request of somebody of a tenant.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) api: Arc<Shared>,
    pub(super) viewer: Viewer,
    pub(super) id: String,
    pub(super) patience: Patience,
    /// The network address that it comes from.
    pub(super) address: Option<IpAddr>,
}

/// One request of somebody who sees to the installation.
pub(super) struct OperatorRequest {
    pub(super) api: Arc<Shared>,
    pub(super) operator: Operator,
    pub(super) patience: Patience,
}

// Who may ask what is decided here and nowhere else: a tenant's rows are reached by a request of somebody of a tenant, and
// what is the installation's by an operator's. Each request is one of the two, or nobody's, which reaches neither: the edge
// lets pass of it what needs neither (`account::OPEN`).

impl Request {
    /// The request that `context` belongs to.
    ///
    /// # Errors
    /// FORBIDDEN to operators, who have no tenant.
    pub(super) fn of<'a>(context: &Context<'a>) -> Result<&'a Self, Error> {
        match (context.data_opt::<Self>(), context.data_opt::<OperatorRequest>()) {
            (Some(request), _) => Ok(request),
            (None, Some(_)) => Err(forbidden("an operator has no tenant, and so none of this")),
            (None, None) => Err(internal("request", &NoRequest)),
        }
    }
}

impl Request {
    /// Refuses whoever may not do `needed`.
    ///
    /// # Errors
    /// FORBIDDEN.
    pub(super) fn allows(&self, needed: Permission) -> Result<(), Error> {
        if self.viewer.permissions().contains(needed) {
            return Ok(());
        }
        Err(forbidden(&format!("this needs the permission {}", needed.as_str())))
    }
}

impl OperatorRequest {
    /// The request that `context` belongs to.
    ///
    /// # Errors
    /// FORBIDDEN to everybody of a tenant.
    pub(super) fn of<'a>(context: &Context<'a>) -> Result<&'a Self, Error> {
        match (context.data_opt::<Self>(), context.data_opt::<Request>()) {
            (Some(request), _) => Ok(request),
            (None, Some(_)) => Err(forbidden("only an operator may ask this")),
            (None, None) => Err(internal("request", &NoRequest)),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a query was executed without its request")]
struct NoRequest;

impl Api {
    /// Answers with what its resolvers share.
    #[must_use]
    pub fn new(shared: Shared, manners: Manners) -> Self {
        let Manners { origins, budgets } = manners;
        let (origins, budgets) = (Arc::new(origins), Arc::new(budgets));
        let (documents, nobody) = (Documents::of_callers(Limits::default()), Nobody::who_may(account::OPEN));
        Self { schema: schema(), documents, origins, budgets, nobody, shared: Arc::new(shared) }
    }

    /// What its resolvers share: exports read the same.
    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }
}

/// `/graphql`: its origin is judged, its caller authenticated; then it is read, measured, charged and executed.
pub async fn serve(State(state): State<Arc<Edge>>, request: HttpRequest) -> Response {
    let headers = request.headers().clone();
    let Some(source) = state.api.origins.judge(&headers) else { return edge::origin_refused(&headers) };
    if let Some(preflight) = source.preflight(request.method(), &headers) {
        return preflight;
    }
    let mut response = answered(&state, request, &headers).await;
    source.mark(&mut response);
    response
}

async fn answered(edge: &Edge, request: HttpRequest, headers: &HeaderMap) -> Response {
    if let Some(refused) = edge::upgrade_refused(headers) {
        return refused;
    }
    let api = &edge.api;
    let (begun, in_all) = (Instant::now(), api.documents.limits().operation_timeout);
    let caller = match caller(&edge.doors, headers, in_all).await {
        Ok(caller) => caller,
        Err(refused) => return *refused,
    };
    // The database has so long for the whole request; how long its body takes is the client's affair.
    let left = in_all.saturating_sub(begun.elapsed());
    match caller {
        Some(caller) => of_somebody(edge, request, headers, caller, left).await,
        None => of_nobody(api, request, headers, left).await,
    }
}

async fn of_somebody(
    edge: &Edge,
    request: HttpRequest,
    headers: &HeaderMap,
    caller: Caller,
    at_most: Duration,
) -> Response {
    let api = &edge.api;
    if let Err(limited) = edge.limits.check(LimitKind::Api, LimitKey::Id(caller.id())).await {
        return edge::too_often(limited.seconds(), headers);
    }
    let visit = visit(api, &request, headers, caller.tenant());
    let sent = match *request.method() {
        Method::GET | Method::HEAD => Sent::Query(request.uri().query().unwrap_or_default().to_owned()),
        Method::POST => match edge::body(request, api.documents.limits()).await {
            Ok(body) => Sent::Body(body),
            Err(refused) => return refused,
        },
        _ => return edge::method_not_allowed(headers),
    };
    let account = Account { budgets: Arc::clone(&api.budgets), owner: caller.payer() };
    let prepare = |query: async_graphql::Request| {
        let (api, patience) = (Arc::clone(&api.shared), visit.patience.clone());
        let query = query.data(visit.clone());
        match caller {
            Caller::Viewer(viewer) => {
                query.data(Request { api, viewer, id: visit.id.clone(), patience, address: visit.address() })
            }
            Caller::Operator(operator) => query.data(OperatorRequest { api, operator, patience }),
        }
    };
    let mut response = edge::answer(&api.schema, &api.documents, at_most, headers, sent, account, prepare).await;
    visit.take_leave(&mut response);
    response
}

/// Executes what leads to a token, for nobody; all else is refused.
async fn of_nobody(api: &Api, request: HttpRequest, headers: &HeaderMap, at_most: Duration) -> Response {
    let address = ClientAddress::of(request.extensions()).ip();
    let visit = visit(api, &request, headers, None);
    let body = match api.nobody.body(request, headers, address).await {
        Ok(Some(body)) => body,
        Ok(None) => return unauthenticated(&Unauthenticated::NoValidToken, headers),
        Err(refused) => return *refused,
    };
    let (documents, account) = (api.nobody.documents(), api.nobody.account(address));
    let prepare = |query: async_graphql::Request| query.data(visit.clone());
    let mut response = edge::answer(&api.schema, documents, at_most, headers, Sent::Body(body), account, prepare).await;
    visit.take_leave(&mut response);
    response
}

fn visit(api: &Api, request: &HttpRequest, headers: &HeaderMap, tenant: Option<TenantId>) -> Visit {
    let id = headers.get(edge::REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let patience = Patience::of(api.shared.patience, tenant);
    let from = ClientAddress::of(request.extensions());
    Visit::new(Arc::clone(&api.shared), id, patience, from, Arc::new(headers.clone()))
}

/// Who asks, if the database says so in time.
async fn caller(doors: &Doors, headers: &HeaderMap, at_most: Duration) -> Result<Option<Caller>, Box<Response>> {
    match tokio::time::timeout(at_most, auth::authenticate(doors, headers)).await {
        Ok(Ok(caller)) => Ok(caller),
        Ok(Err(error)) => Err(Box::new(unauthenticated(&error, headers))),
        Err(_elapsed) => {
            tracing::error!("graphql.authenticate: the database does not answer");
            Err(Box::new(unavailable(edge::Code::Timeout, headers)))
        }
    }
}

fn unauthenticated(error: &Unauthenticated, headers: &HeaderMap) -> Response {
    match error {
        Unauthenticated::NoValidToken => {
            let mut response =
                edge::refusal(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "A valid bearer token is needed.", headers);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        Unauthenticated::Unavailable(_) | Unauthenticated::NoKeys(_) => {
            tracing::error!(error = %error, cause = ?error, "graphql.authenticate: failed");
            unavailable(edge::Code::Internal, headers)
        }
    }
}

fn unavailable(code: edge::Code, headers: &HeaderMap) -> Response {
    let message = "The token can't be checked now; ask again.";
    edge::refusal(StatusCode::SERVICE_UNAVAILABLE, code.as_str(), message, headers)
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use serde_json::Value;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_database_that_does_not_answer_does_not_hold_who_asks_for_ever() {
        // It takes connections, and says nothing.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = PgConnectOptions::new().host("127.0.0.1").port(silent.local_addr().unwrap().port());
        let pool = PgPoolOptions::new().connect_lazy_with(options);
        let token = HeaderValue::from_str(&format!("Bearer {}", auth::new_token())).unwrap();
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, token)]);
        let doors = crate::testing::doors(&pool);
        let refused = caller(&doors, &headers, Duration::from_millis(20)).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        let said: Value = serde_json::from_slice(&to_bytes(refused.into_body(), usize::MAX).await.unwrap()).unwrap();
        assert_eq!(said["errors"][0]["extensions"]["code"], "TIMEOUT");
    }
}
