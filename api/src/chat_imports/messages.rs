//! What a message of a file becomes: an id of its own, by what stands in the file, and what is said to the conversation.
//!
//! WhatsApp writes no ids. So a message is known by its conversation, the minute that the phone's clock showed, who wrote it, what it says,
//! and which it is among those of that minute that say the same. Of a file it only counts that there was one: with its files beside it, an
//! export calls them otherwise than without. The hash is keyed: what somebody wrote can't be found by trying.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use leadflow_domain::conversation::{ConversationCommand, InboundMessage, Media, MediaFile, MessageContent, Occasion};
use leadflow_domain::outbound_message::{EchoedMessage, OutboundMessageCommand, Thread, Via};
use leadflow_domain::{CommandId, OutboundMessageId, StreamId, TenantId};
use leadflow_event_store::Keys;
use leadflow_gateways::whatsapp::export::{Content, Day, FileKind, Message, Time, WrittenFile};

use super::sides::Side;

/// What ids of such messages begin with, where those that come by webhooks have WhatsApp's.
pub(super) const BEGIN: &str = "chat-export:";

/// Whether WhatsApp knows no message by this id, for it is one of a file.
#[must_use]
pub fn is_of_an_export(provider_message_id: &str) -> bool {
    provider_message_id.starts_with(BEGIN)
}

/// Messages of several minutes that are remembered, so that equal ones are told apart. Clocks that are put back show an hour twice.
const REMEMBERED: usize = 20_000;

/// What a clock showed: a day, an hour and a minute.
type Minute = (Day, u8, u8);

/// A message that is to be told.
#[derive(Debug, Clone)]
pub(super) struct Telling {
    /// Its first line in the file.
    pub(super) line: u64,
    pub(super) at: Timestamp,
    pub(super) side: Side,
    content: MessageContent,
    minute: Minute,
    /// By what it is known beside its conversation.
    nth: u32,
    what: String,
    /// Bytes of its content.
    length: usize,
}

/// Its ids in one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) command: CommandId,
    provider_message: String,
}

/// What it asks of which stream.
#[derive(Debug)]
pub(super) enum Told {
    Imported(StreamId, ConversationCommand),
    Recorded(StreamId, OutboundMessageCommand),
}

/// How often something was said in a minute, by whether the customer said it, and by a digest of it.
type Said = HashMap<(bool, u128), u32>;

/// Tells equal messages apart.
#[derive(Debug, Default)]
pub(super) struct Equals {
    minutes: VecDeque<(Minute, Said)>,
    remembered: usize,
}

impl Equals {
    /// How many of that minute, by the same side, said the same before.
    fn before(&mut self, minute: Minute, side: Side, what: u128) -> u32 {
        let at = match self.minutes.iter().rposition(|(of, _)| *of == minute) {
            Some(at) => at,
            None => {
                self.minutes.push_back((minute, Said::new()));
                self.minutes.len() - 1
            }
        };
        let told = &mut self.minutes[at].1;
        let many = told.len();
        let count = told.entry((side == Side::Customer, what)).or_default();
        let before = *count;
        *count += 1;
        self.remembered += told.len() - many;
        while self.remembered > REMEMBERED {
            self.remembered -= self.minutes.pop_front().map_or(0, |(_, told)| told.len());
        }
        before
    }
}

impl Telling {
    /// Of a message; none of one that was taken back: what it said is gone.
    pub(super) fn of(keys: &Keys, equals: &mut Equals, message: Message, side: Side, at: Timestamp) -> Option<Self> {
        let Message { line, day, time: Time { hour, minute, .. }, content, .. } = message;
        let what = match &content {
            Content::Text(text) => format!("t{text}"),
            Content::File(_) => "f".to_owned(),
            Content::Deleted | Content::Notice => return None,
        };
        let what = keys.told_hash(&["chat export", &what]).as_str().to_owned();
        let minute = (day, hour, minute);
        // Sixteen bytes of it tell messages of some minutes apart.
        let short = u128::from_str_radix(what.get(..32).unwrap_or_default(), 16).unwrap_or_default();
        let nth = equals.before(minute, side, short);
        let content = meaning(content)?;
        // Whatever it is, what is long in it is text: of the message, of a file's caption or name.
        let length = serde_json::to_string(&content).map_or(0, |json| json.len());
        Some(Self { line, at, side, content, minute, nth, what, length })
    }

    /// How much it weighs while it is held.
    pub(super) fn bytes(&self) -> usize {
        self.length + 512
    }

    /// What it is known by in a conversation.
    pub(super) fn ids(&self, tenant: TenantId, keys: &Keys, thread: Thread) -> Ids {
        let (Day { year, month, day }, hour, minute) = self.minute;
        let minute = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}");
        let side = match self.side {
            Side::Customer => "customer",
            Side::Business => "business",
        };
        let conversation = thread.conversation.to_string();
        let parts = ["chat export", &conversation, &minute, side, &self.what, &self.nth.to_string()];
        let hash = keys.told_hash(&parts);
        let command = CommandId::derive(tenant, "chat_export.message", &[hash.as_str()]);
        Ids { command, provider_message: format!("{BEGIN}{}", hash.as_str()) }
    }

    /// What is said of it.
    pub(super) fn told(self, keys: &Keys, thread: Thread, ids: &Ids, received_at: Timestamp) -> Told {
        let Thread { contact, channel, conversation } = thread;
        let id = ids.provider_message.clone();
        match self.side {
            Side::Customer => {
                let message = InboundMessage::new(id, self.at, self.content);
                let message = InboundMessage { received_at: Some(received_at), ..message };
                Told::Imported(conversation.into(), ConversationCommand::ImportMessage { contact, channel, message })
            }
            Side::Business => {
                let stream = OutboundMessageId::known_to_provider(channel, &keys.provider_message_hash(&id));
                let occasion = Occasion {
                    provider_message_id: id.into(),
                    sent_at: self.at,
                    received_at: Some(received_at),
                    odd_timestamp: None,
                };
                let message = EchoedMessage {
                    occasion,
                    via: Via::BusinessApp,
                    recipient_name: None,
                    content: self.content,
                    replies_to: None,
                    forwarded: None,
                    errors: vec![],
                };
                let asked = OutboundMessageCommand::RecordImport { thread, message, status: None };
                Told::Recorded(stream.into(), asked)
            }
        }
    }
}

/// In our words.
fn meaning(content: Content) -> Option<MessageContent> {
    Some(match content {
        Content::Text(body) if body.is_empty() => MessageContent::Unsupported { named: None },
        Content::Text(body) => MessageContent::Text { body: body.into() },
        Content::File(file) => place(file),
        Content::Deleted | Content::Notice => return None,
    })
}

/// Where a file was: what it was and what it is called, as far as the export says so. Nothing can be fetched by it.
fn place(file: WrittenFile) -> MessageContent {
    let WrittenFile { kind, name, caption } = file;
    if let (None, None, None) = (kind, &name, &caption) {
        return MessageContent::MediaPlaceholder {};
    }
    let is_voice = name.as_ref().is_some_and(|name| name.starts_with("PTT-"));
    let media = Media {
        mime_type: None,
        file: MediaFile { filename: name, ..MediaFile::default() }.into(),
        caption: caption.map(Into::into),
    };
    match kind {
        Some(FileKind::Image) => MessageContent::Image(media),
        Some(FileKind::Video) => MessageContent::Video(media),
        Some(FileKind::Audio) => MessageContent::Audio { media, voice: is_voice },
        Some(FileKind::Sticker) => MessageContent::Sticker { media, animated: false },
        Some(FileKind::Document) | None => MessageContent::Document(media),
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::{ChannelId, ContactId};
    use uuid::Uuid;

    use super::*;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

    fn keys() -> Keys {
        Keys::derive(&[7; 32])
    }

    fn thread(contact: u128) -> Thread {
        Thread::between(ContactId::from_uuid(Uuid::from_u128(contact)), ChannelId::from_uuid(Uuid::from_u128(2)))
    }

    fn written(minute: u8, second: Option<u8>, content: Content) -> Message {
        let day = Day { year: 2023, month: 12, day: 31 };
        Message { line: 1, day, time: Time { hour: 14, minute, second }, name: "Ada".to_owned(), content }
    }

    fn text(text: &str) -> Content {
        Content::Text(text.to_owned())
    }

    fn ids(equals: &mut Equals, message: Message, side: Side) -> Ids {
        let telling = Telling::of(&keys(), equals, message, side, Timestamp::UNIX_EPOCH).unwrap();
        telling.ids(TENANT, &keys(), thread(1))
    }

    #[test]
    fn a_message_is_known_by_what_stands_in_the_file() {
        let one = ids(&mut Equals::default(), written(5, None, text("a")), Side::Customer);
        assert_eq!(ids(&mut Equals::default(), written(5, Some(7), text("a")), Side::Customer), one, "an iPhone's");
        let of_others = [
            ids(&mut Equals::default(), written(6, None, text("a")), Side::Customer),
            ids(&mut Equals::default(), written(5, None, text("b")), Side::Customer),
            ids(&mut Equals::default(), written(5, None, text("a")), Side::Business),
        ];
        assert!(of_others.iter().all(|other| other.command != one.command));
        let telling = Telling::of(
            &keys(),
            &mut Equals::default(),
            written(5, None, text("a")),
            Side::Customer,
            Timestamp::UNIX_EPOCH,
        )
        .unwrap();
        assert_ne!(telling.ids(TENANT, &keys(), thread(3)), one, "of another customer");
        assert_ne!(telling.ids(TENANT, &Keys::derive(&[8; 32]), thread(1)), one, "by another installation's key");
        assert!(is_of_an_export(&one.provider_message) && !is_of_an_export("wamid.a"));
    }

    #[test]
    fn equal_messages_of_a_minute_are_told_apart_also_when_the_hour_comes_twice() {
        let mut equals = Equals::default();
        let first = ids(&mut equals, written(5, None, text("ok")), Side::Customer);
        let second = ids(&mut equals, written(5, None, text("ok")), Side::Customer);
        let by_the_other = ids(&mut equals, written(5, None, text("ok")), Side::Business);
        ids(&mut equals, written(9, None, text("ok")), Side::Customer);
        let an_hour_later = ids(&mut equals, written(5, None, text("ok")), Side::Customer);
        let all = [&first, &second, &by_the_other, &an_hour_later];
        for (nth, one) in all.iter().enumerate() {
            assert!(all[nth + 1..].iter().all(|other| other.command != one.command), "{nth}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut equals = Equals::default();
        for nth in 0..3 * u128::try_from(REMEMBERED).unwrap() {
            let day = Day { year: 2023, month: 12, day: 31 };
            let minute = (day, u8::try_from(nth / 3_600 % 24).unwrap(), u8::try_from(nth / 60 % 60).unwrap());
            assert_eq!(equals.before(minute, Side::Customer, nth), 0);
        }
        assert!(equals.remembered <= REMEMBERED, "{}", equals.remembered);
        assert_eq!(equals.remembered, equals.minutes.iter().map(|(_, told)| told.len()).sum::<usize>());
    }

    #[test]
    fn a_file_is_the_same_whatever_it_is_called() {
        let file = |name: Option<&str>| {
            let name = name.map(str::to_owned);
            Content::File(WrittenFile { kind: name.as_ref().map(|_| FileKind::Image), name, caption: None })
        };
        let left_out = ids(&mut Equals::default(), written(5, None, file(None)), Side::Customer);
        assert_eq!(ids(&mut Equals::default(), written(5, None, file(Some("IMG-1.jpg"))), Side::Customer), left_out);
        assert_eq!(place(WrittenFile::default()), MessageContent::MediaPlaceholder {});
        let said = WrittenFile { kind: Some(FileKind::Audio), name: Some("PTT-1.opus".to_owned()), caption: None };
        let MessageContent::Audio { media, voice: true } = place(said) else { panic!("no voice") };
        assert_eq!(media.file.known().and_then(|file| file.filename.as_deref()), Some("PTT-1.opus"));
    }

    #[test]
    fn what_was_taken_back_says_nothing() {
        let of = |content| {
            Telling::of(
                &keys(),
                &mut Equals::default(),
                written(5, None, content),
                Side::Customer,
                Timestamp::UNIX_EPOCH,
            )
        };
        assert!(of(Content::Deleted).is_none());
        assert!(of(text("")).is_some(), "somebody sent something that the export does not show");
    }
}
