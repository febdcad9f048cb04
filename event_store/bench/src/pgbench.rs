//! pgbench: what Postgres itself makes of single durable inserts, driven by a program in C.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use leadflow_event_store::database;
use sqlx::Executor;
use tokio::process::Command;

use crate::BenchError;
use crate::bed::Database;
use crate::closed_loop::{Figures, Pace};

/// A row of about the size of an event.
const INSERT: &str = "insert into single_rows (payload) values (repeat('x', 900));\n";

/// Where it is: beside the server's programs, or on the `PATH`.
pub(crate) fn find(binaries: &Path) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    std::iter::once(binaries.to_owned())
        .chain(env::split_paths(&path))
        .map(|folder| folder.join("pgbench"))
        .find(|program| program.is_file())
}

pub(crate) async fn measure(
    program: &Path,
    folder: &Path,
    database: &Database,
    clients: u32,
    pace: Pace,
) -> Result<Figures, BenchError> {
    let pool = database::owner_pool(database.options.clone());
    pool.execute("create table single_rows (id bigint generated always as identity primary key, payload text)").await?;
    pool.close().await;
    let script = folder.join("pgbench.sql");
    std::fs::write(&script, INSERT).map_err(BenchError::io("pgbench's script can't be written"))?;
    // It counts whole seconds; where there is none, a few rows show that it runs.
    let length = match pace.measured.as_secs() {
        0 => "--transactions=50".to_owned(),
        seconds => format!("--time={seconds}"),
    };
    let threads = clients.min(2);
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(&name);
        }
    }
    let options = &database.options;
    let output = command
        .args(["--no-vacuum", "--protocol=prepared"])
        .arg(format!("--client={clients}"))
        .arg(format!("--jobs={threads}"))
        .arg(length)
        .arg(format!("--file={}", script.display()))
        .arg(format!("--host={}", options.get_socket().map(|path| path.display().to_string()).unwrap_or_default()))
        .arg(format!("--port={}", options.get_port()))
        .arg(format!("--username={}", options.get_username()))
        .arg(options.get_database().unwrap_or_default())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(BenchError::io("pgbench can't be run"))?;
    let told = String::from_utf8_lossy(&output.stdout);
    match (output.status.success(), figures(&told)) {
        (true, Some(figures)) => Ok(figures),
        _ => Err(BenchError::Program {
            program: "pgbench",
            reason: format!("{}: {told}{}", output.status, String::from_utf8_lossy(&output.stderr)),
        }),
    }
}

/// It tells a mean and no percentiles, so there are none.
fn figures(told: &str) -> Option<Figures> {
    let rest = told.lines().find_map(|line| line.strip_prefix("tps = "))?;
    Some(Figures { per_second: rest.split_whitespace().next()?.parse().ok()?, ..Figures::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_report_is_read() {
        let told = "pgbench (15.14)\nnumber of clients: 8\nlatency average = 1.373 ms\n\
                    initial connection time = 9.1 ms\ntps = 5824.123456 (without initial connection time)\n";
        assert_eq!(figures(told).unwrap().per_second, 5_824.123_456);
        assert_eq!(figures("pgbench: error: no\n"), None);
    }
}
