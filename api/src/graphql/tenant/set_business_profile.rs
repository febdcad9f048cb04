//! `setBusinessProfile`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::E164;
use leadflow_domain::role::Permission;
use leadflow_domain::tenant::{Profile, TenantCommand, TenantName};

use super::tell::{Asked, TenantOutcome, tell};
use super::types::{BusinessSector, BusinessSize};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone, answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetBusinessProfile;

/// What `setBusinessProfile` takes.
#[derive(InputObject)]
struct SetBusinessProfileInput {
    /// What it calls itself, 2 to 100 characters: from now on `tenant { name }` says so.
    name: String,
    /// What it lives by.
    sector: BusinessSector,
    /// Where it is called, with the country's code, such as `+39 02 12345678`.
    phone: String,
    /// How many work for it.
    size: BusinessSize,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The business's version as you have seen it, `viewer { tenant { version } }`: at any other nothing is done, and the
    /// answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `setBusinessProfile` answers.
#[derive(SimpleObject)]
struct SetBusinessProfilePayload {
    #[graphql(flatten)]
    outcome: TenantOutcome,
}

#[Object]
impl SetBusinessProfile {
    /// Says what the business is, instead of what was said before.
    async fn set_business_profile(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SetBusinessProfileInput,
    ) -> Option<Result<SetBusinessProfilePayload, Error>> {
        let done = async {
            must_be_allowed(context, Request::of(context)?, Permission::ManageSettings).await?;
            let profile = profile(&input)?;
            let SetBusinessProfileInput { idempotency_key, expected_version, .. } = input;
            tell(context, Asked { idempotency_key, expected_version }, TenantCommand::SetProfile { profile }).await
        };
        answer(done, |outcome| SetBusinessProfilePayload { outcome }).await
    }
}

fn profile(input: &SetBusinessProfileInput) -> Result<Profile, NotDone> {
    let mut form = Form::default();
    let name = form.read("name", TenantName::parse(&input.name));
    let phone = form.read("phone", E164::parse_written(&input.phone));
    let (name, phone) = form.all(name.zip(phone))?;
    Ok(Profile { name, sector: input.sector.into(), phone, size: input.size.into() })
}
