//! What a message holds, by kind.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Personal;

/// What a message holds, by kind. What the provider may leave out is optional.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageContent {
    /// Plain text.
    Text {
        /// The text, of any length.
        body: Personal<String>,
    },
    /// A picture.
    Image(Media),
    /// A film.
    Video(Media),
    /// A recording or a piece of music.
    Audio {
        /// The file.
        #[serde(flatten)]
        media: Media,
        /// Whether it was spoken into WhatsApp.
        voice: bool,
    },
    /// A file with a name.
    Document(Media),
    /// A sticker.
    Sticker {
        /// The file.
        #[serde(flatten)]
        media: Media,
        /// Whether it moves.
        animated: bool,
    },
    /// A place.
    Location {
        /// Which.
        place: Personal<Place>,
    },
    /// People's cards.
    Contacts {
        /// The cards.
        cards: Personal<Vec<ContactCard>>,
    },
    /// A tap on a quick-reply button of a template.
    Button {
        /// What the button says.
        text: Personal<String>,
        /// What the business attached to it.
        payload: Option<Personal<String>>,
    },
    /// A tap on a reply button.
    ButtonReply {
        /// What the business called the button.
        id: Personal<String>,
        /// What the button says.
        title: Personal<String>,
    },
    /// A choice from a list.
    ListReply {
        /// What the business called the choice.
        id: Personal<String>,
        /// What the choice says.
        title: Personal<String>,
        /// What stands below it.
        description: Option<Personal<String>>,
    },
    /// A form that was filled in.
    FlowReply {
        /// Which kind of form, e.g. `flow` or `address_message`.
        form: Option<String>,
        /// What WhatsApp shows of it.
        body: Option<Personal<String>>,
        /// The answers: JSON in a text, as the provider sends it.
        answers: Personal<String>,
    },
    /// Whether the business may call.
    CallPermissionReply {
        /// `accept` or `reject`, as the provider says it.
        response: String,
        /// Until when.
        expires_at: Option<Timestamp>,
    },
    /// An order from the catalogue.
    Order {
        /// Which catalogue.
        catalog_id: Option<String>,
        /// What she wrote with it.
        text: Option<Personal<String>>,
        /// What she orders.
        items: Personal<Vec<OrderItem>>,
    },
    /// She opened the chat for the first time, and wrote nothing yet.
    Welcome {},
    /// WhatsApp tells of a change of hers.
    System {
        /// What changed.
        change: SystemChange,
        /// In WhatsApp's words.
        body: Option<Personal<String>>,
    },
    /// A file of an old conversation, which comes later or not at all.
    MediaPlaceholder {},
    /// Something that WhatsApp does not hand to businesses.
    Unsupported {
        /// What kind of thing, if the provider says so.
        named: Option<String>,
    },
    /// Something of a kind that this program does not know.
    Unknown {
        /// What the provider calls it.
        named: String,
        /// What it holds: JSON in a text.
        content: Personal<String>,
    },
}

impl MessageContent {
    /// Whether it is nothing but the place of a file.
    #[must_use]
    pub fn is_placeholder(&self) -> bool {
        matches!(self, Self::MediaPlaceholder {})
    }
}

/// A file at the provider, for some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Its type, such as `audio/ogg; codecs=opus`, as the provider says it.
    pub mime_type: Option<String>,
    /// Where to find it, and what it is called.
    pub file: Personal<MediaFile>,
    /// What she wrote below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Personal<String>>,
}

/// Where a file is, and what it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFile {
    /// The provider's id; valid for seven days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it can be fetched, for a short time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its SHA-256, as the provider writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its name, as the customer's device says it: hostile until checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

/// A place on earth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A person's card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    /// Her name as it is written.
    pub name: String,
    /// Her numbers, as they are written.
    pub phones: Vec<String>,
    /// The whole card, as the provider sends it.
    pub card: Map<String, Value>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// What the business calls the product.
    pub product_retailer_id: String,
    /// How many, digit by digit as the provider writes it.
    pub quantity: String,
    /// The price of one, digit by digit as the provider writes it.
    pub item_price: String,
    /// ISO 4217.
    pub currency: String,
}

/// What WhatsApp says has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemChange {
    /// She has another number.
    Number,
    /// She has another WhatsApp user id.
    UserId,
    /// She may be using another device, or somebody else her number.
    Identity,
    /// Something else, in the provider's word.
    Other(String),
}
