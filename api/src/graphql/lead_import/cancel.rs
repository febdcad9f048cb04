//! `cancelLeadImport`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::role::Permission;

use super::queries::find;
use super::types::LeadImport;
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;
use crate::lead_imports::Cancelled;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct CancelLeadImport;

/// What `cancelLeadImport` takes.
#[derive(InputObject)]
struct CancelLeadImportInput {
    /// Which, by its id.
    lead_import_id: ID,
}

/// What `cancelLeadImport` answers.
#[derive(SimpleObject)]
struct CancelLeadImportPayload {
    /// The import as it stands now; null where it was refused.
    lead_import: Option<LeadImport>,
    /// Why it was refused; empty when it was done.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for CancelLeadImportPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { lead_import: None, user_errors }
    }
}

#[Object]
impl CancelLeadImport {
    /// Has a file read no further, now or at the next place where that can be. What became leads by then stays.
    async fn cancel_lead_import(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which import.")] input: CancelLeadImportInput,
    ) -> Option<Result<CancelLeadImportPayload, Error>> {
        answer(cancel(context, &input.lead_import_id), |payload| payload).await
    }
}

async fn cancel(context: &Context<'_>, id: &ID) -> Result<CancelLeadImportPayload, NotDone> {
    let request = Request::of(context)?;
    must_be_allowed(context, request, Permission::ManageChannels).await?;
    let id = read_id("leadImportId", id)?;
    let cancelled = request.api.lead_imports.cancel(request.viewer.tenant(), id).await;
    let refused = |code, message: &str| vec![UserError::new(code, message.to_owned(), Some("leadImportId"))];
    match cancelled.map_err(|error| internal("cancelLeadImport", &error))? {
        Cancelled::Ends => Ok(CancelLeadImportPayload { lead_import: find(request, id).await?, user_errors: vec![] }),
        Cancelled::HadEnded => Ok(refused(UserErrorCode::WrongStatus, "the import has ended").into()),
        Cancelled::NotFound => Ok(refused(UserErrorCode::NotFound, "there is no such import").into()),
    }
}
