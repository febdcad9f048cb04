//! What somebody may do: a closed list, and sets of it.

use serde::{Deserialize, Serialize};

/// One thing that somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Permission {
    /// See every conversation, contact and lead.
    SeeAllConversations,
    /// See what is assigned to anybody of her team.
    SeeTeamConversations,
    /// Mark read, resolve, reopen, snooze, prioritise, label and note, and take an unassigned one herself. Enter leads.
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

impl Permission {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::SeeAllConversations,
        Self::SeeTeamConversations,
        Self::WorkConversations,
        Self::AssignConversations,
        Self::JudgeLeads,
        Self::EraseContacts,
        Self::ManageChannels,
        Self::ManageCredentials,
        Self::ManageSettings,
        Self::ManageTemplates,
        Self::ManagePeople,
        Self::ManageApiKeys,
        Self::SeeUsage,
        Self::SeeAudit,
    ];

    /// Its word, as it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SeeAllConversations => "SEE_ALL_CONVERSATIONS",
            Self::SeeTeamConversations => "SEE_TEAM_CONVERSATIONS",
            Self::WorkConversations => "WORK_CONVERSATIONS",
            Self::AssignConversations => "ASSIGN_CONVERSATIONS",
            Self::JudgeLeads => "JUDGE_LEADS",
            Self::EraseContacts => "ERASE_CONTACTS",
            Self::ManageChannels => "MANAGE_CHANNELS",
            Self::ManageCredentials => "MANAGE_CREDENTIALS",
            Self::ManageSettings => "MANAGE_SETTINGS",
            Self::ManageTemplates => "MANAGE_TEMPLATES",
            Self::ManagePeople => "MANAGE_PEOPLE",
            Self::ManageApiKeys => "MANAGE_API_KEYS",
            Self::SeeUsage => "SEE_USAGE",
            Self::SeeAudit => "SEE_AUDIT",
        }
    }

    /// The permission of a stored word; `None` for one that this program doesn't know.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == word)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of permissions. Stored as its words, in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Permission>", into = "Vec<Permission>")]
pub struct Permissions(u16);

impl Permissions {
    /// Nothing at all.
    pub const NONE: Self = Self(0);
    /// Everything there is.
    pub const ALL: Self = Self::of(&Permission::ALL);

    /// These.
    #[must_use]
    pub const fn of(permissions: &[Permission]) -> Self {
        let (mut bits, mut nth) = (0, 0);
        while nth < permissions.len() {
            bits |= permissions[nth].bit();
            nth += 1;
        }
        Self(bits)
    }

    /// Whether `permission` is among them.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether each of them is among `others`.
    #[must_use]
    pub const fn is_within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    /// Those that are among `others`, too.
    #[must_use]
    pub const fn within(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Each of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

impl From<Vec<Permission>> for Permissions {
    fn from(permissions: Vec<Permission>) -> Self {
        permissions.into_iter().collect()
    }
}

impl From<Permissions> for Vec<Permission> {
    fn from(permissions: Permissions) -> Self {
        permissions.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_a_word_of_its_own_that_is_read_back() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
        }
        assert_eq!(Permission::parse("see_usage"), None);
        assert_eq!(Permissions::ALL.iter().collect::<Vec<_>>(), Permission::ALL);
    }

    #[test]
    fn a_set_is_stored_as_its_words_whatever_their_order_was() {
        let set = Permissions::of(&[Permission::SeeUsage, Permission::JudgeLeads, Permission::SeeUsage]);
        let stored = serde_json::to_string(&set).unwrap();
        assert_eq!(stored, r#"["JUDGE_LEADS","SEE_USAGE"]"#);
        assert_eq!(serde_json::from_str::<Permissions>(&stored).unwrap(), set);
        assert!(serde_json::from_str::<Permissions>(r#"["DO_ANYTHING"]"#).is_err());
    }

    #[test]
    fn a_set_is_within_another_if_all_of_it_is() {
        let one = Permissions::of(&[Permission::SeeUsage]);
        let two = Permissions::of(&[Permission::SeeUsage, Permission::SeeAudit]);
        assert!(one.is_within(two) && two.is_within(two) && Permissions::NONE.is_within(one));
        assert!(!two.is_within(one) && !one.is_within(Permissions::NONE));
        assert_eq!((two.within(one), one.within(two), two.within(Permissions::NONE)), (one, one, Permissions::NONE));
        assert!(one.contains(Permission::SeeUsage) && !one.contains(Permission::SeeAudit));
    }
}
