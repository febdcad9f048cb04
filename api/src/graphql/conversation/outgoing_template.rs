//! What is filled into a template, as clients write it.

use async_graphql::{ID, InputObject};
use leadflow_domain::TemplateId;
use leadflow_domain::conversation::Place;
use leadflow_domain::outbound_message::OutgoingContent;
use leadflow_domain::template::{
    ButtonParameter, ButtonValue, FileKind, FileSource, HeaderFile, HeaderParameter, NamedText, Template, TemplateKey,
    TemplateParameters,
};

use super::outgoing::{LocationInput, MediaInput, OutgoingMediaKind};
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, valid};
use crate::graphql::failure::internal;
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;

/// A template and what is filled into its gaps: what `parameters` of the template ask for.
#[derive(InputObject)]
pub(super) struct TemplateMessageInput {
    /// Which, as `templates` lists it: it must be one of the account that has the conversation's number.
    template_id: ID,
    /// What is filled into the text of its header, in the order of its gaps.
    header_texts: Option<Vec<TemplateGapInput>>,
    /// The file in its header.
    header_file: Option<MediaInput>,
    /// The place in its header.
    header_location: Option<LocationInput>,
    /// What is filled into its text, in the order of its gaps.
    body: Option<Vec<TemplateGapInput>>,
    /// What its buttons take.
    buttons: Option<Vec<TemplateButtonValueInput>>,
}

/// What is filled into one gap.
#[derive(InputObject)]
struct TemplateGapInput {
    /// What the gap is called; not given where gaps are counted.
    name: Option<String>,
    /// What stands there.
    text: String,
}

/// What a button takes: exactly one of the three.
#[derive(InputObject)]
struct TemplateButtonValueInput {
    /// Which of the template's buttons, from 0.
    index: i32,
    /// The end of its address.
    url_suffix: Option<String>,
    /// What comes back when it is tapped on.
    payload: Option<String>,
    /// The code that it copies.
    copy_code: Option<String>,
}

/// The message that `input` makes of its template. Whether what is filled in fits is for the template to say.
pub(super) async fn content(request: &Request, input: TemplateMessageInput) -> Result<OutgoingContent, NotDone> {
    let id = TemplateId::from_uuid(read_id("template.templateId", &input.template_id)?);
    let loaded = request.api.log.load::<Template>(id.into()).await.map_err(|error| internal("template", &error))?;
    let is_hers = loaded.tenant == Some(request.viewer.tenant());
    let Some(TemplateKey { name, language, .. }) = loaded.state.key().filter(|_| is_hers).cloned() else {
        let message = "there is no such template".to_owned();
        return Err(NotDone::Invalid(vec![UserError::new(
            UserErrorCode::NotFound,
            message,
            Some("template.templateId"),
        )]));
    };
    let parameters = valid("template", parameters(input))?;
    let text = loaded.state.rendered(&parameters).into();
    Ok(OutgoingContent::Template { template: id, name, language, parameters: Box::new(parameters), text })
}

fn parameters(input: TemplateMessageInput) -> Result<TemplateParameters, &'static str> {
    let header = match (input.header_texts, input.header_file, input.header_location) {
        (None, None, None) => None,
        (Some(texts), None, None) => Some(HeaderParameter::Text(texts.into_iter().map(text).collect())),
        (None, Some(given), None) => Some(HeaderParameter::File(file(given)?)),
        (None, None, Some(place)) => Some(HeaderParameter::Location(Place::from(place).into())),
        _ => return Err("has a header of one kind at most"),
    };
    let body = input.body.unwrap_or_default().into_iter().map(text).collect();
    let buttons = input.buttons.unwrap_or_default().into_iter().map(button).collect::<Result<_, _>>()?;
    Ok(TemplateParameters { header, body, buttons })
}

fn text(TemplateGapInput { name, text }: TemplateGapInput) -> NamedText {
    NamedText { name, text: text.into() }
}

fn file(given: MediaInput) -> Result<HeaderFile, &'static str> {
    let kind = match given.kind {
        OutgoingMediaKind::Image => FileKind::Image,
        OutgoingMediaKind::Video => FileKind::Video,
        OutgoingMediaKind::Document => FileKind::Document,
        OutgoingMediaKind::Audio | OutgoingMediaKind::Sticker => {
            return Err("has a picture, a film or a document above it");
        }
    };
    let source = match (given.link, given.media_id) {
        (Some(link), None) => FileSource::Link(link),
        (None, Some(id)) => FileSource::Id(id),
        (None, None) | (Some(_), Some(_)) => return Err("needs either `link` or `mediaId` of the file"),
    };
    Ok(HeaderFile { kind, source: source.into(), filename: given.filename.map(Into::into) })
}

fn button(given: TemplateButtonValueInput) -> Result<ButtonParameter, &'static str> {
    let index = u8::try_from(given.index).map_err(|_| "has no such button")?;
    let value = match (given.url_suffix, given.payload, given.copy_code) {
        (Some(suffix), None, None) => ButtonValue::UrlSuffix(suffix.into()),
        (None, Some(payload), None) => ButtonValue::Payload(payload.into()),
        (None, None, Some(code)) => ButtonValue::CopyCode(code.into()),
        _ => return Err("has buttons that take exactly one of `urlSuffix`, `payload` and `copyCode`"),
    };
    Ok(ButtonParameter { index, value })
}
