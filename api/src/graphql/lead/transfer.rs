//! `transferLead`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::lead::LeadCommand;
use leadflow_domain::role::Permission;
use leadflow_domain::{LeadId, MemberId};

use super::assess::{LeadOutcome, check};
use super::work::told;
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, command_context, must_be_allowed};
use crate::graphql::conversation::must_work_here;
use crate::graphql::failure::{bad_input, internal};
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::seen::must_see;
use crate::hand_over::HandOver;

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
        let api = &request.api;
        let (reads, conversations) = (&api.reads, &api.commands.conversations);
        let hand_over = HandOver { log: &api.log, reads, conversations, viewer: request.viewer.context() };
        let handed_over = hand_over.with(lead, member, &command_context).await;
        handed_over.map_err(|error| internal("transferLead", &error))?;
    }
    told(context, lead, answer).await
}

/// Who is to see to it; what is nobody's falls to the id of zeros.
pub(in crate::graphql) fn member(id: &ID) -> Result<MemberId, Error> {
    let member: Option<MemberId> = id.parse().ok();
    let member = member.filter(|member| !member.as_uuid().is_nil());
    member.ok_or_else(|| bad_input("memberId", "`memberId` must be a uuid, and not the nil one"))
}
