//! `eraseContact`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::role::Permission;
use leadflow_domain::{CommandId, ContactId, TenantId};
use leadflow_event_store::CommandContext;
use leadflow_projections::inbox;

use super::types::Contact;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, answer, came_to, command_context, lagging};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{Staleness, UserError, staleness};
use crate::graphql::position::Position;
use crate::graphql::seen::must_see;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct EraseContact;

/// What `eraseContact` takes.
#[derive(InputObject)]
struct EraseContactInput {
    /// Who is to be erased.
    contact_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The contact's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `eraseContact` answers.
#[derive(Default, SimpleObject)]
struct EraseContactPayload {
    /// The contact as it is now: its id, and nothing about the person. Null when it was refused, unless for another version,
    /// and when it can't be shown yet (see `stale`).
    contact: Option<Contact>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The contact's newest event in the log; null when it was refused.
    position: Option<Position>,
    /// Set when the inbox may still show what was erased.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for EraseContactPayload {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// Erases all who are one person with somebody who was erased, and says where the log tells so. What is not done here a reactor
/// does a moment later.
async fn erase_others(
    request: &Request,
    tenant: TenantId,
    id: ContactId,
    asked: &CommandContext,
) -> Result<i64, Error> {
    let mut told = 0;
    for other in request.api.log.one_person_with(tenant, id).await.map_err(|error| internal("eraseContact", &error))? {
        if other == id {
            continue;
        }
        let command = CommandId::derive(tenant, "graphql.erase_together", &[&asked.id.to_string(), &other.to_string()]);
        let context = CommandContext::new(tenant, command, asked.actor.clone(), asked.correlation.clone())
            .from_address(asked.source);
        let done = request.api.commands.contacts.execute(other, ContactCommand::Erase, context).await;
        told = done.map_err(|error| internal("eraseContact", &error))?.position.max(told);
    }
    Ok(told)
}

#[Object]
impl EraseContact {
    /// Erases a person: her name, her number, what she wrote. What happened and when stays, without her. It can't be
    /// undone. When she writes again, she is a new contact. Contacts who are merged are one person, and are erased together.
    async fn erase_contact(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: EraseContactInput,
    ) -> Option<Result<EraseContactPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            let api = &request.api;
            let id = ContactId::from_uuid(decode_as(Kind::Contact, "contactId", &input.contact_id)?);
            let (key, expected_version) = (input.idempotency_key.as_deref(), input.expected_version);
            let needed = Permission::EraseContacts;
            let command = command_context(context, request, needed, key, expected_version).await?;
            must_see(request, Kind::Contact, id.as_uuid(), ("contact", "contactId")).await?;
            let (tenant, asked) = (request.viewer.tenant(), command.clone());
            let answer = api.commands.contacts.execute(id, ContactCommand::Erase, command).await;
            let was_done = answer.is_ok();
            let CameTo { user_errors, position, shows } = came_to(answer, "contact", "contactId")?;
            let Some(shows) = shows else {
                return Ok(user_errors.into());
            };
            let shows = match was_done {
                true => erase_others(request, tenant, id, &asked).await?.max(shows),
                false => shows,
            };
            // It is done; what fails from here on makes the answer older, not the erasure undone.
            let freshness = request.patience.shows(api, &[&inbox::DEFINITION], shows).await;
            let (contact, freshness) = match inbox::contacts_by_id(&api.reads, request.viewer.context(), &[id]).await {
                Ok(mut found) => (found.pop().map(Contact::from), freshness),
                Err(error) => (None, lagging(&error)),
            };
            Ok(EraseContactPayload { contact, user_errors, position, stale: staleness(freshness) })
        };
        answer(done, |payload: EraseContactPayload| payload).await
    }
}
