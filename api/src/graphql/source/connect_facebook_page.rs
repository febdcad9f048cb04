//! `connectFacebookPage`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::SourceId;
use leadflow_domain::channel::{AppKey, ProviderId};
use leadflow_domain::role::Permission;
use leadflow_domain::source::{Page, Source, SourceCommand, SourceName};
use leadflow_gateways::whatsapp::{AccessToken, ToldOfPage};

use super::mutate::{SourceOutcome, outcome};
use crate::graphql::api::Request;
use crate::graphql::at_meta::{reached, told_by_now};
use crate::graphql::command::{Form, NotDone, answer, command_context, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::payload::UserErrorCode;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ConnectFacebookPage;

/// What `connectFacebookPage` takes.
#[derive(InputObject)]
struct ConnectFacebookPageInput {
    /// Meta's id of the page: 1 to 64 digits.
    page_id: String,
    /// An access token of the page, best one that was made with a long-lived token of a user: it does not run out.
    access_token: String,
    /// What the business calls it, 1 to 100 characters; without it, what it is called at Facebook. It stays what it was where the page was
    /// connected before.
    name: Option<String>,
    /// The key of the installation's Meta app that brings its webhooks; without it, the default app.
    app: Option<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later. Meta is asked each time.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it, 0 when there was none: at any other nothing is done, and the answer is
    /// CONFLICT.
    expected_version: Option<i64>,
}

/// What `connectFacebookPage` answers.
#[derive(SimpleObject)]
struct ConnectFacebookPagePayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

/// What is wanted.
struct Wanted {
    page: Page,
    name: Option<SourceName>,
    token: AccessToken,
}

#[Object]
impl ConnectFacebookPage {
    /// Opens a page of Facebook as a source: what is filled in in its lead forms, there and on Instagram, becomes leads, also what was told
    /// of before it was connected. Connected again it has other credentials, and is read again. Meta is asked first, and told to
    /// tell of leads: a token that it does not take is `TOKEN_REFUSED`, one that does not reach the page, or lacks a permission,
    /// `PAGE_REFUSED`, and while it does not answer `PROVIDER_UNAVAILABLE`; nothing is changed then. A page that another business has
    /// is TAKEN. The token is kept sealed and shown never again.
    async fn connect_facebook_page(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ConnectFacebookPageInput,
    ) -> Option<Result<ConnectFacebookPagePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageCredentials).await?;
            let (key, version) = (input.idempotency_key.clone(), input.expected_version);
            let Wanted { page, name, token } = wanted(input)?;
            if let Some(app) = page.app.as_ref().filter(|app| !request.api.meta_apps.contains(*app)) {
                let message = format!("the installation has no Meta app `{app}`");
                return Err(NotDone::refused(UserErrorCode::NotFound, message, "app"));
            }
            let needed = Permission::ManageCredentials;
            let command_context = command_context(context, request, needed, key.as_deref(), version).await?;
            let told = told_of(request, &page).await?;
            let found = reached(request, page.page_id.as_str(), &token, Some(told), NEEDS).await?;
            let named = name.or_else(|| found.name.and_then(|name| SourceName::parse(&name).ok()));
            let name = match named {
                Some(name) => name,
                None => {
                    SourceName::parse(page.page_id.as_str()).map_err(|error| internal("connectFacebookPage", &error))?
                }
            };
            let id = SourceId::of_page(request.viewer.tenant(), page.page_id.as_str());
            let kept = request.api.whatsapp.keep(request.viewer.tenant(), id, &token).await;
            let credential = kept.map_err(|error| internal("connectFacebookPage", &error))?;
            let command = SourceCommand::ConnectPage { name, page, credential };
            let answer = request.api.commands.sources.execute(id, command, command_context).await;
            // Of a request that comes again, and of one that is refused, the log names no credential of this call's.
            let known = request.api.log.load::<Source>(id.into()).await;
            if known.is_ok_and(|known| known.state.credential() != Some(credential))
                && let Err(error) = request.api.whatsapp.destroy(credential).await
            {
                tracing::warn!(error = %error, "credentials.destroy: left for later");
            }
            Ok::<_, NotDone>(outcome(request, id, answer).await?)
        };
        answer(done, |outcome| ConnectFacebookPagePayload { outcome }).await
    }
}

fn wanted(input: ConnectFacebookPageInput) -> Result<Wanted, NotDone> {
    let mut form = Form::default();
    let digits = |id: &str| match ProviderId::parse(id) {
        Ok(id) if id.as_str().bytes().all(|byte| byte.is_ascii_digit()) => Ok(id),
        _ => Err("it is 1 to 64 digits"),
    };
    let page_id = form.read("pageId", digits(&input.page_id));
    let app = form.read("app", input.app.as_deref().map(AppKey::parse).transpose());
    let name = form.read("name", input.name.as_deref().map(SourceName::parse).transpose());
    let token = form.read("accessToken", AccessToken::parse(&input.access_token.into()));
    let said = page_id.zip(app).zip(name).zip(token);
    form.all(said.map(|(((page_id, app), name), token)| Wanted { page: Page { page_id, app }, name, token }))
}

/// The permissions that its token needs.
const NEEDS: &str = "leads_retrieval, pages_manage_metadata, pages_show_list and pages_read_engagement";

/// What Meta is to tell of from now on. What it is told anew takes the place of what it was told before, so messages are among it where
/// the page's Messenger is connected.
async fn told_of(request: &Request, page: &Page) -> Result<ToldOfPage, NotDone> {
    Ok(ToldOfPage { leads: true, ..told_by_now(request, page.page_id.as_str()).await? })
}
