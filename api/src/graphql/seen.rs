//! Whether whoever asks sees what she asks for: what she does not see does not exist for her. Reads of read models know that by
//! themselves; this is for what the log alone is asked for, or told.

use async_graphql::Error;
use leadflow_domain::{ContactId, ConversationId, GroupId};
use leadflow_projections::{Sight, inbox, leads};
use uuid::Uuid;

use super::api::Request;
use super::command::NotDone;
use super::failure::internal;
use super::global_id::Kind;
use super::payload::{UserError, UserErrorCode};

/// Whether she sees the thing of this kind and id. Whoever sees everything is not asked for: what is not there, the log says.
pub(super) async fn sees(request: &Request, kind: Kind, id: Uuid) -> Result<bool, Error> {
    let (reads, viewer) = (&request.api.reads, request.viewer.context());
    if viewer.sight() == Sight::Everything {
        return Ok(true);
    }
    let seen = match kind {
        Kind::Conversation => inbox::sees_conversation(reads, viewer, ConversationId::from_uuid(id)).await,
        Kind::Contact => {
            let found = inbox::contacts_by_id(reads, viewer, &[ContactId::from_uuid(id)]).await;
            found.map(|found| !found.is_empty())
        }
        Kind::Group => {
            let found = inbox::groups_by_id(reads, viewer, &[GroupId::from_uuid(id)]).await;
            found.map(|found| !found.is_empty())
        }
        Kind::Lead => leads::leads_by_id(reads, viewer, &[id]).await.map(|found| !found.is_empty()),
        Kind::Message => inbox::messages(reads, viewer, &[id]).await.map(|found| !found.is_empty()),
        Kind::Note => inbox::notes(reads, viewer, &[id]).await.map(|found| !found.is_empty()),
        // Everybody's of the business.
        Kind::Channel | Kind::Tenant => Ok(true),
    };
    seen.map_err(|error| internal("seen", &error))
}

/// That a mutation is about what is seen. `what` and `field` name what does not exist.
///
/// # Errors
/// `NOT_FOUND`, as of what there is not.
pub(super) async fn must_see(
    request: &Request,
    kind: Kind,
    id: Uuid,
    (what, field): (&'static str, &'static str),
) -> Result<(), NotDone> {
    if sees(request, kind, id).await? {
        return Ok(());
    }
    let message = format!("there is no such {what}");
    Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, message, Some(field))]))
}
