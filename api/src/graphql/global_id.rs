//! Global ids: opaque to clients, typed for us.

use async_graphql::{Error, ID};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use leadflow_domain::ConversationId;
use uuid::Uuid;

use super::failure::bad_input;

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Conversation,
    Message,
    Note,
    Contact,
    Channel,
    Lead,
    Group,
    Tenant,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::Conversation,
        Self::Message,
        Self::Note,
        Self::Contact,
        Self::Channel,
        Self::Lead,
        Self::Group,
        Self::Tenant,
    ];

    /// What a stream of this kind is, where the API has such things.
    pub(super) fn of_stream(aggregate_type: &str) -> Option<Self> {
        Some(match aggregate_type {
            "conversation" => Self::Conversation,
            "contact" => Self::Contact,
            "channel" => Self::Channel,
            "lead" => Self::Lead,
            "group" => Self::Group,
            "tenant" => Self::Tenant,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Conversation => "Conversation",
            Self::Message => "Message",
            Self::Note => "Note",
            Self::Contact => "Contact",
            Self::Channel => "Channel",
            Self::Lead => "Lead",
            Self::Group => "Group",
            Self::Tenant => "Tenant",
        }
    }
}

/// The longest name of a kind, a colon, and a uuid.
const LONGEST: usize = 12 + 1 + 36;

/// Its bytes in base64, of which four letters stand for three.
const LONGEST_SPELT: usize = LONGEST.div_ceil(3) * 4;

/// The id of the `kind` that `uuid` names.
pub(super) fn encode(kind: Kind, uuid: Uuid) -> ID {
    ID(spell(kind, uuid, str::to_owned))
}

/// What `with` makes of that id. Thousands are in an answer, so each is spelt without memory of its own.
pub(super) fn spell<T>(kind: Kind, uuid: Uuid, with: impl FnOnce(&str) -> T) -> T {
    let mut named = [0; LONGEST];
    let (name, rest) = named.split_at_mut(kind.name().len());
    name.copy_from_slice(kind.name().as_bytes());
    rest[0] = b':';
    uuid.hyphenated().encode_lower(&mut rest[1..]);
    let mut spelt = [0; LONGEST_SPELT];
    let length = kind.name().len() + 1 + 36;
    let written = URL_SAFE_NO_PAD.encode_slice(&named[..length], &mut spelt).unwrap_or_default();
    with(str::from_utf8(&spelt[..written]).unwrap_or_default())
}

/// What the id in an argument, or in the field of an input, names.
pub(super) fn decode(field: &str, id: &ID) -> Result<(Kind, Uuid), Error> {
    let parts = || {
        let bytes = URL_SAFE_NO_PAD.decode(id.as_bytes()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (name, uuid) = text.split_once(':')?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name)?;
        // Only the spelling that `encode` gives: one thing has one id.
        let uuid = Uuid::try_parse(uuid).ok().filter(|parsed| parsed.to_string() == uuid)?;
        Some((kind, uuid))
    };
    parts().ok_or_else(|| bad_input(field, &format!("`{field}` is not an id that this API gave")))
}

/// The channel that somebody names beside this API: by its id here, or by its uuid, as the command line does.
pub(crate) fn id_of_channel(text: &str) -> Option<Uuid> {
    let named = decode_as(Kind::Channel, "channel", &ID::from(text)).ok();
    named.or_else(|| Uuid::try_parse(text).ok())
}

/// What this API calls a conversation.
pub(crate) fn id_of_conversation(id: ConversationId) -> String {
    encode(Kind::Conversation, id.as_uuid()).0
}

/// The uuid behind an id that must name a `kind`.
pub(super) fn decode_as(kind: Kind, field: &str, id: &ID) -> Result<Uuid, Error> {
    match decode(field, id)? {
        (found, uuid) if found == kind => Ok(uuid),
        (found, _) => Err(bad_input(field, &format!("`{field}` names a {}, not a {}", found.name(), kind.name()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_as_what_it_names() {
        for kind in Kind::ALL {
            let uuid = Uuid::from_u128(7);
            assert_eq!(decode("id", &encode(kind, uuid)).unwrap(), (kind, uuid));
            assert_eq!(decode_as(kind, "id", &encode(kind, uuid)).unwrap(), uuid);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let spelled = |text: &str| ID(URL_SAFE_NO_PAD.encode(text));
        for id in [
            ID(String::new()),
            ID("no base64!".to_owned()),
            spelled("Conversation"),
            spelled("Token:00000000-0000-0000-0000-000000000007"),
            spelled("Lead:7"),
            spelled("Lead:{00000000-0000-0000-0000-000000000007}"),
            ID(URL_SAFE_NO_PAD.encode([0xff, 0xfe])),
        ] {
            assert!(decode("id", &id).is_err(), "{id:?}");
        }
        let lead = encode(Kind::Lead, Uuid::nil());
        assert!(decode_as(Kind::Conversation, "id", &lead).unwrap_err().message.contains("names a Lead"));
    }
}
