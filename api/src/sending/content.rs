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
        Content::Product { catalog, product, body, footer } => OutgoingContent::Product {
            body: maybe(body.as_ref())?,
            footer: maybe(footer.as_ref())?,
            catalog_id: catalog.clone(),
            product_retailer_id: known(product)?,
        },
        Content::Products { frame, catalog, sections } => OutgoingContent::ProductList {
            header: maybe(frame.header.as_ref())?.unwrap_or_default(),
            body: known(&frame.body)?,
            footer: maybe(frame.footer.as_ref())?,
            catalog_id: catalog.clone(),
            sections: sections
                .iter()
                .map(|section| gateway::ProductSection {
                    title: section.title.clone(),
                    products: section.products.clone(),
                })
                .collect(),
        },
        Content::Catalog { frame, thumbnail } => OutgoingContent::Catalog {
            body: known(&frame.body)?,
            footer: maybe(frame.footer.as_ref())?,
            thumbnail_product_retailer_id: thumbnail.clone(),
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

#[cfg(test)]
mod tests {
    use leadflow_domain::TemplateId;
    use leadflow_domain::template::{LONGEST_CODE, TemplateLanguage, TemplateName, TemplateParameters};
    use uuid::Uuid;

    use super::*;

    fn text(text: &str) -> Personal<String> {
        text.to_owned().into()
    }

    #[test]
    fn a_code_to_copy_is_as_long_here_as_there() {
        let copying = |length: usize| {
            let value = ButtonValue::CopyCode(text(&"A".repeat(length)));
            let buttons = vec![ButtonParameter { index: 0, value }];
            Content::Template {
                template: TemplateId::from_uuid(Uuid::from_u128(1)),
                name: TemplateName::parse("sale").unwrap(),
                language: TemplateLanguage::parse("en").unwrap(),
                parameters: Box::new(TemplateParameters { buttons, ..TemplateParameters::default() }),
                text: text("A sale"),
            }
        };
        assert_eq!(check(&copying(LONGEST_CODE)), Ok(()));
        assert!(check(&copying(LONGEST_CODE + 1)).is_err());
    }

    #[test]
    fn catalogues_are_held_to_what_is_taken() {
        let frame = |header: Option<&str>, body: &str| domain::Frame {
            header: header.map(text),
            body: text(body),
            footer: None,
        };
        let products = |header, products: usize| Content::Products {
            frame: frame(header, "These?"),
            catalog: "77".to_owned(),
            sections: vec![domain::ProductSection { title: None, products: vec!["sofa".to_owned(); products] }],
        };
        let product = |product: &str| Content::Product {
            catalog: "77".to_owned(),
            product: text(product),
            body: None,
            footer: None,
        };
        let catalog = |body| Content::Catalog { frame: frame(None, body), thumbnail: None };
        for content in [products(Some("Sofas"), 30), product("sofa"), catalog("All of them")] {
            assert_eq!(check(&content), Ok(()), "{content:?}");
        }
        for content in [products(None, 1), products(Some("Sofas"), 31), product(""), catalog("")] {
            assert!(check(&content).is_err(), "{content:?}");
        }
        let gone = Content::Product { catalog: "77".to_owned(), product: Personal::Erased, body: None, footer: None };
        assert_eq!(check(&gone), Err("is gone".to_owned()));
    }
}
