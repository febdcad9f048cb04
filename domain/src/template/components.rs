//! What a template consists of, in our words.

use serde::{Deserialize, Serialize};

/// What a template consists of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Components {
    /// What stands above its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// Its text.
    pub body: Pattern,
    /// What stands beneath its text, in small letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Its buttons, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// What else it has, in the provider's words, such as `CAROUSEL`: nothing here can fill that in, so it can't be sent from
    /// here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// A text with gaps, `{{1}}` or `{{order_id}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// The text.
    pub text: String,
    /// What may stand in its gaps, in their order, for whoever looks the template over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

/// What stands above a template's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// A line of text.
    Text(Pattern),
    /// A file, which comes with each message.
    File {
        /// Of what kind.
        kind: FileKind,
        /// The provider's handle of a file to look at; it is told on the way there, and never on the way back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<String>,
    },
    /// A place, which comes with each message.
    Location,
}

/// The kind of a header's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A file with a name.
    Document,
}

/// A button of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub text: String,
    /// What it does.
    pub action: ButtonAction,
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonAction {
    /// Answers with what it says.
    QuickReply,
    /// Opens an address, whose end may be a gap.
    Url(Pattern),
    /// Calls a number.
    Call {
        /// Which.
        phone: String,
    },
    /// Copies a code, which comes with each message.
    CopyCode {
        /// What it may be, for whoever looks the template over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<String>,
    },
    /// Copies, or fills in, the code to prove oneself with that comes with each message.
    OneTimePassword,
    /// Something that needs nothing to come with a message, in the provider's word.
    Other(String),
}

impl Pattern {
    /// A text without examples.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { text: text.to_owned(), examples: vec![] }
    }
}

impl Components {
    /// Whether a customer sees the same of both, and the same is to be filled in: examples are for whoever looks them over.
    #[must_use]
    pub fn say_the_same(&self, other: &Self) -> bool {
        self.without_examples() == other.without_examples()
    }

    fn without_examples(&self) -> Self {
        let mut bare = self.clone();
        bare.body.examples.clear();
        match &mut bare.header {
            Some(Header::Text(line)) => line.examples.clear(),
            Some(Header::File { example, .. }) => *example = None,
            Some(Header::Location) | None => {}
        }
        for button in &mut bare.buttons {
            match &mut button.action {
                ButtonAction::Url(address) => address.examples.clear(),
                ButtonAction::CopyCode { example } => *example = None,
                ButtonAction::QuickReply
                | ButtonAction::Call { .. }
                | ButtonAction::OneTimePassword
                | ButtonAction::Other(_) => {}
            }
        }
        bare
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::state::samples::components;

    #[test]
    fn examples_change_nothing_of_what_is_said() {
        let said = components();
        assert_ne!(said.without_examples(), said);
        assert!(said.say_the_same(&said.without_examples()));
        assert!(!said.say_the_same(&Components { footer: None, ..said.clone() }));
        let file = |kind, example: Option<&str>| Components {
            header: Some(Header::File { kind, example: example.map(str::to_owned) }),
            ..components()
        };
        assert!(file(FileKind::Image, Some("4::a")).say_the_same(&file(FileKind::Image, None)));
        assert!(!file(FileKind::Image, None).say_the_same(&file(FileKind::Video, None)));
    }
}
