//! Which fields of what a program posts mean what.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ShortText;

/// Where in what is posted something stands: the name of a field of its own, or a JSON pointer (RFC 6901), which begins with `/`.
pub type FieldPath = ShortText<1, 200>;

/// How a field is asked for, as people read it.
pub type FieldQuestion = ShortText<1, 200>;

/// Most parts of a name, such as the first and the last one.
pub const MOST_NAME_PARTS: usize = 4;

/// Most fields that are kept as answers by name.
pub const MOST_NAMED_ANSWERS: usize = 100;

/// Which fields of what a program posts mean what. The paths are the business's own words, and nobody's personal values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(MappedFields);

/// What a mapping says, field by field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedFields {
    /// What the program calls a submission: told again under the same id, it is the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission_id: Option<FieldPath>,
    /// When it was told: RFC 3339, or seconds or milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<FieldPath>,
    /// What she is called; several are put together with a space between them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name: Vec<FieldPath>,
    /// Her number, as people write it, with its country's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<FieldPath>,
    /// Her address of electronic mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<FieldPath>,
    /// The form, as the program calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FieldPath>,
    /// The campaign, as the program calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<FieldPath>,
    /// The id of her click on an ad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_id: Option<FieldPath>,
    /// What is kept as answers, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<MappedAnswer>,
    /// Whether all other fields are kept as answers, too.
    #[serde(default)]
    pub keeps_others: bool,
}

/// A field that is kept as an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedAnswer {
    /// Where it stands.
    pub field: FieldPath,
    /// How it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<FieldQuestion>,
}

/// Why it can be no mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAMapping {
    /// Nobody would ever be found by it.
    #[error("names neither the phone nor the e-mail address: nobody would be known by what is posted")]
    NamesNobody,
    /// More parts of a name than [`MOST_NAME_PARTS`].
    #[error("has more than {MOST_NAME_PARTS} parts of the name")]
    TooManyNameParts,
    /// More answers than [`MOST_NAMED_ANSWERS`].
    #[error("names more than {MOST_NAMED_ANSWERS} answers")]
    TooManyAnswers,
}

impl Mapping {
    /// Takes what it says, if somebody can be known by it.
    ///
    /// # Errors
    /// [`NotAMapping`].
    pub fn new(fields: MappedFields) -> Result<Self, NotAMapping> {
        if fields.phone.is_none() && fields.email.is_none() {
            return Err(NotAMapping::NamesNobody);
        }
        if fields.name.len() > MOST_NAME_PARTS {
            return Err(NotAMapping::TooManyNameParts);
        }
        if fields.answers.len() > MOST_NAMED_ANSWERS {
            return Err(NotAMapping::TooManyAnswers);
        }
        Ok(Self(fields))
    }

    /// What it says.
    #[must_use]
    pub fn fields(&self) -> &MappedFields {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> FieldPath {
        FieldPath::parse(text).unwrap()
    }

    #[test]
    fn a_mapping_names_what_somebody_is_known_by() {
        let by_email = MappedFields { email: Some(path("email")), ..MappedFields::default() };
        assert_eq!(Mapping::new(by_email.clone()).unwrap().fields(), &by_email);
        assert_eq!(Mapping::new(MappedFields::default()), Err(NotAMapping::NamesNobody));
        let named = MappedFields { name: vec![path("name"); MOST_NAME_PARTS + 1], ..by_email.clone() };
        assert_eq!(Mapping::new(named), Err(NotAMapping::TooManyNameParts));
        let answer = MappedAnswer { field: path("colour"), question: None };
        let long = MappedFields { answers: vec![answer; MOST_NAMED_ANSWERS + 1], ..by_email };
        assert_eq!(Mapping::new(long), Err(NotAMapping::TooManyAnswers));
    }

    #[test]
    fn what_is_in_the_log_is_read_whatever_the_rules_of_today_are() {
        let written = serde_json::json!({ "name": ["name"] });
        assert!(serde_json::from_value::<Mapping>(written).is_ok());
    }
}
