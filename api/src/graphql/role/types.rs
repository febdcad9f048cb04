//! Permissions, as clients read them for their menus.

use async_graphql::Enum;
use leadflow_domain::role;

/// One thing that somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "role::Permission")]
pub(in crate::graphql) enum Permission {
    /// See every conversation, contact and lead.
    SeeAllConversations,
    /// See what is assigned to anybody of her team.
    SeeTeamConversations,
    /// Mark read, resolve, reopen, snooze, prioritise, label and note what she sees, and take what is nobody's herself.
    WorkConversations,
    /// Say whose a conversation is.
    AssignConversations,
    /// Qualify and disqualify leads.
    JudgeLeads,
    /// Erase whoever wants to be forgotten.
    EraseContacts,
    /// Connect and disconnect numbers.
    ManageChannels,
    /// Enter what providers know the business by.
    ManageCredentials,
    /// Say what the business is, looks like and when it is open.
    ManageSettings,
    /// Invite and put out people, and say what each may do.
    ManagePeople,
    /// Make and revoke keys of programs.
    ManageApiKeys,
    /// See what the business is charged by.
    SeeUsage,
    /// See who did what.
    SeeAudit,
}
