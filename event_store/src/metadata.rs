//! Who and why, beside each event: a flat map of strings, which is all that cqrs-es can read back.

use std::fmt;

use leadflow_domain::{CommandId, DataSubjectId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// An outside provider told of a fact.
    Provider(&'static str),
    /// The bearer of a token.
    Token(Uuid),
    /// A reactor of ours.
    Reactor(&'static str),
    /// Somebody at the command line.
    CommandLine,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(name) => write!(f, "provider:{name}"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Reactor(name) => write!(f, "reactor:{name}"),
            Self::CommandLine => f.write_str("command-line"),
        }
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
}
