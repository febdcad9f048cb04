//! What a process is told when the wire broke in the middle of an append.

use leadflow_event_store::{Done, Receipt, database, testing, verify};

use super::POOL;
use super::plan::Lost;
use super::wire::Wire;
use crate::gate::{Gate, begin};
use crate::support::{Log, TENANT, context, conversation, receive};

#[tokio::test]
async fn what_was_committed_and_never_told_is_found_again() {
    let options = testing::database().await.connect_options();
    let (wire, losing) = Wire::new(&options, &[(1, Lost::Committed)]);
    let log = Log::over(database::app_pool(losing, POOL).await.unwrap());
    for (key, done, version) in [("a", Done::Appended, 2), ("b", Done::Before, 3), ("c", Done::Appended, 4)] {
        let told = log.conversations.execute(conversation(7), receive(7, key), context(TENANT, key)).await.unwrap();
        assert_eq!(told, Receipt { done, position: version, version }, "{key}");
    }
    assert_eq!(wire.lost(), 1);
    assert!(verify::verify(&log.store, |_| ()).await.unwrap().ok);
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_any_more_appends_nothing_twice() {
    let options = testing::database().await.connect_options();
    let (wire, losing) = Wire::new(&options, &[(1, Lost::Asked)]);
    let log = Log::over(database::app_pool(losing, POOL).await.unwrap());
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let mut gate = Gate::close(&database::owner_pool(options)).await;
    let told = log.conversations.submit(conversation(7).into(), receive(7, "b"), context(TENANT, "b"));
    let told = begin(told).await;
    // The server does not know that its client is gone, and the client has asked again.
    gate.stopped(2).await;
    assert_eq!(wire.lost(), 1);
    gate.open().await;
    assert_eq!(told.await.unwrap().unwrap(), Receipt { done: Done::Before, position: 3, version: 3 });
    let again = log.conversations.execute(conversation(7), receive(7, "b"), context(TENANT, "b")).await.unwrap();
    assert_eq!(again, Receipt { done: Done::Before, position: 3, version: 3 });
    let report = verify::verify(&log.store, |_| ()).await.unwrap();
    assert!(report.ok && report.events == 3, "{report:?}");
}
