use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Capture, LeadSource};
use crate::contact::IdentifierKind;
use crate::{ContactId, Personal, SourceId, SubmissionId};

/// What somebody told by a form at once, or somebody of the business entered of her.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Its id.
    pub submission: SubmissionId,
    /// Who is interested.
    pub contact: ContactId,
    /// What kind of place it came from.
    pub source: LeadSource,
    /// Which place; what is entered by hand has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<SourceId>,
    /// When it was told, by the provider's clock; where that does not say, when it was received.
    pub submitted_at: Timestamp,
    /// The provider's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_lead_id: Option<Personal<String>>,
    /// What she is called there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<String>>,
    /// Which ad led to it, in the provider's ids.
    #[serde(default)]
    pub origin: Origin,
    /// The provider's id of her click on the ad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_id: Option<Personal<String>>,
    /// What was asked, with what she answered, in the form's order and as it was given.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// What it added to what she was known by.
    #[serde(default)]
    pub added: Vec<IdentifierKind>,
}

/// Which form, campaign and ad led to a submission, in the provider's ids. They are the business's own and nobody's personal
/// values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_id: Option<String>,
    /// The campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<String>,
    /// The group of ads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad_group_id: Option<String>,
    /// The ad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad_id: Option<String>,
    /// The group of what ads are made of, where the provider makes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_group_id: Option<String>,
}

/// A question of a form and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The form's key of the question, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How it was asked, if that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What she answered.
    pub answer: Personal<String>,
}

impl Submission {
    /// Whether it says anything of a person. One who is entered with a phone alone is told of in her contact's stream.
    pub(super) fn is_personal(&self) -> bool {
        self.provider_lead_id.is_some() || self.name.is_some() || self.click_id.is_some() || !self.answers.is_empty()
    }

    /// How it shows her interest.
    pub(super) fn capture(&self) -> Capture {
        Capture {
            contact: self.contact,
            source: self.source,
            conversation: None,
            submission: Some(self.submission),
            captured_at: self.submitted_at,
        }
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::{Answer, Origin, Submission};
    use crate::contact::IdentifierKind;
    use crate::lead::LeadSource;
    use crate::{ContactId, SourceId, SubmissionId};

    /// With everything that a submission may have.
    pub(crate) fn submission(contact: ContactId, number: u128, second: i64) -> Submission {
        let answer = |key: &str, question: &str, answer: &str| Answer {
            key: Some(key.to_owned()),
            question: Some(question.to_owned()),
            answer: answer.to_owned().into(),
        };
        let id = |id: &str| Some(id.to_owned());
        Submission {
            submission: SubmissionId::from_uuid(Uuid::from_u128(number)),
            contact,
            source: LeadSource::GoogleForm,
            from: Some(SourceId::from_uuid(Uuid::from_u128(6))),
            submitted_at: Timestamp::from_second(second).unwrap(),
            provider_lead_id: Some("lead-7".to_owned().into()),
            name: Some("Nora Winter".to_owned().into()),
            origin: Origin {
                form_id: id("301"),
                campaign_id: id("302"),
                ad_group_id: id("303"),
                ad_id: id("304"),
                asset_group_id: id("305"),
            },
            click_id: Some("click-7".to_owned().into()),
            answers: vec![
                answer("FULL_NAME", "Your name", "Nora Winter"),
                answer("color", "Which colour would you like?", "Blue"),
                Answer { key: None, question: None, answer: "By train".to_owned().into() },
            ],
            added: vec![IdentifierKind::Email],
        }
    }
}
