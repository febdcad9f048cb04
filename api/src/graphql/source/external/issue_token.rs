//! `issueExternalToken`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};

use super::issue::{What, issue};
use crate::graphql::command::answer;
use crate::graphql::payload::UserError;
use crate::graphql::source::mutate::{Asked, SourceOutcome};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct IssueExternalToken;

/// What `issueExternalToken` takes.
#[derive(InputObject)]
struct IssueExternalTokenInput {
    /// Which source: an external one.
    source_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later, but for the token.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `issueExternalToken` answers.
#[derive(Default, SimpleObject)]
struct IssueExternalTokenPayload {
    /// What the program shows from now on. It is told this once: null when the same request was done before, and when it was refused.
    token: Option<String>,
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

impl From<Vec<UserError>> for IssueExternalTokenPayload {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { token: None, outcome: user_errors.into() }
    }
}

#[Object]
impl IssueExternalToken {
    /// Gives a program another token; the one that it had opens nothing any more, at once.
    async fn issue_external_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: IssueExternalTokenInput,
    ) -> Option<Result<IssueExternalTokenPayload, Error>> {
        let done = Box::pin(async {
            let IssueExternalTokenInput { source_id, idempotency_key, expected_version } = input;
            let asked = Asked { source_id, idempotency_key, expected_version };
            let (token, outcome) = issue(context, asked, What::Token).await?;
            Ok(IssueExternalTokenPayload { token, outcome })
        });
        answer(done, |payload| payload).await
    }
}
