//! Filters: what clients may ask of a list's rows, how much of it, and how it is read.
//!
//! A filter is `and`, `or`, `not` and fields, each with what is asked of it; all that stands in one object must hold. A null is
//! as if it were not given; but `eq` and `in` refuse it.

use async_graphql::{Error, ID, InputObject, InputType, MaybeUndefined};
use jiff::Timestamp;
use leadflow_projections::{Condition, IdIs, NumberIs, TextIs, TimeIs};
use uuid::Uuid;

use super::contact::Marketing;
use super::conversation::{ConversationPriority, ConversationStatus};
use super::failure::bad_input;
use super::global_id::{Kind, decode, decode_as};
use super::history::HistoryActorKind;
use super::lead::{LeadSource, LeadStatus};
use super::member::{MemberRole, MemberState};
use super::pipeline::LeadStageKind;
use super::template::{TemplateCategory, TemplateStatus};

/// Levels of filters in filters.
const DEEPEST: usize = 3;

/// Things that are asked of fields, in all of a filter.
const MOST_LEAVES: usize = 30;

/// Filters in all of a filter, itself included.
const MOST_FILTERS: usize = 100;

/// Values of one `in`.
const MOST_VALUES: usize = 100;

/// Characters of a text that is looked for.
const LONGEST: usize = 500;

/// What is asked of an id.
#[derive(Debug, Clone, InputObject)]
#[graphql(name = "IDFilter")]
pub(super) struct IdFilter {
    /// It is this.
    eq: MaybeUndefined<ID>,
    /// It is one of these, at most 100; of none, nothing is.
    #[graphql(name = "in")]
    among: MaybeUndefined<Vec<ID>>,
    /// Whether there is none.
    is_null: Option<bool>,
}

/// What is asked of a text.
#[derive(Debug, Clone, InputObject)]
pub(super) struct StringFilter {
    /// It is this, letter by letter.
    eq: MaybeUndefined<String>,
    /// It is one of these, at most 100, letter by letter; of none, nothing is.
    #[graphql(name = "in")]
    among: MaybeUndefined<Vec<String>>,
    /// It contains this, in capitals or not. No character stands for others.
    contains: Option<String>,
    /// Whether there is none.
    is_null: Option<bool>,
}

/// What is asked of a number.
#[derive(Debug, Clone, InputObject)]
pub(super) struct IntFilter {
    /// It is this.
    eq: MaybeUndefined<i32>,
    /// It is one of these, at most 100; of none, nothing is.
    #[graphql(name = "in")]
    among: MaybeUndefined<Vec<i32>>,
    /// It is this or more.
    gte: Option<i32>,
    /// It is this or less.
    lte: Option<i32>,
    /// Whether there is none.
    is_null: Option<bool>,
}

/// What is asked of a time.
#[derive(Debug, Clone, InputObject)]
pub(super) struct DateTimeFilter {
    /// It is this, to the microsecond.
    eq: MaybeUndefined<Timestamp>,
    /// It is one of these, at most 100, to the microsecond; of none, nothing is.
    #[graphql(name = "in")]
    among: MaybeUndefined<Vec<Timestamp>>,
    /// It is this or later.
    gte: Option<Timestamp>,
    /// It is this or earlier.
    lte: Option<Timestamp>,
    /// Whether there is none.
    is_null: Option<bool>,
}

/// What is asked of one of several words.
#[derive(Debug, Clone, InputObject)]
#[graphql(
    concrete(name = "ConversationStatusFilter", params(ConversationStatus)),
    concrete(name = "ConversationPriorityFilter", params(ConversationPriority)),
    concrete(name = "MarketingFilter", params(Marketing)),
    concrete(name = "LeadStatusFilter", params(LeadStatus)),
    concrete(name = "LeadSourceFilter", params(LeadSource)),
    concrete(name = "LeadStageKindFilter", params(LeadStageKind)),
    concrete(name = "MemberStateFilter", params(MemberState)),
    concrete(name = "MemberRoleFilter", params(MemberRole)),
    concrete(name = "ActorKindFilter", params(HistoryActorKind)),
    concrete(name = "TemplateStatusFilter", params(TemplateStatus)),
    concrete(name = "TemplateCategoryFilter", params(TemplateCategory))
)]
pub(super) struct WordFilter<T: InputType> {
    /// It is this.
    eq: MaybeUndefined<T>,
    /// It is one of these, at most 100; of none, nothing is.
    #[graphql(name = "in")]
    among: MaybeUndefined<Vec<T>>,
}

/// A filter of one list.
pub(super) trait Filter: Sized {
    /// What can be asked of a row of it.
    type Field;

    /// What it is made of.
    fn parts(self) -> Result<Parts<Self>, Error>;
}

/// What a filter is made of.
pub(super) struct Parts<F: Filter> {
    pub(super) and: Option<Vec<F>>,
    pub(super) or: Option<Vec<F>>,
    pub(super) not: Option<Box<F>>,
    pub(super) fields: Fields<F::Field>,
}

/// What is asked of single fields.
pub(super) struct Fields<F>(Vec<F>);

impl<F> Fields<F> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// One field more, of which `asked` is asked.
    pub(super) fn add<I>(mut self, asked: Option<Vec<I>>, field: impl Fn(I) -> F) -> Self {
        self.0.extend(asked.into_iter().flatten().map(field));
        self
    }
}

/// Reads a filter; without one every row is asked for.
///
/// # Errors
/// When it asks for too much at once, or for what no row can have.
pub(super) fn read<F: Filter>(filter: Option<F>) -> Result<Condition<F::Field>, Error> {
    filter.map_or_else(|| Ok(Condition::default()), |filter| Reader::default().read(filter, 1))
}

/// How much was read.
#[derive(Default)]
struct Reader {
    filters: usize,
    leaves: usize,
}

impl Reader {
    fn read<F: Filter>(&mut self, filter: F, level: usize) -> Result<Condition<F::Field>, Error> {
        if level > DEEPEST {
            return Err(bad_input("filter", &format!("`filter` may have {DEEPEST} levels")));
        }
        let Parts { and, or, not, fields: Fields(fields) } = filter.parts()?;
        self.filters += 1;
        self.leaves += fields.len();
        if self.leaves > MOST_LEAVES || self.filters > MOST_FILTERS {
            return Err(bad_input(
                "filter",
                &format!("`filter` may ask {MOST_LEAVES} things of fields, in {MOST_FILTERS} filters"),
            ));
        }
        let mut all: Vec<_> = fields.into_iter().map(Condition::Is).collect();
        for filter in and.into_iter().flatten() {
            all.push(self.read(filter, level + 1)?);
        }
        if let Some(or) = or {
            let any = or.into_iter().map(|filter| self.read(filter, level + 1));
            all.push(Condition::Any(any.collect::<Result<_, _>>()?));
        }
        if let Some(not) = not {
            all.push(Condition::Not(Box::new(self.read(*not, level + 1)?)));
        }
        Ok(Condition::All(all))
    }
}

impl IdFilter {
    /// What is asked of global ids of `kind`.
    pub(super) fn of(self, kind: Kind) -> Result<Vec<IdIs>, Error> {
        self.read(|id| decode_as(kind, "filter", id))
    }

    /// What is asked of members' ids.
    pub(super) fn of_members(self) -> Result<Vec<IdIs>, Error> {
        self.of_people("member")
    }

    /// What is asked of the ids of people, or of their teams or roles.
    pub(super) fn of_people(self, what: &str) -> Result<Vec<IdIs>, Error> {
        self.read(|id| id.parse().map_err(|_| bad_input("filter", &format!("a {what}'s id must be a uuid"))))
    }

    /// What is asked of global ids, of whatever kind.
    pub(super) fn of_anything(self) -> Result<Vec<IdIs>, Error> {
        self.read(|id| decode("filter", id).map(|(_, uuid)| uuid))
    }

    fn read(self, uuid: impl Fn(&ID) -> Result<Uuid, Error>) -> Result<Vec<IdIs>, Error> {
        let mut asked = Vec::new();
        for ids in values(self.eq, self.among)? {
            asked.push(IdIs::In(ids.iter().map(&uuid).collect::<Result<_, _>>()?));
        }
        asked.extend(self.is_null.map(IdIs::Null));
        Ok(asked)
    }
}

impl StringFilter {
    pub(super) fn read(self) -> Result<Vec<TextIs>, Error> {
        self.written_as(str::to_owned)
    }

    /// Of numbers, which people write with spaces and dashes.
    pub(super) fn of_phones(self) -> Result<Vec<TextIs>, Error> {
        self.written_as(|phone| phone.chars().filter(|letter| !" -()./".contains(*letter)).collect())
    }

    fn written_as(self, stored: impl Fn(&str) -> String) -> Result<Vec<TextIs>, Error> {
        let mut asked: Vec<_> = values(self.eq, self.among)?.into_iter().map(TextIs::In).collect();
        asked.extend(self.contains.map(TextIs::Contains));
        for text in asked.iter_mut().flat_map(|asked| match asked {
            TextIs::In(texts) => texts.as_mut_slice(),
            TextIs::Contains(text) => std::slice::from_mut(text),
            TextIs::Null(_) => &mut [],
        }) {
            if text.contains('\0') || text.chars().count() > LONGEST {
                return Err(bad_input(
                    "filter",
                    &format!("a text in `filter` has at most {LONGEST} characters, and no NUL"),
                ));
            }
            *text = stored(text);
        }
        asked.extend(self.is_null.map(TextIs::Null));
        Ok(asked)
    }
}

impl IntFilter {
    pub(super) fn read(self) -> Result<Vec<NumberIs>, Error> {
        let values = values(self.eq, self.among)?.into_iter().map(NumberIs::In);
        let bounds =
            [self.gte.map(NumberIs::AtLeast), self.lte.map(NumberIs::AtMost), self.is_null.map(NumberIs::Null)];
        Ok(values.chain(bounds.into_iter().flatten()).collect())
    }
}

impl DateTimeFilter {
    pub(super) fn read(self) -> Result<Vec<TimeIs>, Error> {
        let values = values(self.eq, self.among)?.into_iter().map(TimeIs::In);
        let bounds = [self.gte.map(TimeIs::From), self.lte.map(TimeIs::Until), self.is_null.map(TimeIs::Null)];
        Ok(values.chain(bounds.into_iter().flatten()).collect())
    }
}

impl<T: InputType> WordFilter<T> {
    /// What is asked of a word that our side knows as a `W`.
    pub(super) fn read<W: From<T>>(self) -> Result<Vec<Vec<W>>, Error> {
        self.known_as(W::from)
    }

    /// What is asked of a word that our side knows otherwise.
    pub(super) fn known_as<W>(self, known: impl Fn(T) -> W) -> Result<Vec<Vec<W>>, Error> {
        let asked = values(self.eq, self.among)?;
        Ok(asked.into_iter().map(|words| words.into_iter().map(&known).collect()).collect())
    }
}

/// `eq` and `in`: of each what a value may be. What is null, as a variable is that was not set, would narrow nothing, and the
/// list show what was not asked for.
fn values<T>(eq: MaybeUndefined<T>, among: MaybeUndefined<Vec<T>>) -> Result<Vec<Vec<T>>, Error> {
    let given = |name: &str| format!("`{name}` may not be null: leave it out, or ask for `isNull`");
    let eq = match eq {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => return Err(bad_input("filter", &given("eq"))),
        MaybeUndefined::Value(value) => Some(value),
    };
    let among = match among {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => return Err(bad_input("filter", &given("in"))),
        MaybeUndefined::Value(values) => Some(values),
    };
    if among.as_ref().is_some_and(|among| among.len() > MOST_VALUES) {
        return Err(bad_input("filter", &format!("`in` may have {MOST_VALUES} values")));
    }
    Ok(eq.map(|value| vec![value]).into_iter().chain(among).collect())
}

#[cfg(test)]
mod tests {
    use async_graphql::MaybeUndefined::{Null, Undefined, Value};

    use super::*;

    /// A filter of a list whose rows are numbers.
    #[derive(Default)]
    struct Numbers {
        and: Option<Vec<Numbers>>,
        or: Option<Vec<Numbers>>,
        not: Option<Box<Numbers>>,
        is: Option<IntFilter>,
    }

    impl Filter for Numbers {
        type Field = NumberIs;

        fn parts(self) -> Result<Parts<Self>, Error> {
            let fields = Fields::new().add(self.is.map(IntFilter::read).transpose()?, |is| is);
            Ok(Parts { and: self.and, or: self.or, not: self.not, fields })
        }
    }

    fn is(number: i32) -> Numbers {
        let is = IntFilter { eq: Value(number), among: Undefined, gte: None, lte: None, is_null: None };
        Numbers { is: Some(is), ..Numbers::default() }
    }

    fn text(text: &str) -> StringFilter {
        StringFilter { eq: Undefined, among: Undefined, contains: Some(text.to_owned()), is_null: None }
    }

    #[test]
    fn all_that_stands_in_one_filter_must_hold() {
        let not = Numbers { not: Some(Box::new(is(3))), ..Numbers::default() };
        let filter = Numbers { and: Some(vec![is(1)]), or: Some(vec![is(2), not]), ..is(0) };
        let one = |number| Condition::All(vec![Condition::Is(NumberIs::In(vec![number]))]);
        let not = Condition::All(vec![Condition::Not(Box::new(one(3)))]);
        let expected = vec![Condition::Is(NumberIs::In(vec![0])), one(1), Condition::Any(vec![one(2), not])];
        assert_eq!(read(Some(filter)).unwrap(), Condition::All(expected));
        assert_eq!(read::<Numbers>(None).unwrap(), Condition::All(vec![]));
        let empty = Numbers { and: Some(vec![]), or: Some(vec![]), ..Numbers::default() };
        assert_eq!(read(Some(empty)).unwrap(), Condition::All(vec![Condition::Any(vec![])]));
    }

    #[test]
    fn a_filter_has_3_levels_and_30_leaves() {
        let around = |inner| Numbers { not: Some(Box::new(inner)), ..Numbers::default() };
        assert!(read(Some(around(around(is(1))))).is_ok());
        assert!(read(Some(around(around(around(is(1)))))).unwrap_err().message.contains("3 levels"));
        let or = |filters: Vec<_>| Numbers { or: Some(filters), ..Numbers::default() };
        assert!(read(Some(or((0..30).map(is).collect()))).is_ok());
        assert!(read(Some(or((0..31).map(is).collect()))).unwrap_err().message.contains("30"));
        // Nothing, many times, is something.
        let nothing = |times| or((0..times).map(|_| Numbers::default()).collect());
        assert!(read(Some(nothing(99))).is_ok());
        assert!(read(Some(nothing(100))).is_err());
    }

    #[test]
    fn in_has_100_values_at_most() {
        let ids = |number: usize| IdFilter {
            eq: Undefined,
            among: Value(vec![ID(Uuid::nil().to_string()); number]),
            is_null: None,
        };
        assert_eq!(ids(0).of_members().unwrap(), [IdIs::In(vec![])]);
        assert_eq!(ids(100).of_members().unwrap(), [IdIs::In(vec![Uuid::nil(); 100])]);
        assert!(ids(101).of_members().unwrap_err().message.contains("100"));
        let words = WordFilter { eq: Undefined, among: Value(vec![LeadStatus::New; 101]) };
        assert!(words.known_as(|status| status).is_err());
    }

    #[test]
    fn a_null_is_no_value() {
        let id = |eq, among| IdFilter { eq, among, is_null: None }.of_members();
        assert_eq!(id(Undefined, Undefined).unwrap(), []);
        assert!(id(Null, Undefined).unwrap_err().message.contains("`eq` may not be null"));
        assert!(id(Undefined, Null).unwrap_err().message.contains("`in` may not be null"));
        let text = StringFilter { eq: Null, among: Undefined, contains: None, is_null: Some(true) };
        assert!(text.read().is_err());
        let number = IntFilter { eq: Undefined, among: Null, gte: Some(1), lte: None, is_null: None };
        assert!(number.read().is_err());
        let time = DateTimeFilter { eq: Null, among: Undefined, gte: None, lte: None, is_null: None };
        assert!(time.read().is_err());
        let word: WordFilter<LeadStatus> = WordFilter { eq: Null, among: Undefined };
        assert!(word.known_as(|status| status).is_err());
    }

    #[test]
    fn ids_of_something_else_are_refused() {
        let id = |id: &str| IdFilter { eq: Value(ID(id.to_owned())), among: Undefined, is_null: None };
        for odd in ["", "x", "\0", "00000000-0000-0000-0000-00000000000"] {
            assert!(id(odd).of(Kind::Channel).is_err(), "{odd}");
            assert!(id(odd).of_members().is_err(), "{odd}");
        }
        let lead = crate::graphql::global_id::encode(Kind::Lead, Uuid::nil());
        assert!(id(&lead).of(Kind::Channel).unwrap_err().message.contains("names a Lead"));
    }

    #[test]
    fn texts_are_as_long_as_may_be_and_have_no_nul() {
        assert_eq!(text("50 % _\\").read().unwrap(), [TextIs::Contains("50 % _\\".to_owned())]);
        assert_eq!(text("+39 (333) 1-2").of_phones().unwrap(), [TextIs::Contains("+3933312".to_owned())]);
        assert!(text(&"é".repeat(500)).read().is_ok());
        assert!(text(&"é".repeat(501)).read().is_err());
        assert!(text("a\0").read().is_err());
        let among = StringFilter { among: Value(vec!["a".to_owned(), "\0".to_owned()]), contains: None, ..text("") };
        assert!(among.read().is_err());
    }
}
