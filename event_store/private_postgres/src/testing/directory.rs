//! Where the tests' cluster lies: in memory where there is room.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::place::account::Account;
use crate::place::home::Home;

const MEMORY: &str = "/dev/shm";
/// A cluster with its log takes some 300 MB, each test's database another 8: enough for hundreds.
const ROOM: u64 = 4 * 1024 * 1024 * 1024;

/// A new data directory that belongs to the server's account as a whole, so that the watcher, who runs as that account,
/// can remove it.
pub(super) fn make(account: &Account) -> Result<(PathBuf, Home), Error> {
    let parent = parent();
    let directory = tempfile::Builder::new()
        .prefix("leadflow-test-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&parent)
        .map_err(Error::io("make a directory in", &parent))?;
    let home = Home::open(directory.path())?;
    if !account.is_us() {
        for directory in [home.path(), directory.path()] {
            chown(directory, Some(account.uid), Some(account.gid)).map_err(Error::io("give away", directory))?;
        }
    }
    Ok((directory.keep(), home))
}

fn parent() -> PathBuf {
    let memory = Path::new(MEMORY);
    let room = rustix::fs::statvfs(memory).map_or(0, |usage| usage.f_bavail.saturating_mul(usage.f_frsize));
    if memory.is_dir() && room >= ROOM { memory.to_path_buf() } else { std::env::temp_dir() }
}
