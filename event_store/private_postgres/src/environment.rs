//! What our environment may and may not pass on.
//!
//! `PG*` variables are meant for the user's own databases. The server and its tools get a clean environment, which
//! also keeps LeadFlow's secrets out of `/proc/<pid>/environ` of a process that runs as another account.

use std::process::Command;

use crate::Error;

/// What the binaries need to find themselves and their libraries.
const PASSED_ON: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// Gives `command` an environment of its own, whatever ours holds.
pub(crate) fn clean(command: &mut Command) {
    command.env_clear().env("LC_ALL", "C");
    for name in PASSED_ON {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// sqlx 0.8 reads `PGOPTIONS` into every set of connection options and has no way to take it out again.
pub(crate) fn refuse_pgoptions() -> Result<(), Error> {
    match std::env::var_os("PGOPTIONS") {
        Some(value) if !value.is_empty() => Err(Error::PgOptions),
        Some(_) | None => Ok(()),
    }
}
