//! How things stand for a message that is to be sent, found out from the streams that know.

use leadflow_domain::channel::Channel;
use leadflow_domain::contact::{Contact, Marketing};
use leadflow_domain::conversation::Conversation;
use leadflow_domain::outbound_message::{Conditions, NumberStanding, Thread};
use leadflow_event_store::{LogReader, ReadError};

/// How things stand for what is sent in `thread`, now.
///
/// # Errors
/// [`ReadError`].
pub async fn conditions(log: &LogReader, thread: Thread) -> Result<Conditions, ReadError> {
    let number = async { log.load::<Channel>(thread.channel.into()).await };
    let (number, others) = tokio::try_join!(number, besides_number(log, thread))?;
    Ok(Conditions { number: standing(&number.state), ..others })
}

/// The same, where somebody has just seen how the number stands.
///
/// # Errors
/// [`ReadError`].
pub(super) async fn besides_number(log: &LogReader, thread: Thread) -> Result<Conditions, ReadError> {
    let conversation = async { log.load::<Conversation>(thread.conversation.into()).await };
    let contact = async { log.load::<Contact>(thread.contact.into()).await };
    let now = async { log.now().await.map_err(ReadError::from) };
    let (now, conversation, contact) = tokio::try_join!(now, conversation, contact)?;
    Ok(Conditions {
        now,
        window_until: conversation.state.window_until(),
        number: NumberStanding::Ready,
        marketing_stopped: contact.state.marketing() == Some(Marketing::Stopped),
        template: None,
    })
}

/// Whether the number can send.
pub(super) fn standing(channel: &Channel) -> NumberStanding {
    if !channel.is_connected() {
        NumberStanding::Disconnected
    } else if channel.credential().is_none() {
        NumberStanding::WithoutCredentials
    } else if channel.is_stopped() {
        NumberStanding::Stopped
    } else {
        NumberStanding::Ready
    }
}
