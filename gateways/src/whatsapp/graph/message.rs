//! What is sent.

use serde_json::Value;

/// A message on its way to a customer or a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Whom it is for.
    pub to: Recipient,
    /// What it says.
    pub content: OutgoingContent,
    /// Meta's id of the message that it answers.
    pub replies_to: Option<String>,
    /// What its statuses bring back: our own id of it. At most 512 bytes; empty, it is not sent along.
    pub callback: String,
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// E.164, with its +.
    Phone(String),
    /// The customer's id for this business (`US.13491208655302741918`).
    UserId(String),
    /// Meta's id of a group.
    Group(String),
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub enum OutgoingContent {
    /// Text.
    Text {
        /// At most 4096 characters.
        body: String,
        /// Whether the first link in it is shown as a card.
        preview_url: bool,
    },
    /// A file.
    Media {
        /// As what it is shown.
        kind: MediaKind,
        /// Where Meta has it from.
        source: MediaSource,
        /// Text beneath it, at most 1024 characters. Audio and stickers have none.
        caption: Option<String>,
        /// What a document is called; of other kinds it isn't told.
        filename: Option<String>,
    },
    /// A place.
    Location(Place),
    /// Contact cards, as Meta writes them: objects with `name`, `phones` and so on.
    Contacts(Vec<Value>),
    /// An emoji on a message.
    Reaction {
        /// Meta's id of that message.
        to: String,
        /// None takes it back.
        emoji: Option<String>,
    },
    /// Text with buttons to answer by.
    Buttons {
        /// At most 1024 characters.
        body: String,
        /// Text above it, at most 60 characters.
        header: Option<String>,
        /// Text beneath it, at most 60 characters.
        footer: Option<String>,
        /// One to three.
        buttons: Vec<Button>,
    },
    /// Text with a list to choose from.
    List {
        /// At most 4096 characters.
        body: String,
        /// Text above it, at most 60 characters.
        header: Option<String>,
        /// Text beneath it, at most 60 characters.
        footer: Option<String>,
        /// What opens the list, at most 20 characters.
        button: String,
        /// One to ten, with ten rows together at the most.
        sections: Vec<Section>,
    },
    /// A template that Meta approved.
    Template {
        /// Its name.
        name: String,
        /// Its language, as Meta writes it: `en_US`.
        language: String,
        /// What goes into its header, where that has something to be filled in.
        header: Option<TemplateHeader>,
        /// What goes into its body, in its order.
        body: Vec<Parameter>,
        /// What goes into its buttons, where they have something to be filled in.
        buttons: Vec<TemplateButton>,
    },
    /// One product of a catalogue. General knowledge of the Cloud API (interactive type `product`), not re-read for this.
    Product {
        /// Text above it, at most 1024 characters.
        body: Option<String>,
        /// Text beneath it, at most 60 characters.
        footer: Option<String>,
        /// Meta's id of the catalogue.
        catalog_id: String,
        /// The shop's id of the product.
        product_retailer_id: String,
    },
    /// Some products of a catalogue. General knowledge of the Cloud API (interactive type `product_list`), not re-read for this.
    ProductList {
        /// At most 60 characters.
        header: String,
        /// At most 1024 characters.
        body: String,
        /// Text beneath it, at most 60 characters.
        footer: Option<String>,
        /// Meta's id of the catalogue.
        catalog_id: String,
        /// One to ten, with thirty products together at the most.
        sections: Vec<ProductSection>,
    },
    /// The catalogue that is joined to the number. General knowledge of the Cloud API (interactive type `catalog_message`), not
    /// re-read for this.
    Catalog {
        /// At most 1024 characters.
        body: String,
        /// Text beneath it, at most 60 characters.
        footer: Option<String>,
        /// The shop's id of the product whose picture is shown; else the first one's is.
        thumbnail_product_retailer_id: Option<String>,
    },
}

/// As what a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// JPEG or PNG.
    Image,
    /// H.264 with AAC.
    Video,
    /// A recording.
    Audio,
    /// Any file.
    Document,
    /// WebP.
    Sticker,
}

/// Where Meta has a file from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaSource {
    /// An https address that anybody can read. Meta keeps what it found there for ten minutes.
    Link(String),
    /// Meta's id of what was uploaded, or came with a message.
    Id(String),
}

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What it is called.
    pub name: Option<String>,
    /// Its address; shown only with a name.
    pub address: Option<String>,
}

/// A button to answer by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What the answer brings back, at most 256 characters. Each of a message has another.
    pub id: String,
    /// What is on it, at most 20 characters. Each of a message has another.
    pub title: String,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What is above it. Needed where there is more than one.
    pub title: Option<String>,
    /// One or more.
    pub rows: Vec<Row>,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the answer brings back, at most 200 characters. Each of a list has another.
    pub id: String,
    /// What is on it, at most 24 characters.
    pub title: String,
    /// More of it, at most 72 characters.
    pub description: Option<String>,
}

/// A part of a list of products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSection {
    /// What is above it. Needed where there is more than one.
    pub title: Option<String>,
    /// The shop's ids of the products. One or more.
    pub products: Vec<String>,
}

/// What goes into a template's header.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplateHeader {
    /// Text.
    Text(Vec<Parameter>),
    /// A file.
    Media {
        /// An image, a video or a document.
        kind: MediaKind,
        /// Where Meta has it from.
        source: MediaSource,
        /// What a document is called; of other kinds it isn't told.
        filename: Option<String>,
    },
    /// A place.
    Location(Place),
}

/// What goes into one gap of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// What the gap is called; none where gaps are numbered.
    pub name: Option<String>,
    /// What goes there.
    pub text: String,
}

/// What goes into one button of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateButton {
    /// Which of the template's buttons, from 0.
    pub index: u8,
    /// What goes into it.
    pub kind: TemplateButtonKind,
}

/// What goes into a button, by what the button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateButtonKind {
    /// The end of its address.
    UrlSuffix(String),
    /// What the answer brings back.
    QuickReplyPayload(String),
    /// The code that it copies. General knowledge of the Cloud API (`copy_code` with a `coupon_code`), not re-read for this.
    CopyCode(String),
}
