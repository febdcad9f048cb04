//! What a template that is written here consists of, as clients say it. Whether WhatsApp would look it over is for the template to
//! say.

use async_graphql::InputObject;
use leadflow_domain::template::{Button, ButtonAction, Components, FileKind, Header, Pattern};

use super::components::{TemplateButtonKind, TemplateHeaderKind};
use crate::graphql::command::{Form, NotDone};

/// What stands above a template's text.
#[derive(Debug, Clone, InputObject)]
pub(super) struct TemplateHeaderInput {
    /// What it is.
    kind: TemplateHeaderKind,
    /// Of `TEXT`, the text: 1 to 60 characters, with one gap at the most.
    text: Option<String>,
    /// Of `TEXT`, an example of what stands in its gap.
    examples: Option<Vec<String>>,
    /// Of a file, WhatsApp's handle of one to look at, as its resumable upload gives it.
    example_handle: Option<String>,
}

/// A button of a template.
#[derive(Debug, Clone, InputObject)]
pub(super) struct TemplateButtonInput {
    /// What it does. What `ONE_TIME_PASSWORD` and `OTHER` do can't be written here.
    kind: TemplateButtonKind,
    /// What it says, 1 to 25 characters.
    text: String,
    /// Of `URL`, an address that begins with `https://`; it may end in a gap, `{{1}}`.
    url: Option<String>,
    /// Of `CALL`, a number such as `+390212345678`.
    phone: Option<String>,
    /// Of `URL` with a gap an example of the address, and of `COPY_CODE` one of the code.
    example: Option<String>,
}

/// What a client says of it, part by part.
pub(super) struct Said {
    pub(super) header: Option<TemplateHeaderInput>,
    pub(super) body: String,
    pub(super) body_examples: Option<Vec<String>>,
    pub(super) footer: Option<String>,
    pub(super) buttons: Option<Vec<TemplateButtonInput>>,
}

impl Said {
    /// What it consists of.
    pub(super) fn components(self) -> Result<Components, NotDone> {
        let mut form = Form::default();
        let header = self.header.map(|header| form.read("header", header_of(header)));
        let buttons = self.buttons.unwrap_or_default().into_iter().map(button_of).collect::<Result<Vec<_>, _>>();
        let buttons = form.read("buttons", buttons);
        let body = Pattern { text: self.body, examples: self.body_examples.unwrap_or_default() };
        let said = buttons.map(|buttons| Components {
            header: header.flatten(),
            body,
            footer: self.footer,
            buttons,
            others: vec![],
        });
        form.all(said)
    }
}

fn header_of(said: TemplateHeaderInput) -> Result<Header, &'static str> {
    let TemplateHeaderInput { kind, text, examples, example_handle } = said;
    let file = |kind| Ok(Header::File { kind, example: example_handle });
    match kind {
        TemplateHeaderKind::Text => {
            let text = text.ok_or("needs its `text`")?;
            Ok(Header::Text(Pattern { text, examples: examples.unwrap_or_default() }))
        }
        TemplateHeaderKind::Image => file(FileKind::Image),
        TemplateHeaderKind::Video => file(FileKind::Video),
        TemplateHeaderKind::Document => file(FileKind::Document),
        TemplateHeaderKind::Location => Ok(Header::Location),
    }
}

fn button_of(said: TemplateButtonInput) -> Result<Button, &'static str> {
    let TemplateButtonInput { kind, text, url, phone, example } = said;
    let action = match kind {
        TemplateButtonKind::QuickReply => ButtonAction::QuickReply,
        TemplateButtonKind::Url => {
            let text = url.ok_or("need a `url` where they open an address")?;
            ButtonAction::Url(Pattern { text, examples: example.into_iter().collect() })
        }
        TemplateButtonKind::Call => {
            ButtonAction::Call { phone: phone.ok_or("need a `phone` where they call a number")? }
        }
        TemplateButtonKind::CopyCode => ButtonAction::CopyCode { example },
        TemplateButtonKind::OneTimePassword => ButtonAction::OneTimePassword,
        TemplateButtonKind::Other => ButtonAction::Other("OTHER".to_owned()),
    };
    Ok(Button { text, action })
}
