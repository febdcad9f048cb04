//! What was kept, through today's program: first a look at what would change, then, if an operator wants it, the
//! translation once more, and where the log says of a message what it does not say, a correction.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use leadflow_domain::SourceId;
use leadflow_event_store::{Keys, LogReader, ReadError};
use serde::Serialize;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::bodies::StoredBody;
use super::deliveries::again;
use super::items::{self, ItemState, StoredItem};
use super::walk_in;
use super::whatsapp::{self, Misunderstood};
use super::{external, google};
use crate::commands::Commands;

/// Deliveries that are looked at together.
const PAGE: i64 = 100;

/// Which deliveries are looked at.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Those received from here on
    pub since: Timestamp,
    /// and before this, if it is given,
    pub until: Option<Timestamp>,
    /// with an item in one of these states.
    pub states: Vec<&'static str>,
}

/// What today's program makes of an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Foreseen {
    pub(super) pointer: String,
    pub(super) kind: String,
    pub(super) outlook: Outlook,
}

/// What an item would come to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outlook {
    /// Its command is in the log, and what it says there is to be corrected, if anything.
    Applied(Option<Box<Misunderstood>>),
    /// A command, which has yet to be decided.
    Command,
    /// No command.
    State(ItemState),
}

/// An item that today's program sees otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The delivery.
    pub delivery: i64,
    /// Where it stands in the body (RFC 6901).
    pub pointer: String,
    /// How it stands; absent when it was no item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Seen>,
    /// What it would be.
    pub after: Seen,
}

/// How an item is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// What the provider calls it.
    pub kind: String,
    /// `applied`, `waiting`, `notice` or `parked`; `command` for what would be decided anew, `correction` for a message that the
    /// log has otherwise.
    pub state: &'static str,
    /// Why it is no command, or what is corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What came of looking.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reprocessed {
    /// Deliveries that were looked at.
    pub deliveries: u64,
    /// Those among them whose body is gone: nothing can be made of them any more.
    pub unreadable: u64,
    /// Deliveries that are translated once more.
    pub applied: u64,
    /// Messages that were corrected.
    pub corrected: u64,
    /// Items that are seen otherwise.
    pub changes: Vec<Change>,
}

/// How many deliveries `selection` has.
///
/// # Errors
/// The database's.
pub async fn count(pool: &PgPool, selection: &Selection) -> Result<u64, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(&format!("select count(*) from webhook_deliveries d where {SELECTED}"))
        .bind(selection.since.to_sqlx())
        .bind(selection.until.map(ToSqlx::to_sqlx))
        .bind(&selection.states)
        .fetch_one(pool)
        .await?;
    Ok(count.unsigned_abs())
}

/// A body, and whose word it has that it is authentic: the key of the Meta app that signed it, which the default app has not, or the
/// source whose key it showed.
pub(super) struct SignedBody {
    pub(super) delivery: i64,
    provider: String,
    pub(super) source: Option<SourceId>,
    pub(super) app: Option<String>,
    pub(super) received_at: Timestamp,
    pub(super) body: Vec<u8>,
}

const SELECTED: &str = "d.received_at >= $1 and ($2::timestamptz is null or d.received_at < $2) \
     and (d.translated_at is not null or d.parked_at is not null) \
     and exists (select from webhook_items i where i.delivery_id = d.id and i.erased_at is null and i.state = any($3))";

/// Where deliveries are, and what became of them.
#[derive(Clone, Copy)]
pub struct Archive<'a> {
    /// The deliveries.
    pub pool: &'a PgPool,
    /// The log.
    pub reader: &'a LogReader,
    /// What corrects it.
    pub commands: &'a Commands,
    /// What deliveries are sealed under.
    pub keys: &'a Keys,
}

/// Looks at all of `selection`, and has translated again what is seen otherwise, if it shall be `applied`; messages that
/// the log has otherwise are corrected at once. Tells `progress` how many it has looked at.
///
/// # Errors
/// The database's, and the first correction's that can't be had.
pub async fn reprocess(
    archive: Archive<'_>,
    selection: &Selection,
    applied: bool,
    progress: impl Fn(u64),
) -> anyhow::Result<Reprocessed> {
    let Archive { pool, reader, commands, keys } = archive;
    let sql = format!(
        "select d.id, d.provider, d.source_id, d.app, d.received_at, {} from webhook_deliveries d left join delivery_keys k on k.day = d.key_day \
         where {SELECTED} and d.id > $4 order by d.id limit $5",
        StoredBody::COLUMNS
    );
    let (mut done, mut last) = (Reprocessed::default(), 0_i64);
    loop {
        let rows = sqlx::query(&sql)
            .bind(selection.since.to_sqlx())
            .bind(selection.until.map(ToSqlx::to_sqlx))
            .bind(&selection.states)
            .bind(last)
            .bind(PAGE)
            .fetch_all(pool)
            .await?;
        let (mut ids, mut bodies) = (Vec::new(), Vec::new());
        for row in &rows {
            last = row.try_get("id")?;
            match StoredBody::from_row(row)?.open(keys) {
                Ok(body) => {
                    ids.push(last);
                    let source = row.try_get::<Option<Uuid>, _>("source_id")?.map(SourceId::from_uuid);
                    let (provider, app) = (row.try_get("provider")?, row.try_get("app")?);
                    let received_at = row.try_get::<jiff_sqlx::Timestamp, _>("received_at")?.to_jiff();
                    bodies.push(SignedBody { delivery: last, provider, source, app, received_at, body });
                }
                Err(_) => done.unreadable += 1,
            }
        }
        let stored = items::of(&mut *pool.acquire().await?, &ids).await?;
        let foreseen = foresee(pool, reader, keys, bodies).await?;
        let stored: StoredItems<'_> =
            stored.iter().map(|stored| ((stored.delivery, &*stored.item.pointer), stored)).collect();
        let mut changed = Vec::new();
        for (id, foreseen) in ids.into_iter().zip(foreseen) {
            let Changes { told, corrections } = changes(id, &stored, foreseen);
            if told.len() > corrections.len() {
                changed.push(id);
            }
            done.changes.extend(told);
            if applied {
                for correction in corrections {
                    done.corrected += u64::from(correction.correct(commands).await?);
                }
            }
        }
        if applied {
            done.applied += again(pool, &changed).await?;
        }
        done.deliveries += rows.len() as u64;
        progress(done.deliveries);
        if i64::try_from(rows.len()) != Ok(PAGE) {
            return Ok(done);
        }
    }
}

/// What each of `bodies` would come to, item by item.
async fn foresee(
    pool: &PgPool,
    reader: &LogReader,
    keys: &Keys,
    bodies: Vec<SignedBody>,
) -> Result<Vec<Vec<Foreseen>>, ReadError> {
    let providers: Vec<String> = bodies.iter().map(|body| body.provider.clone()).collect();
    let (forms, others): (Vec<_>, Vec<_>) = bodies.into_iter().partition(|body| body.provider == google::PROVIDER);
    let (walk_ins, others): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|body| body.provider == crate::walk_in::PROVIDER);
    let (posted, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|body| body.provider == external::PROVIDER);
    let mut forms = google::foresee(pool, reader, forms).await?.into_iter();
    let mut walk_ins = walk_in::foresee(reader, walk_ins).await?.into_iter();
    let mut posted = external::foresee(pool, reader, keys, posted).await?.into_iter();
    let mut others = whatsapp::foresee(pool, reader, keys, others).await?.into_iter();
    let next = |provider: String| match provider.as_str() {
        google::PROVIDER => forms.next(),
        crate::walk_in::PROVIDER => walk_ins.next(),
        external::PROVIDER => posted.next(),
        _ => others.next(),
    };
    Ok(providers.into_iter().filter_map(next).collect())
}

/// By their deliveries, and where they stand there.
type StoredItems<'a> = HashMap<(i64, &'a str), &'a StoredItem>;

/// What differs in a delivery.
#[derive(Debug, Default)]
struct Changes {
    told: Vec<Change>,
    corrections: Vec<Misunderstood>,
}

/// What was taken out of a body stays what it is; what is applied can only be corrected.
fn changes(delivery: i64, stored: &StoredItems<'_>, foreseen: Vec<Foreseen>) -> Changes {
    let mut changes = Changes::default();
    // A message that stands in a delivery twice is what was told first.
    let mut applied = HashSet::new();
    for Foreseen { pointer, kind, outlook } in foreseen {
        let known = stored.get(&(delivery, &*pointer));
        let command = known.and_then(|known| known.item.state.applied());
        let (is_applied, is_first) = (command.is_some(), command.is_some_and(|command| applied.insert(command)));
        let before = known.map(|known| seen(&known.item.kind, &known.item.state));
        let after = match outlook {
            _ if known.is_some_and(|known| known.erased) => continue,
            Outlook::Applied(Some(misunderstood)) if is_first => {
                let reason = Some(misunderstood.reason());
                changes.corrections.push(*misunderstood);
                Seen { kind, state: "correction", reason }
            }
            _ if is_applied => continue,
            Outlook::Applied(_) => Seen { kind, state: "applied", reason: None },
            Outlook::Command => Seen { kind, state: "command", reason: None },
            Outlook::State(state) => seen(&kind, &state),
        };
        if before.as_ref() != Some(&after) {
            changes.told.push(Change { delivery, pointer, before, after });
        }
    }
    changes
}

fn seen(kind: &str, state: &ItemState) -> Seen {
    Seen { kind: kind.to_owned(), state: state.name(), reason: state.reason().map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::CommandId;
    use uuid::Uuid;

    use super::super::items::Item;
    use super::*;

    fn stored(pointer: &str, state: ItemState, erased: bool) -> StoredItem {
        let (pointer, kind) = (pointer.to_owned(), "messages.text".to_owned());
        StoredItem { delivery: 1, item: Item { pointer, kind, tenant: None, contact: None, state }, erased }
    }

    fn foreseen(pointer: &str, outlook: Outlook) -> Foreseen {
        Foreseen { pointer: pointer.to_owned(), kind: "messages.text".to_owned(), outlook }
    }

    #[test]
    fn only_what_is_seen_otherwise_is_a_change() {
        let notice = |reason: &str| ItemState::Notice { reason: reason.to_owned() };
        let applied = ItemState::Applied { command: CommandId::from_uuid(Uuid::nil()), position: 1 };
        let known = [
            stored("/same", notice("r"), false),
            stored("/other", notice("r"), false),
            stored("/reason", notice("r"), false),
            stored("/erased", notice("r"), true),
            stored("/applied", applied, false),
        ];
        let known: StoredItems<'_> = known.iter().map(|known| ((1, &*known.item.pointer), known)).collect();
        let today = vec![
            foreseen("/same", Outlook::State(notice("r"))),
            foreseen("/other", Outlook::Command),
            foreseen("/reason", Outlook::State(notice("another"))),
            foreseen("/erased", Outlook::Command),
            foreseen("/applied", Outlook::State(notice("r"))),
            foreseen("/new", Outlook::Applied(None)),
        ];
        let changes = changes(1, &known, today);
        let told: Vec<_> = changes
            .told
            .iter()
            .map(|change| (change.pointer.as_str(), change.before.as_ref().map(|seen| seen.state), change.after.state))
            .collect();
        let expected =
            [("/other", Some("notice"), "command"), ("/reason", Some("notice"), "notice"), ("/new", None, "applied")];
        assert_eq!(told, expected);
    }
}
