//! Who may be one person, for people to say. Worked out when it is asked (decision 25): what somebody is called changes with what she
//! writes, and nobody waits for this list.

use jiff::Timestamp;
use leadflow_domain::ContactId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::persons::person_of;
use super::rows::timestamp;
use crate::access::{TenantQuery, select};
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::Word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A name that more have says nothing of any two of them.
const MOST_OF_A_NAME: u8 = 5;

/// Why two contacts may be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DuplicateGround {
    /// One came with what the other is known by.
    Identifier,
    /// Both call themselves the same, by two words at least, and nothing that one is known by speaks against it: of no kind each
    /// has one of her own.
    Name,
    /// The business has both in its address books under the same name, of two words at least.
    ListedName,
}

impl Word for DuplicateGround {
    const ALL: &'static [Self] = &[Self::Identifier, Self::Name, Self::ListedName];

    fn word(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Name => "name",
            Self::ListedName => "listed_name",
        }
    }
}

/// Two contacts who may be one person, each as she stands for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateRow {
    /// The one with the smaller id.
    pub one: ContactId,
    /// The other one.
    pub other: ContactId,
    /// Why, each once.
    pub grounds: Vec<DuplicateGround>,
    /// Since when both are known.
    pub since: Timestamp,
    /// Of the two, for their place in the list.
    id: Uuid,
}

impl DuplicateRow {
    /// Their place in the list.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.since, self.id)
    }
}

const LATEST_FIRST: Order<'static> =
    Order { columns: &[Column::At("since"), Column::Id("pair_id")], is_descending: true };

/// A page of those who may be one person, the latest known first, and one pair more if there is more: without those who are one
/// already, or of whom somebody said that they are two. A pair is seen by whoever sees both.
///
/// # Errors
/// The database's.
pub async fn possible_duplicates(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<DuplicateRow>, sqlx::Error> {
    let mut sql = pairs(context, "d.*");
    page.push(&mut sql, &LATEST_FIRST);
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(duplicate_row).collect()
}

/// How many pairs there are.
///
/// # Errors
/// The database's.
pub async fn count_duplicates(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    reads.value(pairs(context, "count(*)")).await
}

/// What makes two contacts one person, maybe, as it is in the rows: (one, other, ground), either first.
fn grounds() -> String {
    let same = |column: &str, ground: DuplicateGround, but: &str| {
        format!(
            "select a.contact_id, b.contact_id, '{}' from {SCHEMA}.contacts a \
             join {SCHEMA}.contacts b on b.tenant_id = $1 and b.{column} = a.{column} and a.contact_id < b.contact_id \
             where a.tenant_id = $1 and a.{column} is not null and b.{column} is not null {but} \
               and (select count(*) from (select from {SCHEMA}.contacts n \
                                          where n.tenant_id = $1 and n.{column} = a.{column} \
                                          limit {MOST_OF_A_NAME} + 1) n) <= {MOST_OF_A_NAME}",
            ground.word()
        )
    };
    let nothing_against = "and (a.phone is null or b.phone is null) and (a.user_id is null or b.user_id is null) \
                           and (a.email is null or b.email is null)";
    format!(
        "select k.contact_id, k.holder_id, '{}' from {SCHEMA}.conflicts k where k.tenant_id = $1 \
         union all {} union all {}",
        DuplicateGround::Identifier.word(),
        same("full_name", DuplicateGround::Name, nothing_against),
        same("full_listing", DuplicateGround::ListedName, "")
    )
}

/// The pairs, as `d`, of which `what` is read. Whoever was erased is known by nothing.
fn pairs(context: TenantContext, what: &str) -> TenantQuery<'static> {
    let not_told_apart = |one: &str, other: &str| {
        format!(
            "not exists (select from {SCHEMA}.told_apart t where t.tenant_id = $1 \
                         and t.one_id = least({one}, {other}) and t.other_id = greatest({one}, {other}))"
        )
    };
    let is_somebody = |of: &str| {
        format!("num_nonnulls({of}.phone, {of}.user_id, {of}.email, {of}.display_name, {of}.listed_name) > 0")
    };
    let sql = format!(
        "select {what} from ( \
             select c.tenant_id, c.contact_id, p.other_id, p.grounds, greatest(c.introduced_at, o.introduced_at) as since, \
                    md5(c.contact_id::text || p.other_id::text)::uuid as pair_id \
             from (select least(r.one, r.other) as one_id, greatest(r.one, r.other) as other_id, \
                          array_agg(distinct r.ground) as grounds \
                   from (select {one} as one, {other} as other, g.ground \
                         from ({grounds}) as g (one, other, ground) where {as_found}) r \
                   where r.one <> r.other and {as_shown} group by 1, 2) p \
             join {SCHEMA}.contacts c on c.contact_id = p.one_id and c.tenant_id = $1 \
             join {SCHEMA}.contacts o on o.contact_id = p.other_id and o.tenant_id = $1 \
             where c.introduced_at is not null and o.introduced_at is not null and {she} and {the_other}) d",
        one = person_of("g.one"),
        other = person_of("g.other"),
        grounds = grounds(),
        as_found = not_told_apart("g.one", "g.other"),
        as_shown = not_told_apart("r.one", "r.other"),
        she = is_somebody("c"),
        the_other = is_somebody("o"),
    );
    let mut sql = select(context, sql).where_seen(Seen::WithContact("d"));
    sql.push(format!(" and exists (select from {SCHEMA}.contacts o"));
    Seen::WithContact("o").push(&mut sql, context.sight());
    sql.push(" and o.contact_id = d.other_id)");
    sql
}

fn duplicate_row(row: &PgRow) -> Result<DuplicateRow, sqlx::Error> {
    let words: Vec<String> = row.try_get("grounds")?;
    let grounds = words.iter().map(|word| {
        let known = DuplicateGround::ALL.iter().find(|known| known.word() == word);
        known.copied().ok_or_else(|| sqlx::Error::Decode(format!("`{word}` makes no duplicate").into()))
    });
    let mut grounds: Vec<DuplicateGround> = grounds.collect::<Result<_, _>>()?;
    grounds.sort_unstable();
    Ok(DuplicateRow {
        one: ContactId::from_uuid(row.try_get("contact_id")?),
        other: ContactId::from_uuid(row.try_get("other_id")?),
        grounds,
        since: timestamp(row, "since")?,
        id: row.try_get("pair_id")?,
    })
}
