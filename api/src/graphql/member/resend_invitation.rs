//! `resendInvitation`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::EmailAddress;
use leadflow_domain::role::Permission;
use leadflow_projections::people::MemberState;

use super::letter::{counts, send};
use super::mutate::named;
use super::types::Member;
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed};
use crate::graphql::payload::{UserError, UserErrorCode};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ResendInvitation;

/// What `resendInvitation` takes.
#[derive(InputObject)]
struct ResendInvitationInput {
    /// Who.
    member_id: ID,
}

/// What `resendInvitation` answers.
#[derive(Default, SimpleObject)]
struct ResendInvitationPayload {
    /// The member, who has another letter; null when it was refused.
    member: Option<Member>,
    /// Why it was refused; empty when it was done.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for ResendInvitationPayload {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

#[Object]
impl ResendInvitation {
    /// Sends somebody who was asked and has not joined another link, at the same address. Those that she was sent before are
    /// good no more. Each time is one letter more, and nothing that the log keeps.
    async fn resend_invitation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about.")] input: ResendInvitationInput,
    ) -> Option<Result<ResendInvitationPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::ManagePeople).await?;
            let target = named(request, &input.member_id).await?;
            let address = target.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
            let address = address.filter(|_| target.state == MemberState::Invited).ok_or_else(|| {
                NotDone::refused(UserErrorCode::WrongStatus, "she has joined, or is asked no more", "memberId")
            })?;
            counts(request).await?;
            send(request, target.id, address).await?;
            let member = Some(Member::shown_to(&request.viewer, target));
            Ok(ResendInvitationPayload { member, user_errors: vec![] })
        };
        answer(done, |payload: ResendInvitationPayload| payload).await
    }
}
