use thiserror::Error;

use super::{DraftFault, ParameterFault};
use crate::{Refusal, RefusalCode};

/// Why a template says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateRefusal {
    /// It was never heard of.
    #[error("there is no such template")]
    NotFound,
    /// The stream is another template's.
    #[error("this is another template")]
    AnotherTemplate,
    /// There is one of the name and language.
    #[error("there is a template of this name and language")]
    AlreadyThere,
    /// WhatsApp has it already, or it is gone.
    #[error("only a draft can be handed in, and this template is {status}")]
    NotADraft {
        /// How it stands.
        status: &'static str,
    },
    /// WhatsApp takes no messages of it.
    #[error("only an approved template can be sent, and this one is {status}")]
    NotSendable {
        /// How it stands.
        status: &'static str,
    },
    /// It was told of, and what it consists of was not.
    #[error("what the template consists of is not known yet: sync the templates of its account")]
    NotKnownYet,
    /// WhatsApp would not look over such a template.
    #[error("the {} {}", .0.field, .0.why)]
    BadDraft(DraftFault),
    /// What was filled in does not fit.
    #[error("{0}")]
    DoesNotFit(ParameterFault),
}

impl Refusal for TemplateRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::AnotherTemplate | Self::AlreadyThere => RefusalCode::AlreadyExists,
            Self::NotADraft { .. } | Self::NotSendable { .. } | Self::NotKnownYet => RefusalCode::WrongStatus,
            Self::BadDraft(_) | Self::DoesNotFit(_) => RefusalCode::Invalid,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::NotADraft { .. } | Self::NotSendable { .. } | Self::NotKnownYet => {
                Some("templateId")
            }
            Self::AlreadyThere => Some("name"),
            Self::AnotherTemplate => None,
            Self::BadDraft(fault) => Some(fault.field),
            Self::DoesNotFit(fault) => Some(fault.field()),
        }
    }
}
