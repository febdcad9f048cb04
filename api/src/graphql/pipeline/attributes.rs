//! `defineLeadAttribute`, `changeLeadAttribute` and `removeLeadAttribute`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::AttributeId;
use leadflow_domain::pipeline::{Attribute, AttributeName, Choice, PipelineCommand};

use super::mutate::{Of, PipelineOutcome, mutate};
use super::types::LeadAttributeKind;
use crate::graphql::command::{NotDone, answer, valid};
use crate::graphql::plain_id::read_id;

/// The mutations.
#[derive(Default)]
pub(in crate::graphql) struct DefineAttributes;

/// What `defineLeadAttribute` takes.
#[derive(InputObject)]
struct DefineLeadAttributeInput {
    /// What it is called, 1 to 50 characters; no other is called so, in capitals or not.
    name: String,
    /// What kind of values it has. That never changes.
    kind: LeadAttributeKind,
    /// Among which is chosen, of kind CHOICE alone: 1 to 100 different ones of 1 to 100 characters, in this order.
    choices: Option<Vec<String>>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// What `defineLeadAttribute` answers.
#[derive(SimpleObject)]
struct DefineLeadAttributePayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

/// What `changeLeadAttribute` takes.
#[derive(InputObject)]
struct ChangeLeadAttributeInput {
    /// Which attribute: its id, a uuid.
    attribute_id: ID,
    /// What it is called, 1 to 50 characters; no other is called so, in capitals or not.
    name: String,
    /// Among which is chosen, of kind CHOICE alone: 1 to 100 different ones of 1 to 100 characters, in this order.
    choices: Option<Vec<String>>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The pipeline's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `changeLeadAttribute` answers.
#[derive(SimpleObject)]
struct ChangeLeadAttributePayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

/// What `removeLeadAttribute` takes.
#[derive(InputObject)]
struct RemoveLeadAttributeInput {
    /// Which attribute: its id, a uuid.
    attribute_id: ID,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The pipeline's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `removeLeadAttribute` answers.
#[derive(SimpleObject)]
struct RemoveLeadAttributePayload {
    #[graphql(flatten)]
    outcome: PipelineOutcome,
}

#[Object]
impl DefineAttributes {
    /// Something more is put down about leads; 50 attributes at most.
    async fn define_lead_attribute(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is to be; and the request's key, where wanted.")] input: DefineLeadAttributeInput,
    ) -> Option<Result<DefineLeadAttributePayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: None };
            mutate(context, of, |command| {
                let name = valid("name", AttributeName::parse(&input.name))?;
                let definition = Attribute { name, kind: input.kind.into(), choices: choices(input.choices)? };
                Ok(PipelineCommand::DefineAttribute { attribute: AttributeId::defined_by(command), definition })
            })
            .await
        });
        answer(done, |outcome| DefineLeadAttributePayload { outcome }).await
    }

    /// An attribute is called something else, or there are other choices. Values that there are stay.
    async fn change_lead_attribute(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: ChangeLeadAttributeInput,
    ) -> Option<Result<ChangeLeadAttributePayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: input.expected_version };
            mutate(context, of, |_| {
                let attribute = AttributeId::from_uuid(read_id("attributeId", &input.attribute_id)?);
                let name = valid("name", AttributeName::parse(&input.name))?;
                Ok(PipelineCommand::ChangeAttribute { attribute, name, choices: choices(input.choices)? })
            })
            .await
        });
        answer(done, |outcome| ChangeLeadAttributePayload { outcome }).await
    }

    /// Nothing more is put down there, and what was is shown no more.
    async fn remove_lead_attribute(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: RemoveLeadAttributeInput,
    ) -> Option<Result<RemoveLeadAttributePayload, Error>> {
        let done = Box::pin(async {
            let of = Of { idempotency_key: input.idempotency_key.clone(), expected_version: input.expected_version };
            mutate(context, of, |_| {
                let attribute = AttributeId::from_uuid(read_id("attributeId", &input.attribute_id)?);
                Ok(PipelineCommand::RemoveAttribute { attribute })
            })
            .await
        });
        answer(done, |outcome| RemoveLeadAttributePayload { outcome }).await
    }
}

fn choices(said: Option<Vec<String>>) -> Result<Vec<Choice>, NotDone> {
    let choices = said.unwrap_or_default();
    choices.iter().map(|choice| valid("choices", Choice::parse(choice))).collect()
}
