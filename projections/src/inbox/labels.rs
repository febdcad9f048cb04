//! The labels that a page puts on conversations and takes away.

use std::collections::HashMap;

use leadflow_domain::StreamId;
use leadflow_domain::conversation::Label;
use sqlx::PgConnection;

/// What a page leaves of labels.
#[derive(Default)]
pub(super) struct Labels {
    /// By conversation and label: whether it is there in the end.
    last: HashMap<(StreamId, String), bool>,
}

impl Labels {
    pub(super) fn put(&mut self, conversation: StreamId, label: &Label, is_there: bool) {
        self.last.insert((conversation, label.as_str().to_owned()), is_there);
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.last.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "update conversations c set labels = array( \
                 select label from ( \
                     select known.label from unnest(c.labels) as known (label) where known.label <> all(t.told) \
                     union all select unnest(t.there) \
                 ) as kept (label) order by label collate \"C\" \
             ) from ( \
                 select id, array_agg(label) as told, \
                        coalesce(array_agg(label) filter (where is_there), '{}') as there \
                 from unnest($1, $2, $3) as told (id, label, is_there) group by id \
             ) t where c.conversation_id = t.id",
        )
        .bind(self.last.keys().map(|(conversation, _)| conversation.as_uuid()).collect::<Vec<_>>())
        .bind(self.last.keys().map(|(_, label)| label.as_str()).collect::<Vec<_>>())
        .bind(self.last.values().copied().collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
