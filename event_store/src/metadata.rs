//! Who and why, beside each event: a flat map of strings, which is all that cqrs-es can read back.

use std::fmt;

use leadflow_domain::{ApiKeyId, CommandId, DataSubjectId, MemberId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// An outside provider told of a fact.
    Provider(&'static str),
    /// The bearer of a token.
    Token(Uuid),
    /// Somebody who works for the business.
    Member(MemberId),
    /// A program that showed an API key.
    ApiKey(ApiKeyId),
    /// A reactor of ours.
    Reactor(&'static str),
    /// Somebody at the command line.
    CommandLine,
}

impl Actor {
    /// Who it is, where it is somebody whose personal values are kept.
    pub(crate) fn data_subject(&self) -> Option<DataSubjectId> {
        match self {
            Self::Member(member) => Some((*member).into()),
            Self::Provider(_) | Self::Token(_) | Self::ApiKey(_) | Self::Reactor(_) | Self::CommandLine => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(name) => write!(f, "provider:{name}"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Member(id) => write!(f, "member:{id}"),
            Self::ApiKey(id) => write!(f, "api_key:{id}"),
            Self::Reactor(name) => write!(f, "reactor:{name}"),
            Self::CommandLine => f.write_str("command-line"),
        }
    }
}

/// What kind of actor it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// An outside provider told of a fact.
    Provider,
    /// The bearer of a token.
    Token,
    /// Somebody who works for the business.
    Member,
    /// A program that showed an API key.
    ApiKey,
    /// A reactor of ours.
    Reactor,
    /// Somebody at the command line.
    CommandLine,
}

impl ActorKind {
    /// How the log has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Token => "token",
            Self::Member => "member",
            Self::ApiKey => "api_key",
            Self::Reactor => "reactor",
            Self::CommandLine => "command-line",
        }
    }
}

/// Who caused an event, as its metadata says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedActor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Which of that kind: a provider's or a reactor's name, a token's, a member's or a key's id. The command line is one.
    pub id: Option<String>,
}

impl RecordedActor {
    /// Who it is: as [`Actor::data_subject`].
    pub(crate) fn data_subject(&self) -> Option<DataSubjectId> {
        match self.kind {
            ActorKind::Member => Some(DataSubjectId::from_uuid(self.id.as_deref()?.parse().ok()?)),
            ActorKind::Provider
            | ActorKind::Token
            | ActorKind::ApiKey
            | ActorKind::Reactor
            | ActorKind::CommandLine => None,
        }
    }

    /// Reads what [`Actor`] is stored as; `None` for a kind that only a newer program knows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = match text.split_once(':') {
            Some((kind, id)) => (kind, Some(id.to_owned())),
            None => (text, None),
        };
        let kind = match (kind, &id) {
            ("provider", Some(_)) => ActorKind::Provider,
            ("token", Some(_)) => ActorKind::Token,
            ("member", Some(_)) => ActorKind::Member,
            ("api_key", Some(_)) => ActorKind::ApiKey,
            ("reactor", Some(_)) => ActorKind::Reactor,
            ("command-line", None) => ActorKind::CommandLine,
            _ => return None,
        };
        Some(Self { kind, id })
    }
}

/// What is stored beside each event of a command. Holds no personal value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Who caused it; see [`Actor`].
    pub actor: String,
    /// The command that was decided.
    pub command: CommandId,
    /// The request that all of this began with.
    pub correlation: String,
    /// The event that led to it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<String>,
    /// Whom the events' personal values are about, if they hold any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<DataSubjectId>,
    /// The network address that it was asked from, sealed, if somebody asked over a network; see `source.rs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_read_as_it_was_written() {
        let token = Uuid::from_u128(7);
        for (actor, kind, id) in [
            (Actor::Provider("whatsapp"), ActorKind::Provider, Some("whatsapp".to_owned())),
            (Actor::Token(token), ActorKind::Token, Some(token.to_string())),
            (Actor::Member(MemberId::from_uuid(token)), ActorKind::Member, Some(token.to_string())),
            (Actor::ApiKey(ApiKeyId::from_uuid(token)), ActorKind::ApiKey, Some(token.to_string())),
            (Actor::Reactor("capture_lead"), ActorKind::Reactor, Some("capture_lead".to_owned())),
            (Actor::CommandLine, ActorKind::CommandLine, None),
        ] {
            assert!(actor.to_string().starts_with(kind.as_str()));
            assert_eq!(RecordedActor::parse(&actor.to_string()), Some(RecordedActor { kind, id }));
        }
        for other in ["", "token", "command-line:x", "member", "visitor:7"] {
            assert_eq!(RecordedActor::parse(other), None, "{other}");
        }
    }
}
