//! Ids. Each kind is its own type; all are uuids, and all but a new tenant's are derived (uuid v5) from what they
//! stand for, so that doing something twice meets the same id.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::IdentifierHash;
use crate::channel::SocialNetwork;
use crate::template::TemplateKey;

/// Namespace of every derived id: a constant of this product, drawn once.
const NAMESPACE: Uuid = Uuid::from_u128(0x6c65_6164_666c_6f77_8d1a_5b0e_93f4_27c1);

/// Derives an id from `parts`. Each part is preceded by its length, so no two lists of parts read alike.
fn derive(kind: &str, parts: &[&[u8]]) -> Uuid {
    let mut name = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum::<usize>() + kind.len() + 8);
    for part in std::iter::once(&kind.as_bytes()).chain(parts) {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part);
    }
    Uuid::new_v5(&NAMESPACE, &name)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a uuid for this kind of id.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The uuid behind the id.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

macro_rules! stream_ids {
    ($($name:ident),*) => {
        $(impl From<$name> for StreamId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        })*
    };
}

id! {
    /// One business: the unit of isolation.
    TenantId
}
id! {
    /// A place messages come from, e.g. a WhatsApp number.
    ChannelId
}
id! {
    /// The person on the other side.
    ContactId
}
id! {
    /// The one thread between a counterpart, a contact or a group, and a channel.
    ConversationId
}
id! {
    /// A message of the business to a contact.
    OutboundMessageId
}
id! {
    /// A contact's interest in buying.
    LeadId
}
id! {
    /// A place from which only leads come.
    SourceId
}
id! {
    /// What somebody told by a form at once, or somebody of the business entered of her.
    SubmissionId
}
id! {
    /// Somebody who works for the business.
    MemberId
}
id! {
    /// People of a business who work together.
    TeamId
}
id! {
    /// A role of a business's own.
    RoleId
}
id! {
    /// What a provider knows the business by, where it is sealed: it says nothing of the value.
    CredentialId
}
id! {
    /// A program that works for the business.
    ApiKeyId
}
id! {
    /// A template of a business's WhatsApp account, in one language.
    TemplateId
}
id! {
    /// An answer that a business keeps ready.
    ResponseTemplateId
}
id! {
    /// How a business shares out its work: one of each.
    RoutingId
}
id! {
    /// Members among whom what comes from some sources is shared out.
    PoolId
}
id! {
    /// How a business works its leads: one of each.
    PipelineId
}
id! {
    /// A stage that leads go through.
    StageId
}
id! {
    /// Why leads are lost, of a business's list.
    LostReasonId
}
id! {
    /// What a business puts down about its leads beyond what every lead has.
    AttributeId
}
id! {
    /// One request to decide; repeating it is harmless.
    CommandId
}
id! {
    /// One event of the log.
    EventId
}
id! {
    /// Several people who talk with the business, and with each other, in one place.
    GroupId
}
id! {
    /// One aggregate's events, of whatever kind.
    StreamId
}
id! {
    /// The person, or the group, that personal values are about, whose key they are encrypted under.
    DataSubjectId
}
stream_ids!(
    TenantId,
    ChannelId,
    ContactId,
    ConversationId,
    OutboundMessageId,
    LeadId,
    GroupId,
    MemberId,
    TeamId,
    RoleId,
    ApiKeyId,
    TemplateId,
    ResponseTemplateId,
    RoutingId,
    SourceId,
    PipelineId
);

impl From<ContactId> for DataSubjectId {
    fn from(contact: ContactId) -> Self {
        Self(contact.0)
    }
}

impl From<GroupId> for DataSubjectId {
    fn from(group: GroupId) -> Self {
        Self(group.0)
    }
}

impl From<MemberId> for DataSubjectId {
    fn from(member: MemberId) -> Self {
        Self(member.0)
    }
}

impl CommandId {
    /// The id of what `origin` asks for under `key`. Tenants never share command ids.
    #[must_use]
    pub fn derive(tenant: TenantId, origin: &str, key: &[&str]) -> Self {
        let tenant = tenant.0.into_bytes();
        let mut parts: Vec<&[u8]> = vec![&tenant, origin.as_bytes()];
        parts.extend(key.iter().map(|part| part.as_bytes()));
        Self(derive("command", &parts))
    }

    /// The id of this command's event number `ordinal`, counted from 0.
    #[must_use]
    pub fn event(self, ordinal: u32) -> EventId {
        EventId(derive("event", &[self.0.as_bytes(), &ordinal.to_be_bytes()]))
    }
}

impl ChannelId {
    /// A tenant's channel for a WhatsApp number: connecting it again continues the same channel.
    #[must_use]
    pub fn whatsapp(tenant: TenantId, phone_number_id: &str) -> Self {
        Self(derive("channel.whatsapp", &[tenant.0.as_bytes(), phone_number_id.as_bytes()]))
    }

    /// A tenant's channel for an account of Messenger or Instagram, likewise.
    #[must_use]
    pub fn social(tenant: TenantId, network: SocialNetwork, account_id: &str) -> Self {
        let of = ["channel", network.word()].join(".");
        Self(derive(&of, &[tenant.0.as_bytes(), account_id.as_bytes()]))
    }
}

impl ContactId {
    /// The id that an introducing command proposes; the reservation of the phone picks one winner.
    #[must_use]
    pub fn proposed_by(command: CommandId) -> Self {
        Self(derive("contact", &[command.0.as_bytes()]))
    }
}

impl ConversationId {
    /// The one thread between `contact` and `channel`.
    #[must_use]
    pub fn between(contact: ContactId, channel: ChannelId) -> Self {
        Self(derive("conversation", &[contact.0.as_bytes(), channel.0.as_bytes()]))
    }

    /// The one thread between `group` and `channel`.
    #[must_use]
    pub fn of_group(group: GroupId, channel: ChannelId) -> Self {
        Self(derive("conversation", &[group.0.as_bytes(), channel.0.as_bytes()]))
    }
}

impl GroupId {
    /// The group that bears the provider's id of this keyed hash at `channel`. Whatever is told of it finds it by that id
    /// alone, and nobody finds that id by it.
    #[must_use]
    pub fn known_to_provider(channel: ChannelId, provider_group: &IdentifierHash) -> Self {
        Self(derive("group", &[channel.0.as_bytes(), provider_group.as_str().as_bytes()]))
    }
}

impl OutboundMessageId {
    /// The message that `command` wrote here.
    #[must_use]
    pub fn written_by(command: CommandId) -> Self {
        Self(derive("outbound_message.written", &[command.0.as_bytes()]))
    }

    /// The message that left `channel` and bears the provider's id of this keyed hash. Its statuses find it by that id
    /// alone, and nobody finds that id by it.
    #[must_use]
    pub fn known_to_provider(channel: ChannelId, provider_message: &IdentifierHash) -> Self {
        Self(derive("outbound_message", &[channel.0.as_bytes(), provider_message.as_str().as_bytes()]))
    }
}

impl LeadId {
    /// The lead that a contact's first message captures.
    #[must_use]
    pub fn of(contact: ContactId) -> Self {
        Self(derive("lead", &[contact.0.as_bytes()]))
    }
}

impl SourceId {
    /// The source that `command` opens.
    #[must_use]
    pub fn opened_by(command: CommandId) -> Self {
        Self(derive("source", &[command.0.as_bytes()]))
    }

    /// A tenant's source for a page of Facebook: connecting it again continues the same source.
    #[must_use]
    pub fn of_page(tenant: TenantId, page_id: &str) -> Self {
        Self(derive("source.facebook_page", &[tenant.0.as_bytes(), page_id.as_bytes()]))
    }
}

impl SubmissionId {
    /// What `command` submits.
    #[must_use]
    pub fn submitted_by(command: CommandId) -> Self {
        Self(derive("submission", &[command.0.as_bytes()]))
    }
}

impl MemberId {
    /// Whom `command` registers or invites.
    #[must_use]
    pub fn introduced_by(command: CommandId) -> Self {
        Self(derive("member", &[command.0.as_bytes()]))
    }
}

impl TeamId {
    /// The team that `command` forms.
    #[must_use]
    pub fn formed_by(command: CommandId) -> Self {
        Self(derive("team", &[command.0.as_bytes()]))
    }
}

impl RoleId {
    /// The role that `command` defines.
    #[must_use]
    pub fn defined_by(command: CommandId) -> Self {
        Self(derive("role", &[command.0.as_bytes()]))
    }
}

impl ApiKeyId {
    /// The key that `command` issues.
    #[must_use]
    pub fn issued_by(command: CommandId) -> Self {
        Self(derive("api_key", &[command.0.as_bytes()]))
    }
}

impl TemplateId {
    /// A tenant's template of this name and language at a WhatsApp Business Account: whoever is told of it finds it by these.
    #[must_use]
    pub fn of(tenant: TenantId, key: &TemplateKey) -> Self {
        let TemplateKey { waba_id, name, language } = key;
        let parts = [waba_id.as_str(), name.as_str(), language.as_str()].map(str::as_bytes);
        Self(derive("template", &[tenant.0.as_bytes(), parts[0], parts[1], parts[2]]))
    }
}

impl ResponseTemplateId {
    /// The answer that `command` makes ready.
    #[must_use]
    pub fn created_by(command: CommandId) -> Self {
        Self(derive("response_template", &[command.0.as_bytes()]))
    }
}

impl RoutingId {
    /// How this business shares out its work.
    #[must_use]
    pub fn of(tenant: TenantId) -> Self {
        Self(derive("routing", &[tenant.0.as_bytes()]))
    }
}

impl PoolId {
    /// The pool that `command` creates.
    #[must_use]
    pub fn created_by(command: CommandId) -> Self {
        Self(derive("routing.pool", &[command.0.as_bytes()]))
    }
}

impl PipelineId {
    /// How this business works its leads.
    #[must_use]
    pub fn of(tenant: TenantId) -> Self {
        Self(derive("pipeline", &[tenant.0.as_bytes()]))
    }
}

impl StageId {
    /// Where every lead begins. These five are those that every business begins with; they are the same in all, and mean
    /// something in each alone.
    pub const NEW: Self = Self(Uuid::from_u128(0x6c65_6164_7374_4167_8e00_0000_0000_0001));
    /// Somebody has spoken with her.
    pub const CONTACTED: Self = Self(Uuid::from_u128(0x6c65_6164_7374_4167_8e00_0000_0000_0002));
    /// It is about conditions.
    pub const NEGOTIATING: Self = Self(Uuid::from_u128(0x6c65_6164_7374_4167_8e00_0000_0000_0003));
    /// She has bought.
    pub const WON: Self = Self(Uuid::from_u128(0x6c65_6164_7374_4167_8e00_0000_0000_0004));
    /// She does not buy.
    pub const LOST: Self = Self(Uuid::from_u128(0x6c65_6164_7374_4167_8e00_0000_0000_0005));

    /// The stage that `command` creates.
    #[must_use]
    pub fn created_by(command: CommandId) -> Self {
        Self(derive("pipeline.stage", &[command.0.as_bytes()]))
    }
}

impl LostReasonId {
    /// The reason that `command` adds.
    #[must_use]
    pub fn added_by(command: CommandId) -> Self {
        Self(derive("pipeline.lost_reason", &[command.0.as_bytes()]))
    }
}

impl AttributeId {
    /// The attribute that `command` defines.
    #[must_use]
    pub fn defined_by(command: CommandId) -> Self {
        Self(derive("pipeline.attribute", &[command.0.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

    #[test]
    fn the_same_key_gives_the_same_command() {
        assert_eq!(CommandId::derive(TENANT, "o", &["a", "b"]), CommandId::derive(TENANT, "o", &["a", "b"]));
    }

    #[test]
    fn keys_that_read_alike_when_joined_differ() {
        assert_ne!(CommandId::derive(TENANT, "o", &["ab", "c"]), CommandId::derive(TENANT, "o", &["a", "bc"]));
        assert_ne!(CommandId::derive(TENANT, "oa", &["b"]), CommandId::derive(TENANT, "o", &["a", "b"]));
        let other = TenantId::from_uuid(Uuid::from_u128(2));
        assert_ne!(CommandId::derive(TENANT, "o", &["a"]), CommandId::derive(other, "o", &["a"]));
    }

    #[test]
    fn derived_ids_never_change() {
        // Stored in every log: a different value here orphans streams and defeats dedupe.
        let command = CommandId::derive(TENANT, "whatsapp.message", &["wamid.1"]);
        assert_eq!(command.to_string(), "f7e4ce4e-fb86-5d1e-af91-2f4df0b80d15");
        let hash = IdentifierHash::from_hex("5f".repeat(32));
        let message = OutboundMessageId::known_to_provider(ChannelId::whatsapp(TENANT, "7"), &hash);
        assert_eq!(message.to_string(), "5ef1d92b-d653-5a29-a272-37be7471d604");
        assert_eq!(OutboundMessageId::written_by(command).to_string(), "9735c44a-76de-5c0f-b493-271797c339c4");
        let group = GroupId::known_to_provider(ChannelId::whatsapp(TENANT, "7"), &hash);
        assert_eq!(group.to_string(), "515d09e0-6d63-5aa6-9f03-f12f370ae564");
        let of_page = ChannelId::social(TENANT, SocialNetwork::Messenger, "7");
        assert_eq!(of_page.to_string(), "61df043f-4f20-52dc-8957-b6ffd6ae7ce5");
        let of_instagram = ChannelId::social(TENANT, SocialNetwork::Instagram, "7");
        assert_eq!(of_instagram.to_string(), "13fcf63d-206d-59b7-848b-e7b9701e9285");
        assert_eq!(MemberId::introduced_by(command).to_string(), "eb836a46-d0b5-5f65-85f9-c39dd93df9ff");
        assert_eq!(TeamId::formed_by(command).to_string(), "962a40a4-a7dd-5bd0-a224-3d3b25aab662");
        assert_eq!(RoleId::defined_by(command).to_string(), "742d1ec1-f514-56d9-944d-2211e8dc415a");
        let template = TemplateId::of(TENANT, &crate::template::samples::key());
        assert_eq!(template.to_string(), "d47549d0-1cd7-566f-abb6-a957a1b9110c");
        assert_eq!(ResponseTemplateId::created_by(command).to_string(), "a1988ff6-714e-5212-a006-61132c93fcc3");
        assert_eq!(RoutingId::of(TENANT).to_string(), "ab3c00fb-e823-5b7e-8210-a6e30f8f33b5");
        assert_eq!(PoolId::created_by(command).to_string(), "5a91f7da-0342-5e6e-bd86-4373dafbdcb1");
        assert_eq!(ApiKeyId::issued_by(command).to_string(), "a4d58712-1e1a-583e-8b48-eed568b9a96c");
    }
}
