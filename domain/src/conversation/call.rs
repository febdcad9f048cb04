//! A call between a customer and the business, as far as its provider tells of it. Never what was said, nor how the
//! devices find each other.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Occasion, ProviderError};
use crate::Personal;

/// One thing that is told of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Which call, by the provider's id of it, and when that was told of.
    #[serde(flatten)]
    pub occasion: Occasion,
    /// What the customer called herself then, if the provider said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<Personal<String>>,
    /// What whoever of the business called attached to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<Personal<String>>,
    /// What is told.
    pub report: CallReport,
}

/// What is told of a call: nothing about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallReport {
    /// Who calls whom.
    pub direction: CallDirection,
    /// What happened.
    pub told: CallNews,
    /// How it came out, in the provider's word: `COMPLETED`, `FAILED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When they began to talk, by the provider's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When they ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// For how many seconds they talked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
    /// Why it came to nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProviderError>,
}

/// Who calls whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallDirection {
    /// The customer calls the business.
    FromCustomer,
    /// The business calls the customer.
    FromBusiness,
    /// In a word of the provider's that nobody here knows.
    Other(String),
}

/// What happened to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallNews {
    /// It rings, or is put through.
    Connect,
    /// It is over.
    Terminate,
    /// Something else, in the provider's word: `RINGING`, `ACCEPTED`, `REJECTED`.
    Reported(String),
}

impl CallNews {
    /// From the provider's word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "connect" => Self::Connect,
            "terminate" => Self::Terminate,
            other => Self::Reported(other.to_owned()),
        }
    }

    /// The provider's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Connect => "connect",
            Self::Terminate => "terminate",
            Self::Reported(word) => word,
        }
    }
}

impl Call {
    /// Whether the customer calls just now, so that somebody should know.
    #[must_use]
    pub fn is_from_customer(&self) -> bool {
        (&self.report.direction, &self.report.told) == (&CallDirection::FromCustomer, &CallNews::Connect)
    }
}
