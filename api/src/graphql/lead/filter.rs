//! Which leads are listed, and in which order.

use async_graphql::{Enum, Error, ID, InputObject};
use leadflow_domain::AttributeId;
use leadflow_projections::leads::{AttributeIs, LeadField};

use super::types::{LeadSource, LeadStatus};
use crate::graphql::failure::bad_input;
use crate::graphql::filter::{DateTimeFilter, Fields, Filter, IdFilter, IntFilter, Parts, StringFilter, WordFilter};
use crate::graphql::global_id::Kind;
use crate::graphql::pipeline::LeadStageKind;

/// Which leads. All that is given must hold, so that `{}` is true of every one; at most 3 levels, and 30
/// things asked of fields.
#[derive(Debug, Clone, InputObject)]
pub(in crate::graphql) struct LeadFilter {
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
    /// How promising it is by what is known of it, 0 to 100.
    quality: Option<IntFilter>,
    /// The id of the stage it stands at, a uuid.
    stage_id: Option<IdFilter>,
    /// What it means to stand there.
    stage_kind: Option<WordFilter<LeadStageKind>>,
    /// When it was said where it stands. `isNull` is whether it never was.
    moved_at: Option<DateTimeFilter>,
    /// The id of the reason why it was lost, a uuid. `isNull` is whether there is none.
    lost_reason_id: Option<IdFilter>,
    /// Whether it is spam.
    is_spam: Option<bool>,
    /// It has one of these tags at least, letter by letter; at most 100.
    tags: Option<Vec<String>>,
    /// Whom its contact works for. `isNull` is whether that is not known.
    company: Option<StringFilter>,
    /// The id of the member who is to see to it, a uuid. `isNull` is whether it is nobody in particular.
    owner_id: Option<IdFilter>,
    /// The value of an attribute.
    attribute: Option<LeadAttributeFilter>,
}

/// What is asked of the value of an attribute.
#[derive(Debug, Clone, InputObject)]
pub(in crate::graphql) struct LeadAttributeFilter {
    /// Which attribute: its id, a uuid.
    attribute_id: ID,
    /// It is this, letter by letter.
    eq: Option<String>,
    /// It is one of these, at most 100, letter by letter; of none, nothing is.
    #[graphql(name = "in")]
    among: Option<Vec<String>>,
    /// It contains this, in capitals or not.
    contains: Option<String>,
    /// It is this or more: a number by its size, where both are numbers; a day by the calendar.
    gte: Option<String>,
    /// It is this or less, likewise.
    lte: Option<String>,
    /// Whether there is none.
    is_null: Option<bool>,
}

impl LeadAttributeFilter {
    fn read(self) -> Result<Vec<LeadField>, Error> {
        let attribute = self.attribute_id.parse().map(AttributeId::from_uuid);
        let attribute = attribute.map_err(|_| bad_input("filter", "an attribute's id must be a uuid"))?;
        let text = |text: Option<String>| Ok::<_, Error>(checked(text.into_iter().collect())?.pop());
        let mut asked = Vec::new();
        asked.extend(text(self.eq)?.map(|value| AttributeIs::In(vec![value])));
        asked.extend(self.among.map(checked).transpose()?.map(AttributeIs::In));
        asked.extend(text(self.contains)?.map(AttributeIs::Contains));
        asked.extend(text(self.gte)?.map(AttributeIs::AtLeast));
        asked.extend(text(self.lte)?.map(AttributeIs::AtMost));
        asked.extend(self.is_null.map(AttributeIs::Null));
        Ok(asked.into_iter().map(|is| LeadField::Attribute(attribute, is)).collect())
    }
}

/// Texts that can be looked for: at most 100, of at most 500 characters, without NUL.
fn checked(texts: Vec<String>) -> Result<Vec<String>, Error> {
    let fits = |text: &String| text.chars().count() <= 500 && !text.contains('\0');
    if texts.len() > 100 || !texts.iter().all(fits) {
        return Err(bad_input("filter", "`filter` may have 100 texts of at most 500 characters in a list, and no NUL"));
    }
    Ok(texts)
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
    /// The most promising first, of these latest captured first.
    HighestQuality,
    /// By since when they stand at their stages, the latest first.
    LatestMoved,
    /// By the same time, the earliest first.
    LongestStanding,
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
            .add(self.score.map(IntFilter::read).transpose()?, LeadField::Score)
            .add(self.quality.map(IntFilter::read).transpose()?, LeadField::Quality)
            .add(self.stage_id.map(|of| of.of_people("stage")).transpose()?, LeadField::Stage)
            .add(self.stage_kind.map(WordFilter::read).transpose()?, LeadField::StageKind)
            .add(self.moved_at.map(DateTimeFilter::read).transpose()?, LeadField::Moved)
            .add(self.lost_reason_id.map(|of| of.of_people("lost reason")).transpose()?, LeadField::LostReason)
            .add(self.is_spam.map(|is_spam| vec![is_spam]), LeadField::Spam)
            .add(self.tags.map(checked).transpose()?.map(|tags| vec![tags]), LeadField::Tags)
            .add(self.company.map(StringFilter::read).transpose()?, LeadField::Company)
            .add(self.owner_id.map(IdFilter::of_members).transpose()?, LeadField::Owner)
            .add(self.attribute.map(LeadAttributeFilter::read).transpose()?, |field| field);
        Ok(Parts { and: self.and, or: self.or, not: self.not, fields })
    }
}
