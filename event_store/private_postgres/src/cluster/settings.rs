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
    let settings = place.chain(COMMON.iter().copied()).chain(durability.iter().copied());
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
    // Allocated as it is touched, so an idle server stays small.
    ("shared_buffers", "128MB"),
    ("wal_compression", "on"),
    // Fewer full-page images; recovery stays within seconds as events are small.
    ("checkpoint_timeout", "15min"),
    ("max_wal_size", "1GB"),
];

const WAIVED: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    // A pool per test, many tests at a time.
    ("max_connections", "400"),
    ("shared_buffers", "64MB"),
    // Its workers would hold template databases just when a test copies them.
    ("autovacuum", "off"),
    ("checkpoint_timeout", "1h"),
    // The log lives in memory here.
    ("max_wal_size", "256MB"),
    ("min_wal_size", "32MB"),
];

/// The setting is a list; quotes keep a comma or a blank in the path from splitting it.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('"', "\"\""))
}
