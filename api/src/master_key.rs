//! The master key: given by the operator, or kept by the private installation in a file of its own.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use leadflow_event_store::{Installation, MasterKey, OpenError, database};
use sqlx::PgPool;

use crate::config::Config;
use crate::storage::Storage;

/// Opens the installation with its master key. The private installation makes its own.
///
/// # Errors
/// When the key is missing, malformed or another one's, or the database's.
pub async fn open(storage: &Storage, config: &Config, pool: &PgPool) -> anyhow::Result<Installation> {
    match KeyPlace::of(storage, config)? {
        KeyPlace::Given(key) => Installation::open(pool, &MasterKey::from_hex(&key)?)
            .await
            .context("the master key that is given (LEADFLOW_MASTER_KEY or master_key) does not open this database"),
        KeyPlace::Own(files) => {
            let key = MasterKey::from_hex(&files.read_or_make()?)?;
            match Installation::open(pool, &key).await {
                // A rotation goes on, or ended between the database and the file.
                Err(OpenError::WrongMasterKey) => {
                    let _turn = files.lock()?;
                    files.settle(pool).await
                }
                opened => Ok(opened?),
            }
        }
    }
}

/// Puts the installation under another master key: the one in `new_key`, or for a private installation that keeps its
/// own, a new one. What goes on working and what must be restarted: [`leadflow_event_store::Rotation::finish`].
///
/// # Errors
/// When the key in use is not the database's, `new_key` is missing or no key, or a file can't be written.
pub async fn rotate(storage: &Storage, config: &Config, new_key: Option<&Path>) -> anyhow::Result<()> {
    let read = |path: &Path| {
        let text = fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
        MasterKey::from_hex(&text).with_context(|| path.display().to_string())?;
        Ok::<_, anyhow::Error>(text)
    };
    let owner = database::owner_pool(storage.options());
    match (KeyPlace::of(storage, config)?, new_key) {
        (KeyPlace::Given(_), None) => bail!(
            "the master key is given by configuration, so the new one must be too: write it to a file \
             (`openssl rand -hex 32`) and name that with --new-key-file"
        ),
        (KeyPlace::Given(old), Some(path)) => {
            let new = MasterKey::from_hex(&read(path)?)?;
            Installation::begin_rotation(&owner, &MasterKey::from_hex(&old)?).await?.finish(&new).await?;
        }
        (KeyPlace::Own(files), new_key) => {
            let _turn = files.lock()?;
            let old = MasterKey::from_hex(&files.read_or_make()?)?;
            let new = new_key.map_or_else(|| Ok(MasterKey::generate_hex()), read)?;
            let rotation = Installation::begin_rotation(&owner, &old).await?;
            // The new key is safe before anything is encrypted under it.
            files.write(&files.next(), &new)?;
            rotation.finish(&MasterKey::from_hex(&new)?).await?;
            files.accept_next()?;
        }
    }
    owner.close().await;
    Ok(())
}

/// Whether the operator must be told to give the new key from now on.
#[must_use]
pub fn is_given(storage: &Storage, config: &Config) -> bool {
    config.master_key.is_some() || storage.data_dir().is_none()
}

enum KeyPlace {
    /// In the configuration.
    Given(String),
    /// In the data directory.
    Own(KeyFiles),
}

impl KeyPlace {
    fn of(storage: &Storage, config: &Config) -> anyhow::Result<Self> {
        match (&config.master_key, storage.data_dir()) {
            (Some(key), _) => Ok(Self::Given(key.expose().to_owned())),
            (None, Some(data_dir)) => Ok(Self::Own(KeyFiles { folder: data_dir.join("secrets") })),
            (None, None) => bail!(
                "with DATABASE_URL the master key must be given: set LEADFLOW_MASTER_KEY to 64 hex digits \
                 (`openssl rand -hex 32` makes one) and keep it as you keep the database"
            ),
        }
    }
}

/// The private installation's key, and the one that is about to take its place.
struct KeyFiles {
    folder: PathBuf,
}

impl KeyFiles {
    fn current(&self) -> PathBuf {
        self.folder.join("master.key")
    }

    fn next(&self) -> PathBuf {
        self.folder.join("master.key.next")
    }

    /// Makes the key where there is none: whole or not at all, and never over an existing one.
    fn read_or_make(&self) -> anyhow::Result<String> {
        let path = self.current();
        if !path.exists() {
            let draft = self.folder.join(format!("master.key.{}", std::process::id()));
            self.write(&draft, &MasterKey::generate_hex())?;
            // A link fails where a file is: two first starts at once agree on one key.
            match fs::hard_link(&draft, &path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
                _ => fs::remove_file(&draft).and_then(|()| self.sync()),
            }
            .with_context(|| told(&path))?;
        }
        fs::read_to_string(&path).with_context(|| told(&path))
    }

    fn write(&self, path: &Path, key: &str) -> anyhow::Result<()> {
        let write = || {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
            let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
            writeln!(file, "{}", key.trim())?;
            file.sync_all()?;
            self.sync()
        };
        write().with_context(|| told(path))
    }

    /// One at a time rotates, or settles what a rotation left: the key in use must never be the one that is replaced.
    fn lock(&self) -> anyhow::Result<fs::File> {
        let lock = || {
            let file =
                fs::OpenOptions::new().write(true).create(true).truncate(false).open(self.folder.join("lock"))?;
            file.lock()?;
            Ok::<_, std::io::Error>(file)
        };
        lock().with_context(|| told(&self.current()))
    }

    /// Opens the installation with the key that is there by now, or with the next one, which then is the key.
    async fn settle(&self, pool: &PgPool) -> anyhow::Result<Installation> {
        let refused = match Installation::open(pool, &MasterKey::from_hex(&self.read_or_make()?)?).await {
            Err(error @ OpenError::WrongMasterKey) => error,
            opened => return Ok(opened?),
        };
        let told = || format!("the master key {} does not open this database", self.current().display());
        if !self.next().exists() {
            return Err(refused).with_context(told);
        }
        let next = fs::read_to_string(self.next()).with_context(|| self.next().display().to_string())?;
        let installation = Installation::open(pool, &MasterKey::from_hex(&next)?).await.with_context(told)?;
        self.accept_next()?;
        Ok(installation)
    }

    /// The next key is the key. The one before stays beside it: backups need it.
    fn accept_next(&self) -> anyhow::Result<()> {
        let accept = || {
            let previous = self.folder.join("master.key.previous");
            match fs::remove_file(&previous) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => fs::hard_link(self.current(), previous)?,
            }
            fs::rename(self.next(), self.current())?;
            self.sync()
        };
        accept().with_context(|| told(&self.current()))
    }

    fn sync(&self) -> std::io::Result<()> {
        fs::File::open(&self.folder)?.sync_all()
    }
}

fn told(path: &Path) -> String {
    format!("the master key {} can't be read or made", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let files = KeyFiles { folder: folder.path().join("secrets") };
        let made = files.read_or_make().unwrap();
        assert_eq!(files.read_or_make().unwrap(), made);
        let next = MasterKey::generate_hex();
        files.write(&files.next(), &next).unwrap();
        assert_eq!(files.read_or_make().unwrap(), made, "not yet");
        files.accept_next().unwrap();
        assert_eq!(files.read_or_make().unwrap().trim(), next);
        assert!(!files.next().exists());
    }
}
