//! The second wall between tenants: row-level security on every table of a read model.
//!
//! The first wall is in the queries, which name their tenant. This one is the database's: under [`API_ROLE`] a row is
//! seen by its tenant alone, whatever the query forgot, and without a tenant nothing is seen.

use sqlx::{Executor, FromRow, PgConnection};
use thiserror::Error;

use super::role::{API_ROLE, APP_ROLE, exists};

/// Names the tenant of a transaction, for the policies. Readers set it with `set local`.
pub const TENANT_SETTING: &str = "leadflow.tenant";

/// The policy of [`API_ROLE`]. Another meaning is another name: policies that are there are not looked into.
pub(super) const API_POLICY: &str = "api_reads_its_tenant";
const APP_POLICY: &str = "app_writes_all_tenants";

/// Why a read model can't be protected.
#[derive(Debug, Error)]
pub enum ProtectError {
    /// Nobody could say whose its rows are.
    #[error("table {0} of a read model has no column `tenant_id uuid not null`, so its rows are nobody's")]
    NoTenant(String),
    /// It would read with its owner's rights, whom no policy holds.
    #[error("view {0} of a read model is not `security_invoker`, so it shows every tenant's rows")]
    OwnersView(String),
    /// Postgres has no row-level security for it.
    #[error("{0} of a read model is neither table nor view, so no row-level security can hold for it")]
    Unprotectable(String),
    /// The database did not do it.
    #[error("row-level security can't be set up")]
    Database(#[from] sqlx::Error),
}

#[derive(FromRow)]
struct Relation {
    name: String,
    kind: String,
    is_secured: bool,
    has_tenant: bool,
    as_invoker: bool,
    policies: Vec<String>,
}

/// Lets each row of a read model's schema be seen by its tenant alone, for the roles that there are. Doing it twice is
/// fine, and is needed once a role was made: what stands already is not locked for it.
///
/// # Errors
/// [`ProtectError`].
pub async fn protect_schema(owner: &mut PgConnection, schema: &str) -> Result<(), ProtectError> {
    let relations: Vec<Relation> = sqlx::query_as(
        "select format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind, \
                c.relrowsecurity as is_secured, \
                exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' \
                        and a.atttypid = 'uuid'::regtype and a.attnotnull) as has_tenant, \
                coalesce((select o.option_value::boolean from pg_options_to_table(c.reloptions) o \
                          where o.option_name = 'security_invoker'), false) as as_invoker, \
                array(select p.polname::text from pg_policy p where p.polrelid = c.oid) as policies \
         from pg_class c join pg_namespace n on n.oid = c.relnamespace \
         where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1",
    )
    .bind(schema)
    .fetch_all(&mut *owner)
    .await?;
    let (api, app) = (exists(&mut *owner, API_ROLE).await?, exists(&mut *owner, APP_ROLE).await?);
    for relation in relations {
        match relation.kind.as_str() {
            "r" | "p" if relation.has_tenant => {
                for statement in relation.missing(api, app) {
                    owner.execute(statement.as_str()).await?;
                }
            }
            "r" | "p" => return Err(ProtectError::NoTenant(relation.name)),
            "v" if relation.as_invoker => {}
            "v" => return Err(ProtectError::OwnersView(relation.name)),
            _ => return Err(ProtectError::Unprotectable(relation.name)),
        }
    }
    Ok(())
}

impl Relation {
    /// What it takes to protect it; each statement would lock the table, so those that were run once are left out.
    fn missing(&self, api: bool, app: bool) -> Vec<String> {
        let name = &self.name;
        let lacks = |policy: &str| !self.policies.iter().any(|known| known == policy);
        let mut statements = Vec::new();
        if app && lacks(APP_POLICY) {
            statements
                .push(format!("create policy {APP_POLICY} on {name} to {APP_ROLE} using (true) with check (true)"));
        }
        if api && lacks(API_POLICY) {
            // The empty string is what a setting is that an earlier transaction of the connection had. In a subquery it is read once
            // for a statement, when the first row is looked at, and not for each row.
            statements.push(format!(
                "create policy {API_POLICY} on {name} for select to {API_ROLE} \
                 using (tenant_id = (select nullif(current_setting('{TENANT_SETTING}', true), '')::uuid))"
            ));
        }
        if !self.is_secured {
            statements.push(format!("alter table {name} enable row level security"));
        }
        statements
    }
}
