//! We are killed, the server is killed, something was left behind.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use leadflow_private_postgres::{PrivateServer, ServeLock, ServerState};
use rustix::process::{Pid, getpgid};

use super::other_process;
use super::support::{self, Place, eventually, place};

#[tokio::test]
async fn killed_we_leave_a_server_that_the_next_start_adopts() {
    let place = place();
    let other = other_process::start("hold_the_server", &place.data_dir, &[]);
    let pid = place.pid();
    ServeLock::acquire(&place.data_dir).unwrap_err();
    let group = getpgid(Pid::from_raw(i32::try_from(pid).unwrap())).unwrap();
    assert_eq!(group.as_raw_nonzero().get().unsigned_abs(), pid, "or else Ctrl-C would reach the server");

    other.kill();
    ServeLock::acquire(&place.data_dir).expect("the lock ended with its process");
    let server = place.join().await;
    assert_eq!(place.pid(), pid);
    assert_eq!(support::query(&server.connect_options(), "SELECT 'here'").await, "here");

    is_started_again(&place, &server).await;
    server.leave().await.unwrap();
    assert!(place.is_stopped());
}

#[tokio::test]
async fn a_server_that_ends_by_itself_is_started_again() {
    let place = place();
    let server = place.join().await;
    is_started_again(&place, &server).await;
    is_started_again(&place, &server).await;
    server.leave().await.unwrap();
    assert!(place.is_stopped());
}

async fn is_started_again(place: &Place, server: &PrivateServer) {
    support::execute(&server.connect_options(), "CREATE TABLE IF NOT EXISTS kept AS SELECT 'yes' AS answer").await;
    let mut state = server.state();
    let pid = place.pid();
    support::kill(pid);
    state.wait_for(|state| matches!(state, ServerState::Restarting { .. })).await.unwrap();
    state.wait_for(|state| *state == ServerState::Running).await.unwrap();
    assert_ne!(place.pid(), pid);
    assert_eq!(support::query(&server.connect_options(), "SELECT answer FROM kept").await, "yes");
}

#[tokio::test]
async fn a_cluster_deleted_under_its_server_is_not_replaced_by_an_empty_one() {
    let place = place();
    let server = place.join().await;
    let pid = place.pid();
    std::fs::rename(place.cluster(), place.cluster().with_extension("away")).unwrap();
    support::kill(pid);
    let mut state = server.state();
    let said_so = |state: &ServerState| match state {
        ServerState::Restarting { last_lines } => last_lines.contains("has disappeared"),
        ServerState::Running => false,
    };
    state.wait_for(said_so).await.unwrap();

    std::fs::rename(place.cluster().with_extension("away"), place.cluster()).unwrap();
    state.wait_for(|state| *state == ServerState::Running).await.unwrap();
    server.leave().await.unwrap();
}

#[tokio::test]
async fn what_a_crash_leaves_behind_blocks_nothing() {
    let place = place();
    let half_made = leave_half_a_cluster(&place);
    place.join().await.leave().await.unwrap();
    assert!(!half_made.exists());

    // The pid was given to somebody else.
    leave_stale_files(&place, std::process::id());
    place.join().await.leave().await.unwrap();

    // Nobody has reaped the server.
    let mut zombie = Command::new("true").stdin(Stdio::null()).spawn().unwrap();
    eventually("the process is a zombie", || !support::is_alive(zombie.id()));
    leave_stale_files(&place, zombie.id());
    place.join().await.leave().await.unwrap();
    zombie.wait().unwrap();

    // The disk was full.
    std::fs::write(place.pid_file(), "").unwrap();
    place.join().await.leave().await.unwrap();
}

fn leave_half_a_cluster(place: &Place) -> PathBuf {
    let half_made = place.data_dir.join("postgres/data.new");
    std::fs::create_dir_all(&half_made).unwrap();
    if support::we_are_root() {
        // As `join` would have made them.
        std::fs::set_permissions(&place.data_dir, support::permissions(0o711)).unwrap();
        std::fs::set_permissions(place.data_dir.join("postgres"), support::permissions(0o711)).unwrap();
    }
    std::fs::write(half_made.join("PG_VERSION"), "15\n").unwrap();
    half_made
}

/// What a server that was killed leaves, with the id of a process that has nothing to do with it.
fn leave_stale_files(place: &Place, pid: u32) {
    let (data, socket) = (place.cluster(), place.data_dir.join("postgres/socket"));
    let content =
        format!("{pid}\n{}\n1700000000\n5432\n{}\n\n  5432001     32768\nready   \n", data.display(), socket.display());
    std::fs::write(place.pid_file(), &content).unwrap();
    std::fs::write(socket.join(".s.PGSQL.5432.lock"), &content).unwrap();
}
