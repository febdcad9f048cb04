//! A share in the private server.

use std::future::{Future, pending};
use std::path::Path;
use std::sync::{Arc, Mutex};

use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::cluster::settings::Durability;
use crate::cluster::site::Site;
use crate::cluster::{initdb, start, stop};
use crate::connection::{self, DATABASE};
use crate::locks::{ChangeLock, UserLock};
use crate::place::home::Home;
use crate::supervise::{self, ServerState, Shared};
use crate::{Error, Options, environment};

/// A share in the private server of a data directory. While anybody holds one, the server runs, and is started again
/// should it end.
///
/// Give it back with [`leave`](PrivateServer::leave). Merely dropped, or lost with its process, it leaves the server
/// running: the next to join adopts it, and the next to leave stops it.
#[derive(Debug)]
pub struct PrivateServer {
    site: Arc<Site>,
    share: Option<UserLock>,
    postmaster: Shared,
    state: watch::Receiver<ServerState>,
    supervisor: JoinHandle<()>,
}

impl PrivateServer {
    /// Whether there is a cluster in `data_dir`. Looking makes none.
    #[must_use]
    pub fn is_made(data_dir: &Path) -> bool {
        initdb::is_made(&Home::data_in(data_dir))
    }

    /// Joins the server of `options.data_dir`: adopts the one that runs there, or makes the cluster and starts it.
    /// Call within a tokio runtime; it supervises as long as that lives.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`Error::AlreadyServing`]; the message says what to do.
    pub async fn join(options: &Options) -> Result<PrivateServer, Error> {
        environment::refuse_pgoptions()?;
        let home = Home::open(&options.data_dir)?;
        let turn = ChangeLock::acquire(home.change_lock()).await?;
        let site = Arc::new(Site::choose(options, home, Durability::Kept).await?);
        let share = UserLock::share(&site.home.users_lock())?;
        let postmaster = Arc::new(Mutex::new(start::ensure(&site).await?));
        drop(turn);
        let (sender, state) = watch::channel(ServerState::Running);
        let supervisor = tokio::spawn(supervise::supervise(site.clone(), postmaster.clone(), sender));
        Ok(PrivateServer { site, share: Some(share), postmaster, state, supervisor })
    }

    /// How to connect to the product's database: over the socket, no password, no `PG*` variables.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        connection::options(self.site.socket(), DATABASE)
    }

    /// The same for `psql`, `pg_dump` and everything else that uses libpq.
    #[must_use]
    pub fn url(&self) -> String {
        connection::url(self.site.socket(), DATABASE)
    }

    /// The directory of the server's binaries. An installed PostgreSQL and pip's package have `psql` and `pg_dump`
    /// here; npm's has only the server.
    #[must_use]
    pub fn binaries(&self) -> &Path {
        &self.site.binaries.dir
    }

    /// Whether the server can be used, now and from now on.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<ServerState> {
        self.state.clone()
    }

    /// Gives the share back; the last one to do so stops the server. Close your connections first.
    ///
    /// Dropping the future half-way leaves a server that has been told to stop, and does.
    ///
    /// # Errors
    ///
    /// [`Error::DidNotStop`] when the server ignores us, [`Error::Busy`] or [`Error::Io`] when the locks fail.
    pub async fn leave(self) -> Result<(), Error> {
        self.leave_hurried_by(pending()).await
    }

    /// [`leave`](PrivateServer::leave), but once `hurry` completes (a second signal, say) the server is stopped at
    /// once. Nothing committed is lost; the next start takes longer.
    ///
    /// # Errors
    ///
    /// As [`leave`](PrivateServer::leave).
    pub async fn leave_hurried_by(mut self, hurry: impl Future<Output = ()>) -> Result<(), Error> {
        self.supervisor.abort();
        // Only cancellation can come back; waiting makes sure that it starts nothing behind our back.
        let _cancelled = (&mut self.supervisor).await;
        let _turn = ChangeLock::acquire(self.site.home.change_lock()).await?;
        let Some(share) = self.share.take() else { return Ok(()) };
        if share.was_last(&self.site.home.users_lock())? {
            stop::stop(&self.site, hurry).await?;
            supervise::reap(&self.postmaster).await;
        }
        Ok(())
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        self.supervisor.abort();
    }
}
