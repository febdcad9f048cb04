//! What is asked of the log, by whom, and what goes wrong meanwhile.

use std::pin::Pin;

use leadflow_domain::channel::ChannelCommand;
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::{ConversationCommand, Priority};
use leadflow_domain::{Assertion, CommandId, Decide, StreamId};
use leadflow_event_store::{CommandContext, Executor, testing};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use super::answer::Told;
use crate::support::{Log, TENANT, arrives_at, channel, connect, contact, context, conversation, introduce, receive};

/// How many processes there are. The last one keeps no aggregate at hand; the first one's answers may get lost.
pub(crate) const PROCESSES: usize = 3;

#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Each asks one thing after another, all of them at once.
    pub(crate) callers: Vec<Vec<Step>>,
    /// Of the first process's appends, those whose answer gets lost, and when.
    pub(crate) lost_answers: Vec<(u32, Lost)>,
    /// After so many answers a connection is cut, busy ones first: which one of them.
    pub(crate) cuts: Vec<(usize, i64)>,
}

/// When the wire broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The server was asked, and goes on alone: when it appends is anybody's guess.
    Asked,
    /// The server has committed.
    Committed,
}

#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) process: usize,
    pub(crate) what: Ask,
    pub(crate) key: Key,
    /// The caller does not wait for the answer, and asks again in the end.
    pub(crate) goes_away: bool,
}

/// What names a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// The fact itself, told of time and again.
    Fact(u8),
    /// A client's own word, whatever it stands for.
    Client(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A message, which takes for granted that the number is the channel's.
    Receive {
        thread: u8,
        number: Option<(u8, u8)>,
    },
    Resolve {
        thread: u8,
    },
    Read {
        thread: u8,
    },
    Prioritise {
        thread: u8,
        urgent: bool,
    },
    Introduce {
        contact: u8,
        phone: u8,
    },
    Erase {
        contact: u8,
    },
    Connect {
        channel: u8,
        number: u8,
    },
    Disconnect {
        channel: u8,
    },
}

impl Step {
    pub(crate) fn id(&self) -> CommandId {
        match self.key {
            Key::Fact(number) => CommandId::derive(TENANT, "fact", &[&format!("{:?}", self.what), &number.to_string()]),
            Key::Client(number) => CommandId::derive(TENANT, "client", &[&number.to_string()]),
        }
    }

    /// What a receipt keeps of the request; nothing for a fact.
    pub(crate) fn request(&self) -> Option<String> {
        match self.key {
            Key::Fact(_) => None,
            Key::Client(_) => Some(format!("{:?}", self.what)),
        }
    }

    fn context(&self) -> CommandContext {
        let context = CommandContext { id: self.id(), ..context(TENANT, "") };
        let context = match self.request() {
            Some(request) => context.with_receipt(testing::keys().request_hash(&[&request])),
            None => context,
        };
        match self.what.assertion() {
            Some(assertion) => context.asserting(assertion),
            None => context,
        }
    }

    /// Asks `process`; the place in its queue is taken when this returns.
    pub(crate) fn submit(&self, process: &Log) -> Pin<Box<dyn Future<Output = Told> + Send>> {
        let (stream, context) = (self.what.stream(), self.context());
        match self.what.command() {
            Command::Conversation(command) => submit(&process.conversations, stream, command, context),
            Command::Contact(command) => submit(&process.contacts, stream, command, context),
            Command::Channel(command) => submit(&process.channels, stream, command, context),
        }
    }
}

fn submit<A>(
    executor: &Executor<A>,
    stream: StreamId,
    command: A::Command,
    context: CommandContext,
) -> Pin<Box<dyn Future<Output = Told> + Send>>
where
    A: Decide + Clone + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    let answer = executor.submit(stream, command, context);
    Box::pin(async move { Told::from(answer.await) })
}

/// A command of any kind.
#[expect(clippy::large_enum_variant, reason = "a plan holds a few of them")]
pub(crate) enum Command {
    Conversation(ConversationCommand),
    Contact(ContactCommand),
    Channel(ChannelCommand),
}

impl Ask {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Receive { .. } | Self::Resolve { .. } | Self::Read { .. } | Self::Prioritise { .. } => "conversation",
            Self::Introduce { .. } | Self::Erase { .. } => "contact",
            Self::Connect { .. } | Self::Disconnect { .. } => "channel",
        }
    }

    pub(crate) fn stream(&self) -> StreamId {
        match *self {
            Self::Receive { thread, .. }
            | Self::Resolve { thread }
            | Self::Read { thread }
            | Self::Prioritise { thread, .. } => conversation(u128::from(thread)).into(),
            Self::Introduce { contact: number, .. } | Self::Erase { contact: number } => {
                contact(u128::from(number)).into()
            }
            Self::Connect { channel: number, .. } | Self::Disconnect { channel: number } => {
                channel(u128::from(number)).into()
            }
        }
    }

    pub(crate) fn assertion(&self) -> Option<Assertion> {
        match *self {
            Self::Receive { number: Some((number, holder)), .. } => {
                Some(arrives_at(&number.to_string(), channel(u128::from(holder))))
            }
            Self::Receive { number: None, .. }
            | Self::Resolve { .. }
            | Self::Read { .. }
            | Self::Prioritise { .. }
            | Self::Introduce { .. }
            | Self::Erase { .. }
            | Self::Connect { .. }
            | Self::Disconnect { .. } => None,
        }
    }

    pub(crate) fn command(&self) -> Command {
        match *self {
            Self::Receive { thread, .. } => Command::Conversation(receive(u128::from(thread), &format!("{self:?}"))),
            Self::Resolve { .. } => Command::Conversation(ConversationCommand::Resolve),
            Self::Read { .. } => Command::Conversation(ConversationCommand::MarkRead),
            Self::Prioritise { urgent, .. } => Command::Conversation(ConversationCommand::SetPriority {
                priority: if urgent { Priority::Urgent } else { Priority::None },
            }),
            Self::Introduce { phone, .. } => Command::Contact(introduce(&format!("+39333123456{phone}"))),
            Self::Erase { .. } => Command::Contact(ContactCommand::Erase),
            Self::Connect { number, .. } => Command::Channel(connect(&number.to_string())),
            Self::Disconnect { .. } => Command::Channel(ChannelCommand::Disconnect),
        }
    }
}

/// Few of everything, so that they meet.
fn ask() -> impl Strategy<Value = Ask> {
    // The last thread never begins.
    let thread = || 0..4_u8;
    let number = proptest::option::of((0..2_u8, 0..2_u8));
    prop_oneof![
        8 => (0..3_u8, number).prop_map(|(thread, number)| Ask::Receive { thread, number }),
        3 => thread().prop_map(|thread| Ask::Resolve { thread }),
        2 => thread().prop_map(|thread| Ask::Read { thread }),
        3 => (thread(), any::<bool>()).prop_map(|(thread, urgent)| Ask::Prioritise { thread, urgent }),
        3 => (0..3_u8, 0..2_u8).prop_map(|(contact, phone)| Ask::Introduce { contact, phone }),
        1 => (0..3_u8).prop_map(|contact| Ask::Erase { contact }),
        4 => (0..2_u8, 0..2_u8).prop_map(|(channel, number)| Ask::Connect { channel, number }),
        2 => (0..2_u8).prop_map(|channel| Ask::Disconnect { channel }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let key = prop_oneof![3 => (0..6_u8).prop_map(Key::Fact), 2 => (0..12_u8).prop_map(Key::Client)];
    let goes_away = prop_oneof![7 => Just(false), 1 => Just(true)];
    (0..PROCESSES, ask(), key, goes_away).prop_map(|(process, what, key, goes_away)| Step {
        process,
        what,
        key,
        goes_away,
    })
}

/// Load for a few hundred milliseconds.
pub(crate) fn plans() -> impl Strategy<Value = Plan> {
    (
        vec(vec(step(), 1..16), 1..10),
        vec((0..24_u32, prop_oneof![Just(Lost::Asked), Just(Lost::Committed)]), 0..4),
        vec((0..80_usize, 0..6_i64), 0..4),
    )
        .prop_map(|(callers, lost_answers, cuts)| Plan { callers, lost_answers, cuts })
}
