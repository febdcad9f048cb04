//! Under the API's role, statements that no query of ours would send: whatever they ask, row-level security answers with
//! one tenant's rows. What there is to ask for is read from the catalog, so nothing new is forgotten.

use leadflow_domain::contact::{ContactCommand, Standing};
use leadflow_event_store::database::{API_ROLE, ProtectError};
use leadflow_projections::prepare;
use sqlx::{Acquire, Executor, PgConnection};
use uuid::Uuid;

use crate::history::{contact, introduce};
use crate::queries::{fold_all, played};
use crate::support::{Log, OTHER_TENANT, TENANT, context};

/// A history of two businesses in which each has rows of all kinds, also of who is one person with somebody else.
async fn with_rows_of_all_kinds() -> Log {
    let log = played().await;
    for tenant in [TENANT, OTHER_TENANT] {
        let (winner, loser) = (contact(tenant, 9_003), contact(tenant, 9_004));
        let merge = ContactCommand::Merge { loser, winner, standing: Standing::Herself, reason: None };
        for (whose, command) in [(winner, introduce(9_003)), (loser, introduce(9_004)), (loser, merge)] {
            let key = format!("one person, {whose}, {command:?}");
            log.contacts.execute(whose, command, context(tenant, &key)).await.unwrap();
        }
    }
    fold_all(&log).await;
    log
}

/// What is asked of a relation without a `tenant_id`, or of one the role may not read: nothing of it.
async fn sqlstate(connection: &mut PgConnection, statement: &str) -> Option<String> {
    let mut tx = connection.begin().await.unwrap();
    let refused = tx.execute(statement).await.err()?;
    tx.rollback().await.unwrap();
    Some(refused.as_database_error().unwrap().code().unwrap().into_owned())
}

const PERMISSION_DENIED: &str = "42501";

/// What a row of the catalog is called and is.
type Relation = (String, String);

/// Tables and views of read models: those of every schema but Postgres's own and ours for the system.
async fn of_read_models(log: &Log) -> Vec<Relation> {
    let sql = "select format('%I.%I', n.nspname, c.relname), c.relkind::text \
               from pg_class c join pg_namespace n on n.oid = c.relnamespace \
               where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('public', 'information_schema') \
                 and n.nspname !~ '^pg_' order by 1";
    sqlx::query_as(sql).fetch_all(&log.owner).await.unwrap()
}

/// Everything that is not as it should be under the API's role.
async fn complaints(log: &Log) -> Vec<String> {
    let mut connection = log.reads.pool().acquire().await.unwrap();
    let role: String = sqlx::query_scalar("select current_user").fetch_one(&mut *connection).await.unwrap();
    assert_eq!(role, API_ROLE);
    // The connections are read only, and whoever can send SQL of her own can lay that aside: grants refuse her then.
    connection.execute("set default_transaction_read_only = off").await.unwrap();
    let mut found = Vec::new();
    for (relation, kind) in of_read_models(log).await {
        rows_of_nobody(&mut connection, &relation, &mut found).await;
        for (tenant, other) in [(TENANT, OTHER_TENANT), (OTHER_TENANT, TENANT)] {
            let seen = rows(&mut connection, &relation, &tenant.to_string()).await;
            match seen.map(|tenants| (tenants.contains(&tenant.as_uuid()), tenants.contains(&other.as_uuid()))) {
                Ok((true, false)) => {}
                Ok((false, _)) => found.push(format!("{relation}: a tenant does not see its own rows")),
                Ok((true, true)) => found.push(format!("{relation}: a tenant sees another's rows")),
                Err(error) => found.push(format!("{relation}: {error}")),
            }
        }
        // What earlier transactions of the connection were allowed is not left to later ones.
        rows_of_nobody(&mut connection, &relation, &mut found).await;
        for garbage in ["garbage", "*", "00000000"] {
            if rows(&mut connection, &relation, garbage).await.is_ok() {
                found.push(format!("{relation}: tenant `{garbage}` is answered"));
            }
        }
        for statement in [
            format!("insert into {relation} default values"),
            format!("update {relation} set tenant_id = tenant_id"),
            format!("delete from {relation}"),
            format!("truncate {relation}"),
        ] {
            // A view of several tables is no target for anybody: 55000, and 42809 for truncate.
            let refused = match kind.as_str() {
                "v" => &[PERMISSION_DENIED, "55000", "42809"][..],
                _ => &[PERMISSION_DENIED],
            };
            let state = sqlstate(&mut connection, &statement).await;
            if !state.as_deref().is_some_and(|state| refused.contains(&state)) {
                found.push(format!("{statement}: {state:?}"));
            }
        }
    }
    let of_the_system: Vec<String> = sqlx::query_scalar(
        "select oid::regclass::text from pg_class \
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f', 'S') order by 1",
    )
    .fetch_all(&log.owner)
    .await
    .unwrap();
    assert!(of_the_system.len() > 5, "{of_the_system:?}");
    for relation in of_the_system {
        if sqlstate(&mut connection, &format!("select from {relation}")).await.as_deref() != Some(PERMISSION_DENIED) {
            found.push(format!("{relation} of the system can be read"));
        }
    }
    // Nobody calls a trigger's function by hand.
    let functions: Vec<String> = sqlx::query_scalar(
        "select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace \
         and prorettype <> 'trigger'::regtype and has_function_privilege(oid, 'execute') order by 1",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    found.extend(functions.into_iter().map(|function| format!("{function} of the system can be called")));
    let owners_views: Vec<String> = sqlx::query_scalar(
        "select oid::regclass::text from pg_class where relkind = 'v' \
         and relnamespace::regnamespace::text !~ '^(pg_|information_schema)' \
         and not coalesce('security_invoker=true' = any(reloptions), false)",
    )
    .fetch_all(&log.owner)
    .await
    .unwrap();
    found.extend(owners_views.into_iter().map(|view| format!("{view} reads with its owner's rights")));
    found
}

async fn rows_of_nobody(connection: &mut PgConnection, relation: &str, found: &mut Vec<String>) {
    let shown: Result<bool, _> =
        sqlx::query_scalar(&format!("select exists (select from {relation})")).fetch_one(connection).await;
    if !matches!(shown, Ok(false)) {
        found.push(format!("{relation}: rows without a tenant: {shown:?}"));
    }
}

/// The tenants of the rows that are seen as `tenant`.
async fn rows(connection: &mut PgConnection, relation: &str, tenant: &str) -> Result<Vec<Uuid>, sqlx::Error> {
    let mut tx = connection.begin().await.unwrap();
    tx.execute(format!("set local leadflow.tenant = '{tenant}'").as_str()).await.unwrap();
    sqlx::query_scalar(&format!("select distinct tenant_id from {relation}")).fetch_all(&mut *tx).await
}

#[tokio::test]
async fn nothing_but_the_tenant_s_rows_is_seen_and_nothing_is_changed() {
    let log = with_rows_of_all_kinds().await;
    let relations = of_read_models(&log).await;
    assert!(relations.iter().any(|(_, kind)| kind == "r") && relations.iter().any(|(_, kind)| kind == "v"));
    assert_eq!(complaints(&log).await, [""; 0]);
}

/// The negative controls: each hole is found.
#[tokio::test]
async fn a_hole_in_the_wall_is_found() {
    let log = with_rows_of_all_kinds().await;
    for (hole, mended, told) in [
        (
            "create table inbox_v17.planted as select tenant_id from inbox_v17.messages; \
             grant select on inbox_v17.planted to leadflow_api",
            "drop table inbox_v17.planted",
            "inbox_v17.planted: a tenant sees another's rows",
        ),
        (
            "create view inbox_v17.planted as select tenant_id from inbox_v17.messages; \
             grant select on inbox_v17.planted to leadflow_api",
            "drop view inbox_v17.planted",
            "inbox_v17.planted reads with its owner's rights",
        ),
        (
            "create policy planted on leads_v7.leads using (true)",
            "drop policy planted on leads_v7.leads",
            "leads_v7.leads: rows without a tenant",
        ),
        (
            "alter table inbox_v17.contacts disable row level security",
            "alter table inbox_v17.contacts enable row level security",
            "inbox_v17.contacts: a tenant sees another's rows",
        ),
        (
            "grant delete on inbox_v17.messages to leadflow_api",
            "revoke delete on inbox_v17.messages from leadflow_api",
            "delete from inbox_v17.messages",
        ),
        ("grant select on tokens to public", "revoke select on tokens from public", "tokens of the system can be read"),
    ] {
        log.owner.execute(hole).await.unwrap();
        let found = complaints(&log).await;
        assert!(found.iter().any(|complaint| complaint.starts_with(told)), "{hole}: {found:?}");
        log.owner.execute(mended).await.unwrap();
    }
    assert_eq!(complaints(&log).await, [""; 0]);
}

#[tokio::test]
async fn what_was_taken_away_comes_back_with_the_next_preparation() {
    let log = with_rows_of_all_kinds().await;
    log.owner
        .execute(
            "drop policy api_reads_its_tenant on inbox_v17.contacts;
             alter table inbox_v17.messages disable row level security;
             revoke all on all tables in schema leads_v7 from leadflow_api;
             grant insert on inbox_v17.messages to leadflow_api",
        )
        .await
        .unwrap();
    assert!(!complaints(&log).await.is_empty());
    prepare(&log.owner).await.unwrap();
    prepare(&log.owner).await.unwrap();
    assert_eq!(complaints(&log).await, [""; 0]);
}

#[tokio::test]
async fn a_read_model_that_can_t_be_held_is_not_prepared() {
    let log = Log::new().await;
    for (planted, kind) in [
        ("table inbox_v17.planted (id uuid primary key)", "table"),
        ("table inbox_v17.planted (tenant_id uuid)", "table"),
        ("table inbox_v17.planted (tenant_id text not null)", "table"),
        ("view inbox_v17.planted as select tenant_id from inbox_v17.messages", "view"),
        ("materialized view inbox_v17.planted as select tenant_id from inbox_v17.messages", "materialized view"),
    ] {
        log.owner.execute(format!("create {planted}").as_str()).await.unwrap();
        let refused = prepare(&log.owner).await.unwrap_err();
        let as_expected = match kind {
            "table" => matches!(refused, ProtectError::NoTenant(_)),
            "view" => matches!(refused, ProtectError::OwnersView(_)),
            _ => matches!(refused, ProtectError::Unprotectable(_)),
        };
        assert!(as_expected && refused.to_string().contains("inbox_v17.planted"), "{planted}: {refused}");
        log.owner.execute(format!("drop {kind} inbox_v17.planted").as_str()).await.unwrap();
    }
    prepare(&log.owner).await.unwrap();
}
