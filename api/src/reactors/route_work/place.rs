//! Where somebody who told of her interest is answered: in the conversation that there is with her, else in one at the number that the
//! business answers from, else nowhere, as she has no number or the business has none.

use leadflow_domain::channel::PHONE_NUMBER_ID;
use leadflow_domain::contact::{Contact, IdentifierKind};
use leadflow_domain::conversation::Conversation;
use leadflow_domain::tenant::Tenant;
use leadflow_domain::{ChannelId, ContactId, ConversationId};
use leadflow_projections::PageError;

use super::told::{Told, unread};

/// A conversation that there is, or that may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// With whom: she, or another contact that is one person with her.
    pub(super) contact: ContactId,
    /// From where she is answered.
    pub(super) channel: ChannelId,
    /// The conversation between both.
    pub(super) conversation: ConversationId,
}

impl Place {
    fn between(contact: ContactId, channel: ChannelId) -> Self {
        Self { contact, channel, conversation: ConversationId::between(contact, channel) }
    }

    /// Where `contact` is answered.
    pub(super) async fn of(told: &Told<'_>, contact: ContactId) -> Result<Option<Self>, PageError> {
        let numbers = numbers(told).await?;
        let Some(answering) = numbers.first().copied() else { return Ok(None) };
        let person = Self::person(told, contact).await?;
        if let Some(place) = begun(told, &person, &numbers).await? {
            return Ok(Some(place));
        }
        for contact in person {
            let (known, _) = told.load::<Contact>(contact).await?;
            if known.is_known_by(IdentifierKind::Phone) || known.is_known_by(IdentifierKind::WhatsAppUserId) {
                return Ok(Some(Self::between(contact, answering)));
            }
        }
        Ok(None)
    }

    /// The conversation that there is with `contact`.
    pub(super) async fn begun(told: &Told<'_>, contact: ContactId) -> Result<Option<Self>, PageError> {
        begun(told, &Self::person(told, contact).await?, &numbers(told).await?).await
    }

    /// She, and whoever is one person with her.
    pub(super) async fn person(told: &Told<'_>, contact: ContactId) -> Result<Vec<ContactId>, PageError> {
        let mut person = told.desk.log.one_person_with(told.tenant(), contact).await?;
        person.sort_by_key(|one| *one != contact);
        Ok(person)
    }
}

async fn begun(told: &Told<'_>, person: &[ContactId], numbers: &[ChannelId]) -> Result<Option<Place>, PageError> {
    for contact in person {
        for number in numbers {
            let place = Place::between(*contact, *number);
            if told.load::<Conversation>(place.conversation).await?.0.between().is_some() {
                return Ok(Some(place));
            }
        }
    }
    Ok(None)
}

/// The business's numbers: the one that it answers from, if it said which, then the others, the one that was known first before all
/// others.
async fn numbers(told: &Told<'_>) -> Result<Vec<ChannelId>, PageError> {
    let tenant = told.tenant();
    let holders = told.desk.log.holders(tenant, PHONE_NUMBER_ID).await.map_err(|error| unread(&error.into()))?;
    let mut numbers: Vec<ChannelId> = holders.into_iter().map(|id| ChannelId::from_uuid(id.as_uuid())).collect();
    let (business, _) = told.load::<Tenant>(tenant).await?;
    let answering = business.settings().answering;
    numbers.sort_by_key(|number| Some(*number) != answering);
    Ok(numbers)
}
