//! Who reads for the API, and whether row-level security holds for whoever it is: found out by asking the database in
//! that very role.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, PgPool};

use super::identity::DatabaseIdentity;
use super::role::{API_ROLE, taken_on};
use super::standing::{Gap, Standing};
use super::{app_options, asking, pool};

/// The logins of an installation.
#[derive(Clone)]
pub struct Logins {
    /// The owner's, for everything.
    pub owner: PgConnectOptions,
    /// One of the API's own for its reads, if there is one.
    pub api: Option<PgConnectOptions>,
}

/// A login, and the role that it works under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Who logs in.
    pub login: String,
    /// Whose rights count.
    pub role: String,
}

/// Whether row-level security holds for the API's reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowLevelSecurity {
    /// It does.
    On,
    /// It does not: the conditions in the queries stand alone.
    Off {
        /// What a database administrator must do.
        advice: String,
    },
}

/// Who reads, who writes, and what stands between tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The API's reads.
    pub reads: Worker,
    /// Workers, and all other statements.
    pub writes: Worker,
    /// What holds the reads.
    pub row_level_security: RowLevelSecurity,
}

/// A pool for the API's reads of the read models in `schemas`, and how it stands with them. With one login, its
/// connections work under [`API_ROLE`]; where they could not read under it, they work as the workers do.
///
/// A statement that takes longer than `statement_time` is ended by the database: whoever asked may have gone.
///
/// # Errors
/// The database's, when it can't be asked.
pub async fn api_pool(
    logins: &Logins,
    schemas: &[String],
    size: u32,
    statement_time: Duration,
) -> Result<(PgPool, Access), sqlx::Error> {
    let write_options = app_options(logins.owner.clone()).await?;
    let mut writer = write_options.connect().await?;
    let writes = Worker::of(&mut writer).await?;
    let (options, reads, row_level_security) = if let Some(own) = &logins.api {
        let mut reader = own.connect().await?;
        let standing = Standing::of(&mut reader, schemas).await?;
        let gap =
            if is_same_database(&mut reader, &mut writer).await? { standing.gap() } else { Some(Gap::AnotherDatabase) };
        (own.clone(), Worker::of(&mut reader).await?, standing.told(gap))
    } else if let Some(mut reader) = taken_on(&logins.owner, API_ROLE).await? {
        let standing = Standing::of(&mut reader, schemas).await?;
        let told = standing.told(standing.gap());
        if standing.can_read() {
            (logins.owner.clone().options([("role", API_ROLE)]), Worker::of(&mut reader).await?, told)
        } else {
            (write_options, writes.clone(), told)
        }
    } else {
        let told = Standing::of(&mut writer, schemas).await?.told(Some(Gap::NotAMember));
        (write_options, writes.clone(), told)
    };
    let options = asking(options, statement_time)
        // A view over views joins more relations than the 8 that Postgres plans together; of the others it would make some
        // for all rows of the tenant before it joins them, so that a page of 1,000 conversations took seconds.
        .options([("join_collapse_limit", "16"), ("from_collapse_limit", "16")])
        // Reads have few shapes, and with these joins it takes longer to plan one than to run it.
        .options([("plan_cache_mode", "force_generic_plan")])
        // A page is some hundred rows from indexes, whatever the planner takes it for: to compile its plan would take longer than to run it.
        .options([("jit", "off")]);
    Ok((pool(options, size), Access { reads, writes, row_level_security }))
}

/// Whether row-level security holds at this moment for who works on `pool`: an administrator may have changed that.
///
/// # Errors
/// The database's, when it can't be asked.
pub async fn is_walled(pool: &PgPool, schemas: &[String]) -> Result<bool, sqlx::Error> {
    Ok(Standing::of(pool, schemas).await?.gap().is_none())
}

impl Worker {
    async fn of(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let (login, role) =
            sqlx::query_as("select session_user::text, current_user::text").fetch_one(connection).await?;
        Ok(Self { login, role })
    }
}

/// Whether two logins lead to one database: the wrong one would be read in good faith. A replica has its primary's
/// identifiers. What is not shown to both is believed.
async fn is_same_database(one: &mut PgConnection, other: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let (one, other) = (DatabaseIdentity::of(one).await?, DatabaseIdentity::of(other).await?);
    let may_be_same = |one: Option<i64>, other: Option<i64>| one.is_none() || other.is_none() || one == other;
    Ok(may_be_same(one.system_identifier, other.system_identifier) && may_be_same(one.database_oid, other.database_oid))
}
