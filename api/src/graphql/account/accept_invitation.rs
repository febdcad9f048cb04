//! `acceptInvitation`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::member::MemberName;

use super::outcome::JoinedOutcome;
use crate::graphql::command::{NotDone, answer, valid};
use crate::graphql::visit::Visit;
use crate::limits::LimitKind;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct AcceptInvitation;

/// What `acceptInvitation` takes.
#[derive(InputObject)]
struct AcceptInvitationInput {
    /// What stands in the link that was sent to her address, behind `#token=`.
    token: String,
    /// What she is called, 1 to 100 characters.
    name: String,
    /// What only she is to know, 12 to 128 characters.
    password: String,
}

/// What `acceptInvitation` answers.
#[derive(SimpleObject)]
struct AcceptInvitationPayload {
    #[graphql(flatten)]
    outcome: JoinedOutcome,
}

#[Object]
impl AcceptInvitation {
    /// Takes whoever brings the link back into the business that asks for her, and signs her in.
    async fn accept_invitation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The link, and who she is.")] input: AcceptInvitationInput,
    ) -> Option<Result<AcceptInvitationPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            let name = valid("name", MemberName::parse(&input.name))?;
            visit.counts(LimitKind::Login).await?;
            let hers = (name, input.password.into());
            let joined =
                visit.api.doors.accept_invitation(&input.token.into(), hers, visit.client(), visit.asked()).await?;
            Ok::<_, NotDone>(JoinedOutcome::with(visit, joined).await)
        };
        answer(done, |outcome| AcceptInvitationPayload { outcome }).await
    }
}
