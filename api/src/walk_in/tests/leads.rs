//! What a form becomes.

use leadflow_domain::contact::ContactCommand;
use leadflow_domain::lead::{LeadEvent, LeadSource};
use leadflow_domain::source::{Asked, SourceCommand, WalkInForm};
use leadflow_domain::{CommandId, ContactId, E164, EmailAddress, Event, LeadId};
use leadflow_event_store::{Actor, CommandContext, PersonalValues};
use uuid::Uuid;

use super::bed::{Bed, NORA, SOURCE, TENANT, form, slug};
use crate::submissions::{KnownBy, Lookup};
use crate::webhooks::{Archive, Selection, erase_contacts, reprocess};

async fn kinds(bed: &Bed) -> Vec<String> {
    sqlx::query_scalar("select event_type from events where aggregate_type in ('contact', 'lead') order by position")
        .fetch_all(&bed.owner)
        .await
        .unwrap()
}

/// What became of each delivery, and to whom it led.
async fn items(bed: &Bed) -> Vec<(String, String, Option<Uuid>)> {
    sqlx::query_as("select kind, state, contact_id from webhook_items order by delivery_id")
        .fetch_all(&bed.owner)
        .await
        .unwrap()
}

async fn bodies(bed: &Bed) -> i64 {
    let sql = "select count(*) from webhook_deliveries where bytes > 4 and octet_length(body) > 60";
    sqlx::query_scalar(sql).fetch_one(&bed.owner).await.unwrap()
}

async fn submissions(bed: &Bed, contact: ContactId) -> Vec<LeadEvent> {
    let reader = bed.store.reader();
    let raw = reader.stream("lead", LeadId::of(contact).into(), 0, 100).await.unwrap();
    let events = reader.read(raw, PersonalValues::Opened).await.unwrap();
    let submitted = events.into_iter().filter_map(|recorded| {
        if let Event::Lead(event @ LeadEvent::Submitted(_)) = recorded.event { Some(event) } else { None }
    });
    submitted.collect()
}

fn context(what: &str) -> CommandContext {
    CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &[what]), Actor::CommandLine, "test")
}

#[tokio::test]
async fn a_form_introduces_somebody_and_captures_her_lead() {
    let bed = Bed::new().await;
    bed.send(&NORA).await;
    bed.translate().await;
    let expected = ["contact.introduced_by_phone", "contact.identifier_added", "lead.captured", "lead.submitted"];
    assert_eq!(kinds(&bed).await, expected);
    let [(kind, state, Some(contact))] = &items(&bed).await[..] else { panic!("one item") };
    assert_eq!((kind.as_str(), state.as_str()), ("walk_in.submission", "applied"));
    let submitted = submissions(&bed, ContactId::from_uuid(*contact)).await;
    let [LeadEvent::Submitted(told)] = &submitted[..] else { panic!("{submitted:?}") };
    assert_eq!((told.source, told.from, told.origin.form_id.as_deref()), (LeadSource::WalkIn, Some(SOURCE), Some("1")));
    assert_eq!(told.name.as_ref().and_then(|name| name.known()).map(String::as_str), Some("Nora Winter"));
    let answers: Vec<_> = told
        .answers
        .iter()
        .map(|told| (told.key.as_deref().unwrap(), told.answer.known().map(String::as_str).unwrap()))
        .collect();
    assert_eq!(answers, NORA, "as they were written, and that she agreed");
    assert_eq!(told.answers.last().unwrap().question.as_deref(), Some("You may call me about this."));
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_one_and_one_that_says_otherwise_is_another() {
    let bed = Bed::new().await;
    let stamp = bed.stamp(60).await;
    for _ in 0..3 {
        bed.send_stamped(&stamp, &NORA).await;
    }
    bed.translate().await;
    bed.send_stamped(&stamp, &NORA).await;
    bed.translate().await;
    let count = async |kind: &str| kinds(&bed).await.iter().filter(|known| *known == kind).count();
    assert_eq!((bed.stored().await, count("lead.submitted").await), (4, 1));
    let mut corrected = NORA;
    corrected[3] = ("question-1", "A green sofa");
    bed.send_stamped(&stamp, &corrected).await;
    bed.translate().await;
    assert_eq!((count("lead.captured").await, count("lead.submitted").await), (1, 2));
}

#[tokio::test]
async fn what_was_thanked_for_becomes_a_lead_whatever_the_business_does_meanwhile() {
    let mut bed = Bed::new().await;
    bed.send(&NORA).await;
    bed.set(WalkInForm { questions: vec![], consent: None, ..form() }).await;
    bed.tell(TENANT, SOURCE, SourceCommand::Close).await;
    bed.translate().await;
    assert_eq!(kinds(&bed).await.last().map(String::as_str), Some("lead.submitted"));
}

#[tokio::test]
async fn who_is_erased_goes_from_what_she_sent_and_an_old_form_does_not_bring_her_back() {
    let bed = Bed::new().await;
    let stamp = bed.stamp_of(&slug(), 1, 60, 3).await;
    bed.send_stamped(&stamp, &NORA).await;
    bed.translate().await;
    let contact = ContactId::from_uuid(items(&bed).await[0].2.unwrap());
    assert_eq!(bodies(&bed).await, 1);
    bed.commands.contacts.execute(contact, ContactCommand::Erase, context("erase")).await.unwrap();
    erase_contacts(&bed.pool, &bed.keys, &[contact]).await.unwrap();
    assert_eq!(bodies(&bed).await, 0, "its body is gone");
    assert!(!format!("{:?}", submissions(&bed, contact).await).contains("Nora"));
    let head = bed.store.reader().head().await.unwrap();
    bed.send_stamped(&stamp, &NORA).await;
    bed.translate().await;
    assert_eq!(bed.store.reader().head().await.unwrap(), head, "nobody is introduced by what was told before");
    assert_eq!(items(&bed).await[1].1, "applied");
    // Her data is nowhere in clear, in whatever table.
    let clear: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' \
         and table_name in ('webhook_deliveries', 'webhook_items', 'walk_in_refusals', 'events', 'reservations', 'rate_limits') \
         and (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I t where t::text ~ ''Winter|98200 ?45001|nora@''', table_name), \
              false, true, '')))[1]::text::int > 0",
    )
    .fetch_all(&bed.owner)
    .await
    .unwrap();
    assert_eq!(clear, [""; 0]);
}

#[tokio::test]
async fn what_was_kept_is_seen_by_today_s_program_as_it_was() {
    let bed = Bed::new().await;
    bed.send(&NORA).await;
    bed.door.intake.store("walk_in", crate::webhooks::Bringer::Source(SOURCE), "{}".into()).await.unwrap();
    bed.translate().await;
    let states: Vec<String> = items(&bed).await.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(states, ["applied", "parked"], "what a newer program stored waits for one");
    let selection = Selection { since: jiff::Timestamp::UNIX_EPOCH, until: None, states: vec!["applied", "parked"] };
    let archive = Archive { pool: &bed.pool, reader: bed.store.reader(), commands: &bed.commands, keys: &bed.keys };
    let seen = reprocess(archive, &selection, true, |_| {}).await.unwrap();
    assert_eq!((seen.deliveries, seen.changes.len()), (2, 0), "{seen:?}");
}

/// Somebody whom the business knows by these.
async fn known(bed: &Bed, phone: Option<&str>, email: Option<&str>) -> ContactId {
    let context = context(&format!("{phone:?} {email:?}"));
    let lookup = Lookup { pool: &bed.pool, commands: &bed.commands, context: &context };
    let phone = phone.map(|phone| E164::parse(phone).unwrap());
    let email = email.map(|email| EmailAddress::parse(email).unwrap());
    lookup.identify(&KnownBy::new(&bed.keys, phone.as_ref(), email.as_ref())).await.unwrap().contact
}

/// What happened to a contact since she was known, and the holders of what she came with.
async fn since_known(bed: &Bed, contact: ContactId) -> Vec<(String, Option<String>)> {
    sqlx::query_as(
        "select event_type, jsonb_path_query_first(payload, '$.**.holder') #>> '{}' from events \
         where aggregate_type = 'contact' and aggregate_id = $1 and metadata ->> 'correlation' <> 'test' order by position",
    )
    .bind(contact.to_string())
    .fetch_all(&bed.owner)
    .await
    .unwrap()
}

/// Whom it leads to when somebody fills in a copy of her own of the form, as it was set for the so many-th time.
async fn led_to(bed: &Bed, form: u32, fields: &[(&str, &str)]) -> ContactId {
    let before = bed.stored().await;
    let copy = 100 + u128::try_from(before).unwrap();
    let stamp = bed.stamp_of(&slug(), form, 60, copy).await;
    bed.send_stamped(&stamp, fields).await;
    assert_eq!(bed.stored().await, before + 1, "it is taken");
    bed.translate().await;
    ContactId::from_uuid(items(bed).await.last().unwrap().2.unwrap())
}

#[tokio::test]
async fn what_somebody_claims_changes_nothing_of_a_contact_who_is_known() {
    let conflict = |holder: ContactId| ("contact.identifier_conflicted".to_owned(), Some(holder.to_string()));

    // By her address: who gives another phone with it is somebody else until people say otherwise.
    let mut bed = Bed::new().await;
    let nora = known(&bed, None, Some("nora@example.com")).await;
    let claimed = led_to(&bed, 1, &NORA).await;
    assert_ne!(claimed, nora);
    assert_eq!(since_known(&bed, nora).await, []);
    let introduced = ("contact.introduced_by_phone".to_owned(), None);
    assert_eq!(since_known(&bed, claimed).await, [introduced, conflict(nora)]);
    // What follows by either leads where it led before.
    let mut again = NORA;
    again[3] = ("question-1", "A green sofa");
    assert_eq!(led_to(&bed, 1, &again).await, claimed);
    let by_address = [("name", "Nora"), ("phone", ""), NORA[2], NORA[3], NORA[4]];
    bed.set(WalkInForm { phone: Asked::Optionally, ..form() }).await;
    assert_eq!(led_to(&bed, 2, &by_address).await, nora);
    assert_eq!(since_known(&bed, nora).await, []);

    // By her phone: an address that is nobody's stays among the answers.
    let bed = Bed::new().await;
    let nora = known(&bed, Some("+919820045001"), None).await;
    assert_eq!(led_to(&bed, 1, &NORA).await, nora);
    assert_eq!(since_known(&bed, nora).await, []);
    let submitted = submissions(&bed, nora).await;
    let [LeadEvent::Submitted(told)] = &submitted[..] else { panic!("{submitted:?}") };
    assert_eq!(told.added, []);
    let email = told.answers.iter().find(|told| told.key.as_deref() == Some("email")).unwrap();
    assert_eq!(email.answer.known().map(String::as_str), Some("nora@example.com"));

    // By her phone, with somebody else's address: they may be one.
    let bed = Bed::new().await;
    let nora = known(&bed, Some("+919820045001"), None).await;
    let other = known(&bed, None, Some("nora@example.com")).await;
    assert_eq!(led_to(&bed, 1, &NORA).await, nora);
    assert_eq!(since_known(&bed, nora).await, [conflict(other)]);
    assert_eq!(since_known(&bed, other).await, []);

    // Nobody knows her: both are hers, and forms that follow add nothing.
    let bed = Bed::new().await;
    let nora = led_to(&bed, 1, &NORA).await;
    let mut moved = NORA;
    moved[2] = ("email", "winter@example.com");
    assert_eq!(led_to(&bed, 1, &moved).await, nora);
    assert_eq!(since_known(&bed, nora).await.len(), 2);
    let added: Vec<usize> = submissions(&bed, nora)
        .await
        .iter()
        .map(|event| if let LeadEvent::Submitted(told) = event { told.added.len() } else { 0 })
        .collect();
    assert_eq!(added, [2, 0]);
}
