//! With whom a conversation is: one person, or a group of them.

use serde::{Deserialize, Serialize};

use super::ConversationEvent;
use crate::{ChannelId, ContactId, ConversationId, DataSubjectId, GroupId};

/// With whom a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counterpart {
    /// One person.
    Contact(ContactId),
    /// Several, in a group.
    Group(GroupId),
}

impl Counterpart {
    /// To whom somebody's words belong: to her group, if she wrote there.
    #[must_use]
    pub fn of(contact: ContactId, group: Option<GroupId>) -> Self {
        group.map_or(Self::Contact(contact), Self::Group)
    }

    /// The one conversation with it at `channel`.
    #[must_use]
    pub fn conversation(self, channel: ChannelId) -> ConversationId {
        match self {
            Self::Contact(contact) => ConversationId::between(contact, channel),
            Self::Group(group) => ConversationId::of_group(group, channel),
        }
    }

    /// Whose key what is said of it is encrypted under.
    pub(super) fn data_subject(self) -> DataSubjectId {
        match self {
            Self::Contact(contact) => contact.into(),
            Self::Group(group) => group.into(),
        }
    }

    /// How that begins.
    pub(super) fn opened(self, channel: ChannelId) -> ConversationEvent {
        match self {
            Self::Contact(contact) => ConversationEvent::Opened { contact, channel },
            Self::Group(group) => ConversationEvent::OpenedWithGroup { group, channel },
        }
    }
}
