//! `transferLead`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::conversation::{ConversationCommand, ConversationRefusal};
use leadflow_domain::lead::LeadCommand;
use leadflow_domain::role::Permission;
use leadflow_domain::{CommandId, ConversationId, LeadId, MemberId};
use leadflow_event_store::{CommandContext, ExecuteError};
use leadflow_projections::inbox::MessageColumns;
use leadflow_projections::inbox::{self, ConversationColumns, ConversationField, ConversationList, ConversationOrder};
use leadflow_projections::{Condition, IdIs, PageRequest, leads};

use super::assess::{LeadOutcome, check};
use super::work::told;
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, command_context, must_be_allowed};
use crate::graphql::conversation::must_work_here;
use crate::graphql::failure::{bad_input, internal};
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::seen::must_see;

/// Most conversations that go along: one for each number.
const MOST_CONVERSATIONS: u32 = 100;

const BARE: ConversationColumns =
    ConversationColumns { contact: false, group: false, channel: false, last_message: MessageColumns::NONE };

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct TransferLead;

/// What `transferLead` takes.
#[derive(InputObject)]
struct TransferLeadInput {
    /// Which lead.
    lead_id: ID,
    /// Who is to see to it: the id of a member who works for the business, a uuid; without it, nobody in particular.
    member_id: Option<ID>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `transferLead` answers.
#[derive(SimpleObject)]
struct TransferLeadPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

#[Object]
impl TransferLead {
    /// Somebody of the business is to see to a lead, and to the conversations with its contact that you see; she sees them from then
    /// on. Where nobody in particular is to, the conversations stay with whom they are.
    async fn transfer_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: TransferLeadInput,
    ) -> Option<Result<TransferLeadPayload, Error>> {
        let done = Box::pin(transfer(context, input));
        answer(done, |outcome| TransferLeadPayload { outcome }).await
    }
}

async fn transfer(context: &Context<'_>, input: TransferLeadInput) -> Result<LeadOutcome, NotDone> {
    let request = Request::of(context)?;
    let (leads, needed) = (&request.api.commands.leads, Permission::AssignConversations);
    check(&context.look_ahead().field("lead"))?;
    must_be_allowed(context, request, needed).await?;
    let lead = LeadId::from_uuid(decode_as(Kind::Lead, "leadId", &input.lead_id)?);
    let to = input.member_id.as_ref().map(member).transpose()?;
    let (key, version) = (input.idempotency_key.as_deref(), input.expected_version);
    let command_context = command_context(context, request, needed, key, version).await?;
    let answer = match leads.before(&command_context).await {
        Some(before) => before,
        None => {
            must_see(request, Kind::Lead, lead.as_uuid(), ("lead", "leadId")).await?;
            if let Some(member) = to {
                must_work_here(request, member).await?;
            }
            leads.execute(lead, LeadCommand::Transfer { to }, command_context.clone()).await
        }
    };
    if let (Ok(_), Some(member)) = (&answer, to) {
        hand_over(request, lead, member, &command_context).await?;
    }
    told(context, lead, answer).await
}

/// Who is to see to it; what is nobody's falls to the id of zeros.
fn member(id: &ID) -> Result<MemberId, Error> {
    let member: Option<MemberId> = id.parse().ok();
    let member = member.filter(|member| !member.as_uuid().is_nil());
    member.ok_or_else(|| bad_input("memberId", "`memberId` must be a uuid, and not the nil one"))
}

/// Has the conversations with the lead's contact go along. Each is a command of its own that follows from the request's: doing it
/// again is harmless.
async fn hand_over(
    request: &Request,
    lead: LeadId,
    member: MemberId,
    command_context: &CommandContext,
) -> Result<(), NotDone> {
    let (api, viewer) = (&request.api, request.viewer.context());
    let failed = |error: sqlx::Error| NotDone::from(internal("transferLead", &error));
    let found = leads::leads_by_id(&api.reads, viewer, &[lead.as_uuid()]).await;
    let Some(row) = found.map_err(failed)?.pop() else { return Ok(()) };
    let hers = Condition::Is(ConversationField::Contact(IdIs::In(vec![row.contact.as_uuid()])));
    let list = ConversationList { filter: &hers, order: ConversationOrder::LatestActivity, columns: BARE };
    let page = PageRequest::first(MOST_CONVERSATIONS);
    let found = inbox::conversations(&api.reads, viewer, list, page).await.map_err(failed)?;
    for conversation in found {
        let id = CommandId::derive(
            request.viewer.tenant(),
            "lead.transfer",
            &[&command_context.id.to_string(), &conversation.id.to_string()],
        );
        let follows = CommandContext::new(request.viewer.tenant(), id, request.viewer.actor(), request.id.clone())
            .from_address(request.address);
        let conversation = ConversationId::from_uuid(conversation.id);
        let assign = ConversationCommand::Assign { member };
        match api.commands.conversations.execute(conversation, assign, follows).await {
            Ok(_) | Err(ExecuteError::Refused(ConversationRefusal::NotFound)) => {}
            Err(error) => return Err(internal("transferLead", &error).into()),
        }
    }
    Ok(())
}
