//! `unmergeContacts`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::contact::ContactCommand;

use super::merging::{Asked, MergeOutcome, merge};
use crate::graphql::command::answer;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct UnmergeContacts;

/// What `unmergeContacts` takes.
#[derive(InputObject)]
struct UnmergeContactsInput {
    /// Into whom the loser was merged: her `mergedInto`.
    winner_id: ID,
    /// Who is to stand for herself again.
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

/// What `unmergeContacts` answers.
#[derive(SimpleObject)]
struct UnmergeContactsPayload {
    #[graphql(flatten)]
    outcome: MergeOutcome,
}

#[Object]
impl UnmergeContacts {
    /// Somebody of the business finds that two contacts who were merged are two people after all. Everything is where it would be
    /// had they never been merged: what the loser wrote since is hers, and so is what was done with her conversations and her lead.
    /// They are not listed as possible duplicates again.
    async fn unmerge_contacts(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Whom it is about, and why; the request's key, and the versions that it is for, where wanted."
        )]
        input: UnmergeContactsInput,
    ) -> Option<Result<UnmergeContactsPayload, Error>> {
        let done = async {
            let UnmergeContactsInput {
                winner_id,
                loser_id,
                reason,
                idempotency_key,
                expected_version,
                expected_winner_version,
            } = input;
            let asked =
                Asked { winner_id, loser_id, reason, idempotency_key, expected_version, expected_winner_version };
            merge(context, asked, |_, winner, standing, reason| ContactCommand::Unmerge { winner, standing, reason })
                .await
        };
        answer(done, |outcome| UnmergeContactsPayload { outcome }).await
    }
}
