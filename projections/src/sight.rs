//! What somebody sees of her business: the one place where that is turned into SQL.
//!
//! Whose a conversation is, is asked of the inbox's rows, whichever read model asks (decision 15).

use leadflow_domain::role::{Permission, Permissions};
use leadflow_domain::{MemberId, TeamId};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::{inbox, leads};

/// Which conversations somebody sees, and with them their contacts, groups and leads. What she does not see does not exist for
/// her: not in lists, not in numbers, not by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of them.
    Everything,
    /// Those that somebody of her team is to see to, whoever is in it now, and she herself; and those that her team is asked to.
    Team {
        /// She.
        member: MemberId,
        /// Her team.
        team: TeamId,
        /// Whether she sees those, too, that nobody in particular is to see to.
        unassigned: bool,
    },
    /// Those that she is to see to.
    Own {
        /// She.
        member: MemberId,
        /// Whether she sees those, too, that nobody in particular is to see to.
        unassigned: bool,
    },
    /// None.
    Nothing,
}

/// To whom a conversation falls, in `falls_to`, that nobody in particular is to see to. No member has this id.
pub(crate) const NOBODY: Uuid = Uuid::nil();

/// With what the rows of a read are seen, each by the alias of their table, which says whose they are in `tenant_id`. No alias is
/// `seen`, `own` or `turn`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seen<'a> {
    /// They are conversations, with `falls_to` and `team_id`.
    AsConversations(&'a str),
    /// They are conversations, and come in turn ([`Sight::push_turns`]).
    InTurn(&'a str),
    /// They are conversations that her team is asked to see to, beside those that come in turn ([`Sight::asked_team`]).
    AskedOfTeam(&'a str, TeamId),
    /// With the conversation in `conversation_id`.
    WithConversation(&'a str),
    /// With any conversation of the person whom the contact in `contact_id` is. Who has none is nobody's, as a conversation may be.
    /// Whoever is to see to a lead of hers sees her, too.
    WithContact(&'a str),
    /// With any conversation of the group in `group_id`, likewise.
    WithGroup(&'a str),
    /// With the conversation in `conversation_id`, and where that is null with the contact in `contact_id`.
    WithConversationOrContact(&'a str),
    /// By whoever sees everything: of what they sum up no part can be told.
    WithAll(&'a str),
    /// By everybody of the tenant, whatever else she sees.
    ByEverybody(&'a str),
}

/// Whose conversations are seen, where these are not everybody's.
struct Whose {
    team: Option<TeamId>,
    /// A team; what that is asked to see to falls to [`NOBODY`], who is not among them.
    asked: Option<TeamId>,
    /// Members, and [`NOBODY`].
    ids: Vec<Uuid>,
}

impl Sight {
    /// What whoever has these permissions sees: `member` is she, or what acts like her and nothing is assigned to. Whoever may do
    /// anything with conversations or leads may with those that she sees.
    #[must_use]
    pub fn of(permissions: Permissions, member: MemberId, team: Option<TeamId>, unassigned: bool) -> Self {
        const WORK: [Permission; 5] = [
            Permission::SeeTeamConversations,
            Permission::WorkConversations,
            Permission::AssignConversations,
            Permission::JudgeLeads,
            Permission::EraseContacts,
        ];
        if permissions.contains(Permission::SeeAllConversations) {
            Self::Everything
        } else if let Some(team) = team.filter(|_| permissions.contains(Permission::SeeTeamConversations)) {
            Self::Team { member, team, unassigned }
        } else if WORK.into_iter().any(|permission| permissions.contains(permission)) {
            Self::Own { member, unassigned }
        } else {
            Self::Nothing
        }
    }

    /// Whose conversations are seen; none where everybody's are.
    fn whose(self) -> Option<Whose> {
        let (team, member, unassigned) = match self {
            Self::Everything => return None,
            Self::Nothing => return Some(Whose { team: None, asked: None, ids: vec![] }),
            Self::Team { member, team, unassigned } => (Some(team), member, unassigned),
            Self::Own { member, unassigned } => (None, member, unassigned),
        };
        let ids = [member.as_uuid()].into_iter().chain(unassigned.then_some(NOBODY)).collect();
        Some(Whose { team, asked: team.filter(|_| !unassigned), ids })
    }

    /// The team whose conversations are seen while nobody has them, where nobody's are not.
    pub(crate) fn asked_team(self) -> Option<TeamId> {
        self.whose()?.asked
    }

    /// Whether conversations that are nobody's are seen.
    fn shows_unassigned(self) -> bool {
        match self {
            Self::Everything => true,
            Self::Team { unassigned, .. } | Self::Own { unassigned, .. } => unassigned,
            Self::Nothing => false,
        }
    }

    /// Begins a query of conversations in turn: those of each one whose conversations are seen, as `turn`. What is read of them
    /// follows, as a lateral item that [`Seen::InTurn`] narrows and that is to be closed. Where everybody's are seen it puts
    /// nothing, and says so.
    ///
    /// An index gives an order to what falls to one, and to what falls to several none.
    pub(crate) fn push_turns(self, sql: &mut QueryBuilder<'_, Postgres>, begin: &str) -> bool {
        let Some(whose) = self.whose() else { return false };
        sql.push(begin).push(" from unnest(");
        whose.push(sql);
        sql.push(") as turn (falls_to) cross join lateral (");
        true
    }
}

impl Whose {
    /// An array, each once.
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Some(team) = self.team else {
            sql.push_bind(self.ids.clone());
            return;
        };
        let inbox = inbox::SCHEMA;
        sql.push(format!("array(select member_id from {inbox}.members where tenant_id = $1 and team_id = "));
        sql.push_bind(team.as_uuid()).push(" union select * from unnest(").push_bind(self.ids.clone()).push("))");
    }

    /// That the conversation in `of` falls to one of them, or their team is asked to see to it.
    fn push_falls(&self, sql: &mut QueryBuilder<'_, Postgres>, of: &str) {
        sql.push(format!("({of}.falls_to = any("));
        self.push(sql);
        sql.push(")");
        if let Some(team) = self.asked {
            sql.push(format!(" or {of}.team_id = ")).push_bind(team.as_uuid());
        }
        sql.push(")");
    }
}

impl Seen<'_> {
    /// Puts ` where` the rows are those of the tenant in `$1` that `sight` shows.
    pub(crate) fn push(self, sql: &mut QueryBuilder<'_, Postgres>, sight: Sight) {
        let (Self::AsConversations(of)
        | Self::InTurn(of)
        | Self::AskedOfTeam(of, _)
        | Self::WithConversation(of)
        | Self::WithContact(of)
        | Self::WithGroup(of)
        | Self::WithConversationOrContact(of)
        | Self::WithAll(of)
        | Self::ByEverybody(of)) = self;
        sql.push(format!(" where {of}.tenant_id = $1"));
        let Some(whose) = sight.whose() else { return };
        match self {
            Self::AsConversations(of) => {
                sql.push(" and ");
                whose.push_falls(sql, of);
            }
            Self::InTurn(of) => {
                sql.push(format!(" and {of}.falls_to = turn.falls_to"));
            }
            Self::AskedOfTeam(of, team) => {
                sql.push(format!(" and {of}.team_id = ")).push_bind(team.as_uuid());
            }
            Self::WithConversation(of) => {
                sql.push(" and ");
                push_any(sql, &whose, of, "conversation_id");
            }
            Self::WithContact(of) => {
                sql.push(" and (");
                push_theirs(sql, sight, &whose, of, "contact_id");
                push_own_lead(sql, &whose, of);
                sql.push(")");
            }
            Self::WithGroup(of) => {
                sql.push(" and ");
                push_theirs(sql, sight, &whose, of, "group_id");
            }
            Self::WithConversationOrContact(of) => {
                sql.push(" and (");
                push_any(sql, &whose, of, "conversation_id");
                sql.push(format!(" or {of}.conversation_id is null and ("));
                push_theirs(sql, sight, &whose, of, "contact_id");
                push_own_lead(sql, &whose, of);
                sql.push("))");
            }
            Self::WithAll(_) => {
                sql.push(" and false");
            }
            Self::ByEverybody(_) => {}
        }
    }
}

/// A conversation with the same `key` as the row is seen.
fn push_any(sql: &mut QueryBuilder<'_, Postgres>, whose: &Whose, of: &str, key: &str) {
    let inbox = inbox::SCHEMA;
    sql.push(format!(
        "exists (select from {inbox}.conversations seen \
                 where seen.{key} = {of}.{key} and seen.tenant_id = $1 and "
    ));
    whose.push_falls(sql, "seen");
    sql.push(")");
}

/// Likewise, or there is no such conversation and nobody in particular is to see to a lead of theirs, and what is nobody's is seen.
fn push_theirs(sql: &mut QueryBuilder<'_, Postgres>, sight: Sight, whose: &Whose, of: &str, key: &str) {
    let inbox = inbox::SCHEMA;
    // Contacts who are one person are seen together. Most are nobody else, which one look at an index says.
    let together = (key == "contact_id").then(|| {
        format!(
            "exists (select from {inbox}.persons mine join {inbox}.persons theirs on theirs.person_id = mine.person_id \
                     join {inbox}.conversations seen on seen.contact_id = theirs.contact_id \
                     where mine.contact_id = {of}.{key} and seen.tenant_id = $1"
        )
    });
    sql.push("(");
    push_any(sql, whose, of, key);
    if let Some(together) = &together {
        sql.push(format!(" or {together} and "));
        whose.push_falls(sql, "seen");
        sql.push(")");
    }
    if sight.shows_unassigned() {
        sql.push(format!(
            " or not exists (select from {inbox}.conversations seen where seen.{key} = {of}.{key} and seen.tenant_id = $1)"
        ));
        if let Some(together) = &together {
            let leads = leads::SCHEMA;
            sql.push(format!(
                " and not {together}) \
                  and not exists (select from {leads}.leads owned \
                                  where owned.contact_id = {of}.{key} and owned.tenant_id = $1 and owned.owner_id is not null) \
                  and not exists (select from {inbox}.persons mine join {inbox}.persons theirs on theirs.person_id = mine.person_id \
                                  join {leads}.leads owned on owned.contact_id = theirs.contact_id \
                                  where mine.contact_id = {of}.{key} and owned.tenant_id = $1 and owned.owner_id is not null)"
            ));
        }
    }
    sql.push(")");
}

/// Or a lead of the person whom the row's contact is is one of theirs to see to.
fn push_own_lead(sql: &mut QueryBuilder<'_, Postgres>, whose: &Whose, of: &str) {
    let (inbox, leads) = (inbox::SCHEMA, leads::SCHEMA);
    sql.push(format!(
        " or exists (select from {leads}.leads own \
                     where own.contact_id = {of}.contact_id and own.tenant_id = $1 and own.owner_id = any("
    ));
    whose.push(sql);
    sql.push(format!(
        ")) or exists (select from {inbox}.persons mine join {inbox}.persons theirs on theirs.person_id = mine.person_id \
                       join {leads}.leads own on own.contact_id = theirs.contact_id \
                       where mine.contact_id = {of}.contact_id and own.tenant_id = $1 and own.owner_id = any("
    ));
    whose.push(sql);
    sql.push("))");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_she_may_do_says_what_she_sees() {
        let (member, team) = (MemberId::from_uuid(Uuid::from_u128(1)), TeamId::from_uuid(Uuid::from_u128(2)));
        let own = |unassigned| Sight::Own { member, unassigned };
        for unassigned in [false, true] {
            let hers = Sight::Team { member, team, unassigned };
            for (permissions, in_a_team, in_none) in [
                (Permissions::ALL, Sight::Everything, Sight::Everything),
                (Permissions::of(&[Permission::SeeTeamConversations]), hers, own(unassigned)),
                (Permissions::of(&[Permission::WorkConversations]), own(unassigned), own(unassigned)),
                (Permissions::of(&[Permission::AssignConversations]), own(unassigned), own(unassigned)),
                (Permissions::of(&[Permission::JudgeLeads]), own(unassigned), own(unassigned)),
                (Permissions::of(&[Permission::EraseContacts]), own(unassigned), own(unassigned)),
                (Permissions::of(&[Permission::SeeUsage, Permission::ManagePeople]), Sight::Nothing, Sight::Nothing),
                (Permissions::NONE, Sight::Nothing, Sight::Nothing),
            ] {
                assert_eq!(Sight::of(permissions, member, Some(team), unassigned), in_a_team, "{permissions:?}");
                assert_eq!(Sight::of(permissions, member, None, unassigned), in_none, "{permissions:?}");
            }
        }
    }
}
