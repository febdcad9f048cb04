//! The set-ups: one login that may take on roles, one that may not, and one of its own for the API's reads. A database
//! administrator does what we advise, to the letter.

use std::fs::File;
use std::io::Write;

use leadflow_event_store::database::{self, API_ROLE, APP_ROLE, Access, Logins, RowLevelSecurity};
use leadflow_private_postgres::testing::Cluster;
use leadflow_projections::{PageRequest, TenantReads, prepare, schemas, testing};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor};
use tokio::sync::OnceCell;

use crate::queries;
use crate::support::{STATEMENT_TIME, TENANT, proven, soon};

const EVERYTHING: PageRequest = PageRequest::first(100);

/// A database on a server that somebody else administers.
struct Managed {
    /// Its administrator.
    administrator: PgConnectOptions,
    /// The login that owns the database, and the name of both.
    owner: PgConnectOptions,
    name: &'static str,
}

impl Managed {
    /// `name` is the test's alone. The roles are there, as another installation of the cluster made them; the owner
    /// is a member of none.
    async fn new(name: &'static str) -> Self {
        testing::database().await;
        let administrator = Cluster::shared().await.maintenance_options();
        static DOOR: OnceCell<()> = OnceCell::const_new();
        DOOR.get_or_init(|| open_the_door(&administrator)).await;
        let mut connection = administrator.connect().await.unwrap();
        connection.execute(format!("create role {name} login").as_str()).await.unwrap();
        connection.execute(format!("create database {name} owner {name}").as_str()).await.unwrap();
        let administrator = administrator.database(name);
        let managed = Self { owner: administrator.clone().username(name), administrator, name };
        managed.migrate().await;
        managed
    }

    async fn migrate(&self) {
        let owner = database::owner_pool(self.owner.clone());
        database::migrate(&owner).await.unwrap();
        prepare(&owner).await.unwrap();
        owner.close().await;
    }

    /// What the administrator runs.
    async fn run(&self, statements: &str) {
        self.administrator.connect().await.unwrap().execute(statements).await.unwrap();
    }

    /// How the API's reads stand, with a login of their own if one is given; and whether they can be done.
    async fn access(&self, api: Option<PgConnectOptions>) -> Access {
        let logins = Logins { owner: self.owner.clone(), api };
        let (pool, access) = database::api_pool(&logins, &schemas(), 1, STATEMENT_TIME).await.unwrap();
        let is_on = access.row_level_security == RowLevelSecurity::On;
        assert_eq!(database::is_walled(&pool, &schemas()).await.unwrap(), is_on);
        if is_on || logins.api.is_none() {
            let reads = TenantReads::new(pool);
            assert_eq!(queries::inbox(&reads, proven(TENANT), EVERYTHING).await.unwrap(), []);
        }
        access
    }

    /// A way in with `login`.
    fn login(&self, login: &str) -> Option<PgConnectOptions> {
        Some(self.administrator.clone().username(login))
    }
}

/// The tests' cluster lets in its superuser alone; here any login may come in, from where he comes.
async fn open_the_door(administrator: &PgConnectOptions) {
    let mut connection = administrator.connect().await.unwrap();
    let rules: String = sqlx::query_scalar("show hba_file").fetch_one(&mut connection).await.unwrap();
    File::options().append(true).open(rules).unwrap().write_all(b"local all all trust\n").unwrap();
    connection.execute("create role managed_visitor login; select pg_reload_conf()").await.unwrap();
    // The server is told to read them again, and does so when it comes to it.
    let visitor = administrator.clone().username("managed_visitor");
    soon(async {
        while visitor.connect().await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

fn advice(access: &Access) -> &str {
    match &access.row_level_security {
        RowLevelSecurity::Off { advice } => advice,
        RowLevelSecurity::On => panic!("row-level security holds: {access:?}"),
    }
}

/// The first thing between backticks.
fn to_run(advice: &str) -> &str {
    advice.split('`').nth(1).unwrap()
}

#[tokio::test]
async fn one_login_that_may_not_take_on_roles_works_until_the_advice_is_followed() {
    let managed = Managed::new("managed_one").await;
    let access = managed.access(None).await;
    assert_eq!((access.reads.login.as_str(), access.reads.role.as_str()), (managed.name, managed.name));
    assert!(to_run(advice(&access)).starts_with("grant leadflow_api to managed_one"), "{access:?}");
    assert!(advice(&access).contains("`leadflow migrate`"));

    managed.run(to_run(advice(&access))).await;
    managed.migrate().await;
    let access = managed.access(None).await;
    assert_eq!(access.row_level_security, RowLevelSecurity::On);
    assert_eq!((access.reads.login.as_str(), access.reads.role.as_str()), (managed.name, API_ROLE));
    assert_eq!(access.writes.role, managed.name);
    managed.run(&format!("grant {APP_ROLE} to {}", managed.name)).await;
    assert_eq!(managed.access(None).await.writes.role, APP_ROLE);
}

#[tokio::test]
async fn one_login_that_may_make_roles_needs_nobody() {
    let managed = Managed::new("managed_maker").await;
    // What a login has of the roles it made; here they were made before.
    let version: i32 = sqlx::query_scalar("select current_setting('server_version_num')::int")
        .fetch_one(&mut managed.administrator.connect().await.unwrap())
        .await
        .unwrap();
    let made = if version < 160_000 {
        "alter role managed_maker createrole"
    } else {
        "grant leadflow_api, leadflow_app to managed_maker with admin true, inherit false, set false"
    };
    managed.run(made).await;
    managed.migrate().await;
    let access = managed.access(None).await;
    assert_eq!(access.row_level_security, RowLevelSecurity::On);
    assert_eq!((access.reads.role.as_str(), access.writes.role.as_str()), (API_ROLE, APP_ROLE));
}

#[tokio::test]
async fn what_was_not_prepared_for_the_role_is_read_without_it_until_it_is() {
    let managed = Managed::new("managed_unprepared").await;
    managed.run("grant leadflow_api to managed_unprepared; revoke usage on schema inbox_v17 from leadflow_api").await;
    let access = managed.access(None).await;
    assert_eq!((access.reads.role.as_str(), to_run(advice(&access))), (managed.name, "leadflow migrate"));
    managed.migrate().await;
    assert_eq!(managed.access(None).await.row_level_security, RowLevelSecurity::On);

    // A hole in the wall is told, and the wall is not given up for it.
    managed.run("create policy planted on inbox_v17.messages using (true)").await;
    let access = managed.access(None).await;
    assert_eq!(access.reads.role, API_ROLE);
    assert!(!advice(&access).is_empty());
}

#[tokio::test]
async fn a_login_of_the_api_s_own_reads_as_itself() {
    let managed = Managed::new("managed_two").await;
    managed.run("create role managed_two_api login").await;
    let access = managed.access(managed.login("managed_two_api")).await;
    assert!(to_run(advice(&access)).starts_with("grant leadflow_api to managed_two_api"), "{access:?}");
    managed.run(to_run(advice(&access))).await;
    let access = managed.access(managed.login("managed_two_api")).await;
    assert_eq!(access.row_level_security, RowLevelSecurity::On);
    assert_eq!((access.reads.login.as_str(), access.reads.role.as_str()), ("managed_two_api", "managed_two_api"));
    assert_eq!(access.writes.login, managed.name);
}

#[tokio::test]
async fn a_login_that_row_level_security_does_not_hold_is_told() {
    let managed = Managed::new("managed_loose").await;
    let owns = "owns tables";
    assert!(advice(&managed.access(managed.login("managed_loose")).await).contains(owns), "the owner");
    managed.run("create role managed_loose_api login; grant leadflow_api to managed_loose_api").await;
    let own = || managed.login("managed_loose_api");
    assert_eq!(managed.access(own()).await.row_level_security, RowLevelSecurity::On);
    for (loose, held, told) in [
        ("alter role managed_loose_api bypassrls", "", "alter role managed_loose_api nosuperuser nobypassrls;"),
        ("alter role managed_loose_api superuser", "", "alter role managed_loose_api nosuperuser nobypassrls;"),
        ("grant managed_loose to managed_loose_api", "revoke managed_loose from managed_loose_api", owns),
        (
            "grant insert on tokens to managed_loose_api",
            "",
            "revoke leadflow_app from managed_loose_api; revoke all on all tables in schema public from managed_loose_api;",
        ),
        (
            "grant leadflow_app to managed_loose_api",
            "",
            "revoke leadflow_app from managed_loose_api; revoke all on all tables in schema public from managed_loose_api;",
        ),
    ] {
        managed.run(loose).await;
        let access = managed.access(own()).await;
        let advice = advice(&access);
        assert!(advice.contains(told), "{loose}: {advice}");
        managed.run(if held.is_empty() { to_run(advice) } else { held }).await;
        assert_eq!(managed.access(own()).await.row_level_security, RowLevelSecurity::On, "after {advice}");
    }
}

#[tokio::test]
async fn a_login_to_another_database_is_told() {
    let (one, other) = (Managed::new("managed_here").await, Managed::new("managed_there").await);
    one.run("create role managed_astray login; grant leadflow_api to managed_astray").await;
    assert_eq!(one.access(one.login("managed_astray")).await.row_level_security, RowLevelSecurity::On);
    let logins = Logins { owner: one.owner.clone(), api: other.login("managed_astray") };
    let (_, astray) = database::api_pool(&logins, &schemas(), 1, STATEMENT_TIME).await.unwrap();
    assert!(advice(&astray).contains("another database"), "{astray:?}");
}
