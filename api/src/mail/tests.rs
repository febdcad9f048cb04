//! Letters on a real database, from where they are enqueued to where they arrive.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use leadflow_domain::EmailAddress;
use leadflow_event_store::{Keys, testing};
use leadflow_gateways::email::simulator::{Answer, ResendSimulator};
use sqlx::PgPool;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::outbox::{self, ATTEMPTS, Outcome};
use super::*;
use crate::config::{Overrides, load};
use crate::testing::{managed, serve};

const KEY: &str = "re_a_key";

/// A database, and a mail service.
struct Bed {
    pool: PgPool,
    keys: Arc<Keys>,
    resend: ResendSimulator,
}

fn invitation(to: &str) -> Letter {
    let link = Url::parse("https://desk.example/members/join#token=a-secret").unwrap();
    let what = LetterKind::Invitation { business: "Bella".to_owned(), inviter: "Grace".to_owned(), link };
    Letter { to: EmailAddress::parse(to).unwrap(), what }
}

/// What is configured by these variables, beside a data directory.
fn post(data_dir: &TempDir, variables: &[(&str, &str)]) -> anyhow::Result<Post> {
    let environment: HashMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let flags = Overrides { data_dir: Some(data_dir.path().to_owned()), ..Overrides::default() };
    Post::configured(&load(&environment, &flags).unwrap())
}

impl Bed {
    async fn new() -> Self {
        let resend = ResendSimulator::start(KEY).await.unwrap();
        Self { pool: testing::pool().await, keys: testing::keys(), resend }
    }

    async fn enqueue(&self, to: &str) -> Uuid {
        let mut tx = self.pool.begin().await.unwrap();
        send(&mut tx, &self.keys, &invitation(to)).await.unwrap();
        tx.commit().await.unwrap();
        sqlx::query_scalar("select id from letters order by created_at desc limit 1")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    fn worker(&self) -> SendLetters {
        self.worker_pausing(watch::channel(false).1)
    }

    fn worker_pausing(&self, paused: watch::Receiver<bool>) -> SendLetters {
        let url = self.resend.url();
        let variables = [
            ("LEADFLOW_RESEND_API_KEY", KEY),
            ("LEADFLOW_RESEND_URL", &url),
            ("LEADFLOW_MAIL_FROM", "LeadFlow <desk@example.com>"),
        ];
        let post = post(&TempDir::new().unwrap(), &variables).unwrap();
        SendLetters::new(self.pool.clone(), Arc::clone(&self.keys), post, paused, CancellationToken::new())
    }

    fn worker_with(&self, post: Post) -> SendLetters {
        let never = watch::channel(false).1;
        SendLetters::new(self.pool.clone(), Arc::clone(&self.keys), post, never, CancellationToken::new())
    }

    async fn round(&self) {
        self.worker().round().await.unwrap();
    }

    async fn shown(&self, id: Uuid) -> LetterSummary {
        letter(&self.pool, id).await.unwrap().unwrap()
    }

    /// As if the time had come.
    async fn due(&self) {
        sqlx::query("update letters set due_at = clock_timestamp()").execute(&self.pool).await.unwrap();
    }

    /// Seconds until the letter is due.
    async fn pause(&self, id: Uuid) -> f64 {
        sqlx::query_scalar("select extract(epoch from due_at - clock_timestamp())::float8 from letters where id = $1")
            .bind(id)
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    /// Whether anything of what the letter says is left, sealed or not.
    async fn is_destroyed(&self, id: Uuid) -> bool {
        let row: String = sqlx::query_scalar("select (l.*)::text from letters l where id = $1")
            .bind(id)
            .fetch_one(&self.pool)
            .await
            .unwrap();
        let sealed: bool = sqlx::query_scalar("select sealed is not null from letters where id = $1")
            .bind(id)
            .fetch_one(&self.pool)
            .await
            .unwrap();
        // As text, and as the bytes of a column are shown.
        for said in ["ada@example.com", "a-secret"] {
            assert!(!row.contains(said) && !row.contains(&hex::encode(said)), "{row}");
        }
        !sealed
    }
}

fn refused(status: u16, name: &'static str) -> Answer {
    Answer::Refused { status, name, retry_after: None }
}

#[tokio::test]
async fn a_letter_leaves_if_what_it_tells_of_is_so() {
    let bed = Bed::new().await;
    let mut tx = bed.pool.begin().await.unwrap();
    send(&mut tx, &bed.keys, &invitation("eve@example.com")).await.unwrap();
    bed.round().await;
    tx.rollback().await.unwrap();
    bed.round().await;
    assert_eq!(bed.resend.requests(), 0);

    let id = bed.enqueue("ada@example.com").await;
    assert!(!bed.is_destroyed(id).await);
    bed.round().await;
    let taken = bed.resend.taken();
    assert_eq!((taken.len(), taken[0].key.clone()), (1, id.to_string()));
    assert_eq!(taken[0].letter["to"][0], "ada@example.com");
    assert_eq!(taken[0].letter["from"], "LeadFlow <desk@example.com>");
    assert_eq!(taken[0].letter["subject"], "Grace invites you to Bella on LeadFlow");
    for part in ["text", "html"] {
        let part = taken[0].letter[part].as_str().unwrap();
        assert!(part.contains("https://desk.example/members/join#token=a-secret"), "{part}");
    }
    let shown = bed.shown(id).await;
    assert_eq!((&*shown.kind, &*shown.state, shown.attempts, shown.last_error), ("invitation", "sent", 1, None));
    assert!(bed.is_destroyed(id).await);
}

#[tokio::test]
async fn a_letter_leaves_once_however_many_send() {
    let bed = Bed::new().await;
    for number in 0..30 {
        bed.enqueue(&format!("ada{number}@example.com")).await;
    }
    let workers = [bed.worker(), bed.worker(), bed.worker()];
    for round in join_all(workers.iter().map(SendLetters::round)).await {
        round.unwrap();
    }
    assert_eq!((bed.resend.requests(), bed.resend.taken().len()), (30, 30));
}

#[tokio::test]
async fn while_it_is_paused_none_leaves() {
    let bed = Bed::new().await;
    let id = bed.enqueue("ada@example.com").await;
    let (pause, paused) = watch::channel(true);
    let worker = bed.worker_pausing(paused);
    worker.round().await.unwrap();
    assert_eq!((bed.resend.requests(), &*bed.shown(id).await.state), (0, "waiting"));
    pause.send_replace(false);
    worker.round().await.unwrap();
    assert_eq!((bed.resend.requests(), &*bed.shown(id).await.state), (1, "sent"));
}

#[tokio::test]
async fn what_fails_is_tried_again_after_a_pause_that_grows() {
    let bed = Bed::new().await;
    bed.resend.answers([refused(500, "application_error"), refused(403, "invalid_api_key")]);
    let id = bed.enqueue("ada@example.com").await;
    bed.round().await;
    let shown = bed.shown(id).await;
    assert_eq!((&*shown.state, shown.attempts), ("waiting", 1));
    assert_eq!(shown.last_error.as_deref(), Some("the mail service answered 500 application_error"));
    assert!((5.0..=12.5).contains(&bed.pause(id).await));
    bed.round().await;
    assert_eq!(bed.resend.requests(), 1, "it is not due");
    bed.due().await;
    bed.round().await;
    assert!((10.0..=25.0).contains(&bed.pause(id).await), "it waits for an operator, too");
    bed.due().await;
    bed.round().await;
    assert_eq!((bed.resend.taken().len(), &*bed.shown(id).await.state), (1, "sent"));
}

#[tokio::test]
async fn who_says_how_long_to_wait_is_heard_for_up_to_an_hour() {
    let bed = Bed::new().await;
    for (seconds, waited) in [(100, 70.0..=125.0), (1_000_000, 2_600.0..=4_500.0)] {
        bed.resend.answers([Answer::Refused { status: 429, name: "rate_limit_exceeded", retry_after: Some(seconds) }]);
        let id = bed.enqueue("ada@example.com").await;
        bed.round().await;
        let pause = bed.pause(id).await;
        assert!(waited.contains(&pause), "{pause}");
    }
}

#[tokio::test]
async fn what_will_never_be_taken_is_given_up_and_holds_up_nothing() {
    let bed = Bed::new().await;
    bed.resend.answers([refused(422, "validation_error")]);
    let id = bed.enqueue("ada@example.com").await;
    bed.round().await;
    let shown = bed.shown(id).await;
    assert_eq!((&*shown.state, shown.attempts), ("given_up", 1));
    assert_eq!(shown.last_error.as_deref(), Some("the mail service answered 422 validation_error"));
    assert!(bed.is_destroyed(id).await);

    let damaged = bed.enqueue("ada@example.com").await;
    sqlx::query("update letters set sealed = 'damaged' where id = $1").bind(damaged).execute(&bed.pool).await.unwrap();
    let sound = bed.enqueue("ada@example.com").await;
    bed.round().await;
    let told = bed.shown(damaged).await;
    assert_eq!(told.last_error.as_deref(), Some("it does not open: its row was damaged"));
    assert_eq!((&*told.state, &*bed.shown(sound).await.state), ("given_up", "sent"));
}

#[tokio::test]
async fn what_fails_for_too_long_is_given_up() {
    let bed = Bed::new().await;
    let id = bed.enqueue("ada@example.com").await;
    for attempt in 1..=ATTEMPTS {
        assert_eq!((&*bed.shown(id).await.state, bed.is_destroyed(id).await), ("waiting", false), "{attempt}");
        bed.resend.answers([refused(500, "application_error")]);
        bed.due().await;
        bed.round().await;
    }
    assert_eq!((&*bed.shown(id).await.state, bed.is_destroyed(id).await), ("given_up", true));
    assert_eq!(standing(&bed.pool).await.unwrap(), Standing { waiting: 0, longest: Duration::ZERO, given_up: 1 });
    bed.due().await;
    bed.round().await;
    assert_eq!(bed.resend.requests(), usize::try_from(ATTEMPTS).unwrap());
}

#[tokio::test]
async fn who_dies_between_sending_and_saying_so_leaves_a_letter_that_is_sent_again_under_its_id() {
    let bed = Bed::new().await;
    bed.resend.answers([Answer::TakenInSilence]);
    let id = bed.enqueue("ada@example.com").await;
    let worker = bed.worker();
    let dying = tokio::spawn(async move { worker.round().await });
    while bed.resend.taken().is_empty() {
        tokio::task::yield_now().await;
    }
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    assert_eq!(&*bed.shown(id).await.state, "sending");
    bed.round().await;
    assert_eq!(bed.resend.requests(), 1, "for a while it is the other one's");
    bed.due().await;
    bed.round().await;
    assert_eq!((bed.resend.requests(), bed.resend.taken().len()), (2, 1), "the service knows it by its id");
    assert_eq!((&*bed.shown(id).await.state, bed.shown(id).await.attempts), ("sent", 2));
}

#[tokio::test]
async fn who_is_late_to_say_what_came_of_it_changes_nothing() {
    let bed = Bed::new().await;
    bed.resend.answers([refused(500, "application_error")]);
    let id = bed.enqueue("ada@example.com").await;
    let paused = outbox::claim(&bed.pool, 1, Duration::ZERO).await.unwrap().remove(0);
    bed.round().await;
    let before = bed.shown(id).await;
    for outcome in [Outcome::Sent, Outcome::GivenUp { reason: "late".to_owned() }] {
        outbox::note(&bed.pool, &paused, &outcome).await.unwrap();
    }
    assert_eq!((bed.shown(id).await, before.attempts), (before, 2));
}

#[tokio::test]
async fn a_retry_is_for_what_failed_and_not_for_what_is_on_its_way() {
    let bed = Bed::new().await;
    bed.resend.answers([refused(500, "application_error"), refused(500, "application_error")]);
    let (one, other) = (bed.enqueue("ada@example.com").await, bed.enqueue("ada@example.com").await);
    bed.round().await;
    let on_its_way = bed.enqueue("ada@example.com").await;
    assert_eq!(outbox::claim(&bed.pool, 8, Duration::from_secs(60)).await.unwrap().len(), 1);
    assert_eq!(retry(&bed.pool, Some(&[one, on_its_way])).await.unwrap(), 1);
    bed.round().await;
    let mut states = Vec::new();
    for id in [one, other, on_its_way] {
        states.push(bed.shown(id).await.state);
    }
    assert_eq!(states, ["sent", "waiting", "sending"]);
    assert_eq!(retry(&bed.pool, None).await.unwrap(), 1);
    bed.round().await;
    let listed = recent(&bed.pool, 10, true).await.unwrap();
    assert_eq!(listed.iter().map(|letter| letter.id).collect::<Vec<_>>(), [on_its_way]);
}

#[tokio::test]
async fn that_there_was_a_letter_is_known_for_a_month() {
    let bed = Bed::new().await;
    let (old, new, waiting) =
        (bed.enqueue("a@example.com").await, bed.enqueue("b@example.com").await, bed.enqueue("c@example.com").await);
    for (id, change) in [
        (old, "sealed = null, sent_at = clock_timestamp() - interval '31 days'"),
        (new, "sealed = null, given_up_at = clock_timestamp() - interval '29 days'"),
        (waiting, "created_at = clock_timestamp() - interval '400 days'"),
    ] {
        let sql = format!("update letters set {change} where id = $1");
        sqlx::query(&sql).bind(id).execute(&bed.pool).await.unwrap();
    }
    outbox::forget(&bed.pool).await.unwrap();
    let left: Vec<Uuid> = recent(&bed.pool, 10, false).await.unwrap().iter().map(|letter| letter.id).collect();
    assert_eq!(left, [new, waiting]);
}

#[tokio::test]
async fn without_a_mail_server_a_letter_stays_in_a_folder_where_it_can_be_read() {
    let bed = Bed::new().await;
    let data_dir = TempDir::new().unwrap();
    let id = bed.enqueue("ada@example.com").await;
    let read = async || text(&bed.pool, &bed.keys, &post(&data_dir, &[]).unwrap(), id).await;
    let waiting = read().await.unwrap();
    bed.worker_with(post(&data_dir, &[]).unwrap()).round().await.unwrap();
    assert_eq!(&*bed.shown(id).await.state, "sent");
    assert!(bed.is_destroyed(id).await);
    let file = data_dir.path().join("mail").join(format!("{id}.eml"));
    assert_eq!(std::fs::read(&file).unwrap(), waiting);
    assert_eq!(read().await.unwrap(), waiting);
    let letter = String::from_utf8(waiting).unwrap();
    for line in [
        "From: LeadFlow <leadflow@localhost>",
        "To: ada@example.com",
        "https://desk.example/members/join#token=a-secret",
    ] {
        assert!(letter.lines().any(|other| other == line), "{line} in {letter}");
    }
    std::fs::remove_file(file).unwrap();
    assert!(matches!(read().await.unwrap_err(), Unread::Over));
}

#[test]
fn letters_leave_one_way_and_somebody_writes_them() {
    let data_dir = TempDir::new().unwrap();
    let from = ("LEADFLOW_MAIL_FROM", "LeadFlow <desk@example.com>");
    let (smtp, key) =
        (("LEADFLOW_SMTP_URL", "smtps://desk:hidden@mail.example"), ("LEADFLOW_RESEND_API_KEY", "hidden"));
    assert!(post(&data_dir, &[]).unwrap().folder().is_some());
    assert!(post(&data_dir, &[from, smtp]).unwrap().folder().is_none());
    assert!(post(&data_dir, &[from, key]).unwrap().folder().is_none());
    for (variables, key) in [
        (&[smtp][..], "mail_from"),
        (&[key], "mail_from"),
        (&[("LEADFLOW_MAIL_FROM", "LeadFlow")], "mail_from"),
        (&[from, smtp, key], "smtp_url and resend_api_key"),
        (&[from, ("LEADFLOW_SMTP_URL", "smtp://desk:hidden@mail.example?tls=none")], "smtp_url"),
        (&[from, key, ("LEADFLOW_RESEND_URL", "http://mail.example")], "resend_url"),
    ] {
        let error = format!("{:#}", post(&data_dir, variables).unwrap_err());
        assert!(error.contains(key) && !error.contains("hidden"), "{error}");
    }
}

#[tokio::test]
async fn whoever_serves_sends() {
    let resend = ResendSimulator::start(KEY).await.unwrap();
    let url = resend.url();
    let (_, config) = managed(|_| {
        vec![
            ("LEADFLOW_RESEND_API_KEY", KEY.to_owned()),
            ("LEADFLOW_RESEND_URL", url),
            ("LEADFLOW_MAIL_FROM", "desk@example.com".to_owned()),
        ]
    })
    .await;
    let serving = serve(config).await.unwrap();
    let app = serving.app();
    send(&mut app.pool.acquire().await.unwrap(), &app.keys, &invitation("ada@example.com")).await.unwrap();
    let sent = async {
        while recent(&app.pool, 1, false).await.unwrap()[0].state != "sent" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), sent).await.unwrap();
    assert_eq!(resend.taken().len(), 1);
    serving.stop().await.unwrap();
}
