//! The cluster of this test process.

use std::future::Future;
use std::path::Path;
use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use tokio::sync::OnceCell;

use crate::cluster::postmaster::Postmaster;
use crate::cluster::settings::Durability;
use crate::cluster::site::Site;
use crate::cluster::{pid_file, start};
use crate::place::account::Account;
use crate::testing::database::TestDatabase;
use crate::testing::{PrepareError, directory, template, watcher};
use crate::{Error, Options, connection, environment};

/// A PostgreSQL server for the tests of this process.
#[derive(Debug)]
pub struct Cluster {
    site: Site,
    next: AtomicU32,
    // Held, not used: see the watcher.
    _watcher: Child,
    _postmaster: Postmaster,
}

impl Cluster {
    /// The cluster, started if this is the first call. Binaries are fetched if there are none.
    ///
    /// # Panics
    ///
    /// When it can't be started, with the reason.
    #[expect(clippy::panic, reason = "for tests, where a failure is a panic")]
    pub async fn shared() -> &'static Cluster {
        static SHARED: OnceCell<Cluster> = OnceCell::const_new();
        match SHARED.get_or_try_init(|| Box::pin(Cluster::start())).await {
            Ok(cluster) => cluster,
            Err(error) => panic!("the tests' cluster did not start: {error}"),
        }
    }

    async fn start() -> Result<Cluster, Error> {
        environment::refuse_pgoptions()?;
        // No cluster yet: the account for a new one.
        let account = Account::for_cluster(Path::new("/nonexistent"))?;
        let (directory, home) = directory::make(&account)?;
        let watcher = watcher::watch(&directory, &pid_file::path(&home.data()), &account)?;
        let options = Options { data_dir: directory, binaries: None, fetch: true };
        let site = Site::choose(&options, home, Durability::Waived).await?;
        let postmaster = start::ensure(&site).await?;
        Ok(Cluster { site, next: AtomicU32::new(0), _watcher: watcher, _postmaster: postmaster })
    }

    /// A database for one test, copied from the template named `template`. The first to name it has `prepare` fill it;
    /// name it by what `prepare` does, such as the hash of the migrations. It is not dropped: the cluster is.
    ///
    /// # Panics
    ///
    /// When `prepare` or the server fails, with the reason.
    #[expect(clippy::panic, reason = "for tests, where a failure is a panic")]
    pub async fn database<F, Fut>(&self, template: &str, prepare: F) -> TestDatabase
    where
        F: FnOnce(PgConnectOptions) -> Fut,
        Fut: Future<Output = Result<(), PrepareError>>,
    {
        let name = format!("test_{}", self.next.fetch_add(1, Ordering::Relaxed));
        match template::copy(self.site.socket(), template, prepare, &name).await {
            Ok(()) => TestDatabase::new(self.site.socket(), name),
            Err(error) => panic!("no database from template {template:?}: {error}"),
        }
    }

    /// How to reach the database `postgres`, for what concerns the whole cluster, such as roles.
    #[must_use]
    pub fn maintenance_options(&self) -> PgConnectOptions {
        connection::options(self.site.socket(), connection::MAINTENANCE_DATABASE)
    }

    /// The directory of the server's binaries.
    #[must_use]
    pub fn binaries(&self) -> &Path {
        &self.site.binaries.dir
    }
}
