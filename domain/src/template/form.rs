//! What has to be filled in before a template can be sent.

use super::{ButtonAction, Components, FileKind, Gaps, Header};

/// What has to be filled in before a template can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// In its header, if there is anything.
    pub header: Option<HeaderForm>,
    /// In its text.
    pub body: Gaps,
    /// In its buttons: those that take something.
    pub buttons: Vec<ButtonForm>,
}

/// What has to be filled in in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderForm {
    /// Gaps of its text, of which there is at least one.
    Text(Gaps),
    /// A file of this kind.
    File(FileKind),
    /// A place.
    Location,
}

/// What a button takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ButtonForm {
    /// Which of the template's buttons, from 0.
    pub index: usize,
    /// What it takes.
    pub gap: ButtonGap,
}

/// What a button takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonGap {
    /// The end of its address; without it the template can't be sent.
    UrlSuffix,
    /// What its answer brings back; without it, what it says.
    Payload,
    /// The code that it copies; without it the template can't be sent.
    CopyCode,
}

impl ButtonGap {
    /// Whether the template can't be sent without.
    #[must_use]
    pub fn is_required(self) -> bool {
        match self {
            Self::UrlSuffix | Self::CopyCode => true,
            Self::Payload => false,
        }
    }
}

impl Components {
    /// What has to be filled in.
    #[must_use]
    pub fn form(&self) -> Form {
        let header = match &self.header {
            Some(Header::Text(line)) => {
                Some(Gaps::of(&line.text)).filter(|gaps| gaps.count() > 0).map(HeaderForm::Text)
            }
            Some(Header::File { kind, .. }) => Some(HeaderForm::File(*kind)),
            Some(Header::Location) => Some(HeaderForm::Location),
            None => None,
        };
        let buttons = self.buttons.iter().enumerate().filter_map(|(index, button)| {
            let gap = match &button.action {
                ButtonAction::Url(address) if Gaps::of(&address.text).count() > 0 => ButtonGap::UrlSuffix,
                // Its address ends in the code.
                ButtonAction::OneTimePassword => ButtonGap::UrlSuffix,
                ButtonAction::QuickReply => ButtonGap::Payload,
                ButtonAction::CopyCode { .. } => ButtonGap::CopyCode,
                ButtonAction::Url(_) | ButtonAction::Call { .. } | ButtonAction::Other(_) => return None,
            };
            Some(ButtonForm { index, gap })
        });
        Form { header, body: Gaps::of(&self.body.text), buttons: buttons.collect() }
    }
}
