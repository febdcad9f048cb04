//! Letters that wait to be sent.

use leadflow_event_store::{Keys, SealedLetter};
use sqlx::PgConnection;

use super::letter::Letter;

/// Enqueues a letter in the caller's transaction: it is sent if that commits, and not before.
///
/// # Errors
/// The database's.
pub async fn send(tx: &mut PgConnection, keys: &Keys, letter: &Letter) -> Result<(), sqlx::Error> {
    let plain = serde_json::to_vec(letter).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let SealedLetter { id, sealed } = keys.seal_letter(&plain);
    sqlx::query("insert into letters (id, kind, sealed) values ($1, $2, $3)")
        .bind(id)
        .bind(letter.what.name())
        .bind(sealed)
        .execute(tx)
        .await?;
    Ok(())
}
