//! An answer that a business keeps ready for its people, with variables that are filled in when one of them takes it.
//!
//! WhatsApp knows nothing of these; they are sent like anything that somebody writes. What they say are the business's own words,
//! and nobody's personal values.

mod body;
mod change;
mod command;
mod create;
mod event;
mod intent;
mod refusal;
mod remove;
mod state;

pub use body::{MissingValue, NotABody, ResponseBody, Values, Variable};
pub use command::ResponseTemplateCommand;
pub use event::ResponseTemplateEvent;
pub use intent::{Intent, NotAnIntent};
pub use refusal::ResponseTemplateRefusal;
pub use state::ResponseTemplate;
#[cfg(test)]
pub(crate) use state::samples;

use serde::{Deserialize, Serialize};

use crate::{Reservation, Scope, ShortText};

/// What an answer is called: 1 to 100 characters.
pub type ResponseTitle = ShortText<1, 100>;

/// All there is to an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// What it is called.
    pub title: ResponseTitle,
    /// What it answers, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// What it says.
    pub body: ResponseBody,
}

/// Answers of a business that differ in a letter's case are called the same.
#[must_use]
pub fn response_title_reservation(title: &ResponseTitle) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: "response_template.title", value: title.as_str().to_lowercase() }
}
