//! `addLeadNote`, `setLeadCompany` and `setLeadAttribute`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::AttributeId;
use leadflow_domain::lead::{AttributeValue, Company, CompanyName, LeadCommand, LeadNote};
use leadflow_domain::role::Permission;

use super::assess::LeadOutcome;
use super::work::{Begun, Of, begin, pipeline_of};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, valid};
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;

/// The mutations.
#[derive(Default)]
pub(in crate::graphql) struct DescribeLead;

/// What `addLeadNote` takes.
#[derive(InputObject)]
struct AddLeadNoteInput {
    /// Which lead.
    lead_id: ID,
    /// What, 1 to 10,000 characters, in lines. It is about the contact, and is erased with her.
    text: String,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `addLeadNote` answers.
#[derive(SimpleObject)]
struct AddLeadNotePayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

/// What `setLeadCompany` takes.
#[derive(InputObject)]
struct SetLeadCompanyInput {
    /// Which lead.
    lead_id: ID,
    /// What the company is called, 1 to 200 characters; without it, it is not known. It is about the contact, and is erased with her.
    company: Option<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `setLeadCompany` answers.
#[derive(SimpleObject)]
struct SetLeadCompanyPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

/// What `setLeadAttribute` takes.
#[derive(InputObject)]
struct SetLeadAttributeInput {
    /// Which lead.
    lead_id: ID,
    /// Which of the business's attributes: its id, a uuid.
    attribute_id: ID,
    /// The value, of the attribute's kind: a TEXT of 1 to 1000 characters; a NUMBER such as -12.5; a DATE such as 2026-01-31; a BOOLEAN,
    /// true or false; a CHOICE, letter by letter. Without it there is none. It is about the contact, and is erased with her.
    value: Option<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The lead's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `setLeadAttribute` answers.
#[derive(SimpleObject)]
struct SetLeadAttributePayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

#[Object]
impl DescribeLead {
    /// Puts something down about a lead, which its contact does not see.
    async fn add_lead_note(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: AddLeadNoteInput,
    ) -> Option<Result<AddLeadNotePayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::WorkConversations).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let command = LeadCommand::AddNote { text: valid("text", LeadNote::parse(&input.text))? };
                    ask.execute(context, command).await
                }
            }
        });
        answer(done, |outcome| AddLeadNotePayload { outcome }).await
    }

    /// Whom a lead's contact works for.
    async fn set_lead_company(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SetLeadCompanyInput,
    ) -> Option<Result<SetLeadCompanyPayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::WorkConversations).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let request = Request::of(context)?;
                    let id = ask.lead;
                    let name =
                        input.company.as_deref().map(|name| valid("company", CompanyName::parse(name))).transpose()?;
                    let company = name.map(|name| Company {
                        hash: request.api.keys.detail_hash(id, "company", name.as_str()),
                        name: name.into(),
                    });
                    let command = LeadCommand::SetCompany { company };
                    ask.execute(context, command).await
                }
            }
        });
        answer(done, |outcome| SetLeadCompanyPayload { outcome }).await
    }

    /// An attribute of a lead has a value, or none.
    async fn set_lead_attribute(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SetLeadAttributeInput,
    ) -> Option<Result<SetLeadAttributePayload, Error>> {
        let done = Box::pin(async {
            let of = Of {
                lead_id: input.lead_id,
                idempotency_key: input.idempotency_key,
                expected_version: input.expected_version,
            };
            match begin(context, of, Permission::WorkConversations).await? {
                Begun::Before(outcome) => Ok(*outcome),
                Begun::Now(ask) => {
                    let request = Request::of(context)?;
                    let id = ask.lead;
                    let attribute = AttributeId::from_uuid(read_id("attributeId", &input.attribute_id)?);
                    let pipeline = pipeline_of(request).await?;
                    let definition = pipeline.attribute(attribute).ok_or_else(|| {
                        let message = "there is no such attribute".to_owned();
                        NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, message, Some("attributeId"))])
                    })?;
                    let value = input.value.as_deref().map(|said| valid("value", definition.read(said))).transpose()?;
                    let value = value.map(|value| AttributeValue {
                        hash: request.api.keys.detail_hash(id, &attribute.to_string(), &value),
                        value: value.into(),
                    });
                    let command = LeadCommand::SetAttribute { attribute, value };
                    ask.execute(context, command).await
                }
            }
        });
        answer(done, |outcome| SetLeadAttributePayload { outcome }).await
    }
}
