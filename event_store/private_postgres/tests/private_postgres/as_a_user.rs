//! When root runs the tests, those that depend on who we are once more as an unprivileged user, and as a root without
//! all of root's capabilities.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::support::{permissions, skip, we_are_root};

/// Together: starting, adopting, sockets, access and the tests' cluster.
const AGAIN: [&str; 5] = [
    "the_last_to_leave_stops_the_server",
    "killed_we_leave_a_server_that_the_next_start_adopts",
    "places::",
    "when_the_test_process_is_killed",
    "a_second_serve_is_refused",
];

/// In `/etc/passwd` nearly everywhere; peer authentication needs an account with a name.
const NOBODY: &str = "nobody";

#[test]
fn it_works_as_a_normal_user_too() {
    if !we_are_root() {
        // Then the others are that proof already.
        return;
    }
    let Some((uid, gid)) = nobody() else { return skip("there is no account to become") };
    let home = tempfile::Builder::new().permissions(permissions(0o711)).tempdir().unwrap();
    chown(home.path(), Some(uid), Some(gid)).unwrap();
    // The build directory may be closed to others.
    let program = home.path().join("tests");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    std::fs::set_permissions(&program, permissions(0o755)).unwrap();

    let mut command = Command::new(&program);
    command.args(AGAIN).uid(uid).gid(gid).current_dir(home.path());
    command.env("HOME", home.path()).env("TMPDIR", home.path());
    command.env_remove("XDG_CACHE_HOME").env_remove("XDG_DATA_HOME");
    expect_success(&mut command);
}

/// Containers keep root from looking at other accounts' processes, the server among them.
#[test]
fn it_works_as_root_in_a_container_too() {
    if !we_are_root() {
        return;
    }
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set", "-sys_ptrace"]).arg(std::env::current_exe().unwrap());
    command.args(["the_last_to_leave_stops_the_server", "killed_we_leave"]);
    if Command::new("setpriv").arg("--version").output().is_err() {
        return skip("there is no setpriv");
    }
    expect_success(&mut command);
}

fn expect_success(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn nobody() -> Option<(u32, u32)> {
    let id = |flag: &str| {
        let output = Command::new("id").args([flag, NOBODY]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    Some((id("-u")?, id("-g")?))
}
