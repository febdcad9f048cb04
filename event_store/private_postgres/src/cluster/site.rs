//! Everything decided about a cluster before its server starts.

use std::path::{Path, PathBuf};

use crate::binaries::{self, Binaries};
use crate::cluster::pid_file;
use crate::cluster::settings::Durability;
use crate::place::account::Account;
use crate::place::home::Home;
use crate::place::{reach, socket};
use crate::{Error, Options};

/// Where a cluster lies, who runs it, with what, and where it listens.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) home: Home,
    pub(crate) account: Account,
    pub(crate) binaries: Binaries,
    pub(crate) socket: PathBuf,
    pub(crate) durability: Durability,
}

impl Site {
    /// Decides, and fetches binaries if that is allowed and needed. Touches no cluster.
    pub(crate) async fn choose(options: &Options, home: Home, durability: Durability) -> Result<Site, Error> {
        let data = home.data();
        let account = Account::for_cluster(&data)?;
        reach::check(&account, home.path())?;
        let binaries = binaries::choose(options, &account, &data).await?;
        let socket = socket::directory(&home);
        Ok(Site { home, account, binaries, socket, durability })
    }

    /// The postmaster that runs on this cluster now, whoever started it.
    pub(crate) fn running(&self) -> Option<pid_file::PidFile> {
        let data = self.home.data();
        pid_file::read(&data).filter(|file| super::process::serves(file.pid, &data))
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.binaries.dir.join(name)
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }
}
