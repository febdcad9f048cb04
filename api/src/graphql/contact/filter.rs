//! Which contacts are listed, and in which order.

use async_graphql::{Enum, Error, InputObject};
use leadflow_projections::inbox::ContactField;

use super::types::Marketing;
use crate::graphql::filter::{Fields, Filter, IdFilter, Parts, StringFilter, WordFilter};
use crate::graphql::global_id::Kind;

/// Which contacts. All that is given must hold, so that `{}` is true of every one; at most 3 levels, and 30
/// things asked of fields.
#[derive(Debug, Clone, InputObject)]
pub(super) struct ContactFilter {
    /// All of these hold.
    and: Option<Vec<ContactFilter>>,
    /// One of these holds at least; of none, nothing does.
    or: Option<Vec<ContactFilter>>,
    /// This does not hold.
    not: Option<Box<ContactFilter>>,
    /// Global id.
    id: Option<IdFilter>,
    /// What she calls herself, or the business her in its own address book: either is found.
    name: Option<StringFilter>,
    /// Her number in E.164 form. What is looked for may have spaces and dashes.
    phone: Option<StringFilter>,
    /// Whether she wants marketing.
    marketing: Option<WordFilter<Marketing>>,
}

/// In which order contacts are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::ContactOrder")]
pub(super) enum ContactOrder {
    /// Those first that were first heard of last.
    #[default]
    Newest,
    /// Those last that were first heard of last.
    Oldest,
    /// By what the business calls them, or else they themselves, in capitals or not; who has no name comes last. A cursor is
    /// of use while its row is called the same: else the code is `INVALID_CURSOR`, and the list is to be read from its beginning.
    Name,
}

impl Filter for ContactFilter {
    type Field = ContactField;

    fn parts(self) -> Result<Parts<Self>, Error> {
        let fields = Fields::new()
            .add(self.id.map(|of| of.of(Kind::Contact)).transpose()?, ContactField::Id)
            .add(self.name.map(StringFilter::read).transpose()?, ContactField::Name)
            .add(self.phone.map(StringFilter::of_phones).transpose()?, ContactField::Phone)
            .add(self.marketing.map(|of| of.known_as(Marketing::said)).transpose()?, ContactField::Marketing);
        Ok(Parts { and: self.and, or: self.or, not: self.not, fields })
    }
}
