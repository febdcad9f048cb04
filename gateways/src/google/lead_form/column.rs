//! An answer of a form, and which of them say who somebody is.

use serde_json::Value;

/// A question with its answer, as the form sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Google's name of the question, or the form's own for a question of its own; older forms send none.
    pub id: Option<String>,
    /// How the question reads, if that was sent.
    pub name: Option<String>,
    /// What was answered; never empty.
    pub answer: String,
}

/// What Google asks who somebody is by, and what such a question is called where a form sends no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    FullName,
    FirstName,
    LastName,
    Email,
    WorkEmail,
    Phone,
    WorkPhone,
}

const ABOUT: [(About, &str, &str); 7] = [
    (About::FullName, "FULL_NAME", "full name"),
    (About::FirstName, "FIRST_NAME", "first name"),
    (About::LastName, "LAST_NAME", "last name"),
    (About::Email, "EMAIL", "user email"),
    (About::WorkEmail, "WORK_EMAIL", "work email"),
    (About::Phone, "PHONE_NUMBER", "user phone"),
    (About::WorkPhone, "WORK_PHONE", "work phone"),
];

impl Column {
    /// An element of `user_column_data`; `None` for what says nothing.
    pub(super) fn of(element: &Value) -> Option<Self> {
        let text = |member: &str| scalar(element.get(member)?);
        let answer = text("string_value")?;
        Some(Self { id: text("column_id"), name: text("column_name"), answer })
    }

    /// A question's id counts; how it reads, only where it has none, as that is for the business to choose.
    pub(super) fn is(&self, about: About) -> bool {
        ABOUT.iter().any(|(known, id, name)| {
            *known == about
                && match (&self.id, &self.name) {
                    (Some(given), _) => given == id,
                    (None, Some(given)) => given.eq_ignore_ascii_case(name),
                    (None, None) => false,
                }
        })
    }
}

/// The text of what is no list and no object; `None` where there is none.
pub(super) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}
