//! What lies where in a data directory.
//!
//! ```text
//! <data_dir>/serve.lock
//! <data_dir>/postgres/data/           the cluster, of the server's account
//! <data_dir>/postgres/data.new/       one in the making
//! <data_dir>/postgres/socket/         unless its path is too long
//! <data_dir>/postgres/log, log.old    what the server says
//! <data_dir>/postgres/hba.conf, ident.conf, users.lock, change.lock
//! ```
//!
//! Only `data` and `socket` belong to the server's account. The rest stays ours: root need not write where an
//! unprivileged account could have planted links.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::place::files;

/// Enter, but not list: the server's account needs to pass through.
const PASSABLE: u32 = 0o711;
const PRIVATE: u32 = 0o700;

/// The part of a data directory that this crate looks after.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    postgres: PathBuf,
}

impl Home {
    /// Makes what is missing.
    pub(crate) fn open(data_dir: &Path) -> Result<Home, Error> {
        let postgres = make(data_dir)?.join("postgres");
        ensure(&postgres)?;
        Ok(Home { postgres })
    }

    /// Where the cluster of `data_dir` is, or would be.
    pub(crate) fn data_in(data_dir: &Path) -> PathBuf {
        data_dir.join("postgres").join("data")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.postgres
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.postgres.join("data")
    }

    pub(crate) fn data_in_the_making(&self) -> PathBuf {
        self.postgres.join("data.new")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.postgres.join("socket")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.postgres.join("log")
    }

    pub(crate) fn hba(&self) -> PathBuf {
        self.postgres.join("hba.conf")
    }

    pub(crate) fn ident(&self) -> PathBuf {
        self.postgres.join("ident.conf")
    }

    pub(crate) fn users_lock(&self) -> PathBuf {
        self.postgres.join("users.lock")
    }

    pub(crate) fn change_lock(&self) -> PathBuf {
        self.postgres.join("change.lock")
    }
}

/// Makes the data directory where there is none and gives its canonical path.
pub(crate) fn make(data_dir: &Path) -> Result<PathBuf, Error> {
    if let Some(parent) = data_dir.parent() {
        fs::create_dir_all(parent).map_err(Error::io("make", parent))?;
    }
    ensure(data_dir)?;
    let canonical = data_dir.canonicalize().map_err(Error::io("find", data_dir))?;
    if canonical.to_str().is_none() {
        return Err(Error::NotUtf8 { path: canonical });
    }
    Ok(canonical)
}

/// For root, an empty directory of its own is opened for passing through: nothing in it can be exposed by that.
fn ensure(directory: &Path) -> Result<(), Error> {
    let root = rustix::process::geteuid().is_root();
    match files::make_directory(directory, if root { PASSABLE } else { PRIVATE }) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(Error::io("make", directory)(error)),
        Err(_) if root => open_if_empty(directory).map_err(Error::io("prepare", directory)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn open_if_empty(directory: &Path) -> io::Result<()> {
    let metadata = fs::metadata(directory)?;
    let closed = metadata.mode() & 0o001 == 0;
    if closed && metadata.uid() == 0 && fs::read_dir(directory)?.next().is_none() {
        fs::set_permissions(directory, fs::Permissions::from_mode(PASSABLE))?;
    }
    Ok(())
}
