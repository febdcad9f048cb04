//! What a newer program wrote, and what was damaged, is told apart and named; whatever stands beside it can be read.

use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationEvent, MessageContent};
use leadflow_domain::{Event, Personal, StreamId};
use leadflow_event_store::{ExecuteError, PersonalValues, RawEvent, UnreadableEvent};
use sqlx::{Executor, PgPool};

use crate::support::{Log, TENANT, contact, context, conversation, introduce, receive};

/// What another program might have written: after the stream's newest event, and the log's.
struct Planted {
    kind: &'static str,
    event_type: &'static str,
    version: &'static str,
    payload: &'static str,
}

async fn plant(owner: &PgPool, stream: StreamId, planted: &Planted) {
    sqlx::query(
        "insert into events select max(position) + 1, $1, $2, $3, \
         coalesce(max(sequence) filter (where aggregate_type = $2 and aggregate_id = $3), 0) + 1, $4, $5, $6::jsonb, \
         '{\"correlation\": \"planted\"}', gen_random_uuid(), gen_random_uuid(), max(recorded_at) from events",
    )
    .bind(TENANT.as_uuid())
    .bind(planted.kind)
    .bind(stream.to_string())
    .bind(planted.event_type)
    .bind(planted.version)
    .bind(planted.payload)
    .execute(owner)
    .await
    .unwrap();
}

async fn damage(owner: &PgPool, sql: &str) {
    let sql = format!("alter table events disable trigger all; {sql}; alter table events enable trigger all");
    owner.execute(sql.as_str()).await.unwrap();
}

/// What reading one event comes to, sealed and opened: the same, or this text twice.
async fn unreadable(log: &Log, event: RawEvent) -> String {
    let sealed = log.reader.read(vec![event.clone()], PersonalValues::Sealed).await.unwrap_err().to_string();
    let opened = log.reader.read(vec![event], PersonalValues::Opened).await.unwrap_err().to_string();
    assert_eq!(sealed, opened);
    sealed
}

async fn opened(log: &Log, event: RawEvent) -> Result<Event, String> {
    match log.reader.read(vec![event], PersonalValues::Opened).await {
        Ok(mut read) => Ok(read.remove(0).event),
        Err(error) => Err(error.to_string()),
    }
}

fn body(event: &Event) -> &Personal<String> {
    let Event::Conversation(ConversationEvent::MessageReceived { message, .. }) = event else { panic!("{event:?}") };
    let MessageContent::Text { body } = &message.content else { panic!("a text") };
    body
}

#[tokio::test]
async fn what_a_newer_program_wrote_asks_for_an_upgrade_and_stops_nobody_else() {
    let cases = [
        (
            Planted {
                kind: "conversation",
                event_type: "conversation.opened",
                version: "9",
                payload: r#"{"conversation.opened": {"with": "somebody"}}"#,
            },
            "event 3 can't be read: conversation.opened version 9 was written by a newer program (this one knows \
             version 1): upgrade this one",
        ),
        (
            Planted {
                kind: "conversation",
                event_type: "conversation.sung",
                version: "1",
                payload: r#"{"conversation.sung": {}}"#,
            },
            "event 3 can't be read: conversation.sung version 1 was written by a newer program (this one knows no such \
             event): upgrade this one",
        ),
        (
            Planted {
                kind: "newsletter",
                event_type: "conversation.read",
                version: "1",
                payload: r#"{"conversation.read": {}}"#,
            },
            "event 3 can't be read: its stream is of unknown kind `newsletter`: upgrade this program",
        ),
        (
            Planted {
                kind: "conversation",
                event_type: "conversation.opened",
                version: "1",
                payload: r#"{"conversation.opened": {"contact": 7}}"#,
            },
            "event 3, conversation.opened, can't be read: its payload is damaged: see \"When verify fails\" in docs/OPERATIONS.md",
        ),
        (
            Planted { kind: "conversation", event_type: "conversation.read", version: "1", payload: "[]" },
            "event 3, conversation.read, can't be read: its payload is damaged: see \"When verify fails\" in docs/OPERATIONS.md",
        ),
    ];
    for (planted, expected) in cases {
        let (log, owner) = Log::with_owner().await;
        log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
        plant(&owner, conversation(7).into(), &planted).await;
        let of_the_rest = log.conversations.execute(conversation(8), receive(8, "b"), context(TENANT, "b")).await;
        assert_eq!(of_the_rest.unwrap().position, 5);

        let mut all = log.reader.after(0, 100).await.unwrap();
        assert_eq!(unreadable(&log, all.remove(2)).await, expected);
        assert_eq!(log.reader.read(all, PersonalValues::Opened).await.unwrap().len(), 4, "its neighbours are read");
        if planted.kind == "conversation" {
            let cold = log.of_another_process();
            let told = cold.conversations.execute(conversation(7), ConversationCommand::MarkRead, context(TENANT, "r"));
            let told = told.await;
            assert!(matches!(&told, Err(ExecuteError::Unreadable(why)) if why.to_string() == expected), "{told:?}");
            let load = cold.reader.load::<Conversation>(conversation(7).into()).await.unwrap_err();
            assert_eq!(load.to_string(), expected);
            // Whoever knew the stream before asks the log, and comes to the same.
            let told =
                log.conversations.execute(conversation(7), ConversationCommand::MarkRead, context(TENANT, "s")).await;
            assert!(matches!(&told, Err(ExecuteError::Unreadable(why)) if why.to_string() == expected), "{told:?}");
        }
    }
}

#[tokio::test]
async fn a_sealed_value_that_was_tampered_with_or_moved_is_named_by_its_path() {
    const BODY: &str = "{conversation.message_received,message,content,text,body,$sealed}";
    let last_changed = format!(
        "update events set payload = jsonb_set(payload, '{BODY}', to_jsonb(overlay(sealed placing \
         case substr(sealed, 20, 1) when 'A' then 'B' else 'A' end from 20))) \
         from (select payload #>> '{BODY}' as sealed from events where position = 2) s where position = 2"
    );
    let cases = [
        ("one letter of it is another", last_changed),
        (
            "it is that of her other message",
            format!(
                "update events set payload = jsonb_set(payload, '{BODY}', other.value) \
                 from (select payload #> '{BODY}' as value from events where position = 3) other where position = 2"
            ),
        ),
        (
            "it is that of her message's id",
            format!(
                "update events set payload = jsonb_set(payload, '{BODY}', payload #> \
                 '{{conversation.message_received,message,provider_message_id,$sealed}}') where position = 2"
            ),
        ),
        (
            "the event is another tenant's",
            "update events set tenant_id = gen_random_uuid() where position = 2".to_owned(),
        ),
        (
            "the values are said to be another person's",
            format!(
                "update events set metadata = jsonb_set(metadata, '{{subject}}', to_jsonb('{}'::text)) where position = 2",
                contact(8)
            ),
        ),
        (
            "it is no seal at all",
            format!("update events set payload = jsonb_set(payload, '{BODY}', '7') where position = 2"),
        ),
    ];
    for (why, sql) in cases {
        let (log, owner) = Log::with_owner().await;
        for (number, key) in [(7, "a"), (7, "b"), (8, "c")] {
            log.conversations.execute(conversation(number), receive(number, key), context(TENANT, key)).await.unwrap();
        }
        damage(&owner, &sql).await;
        let all = log.reader.after(0, 100).await.unwrap();
        let told = opened(&log, all[1].clone()).await.unwrap_err();
        assert!(
            told.starts_with("event 2 can't be read: the sealed value at /conversation.message_received/"),
            "{why}: {told}"
        );
        assert!(told.ends_with(" was tampered with, or belongs elsewhere"), "{why}: {told}");
        if why != "the event is another tenant's" && !why.starts_with("the values") {
            assert!(told.contains("/message/content/text/body"), "{why}: {told}");
        }
        assert_eq!(body(&opened(&log, all[2].clone()).await.unwrap()).known().unwrap(), "text b", "{why}");
        let sealed = log.reader.read(all, PersonalValues::Sealed).await.unwrap();
        assert_eq!(sealed.len(), 5, "whoever needs no key reads on: {why}");
    }
}

#[tokio::test]
async fn a_person_s_missing_row_is_damage_and_her_erasure_is_none() {
    let (log, owner) = Log::with_owner().await;
    for (number, phone) in [(7, "+393331234567"), (8, "+393331234568"), (9, "+393331234569")] {
        let key = number.to_string();
        log.contacts.execute(contact(number), introduce(phone), context(TENANT, &format!("i{key}"))).await.unwrap();
        log.conversations.execute(conversation(number), receive(number, &key), context(TENANT, &key)).await.unwrap();
    }
    log.contacts.execute(contact(8), ContactCommand::Erase, context(TENANT, "e")).await.unwrap();
    owner.execute(format!("delete from data_subjects where subject_id = '{}'", contact(7)).as_str()).await.unwrap();

    let message = async |number: u128| {
        let events = log.reader.stream("conversation", conversation(number).into(), 0, i64::MAX).await.unwrap();
        opened(&log, events[1].clone()).await
    };
    assert_eq!(
        message(7).await.unwrap_err(),
        format!(
            "event 3 can't be read: data subject {} has no row: see \"When verify fails\" in docs/OPERATIONS.md",
            contact(7)
        )
    );
    assert_eq!(body(&message(8).await.unwrap()), &Personal::Erased);
    assert_eq!(body(&message(9).await.unwrap()).known().unwrap(), "text 9");

    // A row that holds another person's key, or none that opens, is neither hers nor an erasure.
    owner
        .execute(
            format!(
                "update data_subjects set wrapped_key = wrapped_key || '\\x00' where subject_id = '{}'",
                contact(9)
            )
            .as_str(),
        )
        .await
        .unwrap();
    let broken = format!(
        "the key of data subject {} does not open: her row in `data_subjects` was damaged or is another installation's; restore it from a backup",
        contact(9)
    );
    assert_eq!(message(9).await.unwrap_err(), broken);
    let cold = log.of_another_process();
    let told = cold.conversations.execute(conversation(9), receive(9, "x"), context(TENANT, "x")).await;
    assert!(matches!(&told, Err(ExecuteError::Unreadable(why)) if why.to_string() == broken), "{told:?}");
}

#[tokio::test]
async fn an_event_knows_its_stream_also_when_it_can_t_be_read() {
    let (log, owner) = Log::with_owner().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let unheard_of = Planted {
        kind: "newsletter",
        event_type: "newsletter.printed",
        version: "3",
        payload: r#"{"newsletter.printed": 7}"#,
    };
    plant(&owner, conversation(7).into(), &unheard_of).await;
    let event = log.reader.after(2, 1).await.unwrap().remove(0);
    assert_eq!(
        (event.position, event.aggregate_type.as_str(), event.stream, event.version),
        (3, "newsletter", conversation(7).into(), 1)
    );
    assert_eq!((event.event_type.as_str(), event.event_version.as_str()), ("newsletter.printed", "3"));
    assert!(matches!(event.read(), Err(UnreadableEvent::UnknownVersion { position: 3, .. })));
    // The conversation of that id is another stream.
    log.conversations.execute(conversation(7), ConversationCommand::MarkRead, context(TENANT, "r")).await.unwrap();
}
