//! What a client was shown keeps its id and its place in its list, whatever is told of it since; or the client is told.

use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::{ConversationCommand, Counterpart, InboundMessage, MessageContent};
use leadflow_domain::{ContactId, ConversationId, Event, GroupId, IdentifierHash};
use leadflow_projections::inbox::{
    self, ContactList, ContactOrder, InboxProjector, MessageColumns, MessageRow, MessagesRequest,
};
use leadflow_projections::{Condition, Keyset, PageRequest, PageUnread};
use sqlx::Row;
use uuid::Uuid;

use crate::history::{at, channel, connect, contact, introduce, text, write};
use crate::parking::poison;
use crate::process::Process;
use crate::queries::{ALL, inbox};
use crate::support::{Log, TENANT, context, proven};

async fn folded(log: &Log) {
    let process = Process::start(log, 1, |runtime| runtime.project(InboxProjector));
    process.reaches(inbox::DEFINITION, log.head().await).await;
    process.stop().await;
}

async fn erase(log: &Log, who: ContactId) {
    log.contacts.execute(who, ContactCommand::Erase, context(TENANT, &format!("erase {who}"))).await.unwrap();
    folded(log).await;
}

async fn messages(log: &Log, conversation: Uuid, page: PageRequest) -> Vec<MessageRow> {
    let request = MessagesRequest { conversations: &[conversation], page, columns: MessageColumns::ALL };
    let rows = inbox::messages_of(&log.reads, proven(TENANT), request).await.unwrap();
    rows.into_iter().map(|(_, row)| row).collect()
}

#[tokio::test]
async fn a_conversation_whose_channel_is_parked_is_listed_without_it() {
    let log = Log::new().await;
    for who in 0..3 {
        write(&log, who, &format!("a{who}"), 0).await;
    }
    let connected = log.events().await.into_iter().find(|recorded| matches!(recorded.event, Event::Channel(_)));
    poison(&log, connected.unwrap().position, "event_version = '99'").await;
    folded(&log).await;
    let page = inbox(&log.reads, proven(TENANT), PageRequest::first(2)).await.unwrap();
    assert_eq!(page.len(), 3, "there is more behind the page");
    assert!(page.iter().all(|row| row.channel.is_none() && row.contact.is_some()), "{page:?}");
    let count = inbox::count_conversations(&log.reads, proven(TENANT), &Condition::default()).await.unwrap();
    assert_eq!(count, 3);
}

#[tokio::test]
async fn a_message_that_is_told_of_more_fully_keeps_its_id() {
    let log = Log::new().await;
    log.channels.execute(channel(TENANT, 0), connect(TENANT, 0, 0), context(TENANT, "channel")).await.unwrap();
    let (contact, channel) = (contact(TENANT, 1), channel(TENANT, 0));
    log.contacts.execute(contact, introduce(1), context(TENANT, "introduce")).await.unwrap();
    let conversation = ConversationId::between(contact, channel);
    let placeholder = InboundMessage::new("a".to_owned(), at(0), MessageContent::MediaPlaceholder {});
    let place = ConversationCommand::ImportMessage { contact, channel, message: placeholder };
    let file = ConversationCommand::ImportMessage { contact, channel, message: text("a", 0, None) };
    let live = ConversationCommand::ReceiveMessage { contact, channel, group: None, message: text("a", 1, None) };
    let mut known: Option<MessageRow> = None;
    for (key, command) in [("place", place), ("file", file), ("live", live)] {
        log.conversations.execute(conversation, command, context(TENANT, key)).await.unwrap();
        folded(&log).await;
        let all = messages(&log, conversation.as_uuid(), ALL).await;
        let [row] = all.as_slice() else { panic!("{all:?}") };
        if let Some(known) = known.replace(row.clone()) {
            assert_eq!(row.id, known.id);
            assert_ne!(row, &known, "else this shows nothing");
        }
    }
    let found = inbox::messages(&log.reads, proven(TENANT), &[known.unwrap().id]).await.unwrap();
    assert_eq!(found[0].body.as_deref(), Some("text a"));
    assert!(found[0].details.as_ref().is_some_and(|details| !details.is_imported));
}

#[tokio::test]
async fn a_page_of_messages_goes_on_behind_one_whose_person_was_erased() {
    let log = Log::new().await;
    for (key, second) in [("a", 0), ("b", 1), ("c", 2)] {
        write(&log, 0, key, second).await;
    }
    folded(&log).await;
    let conversation = ConversationId::between(contact(TENANT, 0), channel(TENANT, 0)).as_uuid();
    let newest = messages(&log, conversation, PageRequest::first(0)).await.remove(0).keyset();
    erase(&log, contact(TENANT, 0)).await;
    let rest = messages(&log, conversation, PageRequest { after: Some(newest), ..ALL }).await;
    assert_eq!(rest.len(), 2);
}

/// The numbers of those on a page by name.
async fn by_name(log: &Log, page: PageRequest) -> Result<Vec<(Keyset, Uuid)>, PageUnread> {
    let list = ContactList { filter: &Condition::default(), order: ContactOrder::Name };
    let rows = inbox::contacts(&log.reads, proven(TENANT), list, page).await?;
    Ok(rows.into_iter().map(|(keyset, row)| (keyset, row.id)).collect())
}

async fn called(log: &Log, who: u128, name: &str, second: i64) {
    let (contact, channel) = (contact(TENANT, who), channel(TENANT, 0));
    let message = text(&format!("{who} {second}"), second, Some(name));
    let receive = ConversationCommand::ReceiveMessage { contact, channel, group: None, message };
    let conversation = ConversationId::between(contact, channel);
    let key = format!("{who} is {name}");
    log.conversations.execute(conversation, receive, context(TENANT, &key)).await.unwrap();
    folded(log).await;
}

#[tokio::test]
async fn a_list_by_name_passes_over_nobody_when_somebody_is_called_something_else() {
    let log = Log::new().await;
    for who in 1..=4 {
        write(&log, who, &format!("a{who}"), 0).await;
    }
    for (who, name) in [(1, "Ada"), (2, "Bo"), (3, "Cyd"), (4, "Dot")] {
        called(&log, who, name, 1).await;
    }
    let number = |(_, id): &(Keyset, Uuid)| (1..=4).find(|who| contact(TENANT, *who).as_uuid() == *id).unwrap();
    let numbers = |rows: Vec<(Keyset, Uuid)>| rows.iter().map(number).collect::<Vec<u128>>();
    let all = by_name(&log, ALL).await.unwrap();
    let behind = |nth: usize| PageRequest { after: Some(all[nth].0), ..ALL };
    let before = |nth: usize| PageRequest { before: Some(all[nth].0), ..ALL };
    assert_eq!(numbers(by_name(&log, behind(0)).await.unwrap()), [2, 3, 4]);

    called(&log, 1, "Zoe", 2).await;
    assert!(matches!(by_name(&log, behind(0)).await, Err(PageUnread::Moved)), "from Z on there is nobody");
    assert!(matches!(by_name(&log, before(0)).await, Err(PageUnread::Moved)));
    assert_eq!(numbers(by_name(&log, behind(1)).await.unwrap()), [3, 4, 1], "others' places are what they were");
    erase(&log, contact(TENANT, 2)).await;
    assert!(matches!(by_name(&log, behind(1)).await, Err(PageUnread::Moved)));
    assert_eq!(numbers(by_name(&log, before(3)).await.unwrap()), [3]);
}

#[tokio::test]
async fn no_name_is_behind_those_who_have_none() {
    let log = Log::new().await;
    for who in 1..=2 {
        write(&log, who, &format!("a{who}"), 0).await;
    }
    log.contacts.execute(contact(TENANT, 3), introduce(3), context(TENANT, "nameless")).await.unwrap();
    called(&log, 1, "\u{10ffff}\u{10ffff}b", 1).await;
    called(&log, 2, "\u{10ffff}A", 1).await;
    let ids = |rows: Vec<(Keyset, Uuid)>| rows.into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    let expected = [2, 1, 3].map(|who| contact(TENANT, who).as_uuid());
    for page in [ALL, PageRequest::last(ALL.size)] {
        assert_eq!(ids(by_name(&log, page).await.unwrap()), expected);
    }
}

#[tokio::test]
async fn who_was_erased_is_in_nobody_s_rows() {
    const WAMID: &str = "wamid.HBgMMzkzMzMxMjM0NTY3FQIAEhgUM0EBA";
    let log = Log::new().await;
    let (one, other, channel) = (contact(TENANT, 1), contact(TENANT, 2), channel(TENANT, 0));
    write(&log, 1, "a", 0).await;
    write(&log, 2, "b", 0).await;
    let group = GroupId::known_to_provider(channel, &IdentifierHash::from_hex("hash".to_owned()));
    let introduced = leadflow_domain::group::GroupCommand::Introduce { channel, provider_group_id: "group".to_owned() };
    log.groups.execute(group, introduced, context(TENANT, "group")).await.unwrap();
    let conversation = Counterpart::Group(group).conversation(channel);
    let answer = InboundMessage { replies_to: Some(WAMID.to_owned().into()), ..text("answer", 2, None) };
    for (contact, message) in [(one, text(WAMID, 1, None)), (other, answer)] {
        let receive = ConversationCommand::ReceiveMessage { contact, channel, group: Some(group), message };
        let key = format!("group {contact}");
        log.conversations.execute(conversation, receive, context(TENANT, &key)).await.unwrap();
    }
    folded(&log).await;
    let answered = async || {
        messages(&log, conversation.as_uuid(), PageRequest::first(0))
            .await
            .remove(0)
            .named
            .and_then(|named| named.replies_to)
    };
    assert_eq!(answered().await.as_deref(), Some(WAMID));
    assert!(holds(&log, WAMID).await);
    erase(&log, one).await;
    assert_eq!(answered().await, None);
    assert!(!holds(&log, WAMID).await);
}

/// Whether any row of the inbox holds `text`.
async fn holds(log: &Log, text: &str) -> bool {
    let schema = inbox::DEFINITION.schema();
    let tables: Vec<String> = sqlx::query_scalar("select tablename::text from pg_tables where schemaname = $1")
        .bind(&schema)
        .fetch_all(&log.owner)
        .await
        .unwrap();
    assert!(tables.len() > 5, "{tables:?}");
    for table in tables {
        let sql = format!("select count(*) from {schema}.{table} t where strpos(t::text, $1) > 0");
        let row = sqlx::query(&sql).bind(text).fetch_one(&log.owner).await.unwrap();
        if row.get::<i64, _>(0) > 0 {
            return true;
        }
    }
    false
}
