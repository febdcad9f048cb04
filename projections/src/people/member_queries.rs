//! What is asked of members. Each is read with her team and her role, where that is one of the business's own.

use jiff::Timestamp;
use leadflow_domain::role::{MemberRole, Permissions};
use leadflow_domain::{MemberId, RoleId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::filter::MemberField;
use super::role_queries::{self, RoleRow, maybe_role_row};
use super::team_queries::{self, TeamRow, maybe_team_row};
use super::words::{MemberState, RoleKind};
use crate::access::select;
use crate::filter::Condition;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::read_word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// Somebody who works for the business, did, or was asked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Her id.
    pub id: MemberId,
    /// What she is called; `None` while she has not joined.
    pub name: Option<String>,
    /// Where her letters go.
    pub email: Option<String>,
    /// How she stands to the business.
    pub state: MemberState,
    /// What she is.
    pub role: MemberRole,
    /// Which of the business's own roles that is; `None` for the others, and for one that was removed.
    pub custom_role: Option<RoleRow>,
    /// With whom she works.
    pub team: Option<TeamRow>,
    /// Whether she signs in with a second factor.
    pub second_factor: bool,
    /// When she was asked; `None` for who began the business.
    pub invited_at: Option<Timestamp>,
    /// When she came.
    pub joined_at: Option<Timestamp>,
    /// When she was put out, if she is.
    pub deactivated_at: Option<Timestamp>,
    /// The number of her stream's latest event here.
    pub version: i64,
    since: Timestamp,
}

impl MemberRow {
    /// Her place in the list of members.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.since, self.id.as_uuid())
    }

    /// What her role lets her do: nothing, if it was one of the business's own and was removed.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        let of_its_own = || self.custom_role.as_ref().map(|role| role.permissions).unwrap_or_default();
        self.role.permissions().unwrap_or_else(of_its_own)
    }
}

/// In which order members are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberOrder {
    /// By when they were asked, or began the business, the earliest first.
    Oldest,
    /// By the same time, the latest first.
    Newest,
}

impl MemberOrder {
    fn order(self) -> Order<'static> {
        Order { columns: &[Column::At("m.since"), Column::Id("m.member_id")], is_descending: self == Self::Newest }
    }
}

/// Which members are listed, and how.
#[derive(Debug, Clone, Copy)]
pub struct MemberList<'a> {
    /// Which.
    pub filter: &'a Condition<MemberField>,
    /// In which order.
    pub order: MemberOrder,
}

fn columns() -> String {
    let (teams, roles) = (team_queries::COLUMNS, role_queries::COLUMNS);
    format!(
        "m.member_id, m.name, m.email, m.state, m.role, m.role_id as own_role_id, m.second_factor, m.invited_at, \
         m.joined_at, m.deactivated_at, m.version, m.since, {teams}, {roles}"
    )
}

fn tables() -> String {
    format!(
        "{SCHEMA}.members m \
         left join {SCHEMA}.teams g on g.team_id = m.team_id and g.tenant_id = m.tenant_id \
         left join {SCHEMA}.roles r on r.role_id = m.role_id and r.tenant_id = m.tenant_id"
    )
}

/// A page of the tenant's members, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn members(
    reads: &TenantReads,
    context: TenantContext,
    list: MemberList<'_>,
    page: PageRequest,
) -> Result<Vec<MemberRow>, sqlx::Error> {
    let sql = select(context, format!("select {} from {}", columns(), tables()));
    let mut sql = sql.where_seen(Seen::ByEverybody("m"));
    list.filter.push_and(&mut sql);
    page.push(&mut sql, &list.order.order());
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(member_row).collect()
}

/// How many members the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_members(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<MemberField>,
) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {}", tables()));
    let mut sql = sql.where_seen(Seen::ByEverybody("m"));
    filter.push_and(&mut sql);
    reads.value(sql).await
}

/// Some of the tenant's members; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn members_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[MemberId],
) -> Result<Vec<MemberRow>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let sql = select(context, format!("select {} from {}", columns(), tables()));
    let mut sql = sql.where_seen(Seen::ByEverybody("m"));
    sql.push(" and m.member_id = any(").push_bind(ids).push(")");
    reads.rows(sql).await?.iter().map(member_row).collect()
}

fn member_row(row: &PgRow) -> Result<MemberRow, sqlx::Error> {
    let at = |column| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
    };
    Ok(MemberRow {
        id: MemberId::from_uuid(row.try_get("member_id")?),
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        state: read_word(row, "state")?,
        role: read_role(row, "role", "own_role_id")?,
        custom_role: maybe_role_row(row)?,
        team: maybe_team_row(row)?,
        second_factor: row.try_get("second_factor")?,
        invited_at: at("invited_at")?,
        joined_at: at("joined_at")?,
        deactivated_at: at("deactivated_at")?,
        version: row.try_get("version")?,
        since: row.try_get::<jiff_sqlx::Timestamp, _>("since")?.to_jiff(),
    })
}

/// The role in these columns.
///
/// # Errors
/// The database's, or that the columns hold none.
pub fn read_role(row: &PgRow, kind: &str, own: &str) -> Result<MemberRole, sqlx::Error> {
    let of_its_own = row.try_get::<Option<Uuid>, _>(own)?.map(RoleId::from_uuid);
    read_word::<RoleKind>(row, kind)?.role(of_its_own).ok_or_else(|| sqlx::Error::ColumnDecode {
        index: own.to_owned(),
        source: "which role of the business's own is no fit to its kind".into(),
    })
}
