//! Histories of conversations.

use jiff::Timestamp;
use leadflow_domain::conversation::{
    Call, CallDirection, CallNews, CallReport, Conversation, ConversationCommand, ConversationEvent, Correction, Edit,
    Label, Note, Priority, Reaction, Revocation,
};
use leadflow_domain::{
    ChannelId, ContactId, EventId, GroupId, MemberId, OutboundMessageId, Personal, SubmissionId, TeamId,
};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use uuid::Uuid;

use crate::laws::laws;
use crate::strategies::{message, occasion, personal, seconds, uuid};

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

/// What people of the business do with a conversation.
fn kept() -> impl Strategy<Value = ConversationCommand> {
    // Before all of these seconds, as a rule: what is set aside must be able to wake.
    let now = || prop_oneof![4 => Just(Timestamp::UNIX_EPOCH), 1 => seconds()];
    let label = || prop_oneof![Just("VIP"), Just("Vip")].prop_map(|text| Label::parse(text).unwrap());
    prop_oneof![
        2 => uuid().prop_map(|member| ConversationCommand::Assign { member: MemberId::from_uuid(member) }),
        2 => uuid().prop_map(|member| ConversationCommand::Take { member: MemberId::from_uuid(member) }),
        2 => uuid().prop_map(|team| ConversationCommand::AssignToTeam { team: TeamId::from_uuid(team) }),
        1 => Just(ConversationCommand::Unassign),
        1 => "[a-z]{1,9}".prop_map(|text| ConversationCommand::AddNote { text: Note::parse(&text).unwrap() }),
        2 => label().prop_map(|label| ConversationCommand::Label { label }),
        1 => label().prop_map(|label| ConversationCommand::Unlabel { label }),
        3 => (seconds(), now()).prop_map(|(until, now)| ConversationCommand::Snooze { until, now }),
        3 => seconds().prop_map(|until| ConversationCommand::Wake { until }),
        1 => Just(ConversationCommand::Reopen),
    ]
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
        1 => (id(), id(), uuid(), seconds()).prop_map(|(contact, channel, submission, submitted_at)| {
            ConversationCommand::ReceiveSubmission {
                contact: ContactId::from_uuid(contact),
                channel: ChannelId::from_uuid(channel),
                submission: SubmissionId::from_uuid(submission),
                submitted_at,
            }
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
        2 => (id(), id(), uuid(), proptest::option::of(0..9_i64)).prop_map(|(contact, channel, message, decided_on)| {
            ConversationCommand::Answer {
                contact: ContactId::from_uuid(contact),
                channel: ChannelId::from_uuid(channel),
                message: OutboundMessageId::from_uuid(message),
                decided_on,
            }
        }),
        1 => Just(ConversationCommand::MarkRead),
        1 => Just(ConversationCommand::Resolve),
        6 => kept(),
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
        | ConversationCommand::ReceiveSubmission { .. }
        | ConversationCommand::React { .. }
        | ConversationCommand::EditMessage { .. }
        | ConversationCommand::RevokeMessage { .. }
        | ConversationCommand::CorrectMessage { .. }
        | ConversationCommand::RecordCall { .. }
        | ConversationCommand::AddNote { .. }
        | ConversationCommand::Answer { .. } => false,
        ConversationCommand::Open { .. }
        | ConversationCommand::MarkRead
        | ConversationCommand::Resolve
        | ConversationCommand::SetPriority { .. }
        | ConversationCommand::Assign { .. }
        | ConversationCommand::Take { .. }
        | ConversationCommand::AssignToTeam { .. }
        | ConversationCommand::Unassign
        | ConversationCommand::Label { .. }
        | ConversationCommand::Unlabel { .. }
        | ConversationCommand::Snooze { .. }
        | ConversationCommand::Wake { .. }
        | ConversationCommand::Reopen => true,
    };
    laws::<Conversation>(commands, settles, ConversationEvent::TYPES);
}
