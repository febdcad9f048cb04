//! What the business writes from here: tried, taken or not, told of, tried again, taken back.

use leadflow_domain::conversation::{ConversationCommand, MessageContent, Occasion, Place, ProviderError, Reaction};
use leadflow_domain::outbound_message::{
    Conditions, DeliveryStatus, EchoedMessage, FailureCause, Frame, ListRow, ListSection, MediaKind, MediaSource,
    NumberStanding, OutboundMessage, OutboundMessageCommand, OutboundMessageRefusal, Outcome, OutgoingContent,
    OutgoingMessage, Part, ProductSection, ProviderMessage, RefusalClass, ReplyButton, ReportedStatus, SendRefusal,
    SentAs, Standing, StatusReport, TemplateStanding, Thread, UnknownCause, Via,
};
use leadflow_domain::template::{TemplateLanguage, TemplateName};
use leadflow_domain::{CommandId, OutboundMessageId, Personal, TemplateId, TenantId};
use leadflow_event_store::{Actor, CommandContext, ExecuteError};
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::json;
use uuid::Uuid;

use super::outbound::{PRICES, hash};
use super::{CONTACTS, Play, at, channel, introduce, member};
use crate::support::context;

/// A message that is sent from here.
#[derive(Clone, Copy)]
pub(super) struct Sent {
    tenant: TenantId,
    thread: Thread,
    stream: OutboundMessageId,
    /// Whether its values come erased.
    is_erased: bool,
    number: usize,
}

impl Sent {
    /// What the provider calls it, if it takes this attempt.
    fn id(&self, attempt: u32) -> String {
        format!("s{}x{attempt}", self.number)
    }

    fn text(&self, text: String) -> Personal<String> {
        if self.is_erased { Personal::Erased } else { Personal::Known(text) }
    }

    fn provider_message(&self, attempt: u32) -> ProviderMessage {
        let id = self.id(attempt);
        ProviderMessage { hash: hash(format!("{} {id}", self.tenant)), id: Some(self.text(id)) }
    }
}

/// The same without what is about whom it is for: she was erased.
fn without_her(command: OutboundMessageCommand) -> OutboundMessageCommand {
    let unnamed = |message| ProviderMessage { id: None, ..message };
    match command {
        OutboundMessageCommand::Conclude { attempt, outcome, at } => {
            let outcome = match outcome {
                Outcome::Accepted(message) => Outcome::Accepted(unnamed(message)),
                Outcome::Refused { refusal, again_at } => {
                    Outcome::Refused { refusal: SendRefusal { details: None, ..refusal }, again_at }
                }
                Outcome::NotSent { .. } | Outcome::Unknown(_) | Outcome::Failed(_) => outcome,
            };
            OutboundMessageCommand::Conclude { attempt, outcome, at }
        }
        OutboundMessageCommand::ReportStatus { report, sent } => OutboundMessageCommand::ReportStatus {
            report: StatusReport { callback_data: None, ..report },
            sent: sent.map(|sent| SentAs { message: unnamed(sent.message), ..sent }),
        },
        OutboundMessageCommand::RecordEcho { .. }
        | OutboundMessageCommand::RecordReaction { .. }
        | OutboundMessageCommand::RecordEdit { .. }
        | OutboundMessageCommand::RecordRevocation { .. }
        | OutboundMessageCommand::CorrectMessage { .. }
        | OutboundMessageCommand::RecordImport { .. }
        | OutboundMessageCommand::Queue { .. }
        | OutboundMessageCommand::Attempt { .. }
        | OutboundMessageCommand::GiveUp
        | OutboundMessageCommand::Retry { .. }
        | OutboundMessageCommand::Cancel => command,
    }
}

impl Play<'_> {
    /// Somebody of the business writes from here, and some of what follows from it follows at once.
    pub(super) async fn send(&mut self, tenant: TenantId, who: u128, number: u32) {
        let content = self.something(who);
        self.queue(tenant, who, number, content).await;
        for _ in 0..self.rng.random_range(0..6) {
            self.goes_on(self.sent.len() - 1).await;
        }
    }

    /// Something comes of a message that was written at any time, to whomever.
    pub(super) async fn some_go_on(&mut self) {
        if self.sent.is_empty() {
            return;
        }
        let nth = self.rng.random_range(0..self.sent.len());
        for _ in 0..self.rng.random_range(1..4) {
            self.goes_on(nth).await;
        }
    }

    /// What the provider calls a message to somebody, or will once it has taken it: her device knows that before we do.
    pub(super) fn sent_to(&mut self, thread: Thread) -> Option<String> {
        let to_her: Vec<Sent> = self.sent.iter().copied().filter(|sent| sent.thread == thread).collect();
        let attempt = self.rng.random_range(1..3);
        to_her.choose(&mut self.rng).map(|sent| sent.id(attempt))
    }

    /// A message is sent, and a history tells of it, too.
    pub(super) async fn is_told_of_by_a_history(&mut self, tenant: TenantId, who: u128, number: u32) {
        let content = OutgoingContent::Text { body: "Both.".to_owned().into(), preview_url: false };
        self.queue(tenant, who, number, content).await;
        let sent = self.sent[self.sent.len() - 1];
        let message = EchoedMessage {
            occasion: Occasion {
                provider_message_id: sent.id(1).into(),
                sent_at: at(4),
                received_at: None,
                odd_timestamp: None,
            },
            via: Via::BusinessApp,
            recipient_name: None,
            content: MessageContent::Text { body: "Both, says the history.".to_owned().into() },
            replies_to: None,
            forwarded: None,
            errors: vec![],
        };
        let import = OutboundMessageCommand::RecordImport { thread: sent.thread, message, status: None };
        let (key, told) =
            (self.next_key(), OutboundMessageId::known_to_provider(sent.thread.channel, &hash(sent.id(1))));
        self.log.outbound_messages.execute(told, import, context(tenant, &key)).await.unwrap();
        let outcome = Outcome::Accepted(sent.provider_message(1));
        self.ask_of(sent, OutboundMessageCommand::Attempt { conditions: ready() }).await;
        self.ask_of(sent, OutboundMessageCommand::Conclude { attempt: 1, outcome, at: at(5) }).await;
    }

    /// Messages that a provider takes after all, or after it took them once already, and to which she reacts before that is known.
    pub(super) async fn are_taken_late(&mut self, tenant: TenantId, who: u128, number: u32) {
        let conclude = |attempt, outcome| OutboundMessageCommand::Conclude { attempt, outcome, at: at(6) };
        let attempt = || OutboundMessageCommand::Attempt { conditions: ready() };
        let retry = || OutboundMessageCommand::Retry { conditions: ready() };
        let refused = || {
            let (title, class) = (None, RefusalClass::Never);
            let refusal = SendRefusal { code: 131_026, subcode: None, title, details: None, class };
            conclude(1, Outcome::Refused { refusal, again_at: at(9) })
        };
        let taken = |sent: Sent, attempt| conclude(attempt, Outcome::Accepted(sent.provider_message(attempt)));
        let failed = |sent: Sent| {
            let report = StatusReport::new(ReportedStatus::Reached(DeliveryStatus::Failed), at(7));
            let sent = Some(SentAs { attempt: Some(1), message: sent.provider_message(1) });
            OutboundMessageCommand::ReportStatus { report, sent }
        };
        for (way, reacts_to) in [(0, 1), (1, 2), (2, 1)] {
            let content = OutgoingContent::Text { body: format!("taken late {way}").into(), preview_url: false };
            self.queue(tenant, who, number, content).await;
            let sent = self.sent[self.sent.len() - 1];
            self.reacts(sent, reacts_to).await;
            let course = match way {
                // While it waits to be sent again.
                0 => vec![attempt(), refused(), retry(), taken(sent, 1)],
                // After it was taken again.
                1 => vec![attempt(), refused(), retry(), attempt(), taken(sent, 2), taken(sent, 1)],
                // Under another name than the one that she reacted to.
                _ => vec![attempt(), taken(sent, 1), failed(sent), retry(), attempt(), taken(sent, 2)],
            };
            for command in course {
                self.ask_of(sent, command).await;
            }
        }
    }

    /// Messages that the provider does not take: it is not reached, says no, or they can't be sent as they are.
    pub(super) async fn are_not_taken(&mut self, tenant: TenantId, who: u128, number: u32) {
        for way in 0..3 {
            let content = OutgoingContent::Text { body: format!("not taken {way}").into(), preview_url: false };
            self.queue(tenant, who, number, content).await;
            let sent = self.sent[self.sent.len() - 1];
            let outcome = match way {
                0 => Outcome::NotSent { reason: "no route".to_owned(), again_at: at(9) },
                1 => {
                    let (title, details) = (Some("No".to_owned()), Some(sent.text("not to her".to_owned())));
                    let class = RefusalClass::Never;
                    let refusal = SendRefusal { code: 131_026, subcode: None, title, details, class };
                    Outcome::Refused { refusal, again_at: at(9) }
                }
                _ => Outcome::Failed(FailureCause::Invalid),
            };
            self.ask_of(sent, OutboundMessageCommand::Attempt { conditions: ready() }).await;
            self.ask_of(sent, OutboundMessageCommand::Conclude { attempt: 1, outcome, at: at(6) }).await;
        }
    }

    /// She reacts to what was sent to her, as which attempt it arrived.
    async fn reacts(&mut self, sent: Sent, attempt: u32) {
        let Thread { contact, channel, conversation } = sent.thread;
        let key = self.next_key();
        let occasion = Occasion {
            provider_message_id: format!("late{key}").into(),
            sent_at: at(3),
            received_at: None,
            odd_timestamp: None,
        };
        let reaction = Reaction { occasion, to: sent.id(attempt).into(), emoji: Some("👍".to_owned().into()) };
        let react = ConversationCommand::React { contact, channel, group: None, reaction };
        self.log.conversations.execute(conversation, react, context(sent.tenant, &key)).await.unwrap();
    }

    async fn queue(&mut self, tenant: TenantId, who: u128, number: u32, content: OutgoingContent) {
        let key = self.next_key();
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let thread = Thread::between(contact, channel(tenant, number));
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        let stream = OutboundMessageId::from_uuid(Uuid::from_u128(
            (tenant.as_uuid().as_u128() << 104) + self.sent.len() as u128,
        ));
        let channel = thread.channel;
        let answer = ConversationCommand::Answer { contact, channel, message: stream, decided_on: None };
        let key = self.next_key();
        self.log.conversations.execute(thread.conversation, answer, context(tenant, &key)).await.unwrap();

        let sent = Sent { tenant, thread, stream, is_erased: who + 1 == CONTACTS, number: self.sent.len() };
        self.sent.push(sent);
        let message = OutgoingMessage {
            content,
            replies_to: self.rng.random_bool(0.5).then(|| sent.text(format!("a{key}"))),
            part: self.rng.random_bool(0.2).then_some(Part { number: 1, of: 2 }),
        };
        self.ask_of(sent, OutboundMessageCommand::Queue { thread, message, conditions: ready() }).await;
    }

    /// Anything that can be sent.
    fn something(&mut self, who: u128) -> OutgoingContent {
        let key = self.key;
        let is_erased = who + 1 == CONTACTS;
        fn personal<T>(value: T, is_erased: bool) -> Personal<T> {
            if is_erased { Personal::Erased } else { Personal::Known(value) }
        }
        let text = |text: String| personal(text, is_erased);
        let frame =
            Frame { header: None, body: text(format!("question {key}")), footer: Some(text("small".to_owned())) };
        match self.rng.random_range(0..16) {
            0..4 => OutgoingContent::Text { body: text(format!("written {key}")), preview_url: false },
            4 => OutgoingContent::Media {
                kind: MediaKind::Image,
                source: personal(MediaSource::Link(format!("https://example.com/{key}.png")), is_erased),
                caption: Some(text(format!("caption {key}"))),
                filename: None,
            },
            5 => OutgoingContent::Media {
                kind: MediaKind::Document,
                source: personal(MediaSource::Id(key.to_string()), is_erased),
                caption: None,
                filename: Some(text(format!("{key}.pdf"))),
            },
            6 => {
                let (name, address, url) = (Some(format!("Place {key}")), None, None);
                OutgoingContent::Location {
                    place: personal(Place { latitude: 45.5, longitude: 9.25, name, address, url }, is_erased),
                }
            }
            7 => {
                let card = json!({"name": {"formatted_name": format!("Bo {key}")}});
                OutgoingContent::Contacts { cards: personal(vec![card.as_object().unwrap().clone()], is_erased) }
            }
            8 | 9 => {
                let to = text(format!("a{}", self.rng.random_range(0..key)));
                let emoji = self.rng.random_bool(0.7).then(|| text("👍".to_owned()));
                OutgoingContent::Reaction { to, emoji }
            }
            10 => {
                let buttons = vec![ReplyButton { id: "yes".to_owned(), title: "Yes".to_owned() }];
                OutgoingContent::Buttons { frame, buttons }
            }
            13 => {
                let (catalog, product) = ("77".to_owned(), text(format!("red {key}")));
                OutgoingContent::Product { catalog, product, body: None, footer: None }
            }
            14 => {
                let products = vec!["red".to_owned(), "blue".to_owned()];
                let sections = vec![ProductSection { title: None, products }];
                OutgoingContent::Products { frame, catalog: "77".to_owned(), sections }
            }
            15 => OutgoingContent::Catalog { frame, thumbnail: None },
            11 => OutgoingContent::Template {
                template: TemplateId::from_uuid(Uuid::from_u128(77)),
                name: TemplateName::parse("order_ready").unwrap(),
                language: TemplateLanguage::parse("it").unwrap(),
                parameters: Box::default(),
                text: text(format!("ready {key}")),
            },
            _ => {
                let row = ListRow { id: "red".to_owned(), title: "Red".to_owned(), description: None };
                let sections = vec![ListSection { title: None, rows: vec![row] }];
                OutgoingContent::List { frame, button: "Colours".to_owned(), sections }
            }
        }
    }

    /// The next that may happen to a message, or something else that may.
    async fn goes_on(&mut self, nth: usize) {
        let sent = self.sent[nth];
        let message = self.log.reader.load::<OutboundMessage>(sent.stream.into()).await.unwrap().state;
        let (attempts, retry) = (message.attempts(), OutboundMessageCommand::Retry { conditions: self.conditions() });
        let attempt = OutboundMessageCommand::Attempt { conditions: self.conditions() };
        let command = match (self.rng.random_range(0..10), message.standing().unwrap()) {
            (0..6, Standing::Queued) => attempt,
            (0..6, Standing::Attempted) => self.concludes(sent, attempts),
            (0..6, Standing::Refused | Standing::Failed(_)) => retry,
            (0, Standing::Unknown) => OutboundMessageCommand::GiveUp,
            (0..2, Standing::Accepted) => retry,
            (6, _) => {
                // The answer of a sender that was thought dead.
                let which = self.rng.random_range(0..=attempts);
                self.concludes(sent, which)
            }
            (7, _) => OutboundMessageCommand::Cancel,
            (8, _) => attempt,
            _ => self.tells(sent, attempts),
        };
        self.ask_of(sent, command).await;
    }

    fn concludes(&mut self, sent: Sent, attempt: u32) -> OutboundMessageCommand {
        let (at, again_at) = (at(self.rng.random_range(5..9)), at(self.rng.random_range(9..12)));
        let classes = [
            RefusalClass::Retry { at_most: None },
            RefusalClass::Retry { at_most: Some(1) },
            RefusalClass::Pace,
            RefusalClass::Never,
            RefusalClass::Stop,
        ];
        let outcome = match self.rng.random_range(0..12) {
            0..4 => Outcome::Accepted(sent.provider_message(attempt)),
            4..8 => {
                let class = *classes.choose(&mut self.rng).unwrap();
                let (title, details) = (Some("No".to_owned()), Some(sent.text(format!("not to her, {}", self.key))));
                let refusal = SendRefusal { code: 131_026, subcode: None, title, details, class };
                Outcome::Refused { refusal, again_at }
            }
            8 => Outcome::NotSent { reason: "no route".to_owned(), again_at },
            9 => Outcome::Failed(*[FailureCause::Invalid, FailureCause::Unreachable].choose(&mut self.rng).unwrap()),
            _ => Outcome::Unknown(*[UnknownCause::NoAnswer, UnknownCause::Unreadable].choose(&mut self.rng).unwrap()),
        };
        OutboundMessageCommand::Conclude { attempt, outcome, at }
    }

    /// The provider tells of any attempt that was made, or of one that was not.
    fn tells(&mut self, sent: Sent, attempts: u32) -> OutboundMessageCommand {
        let told = [
            DeliveryStatus::Sent,
            DeliveryStatus::Failed,
            DeliveryStatus::Failed,
            DeliveryStatus::Delivered,
            DeliveryStatus::Read,
        ];
        let status = match self.rng.random_range(0..12) {
            0 => ReportedStatus::Other("warning".to_owned()),
            1 => ReportedStatus::Reached(*DeliveryStatus::ALL.choose(&mut self.rng).unwrap()),
            _ => ReportedStatus::Reached(*told.choose(&mut self.rng).unwrap()),
        };
        let attempt = match self.rng.random_range(0..8) {
            0 => attempts + 1,
            1..3 => self.rng.random_range(0..=attempts).max(1),
            _ => attempts.max(1),
        };
        let code = *["131026", "131047"].choose(&mut self.rng).unwrap();
        let details = self.rng.random_bool(0.5).then(|| format!("more of {code}"));
        let error = ProviderError { code: code.to_owned(), title: Some(format!("title {code}")), details };
        let report = StatusReport {
            callback_data: self.rng.random_bool(0.3).then(|| sent.text(sent.stream.to_string())),
            errors: if status == ReportedStatus::Reached(DeliveryStatus::Failed) { vec![error] } else { vec![] },
            pricing: PRICES.choose(&mut self.rng).and_then(|price| Some((*price)?.to_owned())),
            ..StatusReport::new(status, at(self.rng.random_range(5..9)))
        };
        let says_which = self.rng.random_bool(0.8);
        let sent = SentAs { attempt: says_which.then_some(attempt), message: sent.provider_message(attempt) };
        OutboundMessageCommand::ReportStatus { report, sent: Some(sent) }
    }

    /// Things stand well, for the most part.
    fn conditions(&mut self) -> Conditions {
        let now = at(self.rng.random_range(5..9));
        match self.rng.random_range(0..20) {
            0 => Conditions { now, window_until: None, ..ready() },
            1 => Conditions { now, template: Some(TemplateStanding::NotApproved), ..ready() },
            2 => {
                let template = Some(TemplateStanding::Fits { is_marketing: true });
                Conditions { now, template, marketing_stopped: true, ..ready() }
            }
            3 => Conditions { now, number: NumberStanding::Stopped, ..ready() },
            _ => Conditions { now, ..ready() },
        }
    }

    /// Asked by a member, a key or at the command line; of somebody who was erased without what is about her.
    async fn ask_of(&mut self, sent: Sent, command: OutboundMessageCommand) {
        let actor = match self.rng.random_range(0..4) {
            0 => Actor::CommandLine,
            1 => Actor::Token(Uuid::from_u128(7)),
            number => Actor::Member(member(sent.tenant, number)),
        };
        for command in [command.clone(), without_her(command)] {
            let key = self.next_key();
            let id = CommandId::derive(sent.tenant, "test", &[&key]);
            let context = CommandContext::new(sent.tenant, id, actor.clone(), "test");
            match self.log.outbound_messages.execute(sent.stream, command, context).await {
                Ok(_) => return,
                Err(ExecuteError::Erased) => {}
                Err(ExecuteError::Refused(refusal)) => {
                    assert_ne!(refusal, OutboundMessageRefusal::NotFound, "it was written");
                    return;
                }
                Err(error) => panic!("{error}"),
            }
        }
        panic!("nothing is about her any more");
    }
}

/// Anything may be sent.
fn ready() -> Conditions {
    Conditions {
        now: at(5),
        window_until: Some(at(20)),
        number: NumberStanding::Ready,
        marketing_stopped: false,
        template: None,
    }
}
