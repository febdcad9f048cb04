//! `cancelLeadChange`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};

use super::queries::{find, seen};
use super::types::LeadChange;
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;
use crate::lead_changes::Ended;
use leadflow_domain::role::Permission;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct CancelLeadChange;

/// What `cancelLeadChange` takes.
#[derive(InputObject)]
struct CancelLeadChangeInput {
    /// Which, by its id.
    lead_change_id: ID,
}

/// What `cancelLeadChange` answers.
#[derive(SimpleObject)]
struct CancelLeadChangePayload {
    /// The change as it stands now; null where it was refused.
    lead_change: Option<LeadChange>,
    /// Why it was refused; empty when it was done.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for CancelLeadChangePayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { lead_change: None, user_errors }
    }
}

#[Object]
impl CancelLeadChange {
    /// Has a change of many leads go no further, now or at the next place where that can be. What was changed by then stays. Of those
    /// of others, whoever sees everything may do so.
    async fn cancel_lead_change(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which change.")] input: CancelLeadChangeInput,
    ) -> Option<Result<CancelLeadChangePayload, Error>> {
        answer(cancel(context, &input.lead_change_id), |payload| payload).await
    }
}

async fn cancel(context: &Context<'_>, id: &ID) -> Result<CancelLeadChangePayload, NotDone> {
    let request = Request::of(context)?;
    must_be_allowed(context, request, Permission::WorkConversations).await?;
    let id = read_id("leadChangeId", id)?;
    let refused = |code, message: &str| vec![UserError::new(code, message.to_owned(), Some("leadChangeId"))];
    let Some(change) = seen(request, id).await? else {
        return Ok(refused(UserErrorCode::NotFound, "there is no such change").into());
    };
    let cancelled = request.api.lead_changes.cancel(&change).await;
    match cancelled.map_err(|error| internal("cancelLeadChange", &error))? {
        Ended::Ends => Ok(CancelLeadChangePayload { lead_change: find(request, id).await?, user_errors: vec![] }),
        Ended::HadEnded => Ok(refused(UserErrorCode::WrongStatus, "the change has ended").into()),
    }
}
