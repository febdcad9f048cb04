//! What Meta never takes, so that it isn't asked.
//!
//! Lengths are in characters (Unicode scalar values) where nothing else is said. Each is Meta's, from its pages on sending messages
//! (November 2026) but for those marked as general knowledge, which were not re-read. Where Meta may count otherwise, it is asked.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::message::{
    Button, MediaKind, MediaSource, Outgoing, OutgoingContent, Parameter, Place, ProductSection, Recipient, Section,
    TemplateButton, TemplateButtonKind, TemplateHeader,
};
use super::reading::LONGEST_ID;

/// Longest `biz_opaque_callback_data`, in bytes: "<= 512 bytes".
pub const CALLBACK_BYTES: usize = 512;
/// Longest text message: `text.body` 4096.
pub const TEXT: usize = 4096;
/// Longest caption: 1024.
pub const CAPTION: usize = 1024;
/// Longest body of a message with buttons, or of another interactive one but a list: 1024.
pub const INTERACTIVE_BODY: usize = 1024;
/// Longest body of a list: 4096.
pub const LIST_BODY: usize = 4096;
/// Longest text header: 60.
pub const HEADER: usize = 60;
/// Longest footer: 60.
pub const FOOTER: usize = 60;
/// Most buttons: 3.
pub const BUTTONS: usize = 3;
/// Longest id of a button: 256.
pub const BUTTON_ID: usize = 256;
/// Longest title of a button: 20.
pub const BUTTON_TITLE: usize = 20;
/// Longest title of what opens a list: 20.
pub const LIST_BUTTON: usize = 20;
/// Most sections of a list: 10.
pub const SECTIONS: usize = 10;
/// Longest title of a section (general knowledge): 24.
pub const SECTION_TITLE: usize = 24;
/// Most rows of a list, over all its sections: 10.
pub const ROWS: usize = 10;
/// Longest id of a row: 200.
pub const ROW_ID: usize = 200;
/// Longest title of a row: 24.
pub const ROW_TITLE: usize = 24;
/// Longest description of a row: 72.
pub const ROW_DESCRIPTION: usize = 72;
/// Most products of a list, over all its sections (general knowledge): 30.
pub const PRODUCTS: usize = 30;
/// Longest code that a template's button copies (general knowledge): 20.
pub const COPY_CODE: usize = 20;
/// Longest part of a user id after its country: "`CC.` + <= 128 alphanumerics"; `ENT.` before it where businesses are linked.
pub const USER_ID: usize = 128;
/// Most digits of a phone number: E.164.
pub const PHONE_DIGITS: usize = 15;
/// Largest picture, in bytes: 5 MB.
pub const IMAGE_BYTES: usize = 5 << 20;
/// Largest recording, in bytes: 16 MB.
pub const AUDIO_BYTES: usize = 16 << 20;
/// Largest video, in bytes: 16 MB.
pub const VIDEO_BYTES: usize = 16 << 20;
/// Largest sticker, in bytes: 500 kB, if animated; of one that isn't Meta takes 100 kB, and says so itself.
pub const STICKER_BYTES: usize = 500 << 10;
/// Largest file of all, in bytes: 100 MB.
pub const DOCUMENT_BYTES: usize = 100 << 20;

/// What is wrong, in words that repeat nothing of the message.
type Checked = Result<(), String>;

impl Outgoing {
    /// Whether Meta may take it.
    pub(super) fn check(&self) -> Checked {
        recipient(&self.to)?;
        let bytes = self.callback.len();
        must(bytes <= CALLBACK_BYTES, || format!("the callback has {bytes} bytes, of at most {CALLBACK_BYTES}"))?;
        if let Some(id) = &self.replies_to {
            id_of("the message that it answers", id)?;
        }
        content(&self.content)
    }
}

fn recipient(to: &Recipient) -> Checked {
    match to {
        Recipient::Phone(phone) => must(
            phone.strip_prefix('+').is_some_and(|digits| {
                (2..=PHONE_DIGITS).contains(&digits.len())
                    && !digits.starts_with('0')
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
            }),
            || "the phone number is not + and digits".to_owned(),
        ),
        Recipient::UserId(id) => must(is_user_id(id), || "the user id is none of Meta's".to_owned()),
        Recipient::Group(id) => id_of("the group", id),
    }
}

fn is_user_id(id: &str) -> bool {
    id.split_once('.').is_some_and(|(country, rest)| {
        let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
        country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=USER_ID).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn content(content: &OutgoingContent) -> Checked {
    match content {
        OutgoingContent::Text { body, .. } => needed("the text", body, TEXT),
        OutgoingContent::Media { kind, source, caption, .. } => {
            let captioned = match kind {
                MediaKind::Image | MediaKind::Video | MediaKind::Document => true,
                MediaKind::Audio | MediaKind::Sticker => false,
            };
            must(captioned || caption.is_none(), || "audio and stickers have no caption".to_owned())?;
            source_of(source)?;
            optional("the caption", caption.as_deref(), CAPTION)
        }
        OutgoingContent::Location(at) => place(at),
        OutgoingContent::Contacts(cards) => {
            must(!cards.is_empty() && cards.iter().all(Value::is_object), || "no contact cards".to_owned())
        }
        OutgoingContent::Reaction { to, emoji } => {
            id_of("the message that it is on", to)?;
            must(emoji.as_deref() != Some(""), || "the emoji is empty".to_owned())
        }
        OutgoingContent::Buttons { body, header, footer, buttons } => {
            around(header.as_deref(), Some(body), footer.as_deref(), INTERACTIVE_BODY)?;
            buttons_of(buttons)
        }
        OutgoingContent::List { body, header, footer, button, sections } => {
            around(header.as_deref(), Some(body), footer.as_deref(), LIST_BODY)?;
            needed("what opens the list", button, LIST_BUTTON)?;
            sections_of(sections)
        }
        OutgoingContent::Template { name, language, header, body, buttons } => {
            id_of("the template's name", name)?;
            id_of("the template's language", language)?;
            header.as_ref().map_or(Ok(()), template_header)?;
            parameters(body)?;
            buttons.iter().try_for_each(template_button)
        }
        OutgoingContent::Product { body, footer, catalog_id, product_retailer_id } => {
            around(None, body.as_ref(), footer.as_deref(), INTERACTIVE_BODY)?;
            id_of("the catalogue", catalog_id)?;
            id_of("the product", product_retailer_id)
        }
        OutgoingContent::ProductList { header, body, footer, catalog_id, sections } => {
            needed("the header", header, HEADER)?;
            around(None, Some(body), footer.as_deref(), INTERACTIVE_BODY)?;
            id_of("the catalogue", catalog_id)?;
            products_of(sections)
        }
        OutgoingContent::Catalog { body, footer, thumbnail_product_retailer_id } => {
            around(None, Some(body), footer.as_deref(), INTERACTIVE_BODY)?;
            thumbnail_product_retailer_id.as_ref().map_or(Ok(()), |id| id_of("the product", id))
        }
    }
}

fn source_of(source: &MediaSource) -> Checked {
    match source {
        MediaSource::Id(id) => id_of("the file", id),
        MediaSource::Link(link) => {
            // Nobody reads it on its way, nor changes it.
            let leads_somewhere = Url::parse(link).is_ok_and(|url| url.scheme() == "https");
            must(leads_somewhere, || "the file's address is not https".to_owned())
        }
    }
}

fn place(place: &Place) -> Checked {
    // What is no number is in no range.
    let on_earth = (-90.0..=90.0).contains(&place.latitude) && (-180.0..=180.0).contains(&place.longitude);
    must(on_earth, || "the place is not on earth".to_owned())
}

/// What is around buttons, lists and products.
fn around(header: Option<&str>, body: Option<&String>, footer: Option<&str>, longest_body: usize) -> Checked {
    optional("the header", header, HEADER)?;
    optional("the text", body.map(String::as_str), longest_body)?;
    optional("the footer", footer, FOOTER)
}

fn buttons_of(buttons: &[Button]) -> Checked {
    number_of("buttons", buttons.len(), BUTTONS)?;
    for button in buttons {
        needed("a button's id", &button.id, BUTTON_ID)?;
        needed("a button's title", &button.title, BUTTON_TITLE)?;
    }
    different("buttons", "id", buttons.iter().map(|button| &*button.id))?;
    different("buttons", "title", buttons.iter().map(|button| &*button.title))
}

fn sections_of(sections: &[Section]) -> Checked {
    titled(sections.iter().map(|section| section.title.as_deref()))?;
    must(sections.iter().all(|section| !section.rows.is_empty()), || "a section has no rows".to_owned())?;
    let rows: Vec<_> = sections.iter().flat_map(|section| &section.rows).collect();
    number_of("rows", rows.len(), ROWS)?;
    for row in &rows {
        needed("a row's id", &row.id, ROW_ID)?;
        needed("a row's title", &row.title, ROW_TITLE)?;
        optional("a row's description", row.description.as_deref(), ROW_DESCRIPTION)?;
    }
    different("rows", "id", rows.iter().map(|row| &*row.id))
}

fn products_of(sections: &[ProductSection]) -> Checked {
    titled(sections.iter().map(|section| section.title.as_deref()))?;
    must(sections.iter().all(|section| !section.products.is_empty()), || "a section has no products".to_owned())?;
    let products: Vec<_> = sections.iter().flat_map(|section| &section.products).collect();
    number_of("products", products.len(), PRODUCTS)?;
    products.into_iter().try_for_each(|id| id_of("a product", id))
}

/// The titles of sections: where there is more than one, each has its own (general knowledge).
fn titled<'a>(titles: impl ExactSizeIterator<Item = Option<&'a str>>) -> Checked {
    let several = titles.len() > 1;
    number_of("sections", titles.len(), SECTIONS)?;
    for title in titles {
        must(!several || title.is_some(), || "one of several sections has no title".to_owned())?;
        optional("a section's title", title, SECTION_TITLE)?;
    }
    Ok(())
}

fn template_header(header: &TemplateHeader) -> Checked {
    match header {
        TemplateHeader::Text(filled) => parameters(filled),
        TemplateHeader::Media { kind, source, .. } => {
            let fits = match kind {
                MediaKind::Image | MediaKind::Video | MediaKind::Document => true,
                MediaKind::Audio | MediaKind::Sticker => false,
            };
            must(fits, || "a header has no audio and no stickers".to_owned())?;
            source_of(source)
        }
        TemplateHeader::Location(at) => place(at),
    }
}

/// What goes into gaps: Meta takes no empty text for one (general knowledge: `131008`).
fn parameters(filled: &[Parameter]) -> Checked {
    let named = filled.iter().filter(|parameter| parameter.name.is_some()).count();
    must(named == 0 || named == filled.len(), || "some parameters have names and some have none".to_owned())?;
    must(filled.iter().all(|parameter| !parameter.text.is_empty()), || "a parameter is empty".to_owned())
}

fn template_button(button: &TemplateButton) -> Checked {
    match &button.kind {
        TemplateButtonKind::UrlSuffix(text) | TemplateButtonKind::QuickReplyPayload(text) => {
            must(!text.is_empty(), || "what goes into a button is empty".to_owned())
        }
        TemplateButtonKind::CopyCode(code) => needed("the code that a button copies", code, COPY_CODE),
    }
}

fn needed(what: &str, text: &str, most: usize) -> Checked {
    must(!text.trim().is_empty(), || format!("{what} is empty"))?;
    let length = text.chars().count();
    must(length <= most, || format!("{what} has {length} characters, of at most {most}"))
}

fn optional(what: &str, text: Option<&str>, most: usize) -> Checked {
    text.map_or(Ok(()), |text| needed(what, text, most))
}

/// An id of Meta's or of somebody's: opaque, one line.
fn id_of(what: &str, id: &str) -> Checked {
    let is_one_line = (1..=LONGEST_ID).contains(&id.len()) && !id.chars().any(char::is_control);
    must(is_one_line, || format!("{what} has no id that Meta takes"))
}

fn number_of(what: &str, number: usize, most: usize) -> Checked {
    must((1..=most).contains(&number), || format!("{number} {what}, of 1 to {most}"))
}

/// Meta takes no two buttons or rows alike (general knowledge): their answers couldn't be told from each other.
fn different<'a>(what: &str, which: &str, mut words: impl Iterator<Item = &'a str>) -> Checked {
    let mut known = HashSet::new();
    must(words.all(|word| known.insert(word)), || format!("two {what} have the same {which}"))
}

fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(otherwise()) }
}

impl OutgoingContent {
    /// Whether Meta may take it.
    ///
    /// # Errors
    /// What is wrong, in words that repeat nothing of the message.
    pub fn check(&self) -> Result<(), String> {
        content(self)
    }
}
