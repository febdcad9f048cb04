//! The cluster for tests, which is what other crates' tests stand on.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use leadflow_private_postgres::testing::{Cluster, TestDatabase};

use super::other_process::{self, OtherProcess};
use super::support::{self, eventually, pid_in, place};

#[tokio::test]
async fn a_template_is_made_once_and_its_copies_are_apart() {
    let prepared = AtomicU32::new(0);
    let database = async || -> TestDatabase {
        let cluster = Cluster::shared().await;
        let prepare = async |options| {
            prepared.fetch_add(1, Ordering::Relaxed);
            support::execute(&options, "CREATE TABLE guests (name text)").await;
            Ok(())
        };
        cluster.database("guests", prepare).await
    };
    let (a, b, c) = tokio::join!(database(), database(), database());
    support::execute(&a.connect_options(), "INSERT INTO guests VALUES ('Ann')").await;

    let count = "SELECT count(*)::text FROM guests";
    assert_eq!(support::query(&a.connect_options(), count).await, "1");
    assert_eq!(support::query(&b.connect_options(), count).await, "0");
    assert_eq!(support::query(&c.connect_options(), count).await, "0");
    assert_eq!(prepared.into_inner(), 1);
}

/// As happens when `prepare` drops its pool without closing it.
#[tokio::test]
async fn a_connection_left_open_while_preparing_does_no_harm() {
    let mut left_open = None;
    let cluster = Cluster::shared().await;
    let prepare = async |options| {
        left_open = Some(sqlx::Connection::connect_with(&options).await?);
        Ok(())
    };
    let database = cluster.database("left open", prepare).await;
    assert_eq!(support::query(&database.connect_options(), "SELECT 'here'").await, "here");
    let _: Option<sqlx::PgConnection> = left_open;
}

#[tokio::test]
async fn a_template_whose_preparation_failed_is_made_again() {
    let failed = tokio::spawn(async {
        Cluster::shared().await.database("second try", async |_| Err("no luck".into())).await;
    });
    assert!(failed.await.unwrap_err().is_panic());
    let database = Cluster::shared().await.database("second try", async |_| Ok(())).await;
    assert_eq!(support::query(&database.connect_options(), "SELECT 'here'").await, "here");
}

#[test]
fn nothing_is_left_behind_when_the_test_process_is_killed() {
    leaves_nothing_behind(OtherProcess::kill);
}

#[test]
fn nor_when_it_ends_in_peace() {
    leaves_nothing_behind(OtherProcess::release);
}

fn leaves_nothing_behind(end: fn(OtherProcess)) {
    let other = other_process::start("hold_the_tests_cluster", &place().data_dir, &[]);
    let cluster = PathBuf::from(&other.said);
    let server = pid_in(&cluster.join("postmaster.pid")).unwrap();
    // Of `<directory>/postgres/data`.
    let directory = cluster.ancestors().nth(2).unwrap();
    assert!(support::is_alive(server) && directory.exists());

    end(other);
    eventually("the server has ended", || !support::is_alive(server));
    eventually("the directory is gone", || !directory.exists());
}
