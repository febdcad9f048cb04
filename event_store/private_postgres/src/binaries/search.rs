//! Where distributions put the server.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::binaries::{Binaries, probe};
use crate::place::account::Account;

/// Directories with one subdirectory per version: Debian, the PostgreSQL project's RPMs, Homebrew on its three
/// prefixes.
const VERSIONED: [(&str, &str, &str); 5] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
];

/// The usual places, lazily: `pg_config` runs only if nobody stops before.
pub(super) fn usual_places() -> impl Iterator<Item = PathBuf> {
    let versioned = VERSIONED.iter().flat_map(|(parent, prefix, bin)| {
        children(Path::new(parent), prefix).into_iter().map(move |directory| directory.join(bin))
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = std::env::split_paths(&path).filter(|directory| directory.is_absolute()).collect();
    versioned.chain(std::iter::once_with(pg_config).flatten()).chain(path)
}

fn children(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let entries = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    entries.map(|entry| entry.path()).collect()
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output().ok()?;
    let directory = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(directory.trim()))
}

/// Those of `candidates` that hold a server `account` can run, each once.
pub(super) fn usable(candidates: impl Iterator<Item = PathBuf>, account: &Account) -> Vec<Binaries> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for directory in candidates {
        let Ok(program) = directory.join("postgres").canonicalize() else { continue };
        if !seen.insert(program) {
            continue;
        }
        match probe::probe(&directory, account) {
            Ok(binaries) => found.push(binaries),
            Err(why) => tracing::debug!("passing over the PostgreSQL in {}: {why}", directory.display()),
        }
    }
    found
}

/// The one of the major version needed, or else the newest; of equals, the one found first.
pub(super) fn best(found: &[Binaries], needed: Option<u32>) -> Option<Binaries> {
    let fitting = found.iter().filter(|binaries| needed.is_none_or(|major| major == binaries.major));
    // `max_by_key` gives the last of equals.
    fitting.rev().max_by_key(|binaries| binaries.major).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_unless_a_version_is_needed_and_the_first_of_equals() {
        let binaries = |dir: &str, major| Binaries { dir: dir.into(), major };
        let found = [binaries("/a", 16), binaries("/b", 17), binaries("/c", 17)];
        assert_eq!(best(&found, None), Some(binaries("/b", 17)));
        assert_eq!(best(&found, Some(16)), Some(binaries("/a", 16)));
        assert_eq!(best(&found, Some(18)), None);
    }

    #[test]
    fn places_without_a_server_are_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let account = Account::current().unwrap();
        assert_eq!(usable([directory.path().to_path_buf()].into_iter(), &account), []);
    }
}
