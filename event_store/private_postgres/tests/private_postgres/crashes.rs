//! We are killed, the server is killed, something was left behind.

use std::process::{Command, Stdio};

use leadflow_private_postgres::{ServeLock, ServerState};
use rustix::process::{Pid, getpgid};

use super::helper;
use super::support::{self, Place, eventually, place};

#[tokio::test]
async fn killed_we_leave_a_server_that_the_next_start_adopts() {
    let place = place();
    let (mut process, _) = helper::start("hold_the_server", &place.data_dir, &[]);
    let pid = place.pid();
    ServeLock::acquire(&place.data_dir).unwrap_err();
    let group = getpgid(Pid::from_raw(i32::try_from(pid).unwrap())).unwrap();
    assert_eq!(group.as_raw_nonzero().get().unsigned_abs(), pid, "Ctrl-C would reach the server too");

    process.kill().unwrap();
    process.wait().unwrap();
    ServeLock::acquire(&place.data_dir).expect("the lock ended with its process");
    let server = place.join().await;
    assert_eq!(place.pid(), pid);
    assert_eq!(support::query(&server.connect_options(), "SELECT 'here'").await, "here");

    server.leave().await.unwrap();
    assert!(place.is_stopped() && !support::is_alive(pid));
}

#[tokio::test]
async fn a_server_that_ends_by_itself_is_started_again() {
    let place = place();
    let server = place.join().await;
    restarts_after(support::kill, &place, &server).await;
    server.leave().await.unwrap();
    assert!(place.is_stopped());
}

#[tokio::test]
async fn so_is_an_adopted_one() {
    let place = place();
    let (mut process, _) = helper::start("hold_the_server", &place.data_dir, &[]);
    let server = place.join().await;
    process.kill().unwrap();
    process.wait().unwrap();
    restarts_after(support::kill, &place, &server).await;
    server.leave().await.unwrap();
    assert!(place.is_stopped());
}

async fn restarts_after(kill: fn(u32), place: &Place, server: &leadflow_private_postgres::PrivateServer) {
    support::execute(&server.connect_options(), "CREATE TABLE kept AS SELECT 'yes' AS answer").await;
    let mut state = server.state();
    let pid = place.pid();
    kill(pid);
    state.wait_for(|state| matches!(state, ServerState::Restarting { .. })).await.unwrap();
    state.wait_for(|state| *state == ServerState::Running).await.unwrap();
    assert_ne!(place.pid(), pid);
    assert_eq!(support::query(&server.connect_options(), "SELECT answer FROM kept").await, "yes");
}

#[tokio::test]
async fn a_recycled_pid_in_the_lock_files_blocks_nothing() {
    let place = place();
    place.join().await.leave().await.unwrap();
    leave_stale_files(&place, std::process::id());
    place.join().await.leave().await.unwrap();
}

#[tokio::test]
async fn neither_does_a_zombie() {
    let place = place();
    place.join().await.leave().await.unwrap();
    let mut zombie = Command::new("true").stdin(Stdio::null()).spawn().unwrap();
    eventually("the process is a zombie", || !support::is_alive(zombie.id()));
    leave_stale_files(&place, zombie.id());
    place.join().await.leave().await.unwrap();
    zombie.wait().unwrap();
}

#[tokio::test]
async fn nor_a_file_cut_short() {
    let place = place();
    place.join().await.leave().await.unwrap();
    std::fs::write(place.pid_file(), "").unwrap();
    place.join().await.leave().await.unwrap();
}

/// What a server that was killed leaves, with the id of a process that has nothing to do with it.
fn leave_stale_files(place: &Place, pid: u32) {
    let (data, socket) = (place.cluster(), place.data_dir.join("postgres/socket"));
    let content =
        format!("{pid}\n{}\n1700000000\n5432\n{}\n\n  5432001     32768\nready   \n", data.display(), socket.display());
    std::fs::write(place.pid_file(), &content).unwrap();
    std::fs::write(socket.join(".s.PGSQL.5432.lock"), &content).unwrap();
}

#[tokio::test]
async fn a_half_made_cluster_does_not_count() {
    let place = place();
    let half_made = place.data_dir.join("postgres/data.new");
    std::fs::create_dir_all(&half_made).unwrap();
    if support::we_are_root() {
        // As `join` would have made them.
        std::fs::set_permissions(&place.data_dir, support::permissions(0o711)).unwrap();
        std::fs::set_permissions(place.data_dir.join("postgres"), support::permissions(0o711)).unwrap();
    }
    std::fs::write(half_made.join("PG_VERSION"), "15\n").unwrap();

    let server = place.join().await;
    assert!(!half_made.exists());
    server.leave().await.unwrap();
}
