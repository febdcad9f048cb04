//! Histories: what customers write and members do, appended through the real executors.

mod accounts;
mod corrected;
mod groups;
mod imported;
mod kept;
pub(crate) mod leads;
mod merging;
mod outbound;
mod people;
mod routing;
mod sending;
pub(crate) mod sources;
pub(crate) mod templates;
mod told;

use std::collections::HashMap;

use futures_util::future::try_join_all;
use jiff::Timestamp;
use leadflow_domain::channel::{
    AccountStanding, ChannelCommand, DisplayPhone, HealthNews, NumberQuality, ProviderId, Restriction, StopReason,
    WhatsAppNumber,
};
use leadflow_domain::contact::{ContactCommand, ContactRefusal, Identifier};
use leadflow_domain::conversation::{
    ConversationCommand, ConversationRefusal, Counterpart, Edit, InboundMessage, Media, MediaFile, MessageContent,
    Occasion, Priority, Reaction, Revocation, SystemChange,
};
use leadflow_domain::lead::{Capture, LeadSource};
use leadflow_domain::outbound_message::Thread;
use leadflow_domain::tenant::{Schedule, TenantCommand, TenantName, Weekday};
use leadflow_domain::{
    ChannelId, ContactId, ConversationId, CredentialId, E164, IdentifierHash, MemberId, Personal, StreamId, TeamId,
    TenantId, Zone,
};
use leadflow_event_store::{ExecuteError, RecordedEvent};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use self::sending::Sent;
use crate::support::{Log, OTHER_TENANT, TENANT, context};

/// Contacts of each tenant; the last one's messages come erased.
pub(crate) const CONTACTS: u128 = 4;
const CHANNELS: u32 = 2;

pub(crate) fn contact(tenant: TenantId, number: u128) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 64) + number))
}

/// Somebody who works for the business.
pub(crate) fn member(tenant: TenantId, number: u128) -> MemberId {
    MemberId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 72) + number))
}

/// People who work together there.
pub(crate) fn team(tenant: TenantId, number: u128) -> TeamId {
    TeamId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 80) + number))
}

pub(crate) fn channel(tenant: TenantId, number: u32) -> ChannelId {
    ChannelId::whatsapp(tenant, &phone_number_id(tenant, number))
}

fn phone_number_id(tenant: TenantId, number: u32) -> String {
    format!("{}{number}", tenant.as_uuid().as_u128())
}

pub(crate) fn connect(tenant: TenantId, number: u32, display: u32) -> ChannelCommand {
    ChannelCommand::ConnectWhatsAppNumber(WhatsAppNumber {
        phone_number_id: ProviderId::parse(&phone_number_id(tenant, number)).unwrap(),
        waba_id: waba_id(20),
        display_phone: DisplayPhone::parse(&format!("+39 02 {display}")).unwrap(),
        app: None,
    })
}

fn waba_id(id: u32) -> ProviderId {
    ProviderId::parse(&id.to_string()).unwrap()
}

pub(crate) fn introduce(number: u128) -> ContactCommand {
    let phone = format!("+39333{number:07}");
    ContactCommand::IntroduceByPhone {
        phone: E164::parse(&phone).unwrap(),
        phone_hash: IdentifierHash::from_hex(format!("hash of {phone}")),
    }
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_763_712_000 + second).unwrap()
}

pub(crate) fn text(id: &str, second: i64, name: Option<&str>) -> InboundMessage {
    InboundMessage {
        sender_name: name.map(|name| name.to_owned().into()),
        ..InboundMessage::new(id.to_owned(), at(second), MessageContent::Text { body: format!("text {id}").into() })
    }
}

/// A message as it stands after its sender was erased.
fn erased(second: i64, named: bool) -> InboundMessage {
    InboundMessage {
        sender_name: named.then_some(Personal::Erased),
        ..InboundMessage::new(Personal::Erased, at(second), MessageContent::Text { body: Personal::Erased })
    }
}

/// Two tenants' days at random: messages of a few seconds in any order, reads, resolves, reopenings, captures that
/// come late, numbers that change, people who are erased and write again. The same `seed` and number of `steps` is the
/// same history. Returns its events as somebody reads them who keeps up: before anybody in them is erased.
pub(crate) async fn play(log: &Log, seed: u64, steps: u32) -> Vec<RecordedEvent> {
    let mut play = Play {
        log,
        rng: StdRng::seed_from_u64(seed),
        key: 0,
        key_of_people: 0,
        works: (StdRng::seed_from_u64(seed.wrapping_add(1_000)), 0),
        uncaptured: Vec::new(),
        erased: HashMap::new(),
        sent: Vec::new(),
        seen: Vec::new(),
    };
    for tenant in [TENANT, OTHER_TENANT] {
        let name = TenantName::parse(&format!("Business {tenant}")).unwrap();
        let key = play.next_key();
        log.tenants.execute(tenant, TenantCommand::Register { name }, context(tenant, &key)).await.unwrap();
        play.people(tenant).await;
        play.templates(tenant).await;
        play.routing(tenant).await;
        play.sources(tenant).await;
        play.pipeline(tenant).await;
        for number in 0..CHANNELS {
            play.channel(tenant, number, connect(tenant, number, 0)).await;
        }
    }
    for step in 0..steps {
        if step == steps * 3 / 4 {
            // By now she has written much.
            play.erase(TENANT, 0).await;
        }
        play.step().await;
        if step == steps / 2 {
            play.shorten(TENANT).await;
        }
        play.maybe_work().await;
    }
    for tenant in [TENANT, OTHER_TENANT] {
        // Whatever chance has brought: in the end each has been open by a schedule, and without one.
        let week = [(Weekday::Monday, vec!["09:00-17:00".parse().unwrap()])];
        let schedule = Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, []).unwrap();
        for command in [TenantCommand::SetSchedule { schedule }, TenantCommand::RemoveSchedule] {
            let key = play.next_key();
            log.tenants.execute(tenant, command, context(tenant, &key)).await.unwrap();
        }
        play.list(tenant, 1, 0, "Ada").await;
        play.is_told_of_by_a_history(tenant, 1, 1).await;
        play.are_taken_late(tenant, 0, 1).await;
        play.are_not_taken(tenant, 1, 1).await;
        play.set_aside(tenant, 2, 1).await;
        play.fill_in(tenant).await;
        play.connect_accounts(tenant).await;
        play.are_merged_for_a_while(tenant).await;
    }
    while !play.uncaptured.is_empty() {
        play.capture().await;
    }
    for who in (0..CONTACTS).cycle().take(10) {
        for tenant in [TENANT, OTHER_TENANT] {
            play.judge(tenant, who).await;
        }
    }
    for _ in 0..steps / 8 {
        let tenant = *[TENANT, OTHER_TENANT].choose(&mut play.rng).unwrap();
        let number = play.rng.random_range(0..CHANNELS);
        play.stands_otherwise(tenant, number).await;
    }
    for _ in 0..40 {
        play.maybe_work().await;
    }
    play.keep_up().await;
    play.seen
}

struct Play<'a> {
    log: &'a Log,
    rng: StdRng,
    key: u32,
    key_of_people: u32,
    /// By what chance something is done with leads, and how often it was: on its own, so that all else stays what it was.
    works: (StdRng, u32),
    /// Messages whose lead was not told of them yet.
    uncaptured: Vec<(TenantId, Capture)>,
    /// How often somebody of a number was erased; whoever writes from it then is somebody else.
    erased: HashMap<(TenantId, u128), u128>,
    /// What was written from here.
    sent: Vec<Sent>,
    seen: Vec<RecordedEvent>,
}

impl Play<'_> {
    fn next_key(&mut self) -> String {
        self.key += 1;
        self.key.to_string()
    }

    async fn step(&mut self) {
        let tenant = *[TENANT, OTHER_TENANT].choose(&mut self.rng).unwrap();
        let number = self.rng.random_range(0..CHANNELS);
        let who = self.rng.random_range(0..CONTACTS);
        match self.rng.random_range(0..143) {
            0..26 => self.message(tenant, who, number).await,
            112..115 => self.correct().await,
            115..127 => self.keep(tenant, who, number).await,
            127..131 => self.judge(tenant, who).await,
            131..137 => self.send(tenant, who, number).await,
            137..141 => self.some_go_on().await,
            141..143 => self.stop_or_resume(tenant, number).await,
            26..30 => self.import(tenant, who, number).await,
            30..34 => {
                self.outbound(tenant, who, number).await;
                self.status(tenant, who, number).await;
            }
            34..44 => self.status(tenant, who, number).await,
            44..50 => self.act(tenant, who, number).await,
            50..56 => self.capture().await,
            56..61 => self.told_of(tenant, who, number).await,
            61..65 => self.identify(tenant, who).await,
            65..73 => self.member(tenant, who, number, ConversationCommand::MarkRead).await,
            73..77 => self.call(tenant, who, number).await,
            77..86 => self.member(tenant, who, number, ConversationCommand::Resolve).await,
            86..90 => {
                let priority = *[Priority::None, Priority::Low, Priority::Medium, Priority::High, Priority::Urgent]
                    .choose(&mut self.rng)
                    .unwrap();
                self.member(tenant, who, number, ConversationCommand::SetPriority { priority }).await;
            }
            90..94 => {
                let display = self.rng.random_range(0..3);
                self.channel(tenant, number, connect(tenant, number, display)).await;
                self.credentials(tenant, number, display).await;
            }
            94 => self.channel(tenant, number, ChannelCommand::Disconnect).await,
            95 => self.schedule(tenant).await,
            96..100 => self.erase(tenant, who).await,
            _ => self.group_fact(tenant, who, number).await,
        }
    }

    /// A business says when it is open, or that it has no hours any more.
    async fn schedule(&mut self, tenant: TenantId) {
        let hours = [["09:00-13:00", "14:00-18:00"], ["00:00-06:00", "12:00-24:00"]].choose(&mut self.rng).unwrap();
        let zone = Zone::parse(["Europe/Rome", "UTC"].choose(&mut self.rng).unwrap()).unwrap();
        let day = *[Weekday::Monday, Weekday::Friday, Weekday::Saturday].choose(&mut self.rng).unwrap();
        let week = [(day, hours.iter().map(|text| text.parse().unwrap()).collect())];
        let command = match self.rng.random_bool(0.7) {
            true => TenantCommand::SetSchedule { schedule: Schedule::new(zone, week, []).unwrap() },
            false => TenantCommand::RemoveSchedule,
        };
        let key = self.next_key();
        self.log.tenants.execute(tenant, command, context(tenant, &key)).await.unwrap();
    }

    /// The contact who writes from the number of `who` after `erased` others.
    fn contact(tenant: TenantId, who: u128, erased: u128) -> ContactId {
        contact(tenant, who + erased * CONTACTS)
    }

    fn times_erased(&self, tenant: TenantId, who: u128) -> u128 {
        self.erased.get(&(tenant, who)).copied().unwrap_or_default()
    }

    async fn erase(&mut self, tenant: TenantId, who: u128) {
        self.keep_up().await;
        let (key, erased) = (self.next_key(), self.times_erased(tenant, who));
        let contact = Self::contact(tenant, who, erased);
        match self.log.contacts.execute(contact, ContactCommand::Erase, context(tenant, &key)).await {
            Ok(_) => {
                self.erased.insert((tenant, who), erased + 1);
            }
            Err(ExecuteError::Refused(ContactRefusal::NotFound)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    async fn keep_up(&mut self) {
        let after = self.seen.last().map_or(0, |event| event.position);
        self.seen.extend(self.log.events_after(after).await);
    }

    async fn channel(&mut self, tenant: TenantId, number: u32, command: ChannelCommand) {
        let key = self.next_key();
        self.log.channels.execute(channel(tenant, number), command, context(tenant, &key)).await.unwrap();
    }

    /// What WhatsApp knows the business by is entered, or removed.
    async fn credentials(&mut self, tenant: TenantId, number: u32, display: u32) {
        let credential = CredentialId::from_uuid(Uuid::from_u128(self.key.into()));
        let command = match display {
            0 => ChannelCommand::RemoveWhatsAppCredentials,
            _ => ChannelCommand::EnterWhatsAppCredentials { credential },
        };
        self.channel(tenant, number, command).await;
    }

    /// WhatsApp tells of how a number stands, or the number gets into another account, or back, or somebody has seen to it.
    async fn stands_otherwise(&mut self, tenant: TenantId, number: u32) {
        match self.rng.random_range(0..10) {
            0 => {
                let mut moved = connect(tenant, number, 0);
                if let ChannelCommand::ConnectWhatsAppNumber(number) = &mut moved {
                    number.waba_id = waba_id(self.rng.random_range(20..22));
                }
                self.channel(tenant, number, moved).await;
            }
            1 => self.stop_or_resume(tenant, number).await,
            _ => self.is_told_of_health(tenant, number).await,
        }
    }

    /// WhatsApp tells how a number, or its account, stands; not always in the order of its times, nor of the account that it is of.
    async fn is_told_of_health(&mut self, tenant: TenantId, number: u32) {
        let until = self.rng.random_bool(0.5).then(|| at(7));
        let kind = "RESTRICTED_BIZ_INITIATED_MESSAGING".to_owned();
        let on = self.rng.random_bool(0.5).then(|| "April 17, 2027".to_owned());
        let account = match self.rng.random_range(0..5) {
            0 => AccountStanding::Good,
            1 => AccountStanding::ToBeDisabled { on },
            2 => AccountStanding::Disabled,
            3 => AccountStanding::Offboarded,
            _ => AccountStanding::Deleted,
        };
        let quality = match self.rng.random_range(0..3) {
            0 => NumberQuality::Good,
            1 => NumberQuality::Middling,
            _ => NumberQuality::Bad,
        };
        let restrictions = if self.rng.random_bool(0.5) { vec![Restriction { kind, until }] } else { Vec::new() };
        let mut news = vec![
            HealthNews::Quality(quality),
            HealthNews::MessagingLimit(format!("TIER_{}K", self.rng.random_range(1..4))),
            HealthNews::Account(account),
            HealthNews::Restrictions(restrictions),
            HealthNews::Violation(if self.rng.random_bool(0.5) { "ADULT" } else { "SPAM" }.to_owned()),
        ];
        news.shuffle(&mut self.rng);
        news.truncate(self.rng.random_range(1..=3));
        let at = at(self.rng.random_range(0..9));
        let waba_id = waba_id(if self.rng.random_bool(0.7) { 20 } else { 21 });
        self.channel(tenant, number, ChannelCommand::TellHealth { waba_id, news, at }).await;
    }

    /// The provider takes nothing more from a number, or somebody has seen to it.
    async fn stop_or_resume(&mut self, tenant: TenantId, number: u32) {
        let title = self.rng.random_bool(0.5).then(|| "Access token has expired".to_owned());
        let stop = ChannelCommand::StopSending { reason: StopReason { code: 190, title } };
        let command = if self.rng.random_bool(0.6) { stop } else { ChannelCommand::ResumeSending };
        self.channel(tenant, number, command).await;
    }

    async fn message(&mut self, tenant: TenantId, who: u128, number: u32) {
        let key = self.next_key();
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let channel = channel(tenant, number);
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        let second = self.rng.random_range(0..5);
        let message = if who + 1 == CONTACTS {
            erased(second, self.rng.random_bool(0.5))
        } else {
            // Byte order, dictionary order and the order of arrival differ.
            let id = ["a", "B", "é", "Z", "wamid."].choose(&mut self.rng).unwrap();
            let name = *[None, Some("Ada"), Some("Bo"), Some("Çelik")].choose(&mut self.rng).unwrap();
            text(&format!("{id}{key}"), second, name)
        };
        let content = match self.rng.random_range(0..10) {
            0 => MessageContent::Image(Media {
                mime_type: Some("image/png".to_owned()),
                file: MediaFile { id: Some("7".to_owned()), ..MediaFile::default() }.into(),
                caption: Some(format!("caption {key}").into()),
            }),
            1 => MessageContent::System { change: SystemChange::Identity, body: None },
            _ => message.content,
        };
        let message = InboundMessage { content, ..message };
        let is_written = message.is_written();
        let group = self.maybe_in_group(tenant, number).await;
        let conversation = Counterpart::of(contact, group).conversation(channel);
        let command = ConversationCommand::ReceiveMessage { contact, channel, group, message };
        let key = self.next_key();
        self.log.conversations.execute(conversation, command, context(tenant, &key)).await.unwrap();
        if is_written && group.is_none() {
            let capture = Capture::by_message(contact, LeadSource::WhatsApp, conversation, at(second));
            self.uncaptured.push((tenant, capture));
        }
    }

    /// Something is done to a message that may be there or not.
    async fn act(&mut self, tenant: TenantId, who: u128, number: u32) {
        let key = self.next_key();
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let channel = channel(tenant, number);
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        let text = |text: String| if who + 1 == CONTACTS { Personal::Erased } else { Personal::Known(text) };
        let occasion = Occasion {
            provider_message_id: text(format!("act{key}")),
            sent_at: at(self.rng.random_range(0..5)),
            received_at: None,
            odd_timestamp: None,
        };
        let group = self.maybe_in_group(tenant, number).await;
        let of_business = if group.is_none() { self.sent_to(Thread::between(contact, channel)) } else { None };
        let of_hers = format!("a{}", self.rng.random_range(0..self.key));
        let about = text(of_business.filter(|_| self.rng.random_bool(0.6)).unwrap_or(of_hers));
        let command = match self.rng.random_range(0..4) {
            0 => {
                let reaction = Reaction { occasion, to: about, emoji: None };
                ConversationCommand::React { contact, channel, group, reaction }
            }
            1 => {
                let emoji = Some(text("👍".to_owned()));
                ConversationCommand::React {
                    contact,
                    channel,
                    group,
                    reaction: Reaction { occasion, to: about, emoji },
                }
            }
            2 => {
                let content = MessageContent::Text { body: text(format!("changed {key}")) };
                let edit = Edit { occasion, original: about, content };
                ConversationCommand::EditMessage { contact, channel, group, edit }
            }
            _ => {
                let revocation = Revocation { occasion, original: about };
                ConversationCommand::RevokeMessage { contact, channel, group, revocation }
            }
        };
        let key = self.next_key();
        let conversation = Counterpart::of(contact, group).conversation(channel);
        self.log.conversations.execute(conversation, command, context(tenant, &key)).await.unwrap();
    }

    /// Something is found out about what somebody is known by; or somebody without a number is heard of.
    async fn identify(&mut self, tenant: TenantId, who: u128) {
        let key = self.next_key();
        let erased = self.times_erased(tenant, who);
        let known = Self::contact(tenant, who, erased);
        let user_id = |nth: u32| {
            let id = format!("IT.{who}x{erased}x{nth}");
            Identifier::whatsapp_user_id(&id, IdentifierHash::from_hex(format!("hash of {id}")))
        };
        let told = match self.rng.random_range(0..3) {
            0 => vec![
                (known, ContactCommand::AddIdentifier { identifier: user_id(0) }),
                (known, ContactCommand::ChangeIdentifier { from: user_id(0).held.hash, to: user_id(1) }),
            ],
            1 => {
                let holder = contact(tenant, who + 1);
                vec![(known, ContactCommand::RecordConflict { identifier: user_id(9).held, holder })]
            }
            _ => {
                let user_id = format!("IT.new{key}");
                let user_id_hash = IdentifierHash::from_hex(format!("hash of {user_id}"));
                let new = contact(tenant, 1_000_000 + u128::from(self.key));
                vec![(new, ContactCommand::IntroduceByUserId { user_id, user_id_hash })]
            }
        };
        for (contact, command) in told {
            let key = self.next_key();
            match self.log.contacts.execute(contact, command, context(tenant, &key)).await {
                Ok(_) | Err(ExecuteError::Refused(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn member(&mut self, tenant: TenantId, who: u128, number: u32, command: ConversationCommand) {
        let conversation = self.conversation(tenant, who, number);
        self.ask(tenant, conversation, command).await;
    }

    /// One with `who`, or with the group at that number.
    fn conversation(&mut self, tenant: TenantId, who: u128, number: u32) -> ConversationId {
        // What was begun with somebody who was erased goes on without her.
        let erased = self.rng.random_range(0..=self.times_erased(tenant, who));
        let contact = Self::contact(tenant, who, erased);
        let group = self.rng.random_bool(0.2).then(|| groups::group(tenant, number));
        Counterpart::of(contact, group).conversation(channel(tenant, number))
    }

    async fn ask(&mut self, tenant: TenantId, conversation: ConversationId, command: ConversationCommand) {
        let key = self.next_key();
        match self.log.conversations.execute(conversation, command, context(tenant, &key)).await {
            Ok(_)
            | Err(ExecuteError::Refused(ConversationRefusal::NotFound | ConversationRefusal::Resolved))
            // Nothing is noted about somebody who was erased.
            | Err(ExecuteError::Erased) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// More than two of the runtime's pages: forty threads, each read half-way.
pub(crate) async fn play_long(log: &Log) {
    log.channels.execute(channel(TENANT, 0), connect(TENANT, 0, 0), context(TENANT, "channel")).await.unwrap();
    try_join_all((0..40).map(|who| {
        log.contacts.execute(contact(TENANT, who), introduce(who), context(TENANT, &format!("introduce {who}")))
    }))
    .await
    .unwrap();
    let commands = (0..40).flat_map(|who| {
        let (contact, channel) = (contact(TENANT, who), channel(TENANT, 0));
        let stream = StreamId::from(ConversationId::between(contact, channel));
        (0..60).map(move |nth| {
            let key = format!("{who}/{nth}");
            let command = if nth == 30 {
                ConversationCommand::MarkRead
            } else {
                {
                    let message = text(&key, nth % 7, Some(&key));
                    ConversationCommand::ReceiveMessage { contact, channel, group: None, message }
                }
            };
            log.conversations.submit(stream, command, context(TENANT, &key))
        })
    });
    try_join_all(commands.collect::<Vec<_>>()).await.unwrap();
}

/// One message of one contact of `TENANT`, who is introduced first if need be.
pub(crate) async fn write(log: &Log, who: u128, key: &str, second: i64) {
    let (contact, channel) = (contact(TENANT, who), channel(TENANT, 0));
    log.channels.execute(channel, connect(TENANT, 0, 0), context(TENANT, "channel")).await.unwrap();
    log.contacts.execute(contact, introduce(who), context(TENANT, &format!("introduce {who}"))).await.unwrap();
    let command =
        ConversationCommand::ReceiveMessage { contact, channel, group: None, message: text(key, second, Some(key)) };
    log.conversations
        .execute(ConversationId::between(contact, channel), command, context(TENANT, &format!("write {key}")))
        .await
        .unwrap();
}
