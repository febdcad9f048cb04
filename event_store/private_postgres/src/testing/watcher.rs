//! Ends the tests' cluster when the test process ends, even by SIGKILL.
//!
//! A test binary runs no destructors for statics. So a small shell reads from a pipe whose other end only we hold;
//! when we are gone, it reads end-of-file, stops the server and removes the directory.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::Error;
use crate::place::account::Account;

/// `$1` is the directory, `$2` the server's pid file in it. Removal is repeated: an `initdb` that we were killed over
/// may still be writing.
const SCRIPT: &str = r#"
read -r _
if read -r pid < "$2"; then
    kill -QUIT "$pid"
    tries=0
    while kill -0 "$pid" && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
fi
tries=0
while [ -e "$1" ] && [ "$tries" -lt 100 ]; do rm -rf "$1" || sleep 0.05; tries=$((tries + 1)); done
"#;

/// Starts watching over `directory`. Keep the child: dropping it closes the pipe, which is the signal.
///
/// It has no terminal of ours and no output: who runs the tests must not wait for it, nor interrupt it. It runs as the
/// server's account, so it can end nobody else's processes.
pub(super) fn watch(directory: &Path, pid_file: &Path, account: &Account) -> Result<Child, Error> {
    let shell = Path::new("/bin/sh");
    let mut command = account.command(shell);
    command.arg("-c").arg(SCRIPT).arg("leadflow-test-watcher").arg(directory).arg(pid_file);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().map_err(Error::io("run", shell))
}
