//! Who was erased is cleared from the rows.

use sqlx::PgConnection;
use uuid::Uuid;

use super::threads::find_latest;

/// Clears what the rows hold of `contacts`, and of nobody else in their groups; what was imported goes as a whole (see
/// [`Telling`](super::messages::Telling)). Without the provider's ids another of their messages may count as latest.
pub(super) async fn forget(rows: &mut PgConnection, contacts: &[Uuid]) -> Result<(), sqlx::Error> {
    if contacts.is_empty() {
        return Ok(());
    }
    // Before what was imported goes: a thread may have nothing else.
    let hers: Vec<Uuid> =
        sqlx::query_scalar("select distinct conversation_id from messages where contact_id = any($1)")
            .bind(contacts)
            .fetch_all(&mut *rows)
            .await?;
    for statement in [
        "update contacts set phone = null, user_id = null, email = null, display_name = null, named_at = null, named_by = null, \
                             marketing = null, marketing_at = null, listed_name = null \
         where contact_id = any($1)",
        "delete from listings where contact_id = any($1)",
        "update notes set body = null where contact_id = any($1)",
        "update sendings set error_details = null where contact_id = any($1)",
        "delete from messages where contact_id = any($1) and telling < 2",
        "update messages set body = null, content = null, replies_to = null, about = null, provider_message_id = '', \
                             mark = told_by, message_id = told_by \
         where contact_id = any($1)",
    ] {
        sqlx::query(statement).bind(contacts).execute(&mut *rows).await?;
    }
    // What she did, and what was done to what she wrote, is no longer told of any message.
    sqlx::query(
        "update messages m set is_acted = false where m.conversation_id = any($1) and m.is_acted and not exists ( \
             select from messages a where a.conversation_id = m.conversation_id and a.about = m.mark)",
    )
    .bind(&hers)
    .execute(&mut *rows)
    .await?;
    find_latest(rows, &hers).await
}
