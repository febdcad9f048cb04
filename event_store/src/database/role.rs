//! The role that the application works under. It reads the log and may call `append_events`; it can't write the log
//! in any other way, whatever bug sends the statement.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgConnection, PgExecutor, PgPool};

/// A role without login, shared by all installations of a cluster: it is nothing but a bundle of grants.
pub const APP_ROLE: &str = "leadflow_app";

/// Makes the role where we may, and grants it the system tables.
pub(super) async fn grant_system_tables(owner: &PgPool) -> Result<(), sqlx::Error> {
    // Another installation of the cluster may make it at the same time; and a managed database may not let us.
    owner
        .execute(
            "do $$ begin
                create role leadflow_app nologin;
            exception
                when duplicate_object or unique_violation then null;
                when insufficient_privilege then
                    raise notice 'no right to create the role leadflow_app: the log is append-only by its triggers alone';
            end $$",
        )
        .await?;
    if !role_exists(owner).await? {
        return Ok(());
    }
    // One multi-statement call is one transaction; the lock keeps two starts from granting at once.
    owner
        .execute(
            "select pg_advisory_xact_lock(7235421, 2);
             revoke all on events, reservations, receipts, data_subjects, snapshots, installation, webhook_deliveries,
                           webhook_items, checkpoints, tokens
                 from public, leadflow_app;
             grant usage on schema public to leadflow_app;
             grant select on events, reservations, receipts, data_subjects, _sqlx_migrations to leadflow_app;
             grant execute on function append_events to leadflow_app;
             grant select, insert on installation to leadflow_app;
             -- Disposable, so whoever writes them wrong does no lasting harm.
             grant select, insert, update, delete on snapshots to leadflow_app;
             grant select, insert, update on webhook_deliveries, checkpoints, tokens to leadflow_app;
             grant select, insert, update, delete on webhook_items to leadflow_app;",
        )
        .await?;
    Ok(())
}

/// Lets the role read and write a read model's schema.
///
/// # Errors
/// The database's.
pub async fn grant_schema(owner: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    if role_exists(&mut *owner).await? {
        let sql = format!(
            "select pg_advisory_xact_lock(7235421, 2); grant usage on schema {schema} to {APP_ROLE}; \
             grant select, insert, update, delete on all tables in schema {schema} to {APP_ROLE};"
        );
        owner.execute(sql.as_str()).await?;
    }
    Ok(())
}

async fn role_exists(database: impl PgExecutor<'_>) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
        .bind(APP_ROLE)
        .fetch_one(database)
        .await
}

/// Whether a connection with `options` may work under the role, and the role was granted the log of this very
/// database. Asked by doing it: being a member is not enough since PostgreSQL 16.
pub(super) async fn app_role_is_usable(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let mut connection = options.connect().await?;
    match connection.execute(format!("set role {APP_ROLE}").as_str()).await {
        Ok(_) => {}
        // No such role, or not for us.
        Err(sqlx::Error::Database(_)) => return Ok(false),
        Err(error) => return Err(error),
    }
    sqlx::query_scalar("select coalesce(has_table_privilege(to_regclass('events'), 'select'), false)")
        .fetch_one(&mut connection)
        .await
}
