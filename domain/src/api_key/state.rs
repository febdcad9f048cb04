use serde::{Deserialize, Serialize};

use super::{ApiKeyCommand, ApiKeyEvent, ApiKeyRefusal, Terms, deny, issue, revoke};
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What an API key's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    pub(super) standing: Standing,
}

/// Whether there is such a key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// Nobody issued it yet.
    #[default]
    Unknown,
    /// There is. When it is over, is each reader's to say, who has a clock.
    Issued(Terms),
    /// Not any more.
    Revoked,
}

aggregate::aggregate!(ApiKey, "api_key", ApiKeyCommand, ApiKeyEvent, ApiKeyRefusal);

impl ApiKey {
    fn evolve(&mut self, event: ApiKeyEvent) {
        match event {
            ApiKeyEvent::Issued(terms) => self.standing = Standing::Issued(terms),
            ApiKeyEvent::Revoked {} => self.standing = Standing::Revoked,
            ApiKeyEvent::Denied { .. } => {}
        }
    }
}

impl Decide for ApiKey {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: ApiKeyCommand) -> Result<Vec<ApiKeyEvent>, ApiKeyRefusal> {
        match command {
            ApiKeyCommand::Issue { terms, now } => issue::decide(self, terms, now),
            ApiKeyCommand::Revoke => revoke::decide(self),
            ApiKeyCommand::Deny { action, permission } => deny::decide(self, action, permission),
        }
    }

    fn reservations(_stream: StreamId, event: &ApiKeyEvent) -> Vec<ReservationChange> {
        match event {
            ApiKeyEvent::Issued(_) | ApiKeyEvent::Revoked {} | ApiKeyEvent::Denied { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &ApiKeyEvent) -> DataSubject {
        match event {
            ApiKeyEvent::Issued(_) | ApiKeyEvent::Revoked {} | ApiKeyEvent::Denied { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use jiff::Timestamp;

    use super::ApiKeyEvent;
    use crate::api_key::{ApiKeyName, Terms};
    use crate::role::{MemberRole, Permission, Permissions};

    pub(in crate::api_key) fn second(number: i64) -> Timestamp {
        Timestamp::from_second(1_763_712_000 + number).unwrap()
    }

    /// A key that judges leads, as an agent does, and is over at second 10.
    pub(in crate::api_key) fn terms() -> Terms {
        Terms {
            name: ApiKeyName::parse("Importer").unwrap(),
            role: MemberRole::Agent,
            scope: Some(Permissions::of(&[Permission::JudgeLeads])),
            expires_at: Some(second(10)),
        }
    }

    pub(in crate::api_key) fn issued() -> ApiKeyEvent {
        ApiKeyEvent::Issued(terms())
    }
}
