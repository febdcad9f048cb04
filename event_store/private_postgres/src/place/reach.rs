//! Whether the server's account can get somewhere.
//!
//! Postgres itself would only say "could not access directory"; root's home (0700) is the common trap.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::Error;
use crate::place::account::Account;

/// Checks that `account` can enter `path` and every directory above it. `path` is canonical and exists.
///
/// Reads mode bits only. An access control list could still say otherwise; then Postgres complains instead of us.
pub(crate) fn check(account: &Account, path: &Path) -> Result<(), Error> {
    if account.is_us() {
        return Ok(());
    }
    let mut ancestors: Vec<&Path> = path.ancestors().collect();
    ancestors.reverse();
    for directory in ancestors {
        let metadata = fs::metadata(directory).map_err(Error::io("look at", directory))?;
        if !may_enter(account, metadata.mode(), metadata.uid(), metadata.gid()) {
            return Err(Error::Unreachable {
                account: account.name.clone(),
                path: path.to_path_buf(),
                blocked_at: directory.to_path_buf(),
            });
        }
    }
    Ok(())
}

/// The kernel's rule: the first class that applies decides. Supplementary groups don't count, as the server gets none.
fn may_enter(account: &Account, mode: u32, owner: u32, group: u32) -> bool {
    let execute = if owner == account.uid {
        0o100
    } else if group == account.gid {
        0o010
    } else {
        0o001
    };
    mode & execute != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_that_applies_decides() {
        let account = Account { name: "postgres".to_owned(), uid: 101, gid: 104 };
        assert!(!may_enter(&account, 0o700, 0, 0));
        assert!(may_enter(&account, 0o711, 0, 0));
        assert!(may_enter(&account, 0o700, 101, 0));
        assert!(!may_enter(&account, 0o701, 0, 104), "the group is named, so the others' bit does not help");
    }
}
