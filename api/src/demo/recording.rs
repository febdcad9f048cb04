//! A recorded day of conversations, and what is said live after it.

use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use leadflow_domain::{CommandId, TenantId};
use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Talk;

/// The recording that ships with the program.
const BUILT_IN: &str = include_str!("recording.json");

/// A business, its number, what its customers wrote in a day, and how some of them go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recording {
    /// What the business calls itself.
    pub tenant: String,
    number: Number,
    messages: Vec<RecordedText>,
    /// What is said live once the day was played. The day itself is past, and too old to be answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub talks: Vec<Talk>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Number {
    phone_number_id: String,
    waba_id: String,
    display_phone: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedText {
    at: Timestamp,
    from: String,
    name: String,
    text: String,
}

impl Recording {
    /// Reads `file`, or the built-in recording.
    ///
    /// # Errors
    /// When the file can't be read or is no recording.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        match file {
            None => serde_json::from_str(BUILT_IN).context("the built-in recording is broken"),
            Some(path) => {
                let told = || format!("{} is no recording", path.display());
                serde_json::from_str(&std::fs::read_to_string(path).with_context(told)?).with_context(told)
            }
        }
    }

    /// The demo's tenant. Another recording is another tenant, with a number of its own: what is printed is what was
    /// recorded, however often which recording was played before.
    #[must_use]
    pub fn tenant_id(&self) -> TenantId {
        TenantId::from_uuid(self.fingerprint())
    }

    /// The number its customers write to.
    #[must_use]
    pub fn business_number(&self) -> BusinessNumber {
        BusinessNumber {
            phone_number_id: format!(
                "{}{:012}",
                self.number.phone_number_id,
                self.fingerprint().as_u128() % 1_000_000_000_000
            ),
            waba_id: self.number.waba_id.clone(),
            display_phone: self.number.display_phone.clone(),
        }
    }

    /// The access token that reaches it. It stays the same, so that what an earlier demo left to be sent is sent; and it opens
    /// nothing but the demo's own Meta.
    #[must_use]
    pub fn access_token(&self) -> String {
        format!("EAAG{}", self.fingerprint().simple())
    }

    /// What its customers wrote, as the provider would tell it.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = Text> + '_ {
        self.messages.iter().enumerate().map(|(nth, message)| Text {
            from: message.from.clone(),
            name: message.name.clone(),
            id: format!("wamid.demo.{nth}"),
            timestamp: message.at.as_second(),
            body: message.text.clone(),
        })
    }

    fn fingerprint(&self) -> Uuid {
        let text = serde_json::to_string(self).unwrap_or_default();
        CommandId::derive(TenantId::from_uuid(Uuid::nil()), "demo", &[&text]).as_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_recording_is_whole() {
        let recording = Recording::load(None).unwrap();
        assert!(recording.texts().len() >= 50);
        assert!(recording.messages.is_sorted_by_key(|message| message.at));
        for message in &recording.messages {
            assert!(leadflow_domain::E164::parse(&message.from).is_ok(), "{message:?}");
        }
        assert!(!recording.talks.is_empty());
        for talk in &recording.talks {
            assert!(recording.messages.iter().any(|message| message.from == talk.from && message.name == talk.name));
            assert!(!talk.answers.is_empty() && !talk.later.is_empty(), "{talk:?}");
        }
    }

    #[test]
    fn a_recording_may_end_with_its_day() {
        let text =
            r#"{"tenant": "A", "number": {"phoneNumberId": "1", "wabaId": "2", "displayPhone": "3"}, "messages": []}"#;
        let recording: Recording = serde_json::from_str(text).unwrap();
        assert!(recording.talks.is_empty());
    }

    #[test]
    fn another_recording_is_another_tenant() {
        let recording = Recording::load(None).unwrap();
        let mut changed = recording.clone();
        changed.messages[3].text.push('!');
        assert_ne!(recording.tenant_id(), changed.tenant_id());
        assert_ne!(recording.business_number(), changed.business_number());
    }
}
