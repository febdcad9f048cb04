//! What those are called who did something.

use std::collections::HashMap;

use async_graphql::{Context, Error, Lookahead};
use leadflow_domain::{ApiKeyId, MemberId};
use leadflow_event_store::{ActorKind, RecordedActor};
use leadflow_projections::people;
use uuid::Uuid;

use crate::graphql::api::Request;
use crate::graphql::failure::internal;

/// What members and API keys are called, by their ids.
#[derive(Debug, Default)]
pub(in crate::graphql) struct ActorNames(HashMap<Uuid, String>);

impl ActorNames {
    /// Of each of `actors`, if the `actor` that is selected of every `node` is asked for her name: one statement for all members
    /// among them, and one for all keys.
    pub(in crate::graphql) async fn of(
        context: &Context<'_>,
        node: &Lookahead<'_>,
        actors: &[RecordedActor],
    ) -> Result<Self, Error> {
        if !node.field("actor").field("name").exists() {
            return Ok(Self::default());
        }
        let ids = |kind| actors.iter().filter(move |actor| actor.kind == kind).filter_map(uuid);
        let members: Vec<MemberId> = ids(ActorKind::Member).map(MemberId::from_uuid).collect();
        let keys: Vec<ApiKeyId> = ids(ActorKind::ApiKey).map(ApiKeyId::from_uuid).collect();
        let request = Request::of(context)?;
        let (reads, viewer) = (&request.api.reads, request.viewer.context());
        let mut names = HashMap::new();
        if !members.is_empty() {
            let found = people::members_by_id(reads, viewer, &members).await;
            let found = found.map_err(|error| internal("actor.name", &error))?;
            names.extend(found.into_iter().filter_map(|member| Some((member.id.as_uuid(), member.name?))));
        }
        if !keys.is_empty() {
            let found = people::api_keys_by_id(reads, viewer, &keys).await;
            let found = found.map_err(|error| internal("actor.name", &error))?;
            names.extend(found.into_iter().map(|key| (key.id.as_uuid(), key.name)));
        }
        Ok(Self(names))
    }

    /// What `actor` is called now; none for whoever has no name, or is not known.
    pub(super) fn name(&self, actor: &RecordedActor) -> Option<String> {
        uuid(actor).and_then(|id| self.0.get(&id).cloned())
    }
}

fn uuid(actor: &RecordedActor) -> Option<Uuid> {
    actor.id.as_deref().and_then(|id| id.parse().ok())
}
