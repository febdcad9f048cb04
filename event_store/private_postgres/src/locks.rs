//! The three locks of a data directory, all `flock`s: they end with their holder, however it ends.
//!
//! * `serve.lock`, exclusive: one `serve` per data directory. See [`ServeLock`].
//! * `postgres/users.lock`, shared by everybody who uses the server. Who can take it exclusively on leaving was the
//!   last and stops the server, so a command-line call never stops it under another.
//! * `postgres/change.lock`, exclusive, held while somebody starts or stops the server. Without it a newcomer could
//!   find the server running just as the last user stops it: a `flock` can't go from shared to exclusive atomically.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Error;
use crate::place::{files, home};

/// Longer than a fetch and a start may take together: who waits should not give up on one that gets there.
const CHANGE_PATIENCE: Duration = Duration::from_secs(1000);
/// A stop or a warm start takes less; beyond, the user wants to know what we are waiting for.
const SILENCE: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(10);

/// The right to serve from a data directory, held by one process at a time.
///
/// ```no_run
/// # fn main() -> Result<(), leadflow_private_postgres::Error> {
/// let _lock = leadflow_private_postgres::ServeLock::acquire("/var/lib/leadflow".as_ref())?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ServeLock {
    file: File,
}

impl ServeLock {
    /// Takes the lock, making the data directory if need be. Never waits.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyServing`] with the holder's process id when another process has it; [`Error::Io`] when the
    /// directory or the lock file can't be made.
    pub fn acquire(data_dir: &Path) -> Result<ServeLock, Error> {
        let data_dir = home::make(data_dir)?;
        let path = data_dir.join("serve.lock");
        let mut file = open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The number is a courtesy: the message stands without it.
                let read = file.read_to_string(&mut holder);
                let holder = read.ok().and_then(|_| holder.trim().parse().ok());
                return Err(Error::AlreadyServing { data_dir, holder });
            }
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(format!("{}\n", std::process::id()).as_bytes()));
        written.map_err(Error::io("write", &path))?;
        Ok(ServeLock { file })
    }
}

impl Drop for ServeLock {
    fn drop(&mut self) {
        unlock(&self.file);
    }
}

/// "I use the server." Shared; released on drop.
#[derive(Debug)]
pub(crate) struct UserLock {
    file: File,
}

impl UserLock {
    /// Call under the [`ChangeLock`]: only there does anybody hold it exclusively, so this never waits.
    pub(crate) fn share(path: &Path) -> Result<UserLock, Error> {
        let file = open(path)?;
        file.lock_shared().map_err(Error::io("lock", path))?;
        Ok(UserLock { file })
    }

    /// Gives up the use of the server and says whether nobody else uses it. Call under the [`ChangeLock`], or the
    /// answer may be out of date.
    pub(crate) fn was_last(self, path: &Path) -> Result<bool, Error> {
        self.file.unlock().map_err(Error::io("unlock", path))?;
        match self.file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(source)) => Err(Error::io("lock", path)(source)),
        }
    }
}

impl Drop for UserLock {
    fn drop(&mut self) {
        unlock(&self.file);
    }
}

/// "I am starting or stopping the server." Exclusive; released on drop.
#[derive(Debug)]
pub(crate) struct ChangeLock {
    file: File,
}

impl ChangeLock {
    /// Waits for its turn.
    pub(crate) async fn acquire(path: PathBuf) -> Result<ChangeLock, Error> {
        let file = open(&path)?;
        let since = Instant::now();
        let mut said_so = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(ChangeLock { file }),
                Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
                Err(TryLockError::WouldBlock) => {}
            }
            if since.elapsed() > CHANGE_PATIENCE {
                return Err(Error::Busy { lock: path, seconds: CHANGE_PATIENCE.as_secs() });
            }
            if since.elapsed() > SILENCE && !said_so {
                tracing::info!("waiting for another LeadFlow process that is starting or stopping PostgreSQL");
                said_so = true;
            }
            sleep(POLL).await;
        }
    }
}

impl Drop for ChangeLock {
    fn drop(&mut self) {
        unlock(&self.file);
    }
}

/// Closing alone isn't enough: a child caught between fork and exec still holds a copy of the descriptor, and with it
/// the lock. An explicit unlock frees it for all copies.
fn unlock(file: &File) {
    if let Err(error) = file.unlock() {
        tracing::debug!(%error, "a lock was already gone");
    }
}

fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    files::open(&options, path)
}
