//! `issueExternalSecret`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};

use super::issue::{What, issue};
use crate::graphql::command::answer;
use crate::graphql::payload::UserError;
use crate::graphql::source::mutate::{Asked, SourceOutcome};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct IssueExternalSecret;

/// What `issueExternalSecret` takes.
#[derive(InputObject)]
struct IssueExternalSecretInput {
    /// Which source: an external one.
    source_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later, but for the secret.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `issueExternalSecret` answers.
#[derive(Default, SimpleObject)]
struct IssueExternalSecretPayload {
    /// What the program signs with from now on. It is told this once: null when the same request was done before, and when it was refused.
    secret: Option<String>,
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

impl From<Vec<UserError>> for IssueExternalSecretPayload {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { secret: None, outcome: user_errors.into() }
    }
}

#[Object]
impl IssueExternalSecret {
    /// Gives a program what it has to sign with, or another one; what is not signed with it is refused, at once.
    async fn issue_external_secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: IssueExternalSecretInput,
    ) -> Option<Result<IssueExternalSecretPayload, Error>> {
        let done = Box::pin(async {
            let IssueExternalSecretInput { source_id, idempotency_key, expected_version } = input;
            let asked = Asked { source_id, idempotency_key, expected_version };
            let (secret, outcome) = issue(context, asked, What::Secret).await?;
            Ok(IssueExternalSecretPayload { secret, outcome })
        });
        answer(done, |payload| payload).await
    }
}
