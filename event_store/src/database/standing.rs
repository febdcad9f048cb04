//! How a role stands with the read models: what it may do that it must not, and what it can't that it must.

use sqlx::{FromRow, PgExecutor};

use super::reading::RowLevelSecurity;
use super::role::{API_ROLE, APP_ROLE};
use super::wall::API_POLICY;

/// How whoever asks stands with the read models.
#[derive(Debug, FromRow)]
pub(super) struct Standing {
    /// Who logged in, quoted for SQL.
    login: String,
    /// Whose rights count, quoted for SQL.
    role: String,
    /// Whether the cluster has [`API_ROLE`].
    has_api_role: bool,
    /// It has the rights of [`API_ROLE`].
    is_api: bool,
    /// A superuser, or excepted from row-level security.
    is_excepted: bool,
    /// Owner of a table, or may become it.
    is_owner: bool,
    /// May read or write what is no read model.
    has_more: bool,
    /// Every schema is there, and all that is in it can be read.
    is_granted: bool,
    /// Our policy, and no other, lets it see rows.
    is_walled: bool,
    /// Whether a membership says by itself what it is good for: PostgreSQL 16.
    has_set_option: bool,
}

/// What keeps row-level security from holding, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    AnotherDatabase,
    NotAMember,
    Excepted,
    Owner,
    HasMore,
    NotGranted,
}

impl Standing {
    pub(super) async fn of(database: impl PgExecutor<'_>, schemas: &[String]) -> Result<Self, sqlx::Error> {
        sqlx::query_as(
            "with ours as ( \
                 select c.oid, c.relkind, c.relowner, c.reloptions, n.oid as schema \
                 from pg_class c join pg_namespace n on n.oid = c.relnamespace \
                 where n.nspname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') \
             ), found as ( \
                 select count(distinct schema) as schemas, \
                        bool_or(pg_has_role(relowner, 'member')) as is_owner, \
                        bool_and(has_schema_privilege(schema, 'usage') and has_table_privilege(oid, 'select')) \
                            as is_granted, \
                        bool_and(case when relkind in ('r', 'p') then row_security_active(oid) and array[$2] = ( \
                                select array_agg(p.polname::text) from pg_policy p \
                                where p.polrelid = ours.oid and p.polpermissive and p.polcmd in ('*', 'r') \
                                  and (0 = any(p.polroles) or exists ( \
                                      select from unnest(p.polroles) r where r <> 0 and pg_has_role(r, 'member')))) \
                            else coalesce('security_invoker=true' = any(reloptions), false) end) as is_walled \
                 from ours \
             ) \
             select quote_ident(session_user) as login, quote_ident(current_user) as role, \
                    exists (select from pg_roles where rolname = $3) as has_api_role, \
                    exists (select from pg_roles where rolname = $3 and pg_has_role(oid, 'usage')) as is_api, \
                    (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as is_excepted, \
                    coalesce(is_owner, false) as is_owner, \
                    exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace \
                            where n.nspname = 'public' and c.relkind in ('r', 'p') \
                              and c.relowner in (select relowner from ours) \
                              and has_table_privilege(c.oid, 'select, insert, update, delete')) as has_more, \
                    coalesce(is_granted and schemas = cardinality($1), false) as is_granted, \
                    coalesce(is_walled, false) as is_walled, \
                    current_setting('server_version_num')::int >= 160000 as has_set_option \
             from found",
        )
        .bind(schemas)
        .bind(API_POLICY)
        .bind(API_ROLE)
        .fetch_one(database)
        .await
    }

    /// Whether it can read all that is to be read, held or not.
    pub(super) fn can_read(&self) -> bool {
        self.is_granted
    }

    pub(super) fn gap(&self) -> Option<Gap> {
        if self.is_excepted {
            Some(Gap::Excepted)
        } else if self.is_owner {
            Some(Gap::Owner)
        } else if self.has_more {
            Some(Gap::HasMore)
        } else if !self.is_granted || !self.is_walled {
            Some(Gap::NotGranted)
        } else {
            None
        }
    }

    /// What an administrator must do about `gap`.
    pub(super) fn told(&self, gap: Option<Gap>) -> RowLevelSecurity {
        let Some(gap) = gap else { return RowLevelSecurity::On };
        let role = &self.role;
        let advice = match gap {
            Gap::AnotherDatabase => {
                "the API's login leads to another database than the owner's; lead both to one".into()
            }
            Gap::NotAMember => {
                format!("run as an administrator `{}`, then `leadflow migrate`, and restart", self.grant())
            }
            Gap::Excepted => format!(
                "{role} is excepted from row-level security; \
                 run as an administrator `alter role {role} nosuperuser nobypassrls;`, and restart"
            ),
            Gap::Owner => {
                format!("{role} owns tables of the read models or may become their owner; let another role read")
            }
            Gap::HasMore => format!(
                "{role} may read or write the log, or another system table; run as an administrator \
                 `revoke {APP_ROLE} from {role}; revoke all on all tables in schema public from {role};`, and restart"
            ),
            Gap::NotGranted if !self.is_api => {
                format!("run as an administrator `{}`, then `leadflow migrate`, and restart", self.grant())
            }
            Gap::NotGranted => "run `leadflow migrate`, and restart".to_owned(),
        };
        RowLevelSecurity::Off { advice }
    }

    fn grant(&self) -> String {
        let make = if self.has_api_role { String::new() } else { format!("create role {API_ROLE} nologin; ") };
        // Since PostgreSQL 16 a membership may come without the right to use it.
        let options = if self.has_set_option { " with inherit true, set true" } else { "" };
        format!("{make}grant {API_ROLE} to {}{options};", self.login)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> Standing {
        Standing {
            login: "leadflow".to_owned(),
            role: "leadflow_api".to_owned(),
            has_api_role: true,
            is_api: true,
            is_excepted: false,
            is_owner: false,
            has_more: false,
            is_granted: true,
            is_walled: true,
            has_set_option: false,
        }
    }

    fn advice(standing: &Standing, gap: Gap) -> String {
        match standing.told(Some(gap)) {
            RowLevelSecurity::Off { advice } => advice,
            RowLevelSecurity::On => panic!("{gap:?} is no wall"),
        }
    }

    #[test]
    fn it_holds_when_nothing_is_amiss_and_each_thing_amiss_is_a_gap() {
        assert_eq!(right().gap(), None);
        assert_eq!(Standing { is_excepted: true, ..right() }.gap(), Some(Gap::Excepted));
        assert_eq!(Standing { is_owner: true, ..right() }.gap(), Some(Gap::Owner));
        assert_eq!(Standing { has_more: true, ..right() }.gap(), Some(Gap::HasMore));
        assert_eq!(Standing { is_granted: false, ..right() }.gap(), Some(Gap::NotGranted));
        assert_eq!(Standing { is_walled: false, ..right() }.gap(), Some(Gap::NotGranted));
    }

    #[test]
    fn the_advice_is_what_to_run() {
        let without_role = Standing { has_api_role: false, is_api: false, ..right() };
        let told = advice(&without_role, Gap::NotAMember);
        assert!(told.contains("`create role leadflow_api nologin; grant leadflow_api to leadflow;`"), "{told}");
        let since_16 = Standing { is_api: false, has_set_option: true, ..right() };
        let told = advice(&since_16, Gap::NotAMember);
        assert!(told.contains("`grant leadflow_api to leadflow with inherit true, set true;`"), "{told}");
        let told = advice(&right(), Gap::NotGranted);
        assert!(told.contains("`leadflow migrate`") && !told.contains("grant"), "{told}");
    }
}
