//! Laws that hold for every aggregate, whatever it is told in whatever order.
//!
//! The seed is fixed and printed on failure; `PROPTEST_RNG_SEED` tries another, `PROPTEST_CASES` more.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cqrs_es::DomainEvent;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use leadflow_domain::channel::{
    AppKey, Channel, ChannelCommand, ChannelEvent, DisplayPhone, ProviderId, WhatsAppNumber,
};
use leadflow_domain::contact::{
    Contact, ContactCommand, ContactEvent, Identifier, Marketing, MarketingPreference, Telling, Wants,
};
use leadflow_domain::conversation::{
    Call, CallDirection, CallNews, CallReport, Conversation, ConversationCommand, ConversationEvent, Correction, Edit,
    InboundMessage, MessageContent, Occasion, Priority, Reaction, Revocation,
};
use leadflow_domain::group::{
    Creation, Failure, Group, GroupCommand, GroupEvent, GroupFact, Moment, Participation, Settings,
};
use leadflow_domain::lead::{Capture, Lead, LeadCommand, LeadEvent, LeadSource};
use leadflow_domain::outbound_message::{
    DeliveryStatus, EchoedMessage, OutboundMessage, OutboundMessageCommand, OutboundMessageEvent, Participant,
    ReportedStatus, StatusReport, Thread, Via,
};
use leadflow_domain::tenant::{Tenant, TenantCommand, TenantEvent, TenantName};
use leadflow_domain::{
    ChannelId, ContactId, ConversationId, DataSubject, Decide, E164, EventId, EventType, GroupId, IdentifierHash,
    PERSONAL_MARK, Personal, StreamId,
};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use uuid::Uuid;

/// Commands of one history. Long enough to come back to every state, short enough to shrink well.
const COMMANDS: std::ops::Range<usize> = 1..24;

/// The stream that all histories are of.
const STREAM: StreamId = StreamId::from_uuid(Uuid::from_u128(7));

fn runner() -> (TestRunner, RngSeed) {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(20_251_121);
    }
    let seed = config.rng_seed;
    (TestRunner::new(config), seed)
}

/// `handle` as cqrs-es calls it. It waits for nothing, so one look at it is enough.
fn handle<A: Decide>(state: &mut A, command: A::Command) -> Result<Vec<A::Event>, A::Error> {
    let sink = EventSink::default();
    ready(state.handle(command, &(), &sink))?;
    Ok(ready(sink.collect()))
}

fn ready<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("a decision waits for something"),
    }
}

/// Runs generated histories of `A` and checks the laws. `settles` names the commands that, said again at once, mean
/// nothing. Every event in `types` must come up, or the histories are too poor to show anything.
fn laws<A>(commands: impl Strategy<Value = A::Command>, settles: fn(&A::Command) -> bool, types: &[EventType])
where
    A: Decide + Clone + PartialEq + Debug,
    A::Command: Clone + Debug,
    A::Event: PartialEq,
    A::Error: PartialEq,
{
    let seen = RefCell::new(BTreeSet::new());
    let (mut runner, seed) = runner();
    let verdict = runner.run(&vec(commands, COMMANDS), |history| {
        let mut live = A::default();
        let mut log: Vec<String> = Vec::new();
        for command in history {
            let (before, decided) = (live.clone(), live.decide(command.clone()));
            let handled = handle(&mut live, command.clone());
            assert_eq!(handled, decided, "handle feeds what was decided, and nothing else");
            match handled {
                Ok(events) => {
                    for event in &events {
                        seen.borrow_mut().insert(event.event_type());
                        let stored = serde_json::to_string(event).unwrap();
                        if stored.contains(PERSONAL_MARK) {
                            assert_ne!(A::data_subject(STREAM, event), DataSubject::Nobody, "somebody's key is known");
                        }
                        log.push(stored);
                    }
                    if settles(&command) {
                        assert_eq!(live.decide(command), Ok(vec![]), "said again at once, it means nothing");
                    }
                }
                Err(_) => assert_eq!(live, before, "a refusal changes nothing"),
            }
            let mut replayed = A::default();
            for stored in &log {
                replayed.apply(serde_json::from_str(stored).unwrap());
            }
            assert_eq!(replayed, live, "what is replayed from the stored form is what was live");
            let snapshot = serde_json::to_string(&live).unwrap();
            assert!(!snapshot.contains(PERSONAL_MARK), "a state holds no personal value");
            assert_eq!(serde_json::from_str::<A>(&snapshot).unwrap(), live, "a snapshot comes back as it was");
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{} with {seed:?}: {failure}", A::TYPE);
    }
    let types: BTreeSet<String> = types.iter().map(|known| known.kind.to_owned()).collect();
    assert_eq!(seen.into_inner(), types, "the histories of {} show every event, with {seed:?}", A::TYPE);
}

fn personal(text: impl Strategy<Value = String>) -> impl Strategy<Value = Personal<String>> {
    prop_oneof![9 => text.prop_map(Personal::Known), 1 => Just(Personal::Erased)]
}

/// Few of each id, so that histories come back to the same ones.
fn uuid() -> impl Strategy<Value = Uuid> {
    (1..=3_u128).prop_map(Uuid::from_u128)
}

fn seconds() -> impl Strategy<Value = Timestamp> {
    (0..4_i64).prop_map(|second| Timestamp::from_second(1_763_712_000 + second).unwrap())
}

fn message() -> impl Strategy<Value = InboundMessage> {
    let text = || any::<String>();
    (personal(text()), seconds(), proptest::option::of(personal(text())), personal(text())).prop_map(
        |(provider_message_id, sent_at, sender_name, body)| InboundMessage {
            sender_name,
            ..InboundMessage::new(provider_message_id, sent_at, MessageContent::Text { body })
        },
    )
}

fn occasion() -> impl Strategy<Value = Occasion> {
    (personal(any::<String>()), seconds(), proptest::option::of(seconds())).prop_map(
        |(provider_message_id, sent_at, received_at)| Occasion {
            provider_message_id,
            sent_at,
            received_at,
            odd_timestamp: None,
        },
    )
}

fn call() -> impl Strategy<Value = Call> {
    let direction = prop_oneof![
        3 => Just(CallDirection::FromCustomer),
        1 => Just(CallDirection::FromBusiness),
        1 => any::<String>().prop_map(CallDirection::Other),
    ];
    let told = prop_oneof![Just("connect"), Just("terminate"), Just("RINGING")].prop_map(CallNews::of);
    (occasion(), direction, told, proptest::option::of(personal(any::<String>()))).prop_map(
        |(occasion, direction, told, customer_name)| {
            let report = CallReport {
                direction,
                told,
                outcome: None,
                started_at: None,
                ended_at: None,
                duration_seconds: None,
                errors: vec![],
            };
            Call { occasion, customer_name, callback_data: None, report }
        },
    )
}

#[test]
fn a_conversation_keeps_the_laws() {
    // The first contact and channel come most often: a thread must be able to live.
    let id = || prop_oneof![8 => Just(Uuid::from_u128(1)), 1 => uuid()];
    let group = || proptest::option::weighted(0.1, uuid().prop_map(GroupId::from_uuid));
    let emoji = proptest::option::of(personal(any::<String>()));
    let priority = prop_oneof![Just(Priority::None), Just(Priority::Low), Just(Priority::Urgent)];
    let commands = prop_oneof![
        4 => (id(), id(), group(), message()).prop_map(|(contact, channel, group, message)| {
            ConversationCommand::ReceiveMessage {
            contact: ContactId::from_uuid(contact),
            channel: ChannelId::from_uuid(channel),
            group,
            message,
        }}),
        2 => (id(), id(), message()).prop_map(|(contact, channel, message)| ConversationCommand::ImportMessage {
            contact: ContactId::from_uuid(contact),
            channel: ChannelId::from_uuid(channel),
            message,
        }),
        1 => (id(), id()).prop_map(|(contact, channel)| ConversationCommand::Open {
            contact: ContactId::from_uuid(contact),
            channel: ChannelId::from_uuid(channel),
        }),
        1 => (id(), id(), group(), occasion(), emoji).prop_map(|(contact, channel, group, occasion, emoji)| {
            ConversationCommand::React {
                contact: ContactId::from_uuid(contact),
                channel: ChannelId::from_uuid(channel),
                group,
                reaction: Reaction { occasion, to: Personal::Erased, emoji },
            }
        }),
        1 => (id(), id(), group(), occasion(), message()).prop_map(|(contact, channel, group, occasion, message)| {
            ConversationCommand::EditMessage {
                contact: ContactId::from_uuid(contact),
                channel: ChannelId::from_uuid(channel),
                group,
                edit: Edit { occasion, original: message.provider_message_id, content: message.content },
            }
        }),
        1 => (id(), id(), group(), occasion()).prop_map(|(contact, channel, group, occasion)| {
            ConversationCommand::RevokeMessage {
                contact: ContactId::from_uuid(contact),
                channel: ChannelId::from_uuid(channel),
                group,
                revocation: Revocation { original: occasion.provider_message_id.clone(), occasion },
            }
        }),
        1 => (id(), id(), call()).prop_map(|(contact, channel, call)| ConversationCommand::RecordCall {
            contact: ContactId::from_uuid(contact),
            channel: ChannelId::from_uuid(channel),
            call,
        }),
        1 => Just(ConversationCommand::MarkRead),
        1 => Just(ConversationCommand::Resolve),
        1 => priority.prop_map(|priority| ConversationCommand::SetPriority { priority }),
        1 => (id(), message()).prop_map(|(contact, message)| ConversationCommand::CorrectMessage {
            contact: ContactId::from_uuid(contact),
            correction: Correction::as_received(EventId::from_uuid(Uuid::nil()), message),
        }),
    ];
    // The same message twice is the same command twice, and the log's command ids see to that.
    let settles = |command: &ConversationCommand| match command {
        ConversationCommand::ReceiveMessage { .. }
        | ConversationCommand::ImportMessage { .. }
        | ConversationCommand::React { .. }
        | ConversationCommand::EditMessage { .. }
        | ConversationCommand::RevokeMessage { .. }
        | ConversationCommand::CorrectMessage { .. }
        | ConversationCommand::RecordCall { .. } => false,
        ConversationCommand::Open { .. }
        | ConversationCommand::MarkRead
        | ConversationCommand::Resolve
        | ConversationCommand::SetPriority { .. } => true,
    };
    laws::<Conversation>(commands, settles, ConversationEvent::TYPES);
}

fn group_fact() -> impl Strategy<Value = GroupFact> {
    let text = || proptest::option::of(personal(any::<String>()));
    let participation = (uuid(), text()).prop_map(|(contact, reason)| Participation {
        contact: ContactId::from_uuid(contact),
        reason,
        request: None,
        errors: vec![],
    });
    let creation = text().prop_map(|subject| Creation { subject, ..Creation::default() });
    let settings =
        (text(), text()).prop_map(|(subject, description)| Settings { subject, description, ..Settings::default() });
    prop_oneof![
        creation.prop_map(GroupFact::Created),
        Just(GroupFact::Deleted { request: None }),
        (participation, 0..5_u8).prop_map(|(participation, what)| match what {
            0 => GroupFact::Joined(participation),
            1 => GroupFact::Left(participation),
            2 => GroupFact::JoinRequested(participation),
            3 => GroupFact::JoinRequestWithdrawn(participation),
            _ => GroupFact::Kept(participation),
        }),
        settings.prop_map(GroupFact::Described),
        Just(GroupFact::Suspended),
        Just(GroupFact::Reinstated),
        any::<String>().prop_map(|asked| GroupFact::Failed(Failure { asked, errors: vec![], request: None })),
        any::<String>().prop_map(|named| GroupFact::Other { named }),
    ]
}

#[test]
fn a_group_keeps_the_laws() {
    let introduce = (uuid(), any::<String>()).prop_map(|(channel, provider_group_id)| GroupCommand::Introduce {
        channel: ChannelId::from_uuid(channel),
        provider_group_id,
    });
    let record = (seconds(), group_fact()).prop_map(|(at, fact)| GroupCommand::Record {
        moment: Moment { at, received_at: None, odd_timestamp: None },
        fact,
    });
    // The same fact twice is the same command twice, and the log's command ids see to that.
    let settles = |command: &GroupCommand| match command {
        GroupCommand::Introduce { .. } => true,
        GroupCommand::Record { .. } => false,
    };
    laws::<Group>(prop_oneof![1 => introduce, 4 => record], settles, GroupEvent::TYPES);
}

fn thread() -> impl Strategy<Value = Thread> {
    (uuid(), uuid())
        .prop_map(|(contact, channel)| Thread::between(ContactId::from_uuid(contact), ChannelId::from_uuid(channel)))
}

fn report() -> impl Strategy<Value = StatusReport> {
    let status = prop_oneof![
        8 => proptest::sample::select(&DeliveryStatus::ALL[..]).prop_map(ReportedStatus::Reached),
        1 => any::<String>().prop_map(ReportedStatus::Other),
    ];
    let participant = proptest::option::weighted(
        0.2,
        (personal(any::<String>()), 1..=2_u8).prop_map(|(phone, number)| Participant {
            hash: IdentifierHash::from_hex(format!("hash {number}")),
            phone: Some(phone),
            user_id: None,
        }),
    );
    (status, seconds(), participant, proptest::option::of(personal(any::<String>()))).prop_map(
        |(status, at, participant, callback_data)| StatusReport {
            participant,
            callback_data,
            ..StatusReport::new(status, at)
        },
    )
}

fn echoed() -> impl Strategy<Value = EchoedMessage> {
    (occasion(), message()).prop_map(|(occasion, message)| EchoedMessage {
        occasion,
        via: Via::Bot,
        recipient_name: message.sender_name,
        content: message.content,
        replies_to: None,
        forwarded: None,
        errors: vec![],
    })
}

#[test]
fn an_outbound_message_keeps_the_laws() {
    let import = (thread(), echoed(), any::<bool>(), proptest::option::of(report()));
    let import = import.prop_map(|(thread, message, is_placeholder, report)| {
        let content = if is_placeholder { MessageContent::MediaPlaceholder {} } else { message.content };
        let (message, status) = (EchoedMessage { content, ..message }, report.map(|report| report.status));
        OutboundMessageCommand::RecordImport { thread, message, status }
    });
    let commands = prop_oneof![
        2 => (thread(), echoed()).prop_map(|(thread, message)| OutboundMessageCommand::RecordEcho { thread, message }),
        2 => import,
        1 => (thread(), occasion()).prop_map(|(thread, occasion)| OutboundMessageCommand::RecordReaction {
            thread,
            reaction: Reaction { occasion, to: Personal::Erased, emoji: None },
        }),
        1 => (thread(), occasion(), message()).prop_map(|(thread, occasion, message)| {
            let edit = Edit { occasion, original: message.provider_message_id, content: message.content };
            OutboundMessageCommand::RecordEdit { thread, edit }
        }),
        1 => (thread(), occasion()).prop_map(|(thread, occasion)| OutboundMessageCommand::RecordRevocation {
            thread,
            revocation: Revocation { original: occasion.provider_message_id.clone(), occasion },
        }),
        4 => report().prop_map(|report| OutboundMessageCommand::ReportStatus { report }),
        1 => message().prop_map(|message| OutboundMessageCommand::CorrectMessage {
            correction: Correction::as_received(EventId::from_uuid(Uuid::nil()), message),
        }),
    ];
    // The same act or report twice is the same command twice, and the log's command ids see to that.
    let settles = |command: &OutboundMessageCommand| match command {
        OutboundMessageCommand::RecordEcho { .. }
        | OutboundMessageCommand::RecordReaction { .. }
        | OutboundMessageCommand::RecordImport { .. } => true,
        OutboundMessageCommand::RecordEdit { .. }
        | OutboundMessageCommand::RecordRevocation { .. }
        | OutboundMessageCommand::ReportStatus { .. }
        | OutboundMessageCommand::CorrectMessage { .. } => false,
    };
    laws::<OutboundMessage>(commands, settles, OutboundMessageEvent::TYPES);
}

#[test]
fn reports_in_any_order_tell_the_same_of_a_message() {
    let thread = Thread::between(ContactId::from_uuid(Uuid::from_u128(1)), ChannelId::from_uuid(Uuid::from_u128(2)));
    let occasion = Occasion {
        provider_message_id: Personal::Erased,
        sent_at: Timestamp::from_second(1_763_712_000).unwrap(),
        received_at: None,
        odd_timestamp: None,
    };
    let begun = {
        let mut message = OutboundMessage::default();
        let revocation = Revocation { occasion, original: Personal::Erased };
        handle(&mut message, OutboundMessageCommand::RecordRevocation { thread, revocation }).unwrap();
        message
    };
    let twice =
        vec(report(), COMMANDS).prop_flat_map(|told| (Just(told.clone()).prop_shuffle(), Just(told).prop_shuffle()));
    let disagreements = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&twice, |(one, other)| {
        let after = |reports: &[StatusReport]| {
            let mut message = begun.clone();
            for report in reports {
                handle(&mut message, OutboundMessageCommand::ReportStatus { report: report.clone() }).unwrap();
            }
            message
        };
        assert_eq!(after(&one).status(), one.iter().filter_map(StatusReport::reached).max());
        assert_eq!(after(&one), after(&other));
        *disagreements.borrow_mut() += u32::from(one.first() != other.first());
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(disagreements.into_inner() > 0, "some orders differ in what comes first");
}

#[test]
fn a_channel_keeps_the_laws() {
    let app = prop_oneof![Just(None), Just(AppKey::parse("shop").ok())];
    let number = (1..=2_u8, 1..=2_u8, 1..=3_u8, app).prop_map(|(id, waba, display, app)| WhatsAppNumber {
        phone_number_id: ProviderId::parse(&id.to_string()).unwrap(),
        waba_id: ProviderId::parse(&waba.to_string()).unwrap(),
        display_phone: DisplayPhone::parse(&format!("+39 02 {display}")).unwrap(),
        app,
    });
    let commands =
        prop_oneof![2 => number.prop_map(ChannelCommand::ConnectWhatsAppNumber), 1 => Just(ChannelCommand::Disconnect)];
    laws::<Channel>(commands, |_| true, ChannelEvent::TYPES);
}

fn telling() -> impl Strategy<Value = Telling> {
    seconds().prop_map(|told_at| Telling { told_at, received_at: None, odd_timestamp: None })
}

fn preference() -> impl Strategy<Value = MarketingPreference> {
    let word = prop_oneof![3 => Just("stop"), 3 => Just("resume"), 1 => Just("signup")];
    let category = prop_oneof![5 => Just("marketing_messages"), 1 => Just("coupons")];
    (word, category, telling(), proptest::option::of(personal(any::<String>()))).prop_map(
        |(word, category, telling, detail)| MarketingPreference {
            wants: Wants::of(word),
            category: category.to_owned(),
            telling,
            detail,
        },
    )
}

fn contact_commands() -> impl Strategy<Value = ContactCommand> {
    let hash = |number: u8| IdentifierHash::from_hex(format!("hash {number}"));
    let introduce = (1..=3_u8).prop_map(move |number| ContactCommand::IntroduceByPhone {
        phone: E164::parse(&format!("+3933312345{number}")).unwrap(),
        phone_hash: hash(number),
    });
    let by_user_id = (1..=3_u8).prop_map(move |number| ContactCommand::IntroduceByUserId {
        user_id: format!("IT.{number}"),
        user_id_hash: hash(number),
    });
    let identifier = || {
        prop_oneof![
            (1..=3_u8).prop_map(move |number| {
                Identifier::phone(&E164::parse(&format!("+3933312345{number}")).unwrap(), hash(number))
            }),
            (1..=3_u8).prop_map(move |number| Identifier::whatsapp_user_id(&format!("IT.{number}"), hash(number))),
        ]
    };
    prop_oneof![
        3 => introduce,
        2 => by_user_id,
        2 => identifier().prop_map(|identifier| ContactCommand::AddIdentifier { identifier }),
        3 => ((1..=3_u8).prop_map(hash), identifier())
            .prop_map(|(from, to)| ContactCommand::ChangeIdentifier { from, to }),
        2 => (identifier(), uuid()).prop_map(|(identifier, holder)| ContactCommand::RecordConflict {
            identifier: identifier.held,
            holder: ContactId::from_uuid(holder),
        }),
        1 => Just(ContactCommand::Erase),
        1 => (uuid(), preference()).prop_map(|(channel, preference)| ContactCommand::TellMarketingPreference {
            channel: ChannelId::from_uuid(channel),
            preference,
        }),
        1 => (uuid(), personal(any::<String>()), telling()).prop_map(|(channel, name, telling)| ContactCommand::List {
            channel: ChannelId::from_uuid(channel),
            name,
            first_name: None,
            telling,
        }),
        1 => (uuid(), telling()).prop_map(|(channel, telling)| ContactCommand::Unlist {
            channel: ChannelId::from_uuid(channel),
            telling,
        }),
    ]
}

#[test]
fn a_contact_keeps_the_laws() {
    // What is told of her twice is the same command twice, and the log's command ids see to that.
    let settles = |command: &ContactCommand| match command {
        ContactCommand::TellMarketingPreference { .. }
        | ContactCommand::List { .. }
        | ContactCommand::Unlist { .. } => false,
        ContactCommand::IntroduceByPhone { .. }
        | ContactCommand::IntroduceByUserId { .. }
        | ContactCommand::AddIdentifier { .. }
        | ContactCommand::ChangeIdentifier { .. }
        | ContactCommand::RecordConflict { .. }
        | ContactCommand::Erase => true,
    };
    laws::<Contact>(contact_commands(), settles, ContactEvent::TYPES);
}

#[test]
fn whether_she_wants_marketing_is_the_same_in_any_order() {
    let twice = vec(preference(), COMMANDS)
        .prop_flat_map(|said| (Just(said.clone()).prop_shuffle(), Just(said).prop_shuffle()));
    let introduce = ContactCommand::IntroduceByUserId {
        user_id: "IT.1".to_owned(),
        user_id_hash: IdentifierHash::from_hex("hash 1".to_owned()),
    };
    let disagreements = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&twice, |(one, other)| {
        let after = |said: &[MarketingPreference]| {
            let mut contact = Contact::default();
            handle(&mut contact, introduce.clone()).unwrap();
            for preference in said {
                let (channel, preference) = (ChannelId::from_uuid(Uuid::from_u128(2)), preference.clone());
                handle(&mut contact, ContactCommand::TellMarketingPreference { channel, preference }).unwrap();
            }
            contact
        };
        let last = one.iter().filter_map(|said| Some((said.telling.told_at, said.marketing()?))).max();
        assert_eq!(after(&one).marketing(), last.map(|(_, marketing): (_, Marketing)| marketing));
        assert_eq!(after(&one), after(&other));
        *disagreements.borrow_mut() += u32::from(one.first() != other.first());
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(disagreements.into_inner() > 0, "some orders differ in what comes first");
}

#[test]
fn nothing_is_recorded_about_an_erased_contact() {
    let asked_after = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&vec(contact_commands(), COMMANDS), |history| {
        let (mut contact, mut erased) = (Contact::default(), false);
        for command in history {
            let events = handle(&mut contact, command).unwrap_or_default();
            if erased {
                assert_eq!(events, [], "an erased contact stays as she is");
                *asked_after.borrow_mut() += 1;
            }
            erased |= events.iter().any(|event| match Contact::data_subject(STREAM, event) {
                DataSubject::Erases(_) => true,
                DataSubject::Nobody | DataSubject::Holds(_) => false,
            });
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(asked_after.into_inner() > 0, "some histories go on after the erasure");
}

#[test]
fn a_tenant_keeps_the_laws() {
    let commands = prop_oneof![Just("Acme"), Just("Bottega Aurora"), Just("Çınar & Oğulları")]
        .prop_map(|name| TenantCommand::Register { name: TenantName::parse(name).unwrap() });
    laws::<Tenant>(commands, |_| true, TenantEvent::TYPES);
}

fn capture(contact: impl Strategy<Value = Uuid>) -> impl Strategy<Value = Capture> {
    (contact, uuid(), seconds()).prop_map(|(contact, conversation, captured_at)| Capture {
        contact: ContactId::from_uuid(contact),
        source: LeadSource::WhatsApp,
        conversation: ConversationId::from_uuid(conversation),
        captured_at,
    })
}

#[test]
fn a_lead_keeps_the_laws() {
    laws::<Lead>(capture(uuid()).prop_map(LeadCommand::Capture), |_| true, LeadEvent::TYPES);
}

#[test]
fn a_lead_is_captured_the_same_in_any_order() {
    let told = vec(capture(Just(Uuid::from_u128(1))), COMMANDS);
    let twice = told.prop_flat_map(|told| (Just(told.clone()).prop_shuffle(), Just(told).prop_shuffle()));
    let disagreements = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&twice, |(one, other)| {
        let lead_of = |captures: &[Capture]| {
            let mut lead = Lead::default();
            for capture in captures {
                handle(&mut lead, LeadCommand::Capture(capture.clone())).unwrap();
            }
            lead
        };
        let earliest = one.iter().min_by_key(|capture| (capture.captured_at, capture.conversation)).unwrap();
        let expected = lead_of(std::slice::from_ref(earliest));
        assert_eq!(lead_of(&one), expected);
        assert_eq!(lead_of(&other), expected);
        *disagreements.borrow_mut() += u32::from(one.first() != other.first());
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(disagreements.into_inner() > 0, "some orders differ in what comes first");
}
