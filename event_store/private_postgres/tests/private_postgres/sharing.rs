//! Who starts and who stops the server.

use leadflow_private_postgres::{Error, ServeLock, ServerState};

use super::support::{self, place};

#[tokio::test]
async fn the_last_to_leave_stops_the_server() {
    let place = place();
    let first = place.join().await;
    let pid = place.pid();
    let second = place.join().await;
    assert_eq!(place.pid(), pid, "the second joined the first's server");
    assert_eq!(*second.state().borrow(), ServerState::Running);
    support::execute(&first.connect_options(), "CREATE TABLE kept AS SELECT 'yes' AS answer").await;

    first.leave().await.unwrap();
    assert_eq!(support::query(&second.connect_options(), "SELECT answer FROM kept").await, "yes");
    second.leave().await.unwrap();
    assert!(place.is_stopped() && !support::is_alive(pid));

    let third = place.join().await;
    assert_eq!(support::query(&third.connect_options(), "SELECT answer FROM kept").await, "yes");
    third.leave().await.unwrap();
}

#[tokio::test]
async fn many_at_once_start_one_server_and_stop_it_once() {
    let place = place();
    let (a, b, c, d) = tokio::join!(place.join(), place.join(), place.join(), place.join());
    let first_start = support::query(&a.connect_options(), "SELECT pg_postmaster_start_time()::text").await;
    assert_eq!(support::query(&d.connect_options(), "SELECT pg_postmaster_start_time()::text").await, first_start);

    let (a, b, c, d) = tokio::join!(a.leave(), b.leave(), c.leave(), d.leave());
    a.and(b).and(c).and(d).unwrap();
    assert!(place.is_stopped());
}

#[tokio::test]
async fn a_share_that_was_dropped_leaves_the_server_to_the_next() {
    let place = place();
    drop(place.join().await);
    let pid = place.pid();
    let server = place.join().await;
    assert_eq!(place.pid(), pid);

    // In a hurry, too, it is stopped; the next start has to recover.
    server.leave_hurried_by(std::future::ready(())).await.unwrap();
    assert!(!support::is_alive(pid));
    place.join().await.leave().await.unwrap();
    assert!(place.is_stopped());
}

#[test]
fn a_second_serve_is_refused_at_once_and_told_why() {
    let place = place();
    let lock = ServeLock::acquire(&place.data_dir).unwrap();
    let refusal = ServeLock::acquire(&place.data_dir).unwrap_err();
    assert!(matches!(refusal, Error::AlreadyServing { holder: Some(pid), .. } if pid == std::process::id()));
    let message = refusal.to_string();
    assert!(message.contains(place.data_dir.to_str().unwrap()), "{message}");
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");

    drop(lock);
    ServeLock::acquire(&place.data_dir).unwrap();
}
