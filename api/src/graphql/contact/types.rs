//! Contacts, as conversations and leads show them.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::contact;
use leadflow_projections::inbox::ContactRow;

use crate::graphql::edge::Word;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::plain::{Asked, Plain, Writer, by};

/// A customer. Of whoever stands for others, too, what she lacks, a number or an address, is theirs.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Contact {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// What she calls herself, in a message or a form, or was entered with; null when she never said, or was erased.
    display_name: Option<String>,
    /// Her number in E.164 form; null when none is known, and when she was erased.
    phone: Option<String>,
    /// Her address of electronic mail, as it was told last; null when none is known, and when she was erased.
    email: Option<String>,
    /// What the business calls her in its own address book. Each of its numbers has one: the name that was told last shows,
    /// of whichever she is in. Null when she is in none, or was erased.
    listed_name: Option<String>,
    /// Whether she wants marketing, as she told WhatsApp last, by whichever contact is merged with her.
    marketing: Marketing,
    /// When she told so, by the provider's clock; null while that is UNKNOWN.
    marketing_told_at: Option<Timestamp>,
    /// The global id of the contact into whom she was merged, who stands for her; null while she stands for herself, and wherever
    /// it is who stands for her that is shown.
    merged_into: Option<ID>,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`. 0 while she is known from
    /// conversations alone.
    version: i64,
}

/// Whether a customer wants marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum Marketing {
    /// She has said neither.
    Unknown,
    /// She wants to have it again.
    Wanted,
    /// She wants no more of it.
    Stopped,
}

impl Marketing {
    /// What she said, if she did.
    pub(super) fn said(self) -> Option<contact::Marketing> {
        match self {
            Self::Unknown => None,
            Self::Wanted => Some(contact::Marketing::Wanted),
            Self::Stopped => Some(contact::Marketing::Stopped),
        }
    }
}

impl Plain for Contact {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "id" => by(|contact: &Self, to| to.put(&contact.id)),
            "displayName" => by(|contact: &Self, to| to.put(&contact.display_name)),
            "phone" => by(|contact: &Self, to| to.put(&contact.phone)),
            "email" => by(|contact: &Self, to| to.put(&contact.email)),
            "listedName" => by(|contact: &Self, to| to.put(&contact.listed_name)),
            "marketing" => by(|contact: &Self, to| to.put(&Word(contact.marketing))),
            "marketingToldAt" => by(|contact: &Self, to| to.put(&contact.marketing_told_at)),
            "mergedInto" => by(|contact: &Self, to| to.put(&contact.merged_into)),
            "version" => by(|contact: &Self, to| to.put(&contact.version)),
            _ => None,
        }
    }
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self {
            id: encode(Kind::Contact, row.id),
            display_name: row.display_name,
            phone: row.phone,
            email: row.email,
            listed_name: row.listed_name,
            marketing: match row.marketing.map(|marketing| marketing.said) {
                None => Marketing::Unknown,
                Some(contact::Marketing::Wanted) => Marketing::Wanted,
                Some(contact::Marketing::Stopped) => Marketing::Stopped,
            },
            marketing_told_at: row.marketing.map(|marketing| marketing.at),
            merged_into: row.merged_into.map(|winner| encode(Kind::Contact, winner)),
            version: row.version,
        }
    }
}
