//! `dismissDuplicate`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::ContactId;
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::role::Permission;

use super::merging::{Two, decide, shown};
use super::types::Contact;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, answer, command_context};
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{Staleness, UserError};
use crate::graphql::position::Position;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct DismissDuplicate;

/// What `dismissDuplicate` takes.
#[derive(InputObject)]
struct DismissDuplicateInput {
    /// One of the two.
    one_id: ID,
    /// The other one.
    other_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `dismissDuplicate` answers.
#[derive(Default, SimpleObject)]
struct DismissDuplicatePayload {
    /// One of the two as she is now; null when it was refused, and when she can't be shown yet (see `stale`).
    one: Option<Contact>,
    /// The other one, likewise.
    other: Option<Contact>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// Where the log tells of it; null when it was refused.
    position: Option<Position>,
    /// Set when the inbox may still list them.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for DismissDuplicatePayload {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

#[Object]
impl DismissDuplicate {
    /// Somebody of the business finds that two contacts are two people, whatever they have in common: `possibleDuplicates` does not
    /// list them again. Whoever finds otherwise later merges them.
    async fn dismiss_duplicate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whom it is about; the request's key, where wanted.")] input: DismissDuplicateInput,
    ) -> Option<Result<DismissDuplicatePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            let one = ContactId::from_uuid(decode_as(Kind::Contact, "oneId", &input.one_id)?);
            let other = ContactId::from_uuid(decode_as(Kind::Contact, "otherId", &input.other_id)?);
            let key = input.idempotency_key.as_deref();
            let command = command_context(context, request, Permission::WorkConversations, key, None).await?;
            // Whichever is named first, it is said once.
            let is_first = one.as_uuid() <= other.as_uuid();
            let (first, second) = (("oneId", one), ("otherId", other));
            let (decides, rests) = if is_first { (first, second) } else { (second, first) };
            let two = Two { decides, other: rests, expected_other: None };
            let decided = decide(request, &two, command, |standing| ContactCommand::TellApart {
                contact: decides.1,
                other: rests.1,
                standing,
            });
            let CameTo { user_errors, position, shows } = decided.await?;
            let Some(shows) = shows else { return Ok(user_errors.into()) };
            let (mut found, stale) = shown(request, &[one, other], shows).await;
            Ok(DismissDuplicatePayload { one: found.remove(0), other: found.remove(0), user_errors, position, stale })
        };
        answer(done, |payload: DismissDuplicatePayload| payload).await
    }
}
