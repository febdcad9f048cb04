//! What every message has: whom it is for, what it answers, what its sender wants to read in its statuses.

use serde_json::Value;

use super::super::phones;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::content::{self, Uploaded};
use super::interactive;

/// Longest callback data, in bytes.
const LONGEST_CALLBACK_DATA: usize = 512;

const KINDS: [&str; 11] = [
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];

/// Whom a message is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recipient {
    /// Whoever has these digits.
    Phone(String),
    /// Whom the business knows by this id.
    User(String),
}

/// A message as it should be, as far as it can be said without looking at anything else.
#[derive(Debug)]
pub(super) struct Message<'a> {
    pub(super) to: Recipient,
    /// As the request spells the recipient.
    pub(super) input: &'a str,
    pub(super) kind: &'static str,
    pub(super) callback_data: Option<&'a str>,
    pub(super) template: Option<Said<'a>>,
    pub(super) media: Option<Uploaded<'a>>,
}

#[derive(Debug)]
pub(super) enum Checked<'a> {
    Message(Box<Message<'a>>),
    /// A message is marked as read.
    Read {
        message_id: &'a str,
        typing: bool,
    },
}

pub(super) fn check(said: &Value) -> Result<Checked<'_>, Refusal> {
    let said = Said::new(said);
    said.required("messaging_product")?.word(&["whatsapp"])?;
    if said.optional("status")?.is_some() { read(&said) } else { Ok(Checked::Message(Box::new(message(&said)?))) }
}

fn read<'a>(said: &Said<'a>) -> Result<Checked<'a>, Refusal> {
    said.only(&["messaging_product", "status", "message_id", "typing_indicator"])?;
    said.required("status")?.word(&["read"])?;
    let message_id = message_id(&said.required("message_id")?)?;
    let typing = said.optional("typing_indicator")?;
    if let Some(typing) = &typing {
        typing.only(&["type"])?;
        typing.required("type")?.word(&["text"])?;
    }
    Ok(Checked::Read { message_id, typing: typing.is_some() })
}

fn message<'a>(said: &Said<'a>) -> Result<Message<'a>, Refusal> {
    let kind = match said.optional("type")? {
        Some(kind) => kind.word(&KINDS)?,
        // As Meta has it.
        None => "text",
    };
    let kind = KINDS.into_iter().find(|known| *known == kind).unwrap_or("text");
    said.only(&[
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "type",
        "context",
        "biz_opaque_callback_data",
        kind,
    ])?;
    if let Some(recipient_type) = said.optional("recipient_type")? {
        recipient_type.word(&["individual"])?;
    }
    let (to, input) = recipient(said)?;
    if let Some(context) = said.optional("context")? {
        context.only(&["message_id"])?;
        message_id(&context.required("message_id")?)?;
    }
    let callback_data = match said.optional("biz_opaque_callback_data")? {
        Some(data) => Some(callback_data(&data)?),
        None => None,
    };
    let content = said.required(kind)?;
    let (mut template, mut media) = (None, None);
    match kind {
        "text" => content::text(&content)?,
        "location" => content::location(&content)?,
        "contacts" => content::contacts(&content)?,
        "reaction" => content::reaction(&content)?,
        "interactive" => media = interactive::check(&content)?,
        "template" => template = Some(content),
        kind => media = content::media(kind, &content)?,
    }
    Ok(Message { to, input, kind, callback_data, template, media })
}

/// Whom it is for; `to` wins.
fn recipient<'a>(said: &Said<'a>) -> Result<(Recipient, &'a str), Refusal> {
    if let Some(to) = said.optional("to")? {
        let input = to.some_text(64)?;
        let digits = phones::digits(input).ok_or_else(|| to.wrong("is not a valid phone number"))?;
        return Ok((Recipient::Phone(digits), input));
    }
    let Some(user) = said.optional("recipient")? else {
        return Err(Refusal::new(100, "The parameter to is required."));
    };
    let id = user.some_text(140)?;
    if phones::is_user_id(id) {
        Ok((Recipient::User(id.to_owned()), id))
    } else {
        Err(user.wrong("is not a valid business-scoped user id"))
    }
}

fn callback_data<'a>(data: &Said<'a>) -> Result<&'a str, Refusal> {
    let text = data.text(0..=LONGEST_CALLBACK_DATA)?;
    if text.len() > LONGEST_CALLBACK_DATA {
        return Err(data.wrong(&format!("length invalid. Max length: {LONGEST_CALLBACK_DATA} bytes")));
    }
    Ok(text)
}

/// The id of a message.
pub(super) fn message_id<'a>(id: &Said<'a>) -> Result<&'a str, Refusal> {
    let text = id.some_text(512)?;
    if text.starts_with("wamid.") { Ok(text) } else { Err(id.wrong("is not the id of a message")) }
}
