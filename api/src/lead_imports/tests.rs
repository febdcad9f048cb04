use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::{FutureExt, stream};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::{CommandId, ContactId, Country, StreamId, TenantId};
use leadflow_event_store::{Actor, CommandContext, EventStore, database, testing as log_testing};
use leadflow_projections::testing;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::batches::{Batches, ROWS};
use super::columns::Unmapped;
use super::imports::Counts;
use super::records::Record;
use super::row::Reading;
use super::take_in::take_in_at_most;
use super::tell::{Seen, Teller};
use super::*;
use crate::commands::Commands;
use crate::jobs::{Job, JobFilter, JobRange, Turn, Work, Worked, jobs};
use crate::submissions::Lookup;

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
const FILE: &str = "Name;Phone;E-mail;Budget\nAda;333 1234567;ada@example.com;a lot\nBob;;bob@example.com;\n\
                    Cleo;ask her;;\n;;;nobody\nAda again;+39 333 123 4567;;less\n";

struct Bed {
    pool: PgPool,
    store: EventStore,
    commands: Commands,
    files: Arc<Files>,
}

fn brought() -> Brought {
    Brought {
        tenant: TENANT,
        actor: Actor::CommandLine,
        name: Some("leads.csv".to_owned()),
        is_dry_run: false,
        columns: vec![],
        delimiter: None,
        encoding: None,
        country: Country::parse("IT").ok(),
    }
}

fn pieces(bytes: &[u8]) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    let pieces: Vec<_> = bytes.chunks(10_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

impl Bed {
    async fn new() -> Self {
        let pool = database::app_pool(testing::database().await.connect_options(), 6).await.unwrap();
        let store = log_testing::event_store(&pool);
        let commands = Commands::new(&store);
        let files = Arc::new(Files::new(pool.clone(), log_testing::keys()));
        Self { pool, store, commands, files }
    }

    async fn take(&self, bytes: &[u8], brought: &Brought) -> Result<Taken, NotTaken> {
        take_in(&self.files, brought, pieces(bytes), |_| {}).await
    }

    fn work(&self) -> ImportLeads {
        let reader = self.store.reader().clone();
        ImportLeads::new(Arc::clone(&self.files), reader, self.commands.clone(), watch::channel(false).1)
    }

    fn job(&self, import: Uuid) -> Job {
        let turn = Turn::now(&self.pool, TENANT);
        let (id, subject) = (Uuid::from_u128(7), StreamId::from_uuid(import));
        Job { id, tenant: TENANT, queue: String::new(), subject, position: 1, attempts: 1, turn }
    }

    async fn read(&self, import: Uuid) -> Import {
        assert_eq!(self.work().work(self.job(import), CancellationToken::new()).await, Worked::Done);
        self.found(import).await
    }

    async fn found(&self, import: Uuid) -> Import {
        self.files.import(TENANT, import).await.unwrap().unwrap()
    }

    /// A file is brought and read.
    async fn import(&self, bytes: &[u8], brought: &Brought) -> Import {
        let taken = self.take(bytes, brought).await.unwrap();
        assert!(!taken.is_known);
        self.read(taken.import).await
    }

    async fn many(&self, of: &str) -> i64 {
        sqlx::query_scalar(&format!("select count(*) from {of}")).fetch_one(&self.pool).await.unwrap()
    }

    async fn events(&self, of: &str) -> i64 {
        self.many(&format!("events where event_type = '{of}'")).await
    }
}

fn counts(read: i64, new: i64, known: i64, invalid: i64) -> Counts {
    Counts { read, new, known, invalid }
}

#[tokio::test]
async fn rows_become_leads_once_in_whatever_file_they_stand() {
    let bed = Bed::new().await;
    let first = bed.import(FILE.as_bytes(), &brought()).await;
    assert_eq!((first.state, first.counts), (ImportState::Done, counts(5, 3, 0, 2)));
    assert_eq!((first.read_to, first.rows_passed), (first.text_bytes, 6));
    assert_eq!((bed.events("lead.submitted").await, bed.events("lead.captured").await), (3, 2));
    let errors = bed.files.first_errors(first.id, 20).await.unwrap();
    let at: Vec<_> = errors.iter().map(|error| (error.row, error.column.as_deref())).collect();
    assert_eq!(at, [(4, Some("Phone")), (5, None)]);
    assert_eq!(bed.many("lead_import_chunks").await, 0, "its text is gone");

    // The same file is known by itself; in another form its rows are.
    let again = bed.take(FILE.as_bytes(), &Brought { name: None, ..brought() }).await.unwrap();
    assert_eq!(again, Taken { import: first.id, is_known: true });
    let head = bed.store.reader().head().await.unwrap();
    let utf16: Vec<u8> =
        format!("\u{feff}{}", FILE.replace(';', "\t")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let other = bed.import(&utf16, &brought()).await;
    assert_eq!(other.counts, counts(5, 0, 3, 2));
    let about = other.about.unwrap();
    assert_eq!((about.encoding, about.layout.delimiter), (Encoding::Utf16Le, Delimiter::Tab));
    assert_eq!(bed.store.reader().head().await.unwrap(), head);
    assert_eq!(bed.many("lead_imports").await, 2);
}

#[tokio::test]
async fn a_dry_run_tells_what_would_be_and_writes_nothing() {
    let bed = Bed::new().await;
    let dry = Brought { is_dry_run: true, ..brought() };
    let twice = format!("{FILE}Bob;;bob@example.com;\n");
    let head = bed.store.reader().head().await.unwrap();
    for _ in 0..2 {
        let looked = bed.import(twice.as_bytes(), &dry).await;
        assert_eq!((looked.state, looked.counts), (ImportState::Done, counts(6, 3, 1, 2)));
        let notice = told(&looked)["notice"].as_str().unwrap().to_owned();
        assert!(notice.contains("those of IT") && notice.contains("does not correct it"), "{notice}");
        assert_eq!(bed.files.first_errors(looked.id, 20).await.unwrap().len(), 2);
    }
    assert_eq!(bed.store.reader().head().await.unwrap(), head);
    assert_eq!(bed.import(twice.as_bytes(), &brought()).await.counts, counts(6, 3, 1, 2), "as it said");
    assert_eq!(bed.import(twice.as_bytes(), &dry).await.counts, counts(6, 0, 4, 2));
}

fn long(rows: usize) -> String {
    let row = |nth: usize| format!("Somebody {nth},+3933{nth:08}\r\n");
    std::iter::once("name,phone\r\n".to_owned()).chain((0..rows).map(row)).collect()
}

/// A process told the log of some rows, and ended before it put that down.
#[tokio::test]
async fn whoever_takes_an_import_over_goes_on_and_counts_each_row_once() {
    let bed = Bed::new().await;
    let (rows, many) = (2 * ROWS + 100, 1_124);
    // One row stands twice, before what is put down and after.
    let again = long(rows).lines().nth(3).unwrap().to_owned();
    let mut lines: Vec<String> = long(rows).lines().map(str::to_owned).collect();
    lines.insert(ROWS + 10, again);
    let file = format!("{}\nbroken,ask\n", lines.join("\n"));
    let taken = bed.take(file.as_bytes(), &brought()).await.unwrap();
    let teller = Teller {
        pool: bed.pool.clone(),
        log: bed.store.reader().clone(),
        commands: bed.commands.clone(),
        keys: log_testing::keys(),
    };
    let mut import = bed.files.start(taken.import).await.unwrap().unwrap();
    let about = import.about.clone().unwrap();
    let from = (0, 0, import.text_bytes);
    let mut batches = Batches::open(&bed.files, import.id, Delimiter::Comma, from).await.unwrap().unwrap();
    for is_put_down in [true, false] {
        let batch = batches.some().await.unwrap().unwrap().unwrap();
        assert_eq!(batch.records.len(), ROWS);
        let (actor, seen) = (Actor::CommandLine, &mut Seen::new());
        let told = teller.tell(&import, &about, &actor, &batch.records, false, seen).await.unwrap();
        if is_put_down {
            (import.read_to, import.rows_passed, import.told_to) = (batch.read_to, batch.rows_passed, told.told_to);
            import.counts.add(told.counts);
            bed.files.put_down(&import, &told.errors).await.unwrap();
        }
    }
    let before = bed.found(import.id).await;
    assert_eq!((before.counts.read, before.state), (512, ImportState::Running));
    let whole = bed.read(import.id).await;
    assert_eq!(whole.counts, counts(many + 2, many, 1, 1));
    assert_eq!(bed.events("lead.submitted").await, many);
    assert_eq!(bed.files.first_errors(import.id, 9).await.unwrap()[0].row, many + 3);
    // Whoever had it before puts down nothing any more, and ends nothing.
    bed.files.end(&import, ImportState::Failed, Some("late")).await.unwrap();
    assert_eq!(bed.found(import.id).await.state, ImportState::Done);
}

#[tokio::test]
async fn one_that_is_cancelled_or_paused_is_read_no_further() {
    let bed = Bed::new().await;
    let taken = bed.take(long(10).as_bytes(), &brought()).await.unwrap();
    let (paused, told) = watch::channel(true);
    let reader = bed.store.reader().clone();
    let work = ImportLeads::new(Arc::clone(&bed.files), reader, bed.commands.clone(), told);
    let worked = work.work(bed.job(taken.import), CancellationToken::new()).await;
    assert!(matches!(worked, Worked::Again { .. }), "{worked:?}");
    assert_eq!((bed.found(taken.import).await.counts.read, bed.events("lead.submitted").await), (0, 0));
    paused.send_replace(false);

    let another = TenantId::from_uuid(Uuid::from_u128(2));
    assert_eq!(bed.files.cancel(another, taken.import).await.unwrap(), Cancelled::NotFound);
    assert_eq!(bed.files.cancel(TENANT, taken.import).await.unwrap(), Cancelled::Ends);
    assert_eq!(bed.files.cancel(TENANT, taken.import).await.unwrap(), Cancelled::HadEnded);
    let ended = bed.found(taken.import).await;
    assert_eq!(ended.state, ImportState::Cancelled);
    let range = JobRange { numbers: 1..=i64::MAX, from_oldest: true, limit: 9 };
    let states: Vec<_> = jobs(&bed.pool, &JobFilter::default(), &range)
        .await
        .unwrap()
        .into_iter()
        .map(|job| job.state.as_str())
        .collect();
    assert_eq!(states, ["cancelled"]);
    assert_eq!(work.work(bed.job(taken.import), CancellationToken::new()).await, Worked::Done);
    assert_eq!((bed.many("lead_import_chunks").await, bed.events("lead.submitted").await), (0, 0));
    // It may be brought again, as it was not read; and one that is worked on ends by whoever does.
    let taken = bed.take(long(10).as_bytes(), &brought()).await.unwrap();
    assert!(!taken.is_known);
    let running =
        "update jobs set state = 'running', worker = gen_random_uuid(), leased_until = now() where state = 'waiting'";
    sqlx::query(running).execute(&bed.pool).await.unwrap();
    bed.files.start(taken.import).await.unwrap().unwrap();
    assert_eq!(bed.files.cancel(TENANT, taken.import).await.unwrap(), Cancelled::Ends);
    assert_eq!(bed.found(taken.import).await.state, ImportState::Running);
    assert_eq!(bed.read(taken.import).await.state, ImportState::Cancelled);
}

#[tokio::test]
async fn who_is_erased_while_a_file_waits_does_not_come_back_by_it() {
    let bed = Bed::new().await;
    bed.import(b"name,phone\nAda,+393331234567\n", &brought()).await;
    let contact: String =
        sqlx::query_scalar("select aggregate_id::text from events where aggregate_type = 'contact' limit 1")
            .fetch_one(&bed.pool)
            .await
            .unwrap();
    let taken = bed.take(b"name,phone\nAda Rossi,+39 333 1234567\nBob,+393337654321\n", &brought()).await.unwrap();
    let context =
        CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &["erase"]), Actor::CommandLine, "test");
    let contact = ContactId::from_uuid(contact.parse().unwrap());
    bed.commands.contacts.execute(contact, ContactCommand::Erase, context).await.unwrap();
    let phone = leadflow_domain::E164::parse("+393331234567").unwrap();
    let held = leadflow_domain::contact::Identifier::phone(&phone, log_testing::keys().phone_hash(&phone)).held;
    for _ in 0..2 {
        was_erased(&mut bed.pool.acquire().await.unwrap(), TENANT, std::slice::from_ref(&held)).await.unwrap();
    }
    let import = bed.read(taken.import).await;
    assert_eq!(import.counts, counts(2, 1, 0, 1));
    let errors = bed.files.first_errors(import.id, 9).await.unwrap();
    assert!(errors[0].row == 2 && errors[0].reason.contains("erased"), "{errors:?}");
    assert_eq!(bed.many("lead_import_erased").await, 0);
}

#[tokio::test]
async fn of_what_is_refused_nothing_is_left() {
    let bed = Bed::new().await;
    let zip = [b"PK\x03\x04".as_slice(), &[7; 100_000]].concat();
    let long_header = format!("name,\"{}", "x".repeat(600_000));
    let broken = [long(20_000).as_bytes(), "Zoë,+39331\n".as_bytes(), b"Zo\xeb,+39332\n"].concat();
    for (file, is_it) in [
        (&b""[..], "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"Ada,+393331234567\n", "no names of columns"),
        (b"name,budget\nAda,1\n", "no column is `phone` or `email`"),
        (b"phone,Note,Note\n1,2,3\n", "two columns are called"),
        (&zip, "a spreadsheet of Excel"),
        (&[0; 9_000], "zero bytes"),
        (long_header.as_bytes(), "longer than names of columns"),
        (&broken, "is not utf-8"),
    ] {
        let refused = bed.take(file, &brought()).await.unwrap_err();
        assert!(refused.to_string().contains(is_it), "{is_it}: {refused}");
    }
    let said = Brought { columns: vec![(Field::Phone, "Mobile".to_owned())], ..brought() };
    let refused = bed.take(FILE.as_bytes(), &said).await.unwrap_err();
    assert!(matches!(refused, NotTaken::Unmapped(Unmapped::NoColumn { .. })), "{refused}");
    let large = long(20_000);
    let refused = take_in_at_most(500_000, &bed.files, &brought(), pieces(large.as_bytes()), |_| {}).await;
    assert!(matches!(refused, Err(NotTaken::TooLarge)), "{refused:?}");
    let breaks_off = [Ok(Bytes::from(large)), Err("gone")];
    let refused = take_in(&bed.files, &brought(), stream::iter(breaks_off), |_| {}).await;
    assert!(matches!(refused, Err(NotTaken::EndedEarly)), "{refused:?}");
    assert_eq!((bed.many("lead_imports").await, bed.many("lead_import_chunks").await), (0, 0));
    assert_eq!((bed.many("jobs").await, bed.many("events").await), (0, 0));
}

#[tokio::test]
async fn hostile_rows_are_errors_and_what_is_between_them_is_read() {
    let bed = Bed::new().await;
    let endless = "x".repeat(10 << 20);
    let file = format!(
        "name,phone,note\nAda,+393331,\0\n=cmd|' /C calc'!A0,+393332,\"=HYPERLINK(\"\"x\"\")\"\nBob,\"{endless}\",\n\
         \"Zoë\nMüller\",+393333,x,y\nCleo,+393334\nDora,+393335,\"{}\"\n",
        "y".repeat(5_000)
    );
    let import = bed.import(file.as_bytes(), &brought()).await;
    assert_eq!(import.counts, counts(6, 2, 0, 4));
    let errors = bed.files.first_errors(import.id, 9).await.unwrap();
    assert_eq!(errors.iter().map(|error| error.row).collect::<Vec<_>>(), [2, 4, 5, 7]);
}

#[tokio::test]
async fn a_file_that_never_came_whole_and_one_whose_job_is_gone_are_seen_to() {
    let bed = Bed::new().await;
    bed.files.begin(TENANT, &Actor::CommandLine, false).await.unwrap().unwrap();
    let taken = bed.take(long(3).as_bytes(), &brought()).await.unwrap();
    upkeep::round(&bed.pool).await.unwrap();
    assert_eq!((bed.many("lead_imports").await, bed.found(taken.import).await.state), (2, ImportState::Waiting));
    let later = "update lead_imports set heard_at = heard_at - interval '11 minutes'";
    sqlx::query(later).execute(&bed.pool).await.unwrap();
    sqlx::query("update jobs set state = 'cancelled', is_head = false, ended_at = now()")
        .execute(&bed.pool)
        .await
        .unwrap();
    upkeep::round(&bed.pool).await.unwrap();
    assert_eq!((bed.many("lead_imports").await, bed.found(taken.import).await.state), (1, ImportState::Cancelled));
    assert_eq!(bed.many("lead_import_chunks").await, 0);
    // The day's key is destroyed.
    let read = bed.import(FILE.as_bytes(), &brought()).await;
    sqlx::query("delete from delivery_keys").execute(&bed.pool).await.unwrap();
    upkeep::round(&bed.pool).await.unwrap();
    assert_eq!((bed.found(read.id).await.about, bed.many("lead_import_errors").await), (None, 0));
}

#[tokio::test]
async fn a_business_has_so_many_files_at_once() {
    let bed = Bed::new().await;
    let mut files = Vec::new();
    while let Some(id) = bed.files.begin(TENANT, &Actor::CommandLine, false).await.unwrap() {
        files.push(id);
    }
    assert_eq!(files.len(), 20);
    let refused = bed.take(FILE.as_bytes(), &brought()).await.unwrap_err();
    assert!(matches!(refused, NotTaken::TooMany), "{refused}");
    bed.files.discard(files[0]).await.unwrap();
    assert!(bed.take(FILE.as_bytes(), &brought()).await.is_ok());
}

#[tokio::test]
async fn nothing_of_a_file_is_stored_in_clear() {
    let bed = Bed::new().await;
    let taken = bed.take(FILE.as_bytes(), &Brought { name: Some("ada.csv".to_owned()), ..brought() }).await.unwrap();
    let everywhere = "select string_agg(encode(t.body, 'escape'), '') from ( \
        select body from lead_import_chunks union all select about from lead_imports union all select body from lead_import_errors) t";
    let stored: String = sqlx::query_scalar(everywhere).fetch_one(&bed.pool).await.unwrap();
    bed.read(taken.import).await;
    let after: String = sqlx::query_scalar(everywhere).fetch_one(&bed.pool).await.unwrap();
    for text in [stored, after] {
        assert!(text.len() > 100 && !text.contains("Ada") && !text.contains("Phone") && !text.contains("ada.csv"));
    }
}

/// A process introduced her for a row and ended, and then she was erased: whom the row proposes is nobody any more, for ever.
#[tokio::test]
async fn a_row_that_never_comes_to_anything_is_an_error_of_its_own_and_the_file_goes_on() {
    let bed = Bed::new().await;
    let taken = bed.take(b"name,phone\nAda,+393331234567\nBob,+393337654321\n", &brought()).await.unwrap();
    let (about, keys) = (bed.found(taken.import).await.about.unwrap(), log_testing::keys());
    let reading = Reading {
        tenant: TENANT,
        keys: &keys,
        columns: &about.layout.columns,
        country: about.country(),
        came_at: jiff::Timestamp::UNIX_EPOCH,
    };
    let cells = Ok(vec!["Ada".to_owned(), "+393331234567".to_owned()]);
    let lead = reading.read(&Record { row: 2, cells, ends_at: 0 }).unwrap().unwrap();
    let context = CommandContext::new(TENANT, lead.command, Actor::CommandLine, "test");
    let lookup = Lookup { pool: &bed.pool, commands: &bed.commands, context: &context };
    let ada = lookup.identify(&lead.known_by(&keys)).await.unwrap().contact;
    let erase = CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &["erase"]), Actor::CommandLine, "test");
    bed.commands.contacts.execute(ada, ContactCommand::Erase, erase).await.unwrap();

    let import = bed.read(taken.import).await;
    assert_eq!((import.state, import.counts), (ImportState::Done, counts(2, 1, 0, 1)));
    let errors = bed.files.first_errors(import.id, 9).await.unwrap();
    assert!(errors.len() == 1 && errors[0].row == 2 && errors[0].reason.contains("erased"), "{errors:?}");
    assert_eq!(bed.events("lead.submitted").await, 1);
}

#[tokio::test]
async fn a_process_without_a_place_leaves_the_file_to_another() {
    let bed = Bed::new().await;
    let taken = bed.take(FILE.as_bytes(), &brought()).await.unwrap();
    let work = bed.work();
    let places = work.places.acquire_many(2).await.unwrap();
    let worked = work.work(bed.job(taken.import), CancellationToken::new()).now_or_never();
    assert!(matches!(worked, Some(Worked::Again { .. })), "{worked:?}");
    assert_eq!(bed.found(taken.import).await.state, ImportState::Waiting, "it is not begun");
    drop(places);
    assert_eq!(work.work(bed.job(taken.import), CancellationToken::new()).await, Worked::Done);
}

/// The process ended when it had said so, and before the text was gone.
#[tokio::test]
async fn what_is_left_of_a_file_that_has_ended_goes() {
    let bed = Bed::new().await;
    let taken = bed.take(FILE.as_bytes(), &brought()).await.unwrap();
    let waits = bed.take(long(3).as_bytes(), &brought()).await.unwrap();
    let held = leadflow_domain::E164::parse("+393331234567").unwrap();
    let held = leadflow_domain::contact::Identifier::phone(&held, log_testing::keys().phone_hash(&held)).held;
    was_erased(&mut bed.pool.acquire().await.unwrap(), TENANT, &[held]).await.unwrap();
    sqlx::query(
        "update lead_imports set state = 'cancelled', cancelled_at = now(), ended_at = now() where import_id = $1",
    )
    .bind(taken.import)
    .execute(&bed.pool)
    .await
    .unwrap();
    upkeep::round(&bed.pool).await.unwrap();
    for table in ["lead_import_chunks", "lead_import_erased"] {
        let left: Vec<Uuid> =
            sqlx::query_scalar(&format!("select import_id from {table}")).fetch_all(&bed.pool).await.unwrap();
        assert_eq!(left, [waits.import], "{table}: what waits is kept");
    }
}
