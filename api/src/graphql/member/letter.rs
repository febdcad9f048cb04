//! The letter by which somebody joins.

use leadflow_domain::tenant::{Tenant, TenantName};
use leadflow_domain::{EmailAddress, MemberId};
use leadflow_projections::people::MemberState;

use super::queries::find;
use crate::auth::Invited;
use crate::graphql::api::Request;
use crate::graphql::command::NotDone;
use crate::graphql::failure::{internal, rate_limited};
use crate::limits::{LimitKey, LimitKind};

/// Counts that one more letter goes out for the business.
///
/// # Errors
/// `RATE_LIMITED`.
pub(super) async fn counts(request: &Request) -> Result<(), NotDone> {
    let business = LimitKey::Id(request.viewer.tenant().as_uuid());
    let counted = request.api.doors.limits().check(LimitKind::Invitation, business).await;
    Ok(counted.map_err(|limited| rate_limited(&limited))?)
}

/// Sends `member` a link to join by. Those that she was sent before are good no more.
pub(super) async fn send(request: &Request, member: MemberId, address: EmailAddress) -> Result<(), NotDone> {
    let (api, tenant) = (&request.api, request.viewer.tenant());
    let loaded = api.log.load::<Tenant>(tenant.into()).await.map_err(|error| internal("tenant", &error))?;
    let business = loaded.state.name().map(TenantName::as_str).unwrap_or_default().to_owned();
    // What acts for the business without being anybody is called as that is.
    let inviter = match request.viewer.member() {
        Some(inviter) => find(request, inviter).await?.and_then(|row| row.name),
        None => None,
    };
    let inviter = inviter.unwrap_or_else(|| business.clone());
    let invited = Invited { tenant, member, address, business, inviter };
    Ok(api.doors.send_invitation(invited).await?)
}

/// Whether somebody who was asked has no link: what asked her broke off before the letter, or all that were sent are over.
pub(super) async fn awaits_letter(request: &Request, member: MemberId) -> Result<bool, NotDone> {
    let is_asked = find(request, member).await?.is_some_and(|row| row.state == MemberState::Invited);
    Ok(is_asked && !request.api.doors.has_invitation(member).await?)
}
