//! What messages say, where they were understood wrongly when they came.
//!
//! A correction comes after its message in the log, so the message's row is there, or in the same page before it; what
//! was corrected last counts.

use std::collections::HashMap;

use leadflow_domain::StreamId;
use leadflow_domain::conversation::Correction;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::shown::Shown;
use super::words::MessageDirection;
use crate::word::Word;

#[derive(Default)]
pub(super) struct Corrections {
    // A map: one statement can't write the same row twice.
    rows: HashMap<(Uuid, &'static str, String), Corrected>,
}

struct Corrected {
    shown: Shown,
    replies_to: Option<String>,
}

impl Corrections {
    pub(super) fn put(&mut self, conversation: StreamId, direction: MessageDirection, correction: &Correction) {
        // Of an erased person nothing is left to correct.
        let Some(original) = correction.original.known() else { return };
        let corrected = Corrected {
            shown: Shown::message(&correction.content),
            replies_to: correction.replies_to.as_ref().and_then(|id| id.known().cloned()),
        };
        self.rows.insert((conversation.as_uuid(), direction.word(), original.clone()), corrected);
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "update messages m set kind = c.kind, body = c.body, content = c.content, replies_to = c.replies_to \
             from unnest($1, $2, $3, $4, $5, $6, $7) \
                 as c (conversation, direction, provider_id, kind, body, content, replies_to) \
             where m.conversation_id = c.conversation and m.direction = c.direction \
               and m.provider_message_id = c.provider_id and m.about is null",
        )
        .bind(self.rows.keys().map(|(conversation, ..)| *conversation).collect::<Vec<_>>())
        .bind(self.rows.keys().map(|(_, direction, _)| *direction).collect::<Vec<_>>())
        .bind(self.rows.keys().map(|(.., provider_id)| provider_id.as_str()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.shown.kind.word()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.shown.text.as_deref()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.shown.content.clone()).collect::<Vec<Option<Value>>>())
        .bind(self.rows.values().map(|row| row.replies_to.as_deref()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
