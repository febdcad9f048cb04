//! What it is measured on: figures from elsewhere mean something else.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::thread;
use std::time::Instant;

use crate::BenchError;
use crate::bed::Bed;

/// Bytes of one write that is waited for: a page of Postgres's log.
const PAGE: [u8; 8_192] = [1; 8_192];
const WRITES: usize = 200;

/// What it is measured on.
#[derive(Debug, Clone)]
pub struct Machine {
    cores: usize,
    processor: String,
    postgres: String,
    /// The filesystem below the database, and its device.
    disk: String,
    in_memory: bool,
    fdatasync_ms: f64,
}

impl Machine {
    /// Looks at it.
    ///
    /// # Errors
    /// [`BenchError`], when its disk can't be tried.
    pub async fn look(bed: &Bed) -> Result<Self, BenchError> {
        let postgres = sqlx::query_scalar("show server_version").fetch_one(bed.maintenance()).await?;
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let mount = mount_of(&mounts, bed.folder());
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let fdatasync_ms =
            fdatasync(bed.folder()).map_err(BenchError::io("the disk below the database can't be tried"))?;
        Ok(Self {
            cores,
            processor: processor(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
            postgres,
            disk: mount.map_or_else(|| "an unknown disk".to_owned(), |(kind, device)| format!("{kind} on {device}")),
            in_memory: mount.is_some_and(|(kind, _)| kind == "tmpfs" || kind == "ramfs"),
            fdatasync_ms,
        })
    }

    /// Whether "durable" is a word here only.
    #[must_use]
    pub fn in_memory(&self) -> bool {
        self.in_memory
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, postgres, disk, in_memory: _, fdatasync_ms } = self;
        write!(
            f,
            "{cores} cores ({processor}), PostgreSQL {postgres} with its default durability, {disk}, fdatasync of a \
             page {fdatasync_ms:.2} ms"
        )
    }
}

fn processor(cpuinfo: &str) -> String {
    let name = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or("an unknown processor", |(_, name)| name).trim().to_owned()
}

/// Kind and device of what is mounted nearest above `path`.
fn mount_of<'a>(mountinfo: &'a str, path: &Path) -> Option<(&'a str, &'a str)> {
    let mounts = mountinfo.lines().filter_map(|line| {
        // proc(5): the mount point is the fifth field; kind and device follow a lone dash.
        let (place, source) = line.split_once(" - ")?;
        let mut source = source.split(' ');
        Some((Path::new(place.split(' ').nth(4)?), source.next()?, source.next()?))
    });
    let above = mounts.filter(|(place, ..)| path.starts_with(place));
    above.max_by_key(|(place, ..)| place.components().count()).map(|(_, kind, device)| (kind, device))
}

/// The median time that one page takes to be on the disk.
fn fdatasync(folder: &Path) -> io::Result<f64> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut seconds = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        let begun = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds.get(WRITES / 2).copied().unwrap_or_default() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_counts() {
        let mounts = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
                      29 27 0:25 / /tmp rw shared:1 - tmpfs tmpfs rw,size=1k\n\
                      30 27 0:26 / /tmp2 rw - xfs /dev/vdb rw\n";
        assert_eq!(mount_of(mounts, Path::new("/tmp/bench")), Some(("tmpfs", "tmpfs")));
        assert_eq!(mount_of(mounts, Path::new("/var/tmp")), Some(("ext4", "/dev/vda")));
        assert_eq!(mount_of("", Path::new("/")), None);
    }

    #[test]
    fn the_processor_has_a_name() {
        assert_eq!(processor("processor\t: 0\nmodel name\t: AMD EPYC\nflags\t: a\n"), "AMD EPYC");
        assert_eq!(processor(""), "an unknown processor");
    }
}
