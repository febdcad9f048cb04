//! `changeExternalNetworks`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::source::SourceCommand;

use super::input::networks;
use crate::graphql::api::Request;
use crate::graphql::command::{Form, answer, must_be_allowed};
use crate::graphql::source::mutate::{Asked, SourceOutcome, mutate};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ChangeExternalNetworks;

/// What `changeExternalNetworks` takes.
#[derive(InputObject)]
struct ChangeExternalNetworksInput {
    /// Which source: an external one.
    source_id: ID,
    /// From where it may be posted from now on: addresses and networks, as `203.0.113.7`, `10.0.0.0/8` or `2001:db8::/32`, 50 at most; from
    /// anywhere, when it is empty.
    networks: Vec<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `changeExternalNetworks` answers.
#[derive(SimpleObject)]
struct ChangeExternalNetworksPayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

#[Object]
impl ChangeExternalNetworks {
    /// Has it posted from these addresses alone; from others it is refused, at once.
    async fn change_external_networks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ChangeExternalNetworksInput,
    ) -> Option<Result<ChangeExternalNetworksPayload, Error>> {
        let done = Box::pin(async {
            let ChangeExternalNetworksInput { source_id, networks: said, idempotency_key, expected_version } = input;
            let asked = Asked { source_id, idempotency_key, expected_version };
            must_be_allowed(context, Request::of(context)?, Permission::ManageChannels).await?;
            let mut form = Form::default();
            let said = networks(&mut form, &said);
            let networks = form.all(said)?;
            mutate(context, asked, SourceCommand::ChangeNetworks { networks }).await
        });
        answer(done, |outcome| ChangeExternalNetworksPayload { outcome }).await
    }
}
