//! `sendMessage`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::channel::Channel;
use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationRefusal, Counterpart};
use leadflow_domain::outbound_message::{
    OutboundMessage, OutboundMessageCommand, OutboundMessageRefusal, OutgoingContent, OutgoingMessage, Part, Thread,
};
use leadflow_domain::role::Permission;
use leadflow_domain::{CommandId, ConversationId, Decide, OutboundMessageId, Personal, RefusalCode};
use leadflow_event_store::{CommandContext, ExecuteError, Receipt, RestsOn};
use leadflow_projections::{inbox, templates};

use super::message::Message;
use super::outgoing::{
    ButtonsInput, CardInput, CatalogInput, ListInput, LocationInput, MediaInput, ProductInput, ProductsInput,
    ReactionInput, cards, texts,
};
use super::outgoing_template::{self, TemplateMessageInput};
use crate::chat_imports::is_of_an_export;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, answer, came_to, command_context, lagging, must_be_allowed, valid};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;
use crate::graphql::seen::must_see;
use crate::graphql::template::MessageTemplate;
use crate::sending::{check, conditions};

/// Most messages that a text becomes.
const MOST_PARTS: usize = 10;

/// How often it is looked where the conversation stands, while others change it at once.
const LOOKS: usize = 10;

/// Most templates that are told of where nothing else may be sent.
const MOST_ELIGIBLE: usize = 20;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct SendMessage;

/// What `sendMessage` takes. Exactly one of `text`, `media`, `location`, `contacts`, `reaction`, `buttons`, `list`, `product`, `products`,
/// `catalog` and `template` says what is sent.
#[derive(InputObject)]
struct SendMessageInput {
    /// In which conversation.
    conversation_id: ID,
    /// A text. One of more than 4,096 characters is sent as several messages, ten at most.
    text: Option<String>,
    /// Whether WhatsApp shows what the first link in the text leads to.
    preview_url: Option<bool>,
    /// A file.
    media: Option<MediaInput>,
    /// A place.
    location: Option<LocationInput>,
    /// People's cards.
    contacts: Option<Vec<CardInput>>,
    /// A reaction to a message of the conversation.
    reaction: Option<ReactionInput>,
    /// A question with buttons to tap on.
    buttons: Option<ButtonsInput>,
    /// A question with a list to choose from.
    list: Option<ListInput>,
    /// A product of a catalogue.
    product: Option<ProductInput>,
    /// Some products of a catalogue, to choose from.
    products: Option<ProductsInput>,
    /// The catalogue of the number.
    catalog: Option<CatalogInput>,
    /// A template, which alone may be sent to whoever has not written for 24 hours.
    template: Option<TemplateMessageInput>,
    /// The message of the conversation that it answers.
    replies_to_message_id: Option<ID>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later. Choose one, or a retry of yours may write twice.
    idempotency_key: Option<String>,
    /// The conversation's `version` that the answer was decided on: whoever decides for a while, a bot above all, says so. If since then
    /// the customer wrote or called, somebody answered, here or elsewhere, or the conversation was handed over or resolved, nothing is
    /// sent, and the answer is `CONVERSATION_CHANGED`. What colleagues note, mark and read among themselves is no hindrance. Without it
    /// the message is sent, whatever happened meanwhile.
    expected_version: Option<i64>,
}

/// What `sendMessage` answers.
#[derive(Debug, Clone, Default, SimpleObject)]
struct SendMessagePayload {
    /// What waits to be sent now, in its order: several where a text was too long for one message. Empty when it was refused, and
    /// when it can't be shown yet (see `stale`). Should a later part of a text be refused, the parts before it are here.
    #[graphql(complexity = "1 + MOST_PARTS * child_complexity")]
    messages: Vec<Message>,
    /// Why it was refused, from the first message on that is not in `messages`; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The conversation's version by this answer: with `expectedVersion`, the one that the next may be decided on. Null when it was
    /// refused.
    conversation_version: Option<i64>,
    /// Of `WINDOW_CLOSED`: since when, which is null where the customer never wrote.
    window_closed_since: Option<Timestamp>,
    /// Of `WINDOW_CLOSED`: templates of the number's account that may be sent, 20 at most.
    #[graphql(complexity = "1 + MOST_ELIGIBLE * child_complexity")]
    eligible_templates: Vec<MessageTemplate>,
    /// The newest event in the log; null when nothing waits to be sent.
    position: Option<Position>,
    /// Set when `messages` may be older than `position`.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for SendMessagePayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

#[Object]
impl SendMessage {
    /// Writes to the customer. The message waits in the conversation's queue and is sent at once, unless others wait before it, the
    /// number is at its pace, or the provider can't be reached; how far it got is its `status`. Nothing but a template may be
    /// sent more than 24 hours after the customer wrote last: that is refused as `WINDOW_CLOSED`.
    async fn send_message(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "To whom, what, and the request's key.")] input: SendMessageInput,
    ) -> Option<Result<SendMessagePayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::WorkConversations).await?;
            let id = decode_as(Kind::Conversation, "conversationId", &input.conversation_id)?;
            let key = input.idempotency_key.clone();
            let command =
                command_context(context, request, Permission::WorkConversations, key.as_deref(), None).await?;
            must_see(request, Kind::Conversation, id, ("conversation", "conversationId")).await?;
            let thread = thread(request, ConversationId::from_uuid(id)).await?;
            let decided_on = input.expected_version;
            let messages = messages(request, thread.conversation, input).await?;
            Box::pin(send(request, thread, messages, Asked { command, decided_on })).await
        };
        Box::pin(answer(done, |payload| payload)).await
    }
}

/// Between whom the conversation is, where it is the business's own, and with one person.
pub(super) async fn thread(request: &Request, id: ConversationId) -> Result<Thread, NotDone> {
    let found = request.api.log.load::<Conversation>(id.into()).await.map_err(|error| internal("send", &error))?;
    let between = found.state.between().filter(|_| found.tenant == Some(request.viewer.tenant()));
    match between {
        Some((Counterpart::Contact(contact), channel)) => Ok(Thread::between(contact, channel)),
        Some((Counterpart::Group(_), _)) => {
            let message = "`conversationId` is a group's: it can't be written to from here".to_owned();
            Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::Invalid, message, Some("conversationId"))]))
        }
        None => {
            let message = "there is no such conversation".to_owned();
            Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, message, Some("conversationId"))]))
        }
    }
}

/// What is to be sent, message by message.
async fn messages(
    request: &Request,
    conversation: ConversationId,
    input: SendMessageInput,
) -> Result<Vec<OutgoingMessage>, NotDone> {
    let mut contents: Vec<(&'static str, OutgoingContent)> = Vec::new();
    if let Some(text) = &input.text {
        let parts = texts(text, input.preview_url.unwrap_or_default());
        if parts.is_empty() {
            return Err(NotDone::Invalid(vec![UserError::invalid("text", &"must have something to read")]));
        }
        if parts.len() > MOST_PARTS {
            let why = format!("is too long for {MOST_PARTS} messages");
            return Err(NotDone::Invalid(vec![UserError::invalid("text", &why)]));
        }
        contents.extend(parts.into_iter().map(|part| ("text", part)));
    }
    let mut kinds = usize::from(input.text.is_some());
    let mut other = |field: &'static str, content: Option<OutgoingContent>| {
        kinds += usize::from(content.is_some());
        contents.extend(content.map(|content| (field, content)));
    };
    other("media", input.media.map(MediaInput::content).transpose().map_or_else(|why| Err(invalid("media", why)), Ok)?);
    other("location", input.location.map(Into::into));
    other("contacts", input.contacts.map(cards));
    if let Some(reaction) = input.reaction {
        let to = provider_id(request, conversation, "reaction.messageId", &reaction.message_id).await?;
        other("reaction", Some(OutgoingContent::Reaction { to, emoji: reaction.emoji.map(Into::into) }));
    }
    other("buttons", input.buttons.map(Into::into));
    other("list", input.list.map(Into::into));
    other("product", input.product.map(Into::into));
    other("products", input.products.map(Into::into));
    other("catalog", input.catalog.map(Into::into));
    if let Some(template) = input.template {
        other("template", Some(outgoing_template::content(request, template).await?));
    }
    if kinds != 1 {
        let message = "exactly one of `text`, `media`, `location`, `contacts`, `reaction`, `buttons`, `list`, `product`, \
                       `products`, `catalog` and `template` says what is sent";
        return Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::Invalid, message.to_owned(), None)]));
    }
    for (field, content) in &contents {
        valid(field, check(content))?;
    }
    let replies_to = match &input.replies_to_message_id {
        Some(id) => Some(provider_id(request, conversation, "repliesToMessageId", id).await?),
        None => None,
    };
    let of = contents.len();
    let part = |nth: usize| {
        let (number, of) = (u16::try_from(nth + 1).ok()?, u16::try_from(of).ok()?);
        (of > 1).then_some(Part { number, of })
    };
    Ok(contents
        .into_iter()
        .enumerate()
        // It is the first that answers.
        .map(|(nth, (_, content))| OutgoingMessage {
            content,
            replies_to: replies_to.clone().filter(|_| nth == 0),
            part: part(nth),
        })
        .collect())
}

fn invalid(field: &str, why: &str) -> NotDone {
    NotDone::Invalid(vec![UserError::invalid(field, &why)])
}

/// What the provider calls a message of the conversation.
async fn provider_id(
    request: &Request,
    conversation: ConversationId,
    field: &str,
    id: &ID,
) -> Result<Personal<String>, NotDone> {
    let id = decode_as(Kind::Message, field, id)?;
    let found = inbox::messages(&request.api.reads, request.viewer.context(), &[id]).await;
    let found = found.map_err(|error| internal("send", &error))?.pop();
    let found = found.filter(|row| row.conversation == conversation.as_uuid());
    match found.map(|row| row.details.and_then(|details| details.provider_message_id)) {
        Some(Some(named)) if is_of_an_export(&named) => {
            Err(invalid(field, "names a message of a chat that was imported from a file, which WhatsApp does not know"))
        }
        Some(Some(named)) => Ok(named.into()),
        Some(None) => {
            Err(invalid(field, "names a message that WhatsApp has not taken yet, or whose person was erased"))
        }
        None => {
            let message = "there is no such message in the conversation".to_owned();
            Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, message, Some(field))]))
        }
    }
}

/// By whom and why it is asked, and on which version of the conversation that was decided.
struct Asked {
    command: CommandContext,
    decided_on: Option<i64>,
}

/// Has the conversation know that it is answered, puts the messages in the queue, waits for the inbox to show them, and reads them back.
async fn send(
    request: &Request,
    thread: Thread,
    messages: Vec<OutgoingMessage>,
    asked: Asked,
) -> Result<SendMessagePayload, NotDone> {
    let api = &request.api;
    let made = messages.first().and_then(|message| {
        let OutgoingContent::Template { template, parameters, .. } = &message.content else { return None };
        Some((*template, Some(&**parameters)))
    });
    let conditions = conditions(&api.log, thread, made).await.map_err(|error| internal("send", &error))?;
    let queue = |message| OutboundMessageCommand::Queue { thread, message, conditions: conditions.clone() };
    let answered = match messages.first() {
        // What can't be sent now is no answer. Whether it was queued before, the log says all the same.
        Some(first) if OutboundMessage::default().decide(queue(first.clone())).is_ok() => {
            match answer_in(request, thread, &asked).await? {
                Ok(version) => Some(version),
                Err(user_errors) => return Ok(user_errors.into()),
            }
        }
        Some(_) | None => None,
    };
    let mut payload = SendMessagePayload { conversation_version: answered, ..SendMessagePayload::default() };
    let mut events = Vec::with_capacity(messages.len());
    let mut last = None;
    for (nth, message) in messages.into_iter().enumerate() {
        let context = if nth == 0 { asked.command.clone() } else { further(&asked.command, nth) };
        let (event, stream) = (context.event(0).as_uuid(), OutboundMessageId::written_by(context.id));
        let answer = match answered.filter(|_| nth == 0 && asked.decided_on.is_some()) {
            Some(version) => {
                let answered = (thread.conversation, version);
                queue_unless_changed(request, answered, stream, queue(message), context).await?
            }
            None => api.commands.outbound_messages.execute(stream, queue(message), context).await,
        };
        let closed = match &answer {
            Err(ExecuteError::Refused(OutboundMessageRefusal::WindowClosed { since })) => Some(*since),
            Err(ExecuteError::RefusedBefore(refusal)) => {
                (refusal.code() == Some(RefusalCode::WindowClosed)).then_some(conditions.window_until)
            }
            Ok(_) | Err(_) => None,
        };
        let CameTo { user_errors, position, shows } = came_to(answer, "conversation", "conversationId")?;
        let Some(shows) = shows else {
            payload.user_errors = user_errors;
            if closed.is_some() {
                payload.eligible_templates = eligible(request, thread).await?;
            }
            payload.window_closed_since = closed.flatten();
            break;
        };
        events.push(event);
        last = Some((position, shows));
    }
    let Some((position, shows)) = last else {
        payload.conversation_version = None;
        return Ok(payload);
    };
    // It waits to be sent; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, &[&inbox::DEFINITION], shows).await;
    let (messages, freshness) = match inbox::messages(&api.reads, request.viewer.context(), &events).await {
        Ok(mut found) => {
            found.sort_by_key(|row| events.iter().position(|event| *event == row.id));
            (found.into_iter().map(Message::from).collect(), freshness)
        }
        Err(error) => (vec![], lagging(&error)),
    };
    Ok(SendMessagePayload { messages, position, stale: staleness(freshness), ..payload })
}

/// The conversation's version once it knows that it is answered, or why it may not be: the log decides, on the version that the
/// answer rests on.
async fn answer_in(request: &Request, thread: Thread, asked: &Asked) -> Result<Result<i64, Vec<UserError>>, NotDone> {
    let Thread { contact, channel, conversation } = thread;
    let mut context = asked.command.clone();
    context.id = CommandId::derive(context.tenant, "graphql.answer", &[&context.id.to_string()]);
    let message = OutboundMessageId::written_by(asked.command.id);
    let answer = ConversationCommand::Answer { contact, channel, message, decided_on: asked.decided_on };
    let answer = request.api.commands.conversations.execute(conversation, answer, context).await;
    let version = answer.as_ref().map(|receipt| receipt.version).ok();
    let CameTo { user_errors, .. } = came_to(answer, "conversation", "conversationId")?;
    Ok(version.ok_or(user_errors))
}

/// Puts a message in the queue while nothing has happened that it rests on since the conversation knew of it, at this version: the
/// append checks where the conversation stands. What else happens there only makes it look again.
async fn queue_unless_changed(
    request: &Request,
    (conversation, version): (ConversationId, i64),
    stream: OutboundMessageId,
    queue: OutboundMessageCommand,
    context: CommandContext,
) -> Result<Result<Receipt, ExecuteError<OutboundMessageRefusal>>, NotDone> {
    let api = &request.api;
    let mut seen = version;
    for _ in 0..LOOKS {
        let context = context.clone().resting_on(Some(RestsOn::of::<Conversation>(conversation, seen)));
        match api.commands.outbound_messages.execute(stream, queue.clone(), context).await {
            Err(ExecuteError::NotHeld) => {}
            came_to => return Ok(came_to),
        }
        let found = api.log.load::<Conversation>(conversation.into()).await;
        let now = found.map_err(|error| internal("send", &error))?.state;
        if !now.is_as_of(version) {
            let changed = ConversationRefusal::Changed { version };
            return Err(NotDone::Invalid(vec![UserError::refused(&changed)]));
        }
        seen = now.version();
    }
    Ok(Err(ExecuteError::Contended))
}

/// Templates of the number's account that may be sent.
async fn eligible(request: &Request, thread: Thread) -> Result<Vec<MessageTemplate>, NotDone> {
    let api = &request.api;
    let channel = api.log.load::<Channel>(thread.channel.into()).await.map_err(|error| internal("send", &error))?;
    let Some(number) = channel.state.number() else { return Ok(vec![]) };
    let (viewer, most) = (request.viewer.context(), i64::try_from(MOST_ELIGIBLE).unwrap_or(i64::MAX));
    let found = templates::sendable_of_account(&api.reads, viewer, number.waba_id.as_str(), most).await;
    Ok(found.map_err(|error| internal("send", &error))?.into_iter().map(MessageTemplate::from).collect())
}

/// The command of a further part: the same request again is the same command again.
fn further(first: &CommandContext, nth: usize) -> CommandContext {
    let (id, nth) = (first.id.to_string(), nth.to_string());
    let mut context = first.clone();
    context.id = CommandId::derive(first.tenant, "graphql.part", &[&id, &nth]);
    context.request = None;
    context
}

#[cfg(test)]
mod tests;
