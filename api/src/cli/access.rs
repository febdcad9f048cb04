//! `leadflow db access`.

use std::process::ExitCode;
use std::time::Duration;

use leadflow_event_store::database::{RowLevelSecurity, Worker};
use serde_json::json;

use super::output;
use super::output::say;
use crate::reads::Reads;
use crate::storage::Storage;

/// How long a statement may take: none reads more than the catalogue.
const PATIENCE: Duration = Duration::from_secs(10);

/// Prints who reads, who writes, and whether row-level security stands between tenants.
pub(super) async fn show(storage: &Storage, as_json: bool) -> anyhow::Result<ExitCode> {
    let access = Reads::open(storage, 1, PATIENCE).await?.access;
    let (state, advice) = match access.row_level_security {
        RowLevelSecurity::On => ("on", None),
        RowLevelSecurity::Off { advice } => ("off", Some(advice)),
    };
    if as_json {
        let worker = |worker: &Worker| json!({"login": worker.login, "role": worker.role});
        output::json(&json!({
            "reads": worker(&access.reads),
            "writes": worker(&access.writes),
            "rowLevelSecurity": state,
            "advice": advice,
        }))?;
    } else {
        let row = |what: &str, worker: Worker| vec![what.to_owned(), worker.login, worker.role];
        let rows = vec![row("the API's reads", access.reads), row("all else", access.writes)];
        output::table(&["what", "login", "works as"], rows, "")?;
        say!("\nRow-level security is {state}{}", advice.map_or(".".to_owned(), |advice| format!(": {advice}")));
    }
    Ok(ExitCode::SUCCESS)
}
