//! Who people are, by what the provider calls them. The sender of a message is known by all that its change tells of
//! her.

use leadflow_domain::E164;
use serde_json::Value;

use super::Unreceived;
use crate::webhooks::whatsapp::json::text;
use crate::webhooks::whatsapp::place::Place;
use crate::webhooks::whatsapp::social::ScopedUser;

/// A person, by what the provider calls her: at least one of these.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Party {
    /// Her number.
    pub phone: Option<E164>,
    /// WhatsApp's id of her.
    pub user_id: Option<String>,
    /// What she is called at an account of Messenger or Instagram. Whoever has this has neither of both.
    pub scoped: Option<ScopedUser>,
}

/// Longest user id (two letters, a dot, 128 characters, and some room).
const LONGEST_USER_ID: usize = 160;

/// What a change says of everybody in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Everybody {
    /// Meta's id of the number they write to.
    pub phone_number_id: Option<String>,
    /// The digits of that number, as people read it.
    pub business: Option<E164>,
    /// Who they are.
    pub people: Vec<Person>,
}

/// Somebody, as a change tells of her beside her messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What she is known by.
    pub party: Party,
    /// What she calls herself.
    pub name: Option<String>,
}

impl Party {
    /// Somebody with one of both at least.
    pub fn new(phone: Option<&str>, user_id: Option<&str>) -> Option<Self> {
        let phone = phone.and_then(|phone| E164::parse(phone).ok());
        let user_id = user_id.filter(|id| !id.is_empty() && id.len() <= LONGEST_USER_ID).map(str::to_owned);
        (phone.is_some() || user_id.is_some()).then_some(Self { phone, user_id, scoped: None })
    }

    /// Somebody at an account of Messenger or Instagram.
    pub fn scoped(user: ScopedUser) -> Self {
        Self { phone: None, user_id: None, scoped: Some(user) }
    }

    pub(in crate::webhooks::whatsapp) fn is(&self, other: &Self) -> bool {
        let same = |one: Option<&str>, other: Option<&str>| one.is_some() && one == other;
        let phone = |party: &Self| party.phone.as_ref().map(|phone| phone.canonical().as_str().to_owned());
        same(phone(self).as_deref(), phone(other).as_deref()) || same(self.user_id.as_deref(), other.user_id.as_deref())
    }
}

impl Everybody {
    /// Reads `value.metadata` and `value.contacts`.
    pub fn of(metadata: &Value, contacts: &[Value]) -> Self {
        let people = contacts.iter().filter_map(|contact| {
            let (phone, user_id) = (text(contact.get("wa_id")), text(contact.get("user_id")));
            let name = text(contact.pointer("/profile/name")).map(|name| name.trim().to_owned());
            Some(Person {
                party: Party::new(phone.as_deref(), user_id.as_deref())?,
                name: name.filter(|name| !name.is_empty()),
            })
        });
        let digits = |display: String| display.chars().filter(char::is_ascii_digit).collect::<String>();
        Self {
            phone_number_id: text(metadata.get("phone_number_id")),
            business: text(metadata.get("display_phone_number")).and_then(|display| E164::parse(&digits(display)).ok()),
            people: people.collect(),
        }
    }

    /// The number that they write to.
    ///
    /// # Errors
    /// [`Unreceived`], where that is not said.
    pub(in crate::webhooks::whatsapp) fn number(&self) -> Result<Place, Unreceived> {
        let id = self.phone_number_id.clone();
        id.map(Place::Number).ok_or(Unreceived::Broken("its change names no phone number id"))
    }

    pub(in crate::webhooks::whatsapp) fn person(&self, party: &Party) -> Option<&Person> {
        self.people.iter().find(|person| person.party.is(party))
    }

    /// Whether `party` has the number that they write to.
    pub(in crate::webhooks::whatsapp) fn is_business(&self, party: &Party) -> bool {
        let canonical = |phone: &Option<E164>| phone.as_ref().map(E164::canonical);
        party.user_id.is_none() && party.phone.is_some() && canonical(&party.phone) == canonical(&self.business)
    }

    /// `party`, with what is told of her beside her messages.
    pub(in crate::webhooks::whatsapp) fn with_all_she_is_known_by(&self, party: Party) -> Party {
        let Some(person) = self.person(&party) else { return party };
        Party {
            phone: party.phone.or_else(|| person.party.phone.clone()),
            user_id: party.user_id.or_else(|| person.party.user_id.clone()),
            scoped: None,
        }
    }

    /// Who sent `message`, with all that she is known by.
    pub(super) fn sender(&self, message: &Value) -> Option<Party> {
        let (from, user_id) = (text(message.get("from")), text(message.get("from_user_id")));
        let party = Party::new(from.as_deref(), user_id.as_deref())?;
        // A tap on a button may come under the business's own number.
        if self.is_business(&party) {
            let [person] = &self.people[..] else { return Some(party) };
            return Some(person.party.clone());
        }
        Some(self.with_all_she_is_known_by(party))
    }
}
