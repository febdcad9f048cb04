//! What is filled into a template for one message: it is about whom the message is for.

use serde::{Deserialize, Serialize};

use super::FileKind;
use crate::Personal;
use crate::conversation::Place;

/// What is filled into a template.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TemplateParameters {
    /// Into its header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderParameter>,
    /// Into its text, in the order of its gaps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<NamedText>,
    /// Into its buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonParameter>,
}

/// What is filled into one gap of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedText {
    /// What the gap is called; nothing where gaps are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What stands there.
    pub text: Personal<String>,
}

/// What is filled into a header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderParameter {
    /// Into the gaps of its text, in their order.
    Text(Vec<NamedText>),
    /// A file.
    File(HeaderFile),
    /// A place.
    Location(Personal<Place>),
}

/// A file in a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderFile {
    /// Of what kind.
    pub kind: FileKind,
    /// Where it is.
    pub source: Personal<FileSource>,
    /// What a document is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<Personal<String>>,
}

/// Where the provider has a file from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileSource {
    /// From an address that begins with `https://`.
    Link(String),
    /// From itself, by its id of the file.
    Id(String),
}

/// What a button takes for one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonParameter {
    /// Which of the template's buttons, from 0.
    pub index: u8,
    /// What it takes.
    pub value: ButtonValue,
}

/// What a button takes for one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonValue {
    /// The end of its address.
    UrlSuffix(Personal<String>),
    /// What its answer brings back.
    Payload(Personal<String>),
    /// The code that it copies.
    CopyCode(Personal<String>),
}

impl NamedText {
    /// What fills the next gap.
    #[must_use]
    pub fn counted(text: &str) -> Self {
        Self { name: None, text: text.to_owned().into() }
    }

    /// What fills the gap `name`.
    #[must_use]
    pub fn named(name: &str, text: &str) -> Self {
        Self { name: Some(name.to_owned()), text: text.to_owned().into() }
    }
}
