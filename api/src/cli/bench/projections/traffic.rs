//! What happens in the businesses of an installation, decided by the domain: customers write, businesses answer from
//! the phone, providers tell how far the answers got, people read and settle things.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::channel::{Channel, ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::contact::{Contact, ContactCommand};
use leadflow_domain::conversation::{
    Conversation, ConversationCommand, InboundMessage, Media, MediaFile, MessageContent, Occasion, Priority,
};
use leadflow_domain::lead::{Capture, Lead, LeadCommand, LeadSource};
use leadflow_domain::outbound_message::{
    DeliveryStatus, EchoedMessage, OutboundMessage, OutboundMessageCommand, ReportedStatus, StatusReport, Thread, Via,
};
use leadflow_domain::tenant::{Tenant, TenantCommand, TenantName};
use leadflow_domain::{ChannelId, CommandId, ContactId, Decide, E164, LeadId, OutboundMessageId, StreamId, TenantId};
use leadflow_event_store::{Actor, CommandContext, Filling, Keys};
use uuid::Uuid;

use crate::cli::bench::dice::Dice;

/// Businesses. By Zipf the first has a quarter of all traffic.
const TENANTS: u128 = 20;

/// Time between two turns of the traffic, as its events tell it.
const BETWEEN: SignedDuration = SignedDuration::from_millis(1_500);

/// Of 1,000 turns so many bring somebody new.
const NEW_OF_A_THOUSAND: usize = 70;

/// Turns after which a provider tells of a message of the business at the latest.
const TOLD_WITHIN: usize = 300;

/// What WhatsApp says of the price of an answer within the window.
const PRICING: &str = r#"{"billable":false,"category":"service","pricing_model":"PMP","type":"free_customer_service"}"#;

/// Traffic that goes on for ever.
pub(super) struct Traffic {
    dice: Dice,
    keys: std::sync::Arc<Keys>,
    now: Timestamp,
    turn: usize,
    threads: Vec<Correspondence>,
    /// Statuses on their way, by the turn at which they come.
    told: VecDeque<Vec<Report>>,
}

/// A customer, her thread, and where it stands.
struct Correspondence {
    tenant: TenantId,
    thread: Thread,
    phone: String,
    state: Conversation,
    version: i64,
    written: usize,
}

/// What will be told of a message of the business.
struct Report {
    tenant: TenantId,
    stream: StreamId,
    message: OutboundMessage,
    version: i64,
    at: Timestamp,
    left: VecDeque<DeliveryStatus>,
}

/// The businesses.
pub(super) fn tenants() -> impl Iterator<Item = TenantId> + Clone {
    (1..=TENANTS).map(|number| TenantId::from_uuid(Uuid::from_u128((0x7e4a << 64) | number)))
}

fn phone_number_id(tenant: TenantId) -> String {
    format!("1{:014}", tenant.as_uuid().as_u128() & u128::from(u64::MAX))
}

pub(super) fn channel(tenant: TenantId) -> ChannelId {
    ChannelId::whatsapp(tenant, &phone_number_id(tenant))
}

fn decided<A: Decide>(state: &mut A, command: A::Command) -> anyhow::Result<Vec<A::Event>>
where
    A::Event: Clone,
{
    let events = state.decide(command)?;
    for event in &events {
        state.apply(event.clone());
    }
    Ok(events)
}

fn ordinal(events: usize) -> i64 {
    i64::try_from(events).unwrap_or(i64::MAX)
}

impl Traffic {
    /// Traffic that has been going on for as long as `events` take, and comes to `now` with them.
    pub(super) fn until(now: Timestamp, events: i64, keys: std::sync::Arc<Keys>) -> anyhow::Result<Self> {
        // A turn is some 1.8 events.
        let ago = BETWEEN.checked_mul(i32::try_from(events)?).unwrap_or(SignedDuration::ZERO);
        let told = (0..=3 * TOLD_WITHIN).map(|_| Vec::new()).collect();
        Ok(Self {
            dice: Dice::new(events.unsigned_abs()),
            keys,
            now: now.checked_sub(ago)?,
            turn: 0,
            threads: Vec::new(),
            told,
        })
    }

    /// The businesses and their numbers.
    pub(super) async fn begin(&mut self, log: &mut Filling) -> anyhow::Result<()> {
        for tenant in tenants() {
            let register = TenantCommand::Register { name: TenantName::parse("Bench")? };
            let events = decided(&mut Tenant::default(), register)?;
            let context = self.context(tenant, "register", "");
            log.put::<Tenant>(tenant.into(), 0, self.now, &context, &events).await?;
            let number = WhatsAppNumber {
                phone_number_id: ProviderId::parse(&phone_number_id(tenant))?,
                waba_id: ProviderId::parse("102290129340398")?,
                display_phone: DisplayPhone::parse("+39 02 1234 5678")?,
                app: None,
            };
            let events = decided(&mut Channel::default(), ChannelCommand::ConnectWhatsAppNumber(number))?;
            let context = self.context(tenant, "connect", "");
            log.put::<Channel>(channel(tenant).into(), 0, self.now, &context, &events).await?;
        }
        log.end().await?;
        Ok(())
    }

    /// Fills `log` up to its event `to`, give or take what one turn brings.
    pub(super) async fn fill(&mut self, log: &mut Filling, to: i64) -> anyhow::Result<()> {
        while log.head() < to {
            self.turn(log).await?;
        }
        log.end().await?;
        Ok(())
    }

    async fn turn(&mut self, log: &mut Filling) -> anyhow::Result<()> {
        self.turn += 1;
        self.now = self.now.checked_add(BETWEEN)?;
        let due = self.told.pop_front().unwrap_or_default();
        self.told.push_back(Vec::new());
        for report in due {
            self.told(log, report).await?;
        }
        if self.threads.is_empty() || self.dice.below(1_000) < NEW_OF_A_THOUSAND {
            let nth = self.threads.len();
            self.introduce(log).await?;
            return self.write(log, nth).await;
        }
        let nth = self.dice.zipf(self.threads.len());
        match self.dice.below(100) {
            0..62 => self.write(log, nth).await,
            62..90 => self.answer(log, nth).await,
            90..95 => self.ask(log, nth, ConversationCommand::MarkRead).await,
            95..99 => self.ask(log, nth, ConversationCommand::Resolve).await,
            _ => self.ask(log, nth, ConversationCommand::SetPriority { priority: Priority::High }).await,
        }
    }

    async fn introduce(&mut self, log: &mut Filling) -> anyhow::Result<()> {
        let nth = self.threads.len();
        let which = self.dice.zipf(usize::try_from(TENANTS)?);
        let tenant = tenants().nth(which).unwrap_or_else(|| TenantId::from_uuid(Uuid::nil()));
        let phone = E164::parse(&format!("+39333{nth:07}"))?;
        let context = self.context(tenant, "introduce", phone.as_str());
        let contact = ContactId::proposed_by(context.id);
        let written = phone.as_str().to_owned();
        let command = ContactCommand::IntroduceByPhone { phone_hash: self.keys.phone_hash(&phone), phone };
        let events = decided(&mut Contact::default(), command)?;
        log.put::<Contact>(contact.into(), 0, self.now, &context, &events).await?;
        self.threads.push(Correspondence {
            tenant,
            thread: Thread::between(contact, channel(tenant)),
            phone: written,
            state: Conversation::default(),
            version: 0,
            written: 0,
        });
        Ok(())
    }

    /// The customer writes; her first message captures her lead.
    async fn write(&mut self, log: &mut Filling, nth: usize) -> anyhow::Result<()> {
        let (content, id) = (self.content(), self.message_id(nth));
        let Correspondence { thread, tenant, written, .. } = self.threads[nth];
        let message = InboundMessage {
            sender_name: Some(format!("Customer {nth}").into()),
            received_at: Some(self.now),
            ..InboundMessage::new(id.clone(), self.sent_at()?, content)
        };
        let Thread { contact, channel, conversation } = thread;
        let command = ConversationCommand::ReceiveMessage { contact, channel, group: None, message };
        let context = self.context(tenant, "message", &id);
        self.converse(log, nth, &context, command).await?;
        if written == 0 {
            let captured_at = self.sent_at()?;
            let capture = Capture::by_message(contact, LeadSource::WhatsApp, conversation, captured_at);
            let events = decided(&mut Lead::default(), LeadCommand::Capture(capture))?;
            let context = self.context(tenant, "capture", &id);
            log.put::<Lead>(LeadId::of(contact).into(), 0, self.now, &context, &events).await?;
        }
        self.threads[nth].written += 1;
        Ok(())
    }

    async fn ask(&mut self, log: &mut Filling, nth: usize, command: ConversationCommand) -> anyhow::Result<()> {
        let context = self.context(self.threads[nth].tenant, "ask", &self.turn.to_string());
        self.converse(log, nth, &context, command).await
    }

    async fn converse(
        &mut self,
        log: &mut Filling,
        nth: usize,
        context: &CommandContext,
        command: ConversationCommand,
    ) -> anyhow::Result<()> {
        let now = self.now;
        let Correspondence { thread, state, version, .. } = &mut self.threads[nth];
        let events = decided(state, command)?;
        log.put::<Conversation>(thread.conversation.into(), *version, now, context, &events).await?;
        *version += ordinal(events.len());
        Ok(())
    }

    /// Somebody of the business answers on the phone.
    async fn answer(&mut self, log: &mut Filling, nth: usize) -> anyhow::Result<()> {
        let (content, id) = (self.content(), self.message_id(nth));
        let sent_at = self.sent_at()?;
        let Correspondence { thread, tenant, ref mut written, .. } = self.threads[nth];
        *written += 1;
        let stream = OutboundMessageId::known_to_provider(thread.channel, &self.keys.provider_message_hash(&id)).into();
        let occasion = Occasion {
            provider_message_id: id.clone().into(),
            sent_at,
            received_at: Some(self.now),
            odd_timestamp: None,
        };
        let echo = EchoedMessage {
            occasion,
            via: Via::BusinessApp,
            recipient_name: None,
            content,
            replies_to: None,
            forwarded: None,
            errors: Vec::new(),
        };
        let mut message = OutboundMessage::default();
        let events = decided(&mut message, OutboundMessageCommand::RecordEcho { thread, message: echo })?;
        let context = self.context(tenant, "echo", &id);
        log.put::<OutboundMessage>(stream, 0, self.now, &context, &events).await?;
        let left = match self.dice.below(100) {
            0..3 => vec![DeliveryStatus::Failed],
            3..30 => vec![DeliveryStatus::Sent, DeliveryStatus::Delivered],
            _ => vec![DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read],
        };
        self.expect(Report { tenant, stream, message, version: ordinal(events.len()), at: sent_at, left: left.into() });
        Ok(())
    }

    fn expect(&mut self, report: Report) {
        let after = 1 + self.dice.below(TOLD_WITHIN);
        self.told[after].push(report);
    }

    async fn told(&mut self, log: &mut Filling, mut report: Report) -> anyhow::Result<()> {
        let Some(status) = report.left.pop_front() else { return Ok(()) };
        report.at = report.at.checked_add(SignedDuration::from_secs(1))?;
        let is_priced = matches!(status, DeliveryStatus::Sent | DeliveryStatus::Delivered);
        let told = StatusReport {
            received_at: Some(self.now),
            pricing: is_priced.then(|| PRICING.to_owned()),
            ..StatusReport::new(ReportedStatus::Reached(status), report.at)
        };
        let events = decided(&mut report.message, OutboundMessageCommand::ReportStatus { report: told, sent: None })?;
        let context = self.context(report.tenant, "status", &format!("{}.{}", report.stream, report.version));
        log.put::<OutboundMessage>(report.stream, report.version, self.now, &context, &events).await?;
        report.version += ordinal(events.len());
        self.expect(report);
        Ok(())
    }

    /// By the provider's clock: whole seconds.
    fn sent_at(&self) -> anyhow::Result<Timestamp> {
        Ok(Timestamp::from_second(self.now.as_second())?)
    }

    fn message_id(&self, nth: usize) -> String {
        let Correspondence { phone, written, .. } = &self.threads[nth];
        format!("wamid.HBgM{}FQIAEhgUM0E{written:010}QjZFNEYyQzVBMTk3RDgA", phone.trim_start_matches('+'))
    }

    fn content(&mut self) -> MessageContent {
        if self.dice.percent(8) {
            let file = MediaFile {
                id: Some("1003383421387256".to_owned()),
                url: None,
                sha256: Some("SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=".to_owned()),
                filename: None,
            };
            let caption = self.dice.percent(40).then(|| "This one, please".to_owned().into());
            return MessageContent::Image(Media {
                mime_type: Some("image/jpeg".to_owned()),
                file: file.into(),
                caption,
            });
        }
        const WORDS: &str = "Hello, it is me again. Is the blue one in 42 still there? I could come by on Saturday \
                             morning and try it on. Thank you very much, and see you then!";
        let length = 10 + self.dice.below(WORDS.len() - 10);
        MessageContent::Text { body: WORDS[..length].to_owned().into() }
    }

    fn context(&self, tenant: TenantId, word: &str, key: &str) -> CommandContext {
        let id = CommandId::derive(tenant, "bench.traffic", &[word, key]);
        CommandContext::new(tenant, id, Actor::Provider("whatsapp"), format!("delivery:{}", id.event(9).as_uuid()))
    }
}
