//! `setBranding`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::role::Permission;
use leadflow_domain::tenant::{Branding, Color, LogoUrl, TenantCommand, ThemeName};

use super::tell::{Asked, TenantOutcome, tell};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone, answer, must_be_allowed};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SetBranding;

/// What `setBranding` takes.
#[derive(InputObject)]
struct SetBrandingInput {
    /// The dashboard's colour, such as `#1f6feb`; its own, when not given.
    theme_color: Option<String>,
    /// The dashboard's theme, 1 to 50 characters; its own, when not given.
    theme_name: Option<String>,
    /// Where the logo is, an address that begins with `https://`, at most 2048 characters; none, when not given.
    logo: Option<String>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The business's version as you have seen it, `viewer { tenant { version } }`: at any other nothing is done, and the
    /// answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `setBranding` answers.
#[derive(SimpleObject)]
struct SetBrandingPayload {
    #[graphql(flatten)]
    outcome: TenantOutcome,
}

#[Object]
impl SetBranding {
    /// Says how the dashboard of the business looks, all of it, instead of what was said before.
    async fn set_branding(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: SetBrandingInput,
    ) -> Option<Result<SetBrandingPayload, Error>> {
        let done = async {
            must_be_allowed(context, Request::of(context)?, Permission::ManageSettings).await?;
            let branding = branding(&input)?;
            let SetBrandingInput { idempotency_key, expected_version, .. } = input;
            tell(context, Asked { idempotency_key, expected_version }, TenantCommand::SetBranding { branding }).await
        };
        answer(done, |outcome| SetBrandingPayload { outcome }).await
    }
}

fn branding(input: &SetBrandingInput) -> Result<Branding, NotDone> {
    let mut form = Form::default();
    let color = form.read("themeColor", input.theme_color.as_deref().map(Color::parse).transpose());
    let name = form.read("themeName", input.theme_name.as_deref().map(ThemeName::parse).transpose());
    let logo = form.read("logo", input.logo.as_deref().map(LogoUrl::parse).transpose());
    let ((theme_color, theme_name), logo) = form.all(color.zip(name).zip(logo))?;
    Ok(Branding { theme_color, theme_name, logo })
}
