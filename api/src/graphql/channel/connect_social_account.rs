//! `connectSocialAccount`.

use async_graphql::{Context, Enum, Error, InputObject, Object, SimpleObject};
use leadflow_domain::ChannelId;
use leadflow_domain::channel::{self, AccountName, AppKey, ChannelCommand, ProviderId, SocialAccount};
use leadflow_domain::role::Permission;
use leadflow_gateways::whatsapp::{AccessToken, ToldOfPage};

use super::mutate::{ChannelOutcome, Wanted, destroy_unless_it_counts, mutate_as};
use crate::graphql::api::Request;
use crate::graphql::at_meta::{reached, told_by_now};
use crate::graphql::command::{Form, NotDone, answer, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::payload::UserErrorCode;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ConnectSocialAccount;

/// Where people write to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "channel::SocialNetwork")]
enum SocialNetwork {
    /// To a page of Facebook, in Messenger.
    Messenger,
    /// To a professional account of Instagram.
    Instagram,
}

/// What `connectSocialAccount` takes.
#[derive(InputObject)]
struct ConnectSocialAccountInput {
    /// Where.
    network: SocialNetwork,
    /// Meta's id of the page, or of the account of Instagram: 1 to 64 digits.
    account_id: String,
    /// An access token of the page, best one that was made with a long-lived token of a user: it does not run out. Of an account of
    /// Instagram that of the page it belongs to.
    access_token: String,
    /// What the business calls it, 1 to 100 characters; without it, what it is called at Meta, or its id where that is not told.
    name: Option<String>,
    /// The key of the installation's Meta app that brings its webhooks; without it, the default app.
    app: Option<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later. Meta is asked each time.
    idempotency_key: Option<String>,
    /// The channel's `version` as you have seen it, 0 when there was none: at any other nothing is done, and the answer is
    /// CONFLICT.
    expected_version: Option<i64>,
}

/// What `connectSocialAccount` answers.
#[derive(SimpleObject)]
struct ConnectSocialAccountPayload {
    #[graphql(flatten)]
    outcome: ChannelOutcome,
}

/// Which account, by which token; what the business calls it where it says so.
struct Asked {
    account_id: ProviderId,
    name: Option<AccountName>,
    app: Option<AppKey>,
    token: AccessToken,
}

#[Object]
impl ConnectSocialAccount {
    /// Connects a page's Messenger, or an account of Instagram: what people write there arrives here from now on, and what arrived before
    /// it was connected. It can't be answered from here yet: `sendMessage` is `CHANNEL_RECEIVES_ONLY`. Connected again it has other
    /// credentials. Meta is asked first, and told to tell of a page's messages: a token that it does not take is `TOKEN_REFUSED`, one
    /// that does not reach the account, or lacks a permission, `PAGE_REFUSED`, and while it does not answer `PROVIDER_UNAVAILABLE`;
    /// nothing is changed then. An account that another business has is TAKEN. The token is kept sealed and shown never again.
    async fn connect_social_account(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ConnectSocialAccountInput,
    ) -> Option<Result<ConnectSocialAccountPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageCredentials).await?;
            let network = channel::SocialNetwork::from(input.network);
            let Asked { account_id, name, app, token } = asked(&input)?;
            if let Some(app) = app.as_ref().filter(|app| !request.api.meta_apps.contains(*app)) {
                let message = format!("the installation has no Meta app `{app}`");
                return Err(NotDone::refused(UserErrorCode::NotFound, message, "app"));
            }
            let wanted = Wanted {
                needed: Permission::ManageCredentials,
                idempotency_key: input.idempotency_key.as_deref(),
                expected_version: input.expected_version,
            };
            let command_context = wanted.context(context, request).await?;
            let told = told_of(request, network, &account_id).await?;
            let found = reached(request, account_id.as_str(), &token, told, needs(network)).await?;
            let named = name.or_else(|| found.name.and_then(|name| AccountName::parse(&name).ok()));
            let name = match named {
                Some(name) => name,
                None => {
                    AccountName::parse(account_id.as_str()).map_err(|error| internal("connectSocialAccount", &error))?
                }
            };
            let tenant = request.viewer.tenant();
            let id = ChannelId::social(tenant, network, account_id.as_str());
            let kept = request.api.whatsapp.keep(tenant, id, &token).await;
            let credential = kept.map_err(|error| internal("connectSocialAccount", &error))?;
            let account = SocialAccount { network, account_id, name, app };
            let command = ChannelCommand::ConnectSocialAccount { account, credential: Some(credential) };
            let outcome = mutate_as(request, id, command_context, command).await?;
            destroy_unless_it_counts(request, id, credential).await;
            Ok::<_, NotDone>(outcome)
        };
        answer(done, |outcome| ConnectSocialAccountPayload { outcome }).await
    }
}

fn asked(input: &ConnectSocialAccountInput) -> Result<Asked, NotDone> {
    let mut form = Form::default();
    let digits = |id: &str| match ProviderId::parse(id) {
        Ok(id) if id.as_str().bytes().all(|byte| byte.is_ascii_digit()) => Ok(id),
        _ => Err("it is 1 to 64 digits"),
    };
    let account_id = form.read("accountId", digits(&input.account_id));
    let app = form.read("app", input.app.as_deref().map(AppKey::parse).transpose());
    let name = form.read("name", input.name.as_deref().map(AccountName::parse).transpose());
    let token = form.read("accessToken", AccessToken::parse(&input.access_token.clone().into()));
    let said = account_id.zip(app).zip(name).zip(token);
    form.all(said.map(|(((account_id, app), name), token)| Asked { account_id, name, app, token }))
}

/// What Meta is to tell of from now on. What it is told anew takes the place of what it was told before, so leads are among it where the
/// page is somebody's source. Of accounts of Instagram an app is told by how it is set up.
async fn told_of(
    request: &Request,
    network: channel::SocialNetwork,
    page: &ProviderId,
) -> Result<Option<ToldOfPage>, NotDone> {
    match network {
        channel::SocialNetwork::Instagram => Ok(None),
        channel::SocialNetwork::Messenger => {
            Ok(Some(ToldOfPage { messages: true, ..told_by_now(request, page.as_str()).await? }))
        }
    }
}

fn needs(network: channel::SocialNetwork) -> &'static str {
    match network {
        channel::SocialNetwork::Messenger => "pages_messaging, pages_manage_metadata and pages_show_list",
        channel::SocialNetwork::Instagram => "instagram_basic, instagram_manage_messages and pages_show_list",
    }
}
