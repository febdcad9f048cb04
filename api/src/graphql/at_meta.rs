//! Asking Meta for a page of Facebook, or an account of Instagram, before anything is changed.

use leadflow_gateways::whatsapp::{AccessToken, CallFailure, FacebookPage, LeadClass, ToldOfPage};

use super::api::Request;
use super::command::NotDone;
use super::failure::rate_limited;
use super::payload::UserErrorCode;
use crate::limits::{LimitKey, LimitKind};

/// The page, or the account, with Meta's id `id` that `token` reaches. Meta tells of `told` of it from now on, where that is a page;
/// `needs` says which permissions the token needs for that.
pub(super) async fn reached(
    request: &Request,
    id: &str,
    token: &AccessToken,
    told: Option<ToldOfPage>,
    needs: &str,
) -> Result<FacebookPage, NotDone> {
    // All businesses ask from one address, and the provider counts them together.
    let business = LimitKey::Id(request.viewer.tenant().as_uuid());
    let counted = request.api.doors.limits().check(LimitKind::Credentials, business).await;
    counted.map_err(|limited| rate_limited(&limited))?;
    let graph = request.api.whatsapp.graph();
    let asked = async {
        let page = graph.page(token, id).await?;
        if let Some(told) = told {
            graph.subscribe(token, id, told).await?;
        }
        Ok::<_, CallFailure>(page)
    };
    let failure = match asked.await {
        Ok(page) => return Ok(page),
        Err(failure) => failure,
    };
    let (class, code) = match &failure {
        CallFailure::Refused(refusal) => (Some(refusal.of_lead()), refusal.code),
        CallFailure::NotSent { .. } | CallFailure::Unknown { .. } | CallFailure::NeverValid { .. } => (None, 0),
    };
    Err(match (class, code) {
        (Some(LeadClass::Credentials), 0 | 102 | 190) => {
            let message = "Meta does not take the token: it is wrong, over, or was taken back";
            NotDone::refused(UserErrorCode::TokenRefused, message, "accessToken")
        }
        (Some(LeadClass::Credentials | LeadClass::Gone), _) => {
            let message = format!("the token does not reach it, or lacks one of the permissions {needs}");
            NotDone::refused(UserErrorCode::PageRefused, message, "accessToken")
        }
        (Some(LeadClass::Pace { .. } | LeadClass::Later) | None, _) => {
            tracing::warn!(error = %failure, "credentials.check: Meta could not be asked about a page or an account");
            let message = "Meta can't be asked now, so nothing was changed: try again later";
            NotDone::refused(UserErrorCode::ProviderUnavailable, message, "accessToken")
        }
    })
}
