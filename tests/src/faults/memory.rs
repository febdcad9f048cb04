//! What processes hold in memory, as Linux counts it.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use rustix::process::Pid;

use crate::installation::Installation;

/// Resident memory of one process (`VmRSS`), in KiB.
///
/// # Errors
/// When the process is gone.
pub fn resident(pid: Pid) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero()))?;
    kib(&status, "VmRSS:").context("no VmRSS in /proc/PID/status")
}

/// The most that one process ever had resident (`VmHWM`), in KiB.
///
/// # Errors
/// When the process is gone.
pub fn peak(pid: Pid) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero()))?;
    kib(&status, "VmHWM:").context("no VmHWM in /proc/PID/status")
}

/// Memory of the installation's private Postgres, in KiB: the proportional set sizes of all its processes, so that
/// the buffers they share are counted once.
///
/// # Errors
/// When no such process is found.
pub fn private_postgres(installation: &Installation) -> Result<u64> {
    let sizes: Vec<u64> =
        fs::read_dir("/proc")?.flatten().filter_map(|entry| proportional(&entry.path(), installation)).collect();
    (!sizes.is_empty()).then(|| sizes.iter().sum()).context("no process of the private Postgres is readable")
}

/// The process's share, if it is one of Postgres: these live in their cluster's directory, below our own.
fn proportional(process: &Path, installation: &Installation) -> Option<u64> {
    let directory = fs::read_link(process.join("cwd")).ok()?;
    let below = directory.starts_with(installation.root()) && directory != installation.root();
    // A process that ends while it is looked at is not counted.
    below.then(|| fs::read_to_string(process.join("smaps_rollup")).ok()).flatten().and_then(|text| kib(&text, "Pss:"))
}

/// The number in a line like `VmRSS:     1234 kB`.
fn kib(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)).and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_from_its_own_line() {
        let text = "Rss:  10 kB\nPss:                1234 kB\nPss_Dirty:   1 kB\n";
        assert_eq!(kib(text, "Pss:"), Some(1_234));
        assert_eq!(kib(text, "VmRSS:"), None);
    }

    #[test]
    fn this_process_has_some() {
        let (now, peak) = (resident(rustix::process::getpid()).unwrap(), peak(rustix::process::getpid()).unwrap());
        assert!(now > 1_000 && peak >= now);
    }
}
