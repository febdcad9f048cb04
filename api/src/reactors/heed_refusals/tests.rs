use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::channel::{Channel, ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::contact::{Contact, ContactCommand, Marketing};
use leadflow_domain::conversation::{MessageContent, Occasion, ProviderError};
use leadflow_domain::outbound_message::{
    Conditions, DeliveryStatus, EchoedMessage, NumberStanding, OutboundMessageCommand, Outcome, OutgoingContent,
    OutgoingMessage, ProviderMessage, RefusalClass, ReportedStatus, SendRefusal, SentAs, StatusReport, Thread, Via,
};
use leadflow_domain::{ChannelId, ContactId, CredentialId, E164, IdentifierHash, OutboundMessageId, TenantId};
use leadflow_event_store::{database, testing as log_testing};
use leadflow_projections::testing;
use sqlx::PgPool;
use uuid::Uuid;

use super::*;
use crate::jobs::{JobFilter, JobRange, jobs};

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));
const CONTACT: ContactId = ContactId::from_uuid(Uuid::from_u128(3));

/// A business with a number and a customer.
struct Business {
    pool: PgPool,
    commands: Commands,
    log: LogReader,
    asked: Cell<u32>,
    heeded: Cell<i64>,
}

fn now() -> Timestamp {
    Timestamp::from_second(1_763_712_000).unwrap()
}

fn conditions() -> Conditions {
    Conditions {
        now: now(),
        window_until: Some(now() + SignedDuration::from_hours(1)),
        number: NumberStanding::Ready,
        marketing_stopped: false,
        template: None,
    }
}

fn message(number: u128) -> OutboundMessageId {
    OutboundMessageId::from_uuid(Uuid::from_u128(number))
}

fn taken(number: u128, attempt: u32) -> ProviderMessage {
    ProviderMessage { hash: IdentifierHash::from_hex(format!("hash {number} {attempt}")), id: None }
}

fn failed(codes: &[&str]) -> StatusReport {
    let error = |code: &&str| ProviderError { code: (*code).to_owned(), title: None, details: None };
    let failed = ReportedStatus::Reached(DeliveryStatus::Failed);
    StatusReport { errors: codes.iter().map(error).collect(), ..StatusReport::new(failed, now()) }
}

impl Business {
    async fn open() -> Self {
        let pool = database::owner_pool(testing::database().await.connect_options());
        let store = log_testing::event_store(&pool);
        let (commands, log) = (Commands::new(&store), store.reader().clone());
        let business = Self { pool, commands, log, asked: Cell::new(0), heeded: Cell::new(0) };
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse("10").unwrap(),
            waba_id: ProviderId::parse("20").unwrap(),
            display_phone: DisplayPhone::parse("+39 02 1234").unwrap(),
            app: None,
        };
        business.channel(ChannelCommand::ConnectWhatsAppNumber(number)).await;
        business.enters_credentials(1).await;
        let phone = E164::parse("+393331234567").unwrap();
        let introduce =
            ContactCommand::IntroduceByPhone { phone_hash: IdentifierHash::from_hex("phone".to_owned()), phone };
        business.commands.contacts.execute(CONTACT, introduce, business.context()).await.unwrap();
        business
    }

    fn context(&self) -> CommandContext {
        self.asked.set(self.asked.get() + 1);
        let id = CommandId::derive(TENANT, "test", &[&self.asked.get().to_string()]);
        CommandContext::new(TENANT, id, Actor::CommandLine, "test")
    }

    async fn channel(&self, command: ChannelCommand) {
        self.commands.channels.execute(CHANNEL, command, self.context()).await.unwrap();
    }

    async fn enters_credentials(&self, number: u128) {
        let credential = CredentialId::from_uuid(Uuid::from_u128(number));
        self.channel(ChannelCommand::EnterWhatsAppCredentials { credential }).await;
    }

    async fn tell(&self, number: u128, command: OutboundMessageCommand) {
        self.commands.outbound_messages.execute(message(number), command, self.context()).await.unwrap();
    }

    /// A message is begun, and comes to this.
    async fn sends(&self, number: u128, outcome: Outcome) {
        let content = OutgoingContent::Text { body: "It is.".to_owned().into(), preview_url: false };
        let message = OutgoingMessage { content, replies_to: None, part: None };
        let (thread, conditions) = (Thread::between(CONTACT, CHANNEL), conditions());
        self.tell(number, OutboundMessageCommand::Queue { thread, message, conditions: conditions.clone() }).await;
        self.tell(number, OutboundMessageCommand::Attempt { conditions }).await;
        self.tell(number, OutboundMessageCommand::Conclude { attempt: 1, outcome, at: now() }).await;
    }

    async fn is_refused(&self, number: u128, code: i64, class: RefusalClass) {
        let refusal = SendRefusal { code, subcode: None, title: None, details: None, class };
        self.sends(number, Outcome::Refused { refusal, again_at: now() }).await;
    }

    async fn fails(&self, number: u128, attempt: u32, codes: &[&str]) {
        let sent = Some(SentAs { attempt: Some(attempt), message: taken(number, attempt) });
        self.tell(number, OutboundMessageCommand::ReportStatus { report: failed(codes), sent }).await;
    }

    /// What was told since the last time is heeded: twice, as a process does that ended before it could note that it had.
    async fn heeds(&self) {
        let reactor = HeedRefusals::new(self.commands.clone(), self.log.clone());
        let raw = self.log.after(self.heeded.get(), 1_000).await.unwrap();
        self.heeded.set(self.log.head().await.unwrap());
        let events = self.log.read(raw, PersonalValues::Sealed).await.unwrap();
        reactor.act(&events).await.unwrap();
        let head = self.log.head().await.unwrap();
        reactor.act(&events).await.unwrap();
        assert_eq!(self.log.head().await.unwrap(), head, "what is heeded twice is heeded once");
        let mut rows = self.pool.begin().await.unwrap();
        reactor.write(&mut rows, &events).await.unwrap();
        rows.commit().await.unwrap();
    }

    async fn marketing(&self) -> Option<Marketing> {
        self.log.load::<Contact>(CONTACT.into()).await.unwrap().state.marketing()
    }

    async fn is_stopped(&self) -> bool {
        self.log.load::<Channel>(CHANNEL.into()).await.unwrap().state.is_stopped()
    }

    /// How many syncs wait.
    async fn syncs(&self) -> usize {
        let range = JobRange { numbers: 1..=i64::MAX, from_oldest: true, limit: 100 };
        let all = jobs(&self.pool, &JobFilter::default(), &range).await.unwrap();
        all.iter().filter(|job| job.kind == SYNC_TEMPLATES && job.state.as_str() == "waiting").count()
    }
}

#[tokio::test]
async fn who_wants_no_marketing_is_known_to_whoever_tells_it() {
    for by_status in [false, true] {
        let business = Business::open().await;
        business.heeds().await;
        assert_eq!(business.marketing().await, None, "nobody has said anything");
        if by_status {
            business.sends(10, Outcome::Accepted(taken(10, 1))).await;
            business.fails(10, 1, &["131050"]).await;
        } else {
            business.is_refused(10, 131_050, RefusalClass::Never).await;
        }
        business.heeds().await;
        assert_eq!(business.marketing().await, Some(Marketing::Stopped), "by a status: {by_status}");
    }
}

#[tokio::test]
async fn a_status_stops_the_number_unless_it_is_of_before_somebody_saw_to_it() {
    for resumes in [false, true] {
        let business = Business::open().await;
        business.sends(10, Outcome::Accepted(taken(10, 1))).await;
        business.sends(11, Outcome::Accepted(taken(11, 1))).await;
        business.fails(10, 1, &["131026", "131042"]).await;
        business.heeds().await;
        assert!(business.is_stopped().await);
        if resumes {
            business.channel(ChannelCommand::ResumeSending).await;
        } else {
            business.enters_credentials(2).await;
        }
        business.fails(11, 1, &["131031"]).await;
        business.heeds().await;
        assert!(!business.is_stopped().await, "what it tells of was begun before; resumed: {resumes}");

        business.tell(11, OutboundMessageCommand::Retry { conditions: conditions() }).await;
        business.tell(11, OutboundMessageCommand::Attempt { conditions: conditions() }).await;
        business.fails(11, 2, &["131031"]).await;
        business.heeds().await;
        assert!(business.is_stopped().await, "this was begun after it; resumed: {resumes}");
    }
}

#[tokio::test]
async fn that_an_answer_stops_the_number_is_for_whoever_asked_to_say() {
    let business = Business::open().await;
    business.is_refused(10, 190, RefusalClass::Stop).await;
    business.heeds().await;
    assert!(!business.is_stopped().await);
}

#[tokio::test]
async fn what_others_sent_and_words_that_are_no_codes_stop_nothing() {
    let business = Business::open().await;
    let echo = EchoedMessage {
        occasion: Occasion {
            provider_message_id: "a".to_owned().into(),
            sent_at: now(),
            received_at: None,
            odd_timestamp: None,
        },
        via: Via::BusinessApp,
        recipient_name: None,
        content: MessageContent::Text { body: "It is.".to_owned().into() },
        replies_to: None,
        forwarded: None,
        errors: vec![],
    };
    let thread = Thread::between(CONTACT, CHANNEL);
    business.tell(10, OutboundMessageCommand::RecordEcho { thread, message: echo }).await;
    let report = failed(&["131042", "131050"]);
    business.tell(10, OutboundMessageCommand::ReportStatus { report, sent: None }).await;
    business.sends(11, Outcome::Accepted(taken(11, 1))).await;
    business.fails(11, 1, &["", "OAuthException", "131042.0", "99999999999999999999"]).await;
    business.heeds().await;
    assert!(!business.is_stopped().await);
    assert_eq!(business.marketing().await, Some(Marketing::Stopped), "what she wants does not depend on who asked");
}

#[tokio::test]
async fn however_many_templates_are_not_known_they_are_asked_for_once() {
    let business = Business::open().await;
    for number in 10..13 {
        business.is_refused(number, 132_001, RefusalClass::Never).await;
    }
    business.heeds().await;
    assert_eq!(business.syncs().await, 1);
    business.is_refused(13, 132_001, RefusalClass::Never).await;
    business.is_refused(14, 132_000, RefusalClass::Never).await;
    business.heeds().await;
    assert_eq!(business.syncs().await, 1, "the one that waited is not done besides");
}
