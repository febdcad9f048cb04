//! What is asked of a message that was sent from here: `retryMessage`, `cancelMessage`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::OutboundMessageId;
use leadflow_domain::outbound_message::{OutboundMessage, OutboundMessageCommand};
use leadflow_domain::role::Permission;
use leadflow_projections::inbox;
use uuid::Uuid;

use super::message::Message;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, answer, came_to, command_context, lagging, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;
use crate::sending::conditions;

/// The mutation that has a message sent again.
#[derive(Default)]
pub(in crate::graphql) struct RetryMessage;

/// The mutation that takes a message back.
#[derive(Default)]
pub(in crate::graphql) struct CancelMessage;

/// What `retryMessage` takes.
#[derive(InputObject)]
struct RetryMessageInput {
    /// Which message.
    message_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `cancelMessage` takes.
#[derive(InputObject)]
struct CancelMessageInput {
    /// Which message.
    message_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What a mutation of a message answers.
#[derive(Debug, Clone, Default, SimpleObject)]
struct MessageOutcome {
    /// The message as it is now; null when it was refused, and when it can't be shown yet (see `stale`).
    message: Option<Message>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The message's newest event in the log, this mutation's if it had anything to do; null when it was refused.
    position: Option<Position>,
    /// Set when `message` may be older than `position`.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for MessageOutcome {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// What `retryMessage` answers.
#[derive(SimpleObject)]
struct RetryMessagePayload {
    #[graphql(flatten)]
    outcome: MessageOutcome,
}

/// What `cancelMessage` answers.
#[derive(SimpleObject)]
struct CancelMessagePayload {
    #[graphql(flatten)]
    outcome: MessageOutcome,
}

#[Object]
impl RetryMessage {
    /// Has a message sent again that the provider did not take, or could not deliver. One of which nobody knows whether it was taken
    /// is not: that is refused as `OUTCOME_UNKNOWN`.
    async fn retry_message(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which message, and the request's key.")] input: RetryMessageInput,
    ) -> Option<Result<RetryMessagePayload, Error>> {
        let done = mutate(context, Asked::Retry, input.message_id, input.idempotency_key);
        answer(done, |outcome| RetryMessagePayload { outcome }).await
    }
}

#[Object]
impl CancelMessage {
    /// Takes a message back that waits to be sent.
    async fn cancel_message(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which message, and the request's key.")] input: CancelMessageInput,
    ) -> Option<Result<CancelMessagePayload, Error>> {
        let done = mutate(context, Asked::Cancel, input.message_id, input.idempotency_key);
        answer(done, |outcome| CancelMessagePayload { outcome }).await
    }
}

/// What is asked.
#[derive(Clone, Copy)]
enum Asked {
    Retry,
    Cancel,
}

async fn mutate(
    context: &Context<'_>,
    asked: Asked,
    message: ID,
    idempotency_key: Option<String>,
) -> Result<MessageOutcome, NotDone> {
    let request = Request::of(context)?;
    must_be_allowed(context, request, Permission::WorkConversations).await?;
    let key = idempotency_key.as_deref();
    let command_context = command_context(context, request, Permission::WorkConversations, key, None).await?;
    let id = decode_as(Kind::Message, "messageId", &message)?;
    let stream = stream(request, id).await?;
    let api = &request.api;
    let command = match asked {
        Asked::Cancel => OutboundMessageCommand::Cancel,
        Asked::Retry => {
            let known = api.log.load::<OutboundMessage>(stream.into()).await;
            let known = known.map_err(|error| internal("retry", &error))?.state;
            let thread = known.between().ok_or_else(not_found)?;
            let conditions = conditions(&api.log, thread, known.template().map(|id| (id, None))).await;
            OutboundMessageCommand::Retry { conditions: conditions.map_err(|error| internal("retry", &error))? }
        }
    };
    let answer = api.commands.outbound_messages.execute(stream, command, command_context).await;
    let CameTo { user_errors, position, shows } = came_to(answer, "message", "messageId")?;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    let freshness = request.patience.shows(api, &[&inbox::DEFINITION], shows).await;
    let (message, freshness) = match inbox::messages(&api.reads, request.viewer.context(), &[id]).await {
        Ok(mut found) => (found.pop().map(Message::from), freshness),
        Err(error) => (None, lagging(&error)),
    };
    Ok(MessageOutcome { message, user_errors, position, stale: staleness(freshness) })
}

/// The stream of a message that whoever asks sees, where it is one of the business.
async fn stream(request: &Request, message: Uuid) -> Result<OutboundMessageId, NotDone> {
    let found = inbox::outbound_message(&request.api.reads, request.viewer.context(), message).await;
    let found = found.map_err(|error| internal("message", &error))?;
    found.map(OutboundMessageId::from_uuid).ok_or_else(not_found)
}

fn not_found() -> NotDone {
    let message = "there is no such message of the business".to_owned();
    NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, message, Some("messageId"))])
}
