//! Histories of what the business wrote, and of what is told of it in whatever order.

use std::cell::RefCell;

use jiff::Timestamp;
use leadflow_domain::conversation::{Correction, Edit, MessageContent, Occasion, Reaction, Revocation};
use leadflow_domain::outbound_message::{
    DeliveryStatus, EchoedMessage, OutboundMessage, OutboundMessageCommand, Participant, ReportedStatus, StatusReport,
    Thread, Via,
};
use leadflow_domain::{ChannelId, ContactId, EventId, IdentifierHash, Personal};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use uuid::Uuid;

use crate::laws::{COMMANDS, handle, laws, runner};
use crate::sending::told;
use crate::strategies::{message, occasion, personal, seconds, uuid};

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
        4 => report().prop_map(|report| OutboundMessageCommand::ReportStatus { report, sent: None }),
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
        OutboundMessageCommand::Queue { .. }
        | OutboundMessageCommand::Attempt { .. }
        | OutboundMessageCommand::Conclude { .. }
        | OutboundMessageCommand::GiveUp
        | OutboundMessageCommand::Retry { .. }
        | OutboundMessageCommand::Cancel => false,
    };
    laws::<OutboundMessage>(commands, settles, &told(false));
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
                handle(&mut message, OutboundMessageCommand::ReportStatus { report: report.clone(), sent: None })
                    .unwrap();
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
