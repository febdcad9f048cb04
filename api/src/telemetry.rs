//! Logs: readable on a terminal, JSON for machines. Always on standard error; standard output belongs to results.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info,sqlx=warn";

/// Sets up logging for this process. `quiet` logs warnings only, for calls whose output is their result.
pub fn start(quiet: bool) {
    let default = if quiet { "warn" } else { DEFAULT_FILTER };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE)
        .with_target(false);
    // A second call, in tests, leaves the first one's subscriber in place.
    if std::io::stderr().is_terminal() {
        let _ = logs.with_ansi(true).compact().try_init();
    } else {
        let _ = logs.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init();
    }
}
