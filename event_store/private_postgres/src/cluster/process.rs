//! Whether a process id still is the postmaster that a file once named.
//!
//! Process ids are recycled and the dead linger as zombies. Postgres trusts neither and refuses to start when the id
//! in `postmaster.pid` belongs to anybody, so we look closer.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

/// Whether process `pid` is a living postmaster on the cluster at `data` (a canonical path).
pub(crate) fn serves(pid: u32, data: &Path) -> bool {
    if !have_proc() {
        return serves_by_ps(pid, data);
    }
    let process = in_proc(pid);
    is_alive(&process) && works_in(&process, data) == Some(true) && is_called_postgres(&process)
}

/// Whether process `pid`, which did serve the cluster at `data`, is not quite gone. Not the opposite of [`serves`]:
/// while a process ends, the kernel takes its arguments first, then its directory, and it lives on a while.
pub(crate) fn lingers(pid: u32, data: &Path) -> bool {
    if !have_proc() {
        return serves_by_ps(pid, data);
    }
    let process = in_proc(pid);
    is_alive(&process) && works_in(&process, data) != Some(false)
}

fn have_proc() -> bool {
    Path::new("/proc/self/stat").exists()
}

/// Whether `process` works in `data`; `None` while it ends and no longer works anywhere.
fn works_in(process: &Path, data: &Path) -> Option<bool> {
    match fs::read_link(process.join("cwd")) {
        Ok(directory) => Some(directory == data),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // Root in a container lacks the capability to look (CAP_SYS_PTRACE), but everybody may read the arguments.
        Err(_) if owner(process) == owner(data) => was_given(process, data),
        Err(_) => Some(false),
    }
}

fn owner(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|metadata| metadata.uid())
}

fn was_given(process: &Path, data: &Path) -> Option<bool> {
    let arguments = arguments(process);
    let data = data.as_os_str().as_encoded_bytes();
    let given = || arguments.windows(2).any(|pair| pair[0] == b"-D" && pair[1] == data);
    (!arguments.is_empty()).then(given)
}

fn is_called_postgres(process: &Path) -> bool {
    let arguments = arguments(process);
    arguments.first().is_some_and(|program| program.ends_with(b"/postgres") || program.ends_with(b"/postmaster"))
}

fn arguments(process: &Path) -> Vec<Vec<u8>> {
    let line = fs::read(process.join("cmdline")).unwrap_or_default();
    line.split(|&byte| byte == 0).filter(|argument| !argument.is_empty()).map(<[u8]>::to_vec).collect()
}

fn in_proc(pid: u32) -> PathBuf {
    Path::new("/proc").join(pid.to_string())
}

fn is_alive(process: &Path) -> bool {
    fs::read_to_string(process.join("stat")).is_ok_and(|stat| !is_zombie(&stat))
}

/// The state follows the program's name, which stands in parentheses and may itself contain some.
fn is_zombie(stat: &str) -> bool {
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    matches!(state, Some('Z' | 'X'))
}

/// Elsewhere: `ps` knows the state and the arguments, and ours name the directory.
fn serves_by_ps(pid: u32, data: &Path) -> bool {
    let pid = pid.to_string();
    let Ok(output) = Command::new("ps").args(["-ww", "-o", "stat=,command=", "-p", &pid]).output() else {
        return false;
    };
    let line = String::from_utf8_lossy(&output.stdout);
    let line = line.trim();
    !line.is_empty() && !line.starts_with('Z') && line.contains("postgres") && line.contains(&*data.to_string_lossy())
}

/// Signals `pid`. It may have gone meanwhile, which is what every caller wants anyway.
pub(crate) fn signal(pid: u32, signal: Signal) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    if let Err(error) = kill_process(pid, signal) {
        tracing::debug!(?pid, ?signal, %error, "could not signal the server");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zombie_is_recognised_behind_a_nasty_name() {
        assert!(is_zombie("12 (a) R (b) Z 1 12 12 0"));
        assert!(!is_zombie("12 (Z) S 1 12 12 0"));
    }

    #[test]
    fn neither_we_nor_nobody_is_a_postmaster() {
        let here = std::env::current_dir().unwrap();
        assert!(!serves(std::process::id(), &here));
        assert!(!serves_by_ps(std::process::id(), &here));
        assert!(!serves(u32::MAX, &here));
    }
}
