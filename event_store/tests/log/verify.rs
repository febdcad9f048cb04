//! `verify` is quiet about a sound log and finds what was planted.

use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::ConversationCommand;
use leadflow_event_store::{database, testing, verify};
use sqlx::Executor;

use crate::support::{Log, TENANT, contact, context, conversation, introduce, receive};

#[tokio::test]
async fn a_sound_log_has_no_problems() {
    let log = Log::new().await;
    assert!(verify::verify(&log.store, |_| ()).await.unwrap().ok, "an empty log is sound");
    for key in ["a", "b"] {
        log.conversations.execute(conversation(7), receive(7, key), context(TENANT, key)).await.unwrap();
    }
    let report = verify::verify(&log.store, |_| ()).await.unwrap();
    assert!(report.ok && report.problems.is_empty(), "{report:?}");
    assert_eq!((report.events, report.commands, report.commits, report.streams), (3, 2, 2, 1));
}

#[tokio::test]
async fn each_kind_of_damage_is_found() {
    let sentence = [
        ("delete from events where position = 3", "positions 3 to 3 are missing"),
        ("delete from events where position = 3", "version 4 follows a version that is missing"),
        (
            "update events set position = -position where position in (2, 3); \
          update events set position = 5 + position where position in (-2, -3)",
            "stands before the version it follows",
        ),
        ("update events set tenant_id = gen_random_uuid() where position = 2", "another tenant's"),
        (
            "update events set recorded_at = recorded_at - interval '1 day' where position = 3",
            "position 3 was recorded",
        ),
    ];
    for (damage, finding) in sentence {
        let options = testing::database().await.connect_options();
        let owner = database::owner_pool(options);
        let log = Log::over(owner.clone());
        for key in ["a", "b", "c"] {
            log.conversations.execute(conversation(7), receive(7, key), context(TENANT, key)).await.unwrap();
        }
        owner
            .execute(
                format!(
                    "alter table events disable trigger all; \
                     alter table events drop constraint events_position_check; {damage}"
                )
                .as_str(),
            )
            .await
            .unwrap();
        let report = verify::verify(&log.store, |_| ()).await.unwrap();
        assert!(!report.ok && report.problems.iter().any(|problem| problem.contains(finding)), "{damage}: {report:?}");
    }
}

/// A log with a message, a read with its receipt, a contact with her phone, and one who was erased.
async fn furnished(owner: sqlx::PgPool) -> Log {
    let log = Log::over(owner);
    for key in ["a", "b", "c"] {
        log.conversations.execute(conversation(7), receive(7, key), context(TENANT, key)).await.unwrap();
    }
    for (key, command) in [("read", ConversationCommand::MarkRead), ("again", ConversationCommand::MarkRead)] {
        let asked = context(TENANT, key).with_receipt(testing::keys().request_hash(&[key]));
        log.conversations.execute(conversation(7), command, asked).await.unwrap();
    }
    for (number, phone) in [(8, "+393331234567"), (9, "+393331234568")] {
        log.contacts.execute(contact(number), introduce(phone), context(TENANT, phone)).await.unwrap();
    }
    log.contacts.execute(contact(9), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    log
}

#[tokio::test]
async fn each_kind_of_damage_beside_the_log_is_found() {
    let damages = [
        ("delete from reservations", "taken by 00000000-0000-0000-0000-000000000008, and not held"),
        ("update reservations set owner_id = 'x'", "held by x, taken by"),
        (
            "insert into reservations select scope, kind, 'other', tenant_id, owner_type, owner_id from reservations",
            "other: held by 00000000-0000-0000-0000-000000000008, taken by no event",
        ),
        ("update receipts set position = 1 where outcome = 'appended'", "its events are not where it says"),
        ("update receipts set outcome = 'refused' where outcome = 'appended'", "refused, but the log says otherwise"),
        ("update receipts set version = 9 where outcome = 'unchanged'", "unchanged, but the log says otherwise"),
        (
            "insert into snapshots select aggregate_type, aggregate_id, 1, 9, tenant_id, position, event_id, '{}' \
             from events where position = 2",
            "stands at version 9, which the log does not have so",
        ),
        (
            "update data_subjects set erased_at = null, \
             wrapped_key = (select wrapped_key from data_subjects where wrapped_key is not null limit 1) \
             where erased_at is not null",
            "was erased, and her key was not destroyed",
        ),
        (
            "update events set command_id = gen_random_uuid() where position = 3",
            "event 3 stands apart from its command",
        ),
        (
            "update data_subjects set wrapped_key = null, erased_at = now() where erased_at is null",
            "was destroyed, and no event erased her",
        ),
        (
            "update events set position = 99 where position = 3; update events set position = 3 where position = 8; \
             update events set position = 8 where position = 99",
            "stands before the version it follows",
        ),
        (
            "update events set payload = jsonb_set(payload, '{conversation.message_received,message,content,text}', \
             '{\"body\": {\"$sealed\": \"AQ\"}}') where position = 3",
            "event 3 can't be read: the sealed value at /conversation.message_received/message/content/text/body",
        ),
        ("update events set event_version = '99' where position = 4", "event 4 can't be read"),
        (
            "update data_subjects set wrapped_key = 'x' where erased_at is null",
            "can't be read: the key of data subject",
        ),
        ("delete from data_subjects where erased_at is null", "has no row"),
    ];
    for (damage, finding) in damages {
        let owner = database::owner_pool(testing::database().await.connect_options());
        let log = furnished(owner.clone()).await;
        let report = verify::verify(&log.store, |_| ()).await.unwrap();
        assert!(report.ok, "{report:?}");
        assert_eq!((report.reservations, report.receipts), (1, 2));
        owner.execute(format!("alter table events disable trigger all; {damage}").as_str()).await.unwrap();
        let report = verify::verify(&log.store, |_| ()).await.unwrap();
        assert!(!report.ok && report.problems.iter().any(|problem| problem.contains(finding)), "{damage}: {report:?}");
    }
}

#[tokio::test]
async fn a_thousand_problems_of_one_kind_don_t_hide_the_one_of_another() {
    let owner = database::owner_pool(testing::database().await.connect_options());
    let log = furnished(owner.clone()).await;
    owner
        .execute(
            "delete from reservations; insert into reservations \
             select gen_random_uuid(), 'planted', n::text, gen_random_uuid(), 'x', 'x' from generate_series(1, 1000) n; \
             update receipts set position = 1 where outcome = 'appended'",
        )
        .await
        .unwrap();
    let problems = verify::verify(&log.store, |_| ()).await.unwrap().problems;
    assert_eq!(problems.len(), 22, "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("... and 981 more of this kind: reservations")));
    assert!(problems.iter().any(|problem| problem.contains("its events are not where it says")));
}

#[tokio::test]
async fn it_tells_how_far_it_is() {
    let log = furnished(database::owner_pool(testing::database().await.connect_options())).await;
    let mut told = Vec::new();
    let report = verify::verify(&log.store, |progress| told.push(progress)).await.unwrap();
    assert_eq!(told, [verify::Progress { position: report.events, head: report.events }]);
}

/// More than two of its pages, and more while it reads.
#[tokio::test]
async fn it_is_quiet_about_a_sound_log_that_grows_meanwhile() {
    let log = Log::new().await;
    let others = log.of_another_process();
    let write = async |log: &Log, from: u32, to: u32| {
        let submitted = (from..to).map(|number| {
            let (thread, key) = (u128::from(number % 40), number.to_string());
            log.conversations.submit(conversation(thread).into(), receive(thread, &key), context(TENANT, &key))
        });
        for receipt in futures_util::future::join_all(submitted.collect::<Vec<_>>()).await {
            receipt.unwrap();
        }
    };
    write(&log, 0, 4_100).await;
    let mut pages = 0;
    let (report, ()) =
        tokio::join!(verify::verify(&log.store, |_| pages += 1), async { write(&others, 4_100, 4_700).await });
    let report = report.unwrap();
    assert!(report.ok && report.events > 4_100 && pages >= 3, "{report:?} in {pages} pages");
    let after = verify::verify(&log.store, |_| ()).await.unwrap();
    assert_eq!((after.ok, after.events, after.commands), (true, 4_740, 4_700));
}
