//! Which acts are listed.

use async_graphql::{Error, InputObject};
use leadflow_event_store::ActorKind;
use leadflow_projections::TextIs;
use leadflow_projections::audit::ActField;

use crate::graphql::filter::{DateTimeFilter, Fields, Filter, IdFilter, Parts, StringFilter, WordFilter};
use crate::graphql::history::HistoryActorKind;

/// Which acts. All that is given must hold, so that `{}` is true of every one; at most 3 levels, and 30
/// things asked of fields.
#[derive(Debug, Clone, InputObject)]
pub(super) struct AuditFilter {
    /// All of these hold.
    and: Option<Vec<AuditFilter>>,
    /// One of these holds at least; of none, nothing does.
    or: Option<Vec<AuditFilter>>,
    /// This does not hold.
    not: Option<Box<AuditFilter>>,
    /// What kind of actor did it.
    actor_kind: Option<WordFilter<HistoryActorKind>>,
    /// Which of that kind, as `actor { id }` has it.
    actor_id: Option<StringFilter>,
    /// What was done, as `type` has it. `contains` finds a kind of thing, too: `conversation.`, say.
    #[graphql(name = "type")]
    what: Option<StringFilter>,
    /// To what, by its global id.
    thing: Option<IdFilter>,
    /// The request that it began with, as `correlationId` has it.
    correlation_id: Option<StringFilter>,
    /// When it was recorded.
    recorded_at: Option<DateTimeFilter>,
}

impl Filter for AuditFilter {
    type Field = ActField;

    fn parts(self) -> Result<Parts<Self>, Error> {
        let words =
            self.actor_kind.map(|of| of.known_as(|kind| ActorKind::from(kind).as_str().to_owned())).transpose()?;
        let fields = Fields::new()
            .add(words, |words| ActField::ActorKind(TextIs::In(words)))
            .add(self.actor_id.map(StringFilter::read).transpose()?, ActField::ActorId)
            .add(self.what.map(StringFilter::read).transpose()?, ActField::What)
            .add(self.thing.map(IdFilter::of_anything).transpose()?, ActField::Thing)
            .add(self.correlation_id.map(StringFilter::read).transpose()?, ActField::Correlation)
            .add(self.recorded_at.map(DateTimeFilter::read).transpose()?, ActField::At);
        Ok(Parts { and: self.and, or: self.or, not: self.not, fields })
    }
}
