//! What is sent, as the gateway takes it.

use leadflow_domain::Personal;
use leadflow_domain::outbound_message as domain;
use leadflow_domain::outbound_message::OutgoingContent as Content;
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
        Content::Location { place } => {
            let place = place.known()?.clone();
            OutgoingContent::Location(gateway::Place {
                latitude: place.latitude,
                longitude: place.longitude,
                name: place.name,
                address: place.address,
            })
        }
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
    })
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
