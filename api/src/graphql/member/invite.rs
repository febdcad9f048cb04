//! `inviteMember`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::member::{MemberCommand, MemberRefusal};
use leadflow_domain::role::Permission;
use leadflow_domain::{EmailAddress, MemberId};
use leadflow_event_store::{CommandContext, Done, ExecuteError, Receipt};
use leadflow_projections::people;

use super::letter::{awaits_letter, counts, send};
use super::mutate::{Asked, MemberOutcome, outcome};
use super::standing::{given_role, is_team};
use super::types::MemberRole;
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed, valid};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct InviteMember;

/// What `inviteMember` takes.
#[derive(InputObject)]
struct InviteMemberInput {
    /// Where the link goes, and with what she is to sign in.
    email: String,
    /// What she is to be.
    role: MemberRole,
    /// Which of the business's own roles, with CUSTOM.
    custom_role_id: Option<ID>,
    /// With whom she is to work; with nobody, when not given.
    team_id: Option<ID>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `inviteMember` answers.
#[derive(SimpleObject)]
struct InviteMemberPayload {
    #[graphql(flatten)]
    outcome: MemberOutcome,
}

#[Object]
impl InviteMember {
    /// Asks somebody to work for the business: she is sent a link by which she joins, which is good for 7 days. Nobody gives what
    /// she may not do herself, and only owners make owners. Whether the address signs in already, here or elsewhere, is told to
    /// nobody but whoever reads its mailbox.
    async fn invite_member(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; and the request's key, where wanted.")] input: InviteMemberInput,
    ) -> Option<Result<InviteMemberPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let read = EmailAddress::parse(&input.email).map_err(|error| format!("is wrong: {error}"));
            let email = valid("email", read)?;
            let asked = Asked { idempotency_key: input.idempotency_key, expected_version: None };
            let command_context = asked.of_a_manager(context, request, []).await?;
            // The same request is about the same person.
            let member = MemberId::from_uuid(command_context.id.as_uuid());
            if let Some(before) = request.api.commands.members.before(&command_context).await {
                return told_again(request, member, email, before).await;
            }
            let given = given_role(context, request, input.role, input.custom_role_id.as_ref()).await?;
            let team = match &input.team_id {
                Some(id) => Some(is_team(request, id).await?),
                None => None,
            };
            let (team, of_the_team) = team.unzip();
            counts(request).await?;
            let asserting = given.asserting.into_iter().chain(of_the_team);
            let command_context = asserting.fold(command_context, CommandContext::asserting);
            let command = MemberCommand::Invite { email: email.clone(), role: given.role, team };
            let answer = request.api.commands.members.execute(member, command, command_context).await;
            // Before all that may take its time: who asks may go away.
            if !answer.as_ref().is_ok_and(|receipt| receipt.done == Done::Appended) {
                return told_again(request, member, email, answer).await;
            }
            send(request, member, email).await?;
            Ok(outcome(request, member, answer, &[&people::DEFINITION]).await?)
        };
        answer(done, |outcome| InviteMemberPayload { outcome }).await
    }
}

/// What a request came to that was done before, or is refused. Where what it came to broke off before the letter, that goes out now.
async fn told_again(
    request: &Request,
    member: MemberId,
    email: EmailAddress,
    answer: Result<Receipt, ExecuteError<MemberRefusal>>,
) -> Result<MemberOutcome, NotDone> {
    let is_done = answer.is_ok();
    let outcome = outcome(request, member, answer, &[&people::DEFINITION]).await?;
    if is_done && awaits_letter(request, member).await? {
        counts(request).await?;
        send(request, member, email).await?;
    }
    Ok(outcome)
}
