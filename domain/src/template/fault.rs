//! Why what was filled in does not fit a template.

use thiserror::Error;

use super::FileKind;

/// A place of a template that texts are filled into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Spot {
    /// Above its text.
    #[error("header")]
    Header,
    /// Its text.
    #[error("body")]
    Body,
}

/// Why what was filled in does not fit. None repeats what was filled in, but for the name of a gap.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParameterFault {
    /// The template has a part that nothing here can fill in.
    #[error("the template has a part that can't be filled in from here: {part}")]
    Unsupported {
        /// Which, in the provider's word.
        part: String,
    },
    /// The header takes a file, and none comes with the message, or of another kind.
    #[error("the header needs {}", file(*.kind))]
    NeedsFile {
        /// Of what kind.
        kind: FileKind,
    },
    /// The header takes a place.
    #[error("the header needs a place")]
    NeedsPlace,
    /// The header takes texts.
    #[error("the header needs texts")]
    NeedsTexts,
    /// The header takes nothing.
    #[error("nothing can be filled into the header")]
    NoHeader,
    /// There are more gaps, or fewer, than values.
    #[error("the {spot} has {gaps} gaps, and {given} values were given")]
    Count {
        /// Where.
        spot: Spot,
        /// How many there are.
        gaps: usize,
        /// How many values came.
        given: usize,
    },
    /// A gap with a name is not filled.
    #[error("the {spot} needs a value for {name}")]
    Missing {
        /// Where.
        spot: Spot,
        /// What the gap is called.
        name: String,
    },
    /// There is no gap of that name, or gaps are counted here.
    #[error("the {spot} has no gap of a name that was given, or one was given twice")]
    NoSuchGap {
        /// Where.
        spot: Spot,
    },
    /// A value is empty, or WhatsApp takes none such.
    #[error("a value of the {spot} is empty, or has line ends, tabs or more than four spaces in a row")]
    BadText {
        /// Where.
        spot: Spot,
    },
    /// With its values, the text is too long.
    #[error("the {spot} comes to more than {most} characters")]
    TooLong {
        /// Where.
        spot: Spot,
        /// Most characters.
        most: usize,
    },
    /// The file's address is none of https, or its id none.
    #[error("the header's file needs an address that begins with https://, or the provider's id of it")]
    BadFile,
    /// The place is not on earth.
    #[error("the header's place is none on earth")]
    BadPlace,
    /// A button's value goes to a button that takes none, or another, or has one already.
    #[error("button {index} takes no such value")]
    NoSuchButton {
        /// Which, from 0.
        index: u8,
    },
    /// A button that needs a value has none.
    #[error("button {index} needs a value")]
    ButtonMissing {
        /// Which, from 0.
        index: usize,
    },
    /// A button's value is empty or too long, or has what can't stand there.
    #[error("button {index} has a value that is empty, too long, or has spaces where none can be")]
    BadButton {
        /// Which, from 0.
        index: u8,
    },
}

impl ParameterFault {
    /// The part of what was filled in that it is about.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "templateId",
            Self::NeedsFile { .. }
            | Self::NeedsPlace
            | Self::NeedsTexts
            | Self::NoHeader
            | Self::BadFile
            | Self::BadPlace => "header",
            Self::Count { spot, .. }
            | Self::Missing { spot, .. }
            | Self::NoSuchGap { spot }
            | Self::BadText { spot }
            | Self::TooLong { spot, .. } => match spot {
                Spot::Header => "header",
                Spot::Body => "body",
            },
            Self::NoSuchButton { .. } | Self::ButtonMissing { .. } | Self::BadButton { .. } => "buttons",
        }
    }
}

fn file(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Image => "a picture",
        FileKind::Video => "a film",
        FileKind::Document => "a document",
    }
}
