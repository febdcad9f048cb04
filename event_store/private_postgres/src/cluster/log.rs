//! The server's log: a file, not a pipe, because the server must outlive us.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::Error;
use crate::place::files;

/// At log level `warning` this is years of a healthy server.
const LARGE: u64 = 8 * 1024 * 1024;
const TAIL_BYTES: u64 = 4096;
const TAIL_LINES: usize = 12;

/// Opens the log for a server about to start. A large one is set aside, replacing the one set aside before.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.len() > LARGE) {
        fs::rename(path, path.with_extension("old")).map_err(Error::io("set aside", path))?;
    }
    files::open(OpenOptions::new().append(true).create(true).mode(0o600), path)
}

/// How long the log is now, to tell later what was added.
pub(crate) fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// The last lines, none from before byte `since`. A log that can't be read says so instead: this is for messages.
pub(crate) fn tail(path: &Path, since: u64) -> String {
    match read_tail(path, since) {
        Ok(text) if text.is_empty() => "(it logged nothing)".to_owned(),
        Ok(text) => text,
        Err(error) => format!("(its log can't be read: {error})"),
    }
}

fn read_tail(path: &Path, since: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(since.max(length.saturating_sub(TAIL_BYTES))))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_tail_ends_where_the_log_ends_and_starts_where_asked() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut log = open(&path).unwrap();
        log.write_all(b"old\n").unwrap();
        let since = length(&path);
        assert_eq!(tail(&path, since), "(it logged nothing)");
        for number in 0..20 {
            writeln!(log, "line {number}").unwrap();
        }
        let tail = tail(&path, since);
        assert!(tail.starts_with("line 8\n") && tail.ends_with("line 19"), "{tail}");
    }

    #[test]
    fn a_large_log_is_set_aside() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        open(&path).unwrap().set_len(LARGE + 1).unwrap();
        assert_eq!(open(&path).unwrap().metadata().unwrap().len(), 0);
        assert_eq!(length(&directory.path().join("log.old")), LARGE + 1);
    }
}
