use jiff::Timestamp;
use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a message of the business says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutboundMessageRefusal {
    /// Nothing but a status was ever told of it: nobody knows whom it was for.
    #[error("there is no such message of the business")]
    NotFound,
    /// It was written elsewhere.
    #[error("it was not sent from here")]
    NotSentFromHere,
    /// The customer has not written for a day, so only a template may be sent to her.
    #[error("the customer has not written in the last 24 hours{}: send a template", as_since(*.since))]
    WindowClosed {
        /// Since when; `None` when she never wrote.
        since: Option<Timestamp>,
    },
    /// By an account of Messenger or Instagram messages arrive, and none are sent.
    #[error("by this channel messages arrive, and none can be sent from here: answer where the customer wrote")]
    ReceivesOnly,
    /// Messages to the number do not arrive here any more.
    #[error("the number is disconnected")]
    Disconnected,
    /// WhatsApp does not know the business by any credentials of the number.
    #[error("no credentials are entered for the number")]
    WithoutCredentials,
    /// The provider refused to go on with the number until somebody sees to it.
    #[error("sending from the number has stopped until somebody sees to it")]
    NumberStopped,
    /// WhatsApp disabled the number's account, or it is gone, or another app's.
    #[error("WhatsApp takes nothing of the number's account: it is disabled, gone, or not this app's any more")]
    AccountClosed,
    /// WhatsApp restricted the number's account for a while.
    #[error("WhatsApp restricts the number's account: {}", restriction(*.is_answer))]
    AccountRestricted {
        /// Whether it may not answer; else it may not write first.
        is_answer: bool,
    },
    /// There is no template of this name in this language.
    #[error("there is no such template in this language")]
    NoSuchTemplate,
    /// WhatsApp does not let the template be sent now.
    #[error("the template is not approved")]
    TemplateNotApproved,
    /// What is to stand in the template does not fit.
    #[error("the template does not fit: {reason}")]
    TemplateMisfit {
        /// Why, for people.
        reason: String,
    },
    /// WhatsApp does not fetch files from there, or knows none by such an id.
    #[error("a file has an https address, or WhatsApp's id of it")]
    BadFile,
    /// The customer wants no marketing.
    #[error("the customer wants no marketing")]
    OptedOut,
    /// It is being sent at this moment.
    #[error("it is being sent")]
    BeingSent,
    /// Nobody knows whether the provider took it.
    #[error("nobody knows whether it was taken, and the customer might get it twice: write another one")]
    OutcomeUnknown,
    /// It has left.
    #[error("it was sent already")]
    AlreadySent,
    /// It was taken back.
    #[error("it was taken back: write another one")]
    Cancelled,
    /// It failed, and waits for nothing.
    #[error("it was not sent, and is not to be")]
    AlreadyFailed,
    /// What it says is gone with whom it was for.
    #[error("the customer was erased")]
    Erased,
}

fn as_since(since: Option<Timestamp>) -> String {
    since.map(|since| format!(", since {since:.0}")).unwrap_or_default()
}

fn restriction(is_answer: bool) -> &'static str {
    if is_answer {
        "it may not answer for now"
    } else {
        "for now it may not write to whoever has not written in the last 24 hours"
    }
}

impl Refusal for OutboundMessageRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::WindowClosed { .. } => RefusalCode::WindowClosed,
            Self::ReceivesOnly => RefusalCode::ReceivesOnly,
            Self::Disconnected
            | Self::WithoutCredentials
            | Self::NumberStopped
            | Self::AccountClosed
            | Self::AccountRestricted { .. } => RefusalCode::NumberNotReady,
            Self::NoSuchTemplate | Self::TemplateNotApproved | Self::TemplateMisfit { .. } => {
                RefusalCode::TemplateNotSendable
            }
            Self::BadFile => RefusalCode::Invalid,
            Self::OptedOut => RefusalCode::OptedOut,
            Self::OutcomeUnknown => RefusalCode::OutcomeUnknown,
            Self::NotSentFromHere | Self::BeingSent | Self::AlreadySent | Self::Cancelled | Self::AlreadyFailed => {
                RefusalCode::WrongStatus
            }
            Self::Erased => RefusalCode::Erased,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchTemplate | Self::TemplateNotApproved | Self::TemplateMisfit { .. } => Some("template"),
            Self::BadFile => Some("media"),
            Self::NotFound
            | Self::NotSentFromHere
            | Self::WindowClosed { .. }
            | Self::ReceivesOnly
            | Self::Disconnected
            | Self::WithoutCredentials
            | Self::NumberStopped
            | Self::AccountClosed
            | Self::AccountRestricted { .. }
            | Self::OptedOut
            | Self::BeingSent
            | Self::OutcomeUnknown
            | Self::AlreadySent
            | Self::Cancelled
            | Self::AlreadyFailed
            | Self::Erased => None,
        }
    }
}
