//! Whether a directory holds a server that we can run.

use std::path::Path;

use crate::binaries::{Binaries, OLDEST_MAJOR};
use crate::place::account::Account;
use crate::place::reach;

/// The binaries in `dir`, or why they won't do.
///
/// The path is made canonical: run through a symbolic link, `postgres` looks for its `share` beside the link.
pub(super) fn probe(dir: &Path, account: &Account) -> Result<Binaries, String> {
    let link = dir.join("postgres");
    let program = link.canonicalize().map_err(|error| format!("{}: {error}", link.display()))?;
    let dir = program.parent().unwrap_or(dir);
    if !dir.join("initdb").exists() {
        return Err("there is no initdb beside postgres".to_owned());
    }
    reach::check(account, dir).map_err(|error| error.to_string())?;
    let output = account.command(&program).arg("--version").output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let major = major(&said).ok_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        format!("postgres --version says {:?}", format!("{said}{complaint}").trim())
    })?;
    if major < OLDEST_MAJOR {
        return Err(format!("it is version {major}, and LeadFlow needs {OLDEST_MAJOR} or later"));
    }
    Ok(Binaries { dir: dir.to_path_buf(), major })
}

/// From `postgres (PostgreSQL) 15.19 (Debian 15.19-1)`; a beta is `18beta1`.
fn major(version: &str) -> Option<u32> {
    let number = version.strip_prefix("postgres (PostgreSQL) ")?;
    let digits = number.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_distributions_print_them() {
        assert_eq!(major("postgres (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 9.6.24\n"), Some(9));
        assert_eq!(major("usage: postgres"), None);
    }

    #[test]
    fn an_empty_directory_is_refused_with_a_reason() {
        let directory = tempfile::tempdir().unwrap();
        let why = probe(directory.path(), &Account::current().unwrap()).unwrap_err();
        assert!(why.contains("postgres"), "{why}");
    }
}
