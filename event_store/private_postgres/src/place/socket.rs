//! The directory of the server's socket: of mode 0700, owned by the server's account, with a short path.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::Error;
use crate::connection::PORT;
use crate::place::account::Account;
use crate::place::files;
use crate::place::home::Home;

/// A socket's whole path may have 103 bytes on macOS and 107 on Linux; this leaves room for Postgres's own suffixes.
const LONGEST_PATH: usize = 90;

/// Where the socket of `home` lies: in it, or, if that path is too long, in a short one derived from it. Everybody who
/// joins must arrive at the same place, so neither `TMPDIR` nor `XDG_RUNTIME_DIR` has a say.
pub(crate) fn directory(home: &Home) -> PathBuf {
    let own = home.socket();
    if file(&own).as_os_str().len() <= LONGEST_PATH {
        return own;
    }
    let digest = Sha256::digest(own.as_os_str().as_encoded_bytes());
    PathBuf::from(format!("/tmp/leadflow-{}", hex::encode(&digest[..8])))
}

/// Makes the directory, or makes sure that the one there is what we would have made: `/tmp` is open to everybody.
pub(crate) fn prepare(directory: &Path, account: &Account) -> Result<(), Error> {
    match files::make_directory(directory, 0o700) {
        Ok(()) if account.is_us() => Ok(()),
        Ok(()) => lchown(directory, Some(account.uid), Some(account.gid)).map_err(Error::io("give away", directory)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => verify(directory, account),
        Err(error) => Err(Error::io("make", directory)(error)),
    }
}

fn verify(directory: &Path, account: &Account) -> Result<(), Error> {
    let metadata = fs::symlink_metadata(directory).map_err(Error::io("look at", directory))?;
    let why = if !metadata.is_dir() {
        "is not a directory".to_owned()
    } else if metadata.uid() != account.uid {
        format!("belongs to account number {} instead of {}", metadata.uid(), account.name)
    } else if metadata.mode() & 0o077 != 0 {
        "is open to others".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::SocketDirectory { path: directory.to_path_buf(), why })
}

/// Removes the lock file of a server that is gone. Postgres keeps it if the pid inside belongs to anybody alive, so a
/// recycled one would block the start. Call only when no server runs on the cluster.
pub(crate) fn clear(directory: &Path) -> Result<(), Error> {
    for name in [file(directory), lock(directory)] {
        files::remove_if_there(&name).map_err(Error::io("remove", &name))?;
    }
    Ok(())
}

/// Tidies up after a server that has stopped: a directory outside of the data directory should not outlive it.
pub(crate) fn leave(directory: &Path, home: &Home) {
    if directory != home.socket()
        && let Err(error) = fs::remove_dir(directory)
    {
        tracing::debug!(%error, "could not remove the socket directory {}", directory.display());
    }
}

fn file(directory: &Path) -> PathBuf {
    directory.join(format!(".s.PGSQL.{PORT}"))
}

fn lock(directory: &Path) -> PathBuf {
    directory.join(format!(".s.PGSQL.{PORT}.lock"))
}
