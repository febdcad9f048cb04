//! Getting a server that runs and answers: adopt the one that is there, or start one.

use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};
use tokio::time::{Instant, sleep, timeout};

use crate::Error;
use crate::cluster::pid_file::{self, Progress};
use crate::cluster::postmaster::Postmaster;
use crate::cluster::site::Site;
use crate::cluster::{access, initdb, log, settings, stop};
use crate::connection::{self, DATABASE, MAINTENANCE_DATABASE};
use crate::place::{files, socket};

/// Recovery after a crash replays at most `max_wal_size`; slow disks get time for that.
const START_PATIENCE: Duration = Duration::from_secs(300);
/// The backends of a postmaster that was killed leave within a second; until then a new one can't start.
const ORPHAN_PATIENCE: Duration = Duration::from_secs(15);
const ORPHAN_PAUSE: Duration = Duration::from_millis(100);
const READY_POLL: Duration = Duration::from_millis(5);
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// What Postgres says while orphaned backends still hold the old shared memory.
const ORPHANS: &str = "pre-existing shared memory block";

/// Makes sure a server runs on the cluster of `site`, that it is ready and has our database. Call under the change lock.
pub(crate) async fn ensure(site: &Site) -> Result<Postmaster, Error> {
    let postmaster = match adopt(site).await? {
        Some(postmaster) => postmaster,
        None => start(site).await?,
    };
    ensure_database(site).await?;
    Ok(postmaster)
}

/// The server that is there, once it is ready. `None` if there is none, or only one that was leaving.
async fn adopt(site: &Site) -> Result<Option<Postmaster>, Error> {
    let data = site.home.data();
    let Some(running) = site.running() else { return Ok(None) };
    if running.progress == Progress::Stopping {
        stop::wait_until_gone(site, running.pid).await?;
        return Ok(None);
    }
    let mut postmaster = Postmaster::adopted(running.pid, &data);
    wait_until_ready(site, &mut postmaster, log::length(&site.home.log())).await?;
    let its_socket = pid_file::read(&data).and_then(|file| file.socket);
    if its_socket.as_deref() != Some(site.socket()) {
        return Err(Error::ForeignServer { pid: running.pid, data });
    }
    tracing::info!(pid = running.pid, "adopted the PostgreSQL that runs on {}", data.display());
    Ok(Some(postmaster))
}

async fn start(site: &Site) -> Result<Postmaster, Error> {
    initdb::ensure(site).await?;
    socket::prepare(site.socket(), &site.account)?;
    access::write(site)?;
    let give_up = Instant::now() + ORPHAN_PATIENCE;
    loop {
        clear_leftovers(site)?;
        match spawn(site).await {
            Err(Error::Start { last_lines, .. }) if last_lines.contains(ORPHANS) && Instant::now() < give_up => {
                sleep(ORPHAN_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}

/// Postgres would take a recycled or unreaped process id in these files for a living server. We know better, and the
/// change lock keeps others from starting one meanwhile.
fn clear_leftovers(site: &Site) -> Result<(), Error> {
    let pid_file = pid_file::path(&site.home.data());
    files::remove_if_there(&pid_file).map_err(Error::io("remove", &pid_file))?;
    socket::clear(site.socket())
}

async fn spawn(site: &Site) -> Result<Postmaster, Error> {
    let (program, log_path) = (site.program("postgres"), site.home.log());
    let log = log::open(&log_path)?;
    let logged_before = log::length(&log_path);
    let mut command = site.account.command(&program);
    command.args(settings::arguments(site)).stdout(Stdio::null()).stderr(log);
    // Its own group: Ctrl-C is for us, who drain first and then stop it.
    command.process_group(0);
    let child = command.spawn().map_err(Error::io("run", &program))?;
    let mut postmaster = Postmaster::started(child, &site.home.data());
    wait_until_ready(site, &mut postmaster, logged_before).await?;
    tracing::info!(
        pid = postmaster.pid(),
        "started PostgreSQL {} on {}",
        site.binaries.major,
        site.home.data().display()
    );
    Ok(postmaster)
}

/// Ready is what `postmaster.pid` calls ready, provided it speaks of this very process.
async fn wait_until_ready(site: &Site, postmaster: &mut Postmaster, logged_before: u64) -> Result<(), Error> {
    let (data, log) = (site.home.data(), site.home.log());
    let deadline = Instant::now() + START_PATIENCE;
    loop {
        if postmaster.has_ended() {
            return Err(Error::Start { last_lines: log::tail(&log, logged_before), log });
        }
        let file = pid_file::read(&data).filter(|file| file.pid == postmaster.pid());
        if file.is_some_and(|file| file.progress == Progress::Ready) {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(not_ready(site, START_PATIENCE, logged_before));
        }
        sleep(READY_POLL).await;
    }
}

/// Connects, which proves that we are let in, and makes the product's database the first time.
async fn ensure_database(site: &Site) -> Result<(), Error> {
    match connect(site, DATABASE).await {
        Err(Error::Connect(sqlx::Error::Database(error))) if error.code().as_deref() == Some(NO_SUCH_DATABASE) => {}
        Err(error) => return Err(error),
        Ok(connection) => return connection.close().await.map_err(Error::Connect),
    }
    let mut connection = connect(site, MAINTENANCE_DATABASE).await?;
    let statement = format!("CREATE DATABASE {DATABASE}");
    connection.execute(statement.as_str()).await.map_err(Error::Connect)?;
    connection.close().await.map_err(Error::Connect)
}

/// `invalid_catalog_name`.
const NO_SUCH_DATABASE: &str = "3D000";

async fn connect(site: &Site, database: &str) -> Result<PgConnection, Error> {
    let options = connection::options(site.socket(), database);
    let connected = timeout(CONNECT_PATIENCE, PgConnection::connect_with(&options)).await;
    connected.map_err(|_| not_ready(site, CONNECT_PATIENCE, 0))?.map_err(Error::Connect)
}

fn not_ready(site: &Site, waited: Duration, logged_before: u64) -> Error {
    let log = site.home.log();
    Error::NotReady { seconds: waited.as_secs(), last_lines: log::tail(&log, logged_before), log }
}
