//! What a template consists of.

use async_graphql::{Enum, SimpleObject};
use leadflow_domain::template::{Button, ButtonAction, Components, FileKind, Header, MOST_BUTTONS};

/// What a template consists of. Gaps stand as `{{1}}` or `{{name}}`.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct TemplateComponents {
    /// What stands above its text.
    header: Option<TemplateHeader>,
    /// Its text.
    body: String,
    /// What stands beneath its text, in small letters.
    footer: Option<String>,
    /// Its buttons, in their order.
    #[graphql(complexity = "1 + MOST_BUTTONS * child_complexity")]
    buttons: Vec<TemplateButton>,
    /// What else it has, in WhatsApp's words, such as `CAROUSEL`: with any such it can't be sent from here.
    unsupported: Vec<String>,
}

/// What stands above a template's text.
#[derive(Debug, Clone, SimpleObject)]
struct TemplateHeader {
    /// What it is.
    kind: TemplateHeaderKind,
    /// Of `TEXT`, the text.
    text: Option<String>,
}

/// What stands above a template's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum TemplateHeaderKind {
    /// A line of text.
    Text,
    /// A picture, which comes with each message.
    Image,
    /// A film, which comes with each message.
    Video,
    /// A file with a name, which comes with each message.
    Document,
    /// A place, which comes with each message.
    Location,
}

/// A button of a template.
#[derive(Debug, Clone, SimpleObject)]
struct TemplateButton {
    /// What it does.
    kind: TemplateButtonKind,
    /// What it says.
    text: String,
    /// Of `URL`, the address, which may end in a gap.
    url: Option<String>,
    /// Of `CALL`, the number.
    phone: Option<String>,
}

/// What a button of a template does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum TemplateButtonKind {
    /// Answers with what it says.
    QuickReply,
    /// Opens an address.
    Url,
    /// Calls a number.
    Call,
    /// Copies a code, which comes with each message.
    CopyCode,
    /// Copies, or fills in, the code to prove oneself with that comes with each message.
    OneTimePassword,
    /// Something else, for which nothing has to come with a message.
    Other,
}

impl From<FileKind> for TemplateHeaderKind {
    fn from(kind: FileKind) -> Self {
        match kind {
            FileKind::Image => Self::Image,
            FileKind::Video => Self::Video,
            FileKind::Document => Self::Document,
        }
    }
}

impl From<Components> for TemplateComponents {
    fn from(components: Components) -> Self {
        Self {
            header: components.header.map(TemplateHeader::from),
            body: components.body.text,
            footer: components.footer,
            buttons: components.buttons.into_iter().map(TemplateButton::from).collect(),
            unsupported: components.others,
        }
    }
}

impl From<Header> for TemplateHeader {
    fn from(header: Header) -> Self {
        match header {
            Header::Text(line) => Self { kind: TemplateHeaderKind::Text, text: Some(line.text) },
            Header::File { kind, .. } => Self { kind: kind.into(), text: None },
            Header::Location => Self { kind: TemplateHeaderKind::Location, text: None },
        }
    }
}

impl From<Button> for TemplateButton {
    fn from(Button { text, action }: Button) -> Self {
        let (kind, url, phone) = match action {
            ButtonAction::QuickReply => (TemplateButtonKind::QuickReply, None, None),
            ButtonAction::Url(address) => (TemplateButtonKind::Url, Some(address.text), None),
            ButtonAction::Call { phone } => (TemplateButtonKind::Call, None, Some(phone)),
            ButtonAction::CopyCode { .. } => (TemplateButtonKind::CopyCode, None, None),
            ButtonAction::OneTimePassword => (TemplateButtonKind::OneTimePassword, None, None),
            ButtonAction::Other(_) => (TemplateButtonKind::Other, None, None),
        };
        Self { kind, text, url, phone }
    }
}
