//! How things stand for a message that is to be sent, found out from the streams that know.

use jiff::Timestamp;
use leadflow_domain::channel::Channel;
use leadflow_domain::contact::{Contact, Marketing, SaidLast};
use leadflow_domain::conversation::Conversation;
use leadflow_domain::outbound_message::{Conditions, NumberStanding, TemplateStanding, Thread};
use leadflow_domain::template::{Template, TemplateCategory, TemplateParameters, TemplateRefusal};
use leadflow_domain::{ContactId, TemplateId, TenantId};
use leadflow_event_store::{LogReader, ReadError};

/// A template that a message is made of, and what is filled in, as far as whoever asks has it.
pub type Made<'a> = (TemplateId, Option<&'a TemplateParameters>);

/// How things stand for what is sent in `thread`, now, and for the template it is made of.
///
/// # Errors
/// [`ReadError`].
pub async fn conditions(log: &LogReader, thread: Thread, made: Option<Made<'_>>) -> Result<Conditions, ReadError> {
    let number = async { log.load::<Channel>(thread.channel.into()).await };
    let (number, others) = tokio::try_join!(number, besides_number(log, thread, made))?;
    Ok(Conditions { number: standing(&number.state, others.now), ..others })
}

/// The same, where somebody has just seen how the number stands.
///
/// # Errors
/// [`ReadError`].
pub(super) async fn besides_number(
    log: &LogReader,
    thread: Thread,
    made: Option<Made<'_>>,
) -> Result<Conditions, ReadError> {
    let conversation = async { log.load::<Conversation>(thread.conversation.into()).await };
    let contact = async { log.load::<Contact>(thread.contact.into()).await };
    let now = async { log.now().await.map_err(ReadError::from) };
    let template = async {
        match made {
            Some((id, parameters)) => Ok(Some(standing_of(&log.load(id.into()).await?.state, parameters))),
            None => Ok(None),
        }
    };
    let (now, conversation, contact, template) = tokio::try_join!(now, conversation, contact, template)?;
    let marketing = match (made, contact.tenant) {
        // Only of templates does it matter.
        (Some(_), Some(tenant)) => said_last(log, tenant, thread.contact, &contact.state).await?,
        (None, _) | (_, None) => contact.state.said_last(),
    };
    Ok(Conditions {
        now,
        window_until: conversation.state.window_until(),
        number: NumberStanding::Ready,
        marketing_stopped: marketing.map(SaidLast::marketing) == Some(Marketing::Stopped),
        template,
    })
}

/// What somebody said last of marketing, by whichever of the contacts that are one person with her.
async fn said_last(
    log: &LogReader,
    tenant: TenantId,
    contact: ContactId,
    state: &Contact,
) -> Result<Option<SaidLast>, ReadError> {
    let mut last = state.said_last();
    for other in log.one_person_with(tenant, contact).await? {
        if other != contact {
            last = last.max(log.load::<Contact>(other.into()).await?.state.said_last());
        }
    }
    Ok(last)
}

/// Whether a message can be made of the template.
fn standing_of(template: &Template, parameters: Option<&TemplateParameters>) -> TemplateStanding {
    let may = match parameters {
        Some(parameters) => template.may_be_sent(parameters),
        None if template.is_sendable() => Ok(()),
        None => return TemplateStanding::NotApproved,
    };
    match may {
        Ok(()) => TemplateStanding::Fits { is_marketing: template.category() == Some(&TemplateCategory::Marketing) },
        Err(TemplateRefusal::NotFound) => TemplateStanding::Unknown,
        Err(TemplateRefusal::NotSendable { .. }) => TemplateStanding::NotApproved,
        Err(misfit) => TemplateStanding::Misfit { reason: misfit.to_string() },
    }
}

/// Whether the number can send at this time.
pub(super) fn standing(channel: &Channel, now: Timestamp) -> NumberStanding {
    let barred = channel.barred(now);
    if channel.account().is_some() {
        NumberStanding::ReceivesOnly
    } else if !channel.is_connected() {
        NumberStanding::Disconnected
    } else if channel.credential().is_none() {
        NumberStanding::WithoutCredentials
    } else if channel.is_stopped() {
        NumberStanding::Stopped
    } else if barred.all {
        NumberStanding::AccountClosed
    } else if barred.first || barred.answers {
        NumberStanding::Restricted { first: barred.first, answers: barred.answers }
    } else {
        NumberStanding::Ready
    }
}
