//! What a message says, as clients write it.

use async_graphql::{Enum, ID, InputObject};
use leadflow_domain::conversation::Place;
use leadflow_domain::outbound_message::{
    Frame, LONGEST_TEXT, ListRow, ListSection, MediaKind, MediaSource, OutgoingContent, ProductSection, ReplyButton,
    split_text,
};
use serde_json::{Map, Value};

/// A file.
#[derive(InputObject)]
pub(super) struct MediaInput {
    /// What kind of file.
    pub(super) kind: OutgoingMediaKind,
    /// Its https address, from where WhatsApp fetches it. Either this or `mediaId`.
    pub(super) link: Option<String>,
    /// WhatsApp's id of it, once it was uploaded there.
    pub(super) media_id: Option<String>,
    /// What stands below it, up to 1,024 characters; not with audio and stickers.
    caption: Option<String>,
    /// What a document is called.
    pub(super) filename: Option<String>,
}

/// What kind of file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "MediaKind")]
pub(super) enum OutgoingMediaKind {
    /// A picture: JPEG or PNG up to 5 MB.
    Image,
    /// A film: H.264 with AAC, up to 16 MB.
    Video,
    /// A recording or a piece of music, up to 16 MB.
    Audio,
    /// Any other file, up to 100 MB.
    Document,
    /// A sticker: WebP, up to 100 KB, or 500 KB if it moves.
    Sticker,
}

/// A place.
#[derive(InputObject)]
pub(super) struct LocationInput {
    /// Degrees north, -90 to 90.
    latitude: f64,
    /// Degrees east, -180 to 180.
    longitude: f64,
    /// What it is called.
    name: Option<String>,
    /// Its address.
    address: Option<String>,
}

/// A person's card.
#[derive(InputObject)]
pub(super) struct CardInput {
    /// Her name, as it is written.
    name: String,
    /// Her numbers, as they are written.
    phones: Vec<String>,
    /// Her e-mail addresses.
    emails: Option<Vec<String>>,
    /// For whom she works.
    organization: Option<String>,
}

/// A reaction to a message of the conversation.
#[derive(InputObject)]
pub(super) struct ReactionInput {
    /// To which.
    pub(super) message_id: ID,
    /// An emoji; without it the reaction is taken back.
    pub(super) emoji: Option<String>,
}

/// A question with buttons to tap on.
#[derive(InputObject)]
pub(super) struct ButtonsInput {
    /// What stands above it, up to 60 characters.
    header: Option<String>,
    /// The question, up to 1,024 characters.
    body: String,
    /// What stands below it, up to 60 characters.
    footer: Option<String>,
    /// One to three.
    buttons: Vec<ButtonInput>,
}

/// A button to tap on.
#[derive(InputObject)]
struct ButtonInput {
    /// What you call it; it comes back when it is tapped on. Up to 256 characters.
    id: String,
    /// What it says, up to 20 characters.
    title: String,
}

/// A question with a list to choose from.
#[derive(InputObject)]
pub(super) struct ListInput {
    /// What stands above it, up to 60 characters.
    header: Option<String>,
    /// The question, up to 4,096 characters.
    body: String,
    /// What stands below it, up to 60 characters.
    footer: Option<String>,
    /// What opens the list, up to 20 characters.
    button: String,
    /// One to ten, with ten rows together at most.
    sections: Vec<SectionInput>,
}

/// A part of a list.
#[derive(InputObject)]
struct SectionInput {
    /// What stands above it, up to 24 characters; needed where there are several.
    title: Option<String>,
    /// What there is to choose.
    rows: Vec<RowInput>,
}

/// A choice.
#[derive(InputObject)]
struct RowInput {
    /// What you call it; it comes back when it is chosen. Up to 200 characters.
    id: String,
    /// What it says, up to 24 characters.
    title: String,
    /// What stands below it, up to 72 characters.
    description: Option<String>,
}

/// A product of a catalogue that the business has at WhatsApp.
#[derive(InputObject)]
pub(super) struct ProductInput {
    /// The catalogue, by WhatsApp's id.
    catalog_id: String,
    /// What the shop calls the product, up to 100 characters.
    product_id: String,
    /// What stands with it, up to 1,024 characters.
    body: Option<String>,
    /// What stands below that, up to 60 characters.
    footer: Option<String>,
}

/// Some products of a catalogue, to choose from.
#[derive(InputObject)]
pub(super) struct ProductsInput {
    /// The catalogue, by WhatsApp's id.
    catalog_id: String,
    /// What stands above them, up to 60 characters.
    header: String,
    /// What stands with them, up to 1,024 characters.
    body: String,
    /// What stands below that, up to 60 characters.
    footer: Option<String>,
    /// One to ten, with thirty products together at most.
    sections: Vec<ProductSectionInput>,
}

/// A part of a list of products.
#[derive(InputObject)]
struct ProductSectionInput {
    /// What stands above it, up to 24 characters; needed where there are several.
    title: Option<String>,
    /// What the shop calls the products.
    product_ids: Vec<String>,
}

/// The catalogue of the number.
#[derive(InputObject)]
pub(super) struct CatalogInput {
    /// What stands with it, up to 1,024 characters.
    body: String,
    /// What stands below that, up to 60 characters.
    footer: Option<String>,
    /// What the shop calls the product whose picture is shown; without it, the first one's is.
    thumbnail_product_id: Option<String>,
}

/// A text, as one message or, if it is too long for one, several.
pub(super) fn texts(text: &str, preview_url: bool) -> Vec<OutgoingContent> {
    let parts = split_text(text, LONGEST_TEXT).into_iter();
    parts.map(|body| OutgoingContent::Text { body: body.into(), preview_url }).collect()
}

impl MediaInput {
    /// The file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn content(self) -> Result<OutgoingContent, &'static str> {
        let source = match (self.link, self.media_id) {
            (Some(link), None) => MediaSource::Link(link),
            (None, Some(id)) => MediaSource::Id(id),
            (None, None) | (Some(_), Some(_)) => return Err("needs either `link` or `mediaId`"),
        };
        Ok(OutgoingContent::Media {
            kind: MediaKind::from(self.kind),
            source: source.into(),
            caption: self.caption.map(Into::into),
            filename: self.filename.map(Into::into),
        })
    }
}

impl From<LocationInput> for Place {
    fn from(LocationInput { latitude, longitude, name, address }: LocationInput) -> Self {
        Self { latitude, longitude, name, address, url: None }
    }
}

impl From<LocationInput> for OutgoingContent {
    fn from(place: LocationInput) -> Self {
        Self::Location { place: Place::from(place).into() }
    }
}

/// People's cards.
pub(super) fn cards(cards: Vec<CardInput>) -> OutgoingContent {
    OutgoingContent::Contacts { cards: cards.into_iter().map(CardInput::card).collect::<Vec<_>>().into() }
}

impl CardInput {
    /// As WhatsApp spells it.
    fn card(self) -> Map<String, Value> {
        let each = |name: &str, values: Vec<String>| {
            let one = |value| Value::Object(Map::from_iter([(name.to_owned(), Value::String(value))]));
            Value::Array(values.into_iter().map(one).collect())
        };
        let name = Map::from_iter([
            ("formatted_name".to_owned(), Value::String(self.name.clone())),
            ("first_name".to_owned(), Value::String(self.name)),
        ]);
        let mut card = Map::from_iter([
            ("name".to_owned(), Value::Object(name)),
            ("phones".to_owned(), each("phone", self.phones)),
        ]);
        if let Some(emails) = self.emails {
            card.insert("emails".to_owned(), each("email", emails));
        }
        if let Some(organization) = self.organization {
            let company = Map::from_iter([("company".to_owned(), Value::String(organization))]);
            card.insert("org".to_owned(), Value::Object(company));
        }
        card
    }
}

impl From<ButtonsInput> for OutgoingContent {
    fn from(ButtonsInput { header, body, footer, buttons }: ButtonsInput) -> Self {
        let button = |ButtonInput { id, title }| ReplyButton { id, title };
        Self::Buttons { frame: frame(header, body, footer), buttons: buttons.into_iter().map(button).collect() }
    }
}

impl From<ListInput> for OutgoingContent {
    fn from(ListInput { header, body, footer, button, sections }: ListInput) -> Self {
        let row = |RowInput { id, title, description }| ListRow { id, title, description };
        let section = |SectionInput { title, rows }| ListSection { title, rows: rows.into_iter().map(row).collect() };
        let sections = sections.into_iter().map(section).collect();
        Self::List { frame: frame(header, body, footer), button, sections }
    }
}

impl From<ProductInput> for OutgoingContent {
    fn from(ProductInput { catalog_id, product_id, body, footer }: ProductInput) -> Self {
        Self::Product {
            catalog: catalog_id,
            product: product_id.into(),
            body: body.map(Into::into),
            footer: footer.map(Into::into),
        }
    }
}

impl From<ProductsInput> for OutgoingContent {
    fn from(ProductsInput { catalog_id, header, body, footer, sections }: ProductsInput) -> Self {
        let section = |ProductSectionInput { title, product_ids }| ProductSection { title, products: product_ids };
        let sections = sections.into_iter().map(section).collect();
        Self::Products { frame: frame(Some(header), body, footer), catalog: catalog_id, sections }
    }
}

impl From<CatalogInput> for OutgoingContent {
    fn from(CatalogInput { body, footer, thumbnail_product_id }: CatalogInput) -> Self {
        Self::Catalog { frame: frame(None, body, footer), thumbnail: thumbnail_product_id }
    }
}

fn frame(header: Option<String>, body: String, footer: Option<String>) -> Frame {
    Frame { header: header.map(Into::into), body: body.into(), footer: footer.map(Into::into) }
}
