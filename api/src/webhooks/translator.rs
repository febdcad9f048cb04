//! Takes deliveries from the table and carries them to their end.
//!
//! A batch is claimed by row locks that live as long as the transaction: when the process dies, Postgres frees them
//! at once, and another translation meets the same commands' receipts. What could not be finished is tried again by
//! the database's clock, in turns of its own: neither the new nor the old waits for the other to be through.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use jiff::Timestamp;
use leadflow_domain::SourceId;
use leadflow_event_store::{Keys, LogReader};
use sqlx::{PgConnection, PgPool, Row};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::bodies::{StoredBody, Unopened};
use super::items::{self, Belonging, Item};
use super::{arrivals, erasure, external, google, walk_in, whatsapp};
use crate::commands::Commands;

/// How often the table is looked at when nobody calls.
const POLL: Duration = Duration::from_millis(250);

/// How long a translator waits after a round in which nothing could be finished.
const PAUSE: Duration = Duration::from_millis(500);

/// Bytes of bodies that end a claim: so many small deliveries, or one of Meta's largest.
const MOST_BYTES: i64 = 2 << 20;

/// How often a delivery is tried before it is parked whole; with the pauses between, some three hours.
const ATTEMPTS: i32 = 20;

/// Translates deliveries. Several may run, in one process or in many.
pub struct Translator {
    pool: PgPool,
    reader: LogReader,
    commands: Commands,
    keys: Arc<Keys>,
    stored: Arc<Notify>,
    batch: u32,
    stop: CancellationToken,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// What was never tried.
    New,
    /// What could not be finished, and what is translated once more.
    Again,
}

/// A delivery that waits.
#[derive(Clone)]
pub(super) struct Waiting {
    pub(super) id: i64,
    /// Who brought it.
    provider: String,
    /// The source whose key it showed, where it came from one.
    pub(super) source: Option<SourceId>,
    /// The key of the Meta app that signed it; the default app has none.
    pub(super) app: Option<String>,
    pub(super) received_at: Timestamp,
    pub(super) body: Arc<[u8]>,
    /// What an earlier translation has given to whom.
    pub(super) belonging: Belonging,
}

/// A delivery that was claimed, as it is stored.
pub(super) struct Claimed {
    pub(super) id: i64,
    provider: String,
    source: Option<SourceId>,
    app: Option<String>,
    received_at: Timestamp,
    pub(super) body: StoredBody,
}

/// A delivery and either all its items' outcomes, or why they could not be had now.
pub(super) struct Translated {
    pub(super) id: i64,
    pub(super) items: Result<Vec<Item>, String>,
}

/// What came of a turn.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Round {
    pub(super) claimed: usize,
    pub(super) finished: usize,
}

impl Translator {
    /// Claims up to `batch` deliveries at a time until `stop`; `stored` is the intake's hint.
    #[must_use]
    pub fn new(
        pool: PgPool,
        reader: LogReader,
        commands: Commands,
        keys: Arc<Keys>,
        stored: Arc<Notify>,
        batch: u32,
        stop: CancellationToken,
    ) -> Self {
        Self { pool, reader, commands, keys, stored, batch, stop }
    }

    /// Runs until the process stops; a batch that was begun is finished.
    pub async fn run(self) {
        let stored = Arc::clone(&self.stored);
        while !self.stop.is_cancelled() {
            // Registered before looking, so that what is stored in between is not slept through.
            let hint = stored.notified();
            tokio::pin!(hint);
            hint.as_mut().enable();
            // A panic is a bug of ours, and ends a round: its claim is given back, and others have their turn.
            let wait = match AssertUnwindSafe(self.rounds()).catch_unwind().await {
                Ok(Ok(Round { claimed: 0, .. })) => POLL,
                // Whatever spoiled all of it would spoil the next ones too.
                Ok(Ok(Round { finished: 0, .. })) | Err(_) => PAUSE,
                Ok(Ok(_)) => continue,
                Ok(Err(error)) => {
                    tracing::warn!(error = %error, "webhook.translate: the round could not be finished");
                    PAUSE
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = hint, if wait == POLL => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// A turn of each.
    async fn rounds(&self) -> anyhow::Result<Round> {
        let (new, again) = (self.round(Turn::New).await?, self.round(Turn::Again).await?);
        Ok(Round { claimed: new.claimed + again.claimed, finished: new.finished + again.finished })
    }

    /// Translates one batch.
    pub(super) async fn round(&self, turn: Turn) -> anyhow::Result<Round> {
        let mut claim = self.pool.begin().await?;
        let (mut waiting, mut unopened) = (Vec::new(), Vec::new());
        for Claimed { id, provider, source, app, received_at, body } in claimed(&mut claim, turn, self.batch).await? {
            match body.open(&self.keys) {
                Ok(body) => {
                    let (body, belonging) = (body.into(), Belonging::new());
                    waiting.push(Waiting { id, provider, source, app, received_at, body, belonging });
                }
                Err(reason) => unopened.push((id, reason)),
            }
        }
        let ids: Vec<i64> =
            waiting.iter().map(|delivery| delivery.id).chain(unopened.iter().map(|(id, _)| *id)).collect();
        if ids.is_empty() {
            return Ok(Round::default());
        }
        if turn == Turn::Again {
            let mut belonging = items::belonging(&mut claim, &ids).await?;
            for delivery in &mut waiting {
                delivery.belonging = belonging.remove(&delivery.id).unwrap_or_default();
            }
        }
        let (mut finished, mut unfinished) = (Vec::new(), Vec::new());
        for Translated { id, items } in self.translate(waiting).await {
            match items {
                Ok(items) => finished.push((id, items)),
                Err(reason) => unfinished.push((id, reason)),
            }
        }
        if let Some((id, reason)) = unfinished.first() {
            let deliveries = unfinished.len();
            tracing::warn!(deliveries, "webhook.translate: not finished, the first of them is {id}: {reason}");
        }
        arrivals::before_marking(&mut claim).await?;
        mark_finished(&mut claim, &finished, turn).await?;
        mark_unfinished(&mut claim, &unfinished).await?;
        park_whole(&mut claim, &unopened).await?;
        let waiting: Vec<i64> = finished
            .iter()
            .filter(|(_, items)| items.iter().any(|item| item.state.waits_for().is_some()))
            .map(|(id, _)| *id)
            .collect();
        if !waiting.is_empty() {
            arrivals::look_once_more(&mut claim, &waiting).await?;
        }
        erasure::of_claimed(&mut claim, &self.keys, &ids).await?;
        claim.commit().await?;
        Ok(Round { claimed: ids.len(), finished: finished.len() + unopened.len() })
    }

    /// Translates a batch; should all of it fail together, one by one, so that only what is to blame waits.
    async fn translate(&self, waiting: Vec<Waiting>) -> Vec<Translated> {
        let one_by_one = waiting.clone();
        match self.translate_together(waiting).await {
            Ok(translated) => translated,
            Err(reason) if one_by_one.len() == 1 => {
                one_by_one.into_iter().map(|Waiting { id, .. }| Translated { id, items: Err(reason.clone()) }).collect()
            }
            Err(_) => {
                let mut translated = Vec::with_capacity(one_by_one.len());
                for delivery in one_by_one {
                    let id = delivery.id;
                    match self.translate_together(vec![delivery]).await {
                        Ok(one) => translated.extend(one),
                        Err(reason) => translated.push(Translated { id, items: Err(reason) }),
                    }
                }
                translated
            }
        }
    }

    async fn translate_together(&self, waiting: Vec<Waiting>) -> Result<Vec<Translated>, String> {
        let (forms, others): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|delivery| delivery.provider == google::PROVIDER);
        let (walk_ins, others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|delivery| delivery.provider == crate::walk_in::PROVIDER);
        let (posted, others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|delivery| delivery.provider == external::PROVIDER);
        let translated = async {
            let mut translated = Vec::with_capacity(forms.len() + walk_ins.len() + posted.len() + others.len());
            if !others.is_empty() {
                let others = whatsapp::translate(&self.pool, &self.reader, &self.commands, &self.keys, others);
                translated.extend(others.await?);
            }
            if !forms.is_empty() {
                let forms = google::translate(&self.pool, &self.reader, &self.commands, &self.keys, forms);
                translated.extend(forms.await?);
            }
            if !walk_ins.is_empty() {
                let walk_ins = walk_in::translate(&self.pool, &self.reader, &self.commands, &self.keys, walk_ins);
                translated.extend(walk_ins.await?);
            }
            if !posted.is_empty() {
                let posted = external::translate(&self.pool, &self.reader, &self.commands, &self.keys, posted);
                translated.extend(posted.await?);
            }
            Ok(translated)
        };
        translated.await.map_err(|error: sqlx::Error| {
            // Without the database's words: they may quote a personal value.
            match error.as_database_error() {
                Some(error) => format!("the database refused to answer: SQLSTATE {}", error.code().unwrap_or_default()),
                None => "the database can't be asked".to_owned(),
            }
        })
    }
}

pub(super) async fn claimed(claim: &mut PgConnection, turn: Turn, batch: u32) -> Result<Vec<Claimed>, sqlx::Error> {
    // Small turns for what is tried again: it can hold up the new by no more than this.
    let most = match turn {
        Turn::New => batch,
        Turn::Again => batch.div_ceil(4),
    };
    let rows = sqlx::query("select * from claim_deliveries($1, $2, $3)")
        .bind(turn == Turn::Again)
        .bind(i64::from(most))
        .bind(MOST_BYTES)
        .fetch_all(claim)
        .await?;
    rows.iter()
        .map(|row| {
            let received_at = row.try_get::<jiff_sqlx::Timestamp, _>("received_at")?.to_jiff();
            Ok(Claimed {
                id: row.try_get("id")?,
                provider: row.try_get("provider")?,
                source: row.try_get::<Option<Uuid>, _>("source_id")?.map(SourceId::from_uuid),
                app: row.try_get("app")?,
                received_at,
                body: StoredBody::from_row(row)?,
            })
        })
        .collect()
}

async fn mark_finished(claim: &mut PgConnection, finished: &[(i64, Vec<Item>)], turn: Turn) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = finished.iter().map(|(id, _)| *id).collect();
    let earlier = match turn {
        Turn::New => Vec::new(),
        Turn::Again => items::withdraw(&mut *claim, &ids).await?,
    };
    items::write(&mut *claim, finished, &earlier).await?;
    sqlx::query(
        "update webhook_deliveries set translated_at = clock_timestamp(), last_error = null where id = any($1)",
    )
    .bind(ids)
    .execute(claim)
    .await?;
    Ok(())
}

/// The pause doubles with each attempt, from a second to a quarter of an hour, and is never the same twice: deliveries
/// that failed together come back apart.
pub(super) async fn mark_unfinished(claim: &mut PgConnection, unfinished: &[(i64, String)]) -> Result<(), sqlx::Error> {
    if unfinished.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update webhook_deliveries d set attempts = attempts + 1, last_error = t.reason, \
             due_at = clock_timestamp() \
                 + least(interval '15 minutes', interval '1 second' * 2 ^ least(attempts, 10)) * (0.5 + random() / 2), \
             parked_at = case when attempts + 1 >= $3 then clock_timestamp() end \
         from unnest($1, $2) as t (id, reason) where d.id = t.id",
    )
    .bind(unfinished.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind(unfinished.iter().map(|(_, reason)| reason.as_str()).collect::<Vec<_>>())
    .bind(ATTEMPTS)
    .execute(claim)
    .await?;
    Ok(())
}

/// What can't be opened is not tried again by itself. The items of an earlier translation stay.
async fn park_whole(claim: &mut PgConnection, unopened: &[(i64, Unopened)]) -> Result<(), sqlx::Error> {
    for (id, reason) in unopened {
        sqlx::query("update webhook_deliveries set parked_at = clock_timestamp(), last_error = $2 where id = $1")
            .bind(id)
            .bind(reason.to_string())
            .execute(&mut *claim)
            .await?;
    }
    Ok(())
}
