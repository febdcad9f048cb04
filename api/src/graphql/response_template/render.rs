//! An answer, filled in for a conversation with what whoever asks sees of it.

use async_graphql::{Context, Error};
use leadflow_domain::ConversationId;
use leadflow_domain::response_template::{ResponseBody, Values};
use leadflow_projections::inbox::{self, ContactColumns, ContactRow, ConversationColumns};
use leadflow_projections::people;
use leadflow_projections::templates::ResponseTemplateRow;

use super::types::RenderedResponse;
use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::tenant;

/// Of a conversation the customer alone.
const CUSTOMER: ConversationColumns =
    ConversationColumns { contact: Some(ContactColumns::ALL), ..ConversationColumns::NONE };

/// The answer as it would be sent; nothing where there is no such conversation for whoever asks.
pub(super) async fn rendered(
    context: &Context<'_>,
    row: ResponseTemplateRow,
    conversation: ConversationId,
) -> Result<Option<RenderedResponse>, Error> {
    let request = Request::of(context)?;
    let (reads, viewer) = (&request.api.reads, request.viewer.context());
    let found = inbox::conversations_by_id(reads, viewer, &[conversation.as_uuid()], CUSTOMER).await;
    let Some(found) = found.map_err(|error| internal("renderResponseTemplate", &error))?.pop() else {
        return Ok(None);
    };
    // It was one when it was written: an answer whose variables a newer program knows is not one here.
    let body = ResponseBody::parse(&row.body).map_err(|error| internal("renderResponseTemplate", &error))?;
    let member = match request.viewer.member() {
        Some(member) => people::members_by_id(reads, viewer, &[member])
            .await
            .map_err(|error| internal("renderResponseTemplate", &error))?
            .pop()
            .and_then(|row| row.name),
        None => None,
    };
    let business = tenant::of_viewer(context).await?;
    let contact = found.contact.and_then(name_of);
    let values = Values {
        contact_name: contact.as_deref(),
        member_name: member.as_deref(),
        business_name: business.as_ref().map(tenant::Tenant::called),
    };
    Ok(Some(match body.render(&values) {
        Ok(text) => RenderedResponse { text: Some(text), missing: None },
        Err(missing) => RenderedResponse { text: None, missing: Some(missing.variable.into()) },
    }))
}

/// What the business calls the customer, or she herself.
fn name_of(contact: ContactRow) -> Option<String> {
    contact.listed_name.or(contact.display_name)
}
