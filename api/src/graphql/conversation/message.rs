//! A message.

use std::sync::{Arc, OnceLock};

use async_graphql::{Enum, ID, Json, Object, SimpleObject, to_value};
use jiff::Timestamp;
use leadflow_domain::outbound_message::DeliveryStatus as Delivered;
use leadflow_projections::inbox::{ActsRow, DeliveryRow, MessageDetailsRow, MessageRow, NamedRow, SendingRow};
use serde_json::Value;

use super::message_failure::MessageFailure;
use crate::graphql::contact::Contact;
use crate::graphql::edge::{Piece, Word};
use crate::graphql::global_id::{Kind, encode, spell};
use crate::graphql::plain::{Asked, Plain, Writer, by};

/// A message of a conversation. An inbox has a thousand of them: cheap to clone and to move, and a field is made when it is
/// asked for.
#[derive(Debug, Clone)]
pub(in crate::graphql) struct Message(Arc<Shown>);

#[derive(Debug)]
struct Shown {
    /// Once the library asked for it.
    id: OnceLock<ID>,
    row: MessageRow,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self(Arc::new(Shown { id: OnceLock::new(), row }))
    }
}

impl Message {
    fn row(&self) -> &MessageRow {
        &self.0.row
    }

    fn details(&self) -> Option<&MessageDetailsRow> {
        self.0.row.details.as_deref()
    }

    fn named(&self) -> Option<&NamedRow> {
        self.0.row.named.as_deref()
    }

    fn acts(&self) -> Option<&ActsRow> {
        self.0.row.acts.as_deref()
    }

    fn known_as(&self) -> Option<&str> {
        self.details()?.provider_message_id.as_deref()
    }

    fn content_held(&self) -> Option<&Value> {
        self.details()?.content.as_ref()
    }

    fn edited(&self) -> Option<&(Option<String>, Timestamp)> {
        self.acts()?.edited.as_ref()
    }

    fn delivery(&self) -> Option<&DeliveryRow> {
        self.0.row.delivery.as_deref()
    }

    fn written_by(&self) -> Option<Contact> {
        self.row().author.as_deref().cloned().map(Contact::from)
    }

    fn told_price(&self) -> Option<Value> {
        serde_json::from_str(self.delivery()?.pricing.as_deref()?).ok()
    }

    fn sent_from_here(&self) -> Option<Sending> {
        self.delivery()?.sending.as_ref().map(Sending::from)
    }

    fn why_it_failed(&self) -> Option<MessageFailure> {
        let delivery = self.delivery().filter(|delivery| delivery.status == Delivered::Failed)?;
        let failure = delivery.failure.as_ref()?;
        Some(MessageFailure::of(failure.code.clone(), failure.title.clone(), failure.details.clone()))
    }
}

/// A message of a conversation.
#[Object]
impl Message {
    /// Global id. It stays when the message is told of again, as with a file that was missing; it is another one once the person
    /// was erased.
    pub(in crate::graphql) async fn id(&self) -> &ID {
        self.0.id.get_or_init(|| encode(Kind::Message, self.row().id))
    }

    /// The provider's id; null when the person was erased, and while the provider has not taken it.
    async fn provider_message_id(&self) -> Option<&str> {
        self.known_as()
    }

    /// Who wrote it, also in a group; null for what the business wrote.
    async fn author(&self) -> Option<Contact> {
        self.written_by()
    }

    /// Who wrote to whom.
    async fn direction(&self) -> MessageDirection {
        self.row().direction.into()
    }

    /// What it holds.
    async fn kind(&self) -> MessageKind {
        self.row().kind.into()
    }

    /// The text, the caption, the words on the button she tapped: what a list shows of it. Null where there are no words,
    /// and when the person was erased.
    async fn text(&self) -> Option<&str> {
        self.row().body.as_deref()
    }

    /// All it holds, by kind, where that is more than the text: the file, the place, the cards, the order. The forms are
    /// those of docs/EVENTS.md. Null when the person was erased.
    async fn content(&self) -> Option<Json<&Value>> {
        self.content_held().map(Json)
    }

    /// The provider's id of the message it answers. Null where it answers none, where that one is not known here, and when the
    /// person of either was erased.
    async fn replies_to_provider_message_id(&self) -> Option<&str> {
        self.named()?.replies_to.as_deref()
    }

    /// The provider's id of the message that a reaction, an edit or a revocation is about. Null where no such message is known
    /// here, as also when it is about another of these, and when the person of either was erased.
    async fn about_provider_message_id(&self) -> Option<&str> {
        self.named()?.about.as_deref()
    }

    /// When it was written, by the provider's clock.
    async fn sent_at(&self) -> Timestamp {
        self.row().sent_at
    }

    /// Whether it is known from a history alone: it was written before the number was connected, was never unread, and
    /// counts for no lead.
    async fn is_imported(&self) -> bool {
        self.details().is_some_and(|details| details.is_imported)
    }

    /// What the customer reacted to it with, unless she took that back. Of several in a group, the latest.
    async fn reaction(&self) -> Option<&str> {
        self.acts()?.reaction.as_deref()
    }

    /// Its text since it was last changed.
    async fn edited_text(&self) -> Option<&str> {
        self.edited()?.0.as_deref()
    }

    /// When it was last changed, by the provider's clock; null if it never was.
    async fn edited_at(&self) -> Option<Timestamp> {
        self.edited().map(|(_, at)| *at)
    }

    /// When it was taken back, by the provider's clock; null if it never was. Its text is kept.
    async fn revoked_at(&self) -> Option<Timestamp> {
        self.acts()?.revoked_at
    }

    /// How far a message of the business got, by what its sending came to and what the provider told. Null for what the customer
    /// wrote, and of what was written elsewhere while the provider has told nothing.
    async fn status(&self) -> Option<DeliveryStatus> {
        self.delivery().map(|delivery| delivery.status.into())
    }

    /// When the provider sent it, by its clock, as it told so first.
    async fn passed_on_at(&self) -> Option<Timestamp> {
        self.delivery().and_then(|delivery| delivery.sent_at)
    }

    /// When it arrived on the customer's device, by the provider's clock. May be null although she has read it.
    async fn delivered_at(&self) -> Option<Timestamp> {
        self.delivery().and_then(|delivery| delivery.delivered_at)
    }

    /// When the customer saw it, by the provider's clock.
    async fn read_at(&self) -> Option<Timestamp> {
        self.delivery().and_then(|delivery| delivery.read_at)
    }

    /// When the customer listened to it, by the provider's clock.
    async fn played_at(&self) -> Option<Timestamp> {
        self.delivery().and_then(|delivery| delivery.played_at)
    }

    /// When it failed, by the provider's clock; also if it turned out later that it had not.
    async fn failed_at(&self) -> Option<Timestamp> {
        self.delivery().and_then(|delivery| delivery.failure.as_ref()).map(|failure| failure.at)
    }

    /// What the provider says of its price, in its own form, which is told and never computed. Null while it says nothing.
    async fn pricing(&self) -> Option<Json<Value>> {
        self.told_price().map(Json)
    }

    /// How sending it went; null where it was not sent from here.
    async fn sending(&self) -> Option<Sending> {
        self.sent_from_here()
    }

    /// Why it failed. Null unless its status is FAILED.
    async fn failure(&self) -> Option<MessageFailure> {
        self.why_it_failed()
    }
}

impl Plain for Message {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "id" => by(|it: &Self, to| spell(Kind::Message, it.row().id, |id| to.plain_text(id))),
            "providerMessageId" => by(|it: &Self, to| to.put(&it.known_as())),
            "author" => asked.made(Self::written_by),
            "direction" => by(|it: &Self, to| to.put(&Word(MessageDirection::from(it.row().direction)))),
            "kind" => by(|it: &Self, to| to.put(&Word(MessageKind::from(it.row().kind)))),
            "text" => by(|it: &Self, to| to.put(&it.row().body)),
            "content" => by(|it: &Self, to| json(it.content_held(), to)),
            "repliesToProviderMessageId" => {
                by(|it: &Self, to| to.put(&it.named().and_then(|named| named.replies_to.as_ref())))
            }
            "aboutProviderMessageId" => by(|it: &Self, to| to.put(&it.named().and_then(|named| named.about.as_ref()))),
            "sentAt" => by(|it: &Self, to| to.put(&it.row().sent_at)),
            "isImported" => by(|it: &Self, to| to.put(&it.details().is_some_and(|details| details.is_imported))),
            "reaction" => by(|it: &Self, to| to.put(&it.acts().and_then(|acts| acts.reaction.as_ref()))),
            "editedText" => by(|it: &Self, to| to.put(&it.edited().and_then(|(text, _)| text.as_ref()))),
            "editedAt" => by(|it: &Self, to| to.put(&it.edited().map(|(_, at)| *at))),
            "revokedAt" => by(|it: &Self, to| to.put(&it.acts().and_then(|acts| acts.revoked_at))),
            "status" => by(|it: &Self, to| to.put(&it.delivery().map(|told| Word(DeliveryStatus::from(told.status))))),
            "passedOnAt" => by(|it: &Self, to| to.put(&it.delivery().and_then(|told| told.sent_at))),
            "deliveredAt" => by(|it: &Self, to| to.put(&it.delivery().and_then(|told| told.delivered_at))),
            "readAt" => by(|it: &Self, to| to.put(&it.delivery().and_then(|told| told.read_at))),
            "playedAt" => by(|it: &Self, to| to.put(&it.delivery().and_then(|told| told.played_at))),
            "failedAt" => {
                by(|it: &Self, to| to.put(&it.delivery().and_then(|told| told.failure.as_ref()).map(|told| told.at)))
            }
            "pricing" => by(|it: &Self, to| json(it.told_price().as_ref(), to)),
            "sending" => asked.made(Self::sent_from_here),
            "failure" => asked.made(Self::why_it_failed),
            _ => None,
        }
    }
}

/// As the library makes a value of it.
fn json(value: Option<&Value>, to: &mut Piece) -> Option<()> {
    to.value(&value.map(to_value).transpose().ok()?.unwrap_or_default())
}

/// How sending a message from here went.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Sending {
    /// When somebody wrote it.
    queued_at: Timestamp,
    /// How often sending it was begun.
    attempts: i32,
    /// When it was begun last.
    attempted_at: Option<Timestamp>,
    /// When it was known that the provider took it.
    accepted_at: Option<Timestamp>,
    /// From when on it is tried again; null while it is not waiting for that.
    next_attempt_at: Option<Timestamp>,
    /// Why nobody knows whether it was sent, or why it was not, where that is not the provider's word.
    cause: Option<String>,
    /// Why the provider did not take it, the last time that it did not.
    error: Option<MessageFailure>,
}

impl Plain for Sending {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "queuedAt" => by(|it: &Self, to| to.put(&it.queued_at)),
            "attempts" => by(|it: &Self, to| to.put(&it.attempts)),
            "attemptedAt" => by(|it: &Self, to| to.put(&it.attempted_at)),
            "acceptedAt" => by(|it: &Self, to| to.put(&it.accepted_at)),
            "nextAttemptAt" => by(|it: &Self, to| to.put(&it.next_attempt_at)),
            "cause" => by(|it: &Self, to| to.put(&it.cause)),
            "error" => asked.object(|it: &Self| it.error.as_ref()),
            _ => None,
        }
    }
}

impl From<&SendingRow> for Sending {
    fn from(row: &SendingRow) -> Self {
        Self {
            queued_at: row.queued_at,
            attempts: row.attempts,
            attempted_at: row.attempted_at,
            accepted_at: row.accepted_at,
            next_attempt_at: row.next_attempt_at,
            cause: row.cause.as_ref().map(|cause| cause.to_uppercase()),
            error: row
                .error
                .as_ref()
                .map(|error| MessageFailure::of(Some(error.code.clone()), error.title.clone(), error.details.clone())),
        }
    }
}

/// Who wrote to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::MessageDirection")]
pub(in crate::graphql) enum MessageDirection {
    /// The customer wrote to the business.
    Inbound,
    /// The business wrote to the customer, here or elsewhere.
    Outbound,
}

/// How far a message of the business got. The furthest that was told counts, in whatever order it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::outbound_message::DeliveryStatus")]
pub(in crate::graphql) enum DeliveryStatus {
    /// It waits to be sent.
    Queued,
    /// It was taken back before it left.
    Cancelled,
    /// It is being sent.
    Attempted,
    /// It was sent, or not: the provider did not answer.
    Unknown,
    /// The provider took it, and has told nothing more of it.
    Accepted,
    /// The provider has sent it.
    Sent,
    /// The provider could not deliver it.
    Failed,
    /// It is on the customer's device.
    Delivered,
    /// The customer has seen it.
    Read,
    /// The customer has listened to it.
    Played,
}

/// What a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::MessageKind")]
pub(in crate::graphql) enum MessageKind {
    /// Plain text.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording or a piece of music.
    Audio,
    /// A file with a name.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// People's cards.
    Contacts,
    /// A tap on a quick-reply button of a template.
    Button,
    /// A tap on a reply button.
    ButtonReply,
    /// A choice from a list.
    ListReply,
    /// A question with buttons to tap on.
    Buttons,
    /// A question with a list to choose from.
    List,
    /// A product of the catalogue.
    Product,
    /// Some products of the catalogue, to choose from.
    Products,
    /// The catalogue.
    Catalog,
    /// A template, its gaps filled in.
    Template,
    /// A form that was filled in.
    FlowReply,
    /// Whether the business may call.
    CallPermissionReply,
    /// An order from the catalogue.
    Order,
    /// The chat was opened, and nothing written yet.
    Welcome,
    /// WhatsApp tells of a change of the customer's.
    System,
    /// A file of an old conversation, which comes later or not at all.
    MediaPlaceholder,
    /// Something that WhatsApp does not hand to businesses.
    Unsupported,
    /// Something of a kind that LeadFlow does not know yet.
    Unknown,
    /// A reaction to another message.
    Reaction,
    /// A reaction was taken back.
    ReactionRemoved,
    /// Another message was changed.
    Edit,
    /// Another message was taken back.
    Revocation,
    /// A call begins, or something is told of one: the text is the provider's word for it, where it has one.
    Call,
    /// A call is over: the text is how it came out, and the content for how long it was.
    CallEnded,
}
