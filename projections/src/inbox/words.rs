//! The words in the inbox's columns.

use leadflow_domain::channel::SocialNetwork;
use leadflow_domain::contact::Marketing;
use leadflow_domain::conversation::Priority;
use leadflow_domain::outbound_message::DeliveryStatus;

use crate::word::Word;

/// Who wrote to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageDirection {
    /// The customer wrote to the business.
    Inbound,
    /// The business wrote to the customer.
    Outbound,
}

/// What a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// Plain text.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording or a piece of music.
    Audio,
    /// A file with a name.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// People's cards.
    Contacts,
    /// A tap on a quick-reply button of a template.
    Button,
    /// A tap on a reply button.
    ButtonReply,
    /// A choice from a list.
    ListReply,
    /// A question with buttons to tap on.
    Buttons,
    /// A question with a list to choose from.
    List,
    /// A product of the catalogue.
    Product,
    /// Some products of the catalogue, to choose from.
    Products,
    /// The catalogue.
    Catalog,
    /// A message that WhatsApp has looked over, its gaps filled in.
    Template,
    /// A form that was filled in.
    FlowReply,
    /// Whether the business may call.
    CallPermissionReply,
    /// An order from the catalogue.
    Order,
    /// The chat was opened, and nothing written yet.
    Welcome,
    /// WhatsApp tells of a change of the customer's.
    System,
    /// A file of an old conversation, which comes later or not at all.
    MediaPlaceholder,
    /// Something that WhatsApp does not hand to businesses.
    Unsupported,
    /// Something of a kind that LeadFlow does not know yet.
    Unknown,
    /// A reaction to another message.
    Reaction,
    /// A reaction was taken back.
    ReactionRemoved,
    /// Another message was changed.
    Edit,
    /// Another message was taken back.
    Revocation,
    /// A call begins, or something is told of one.
    Call,
    /// A call is over.
    CallEnded,
}

/// What kind of place messages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// A WhatsApp number.
    WhatsApp,
    /// A page's Messenger.
    Messenger,
    /// An account of Instagram.
    Instagram,
}

impl From<SocialNetwork> for ChannelKind {
    fn from(network: SocialNetwork) -> Self {
        match network {
            SocialNetwork::Messenger => Self::Messenger,
            SocialNetwork::Instagram => Self::Instagram,
        }
    }
}

/// Whether messages come by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelStatus {
    /// They do.
    Connected,
    /// It was given up; what it brought is kept.
    Disconnected,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationStatus {
    /// Somebody waits for somebody.
    Open,
    /// It is set aside for a while.
    Snoozed,
    /// The matter is settled.
    Resolved,
}

/// What may be done in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// People write there.
    Active,
    /// WhatsApp lets nobody write there until further notice.
    Suspended,
    /// It was given up.
    Deleted,
}

impl Word for ChannelKind {
    const ALL: &'static [Self] = &[Self::WhatsApp, Self::Messenger, Self::Instagram];

    fn word(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::Messenger => SocialNetwork::Messenger.word(),
            Self::Instagram => SocialNetwork::Instagram.word(),
        }
    }
}

impl Word for MessageDirection {
    const ALL: &'static [Self] = &[Self::Inbound, Self::Outbound];

    fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

impl Word for MessageKind {
    const ALL: &'static [Self] = &[
        Self::Text,
        Self::Image,
        Self::Video,
        Self::Audio,
        Self::Document,
        Self::Sticker,
        Self::Location,
        Self::Contacts,
        Self::Button,
        Self::ButtonReply,
        Self::ListReply,
        Self::Buttons,
        Self::List,
        Self::Product,
        Self::Products,
        Self::Catalog,
        Self::Template,
        Self::FlowReply,
        Self::CallPermissionReply,
        Self::Order,
        Self::Welcome,
        Self::System,
        Self::MediaPlaceholder,
        Self::Unsupported,
        Self::Unknown,
        Self::Reaction,
        Self::ReactionRemoved,
        Self::Edit,
        Self::Revocation,
        Self::Call,
        Self::CallEnded,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
            Self::Location => "location",
            Self::Contacts => "contacts",
            Self::Button => "button",
            Self::ButtonReply => "button_reply",
            Self::ListReply => "list_reply",
            Self::Buttons => "buttons",
            Self::List => "list",
            Self::Product => "product",
            Self::Products => "products",
            Self::Catalog => "catalog",
            Self::Template => "template",
            Self::FlowReply => "flow_reply",
            Self::CallPermissionReply => "call_permission_reply",
            Self::Order => "order",
            Self::Welcome => "welcome",
            Self::System => "system",
            Self::MediaPlaceholder => "media_placeholder",
            Self::Unsupported => "unsupported",
            Self::Unknown => "unknown",
            Self::Reaction => "reaction",
            Self::ReactionRemoved => "reaction_removed",
            Self::Edit => "edit",
            Self::Revocation => "revocation",
            Self::Call => "call",
            Self::CallEnded => "call_ended",
        }
    }
}

impl Word for GroupState {
    const ALL: &'static [Self] = &[Self::Active, Self::Suspended, Self::Deleted];

    fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }
}

impl Word for DeliveryStatus {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Cancelled => "cancelled",
            Self::Attempted => "attempted",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }
}

impl Word for ChannelStatus {
    const ALL: &'static [Self] = &[Self::Connected, Self::Disconnected];

    fn word(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
        }
    }
}

impl Word for ConversationStatus {
    const ALL: &'static [Self] = &[Self::Open, Self::Snoozed, Self::Resolved];

    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
        }
    }
}

impl Word for Priority {
    const ALL: &'static [Self] = &[Self::None, Self::Low, Self::Medium, Self::High, Self::Urgent];

    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

impl Word for Marketing {
    const ALL: &'static [Self] = &[Self::Wanted, Self::Stopped];

    fn word(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Stopped => "stopped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The view can't ask for the order of these words; it spells them.
    #[test]
    fn the_view_ranks_statuses_as_they_are() {
        let tables = super::super::DEFINITION.tables;
        let (_, spelt) = tables.split_once("cross join (values (array[").unwrap();
        let (spelt, _) = spelt.split_once("])) as w (words)").unwrap();
        let spelt: Vec<&str> = spelt.split(',').map(|word| word.trim().trim_matches('\'')).collect();
        assert_eq!(spelt, DeliveryStatus::ALL.map(Word::word));
    }
}
