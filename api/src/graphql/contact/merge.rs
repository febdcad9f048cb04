//! `mergeContacts`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::contact::ContactCommand;

use super::merging::{Asked, MergeOutcome, merge};
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct MergeContacts;

/// What `mergeContacts` takes.
#[derive(InputObject)]
struct MergeContactsInput {
    /// Who is to stand for both. Nobody may stand for her.
    winner_id: ID,
    /// Who is to be shown under the winner. Nobody may stand for her yet; whoever she stands for comes with her.
    loser_id: ID,
    /// Why, 1 to 500 characters. It is about them, and is erased with the loser.
    reason: Option<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The loser's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
    /// The winner's `version`, likewise.
    expected_winner_version: Option<i64>,
}

/// What `mergeContacts` answers.
#[derive(SimpleObject)]
struct MergeContactsPayload {
    #[graphql(flatten)]
    outcome: MergeOutcome,
}

#[Object]
impl MergeContacts {
    /// Somebody of the business finds that two contacts are one person. Conversations, leads and timelines of both are shown under
    /// the winner from now on, and what comes later, too; leads stay two. `unmergeContacts` undoes it exactly: whatever was the
    /// loser's, or came since, is hers again.
    async fn merge_contacts(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Whom it is about, and why; the request's key, and the versions that it is for, where wanted."
        )]
        input: MergeContactsInput,
    ) -> Option<Result<MergeContactsPayload, Error>> {
        let done = async {
            let MergeContactsInput {
                winner_id,
                loser_id,
                reason,
                idempotency_key,
                expected_version,
                expected_winner_version,
            } = input;
            let asked =
                Asked { winner_id, loser_id, reason, idempotency_key, expected_version, expected_winner_version };
            merge(context, asked, |loser, winner, standing, reason| ContactCommand::Merge {
                loser,
                winner,
                standing,
                reason,
            })
            .await
        };
        answer(done, |outcome| MergeContactsPayload { outcome }).await
    }
}
