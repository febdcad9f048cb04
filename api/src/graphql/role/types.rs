//! Roles, and permissions, as clients read them for their menus.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::role;
use leadflow_projections::people::RoleRow;

/// One thing that somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "role::Permission")]
pub(in crate::graphql) enum Permission {
    /// See every conversation, contact and lead.
    SeeAllConversations,
    /// See what is assigned to anybody of her team.
    SeeTeamConversations,
    /// Mark read, resolve, reopen, snooze, prioritise, label and note what she sees, and take what is nobody's herself. Enter leads.
    WorkConversations,
    /// Say whose a conversation is.
    AssignConversations,
    /// Qualify and disqualify leads.
    JudgeLeads,
    /// Erase whoever wants to be forgotten.
    EraseContacts,
    /// Connect and disconnect numbers, and open and close sources of leads.
    ManageChannels,
    /// Enter what providers know the business by.
    ManageCredentials,
    /// Say what the business is, looks like and when it is open.
    ManageSettings,
    /// Write, hand in, take away and sync templates, and say what answers are kept ready.
    ManageTemplates,
    /// Invite and put out people, and say what each may do.
    ManagePeople,
    /// Make and revoke keys of programs.
    ManageApiKeys,
    /// See what the business is charged by.
    SeeUsage,
    /// See who did what.
    SeeAudit,
}

/// A role that a business has made up itself.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Role {
    /// Its id, a uuid.
    id: ID,
    /// What it is called.
    name: String,
    /// What whoever has it may do.
    permissions: Vec<Permission>,
    /// When it was defined.
    defined_at: Timestamp,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            permissions: row.permissions.iter().map(Permission::from).collect(),
            defined_at: row.defined_at,
            version: row.version,
        }
    }
}
