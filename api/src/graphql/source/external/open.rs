//! `openExternalSource`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::SourceId;
use leadflow_domain::role::Permission;
use leadflow_domain::source::{ExternalOpening, Mapping, Networks, SourceCommand, SourceName};
use leadflow_event_store::{CommandContext, Done};
use secrecy::ExposeSecret;

use super::input::{ExternalMappingInput, mapping, networks};
use super::issue::{came_to_nothing, failed};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone, answer, command_context, must_be_allowed};
use crate::graphql::payload::UserError;
use crate::graphql::source::mutate::{SourceOutcome, outcome};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct OpenExternalSource;

/// What `openExternalSource` takes.
#[derive(InputObject)]
struct OpenExternalSourceInput {
    /// What the business calls it, 1 to 100 characters; others may be called so, too.
    name: String,
    /// Which fields of what is posted mean what.
    mapping: ExternalMappingInput,
    /// From where it may be posted: addresses and networks, as `203.0.113.7`, `10.0.0.0/8` or `2001:db8::/32`, 50 at most. From anywhere,
    /// without them.
    networks: Option<Vec<String>>,
    /// Whether what is posted has to be signed; without it, it has not.
    is_signed: Option<bool>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later, but for the token and the secret.
    idempotency_key: Option<String>,
}

/// What `openExternalSource` answers.
#[derive(Default, SimpleObject)]
struct OpenExternalSourcePayload {
    /// What the program shows at the source's `webhookPath`, as `Authorization: Bearer TOKEN` or `X-LeadFlow-Token: TOKEN`. It is told this
    /// once: null when the same request was done before, and when it was refused. Who lost it issues another.
    token: Option<String>,
    /// What the program signs with; null as `token` is, and where nothing has to be signed. `X-LeadFlow-Timestamp` has the seconds since 1970,
    /// and `X-LeadFlow-Signature` `sha256=` and the HMAC-SHA256, in lower-case hex, of the timestamp, a dot and the bytes of the body,
    /// keyed with this text.
    secret: Option<String>,
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

impl From<Vec<UserError>> for OpenExternalSourcePayload {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { token: None, secret: None, outcome: user_errors.into() }
    }
}

/// What is wanted.
struct Wanted {
    name: SourceName,
    mapping: Mapping,
    networks: Networks,
    is_signed: bool,
}

#[Object]
impl OpenExternalSource {
    /// Lets a program post leads, of the business's own or of somebody it works with: a form of a web site, another system, a service
    /// between them. It posts JSON or an urlencoded form, and is answered 202 once that is kept.
    async fn open_external_source(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is called and goes by; and the request's key, where wanted.")]
        input: OpenExternalSourceInput,
    ) -> Option<Result<OpenExternalSourcePayload, Error>> {
        let done = Box::pin(async {
            let request = Request::of(context)?;
            let needed = Permission::ManageChannels;
            must_be_allowed(context, request, needed).await?;
            let key = input.idempotency_key.clone();
            let wanted = wanted(input)?;
            let command_context = command_context(context, request, needed, key.as_deref(), None).await?;
            // The same request is about the same source.
            let source = SourceId::opened_by(command_context.id);
            if let Some(before) = request.api.commands.sources.before(&command_context).await {
                request.api.external.tell(source).await.map_err(|error| failed(&error))?;
                let outcome = outcome(request, source, before).await?;
                return Ok(OpenExternalSourcePayload { outcome, ..Default::default() });
            }
            open(request, source, wanted, command_context).await
        });
        answer(done, |payload| payload).await
    }
}

fn wanted(input: OpenExternalSourceInput) -> Result<Wanted, NotDone> {
    let mut form = Form::default();
    let name = form.read("name", SourceName::parse(&input.name));
    let mapping = mapping(&mut form, input.mapping);
    let networks = networks(&mut form, &input.networks.unwrap_or_default());
    let is_signed = input.is_signed.unwrap_or_default();
    let said = name.zip(mapping).zip(networks);
    form.all(said.map(|((name, mapping), networks)| Wanted { name, mapping, networks, is_signed }))
}

async fn open(
    request: &Request,
    source: SourceId,
    wanted: Wanted,
    command_context: CommandContext,
) -> Result<OpenExternalSourcePayload, NotDone> {
    let api = &request.api;
    let token = api.external.make_token(source).await.map_err(|error| failed(&error))?;
    let secret = if wanted.is_signed {
        let made = api.external.make_secret(request.viewer.tenant(), source).await;
        Some(made.map_err(|error| failed(&error))?)
    } else {
        None
    };
    let Wanted { name, mapping, networks, .. } = wanted;
    let credential = secret.as_ref().map(|secret| secret.id);
    let opening = ExternalOpening { name, mapping, networks, token: token.id, credential };
    let answer =
        api.commands.sources.execute(source, SourceCommand::OpenExternal(Box::new(opening)), command_context).await;
    let is_new = answer.as_ref().is_ok_and(|receipt| receipt.done == Done::Appended);
    if came_to_nothing(&answer) {
        api.external.forget_token(&token).await.map_err(|error| failed(&error))?;
        if let Some(secret) = &secret {
            api.external.forget_secret(secret).await.map_err(|error| failed(&error))?;
        }
    }
    if answer.is_ok() {
        api.external.tell(source).await.map_err(|error| failed(&error))?;
    }
    Ok(OpenExternalSourcePayload {
        token: is_new.then(|| token.text.expose_secret().to_owned()),
        secret: secret.filter(|_| is_new).map(|secret| secret.text.expose_secret().to_owned()),
        outcome: outcome(request, source, answer).await?,
    })
}
