//! A customer sees that an answer is being written. Nothing of it is kept: it is over in seconds.

use leadflow_domain::TenantId;
use leadflow_domain::channel::Channel;
use leadflow_domain::conversation::Conversation;
use leadflow_domain::outbound_message::{NumberStanding, Thread};
use leadflow_event_store::{LogReader, ReadError};
use leadflow_gateways::whatsapp::CallFailure;

use super::conditions::standing;
use super::mark_read::last_received;
use crate::provider_credentials::WhatsAppCredentials;

/// What became of it.
#[derive(Debug)]
pub enum Typing {
    /// She sees it, for 25 seconds or until she is answered.
    Shown,
    /// She has written nothing lately that could be answered, or was erased.
    NothingToAnswer,
    /// The number can't send now, for this reason.
    NotReady(NumberStanding),
    /// WhatsApp did not do it.
    Failed(CallFailure),
}

/// Shows the customer of `thread` that an answer is being written. What she wrote last is marked as read by that, too: WhatsApp knows the
/// one by the other.
///
/// # Errors
/// [`ReadError`].
pub async fn show_typing(
    log: &LogReader,
    whatsapp: &WhatsAppCredentials,
    tenant: TenantId,
    thread: Thread,
) -> Result<Typing, ReadError> {
    let channel = async { log.load::<Channel>(thread.channel.into()).await };
    let conversation = async { log.load::<Conversation>(thread.conversation.into()).await };
    let (channel, conversation) = tokio::try_join!(channel, conversation)?;
    let channel = channel.state;
    let standing = standing(&channel, log.now().await?);
    let (true, Some(credential), Some(number)) = (standing.is_ready(), channel.credential(), channel.number()) else {
        return Ok(Typing::NotReady(standing));
    };
    let Some(message) = last_received(log, thread.conversation.into(), conversation.version).await? else {
        return Ok(Typing::NothingToAnswer);
    };
    let token = match whatsapp.token(tenant, credential).await {
        Ok(Some(token)) => token,
        Ok(None) => return Ok(Typing::NotReady(NumberStanding::WithoutCredentials)),
        Err(error) => return Ok(Typing::Failed(CallFailure::NotSent { reason: error.to_string() })),
    };
    let shown = whatsapp.graph().mark_read(&token, number.phone_number_id.as_str(), &message, true).await;
    Ok(shown.map_or_else(Typing::Failed, |()| Typing::Shown))
}
