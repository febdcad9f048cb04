//! The server's settings, given on its command line: an upgrade of LeadFlow changes them, and no old file overrules.

use crate::cluster::site::Site;
use crate::connection::PORT;

/// What a crash may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing that was committed.
    Kept,
    /// Everything: for tests, whose cluster does not outlive them.
    Waived,
}

/// The arguments after `postgres`.
pub(crate) fn arguments(site: &Site) -> Vec<String> {
    let mut arguments = vec!["-D".to_owned(), site.home.data().display().to_string()];
    let place = [
        ("listen_addresses", String::new()),
        ("port", PORT.to_string()),
        ("unix_socket_directories", quoted(&site.socket().display().to_string())),
        ("unix_socket_permissions", "0700".to_owned()),
        ("hba_file", site.home.hba().display().to_string()),
        ("ident_file", site.home.ident().display().to_string()),
    ];
    let place = place.iter().map(|(name, value)| (*name, value.as_str()));
    let durability = match site.durability {
        Durability::Kept => KEPT,
        Durability::Waived => WAIVED,
    };
    let buffers = match site.durability {
        Durability::Kept => format!("{}MB", shared_buffers(memory())),
        Durability::Waived => "64MB".to_owned(),
    };
    let settings = place
        .chain(COMMON.iter().copied())
        .chain(durability.iter().copied())
        .chain([("shared_buffers", buffers.as_str())]);
    for (name, value) in settings {
        arguments.push("-c".to_owned());
        arguments.push(format!("{name}={value}"));
    }
    arguments
}

/// Short transactions and small rows from one machine.
const COMMON: &[(&str, &str)] = &[
    // Compiling a plan takes longer than running ours.
    ("jit", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("log_min_messages", "warning"),
    ("log_checkpoints", "off"),
    ("log_line_prefix", "%m [%p] "),
    // Solid state is the rule where LeadFlow runs.
    ("random_page_cost", "1.1"),
];

const KEPT: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("synchronous_commit", "on"),
    ("max_connections", "100"),
    ("wal_compression", "on"),
    // Fewer full-page images. Recovery reads up to this much.
    ("checkpoint_timeout", "15min"),
    ("max_wal_size", "2GB"),
];

const WAIVED: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    // A pool per test, many tests at a time.
    ("max_connections", "400"),
    // Its workers would hold template databases just when a test copies them.
    ("autovacuum", "off"),
    ("checkpoint_timeout", "1h"),
    // The log lives in memory here.
    ("max_wal_size", "256MB"),
    ("min_wal_size", "32MB"),
];

/// What the server keeps of tables and indexes in its own memory, in MiB: a quarter of what there is, as PostgreSQL's documentation
/// advises (Resource Consumption, `shared_buffers`), from its own default up to a GiB. Pages are taken as they are touched, and kept. Indexes by ids are touched all
/// over: where a file of leads outgrew 128 MiB, it was read more slowly.
fn shared_buffers(memory: Option<u64>) -> u64 {
    let quarter = memory.unwrap_or(0) / 4 / (1 << 20);
    quarter.clamp(128, 1_024)
}

/// What memory there is, in bytes: the machine's, or less where a container may have less.
#[cfg(target_os = "linux")]
fn memory() -> Option<u64> {
    let info = rustix::system::sysinfo();
    let machine = info.totalram.checked_mul(u64::from(info.mem_unit))?;
    // What a container may have, by either version of control groups; where there is no limit the file says so in a word, or it is beyond all.
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let limit = |path| std::fs::read_to_string(path).ok().and_then(|limit| limit.trim().parse::<u64>().ok());
    limits.into_iter().filter_map(limit).chain([machine]).min()
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
fn memory() -> Option<u64> {
    None
}

/// The setting is a list; quotes keep a comma or a blank in the path from splitting it.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_memory_is_the_server_s_within_bounds() {
        let gib = 1 << 30;
        for (memory, mib) in
            [(None, 128), (Some(gib / 4), 128), (Some(gib), 256), (Some(4 * gib), 1_024), (Some(64 * gib), 1_024)]
        {
            assert_eq!(shared_buffers(memory), mib, "{memory:?}");
        }
        #[cfg(target_os = "linux")]
        assert!(memory().is_some_and(|memory| memory > 1 << 26), "{:?}", memory());
    }
}
