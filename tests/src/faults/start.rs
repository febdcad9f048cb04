//! How long `serve` takes to be ready, and what it holds in memory when nobody asks for anything.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::memory;
use crate::installation::Installation;
use crate::server::Server;

/// From an empty data directory: the cluster has to be made and the database migrated (issue 2).
const COLD: Duration = Duration::from_secs(4);

/// From a data directory that was stopped in good order (issue 2).
const WARM: Duration = Duration::from_secs(1);

/// Resident memory of the idle `serve` process, in KiB (issue 2: under 100 MiB).
const IDLE_KIB: u64 = 100 * 1_024;

/// What one installation measured.
#[derive(Debug, Clone)]
pub struct Run {
    /// The first start.
    pub cold: Duration,
    /// The second start.
    pub warm: Duration,
    /// Resident memory of `serve`, in KiB.
    pub server_kib: u64,
    /// Memory of its private Postgres, in KiB.
    pub postgres_kib: u64,
}

/// Starts a new installation twice; the second server is looked at after it has been `idle` for so long.
///
/// # Errors
/// When it does not start, or memory can't be read.
pub async fn measure(idle: Duration) -> Result<Run> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let cold = server.ready_after();
    server.stop().await?;
    let server = Server::start(&installation).await?;
    let warm = server.ready_after();
    // Idle is a length of time; nothing waits for this to have been long enough.
    tokio::time::sleep(idle).await;
    let run = Run {
        cold,
        warm,
        server_kib: memory::resident(server.pid())?,
        postgres_kib: memory::private_postgres(&installation)?,
    };
    server.stop().await?;
    Ok(run)
}

/// The runs' median of one figure; the upper one of two in the middle.
fn median<T: Ord + Copy + Default>(runs: &[Run], figure: impl Fn(&Run) -> T) -> T {
    let mut figures: Vec<T> = runs.iter().map(figure).collect();
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// The medians against what the issue asks for. Not asked of debug builds.
///
/// # Errors
/// When one of them is over.
pub fn judge(runs: &[Run]) -> Result<()> {
    ensure!(!runs.is_empty(), "nothing was measured");
    let (cold, warm, idle) =
        (median(runs, |run| run.cold), median(runs, |run| run.warm), median(runs, |run| run.server_kib));
    ensure!(cold < COLD, "a cold start takes {cold:?}, {COLD:?} are allowed");
    ensure!(warm < WARM, "a warm start takes {warm:?}, {WARM:?} is allowed");
    ensure!(idle < IDLE_KIB, "idle it holds {idle} KiB, {IDLE_KIB} are allowed");
    Ok(())
}

/// The report, as Markdown.
#[must_use]
pub fn markdown(runs: &[Run]) -> String {
    let mut text = "# Start and idle memory\n\n\
        From the spawn of `leadflow serve` to the first 200 of `/health/ready`, with its private Postgres. Cold: an empty \
        data directory, so the cluster is made and migrated. Memory after an idle moment: `VmRSS` of `serve`; the sum of \
        `Pss` of Postgres's processes.\n\n\
        | run | cold ms | warm ms | serve MiB | Postgres MiB |\n|---|---:|---:|---:|---:|\n"
        .to_owned();
    for (index, run) in runs.iter().enumerate() {
        row(&mut text, &(index + 1).to_string(), run);
    }
    let medians = Run {
        cold: median(runs, |run| run.cold),
        warm: median(runs, |run| run.warm),
        server_kib: median(runs, |run| run.server_kib),
        postgres_kib: median(runs, |run| run.postgres_kib),
    };
    row(&mut text, "median", &medians);
    let _ = writeln!(text, "| allowed | {} | {} | {} | |", COLD.as_millis(), WARM.as_millis(), IDLE_KIB / 1_024,);
    text
}

fn row(text: &mut String, name: &str, run: &Run) {
    let mib = |kib: u64| kib.div_ceil(1_024);
    // Writing to a String can't fail.
    let _ = writeln!(
        text,
        "| {name} | {} | {} | {} | {} |",
        run.cold.as_millis(),
        run.warm.as_millis(),
        mib(run.server_kib),
        mib(run.postgres_kib),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(cold: u64, warm: u64, server_kib: u64) -> Run {
        Run {
            cold: Duration::from_millis(cold),
            warm: Duration::from_millis(warm),
            server_kib,
            postgres_kib: 30 * 1_024,
        }
    }

    #[test]
    fn medians_are_judged_and_not_the_worst() {
        let good = run(1_500, 200, 40 * 1_024);
        assert!(judge(&[good.clone(), run(9_000, 9_000, 900_000), good.clone()]).is_ok());
        for bad in [run(4_000, 200, 1), run(1_500, 1_000, 1), run(1_500, 200, 100 * 1_024)] {
            assert!(judge(&[bad.clone(), good.clone(), bad]).is_err());
        }
        assert!(judge(&[]).is_err());
    }

    #[test]
    fn the_report_ends_with_the_medians_and_what_is_allowed() {
        let report = markdown(&[run(1_000, 100, 1_024), run(3_000, 300, 3_072), run(2_000, 200, 2_048)]);
        assert!(report.ends_with("| median | 2000 | 200 | 2 | 30 |\n| allowed | 4000 | 1000 | 100 | |\n"), "{report}");
    }
}
