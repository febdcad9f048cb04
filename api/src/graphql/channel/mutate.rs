//! What all mutations of a channel have in common: the command, the wait, the answer.

use async_graphql::{Context, SimpleObject};
use leadflow_domain::channel::{self, ChannelCommand};
use leadflow_domain::role::Permission;
use leadflow_domain::{ChannelId, CredentialId};
use leadflow_event_store::{CommandContext, ExecuteError};
use leadflow_projections::inbox;

use super::types::Channel;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;

/// What a mutation of a channel answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct ChannelOutcome {
    /// The channel as it is now; null when it was refused, unless for another version, and when it can't be shown yet (see
    /// `stale`).
    channel: Option<Channel>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The channel's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `channel` may be older than `position`, or than what `expectedVersion` was compared with.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for ChannelOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

impl ChannelOutcome {
    /// Whether it was done, or was already so.
    pub(super) fn is_done(&self) -> bool {
        self.user_errors.is_empty()
    }
}

/// What a mutation needs, and how its request is known and for which version it is.
pub(super) struct Wanted<'a> {
    pub(super) needed: Permission,
    pub(super) idempotency_key: Option<&'a str>,
    pub(super) expected_version: Option<i64>,
}

impl Wanted<'_> {
    /// The context of the command, for whoever may do what it needs.
    pub(super) async fn context(self, context: &Context<'_>, request: &Request) -> Result<CommandContext, NotDone> {
        let Self { needed, idempotency_key, expected_version } = self;
        command_context(context, request, needed, idempotency_key, expected_version).await
    }
}

/// Decides `command`, waits for the inbox to show it, and reads the channel back.
pub(super) async fn mutate(
    context: &Context<'_>,
    id: ChannelId,
    wanted: Wanted<'_>,
    command: ChannelCommand,
) -> Result<ChannelOutcome, NotDone> {
    let request = Request::of(context)?;
    let command_context = wanted.context(context, request).await?;
    mutate_as(request, id, command_context, command).await
}

/// The same, once it is known how the request is known.
pub(super) async fn mutate_as(
    request: &Request,
    id: ChannelId,
    command_context: CommandContext,
    command: ChannelCommand,
) -> Result<ChannelOutcome, NotDone> {
    let api = &request.api;
    let (taken, field) = if matches!(command, ChannelCommand::ConnectSocialAccount { .. }) {
        ("this account is connected to another business", "accountId")
    } else {
        ("this phone number id is connected to another business", "phoneNumberId")
    };
    let answer = api.commands.channels.execute(id, command, command_context).await;
    if let Err(ExecuteError::Reserved { .. }) = &answer {
        // Whose it is is nobody else's business.
        return Ok(vec![UserError::new(UserErrorCode::Taken, taken.to_owned(), Some(field))].into());
    }
    let CameTo { user_errors, position, shows } = came_to(answer, "channel", "channelId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, &[&inbox::DEFINITION], shows).await;
    let found = inbox::channels_by_id(&api.reads, request.viewer.context(), &[id.as_uuid()]).await;
    let (channel, freshness) = match found {
        Ok(mut found) => (found.pop().map(Channel::from), freshness),
        Err(error) => (None, lagging(&error)),
    };
    Ok(ChannelOutcome { channel, user_errors, position, stale: staleness(freshness) })
}

/// Of a request that comes again, and of one that is refused, the log names no credential of this call's.
pub(super) async fn destroy_unless_it_counts(request: &Request, id: ChannelId, credential: CredentialId) {
    let destroyed = async {
        let known = request.api.log.load::<channel::Channel>(id.into()).await?;
        if known.state.credential() != Some(credential) {
            request.api.whatsapp.destroy(credential).await?;
        }
        Ok::<_, anyhow::Error>(())
    };
    if let Err(error) = destroyed.await {
        tracing::warn!(error = %error, "credentials.destroy: left for later");
    }
}
