//! A member, as her colleagues see her.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, Error, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::MemberId;
use leadflow_domain::role::Permission;
use leadflow_projections::people::{MemberRow, RoleKind};

use crate::auth::{self, Viewer};
use crate::graphql::api::Request;
use crate::graphql::edge::Word;
use crate::graphql::failure::internal;
use crate::graphql::plain::{Asked, Plain, Writer, by};
use crate::graphql::role::Role;
use crate::graphql::team::Team;

/// Somebody who works for the business, did, or was asked to.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct Member {
    /// Her id, a uuid: the one that filters of conversations take as `assigneeId`.
    id: ID,
    /// What she is called; null while she has not joined.
    name: Option<String>,
    /// Where her letters go. It is told to herself, and to whoever manages people; null to all others.
    email: Option<String>,
    /// How she stands to the business.
    state: MemberState,
    /// What she is, or is to be.
    role: MemberRole,
    /// Which of the business's own roles that is. Null for the others; and for one that was removed, which lets her do nothing.
    custom_role: Option<Role>,
    /// With whom she works; null with nobody.
    team: Option<Team>,
    /// Whether she signs in with a second factor.
    second_factor: bool,
    /// When she was asked; null for who began the business.
    invited_at: Option<Timestamp>,
    /// When she came; null while she has not joined.
    joined_at: Option<Timestamp>,
    /// When she was put out; null unless she is.
    deactivated_at: Option<Timestamp>,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
    /// Her id, for whoever knows where she is.
    #[graphql(skip)]
    member: MemberId,
    /// Where she is, if that was read with her page.
    #[graphql(skip)]
    presence: Option<auth::Presence>,
}

/// Whether somebody is here, by what she asked for last.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Presence {
    /// Whether she is.
    state: PresenceState,
    /// When she asked for something last, to within half a minute; null when that is some weeks ago.
    last_seen_at: Option<Timestamp>,
}

/// Whether somebody is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "auth::PresenceState")]
pub(in crate::graphql) enum PresenceState {
    /// She asked for something within 2 minutes.
    Online,
    /// She asked for something within 15 minutes.
    Away,
    /// She did not, or has signed out everywhere.
    Offline,
}

/// How a member stands to the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::people::MemberState")]
pub(in crate::graphql) enum MemberState {
    /// She was asked, and has not answered.
    Invited,
    /// She works for it.
    Active,
    /// She was put out: what is assigned to her stays so.
    Deactivated,
    /// She was asked, and is no more.
    Withdrawn,
}

/// What a member is for the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "RoleKind")]
pub(in crate::graphql) enum MemberRole {
    /// May do everything.
    Owner,
    /// Sees to a team and its conversations.
    TeamLead,
    /// Works conversations.
    Agent,
    /// Sees what is charged.
    BillingAdmin,
    /// What the business has made up itself.
    Custom,
}

impl Member {
    /// What `viewer` is told of her.
    pub(in crate::graphql) fn shown_to(viewer: &Viewer, row: MemberRow) -> Self {
        let is_told = viewer.permissions().contains(Permission::ManagePeople) || viewer.member() == Some(row.id);
        Self {
            id: row.id.into(),
            name: row.name,
            email: row.email.filter(|_| is_told),
            state: row.state.into(),
            role: RoleKind::of(row.role).into(),
            custom_role: row.custom_role.map(Role::from),
            team: row.team.map(Team::from),
            second_factor: row.second_factor,
            invited_at: row.invited_at,
            joined_at: row.joined_at,
            deactivated_at: row.deactivated_at,
            version: row.version,
            member: row.id,
            presence: None,
        }
    }

    /// The same, of whom is known where she is.
    pub(super) fn present(self, presence: auth::Presence) -> Self {
        Self { presence: Some(presence), ..self }
    }
}

/// All but where she is, and a role that the business made up.
impl Plain for Member {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "id" => by(|member: &Self, to| to.put(&member.id)),
            "name" => by(|member: &Self, to| to.put(&member.name)),
            "email" => by(|member: &Self, to| to.put(&member.email)),
            "state" => by(|member: &Self, to| to.put(&Word(member.state))),
            "role" => by(|member: &Self, to| to.put(&Word(member.role))),
            "team" => asked.object(|member: &Self| member.team.as_ref()),
            "secondFactor" => by(|member: &Self, to| to.put(&member.second_factor)),
            "invitedAt" => by(|member: &Self, to| to.put(&member.invited_at)),
            "joinedAt" => by(|member: &Self, to| to.put(&member.joined_at)),
            "deactivatedAt" => by(|member: &Self, to| to.put(&member.deactivated_at)),
            "version" => by(|member: &Self, to| to.put(&member.version)),
            _ => None,
        }
    }
}

#[ComplexObject]
impl Member {
    /// Whether she is here, by what she asked for last; null unless she works for the business.
    async fn presence(&self, context: &Context<'_>) -> Option<Result<Presence, Error>> {
        if self.state != MemberState::Active {
            return None;
        }
        let found = async {
            let presence = match self.presence {
                Some(presence) => presence,
                None => presences(Request::of(context)?, &[self.member]).await?.of(self.member),
            };
            Ok(Presence { state: presence.state.into(), last_seen_at: presence.last_seen_at })
        };
        Some(found.await)
    }
}

/// Where several members are.
pub(super) struct Presences(HashMap<MemberId, auth::Presence>);

impl Presences {
    pub(super) fn of(&self, member: MemberId) -> auth::Presence {
        self.0.get(&member).copied().unwrap_or(auth::Presence::UNKNOWN)
    }
}

/// Where each of these members is.
pub(super) async fn presences(request: &Request, members: &[MemberId]) -> Result<Presences, Error> {
    let found = request.api.doors.presences(request.viewer.tenant(), members).await;
    Ok(Presences(found.map_err(|error| internal("member.presence", &error))?))
}
