//! Asking Meta for a page of Facebook, or an account of Instagram, before anything is changed.

use leadflow_domain::channel::SocialNetwork;
use leadflow_domain::source::page_id_reservation;
use leadflow_event_store::reservation_owners;
use leadflow_gateways::whatsapp::{AccessToken, CallFailure, FacebookPage, LeadClass, ToldOfPage};

use super::api::Request;
use super::command::NotDone;
use super::failure::{internal, rate_limited};
use super::payload::UserErrorCode;
use crate::limits::{LimitKey, LimitKind};

/// What Meta tells of a page by now, whichever business is told: what it is asked to tell anew takes the place of all of that, also where it
/// turns out that another business has the page.
pub(super) async fn told_by_now(request: &Request, page_id: &str) -> Result<ToldOfPage, NotDone> {
    let tenant = request.viewer.tenant();
    let wanted = [page_id_reservation(page_id), SocialNetwork::Messenger.account_reservation(page_id)];
    let owners = reservation_owners(&request.api.pool, &wanted.map(|reservation| (tenant, reservation))).await;
    let owners = owners.map_err(|error| internal("at_meta", &error))?;
    let is_owned = |nth: usize| owners.get(nth).is_some_and(Option::is_some);
    Ok(ToldOfPage { leads: is_owned(0), messages: is_owned(1) })
}

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
