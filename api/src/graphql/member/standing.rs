//! Who may do what to whom: nobody gives what she has not, and owners are seen to by owners.

use async_graphql::{Context, ID};
use leadflow_domain::member::{By, MemberRefusal, owner_reservation};
use leadflow_domain::role::{MemberRole, Permissions, role_reservation};
use leadflow_domain::{Assertion, MemberId, RoleId, TeamId};
use leadflow_projections::people::{self, MemberField, MemberList, MemberOrder, MemberRow, MemberState, RoleKind};
use leadflow_projections::{Condition, IdIs, PageRequest};

use super::types;
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;
use crate::graphql::team::must_be_a_team;

/// As whom somebody says something of a member, and what that rests on.
pub(super) struct Acting {
    pub(super) by: By,
    pub(super) asserting: Option<Assertion>,
}

/// As whom whoever asks says something of `target`, who is to be active as `becomes` if she is to be so at all.
///
/// # Errors
/// As [`must_see_to`]; `REFUSED` where a token would put out the last owner.
pub(super) async fn acting_on(
    request: &Request,
    target: &MemberRow,
    becomes: Option<MemberRole>,
) -> Result<Acting, NotDone> {
    must_see_to(request, target)?;
    let viewer = &request.viewer;
    if viewer.member() == Some(target.id) {
        return Ok(Acting { by: By::Herself, asserting: None });
    }
    if !viewer.owns() {
        return Ok(Acting { by: By::Another, asserting: None });
    }
    if let Some(owner) = viewer.member() {
        return Ok(Acting { by: By::AnotherOwner, asserting: Some(is_owner(owner)) });
    }
    // What acts for the business without being anybody has no role to lose: where an owner goes, somebody else has to have it.
    let (owns, owned) = (becomes == Some(MemberRole::Owner), target.role == MemberRole::Owner);
    if !owned && !owns {
        return Ok(Acting { by: By::Another, asserting: None });
    }
    if owns {
        return Ok(Acting { by: By::AnotherOwner, asserting: None });
    }
    if target.state != MemberState::Active {
        // Of whoever is not in nothing is taken. Should she be by now, it is not as an owner that this is said.
        return Ok(Acting { by: By::Another, asserting: None });
    }
    let owner = another_owner(request, target.id).await?.ok_or_else(|| {
        NotDone::refused(UserErrorCode::Refused, "she is the last owner: make somebody else one before", "memberId")
    })?;
    Ok(Acting { by: By::AnotherOwner, asserting: Some(is_owner(owner)) })
}

/// That whoever asks sees to `target`: to an owner, another one or she herself.
///
/// # Errors
/// `FORBIDDEN`.
pub(super) fn must_see_to(request: &Request, target: &MemberRow) -> Result<(), NotDone> {
    let viewer = &request.viewer;
    let owns = viewer.owns() || viewer.member() == Some(target.id);
    if owns || target.role != MemberRole::Owner {
        return Ok(());
    }
    Err(NotDone::Invalid(vec![UserError::refused(&MemberRefusal::OwnersOnly)]))
}

/// An active owner beside `target`.
async fn another_owner(request: &Request, target: MemberId) -> Result<Option<MemberId>, NotDone> {
    let filter = Condition::All(vec![
        Condition::Is(MemberField::Role(vec![RoleKind::Owner])),
        Condition::Is(MemberField::State(vec![MemberState::Active])),
        Condition::Not(Box::new(Condition::Is(MemberField::Id(IdIs::In(vec![target.as_uuid()]))))),
    ]);
    let list = MemberList { filter: &filter, order: MemberOrder::Oldest };
    let found = people::members(&request.api.reads, request.viewer.context(), list, PageRequest::first(1)).await;
    Ok(found.map_err(|error| internal("owners", &error))?.first().map(|row| row.id))
}

fn is_owner(owner: MemberId) -> Assertion {
    Assertion { reservation: owner_reservation(owner), holder: owner.into() }
}

/// A role that is given to somebody, and that it is there still.
pub(super) struct Given {
    pub(super) role: MemberRole,
    pub(super) asserting: Option<Assertion>,
}

/// A role that an input names, and what it lets do.
pub(in crate::graphql) struct Named {
    pub(in crate::graphql) role: MemberRole,
    pub(in crate::graphql) permissions: Permissions,
    /// That it is there still, where it is one of the business's own.
    pub(in crate::graphql) asserting: Option<Assertion>,
}

/// The role that an input names.
///
/// # Errors
/// `INVALID`, and `NOT_FOUND`.
pub(in crate::graphql) async fn named_role(
    request: &Request,
    kind: types::MemberRole,
    custom_role_id: Option<&ID>,
) -> Result<Named, NotDone> {
    let own = custom_role_id.map(|id| read_id("customRoleId", id)).transpose()?.map(RoleId::from_uuid);
    let role = RoleKind::from(kind).role(own).ok_or_else(|| {
        let why =
            if own.is_none() { "must be given with the role CUSTOM" } else { "is given with the role CUSTOM alone" };
        NotDone::Invalid(vec![UserError::invalid("customRoleId", &why)])
    })?;
    let Some(own) = own else {
        return Ok(Named { role, permissions: role.permissions().unwrap_or_default(), asserting: None });
    };
    let found = people::roles_by_id(&request.api.reads, request.viewer.context(), &[own]).await;
    let found = found.map_err(|error| internal("role", &error))?.pop();
    let found =
        found.ok_or_else(|| NotDone::refused(UserErrorCode::NotFound, "there is no such role", "customRoleId"))?;
    let asserting = Some(Assertion { reservation: role_reservation(own), holder: own.into() });
    Ok(Named { role, permissions: found.permissions, asserting })
}

/// The role that an input gives, if whoever asks may do all that it lets do.
///
/// # Errors
/// `INVALID`, `NOT_FOUND`, and `FORBIDDEN` as [`must_have`] says.
pub(super) async fn given_role(
    context: &Context<'_>,
    request: &Request,
    kind: types::MemberRole,
    custom_role_id: Option<&ID>,
) -> Result<Given, NotDone> {
    let Named { role, permissions, asserting } = named_role(request, kind, custom_role_id).await?;
    must_have(context, request, permissions).await?;
    if role != MemberRole::Owner {
        return Ok(Given { role, asserting });
    }
    if !request.viewer.owns() {
        return Err(NotDone::Invalid(vec![UserError::refused(&MemberRefusal::OwnersOnly)]));
    }
    Ok(Given { role, asserting: request.viewer.member().map(is_owner) })
}

/// That whoever asks may do all that she lets others do.
///
/// # Errors
/// `FORBIDDEN`, for the first thing that she may not do herself; that she tried is kept.
pub(in crate::graphql) async fn must_have(
    context: &Context<'_>,
    request: &Request,
    granted: Permissions,
) -> Result<(), NotDone> {
    match granted.iter().find(|permission| !request.viewer.permissions().contains(*permission)) {
        Some(lacking) => must_be_allowed(context, request, lacking).await,
        None => Ok(()),
    }
}

/// That the team that an input names is there.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn is_team(request: &Request, id: &ID) -> Result<(TeamId, Assertion), NotDone> {
    let team = TeamId::from_uuid(read_id("teamId", id)?);
    Ok((team, must_be_a_team(request, team).await?))
}
