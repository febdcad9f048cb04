//! By what a customer is reached.

use leadflow_domain::contact::{ContactEvent, IdentifierKind};
use leadflow_domain::{ContactId, Event};
use leadflow_event_store::{LogReader, PersonalValues, ReadError};
use leadflow_gateways::whatsapp::Recipient;

/// What streams of customers are.
const KIND: &str = "contact";

/// Events of a customer's that are read at a time.
const PAGE: i64 = 500;

/// By what the log says last that she is reached: her number, or what WhatsApp calls her; `None` where she was erased.
///
/// # Errors
/// [`ReadError`].
pub(super) async fn recipient(log: &LogReader, contact: ContactId) -> Result<Option<Recipient>, ReadError> {
    let (mut phone, mut user_id) = (None, None);
    let mut version = 0;
    loop {
        let raw = log.stream(KIND, contact.into(), version, PAGE).await?;
        let events = log.read(raw, PersonalValues::Opened).await?;
        let Some(last) = events.last() else { break };
        version = last.version;
        let is_last = i64::try_from(events.len()).is_ok_and(|read| read < PAGE);
        for recorded in events {
            let Event::Contact(event) = recorded.event else { continue };
            match event {
                ContactEvent::IntroducedByPhone { phone: value, .. } => {
                    phone = value.known().map(|phone| phone.as_str().to_owned());
                }
                ContactEvent::IntroducedByUserId { user_id: value, .. } => user_id = value.known().cloned(),
                ContactEvent::Introduced { kind, value, .. }
                | ContactEvent::IdentifierAdded { kind, value, .. }
                | ContactEvent::IdentifierChanged { kind, value, .. } => match kind {
                    IdentifierKind::Phone => phone = value.known().cloned(),
                    IdentifierKind::WhatsAppUserId => user_id = value.known().cloned(),
                    // WhatsApp reaches nobody by these.
                    IdentifierKind::Email | IdentifierKind::ProviderLead | IdentifierKind::ScopedUserId => {}
                },
                ContactEvent::Erased { .. } => return Ok(None),
                ContactEvent::IdentifierConflicted { .. }
                | ContactEvent::MarketingPreferenceTold { .. }
                | ContactEvent::Listed { .. }
                | ContactEvent::Unlisted { .. }
                | ContactEvent::Merged { .. }
                | ContactEvent::Unmerged { .. }
                | ContactEvent::ToldApart { .. } => {}
            }
        }
        if is_last {
            break;
        }
    }
    Ok(phone.map(Recipient::Phone).or_else(|| user_id.map(Recipient::UserId)))
}
