//! What a provider tells of a group.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::ProviderError;
use crate::{ContactId, Personal};

/// Something that a provider tells of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupFact {
    /// It was made.
    Created(Creation),
    /// It was given up.
    Deleted {
        /// The provider's id of the business's request, if there was one.
        request: Option<String>,
    },
    /// Somebody came in.
    Joined(Participation),
    /// Somebody went, or was sent away.
    Left(Participation),
    /// Somebody asks to be let in.
    JoinRequested(Participation),
    /// Somebody does not ask any more.
    JoinRequestWithdrawn(Participation),
    /// Somebody was to be sent away, and could not be.
    Kept(Participation),
    /// What it is called, and is about, was changed, as far as that could be done.
    Described(Settings),
    /// Nobody may write there until further notice.
    Suspended,
    /// People may write there again.
    Reinstated,
    /// Something that the business asked for could not be done.
    Failed(Failure),
    /// Something that nothing here has a word for.
    Other {
        /// The provider's word.
        named: String,
    },
}

/// When something was, as far as the provider says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// By the provider's clock; when it was received, if the provider says nothing that is a time.
    pub at: Timestamp,
    /// When its first delivery was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// What the provider said in the place of a time, where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd_timestamp: Option<String>,
}

/// How a group was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creation {
    /// What it is called.
    pub subject: Option<Personal<String>>,
    /// Where people come in.
    pub invite_link: Option<Personal<String>>,
    /// Whether somebody has to let them in, in the provider's word.
    pub join_approval: Option<String>,
    /// The provider's id of the business's request, if there was one.
    pub request: Option<String>,
}

/// What one person has to do with a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participation {
    /// Who.
    pub contact: ContactId,
    /// Why, or by whom, in the provider's word. It is about her.
    pub reason: Option<Personal<String>>,
    /// The provider's id of her request, or of the business's about her.
    pub request: Option<String>,
    /// Why it could not be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProviderError>,
}

/// What a group is called and about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What it is called, if that was changed.
    pub subject: Option<Personal<String>>,
    /// What it is about, if that was changed.
    pub description: Option<Personal<String>>,
    /// The hash of its picture, if that was changed.
    pub picture_sha256: Option<Personal<String>>,
    /// What was to be changed, and could not be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchanged: Vec<UnchangedSetting>,
    /// The provider's id of the business's request, if there was one.
    pub request: Option<String>,
}

/// What could not be changed about a group, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnchangedSetting {
    /// Which, in the provider's word.
    pub setting: String,
    /// Why.
    pub errors: Vec<ProviderError>,
}

/// What could not be done with a group, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What was asked for, in the provider's word.
    pub asked: String,
    /// Why it could not be done.
    pub errors: Vec<ProviderError>,
    /// The provider's id of the business's request.
    pub request: Option<String>,
}
