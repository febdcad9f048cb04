//! What somebody of the business sends from here.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::conversation::Place;
use crate::template::{TemplateLanguage, TemplateName, TemplateParameters};
use crate::{Personal, TemplateId};

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutgoingMessage {
    /// What it says.
    pub content: OutgoingContent,
    /// The message it answers, by the provider's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies_to: Option<Personal<String>>,
    /// Of a text that was too long for one message: which part this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// One of several messages that a long text became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which, from 1.
    pub number: u16,
    /// Of how many.
    pub of: u16,
}

/// What a message says, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutgoingContent {
    /// Plain text.
    Text {
        /// The text, 1 to 4,096 characters.
        body: Personal<String>,
        /// Whether WhatsApp shows what the first link in it leads to.
        #[serde(default)]
        preview_url: bool,
    },
    /// A file.
    Media {
        /// Which kind.
        kind: MediaKind,
        /// Where it is.
        source: Personal<MediaSource>,
        /// What stands below it, up to 1,024 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<Personal<String>>,
        /// What a document is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filename: Option<Personal<String>>,
    },
    /// A place.
    Location {
        /// Which.
        place: Personal<Place>,
    },
    /// People's cards, as WhatsApp spells them.
    Contacts {
        /// The cards.
        cards: Personal<Vec<Map<String, Value>>>,
    },
    /// An emoji on a message of the customer's.
    Reaction {
        /// On which, by the provider's id.
        to: Personal<String>,
        /// Which; none takes it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<Personal<String>>,
    },
    /// A question with buttons to tap on.
    Buttons {
        /// The question, and what stands around it.
        #[serde(flatten)]
        frame: Frame,
        /// One to three.
        buttons: Vec<ReplyButton>,
    },
    /// A question with a list to choose from.
    List {
        /// The question, and what stands around it.
        #[serde(flatten)]
        frame: Frame,
        /// What opens the list.
        button: String,
        /// One to ten, with ten rows together at most.
        sections: Vec<ListSection>,
    },
    /// A product of a catalogue that the business has at WhatsApp.
    Product {
        /// The catalogue, by WhatsApp's id.
        catalog: String,
        /// What the shop calls the product, up to 100 characters.
        product: Personal<String>,
        /// What stands with it, up to 1,024 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Personal<String>>,
        /// What stands below that, up to 60 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<Personal<String>>,
    },
    /// Some products of a catalogue, to choose from.
    Products {
        /// What stands around them; it has a header.
        #[serde(flatten)]
        frame: Frame,
        /// The catalogue, by WhatsApp's id.
        catalog: String,
        /// One to ten, with thirty products together at most.
        sections: Vec<ProductSection>,
    },
    /// The catalogue of the number.
    Catalog {
        /// What stands with it; it has no header.
        #[serde(flatten)]
        frame: Frame,
        /// What the shop calls the product whose picture is shown; without it, the first one's is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thumbnail: Option<String>,
    },
    /// A message that WhatsApp has looked over, its gaps filled in.
    Template {
        /// Which.
        template: TemplateId,
        /// What WhatsApp knows it by.
        name: TemplateName,
        /// In which language.
        language: TemplateLanguage,
        /// What is filled in.
        parameters: Box<TemplateParameters>,
        /// What the customer reads.
        text: Personal<String>,
    },
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording or a piece of music.
    Audio,
    /// Any other file.
    Document,
    /// A sticker.
    Sticker,
}

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    /// At an https address, from where WhatsApp fetches it.
    Link(String),
    /// At WhatsApp, under this id.
    Id(String),
}

/// A question, and what stands around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// What stands above it, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Personal<String>>,
    /// The question.
    pub body: Personal<String>,
    /// What stands below it, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<Personal<String>>,
}

/// A button to tap on. Its words are the business's, and about nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyButton {
    /// What the business calls it, up to 256 characters.
    pub id: String,
    /// What it says, up to 20 characters.
    pub title: String,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSection {
    /// What stands above it, up to 24 characters; needed where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What there is to choose.
    pub rows: Vec<ListRow>,
}

/// A part of a list of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSection {
    /// What stands above it, up to 24 characters; needed where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What the shop calls the products.
    pub products: Vec<String>,
}

/// A choice of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// What the business calls it, up to 200 characters.
    pub id: String,
    /// What it says, up to 24 characters.
    pub title: String,
    /// What stands below it, up to 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl MediaSource {
    /// Whether it is an https address, or an id as WhatsApp gives them.
    pub(super) fn is_good(&self) -> bool {
        match self {
            Self::Link(link) => is_secure_link(link),
            Self::Id(id) => !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()),
        }
    }
}

/// Whether WhatsApp fetches a file from there: over https alone.
pub(crate) fn is_secure_link(link: &str) -> bool {
    let rest = link.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).map(|_| &link[8..]);
    rest.is_some_and(|rest| !rest.is_empty())
        && !link.contains(|letter: char| letter.is_control() || letter.is_whitespace())
}

impl OutgoingContent {
    /// Whether it may be sent only while the service window is open (Meta: all but templates).
    #[must_use]
    pub fn needs_open_window(&self) -> bool {
        match self {
            Self::Text { .. }
            | Self::Media { .. }
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::Reaction { .. }
            | Self::Buttons { .. }
            | Self::List { .. }
            | Self::Product { .. }
            | Self::Products { .. }
            | Self::Catalog { .. } => true,
            Self::Template { .. } => false,
        }
    }

    /// Of which template it is made, if it is made of one.
    #[must_use]
    pub fn template(&self) -> Option<TemplateId> {
        match self {
            Self::Template { template, .. } => Some(*template),
            Self::Text { .. }
            | Self::Media { .. }
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::Reaction { .. }
            | Self::Buttons { .. }
            | Self::List { .. }
            | Self::Product { .. }
            | Self::Products { .. }
            | Self::Catalog { .. } => None,
        }
    }

    /// Whether nothing of what it says is there any more: its person was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        match self {
            Self::Text { body, .. } => *body == Personal::Erased,
            Self::Media { source, .. } => *source == Personal::Erased,
            Self::Location { place } => *place == Personal::Erased,
            Self::Contacts { cards } => *cards == Personal::Erased,
            Self::Reaction { to, .. } => *to == Personal::Erased,
            Self::Buttons { frame, .. }
            | Self::List { frame, .. }
            | Self::Products { frame, .. }
            | Self::Catalog { frame, .. } => frame.body == Personal::Erased,
            Self::Product { product, .. } => *product == Personal::Erased,
            Self::Template { text, .. } => *text == Personal::Erased,
        }
    }

    /// Whether it is a file, and WhatsApp is to fetch it from an address from where it does not fetch.
    pub(super) fn has_bad_file(&self) -> bool {
        match self {
            Self::Media { source, .. } => source.known().is_some_and(|source| !source.is_good()),
            Self::Text { .. }
            | Self::Location { .. }
            | Self::Contacts { .. }
            | Self::Reaction { .. }
            | Self::Buttons { .. }
            | Self::List { .. }
            | Self::Product { .. }
            | Self::Products { .. }
            | Self::Catalog { .. }
            | Self::Template { .. } => false,
        }
    }

    /// Whether something is written by it, and not only done to a message.
    #[must_use]
    pub fn is_written(&self) -> bool {
        !matches!(self, Self::Reaction { .. })
    }
}
