//! Which database this is: what a copy that was restored or cloned differs in.

use sqlx::PgConnection;

/// What tells a database from its copies. Every role may read all of it in PostgreSQL itself; what a managed database
/// does not show is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DatabaseIdentity {
    /// The cluster's number from when it was made. A replica has its primary's.
    pub system_identifier: Option<i64>,
    /// The database's number in its cluster.
    pub database_oid: Option<i64>,
    /// The history that is written: a replica that was made a primary, and a restore to a point in time, begin another.
    pub timeline: Option<i64>,
    /// The log's table's number in the database: a dump that is put in the place of what was there makes another.
    pub log_oid: Option<i64>,
}

/// The timeline that is written at this moment. The control file's is the last checkpoint's: once a replica was made a
/// primary, it is the old one until the next.
const WRITTEN: &str = "select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint";

impl DatabaseIdentity {
    /// The identity of the database at the other end of `connection`, which must not be in a transaction: what is not
    /// shown would end it.
    ///
    /// # Errors
    /// The database's, when it can't be asked.
    pub async fn of(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let oid = "select oid::bigint from pg_database where datname = current_database()";
        let timeline = match shown(connection, WRITTEN).await? {
            Some(timeline) => Some(timeline),
            // A replica writes none.
            None => shown(connection, "select timeline_id::bigint from pg_control_checkpoint()").await?,
        };
        Ok(Self {
            system_identifier: shown(connection, "select system_identifier from pg_control_system()").await?,
            database_oid: shown(connection, oid).await?,
            timeline,
            log_oid: shown(connection, "select 'events'::regclass::oid::bigint").await?,
        })
    }
}

/// What `query` answers; `None` where the database does not show it.
async fn shown(connection: &mut PgConnection, query: &str) -> Result<Option<i64>, sqlx::Error> {
    match sqlx::query_scalar(query).fetch_optional(connection).await {
        // 42: no right to ask, or no such function. 0A: not supported here. 55: not in this state.
        Err(sqlx::Error::Database(error))
            if error.code().is_some_and(|code| ["42", "0A", "55"].iter().any(|class| code.starts_with(class))) =>
        {
            Ok(None)
        }
        answered => answered,
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Executor;

    use super::*;
    use crate::{database, testing};

    #[tokio::test]
    async fn the_application_s_role_reads_it_and_a_copy_differs_in_its_oid_alone() {
        let read = async |pool: sqlx::PgPool| {
            let mut connection = pool.acquire().await.unwrap();
            DatabaseIdentity::of(&mut connection).await.unwrap()
        };
        let (one, other) = (read(testing::pool().await).await, read(testing::pool().await).await);
        assert!(one.system_identifier.is_some());
        assert_eq!((one.system_identifier, one.timeline), (other.system_identifier, Some(1)));
        assert_ne!(one.database_oid, other.database_oid);
        assert_eq!(DatabaseIdentity { database_oid: other.database_oid, ..one }, other);
    }

    #[tokio::test]
    async fn what_is_not_shown_is_left_out() {
        let database = testing::database().await;
        let owner = database::owner_pool(database.connect_options());
        let worker = database::app_pool(database.connect_options(), 1).await.unwrap();
        let read = async || DatabaseIdentity::of(&mut worker.acquire().await.unwrap()).await.unwrap();
        let all = read().await;
        let hide = async |function: &str| {
            owner.execute(format!("revoke execute on function {function} from public").as_str()).await.unwrap();
        };
        hide("pg_walfile_name(pg_lsn)").await;
        assert_eq!(read().await, all, "the control file's timeline stands in for the one that is written");
        hide("pg_control_checkpoint()").await;
        hide("pg_control_system()").await;
        let left = read().await;
        let DatabaseIdentity { database_oid, log_oid, .. } = all;
        assert_eq!(left, DatabaseIdentity { database_oid, log_oid, ..DatabaseIdentity::default() });
        assert!(database_oid.is_some() && log_oid.is_some());
    }
}
