//! Once she was erased nothing of hers can be read, and her number is free.

use leadflow_domain::E164;
use leadflow_domain::contact::{ContactCommand, ContactRefusal, Identifier};
use leadflow_event_store::{ExecuteError, Owner, PersonalValues, reservation_owners};

use super::person::{ADA, EVE, Person};
use super::recorded::{all, skeleton, values};
use super::search::search;
use crate::support::{Log, TENANT, asked, context};

async fn owner_of_the_phone(log: &Log, person: &Person) -> Option<Owner> {
    let asked =
        [(TENANT, Identifier::phone(&E164::parse(person.phone).unwrap(), person.phone_hash()).held.reservation())];
    reservation_owners(&log.pool, &asked).await.unwrap().remove(0)
}

#[tokio::test]
async fn whoever_was_erased_can_t_be_read_and_nobody_else_notices() {
    let (log, owner) = Log::with_owner().await;
    ADA.writes(&log).await;
    EVE.writes(&log).await;
    let before = all(&log.reader, PersonalValues::Opened).await;
    log.contacts.execute(ADA.id(), ContactCommand::Erase, asked("erase", "")).await.unwrap();

    for process in [&log, &log.of_another_process()] {
        let after = all(&process.reader, PersonalValues::Opened).await;
        assert_eq!(skeleton(&after[..before.len()]), skeleton(&before), "the log is as it was, and longer by one");
        assert_eq!(after.len(), before.len() + 1);
        assert!(values(&after, ADA.id()).iter().all(Option::is_none));
        assert_eq!(values(&after, EVE.id()), values(&before, EVE.id()));
        let shown = process.reader.open(process.reader.after(0, i64::MAX).await.unwrap()).await.unwrap();
        let shown: String = shown.into_iter().map(|event| event.payload).collect();
        assert!(shown.contains("$erased") && shown.contains(EVE.text) && !shown.contains(ADA.text));
    }
    assert_eq!(search(&owner, &ADA.markers()).await, [""; 0]);
    assert_eq!(owner_of_the_phone(&log, &ADA).await, None);
    let eve = Owner { tenant: TENANT, stream: EVE.id().into() };
    assert_eq!(owner_of_the_phone(&log, &EVE).await, Some(eve));
    let key: (Option<Vec<u8>>, bool) =
        sqlx::query_as("select wrapped_key, erased_at is not null from data_subjects where subject_id = $1")
            .bind(ADA.id().as_uuid())
            .fetch_one(&owner)
            .await
            .unwrap();
    assert_eq!(key, (None, true));
}

#[tokio::test]
async fn her_number_is_somebody_new_s_and_her_id_nobody_s() {
    let (log, _) = Log::with_owner().await;
    ADA.writes(&log).await;
    log.contacts.execute(ADA.id(), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    let again = log.contacts.execute(ADA.id(), ADA.introduce(), context(TENANT, "again")).await;
    assert!(matches!(again, Err(ExecuteError::Refused(ContactRefusal::Erased))), "{again:?}");

    let new = Person { contact: 70, ..ADA };
    new.writes(&log).await;
    assert_eq!(owner_of_the_phone(&log, &new).await, Some(Owner { tenant: TENANT, stream: new.id().into() }));
    let read = all(&log.reader, PersonalValues::Opened).await;
    assert!(values(&read, new.id()).iter().all(Option::is_some));
    assert!(values(&read, ADA.id()).iter().all(Option::is_none));
}

#[tokio::test]
async fn erasing_her_twice_is_erasing_her_once() {
    let log = Log::new().await;
    ADA.writes(&log).await;
    for key in ["one", "two"] {
        log.contacts.execute(ADA.id(), ContactCommand::Erase, asked(key, "")).await.unwrap();
    }
    let other = log.of_another_process();
    other.contacts.execute(ADA.id(), ContactCommand::Erase, asked("three", "")).await.unwrap();
    let (generation, erasures): (i32, i64) = sqlx::query_as(
        "select (select generation from data_subjects where subject_id = $1), \
         (select count(*) from events where event_type = 'contact.erased')",
    )
    .bind(ADA.id().as_uuid())
    .fetch_one(&log.pool)
    .await
    .unwrap();
    assert_eq!((generation, erasures), (2, 1));
}
