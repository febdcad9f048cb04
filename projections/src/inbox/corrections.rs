//! What messages say, where they were understood wrongly when they came.
//!
//! A correction is of one telling, by its event, and comes after it in the log: the row is there, or in the same page
//! before it. Where a fuller telling took its place, nothing is left to correct. What was corrected last counts.

use std::collections::HashMap;

use leadflow_domain::Personal;
use leadflow_domain::conversation::Correction;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::marks::mark;
use super::shown::Shown;
use crate::word::Word;

#[derive(Default)]
pub(super) struct Corrections {
    // A map: one statement can't write the same row twice.
    rows: HashMap<Uuid, Corrected>,
}

struct Corrected {
    shown: Shown,
    replies_to: Option<Uuid>,
}

impl Corrections {
    pub(super) fn put(&mut self, correction: &Correction) {
        let corrected = Corrected {
            shown: Shown::message(&correction.content),
            replies_to: correction.replies_to.as_ref().and_then(Personal::known).map(|id| mark(id)),
        };
        self.rows.insert(correction.event.as_uuid(), corrected);
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        // Of an erased person the kind is left, as `forget` leaves it.
        let corrected: Vec<Uuid> = sqlx::query_scalar(
            "update messages m set kind = c.kind, \
                 replies_to = case when m.provider_message_id <> '' then c.replies_to end, \
                 body = case when m.provider_message_id <> '' then c.body end, \
                 content = case when m.provider_message_id <> '' then c.content end \
             from unnest($1, $2, $3, $4, $5) as c (event, kind, body, content, replies_to), ( \
                 select message_id, told_by from messages where message_id = any($1) \
                 union all \
                 select message_id, told_by from messages where told_by = any($1) and told_by <> message_id \
             ) told where told.told_by = c.event and m.message_id = told.message_id \
             returning m.message_id",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.shown.kind.word()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.shown.text.as_deref()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.shown.content.clone()).collect::<Vec<Option<Value>>>())
        .bind(self.rows.values().map(|row| row.replies_to).collect::<Vec<_>>())
        .fetch_all(&mut *rows)
        .await?;
        // Where it was the latest, the conversation shows it.
        sqlx::query(
            "update conversations c set last_kind = m.kind, last_body = m.body from messages m \
             where m.message_id = any($1) and c.conversation_id = m.conversation_id and c.last_message_id = m.message_id",
        )
        .bind(corrected)
        .execute(rows)
        .await?;
        Ok(())
    }
}
