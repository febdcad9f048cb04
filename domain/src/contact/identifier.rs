//! What a contact is known by.

use serde::{Deserialize, Serialize};

use crate::{E164, EmailAddress, IdentifierHash, Reservation, Scope};

/// A kind of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// A phone number in E.164 form.
    Phone,
    /// WhatsApp's id of a person, the same for all numbers of one business.
    WhatsAppUserId,
    /// An address of electronic mail.
    Email,
    /// A provider's id of a lead, of somebody who is known by nothing else.
    ProviderLead,
    /// What Meta calls her at one account of Messenger or Instagram, and nowhere else.
    ScopedUserId,
}

/// An identifier that one contact of a tenant holds, by its keyed hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HeldIdentifier {
    /// What kind it is of.
    pub kind: IdentifierKind,
    /// Its keyed hash.
    pub hash: IdentifierHash,
}

/// An identifier as a provider tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// The identifier itself.
    pub value: String,
    /// Its kind and keyed hash.
    pub held: HeldIdentifier,
}

impl Identifier {
    /// A phone number.
    #[must_use]
    pub fn phone(phone: &E164, hash: IdentifierHash) -> Self {
        Self { value: phone.as_str().to_owned(), held: HeldIdentifier { kind: IdentifierKind::Phone, hash } }
    }

    /// A WhatsApp user id.
    #[must_use]
    pub fn whatsapp_user_id(id: &str, hash: IdentifierHash) -> Self {
        Self { value: id.to_owned(), held: HeldIdentifier { kind: IdentifierKind::WhatsAppUserId, hash } }
    }

    /// An address of electronic mail.
    #[must_use]
    pub fn email(address: &EmailAddress, hash: IdentifierHash) -> Self {
        Self { value: address.as_str().to_owned(), held: HeldIdentifier { kind: IdentifierKind::Email, hash } }
    }

    /// A provider's id of a lead.
    #[must_use]
    pub fn provider_lead(id: &str, hash: IdentifierHash) -> Self {
        Self { value: id.to_owned(), held: HeldIdentifier { kind: IdentifierKind::ProviderLead, hash } }
    }

    /// What Meta calls her at one account.
    #[must_use]
    pub fn scoped_user_id(id: &str, hash: IdentifierHash) -> Self {
        Self { value: id.to_owned(), held: HeldIdentifier { kind: IdentifierKind::ScopedUserId, hash } }
    }
}

impl HeldIdentifier {
    /// One contact of a tenant holds it.
    #[must_use]
    pub fn reservation(&self) -> Reservation {
        let kind = match self.kind {
            IdentifierKind::Phone => "contact.phone",
            IdentifierKind::WhatsAppUserId => "contact.whatsapp_user_id",
            IdentifierKind::Email => "contact.email",
            IdentifierKind::ProviderLead => "contact.provider_lead",
            IdentifierKind::ScopedUserId => "contact.scoped_user_id",
        };
        Reservation { scope: Scope::Tenant, kind, value: self.hash.as_str().to_owned() }
    }
}
