//! `leadflow bench`, in small: every figure is there and means what it says. How fast it is, is no test's business.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::cli::run_within;
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::{PATIENCE, eventually};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

const KEYS: [&str; 7] = ["id", "limit", "met", "ours", "peer", "ratio", "unit"];

/// What each family of targets must at least tell, where 8 clients stand for 256 and 4 for 32.
const IDS: [&str; 16] = [
    "T1/growing/1-client",
    "T1/growing/4-clients",
    "T1/growing/8-clients/one-process",
    "T1/growing/8-clients/one-process/p99",
    "T1/growing/8-clients/two-processes",
    "T1/opening/8-clients/one-process",
    "T1/opening/8-clients/two-processes",
    "T1/opening/4-clients/stock",
    "T2/opening/1-client/p50",
    "T3/cached/1-client",
    "T3/cached/4-clients",
    "T3/cold/1-client",
    "T3/cold/rows-read",
    "T3/cached-aggregate/resident",
    "idle-transaction/8-clients",
    "pgbench/1-client",
];

/// What taking webhooks must tell, where 4 connections stand for 64.
const INTAKE_IDS: [&str; 6] = [
    "T4/4-connections/api-alone",
    "T4/4-connections/api-alone/p99",
    "T4/4-connections/api-alone/axum-alone",
    "T4/4-connections/api-alone/p50/insert-only",
    "T4/4-connections/workers-on/axum-alone",
    "T4/4-connections/workers-on/p99/insert-only",
];

/// What the read models must tell, where 2,000 events stand for a million.
const PROJECTIONS_IDS: [&str; 12] = [
    "T6/inbox/read-and-copy",
    "T6/inbox/one-statement",
    "T6/inbox/peak-memory",
    "T6/leads/read-alone",
    "T6/usage/read-alone",
    "T6/beside-a-rebuild/append-p99",
    "T5/500-a-second/in-every-read-model",
    "T5/3000-a-second/in-every-read-model/p99",
    "T8/1000-events/commands",
    "T8/1000-events/inbox/p99",
    "T8/2000-events/commands",
    "T8/2000-events/inbox/p99",
];

/// What looking at an inbox must tell where `PostGraphile`, which npm would have to fetch, is left out.
const GRAPHQL_IDS: [&str; 5] = [
    "T7/inbox/1-client/sql-by-hand",
    "T7/inbox/16-clients/sql-by-hand",
    "T7/inbox/16-clients/p99",
    "T7/list/16-clients/sql-by-hand",
    "T7/list/16-clients/p50",
];

const SIGHT_IDS: [&str; 4] = [
    "sight/assigned/inbox/a-hundred/p50",
    "sight/assigned/list/half/p50",
    "sight/queue/list/a-hundred-and-the-queue/p50",
    "sight/queue/inbox/a-team/p99",
];

fn bench(installation: &Installation, temporary: &Path, which: &str, rounds: &str) -> Result<Command> {
    let mut command = installation.command()?;
    // Below the installation, so that its guardian ends what we might leave.
    command.args(["bench", which, "--small", "--seconds", "0.1", "--rounds", rounds]).env("TMPDIR", temporary);
    Ok(command)
}

fn is_empty(folder: &Path) -> Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}

fn temporary(installation: &Installation) -> Result<PathBuf> {
    let temporary = installation.root().join("temporary");
    fs::create_dir(&temporary)?;
    Ok(temporary)
}

#[tokio::test]
async fn every_figure_is_there() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let document = installation.root().join("figures.md");
    fs::write(
        &document,
        "before\n<!-- bench append: begin -->\nwhat an earlier run wrote\n<!-- bench append: end -->\nafter\n",
    )?;

    let mut command = bench(&installation, &temporary, "append", "1")?;
    command.arg("--json").arg("--document").arg(&document);
    let rows: Vec<Value> = run_within(PATIENCE * 3, command).await?.succeeded()?.json()?;

    let id = |row: &Value| row["id"].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = rows.iter().map(id).collect();
    for expected in IDS {
        assert!(ids.iter().any(|id| id == expected), "{expected} is not in {ids:?}");
    }
    for row in &rows {
        let mut keys: Vec<&String> = row.as_object().context("a row")?.keys().collect();
        keys.sort();
        assert_eq!(keys, KEYS);
        assert!(row["unit"].is_string() && (row["met"].is_boolean() || row["met"].is_null()), "{row}");
        // pgbench may be missing, and is never asked to meet anything.
        let beside = id(row).starts_with("pgbench/");
        for figure in ["ours", "peer", "limit", "ratio"].map(|key| &row[key]) {
            // So small a cache may fit into memory that the process has already.
            let is_there = |figure: f64| figure > 0.0 || figure == 0.0 && id(row).ends_with("/resident");
            assert!(figure.as_f64().is_some_and(is_there) || figure.is_null(), "{row}");
        }
        assert!(beside || row["ours"].is_number(), "{row}");
        assert!(beside || row["met"].is_null() || row["ratio"].is_number(), "{row}");
    }
    let written = fs::read_to_string(&document)?;
    assert!(
        written.starts_with("before\n") && written.ends_with("\nafter\n") && !written.contains("an earlier run"),
        "{written}"
    );
    assert!(ids.iter().all(|id| written.contains(&format!("| {id} |"))), "{written}");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn taking_webhooks_is_measured_beside_its_limits() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let document = installation.root().join("figures.md");
    fs::write(
        &document,
        "<!-- bench append: begin -->\nanother bench's\n<!-- bench append: end -->\n\
         <!-- bench intake: begin -->\n<!-- bench intake: end -->\n",
    )?;
    let mut command = bench(&installation, &temporary, "intake", "1")?;
    command.arg("--json").arg("--document").arg(&document);
    let rows: Vec<Value> = run_within(PATIENCE, command).await?.succeeded()?.json()?;

    let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    for expected in INTAKE_IDS {
        assert!(ids.contains(&expected), "{expected} is not in {ids:?}");
    }
    for row in &rows {
        let mut keys: Vec<&String> = row.as_object().context("a row")?.keys().collect();
        keys.sort();
        assert_eq!(keys, KEYS);
        for figure in ["ours", "ratio"] {
            assert!(row[figure].as_f64().is_some_and(|figure| figure > 0.0), "{row}");
        }
        assert!(row["peer"].is_number() != row["limit"].is_number(), "{row}");
    }
    let judged = rows.iter().filter(|row| row["met"].is_boolean()).count();
    assert_eq!(judged, 8, "T4 asks for a rate and a latency, T5 for both at three paces");
    let written = fs::read_to_string(&document)?;
    assert!(written.contains("another bench's"), "{written}");
    assert!(ids.iter().all(|id| written.contains(&format!("| {id} |"))), "{written}");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn read_models_are_measured_beside_their_peers() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let mut command = bench(&installation, &temporary, "projections", "1")?;
    command.args(["--json", "--no-document"]);
    let rows: Vec<Value> = run_within(PATIENCE * 3, command).await?.succeeded()?.json()?;

    let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    for expected in PROJECTIONS_IDS {
        assert!(ids.contains(&expected), "{expected} is not in {ids:?}");
    }
    for row in &rows {
        let mut keys: Vec<&String> = row.as_object().context("a row")?.keys().collect();
        keys.sort();
        assert_eq!(keys, KEYS);
        assert!(row["ours"].as_f64().is_some_and(|figure| figure > 0.0), "{row}");
        assert!(row["met"].is_null() || row["ratio"].as_f64().is_some_and(|ratio| ratio > 0.0), "{row}");
    }
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn looking_at_an_inbox_is_measured_beside_its_limit() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let mut command = bench(&installation, &temporary, "graphql", "1")?;
    command.args(["--json", "--no-document", "--without-peer"]);
    // Both answer every inbox alike, or it fails.
    let rows: Vec<Value> = run_within(PATIENCE, command).await?.succeeded()?.json()?;

    let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    for expected in GRAPHQL_IDS {
        assert!(ids.contains(&expected), "{expected} is not in {ids:?}");
    }
    for row in &rows {
        assert!(row["ours"].as_f64().is_some_and(|figure| figure > 0.0), "{row}");
    }
    let judged = rows.iter().filter(|row| row["met"].is_boolean()).count();
    assert_eq!(judged, 1, "of SQL by hand a share is asked with many clients; the peer is not there");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn what_somebody_sees_of_an_inbox_is_measured_beside_all_of_it() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let mut command = bench(&installation, &temporary, "sight", "1")?;
    command.args(["--json", "--no-document"]);
    // Everybody is shown what SQL by hand finds, or it fails.
    let rows: Vec<Value> = run_within(PATIENCE, command).await?.succeeded()?.json()?;

    let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    for expected in SIGHT_IDS {
        assert!(ids.contains(&expected), "{expected} is not in {ids:?}");
    }
    for row in &rows {
        assert!(row["ours"].as_f64().is_some_and(|figure| figure > 0.0) && row["peer"].is_number(), "{row}");
    }
    let judged = rows.iter().filter(|row| row["met"].is_boolean()).count();
    assert_eq!(judged, 12, "of three viewers of two businesses, for the inbox and the list");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn what_a_limit_adds_to_a_request_is_measured() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let mut command = bench(&installation, &temporary, "limits", "1")?;
    command.args(["--json", "--no-document"]);
    let rows: Vec<Value> = run_within(PATIENCE, command).await?.succeeded()?.json()?;
    let checks = rows.iter().filter(|row| row["unit"] == "checks/s");
    assert!(checks.clone().all(|row| row["ours"].as_f64().is_some_and(|figure| figure > 0.0)), "{rows:?}");
    let judged = rows.iter().filter(|row| row["met"].is_boolean()).count();
    assert_eq!((checks.count(), judged), (6, 5), "of many strangers at once nothing is asked: {rows:?}");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn what_others_have_of_many_who_sign_in_is_measured() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let mut command = bench(&installation, &temporary, "sign-in", "1")?;
    command.args(["--json", "--no-document"]);
    // Everybody who signs in is let in, or it fails.
    let rows: Vec<Value> = run_within(PATIENCE, command).await?.succeeded()?.json()?;
    assert!(rows.iter().all(|row| row["ours"].as_f64().is_some_and(|figure| figure > 0.0)), "{rows:?}");
    let judged: Vec<_> = rows.iter().filter(|row| row["met"].is_boolean()).map(|row| row["id"].as_str()).collect();
    assert_eq!((rows.len(), judged), (5, vec![Some("sign-in/3-at-once/light-query/p99")]), "{rows:?}");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn what_a_flood_of_forms_leaves_to_others_is_measured() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let mut command = bench(&installation, &temporary, "walk-in", "1")?;
    command.args(["--json", "--no-document"]);
    let rows: Vec<Value> = run_within(PATIENCE, command).await?.succeeded()?.json()?;
    let figure = |id: &str| rows.iter().find(|row| row["id"] == id).and_then(|row| row["ours"].as_f64());
    assert_eq!(figure("walk-in/honest/taken"), Some(100.0), "whoever is honest passes: {rows:?}");
    let judged: Vec<_> = rows.iter().filter(|row| row["met"].is_boolean()).map(|row| row["id"].as_str()).collect();
    assert_eq!((rows.len(), judged), (7, vec![Some("walk-in/inbox/p99"), Some("walk-in/honest/taken")]), "{rows:?}");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn what_agents_write_and_what_waits_is_measured_until_whatsapp_has_it() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let mut command = bench(&installation, &temporary, "sending", "1")?;
    command.args(["--json", "--no-document", "--rate", "10"]);
    // Each message is taken once, in its order and at no more than its pace, or it fails.
    let rows: Vec<Value> = run_within(PATIENCE * 3, command).await?.succeeded()?.json()?;

    let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    let of_way = ["p50", "p95", "p99", "max", "answered/p50", "answered/p95", "answered/p99"];
    let in_time = ["sending/10-a-second", "sending/10-a-second-and-statuses"];
    let mut expected: Vec<String> = in_time.map(str::to_owned).to_vec();
    expected.extend(in_time.iter().flat_map(|name| of_way.map(|way| format!("{name}/{way}"))));
    expected
        .extend(["sending/one-number", "sending/one-number/most-in-a-second", "sending/2-numbers"].map(str::to_owned));
    assert!(ids.len() == expected.len() && expected.iter().all(|id| ids.contains(&id.as_str())), "{ids:?}");
    for row in &rows {
        let mut keys: Vec<&String> = row.as_object().context("a row")?.keys().collect();
        keys.sort();
        assert_eq!(keys, KEYS);
        assert!(row["ours"].as_f64().is_some_and(|figure| figure > 0.0), "{row}");
    }
    let figure = |id: &str, key: &str| rows.iter().find(|row| row["id"] == id).and_then(|row| row[key].as_f64());
    for name in in_time {
        let of = |way: &str| figure(&format!("{name}/{way}"), "ours");
        assert!(of("p50") <= of("p95") && of("p95") <= of("p99") && of("p99") <= of("max"), "{rows:?}");
        assert_eq!(figure(&format!("{name}/p99"), "limit"), Some(150.0));
    }
    let most = figure("sending/one-number/most-in-a-second", "ours");
    assert!(most.is_some_and(|most| most <= 80.0), "no pace is exceeded: {most:?}");
    let judged = rows.iter().filter(|row| row["met"].is_boolean()).count();
    assert_eq!(judged, 6, "a rate and a latency twice, and a pace that is reached and not exceeded");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn an_interrupted_bench_leaves_nothing_behind() -> Result<()> {
    let installation = Installation::new()?;
    let temporary = temporary(&installation)?;
    let mut child =
        bench(&installation, &temporary, "append", "99")?.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    eventually("the bench's Postgres", async || {
        ensure!(installation.has_postmaster_pid()?);
        Ok(())
    })
    .await?;
    // Into whatever it does by now; the promise holds at every moment.
    kill_process(Pid::from_child(&child), Signal::INT)?;
    let status = tokio::task::spawn_blocking(move || child.wait()).await??;
    assert_eq!(status.code(), Some(1), "{status}");
    assert!(is_empty(&temporary)?, "a directory was left behind");
    Ok(())
}

#[tokio::test]
async fn what_can_t_be_measured_or_written_is_refused_at_once() -> Result<()> {
    let installation = Installation::new()?;
    let unmarked = installation.root().join("unmarked.md");
    fs::write(&unmarked, "no place here\n")?;
    let (unmarked, missing) = (unmarked.display().to_string(), "/nowhere/at/all.md");
    for (arguments, reason) in [
        (&["--seconds", "0"][..], "0.1 to 600 seconds"),
        (&["--seconds", "NaN"], "0.1 to 600 seconds"),
        (&["--rounds", "0"], "1 to 99 rounds"),
        (&["--rounds=-1"], "invalid value"),
        (&["--document", &unmarked], "bench append: begin"),
        (&["--document", missing], missing),
        (&["--document", missing, "--no-document"], "cannot be used with"),
    ] {
        let ended = installation.leadflow(&[&["bench", "append"], arguments].concat()).await?.refused()?;
        assert!(ended.stderr.contains(reason), "{arguments:?}: {}", ended.stderr);
    }
    Ok(())
}
