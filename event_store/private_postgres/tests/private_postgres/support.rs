//! What the tests share: a data directory, looking at its server, waiting for something to become true.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use leadflow_private_postgres::{Options, PrivateServer};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// A data directory that is removed with the test. Nested, as the outer one is closed to the server's account.
pub(super) struct Place {
    pub(super) data_dir: PathBuf,
    _outer: TempDir,
}

pub(super) fn place() -> Place {
    place_named("data dir")
}

/// The blank in the usual name is there to catch a missing quote.
pub(super) fn place_named(name: &str) -> Place {
    let outer = tempfile::Builder::new().permissions(permissions(0o711)).tempdir_in(parent()).unwrap();
    Place { data_dir: outer.path().join(name), _outer: outer }
}

/// In memory, as making a cluster waits for the disk several times.
fn parent() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let room = rustix::fs::statvfs(memory).map_or(0, |usage| usage.f_bavail * usage.f_frsize);
    if room > 1 << 30 { memory.to_path_buf() } else { std::env::temp_dir() }
}

pub(super) fn permissions(mode: u32) -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
}

impl Place {
    pub(super) fn options(&self) -> Options {
        Options { data_dir: self.data_dir.clone(), binaries: None, fetch: true }
    }

    pub(super) async fn join(&self) -> PrivateServer {
        PrivateServer::join(&self.options()).await.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.data_dir.join("postgres/data")
    }

    pub(super) fn pid_file(&self) -> PathBuf {
        self.cluster().join("postmaster.pid")
    }

    pub(super) fn pid(&self) -> u32 {
        pid_in(&self.pid_file()).expect("a server runs")
    }

    pub(super) fn is_stopped(&self) -> bool {
        !self.pid_file().exists()
    }
}

pub(super) fn pid_in(file: &Path) -> Option<u32> {
    std::fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok()
}

pub(super) fn kill(pid: u32) {
    kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), Signal::KILL).unwrap();
}

/// Whether a process of this id exists, and hasn't merely been left unreaped.
pub(super) fn is_alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

pub(super) async fn query(options: &PgConnectOptions, statement: &str) -> String {
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    let answer = sqlx::query_scalar(statement).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    answer
}

pub(super) async fn execute(options: &PgConnectOptions, statement: &str) {
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Polls; fails the test after a time that only a fault exceeds.
pub(super) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "still not so: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Says that something could not be tested here; with `LEADFLOW_REQUIRE_ALL=1` that fails.
pub(super) fn skip(why: &str) {
    assert!(std::env::var_os("LEADFLOW_REQUIRE_ALL").is_none_or(|value| value != "1"), "cannot skip: {why}");
    // Past the test harness, which would swallow it.
    writeln!(std::io::stderr(), "SKIPPED: {why}").unwrap();
}

pub(super) fn we_are_root() -> bool {
    rustix::process::geteuid().is_root()
}
