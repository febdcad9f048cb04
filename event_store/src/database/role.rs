//! The roles that this program works under, and all that they are granted.
//!
//! The workers' role reads the log and may call `append_events`; it can't write the log in any other way, whatever bug
//! sends the statement. The API's role reads read models under row-level security (`wall`), and nothing else.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgConnection, PgExecutor, PgPool};

/// The workers' role: without login, shared by all installations of a cluster, nothing but a bundle of grants.
pub const APP_ROLE: &str = "leadflow_app";

/// The role of the API's reads. A bundle of grants too, unless an administrator gave it a login.
pub const API_ROLE: &str = "leadflow_api";

/// Of these every role has what it is granted below, and no more.
const SYSTEM_TABLES: &str = "events, reservations, receipts, data_subjects, snapshots, installation, database_identity, webhook_deliveries, webhook_items, \
     delivery_keys, checkpoints, parked_events, followers, tokens, rate_limits, letters, credentials, recovery_codes, \
     sessions, refresh_tokens, signing_keys, mailed_links, oidc_sign_ins, api_key_secrets, source_keys, provider_credentials, external_doors, external_tokens, \
     jobs, job_queues, job_lanes, waiting_work, lead_readings, lead_backfills, walk_in_refusals, \
     lead_imports, lead_import_chunks, lead_import_errors, lead_import_erased, \
     lead_changes, lead_change_refusals, \
     _sqlx_migrations";

/// Makes the roles where we may, and grants the system tables to those that there are.
pub(super) async fn grant_system_tables(owner: &PgPool) -> Result<(), sqlx::Error> {
    for role in [APP_ROLE, API_ROLE] {
        make(owner, role).await?;
    }
    // One multi-statement call is one transaction; the lock keeps two starts from granting at once.
    if exists(owner, APP_ROLE).await? {
        owner
            .execute(
                format!(
                    "select pg_advisory_xact_lock(7235421, 2);
                     revoke all on {SYSTEM_TABLES} from public, leadflow_app;
                     grant usage on schema public to leadflow_app;
                     grant select on events, reservations, receipts, data_subjects, _sqlx_migrations to leadflow_app;
                     grant execute on function append_events, load_streams, load_data_subjects, add_snapshots,
                                               claim_deliveries, take_tokens, take_queues, enqueue_jobs,
                                               end_job, begin_jobs, take_turn to leadflow_app;
                     grant select, insert on installation to leadflow_app;
                     -- Disposable, so whoever writes them wrong does no lasting harm.
                     grant select, insert, update, delete on snapshots to leadflow_app;
                     grant select, insert, update on webhook_deliveries, checkpoints, tokens,
                                                     database_identity to leadflow_app;
                     grant select, insert, update, delete on webhook_items, parked_events, followers, rate_limits, letters,
                                                             credentials, recovery_codes, sessions, refresh_tokens,
                                                             signing_keys, mailed_links, oidc_sign_ins,
                                                             api_key_secrets, source_keys, external_doors, external_tokens, jobs, job_queues,
                                                             job_lanes, waiting_work, lead_readings,
                                                             lead_backfills, walk_in_refusals, lead_imports,
                                                             lead_import_chunks, lead_import_errors,
                                                             lead_import_erased, lead_changes,
                                                             lead_change_refusals to leadflow_app;
                     grant select, insert, delete on provider_credentials to leadflow_app;
                     grant select, insert, delete on delivery_keys to leadflow_app;"
                )
                .as_str(),
            )
            .await?;
    }
    if exists(owner, API_ROLE).await? {
        owner
            .execute(
                format!(
                    "select pg_advisory_xact_lock(7235421, 2);
                     revoke all on {SYSTEM_TABLES} from public, leadflow_api;"
                )
                .as_str(),
            )
            .await?;
    }
    Ok(())
}

/// Another installation of the cluster may make the role at the same time; and a managed database may not let us.
async fn make(owner: &PgPool, role: &str) -> Result<(), sqlx::Error> {
    owner
        .execute(
            format!(
                "do $$ begin
                    create role {role} nologin;
                exception
                    when duplicate_object or unique_violation then null;
                    when insufficient_privilege then raise notice 'no right to create the role {role}';
                end $$;
                do $$ begin
                    -- Who makes a role may grant it, and is no member by that; a superuser needs no membership.
                    if not (select rolsuper from pg_roles where rolname = current_user) then
                        grant {role} to current_user;
                    end if;
                exception
                    when insufficient_privilege or undefined_object or unique_violation then null;
                end $$"
            )
            .as_str(),
        )
        .await?;
    Ok(())
}

/// Lets the workers' role read and write a read model's schema, and the API's role read it.
///
/// # Errors
/// The database's.
pub async fn grant_schema(owner: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    for (role, may) in [(APP_ROLE, "select, insert, update, delete"), (API_ROLE, "select")] {
        if exists(&mut *owner, role).await? {
            let sql = format!(
                "select pg_advisory_xact_lock(7235421, 2); grant usage on schema {schema} to {role}; \
                 revoke all on all tables in schema {schema} from {role}; \
                 grant {may} on all tables in schema {schema} to {role};"
            );
            owner.execute(sql.as_str()).await?;
        }
    }
    Ok(())
}

pub(super) async fn exists(database: impl PgExecutor<'_>, role: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)").bind(role).fetch_one(database).await
}

/// A connection with `options` that has taken on `role`; `None` where there is no such role, or not for this login.
/// Tried by doing it: being a member is not enough since PostgreSQL 16.
pub(super) async fn taken_on(options: &PgConnectOptions, role: &str) -> Result<Option<PgConnection>, sqlx::Error> {
    let mut connection = options.connect().await?;
    match connection.execute(format!("set role {role}").as_str()).await {
        Ok(_) => Ok(Some(connection)),
        // 22023: there is no such role. 42501: not for us.
        Err(sqlx::Error::Database(error))
            if ["22023", "42501"].contains(&error.code().as_deref().unwrap_or_default()) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether a connection with `options` may work under the workers' role, and the role was granted the log of this very
/// database.
pub(super) async fn app_role_is_usable(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let Some(mut connection) = taken_on(options, APP_ROLE).await? else { return Ok(false) };
    sqlx::query_scalar("select coalesce(has_table_privilege(to_regclass('events'), 'select'), false)")
        .fetch_one(&mut connection)
        .await
}
