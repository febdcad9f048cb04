//! Which leads are listed, and in which order.

use async_graphql::{Enum, Error, InputObject};
use leadflow_projections::leads::LeadField;

use super::types::{LeadSource, LeadStatus};
use crate::graphql::filter::{DateTimeFilter, Fields, Filter, IdFilter, IntFilter, Parts, WordFilter};
use crate::graphql::global_id::Kind;

/// Which leads. All that is given must hold, so that `{}` is true of every one; at most 3 levels, and 30
/// things asked of fields.
#[derive(Debug, Clone, InputObject)]
pub(super) struct LeadFilter {
    /// All of these hold.
    and: Option<Vec<LeadFilter>>,
    /// One of these holds at least; of none, nothing does.
    or: Option<Vec<LeadFilter>>,
    /// This does not hold.
    not: Option<Box<LeadFilter>>,
    /// Global id.
    id: Option<IdFilter>,
    /// Where it stands.
    status: Option<WordFilter<LeadStatus>>,
    /// Where it came from.
    source: Option<WordFilter<LeadSource>>,
    /// The global id of who is interested.
    contact_id: Option<IdFilter>,
    /// The global id of the conversation it began in.
    conversation_id: Option<IdFilter>,
    /// When the contact's earliest message was written.
    captured_at: Option<DateTimeFilter>,
    /// When its status was said. `isNull` is whether it never was.
    assessed_at: Option<DateTimeFilter>,
    /// How good it is. `isNull` is whether that was not said; nothing else holds of it then.
    score: Option<IntFilter>,
}

/// In which order leads are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::leads::LeadOrder")]
pub(super) enum LeadOrder {
    /// Latest captured first.
    #[default]
    LatestCaptured,
    /// Latest captured last.
    OldestCaptured,
    /// The best first, of these latest captured first; those without a score come last.
    HighestScore,
}

impl Filter for LeadFilter {
    type Field = LeadField;

    fn parts(self) -> Result<Parts<Self>, Error> {
        let fields = Fields::new()
            .add(self.id.map(|of| of.of(Kind::Lead)).transpose()?, LeadField::Id)
            .add(self.status.map(WordFilter::read).transpose()?, LeadField::Status)
            .add(self.source.map(WordFilter::read).transpose()?, LeadField::Source)
            .add(self.contact_id.map(|of| of.of(Kind::Contact)).transpose()?, LeadField::Contact)
            .add(self.conversation_id.map(|of| of.of(Kind::Conversation)).transpose()?, LeadField::Conversation)
            .add(self.captured_at.map(DateTimeFilter::read).transpose()?, LeadField::Captured)
            .add(self.assessed_at.map(DateTimeFilter::read).transpose()?, LeadField::Assessed)
            .add(self.score.map(IntFilter::read).transpose()?, LeadField::Score);
        Ok(Parts { and: self.and, or: self.or, not: self.not, fields })
    }
}
