//! `syncTemplates`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use futures_util::{StreamExt, TryStreamExt, stream};
use leadflow_domain::role::Permission;
use leadflow_domain::template::TemplateCommand;
use leadflow_domain::{ChannelId, CommandId, TemplateId};
use leadflow_event_store::{CommandContext, entropy};
use leadflow_projections::templates;

use super::at_whatsapp::{Account, asked_at};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, came_to, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::position::Position;
use crate::message_templates::{Synced, listed, synced};

/// Templates that are told of at once.
const AT_ONCE: usize = 16;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SyncTemplates;

/// What `syncTemplates` takes.
#[derive(InputObject)]
struct SyncTemplatesInput {
    /// A channel of the WhatsApp account whose templates are meant: all numbers of an account have the same.
    channel_id: ID,
}

/// What `syncTemplates` answers.
#[derive(Default, SimpleObject)]
struct SyncTemplatesPayload {
    /// How many templates WhatsApp listed; null when it was refused.
    listed: Option<i32>,
    /// How many of them nothing here can read: they are left as they were; null when it was refused.
    unreadable: Option<i32>,
    /// How many are known here and were not listed: unless they just came, they are gone; null when it was refused.
    missed: Option<i32>,
    /// Why it was refused; empty when it was done.
    user_errors: Vec<UserError>,
    /// The newest event in the log of any of these templates; null when it was refused, and where there are none.
    position: Option<Position>,
    /// Set when templates may be shown as they were before.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for SyncTemplatesPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

#[Object]
impl SyncTemplates {
    /// Asks WhatsApp for all templates of an account, and takes over what is other than it is known here. What is not there any more
    /// is `DELETED`. While WhatsApp does not answer it is `PROVIDER_UNAVAILABLE`, and nothing is changed.
    async fn sync_templates(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which account.")] input: SyncTemplatesInput,
    ) -> Option<Result<SyncTemplatesPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManageTemplates).await?;
            let channel = ChannelId::from_uuid(decode_as(Kind::Channel, "channelId", &input.channel_id)?);
            let account = Account::of_channel(request, channel).await?;
            sync(request, &account).await
        };
        answer(done, |payload| payload).await
    }
}

async fn sync(request: &Request, account: &Account<'_>) -> Result<SyncTemplatesPayload, NotDone> {
    let (api, viewer) = (&request.api, request.viewer.context());
    let at = asked_at(request).await.map_err(|error| internal("syncTemplates", &error))?;
    let known = templates::known_to_provider(&api.reads, viewer, &account.waba_id).await;
    let known = known.map_err(|error| internal("syncTemplates", &error))?;
    let list = listed(account.graph, &account.token, &account.waba_id).await;
    let list = list.map_err(|failure| account.failed(&failure))?;
    let Synced { listed, unreadable, missed, commands } = synced(viewer.tenant(), &account.waba_id, list, known, at);
    let told = stream::iter(commands).map(|(id, command)| tell(request, id, command)).buffer_unordered(AT_ONCE);
    let newest = told.try_fold(None, async |newest, position| Ok(newest.max(position))).await?;
    let freshness = match newest {
        Some(newest) => request.patience.shows(api, &[&templates::DEFINITION], newest).await,
        None => leadflow_projections::Freshness::Current,
    };
    let number = |count: usize| i32::try_from(count).ok();
    Ok(SyncTemplatesPayload {
        listed: number(listed),
        unreadable: number(unreadable),
        missed: number(missed),
        user_errors: vec![],
        position: newest.map(Position),
        stale: staleness(freshness),
    })
}

/// Tells a template, and says where its newest event is.
async fn tell(request: &Request, id: TemplateId, command: TemplateCommand) -> Result<Option<i64>, NotDone> {
    let tenant = request.viewer.tenant();
    let command_id = CommandId::derive(tenant, "graphql", &[&entropy::uuid().to_string()]);
    let context = CommandContext::new(tenant, command_id, request.viewer.actor(), request.id.clone());
    let answer = request.api.commands.templates.execute(id, command, context.from_address(request.address)).await;
    let came_to = came_to(answer, "template", "channelId")?;
    if came_to.user_errors.is_empty() { Ok(came_to.shows) } else { Err(NotDone::Invalid(came_to.user_errors)) }
}
