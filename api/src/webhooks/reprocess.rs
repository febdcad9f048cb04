//! What was kept, through today's program: first a look at what would change, then, if an operator wants it, the
//! translation once more.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use leadflow_event_store::{Keys, LogReader};
use serde::Serialize;
use sqlx::{PgPool, Row};

use super::bodies::StoredBody;
use super::deliveries::again;
use super::items::{self, ItemState, StoredItem};
use super::whatsapp;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Foreseen {
    pub(super) pointer: String,
    pub(super) kind: String,
    pub(super) outlook: Outlook,
}

/// What an item would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outlook {
    /// Its command is in the log.
    Applied,
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
    /// `applied`, `waiting`, `notice` or `parked`; `command` for what would be decided anew.
    pub state: &'static str,
    /// Why it is no command.
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

/// A body, and the key of the Meta app that signed it; the default app has none.
pub(super) struct SignedBody {
    pub(super) app: Option<String>,
    pub(super) body: Vec<u8>,
}

const SELECTED: &str = "d.received_at >= $1 and ($2::timestamptz is null or d.received_at < $2) \
     and (d.translated_at is not null or d.parked_at is not null) \
     and exists (select from webhook_items i where i.delivery_id = d.id and i.erased_at is null and i.state = any($3))";

/// Looks at all of `selection`, and has translated again what is seen otherwise, if it shall be `applied`. Tells
/// `progress` how many it has looked at.
///
/// # Errors
/// The database's.
pub async fn reprocess(
    (pool, reader, keys): (&PgPool, &LogReader, &Keys),
    selection: &Selection,
    applied: bool,
    progress: impl Fn(u64),
) -> Result<Reprocessed, sqlx::Error> {
    let sql = format!(
        "select d.id, d.app, {} from webhook_deliveries d left join delivery_keys k on k.day = d.key_day \
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
                    bodies.push(SignedBody { app: row.try_get("app")?, body });
                }
                Err(_) => done.unreadable += 1,
            }
        }
        let stored = items::of(&mut *pool.acquire().await?, &ids).await?;
        let foreseen = whatsapp::foresee(pool, reader, keys, bodies).await?;
        let mut changed = Vec::new();
        for (id, foreseen) in ids.into_iter().zip(foreseen) {
            let stored: Vec<&StoredItem> = stored.iter().filter(|stored| stored.delivery == id).collect();
            let changes = changes(id, &stored, foreseen);
            if !changes.is_empty() {
                changed.push(id);
                done.changes.extend(changes);
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

/// What differs. What was taken out of a body, and what is applied, stays what it is.
fn changes(delivery: i64, stored: &[&StoredItem], foreseen: Vec<Foreseen>) -> Vec<Change> {
    foreseen
        .into_iter()
        .filter_map(|Foreseen { pointer, kind, outlook }| {
            let known = stored.iter().find(|stored| stored.item.pointer == pointer);
            if known.is_some_and(|known| known.erased || matches!(known.item.state, ItemState::Applied { .. })) {
                return None;
            }
            let before = known.map(|known| seen(&known.item.kind, &known.item.state));
            let after = match outlook {
                Outlook::Applied => Seen { kind, state: "applied", reason: None },
                Outlook::Command => Seen { kind, state: "command", reason: None },
                Outlook::State(state) => seen(&kind, &state),
            };
            (before.as_ref() != Some(&after)).then_some(Change { delivery, pointer, before, after })
        })
        .collect()
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
        let today = vec![
            foreseen("/same", Outlook::State(notice("r"))),
            foreseen("/other", Outlook::Command),
            foreseen("/reason", Outlook::State(notice("another"))),
            foreseen("/erased", Outlook::Command),
            foreseen("/applied", Outlook::State(notice("r"))),
            foreseen("/new", Outlook::Applied),
        ];
        let changes = changes(1, &known.iter().collect::<Vec<_>>(), today);
        let told: Vec<_> = changes
            .iter()
            .map(|change| (change.pointer.as_str(), change.before.as_ref().map(|seen| seen.state), change.after.state))
            .collect();
        let expected =
            [("/other", Some("notice"), "command"), ("/reason", Some("notice"), "notice"), ("/new", None, "applied")];
        assert_eq!(told, expected);
    }
}
