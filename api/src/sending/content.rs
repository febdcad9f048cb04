//! What is sent, as the gateway takes it.

use leadflow_domain::Personal;
use leadflow_domain::conversation::Place;
use leadflow_domain::outbound_message as domain;
use leadflow_domain::outbound_message::OutgoingContent as Content;
use leadflow_domain::template::{
    ButtonParameter, ButtonValue, FileKind, FileSource, HeaderFile, HeaderParameter, NamedText,
};
use leadflow_gateways::whatsapp as gateway;
use leadflow_gateways::whatsapp::OutgoingContent;
use serde_json::Value;

/// `content` as the gateway takes it; `None` where something of it is gone, as its person was erased.
pub(super) fn outgoing(content: &Content) -> Option<OutgoingContent> {
    Some(match content {
        Content::Text { body, preview_url } => OutgoingContent::Text { body: known(body)?, preview_url: *preview_url },
        Content::Media { kind, source, caption, filename } => OutgoingContent::Media {
            kind: media_kind(*kind),
            source: match source.known()? {
                domain::MediaSource::Link(link) => gateway::MediaSource::Link(link.clone()),
                domain::MediaSource::Id(id) => gateway::MediaSource::Id(id.clone()),
            },
            caption: maybe(caption.as_ref())?,
            filename: maybe(filename.as_ref())?,
        },
        Content::Location { place } => OutgoingContent::Location(at(place.known()?)),
        Content::Contacts { cards } => {
            OutgoingContent::Contacts(cards.known()?.iter().cloned().map(Value::Object).collect())
        }
        Content::Reaction { to, emoji } => OutgoingContent::Reaction { to: known(to)?, emoji: maybe(emoji.as_ref())? },
        Content::Buttons { frame, buttons } => OutgoingContent::Buttons {
            body: known(&frame.body)?,
            header: maybe(frame.header.as_ref())?,
            footer: maybe(frame.footer.as_ref())?,
            buttons: buttons
                .iter()
                .map(|button| gateway::Button { id: button.id.clone(), title: button.title.clone() })
                .collect(),
        },
        Content::List { frame, button, sections } => OutgoingContent::List {
            body: known(&frame.body)?,
            header: maybe(frame.header.as_ref())?,
            footer: maybe(frame.footer.as_ref())?,
            button: button.clone(),
            sections: sections.iter().map(section).collect(),
        },
        Content::Template { name, language, parameters, .. } => OutgoingContent::Template {
            name: name.as_str().to_owned(),
            language: language.as_str().to_owned(),
            header: match &parameters.header {
                Some(header) => Some(header_of(header)?),
                None => None,
            },
            body: gaps(&parameters.body)?,
            buttons: parameters.buttons.iter().map(button).collect::<Option<_>>()?,
        },
    })
}

fn header_of(header: &HeaderParameter) -> Option<gateway::TemplateHeader> {
    Some(match header {
        HeaderParameter::Text(values) => gateway::TemplateHeader::Text(gaps(values)?),
        HeaderParameter::File(HeaderFile { kind, source, filename }) => gateway::TemplateHeader::Media {
            kind: match kind {
                FileKind::Image => gateway::MediaKind::Image,
                FileKind::Video => gateway::MediaKind::Video,
                FileKind::Document => gateway::MediaKind::Document,
            },
            source: match source.known()? {
                FileSource::Link(link) => gateway::MediaSource::Link(link.clone()),
                FileSource::Id(id) => gateway::MediaSource::Id(id.clone()),
            },
            filename: maybe(filename.as_ref())?,
        },
        HeaderParameter::Location(place) => gateway::TemplateHeader::Location(at(place.known()?)),
    })
}

fn gaps(values: &[NamedText]) -> Option<Vec<gateway::Parameter>> {
    values
        .iter()
        .map(|value| Some(gateway::Parameter { name: value.name.clone(), text: known(&value.text)? }))
        .collect()
}

fn button(parameter: &ButtonParameter) -> Option<gateway::TemplateButton> {
    let kind = match &parameter.value {
        ButtonValue::UrlSuffix(text) => gateway::TemplateButtonKind::UrlSuffix(known(text)?),
        ButtonValue::Payload(text) => gateway::TemplateButtonKind::QuickReplyPayload(known(text)?),
        ButtonValue::CopyCode(text) => gateway::TemplateButtonKind::CopyCode(known(text)?),
    };
    Some(gateway::TemplateButton { index: parameter.index, kind })
}

fn at(place: &Place) -> gateway::Place {
    gateway::Place {
        latitude: place.latitude,
        longitude: place.longitude,
        name: place.name.clone(),
        address: place.address.clone(),
    }
}

/// Whether the provider takes such a thing.
///
/// # Errors
/// What is wrong with it, for people.
pub(crate) fn check(content: &Content) -> Result<(), String> {
    outgoing(content).ok_or_else(|| "is gone".to_owned())?.check()
}

fn section(section: &domain::ListSection) -> gateway::Section {
    let row = |row: &domain::ListRow| gateway::Row {
        id: row.id.clone(),
        title: row.title.clone(),
        description: row.description.clone(),
    };
    gateway::Section { title: section.title.clone(), rows: section.rows.iter().map(row).collect() }
}

fn media_kind(kind: domain::MediaKind) -> gateway::MediaKind {
    match kind {
        domain::MediaKind::Image => gateway::MediaKind::Image,
        domain::MediaKind::Video => gateway::MediaKind::Video,
        domain::MediaKind::Audio => gateway::MediaKind::Audio,
        domain::MediaKind::Document => gateway::MediaKind::Document,
        domain::MediaKind::Sticker => gateway::MediaKind::Sticker,
    }
}

pub(super) fn known(text: &Personal<String>) -> Option<String> {
    text.known().cloned()
}

/// Nothing where there is nothing; `None` where it is gone.
pub(super) fn maybe(text: Option<&Personal<String>>) -> Option<Option<String>> {
    match text {
        None => Some(None),
        Some(text) => known(text).map(Some),
    }
}
