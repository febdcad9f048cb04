use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ApiKeyName;
use crate::role::{MemberRole, Permissions};

/// What a key is, as long as it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What it is called.
    pub name: ApiKeyName,
    /// As what it works: it may do what this role may at the time.
    pub role: MemberRole,
    /// Of that, what it may do at most; everything where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Permissions>,
    /// From when on it opens nothing; absent where it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}
