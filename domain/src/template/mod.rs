//! A template: a message that WhatsApp has looked over, in one language, with gaps to fill in. It alone may be sent to
//! whoever has not written for a day.
//!
//! A stream is one name in one language at one of the business's WhatsApp accounts. What it says are the business's own words,
//! and nobody's personal values; what is filled into its gaps is about whom it is sent to.

mod check;
mod command;
mod components;
mod delete;
mod draft;
mod drafted;
mod event;
mod fault;
mod form;
mod gaps;
mod key;
mod listing;
mod miss;
mod parameters;
mod refusal;
mod render;
mod state;
mod submit;
mod sync;
mod tell;
mod tell_category;
mod tell_components;
mod tell_quality;
mod tell_status;
mod words;

pub use check::LONGEST_CODE;
pub use command::TemplateCommand;
pub use components::{Button, ButtonAction, Components, FileKind, Header, Pattern};
pub use drafted::{DraftFault, MOST_BUTTONS};
pub use event::TemplateEvent;
pub use fault::{ParameterFault, Spot};
pub use form::{ButtonForm, ButtonGap, Form, HeaderForm};
pub use gaps::Gaps;
pub use key::{NotALanguage, TemplateKey, TemplateLanguage, TemplateName};
pub use listing::Listing;
pub use parameters::{
    ButtonParameter, ButtonValue, FileSource, HeaderFile, HeaderParameter, NamedText, TemplateParameters,
};
pub use refusal::TemplateRefusal;
pub use state::Template;
#[cfg(test)]
pub(crate) use state::samples;
pub use tell::{Telling, ToldComponents};
pub use words::{TemplateCategory, TemplateQuality, TemplateStatus};
