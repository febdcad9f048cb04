//! Postgres's own `postmaster.pid`: who runs on a cluster, where it listens, how far it has come.

use std::fs;
use std::path::{Path, PathBuf};

/// How far the postmaster has come, as it says itself in the last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Starting, perhaps recovering, or too young to have said anything.
    Starting,
    /// Accepts connections.
    Ready,
    /// On its way out.
    Stopping,
}

/// The lines that matter to us. The file grows line by line while the server starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    pub(crate) socket: Option<PathBuf>,
    pub(crate) progress: Progress,
}

/// The file's place in the cluster at `data`.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

/// What the file says; `None` if there is none or it has no process id, as after a full disk.
pub(crate) fn read(data: &Path) -> Option<PidFile> {
    parse(&fs::read_to_string(path(data)).ok()?)
}

fn parse(content: &str) -> Option<PidFile> {
    let lines: Vec<&str> = content.lines().collect();
    let line = |index: usize| lines.get(index).map(|line| line.trim());
    let progress = match line(7) {
        Some("ready") => Progress::Ready,
        Some("stopping") => Progress::Stopping,
        Some(_) | None => Progress::Starting,
    };
    Some(PidFile { pid: line(0)?.parse().ok()?, socket: line(4).map(PathBuf::from), progress })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complete_file() {
        let file = parse("812\n/d/data\n1700000000\n5432\n/d/socket\n\n  5432001   32768\nready   \n").unwrap();
        assert_eq!(file, PidFile { pid: 812, socket: Some("/d/socket".into()), progress: Progress::Ready });
    }

    #[test]
    fn a_file_in_the_making() {
        let file = parse("812\n/d/data\n1700000000\n").unwrap();
        assert_eq!(file, PidFile { pid: 812, socket: None, progress: Progress::Starting });
        assert_eq!(parse(""), None);
        assert_eq!(parse("not a number\n"), None);
    }
}
