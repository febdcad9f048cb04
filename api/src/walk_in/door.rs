//! What forms need: who is behind a slug, and what keeps the door from being run in.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::channel::Channel;
use leadflow_domain::source::{GreetingMessage, Source, WalkInForm, WalkInSlug, slug_reservation};
use leadflow_domain::{E164, SourceId, TenantId};
use leadflow_event_store::{GroupCommit, Keys, LogReader, reservation_owners};
use sqlx::PgPool;
use thiserror::Error;
use uuid::Uuid;

use super::refusals::Refusals;
use crate::config::PublicUrl;
use crate::limits::Limits;
use crate::webhooks::{Bodies, Intake};

/// Most bytes of a form that is sent: ten long answers in letters that take twelve bytes each.
pub(super) const MOST_BYTES: usize = 256 << 10;

/// From its headers to its last byte.
const TIME: Duration = Duration::from_secs(15);

/// Memory for forms that are longer than an ordinary one.
const MEMORY: usize = 8 << 20;

/// How long what the log says of a form is taken for so. A flood asks it once in this time.
const FRESH: Duration = Duration::from_secs(1);

/// Forms that are remembered.
const MOST_SEEN: usize = 4_096;

/// Slugs that are looked for together.
const MOST_IN_A_GROUP: usize = 64;

/// What forms need.
pub struct WalkIns {
    pub(super) keys: Arc<Keys>,
    pub(super) limits: Limits,
    pub(super) intake: Intake,
    pub(super) bodies: Bodies,
    pub(super) refusals: Arc<Refusals>,
    /// Where forms are reached.
    pub(super) base: PublicUrl,
    seen: Arc<SeenForms>,
    asked: GroupCommit<WalkInSlug, Result<Option<Seen>, Unasked>>,
}

/// The log can't be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the log can't be asked")]
pub(super) struct Unasked;

/// A form, as the log has it.
#[derive(Debug, PartialEq)]
pub(super) struct Point {
    pub(super) source: SourceId,
    pub(super) tenant: TenantId,
    pub(super) is_open: bool,
    pub(super) form: WalkInForm,
    /// Which of the source's forms it is.
    pub(super) number: u32,
    /// Where she may go on in WhatsApp, if she may.
    pub(super) whatsapp: Option<String>,
}

/// A form, and when it was so.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) point: Arc<Point>,
    /// By the database's clock.
    at: Timestamp,
    /// By this process's.
    since: Instant,
}

impl Seen {
    /// What the database's clock shows by now.
    pub(super) fn now(&self) -> Timestamp {
        let since = SignedDuration::try_from(self.since.elapsed()).unwrap_or(SignedDuration::MAX);
        self.at.saturating_add(since).unwrap_or(Timestamp::MAX)
    }
}

impl WalkIns {
    /// Looks for forms in `log`, on the clock of the database that `pool` leads to, and stores what they bring by `intake`. They are
    /// reached below `base`.
    #[must_use]
    pub fn new(pool: PgPool, log: LogReader, keys: Arc<Keys>, limits: Limits, intake: Intake, base: PublicUrl) -> Self {
        let seen = Arc::new(SeenForms::default());
        let looking = Arc::new(Looking { pool, log, seen: Arc::clone(&seen) });
        let asked = GroupCommit::spawn(MOST_IN_A_GROUP, move |group| {
            let looking = Arc::clone(&looking);
            async move { looking.answer(group).await }
        });
        let bodies = Bodies::new(MOST_BYTES, TIME, MEMORY);
        Self { keys, limits, intake, bodies, refusals: Arc::default(), base, seen, asked }
    }

    /// The form behind a slug; `None` where there is none.
    pub(super) async fn find(&self, slug: &WalkInSlug) -> Result<Option<Seen>, Unasked> {
        match self.seen.fresh(slug) {
            Some(seen) => Ok(Some(seen)),
            None => self.asked.submit(slug.clone()).await.unwrap_or(Err(Unasked)),
        }
    }

    /// The form behind a slug, as far as this process has heard of it lately. It asks nobody.
    pub(super) fn known(&self, slug: &WalkInSlug) -> Option<Arc<Point>> {
        self.seen.lock().get(slug).map(|seen| Arc::clone(&seen.point))
    }

    /// What it did not take, which somebody has to put down now and then.
    #[must_use]
    pub fn refusals(&self) -> Arc<Refusals> {
        Arc::clone(&self.refusals)
    }
}

/// Forms that were asked for lately. Only such as there are: nobody fills it with what she makes up.
#[derive(Debug, Default)]
struct SeenForms(Mutex<HashMap<WalkInSlug, Seen>>);

impl SeenForms {
    fn lock(&self) -> MutexGuard<'_, HashMap<WalkInSlug, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self, slug: &WalkInSlug) -> Option<Seen> {
        self.lock().get(slug).filter(|seen| seen.since.elapsed() < FRESH).cloned()
    }

    fn put(&self, slug: WalkInSlug, seen: Seen) {
        let mut all = self.lock();
        if all.len() >= MOST_SEEN {
            all.clear();
        }
        all.insert(slug, seen);
    }
}

struct Looking {
    pool: PgPool,
    log: LogReader,
    seen: Arc<SeenForms>,
}

impl Looking {
    async fn answer(&self, group: Vec<WalkInSlug>) -> Vec<Result<Option<Seen>, Unasked>> {
        // What is fresh now is an answer, however long the others take.
        let mut known: HashMap<WalkInSlug, Seen> =
            group.iter().filter_map(|slug| Some((slug.clone(), self.seen.fresh(slug)?))).collect();
        let wanted = group.iter().filter(|slug| !known.contains_key(*slug)).cloned().collect();
        match self.look(wanted).await {
            Ok(found) => {
                for (slug, seen) in &found {
                    self.seen.put(slug.clone(), seen.clone());
                }
                known.extend(found);
                group.iter().map(|slug| Ok(known.get(slug).cloned())).collect()
            }
            Err(error) => {
                tracing::error!(error = %error, "walk_in.find: the log can't be asked for forms");
                group.iter().map(|_| Err(Unasked)).collect()
            }
        }
    }

    async fn look(&self, wanted: BTreeSet<WalkInSlug>) -> anyhow::Result<HashMap<WalkInSlug, Seen>> {
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let since = Instant::now();
        let at: jiff_sqlx::Timestamp = sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.pool).await?;
        // Of the installation: no tenant is asked.
        let nobody = TenantId::from_uuid(Uuid::nil());
        let reserved: Vec<_> = wanted.iter().map(|slug| (nobody, slug_reservation(slug))).collect();
        let owners = reservation_owners(&self.pool, &reserved).await?;
        let owned = wanted.into_iter().zip(owners).filter_map(|(slug, owner)| Some((slug, owner?)));
        let found = owned.map(async |(slug, owner)| {
            let point = self.point(owner.tenant, SourceId::from_uuid(owner.stream.as_uuid())).await?;
            let seen = |point| Seen { point: Arc::new(point), at: at.to_jiff(), since };
            anyhow::Ok(point.map(|point| (slug, seen(point))))
        });
        Ok(try_join_all(found).await?.into_iter().flatten().collect())
    }

    async fn point(&self, tenant: TenantId, source: SourceId) -> anyhow::Result<Option<Point>> {
        let state = self.log.load::<Source>(source.into()).await?.state;
        let Some(form) = state.form().cloned() else { return Ok(None) };
        let whatsapp = match &form.whatsapp {
            Some(link) => {
                let channel = self.log.load::<Channel>(link.channel.into()).await?;
                let number = channel.state.number().filter(|_| channel.state.is_connected());
                let number = number.filter(|_| channel.tenant == Some(tenant));
                let number = number.and_then(|number| E164::parse_written(number.display_phone.as_str()).ok());
                number.map(|number| wa_me(&number, link.text.as_ref().map(GreetingMessage::as_str)))
            }
            None => None,
        };
        Ok(Some(Point { source, tenant, is_open: state.is_open(), form, number: state.form_number(), whatsapp }))
    }
}

/// The link by which WhatsApp opens with a message to `number`.
fn wa_me(number: &E164, text: Option<&str>) -> String {
    let digits = number.as_str().trim_start_matches('+');
    let text = text.map(|text| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>());
    // WhatsApp takes a plus for a plus; one that was written is `%2B` by now.
    text.map_or_else(
        || format!("https://wa.me/{digits}"),
        |text| format!("https://wa.me/{digits}?text={}", text.replace('+', "%20")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatsapp_opens_with_what_she_begins_with() {
        let number = E164::parse("+919820000001").unwrap();
        assert_eq!(wa_me(&number, None), "https://wa.me/919820000001");
        assert_eq!(wa_me(&number, Some("Hi & \"1+1\"?")), "https://wa.me/919820000001?text=Hi%20%26%20%221%2B1%22%3F");
    }
}
