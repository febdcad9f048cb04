//! A source: a place from which only leads come, such as a form in an ad. Messages come by channels.
//!
//! What a source is shown by, a form's key say, is never here: it stands hashed in a table beside the log.

mod ask_backfill;
mod change_external;
mod close;
mod command;
mod connect_page;
mod event;
mod mapping;
mod miss_lead;
mod network;
mod open;
mod open_external;
mod open_walk_in;
mod page;
mod posted;
mod refusal;
mod rename;
mod reopen;
mod set_form;
mod state;
mod stop_reading;
mod walk_in;

pub use command::SourceCommand;
pub use event::SourceEvent;
pub use mapping::{
    FieldPath, FieldQuestion, MOST_NAME_PARTS, MOST_NAMED_ANSWERS, MappedAnswer, MappedFields, Mapping, NotAMapping,
};
pub use network::{MOST_NETWORKS, Network, Networks, NotANetwork, TooManyNetworks};
pub use open_external::ExternalOpening;
pub use page::{Page, page_id_reservation};
pub use posted::{
    Hindrance, MOST_ANSWERED, MOST_ANSWERS, MOST_CHARACTERS, Meaning, Posted, PostedAnswer, Problem, Trouble,
};
pub use refusal::SourceRefusal;
pub use state::Source;
#[cfg(test)]
pub(crate) use state::samples::form as sample_form;
pub use walk_in::{
    Asked, CallingCode, FormHeading, FormLanguage, FormQuestion, FormQuestionText, FormText, GreetingMessage,
    MOST_QUESTIONS, NotACallingCode, NotASlug, WalkInForm, WalkInSlug, WhatsAppLink, slug_reservation,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ShortText;
use crate::channel::ProviderId;

/// What a source is called: 1 to 100 characters.
pub type SourceName = ShortText<1, 100>;

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A lead form in Google's ads, which sends what is filled in to a webhook of ours.
    GoogleForm,
    /// A page of Facebook, whose lead forms are filled in there and on Instagram. A webhook tells of each; what is in it is read.
    FacebookPage,
    /// A form of ours behind a QR code, for people who walk in.
    WalkIn,
    /// A program of the business's own, or of somebody it works with, which posts what is told to a webhook of ours.
    External,
}

/// All there is to a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What kind of place it is.
    pub kind: SourceKind,
    /// What the business calls it.
    pub name: SourceName,
}

/// A lead that was told of, and of which nothing can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissedLead {
    /// The form, in the provider's id, if that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_id: Option<ProviderId>,
    /// When it was filled in, by the provider's clock; where that does not say, when it was received.
    pub submitted_at: Timestamp,
    /// Why, as the provider counts it.
    pub code: i64,
}
