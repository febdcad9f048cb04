use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    ConversationCommand, ConversationEvent, ConversationRefusal, Counterpart, Label, act_on_message, add_note, answer,
    assign, assign_to_team, correction, import_message, label, mark_read, open, receive_message, receive_submission,
    record_call, reopen, resolve, service_window, set_priority, snooze, unassign, unlabel, wake,
};
use crate::{ChannelId, DataSubject, Decide, MemberId, ReservationChange, StreamId, TeamId, aggregate};

/// What a conversation's decisions need to know. No messages: a thread of 10,000 costs what a new one costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub(super) thread: Option<Thread>,
    /// How many events there are.
    pub(super) version: i64,
    /// The version at which something happened last that an answer rests on.
    pub(super) answers_rest_on: i64,
}

/// A thread that has begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Thread {
    pub(super) counterpart: Counterpart,
    pub(super) channel: ChannelId,
    pub(super) status: Status,
    pub(super) has_unread: bool,
    pub(super) priority: Priority,
    /// Until when the business may answer freely; `None` when the customer has written nothing yet.
    pub(super) window_until: Option<Timestamp>,
    /// Who is to see to it.
    pub(super) assignee: Option<MemberId>,
    /// Which team is asked to, while nobody of it does.
    pub(super) asked: Option<AskedTeam>,
    pub(super) labels: BTreeSet<Label>,
}

/// A team that is asked to see to a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AskedTeam {
    pub(super) team: TeamId,
    /// At which version of the conversation.
    at: i64,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// Somebody waits for somebody.
    Open,
    /// It is set aside for a while.
    Snoozed {
        /// Until when.
        until: Timestamp,
    },
    /// The matter is settled.
    Resolved,
}

/// How much a conversation matters, as somebody of the business said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Nobody said.
    #[default]
    None,
    /// Less than others.
    Low,
    /// As others.
    Medium,
    /// More than others.
    High,
    /// Before all others.
    Urgent,
}

aggregate::aggregate!(Conversation, "conversation", ConversationCommand, ConversationEvent, ConversationRefusal);

impl Conversation {
    /// With whom and at which number it is; `None` while it has not begun.
    #[must_use]
    pub fn between(&self) -> Option<(Counterpart, ChannelId)> {
        self.thread.as_ref().map(|thread| (thread.counterpart, thread.channel))
    }

    /// Until when the business may answer freely; `None` while the customer has written nothing.
    #[must_use]
    pub fn window_until(&self) -> Option<Timestamp> {
        self.thread.as_ref()?.window_until
    }

    /// Who is to see to it.
    #[must_use]
    pub fn assignee(&self) -> Option<MemberId> {
        self.thread.as_ref()?.assignee
    }

    /// Which team is asked to see to it, while nobody of it does.
    #[must_use]
    pub fn team(&self) -> Option<TeamId> {
        self.asked().map(|asked| asked.team)
    }

    /// The version at which that team was asked.
    #[must_use]
    pub fn team_asked_at(&self) -> Option<i64> {
        self.asked().map(|asked| asked.at)
    }

    fn asked(&self) -> Option<AskedTeam> {
        self.thread.as_ref()?.asked
    }

    /// Whether the matter is settled.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.status == Status::Resolved)
    }

    /// How many events there are.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Whether an answer that was decided on this version is still one to what there is: nothing happened since that answers rest
    /// on.
    #[must_use]
    pub fn is_as_of(&self, version: i64) -> bool {
        (self.answers_rest_on..=self.version).contains(&version)
    }

    pub(super) fn thread(&self) -> Result<&Thread, ConversationRefusal> {
        self.thread.as_ref().ok_or(ConversationRefusal::NotFound)
    }

    /// Whether nobody waits for anybody: it is settled, or set aside for a while.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| match thread.status {
            Status::Open => false,
            Status::Snoozed { .. } | Status::Resolved => true,
        })
    }

    /// How the thread with `counterpart` at `channel` begins; nothing if it has begun.
    pub(super) fn opening_with(
        &self,
        counterpart: Counterpart,
        channel: ChannelId,
    ) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
        match &self.thread {
            None => Ok(vec![counterpart.opened(channel)]),
            Some(thread) if (thread.counterpart, thread.channel) == (counterpart, channel) => Ok(vec![]),
            Some(_) => Err(ConversationRefusal::WrongThread),
        }
    }

    fn begin(&mut self, counterpart: Counterpart, channel: ChannelId) {
        self.thread = Some(Thread {
            counterpart,
            channel,
            status: Status::Open,
            has_unread: false,
            priority: Priority::None,
            window_until: None,
            assignee: None,
            asked: None,
            labels: BTreeSet::new(),
        });
    }

    fn evolve(&mut self, event: ConversationEvent) {
        self.version += 1;
        if answer::outdates_answers(&event) {
            self.answers_rest_on = self.version;
        }
        match event {
            ConversationEvent::Opened { contact, channel } => self.begin(Counterpart::Contact(contact), channel),
            ConversationEvent::OpenedWithGroup { group, channel } => self.begin(Counterpart::Group(group), channel),
            ConversationEvent::MessageReceived { message, .. } => self.change(|thread| {
                thread.has_unread |= message.is_written();
                thread.window_until = thread.window_until.max(message.opens_window_until());
            }),
            ConversationEvent::Reacted { reaction, .. } => {
                let until = service_window(reaction.occasion.sent_at, reaction.occasion.received_at);
                self.change(|thread| thread.window_until = thread.window_until.max(Some(until)));
            }
            ConversationEvent::MessageEdited { .. }
            | ConversationEvent::MessageRevoked { .. }
            | ConversationEvent::MessageCorrected { .. }
            | ConversationEvent::NoteAdded { .. }
            | ConversationEvent::Answered { .. } => {}
            ConversationEvent::SubmissionReceived { .. } => self.change(|thread| thread.has_unread = true),
            ConversationEvent::Read {} => self.change(|thread| thread.has_unread = false),
            ConversationEvent::Resolved {} => self.change(|thread| {
                thread.status = Status::Resolved;
                thread.asked = None;
            }),
            ConversationEvent::Reopened {} | ConversationEvent::Woken {} => {
                self.change(|thread| thread.status = Status::Open);
            }
            ConversationEvent::Snoozed { until } => self.change(|thread| thread.status = Status::Snoozed { until }),
            ConversationEvent::PrioritySet { priority } => self.change(|thread| thread.priority = priority),
            ConversationEvent::MessageImported { message, .. } => {
                self.change(|thread| thread.window_until = thread.window_until.max(message.opens_window_until()));
            }
            ConversationEvent::Called { call, .. } => self.change(|thread| {
                thread.has_unread |= call.is_from_customer();
            }),
            ConversationEvent::Assigned { member } => self.falls_to(Some(member), None),
            ConversationEvent::Unassigned {} => self.falls_to(None, None),
            ConversationEvent::AssignedToTeam { team } => {
                self.falls_to(None, Some(AskedTeam { team, at: self.version }));
            }
            ConversationEvent::Labelled { label } => self.change(|thread| thread.labels.extend([label])),
            ConversationEvent::Unlabelled { label } => {
                self.change(|thread| thread.labels.retain(|known| *known != label));
            }
        }
    }

    /// Whose it is from now on: a member's, a team's while nobody of it has it, or nobody's.
    fn falls_to(&mut self, assignee: Option<MemberId>, asked: Option<AskedTeam>) {
        self.change(|thread| (thread.assignee, thread.asked) = (assignee, asked));
    }

    /// An opening is always a stream's first event; without it there is no thread to change.
    fn change(&mut self, change: impl FnOnce(&mut Thread)) {
        if let Some(thread) = &mut self.thread {
            change(thread);
        }
    }
}

impl Decide for Conversation {
    const STATE_VERSION: u32 = 6;

    fn decide(&self, command: ConversationCommand) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
        match command {
            ConversationCommand::Open { contact, channel } => open::decide(self, contact, channel),
            ConversationCommand::ReceiveMessage { contact, channel, group, message } => {
                receive_message::decide(self, contact, channel, group, message)
            }
            ConversationCommand::ReceiveSubmission { contact, channel, submission, submitted_at } => {
                receive_submission::decide(self, contact, channel, submission, submitted_at)
            }
            ConversationCommand::React { contact, channel, group, reaction } => {
                let reacted = ConversationEvent::Reacted { contact, channel, group, reaction };
                act_on_message::decide(self, Counterpart::of(contact, group), channel, reacted)
            }
            ConversationCommand::EditMessage { contact, channel, group, edit } => {
                let edited = ConversationEvent::MessageEdited { contact, channel, group, edit };
                act_on_message::decide(self, Counterpart::of(contact, group), channel, edited)
            }
            ConversationCommand::RevokeMessage { contact, channel, group, revocation } => {
                let revoked = ConversationEvent::MessageRevoked { contact, channel, group, revocation };
                act_on_message::decide(self, Counterpart::of(contact, group), channel, revoked)
            }
            ConversationCommand::MarkRead => mark_read::decide(self),
            ConversationCommand::Resolve => resolve::decide(self),
            ConversationCommand::SetPriority { priority } => set_priority::decide(self, priority),
            ConversationCommand::CorrectMessage { contact, correction } => {
                correction::decide(self, contact, correction)
            }
            ConversationCommand::ImportMessage { contact, channel, message } => {
                import_message::decide(self, contact, channel, message)
            }
            ConversationCommand::RecordCall { contact, channel, call } => {
                record_call::decide(self, contact, channel, call)
            }
            ConversationCommand::Assign { member } => assign::decide(self, member),
            ConversationCommand::Take { member } => assign::take(self, member),
            ConversationCommand::AssignToTeam { team } => assign_to_team::decide(self, team),
            ConversationCommand::Unassign => unassign::decide(self),
            ConversationCommand::AddNote { text } => add_note::decide(self, text),
            ConversationCommand::Label { label } => label::decide(self, label),
            ConversationCommand::Unlabel { label } => unlabel::decide(self, label),
            ConversationCommand::Snooze { until, now } => snooze::decide(self, until, now),
            ConversationCommand::Wake { until } => wake::decide(self, until),
            ConversationCommand::Reopen => reopen::decide(self),
            ConversationCommand::Answer { contact, channel, message, decided_on } => {
                answer::decide(self, contact, channel, message, decided_on)
            }
        }
    }

    fn reservations(_stream: StreamId, event: &ConversationEvent) -> Vec<ReservationChange> {
        match event {
            ConversationEvent::Opened { .. }
            | ConversationEvent::MessageReceived { .. }
            | ConversationEvent::Reacted { .. }
            | ConversationEvent::MessageEdited { .. }
            | ConversationEvent::MessageRevoked { .. }
            | ConversationEvent::Read {}
            | ConversationEvent::Resolved {}
            | ConversationEvent::Reopened {}
            | ConversationEvent::PrioritySet { .. }
            | ConversationEvent::MessageCorrected { .. }
            | ConversationEvent::MessageImported { .. }
            | ConversationEvent::Called { .. }
            | ConversationEvent::SubmissionReceived { .. }
            | ConversationEvent::OpenedWithGroup { .. }
            | ConversationEvent::Assigned { .. }
            | ConversationEvent::Unassigned {}
            | ConversationEvent::AssignedToTeam { .. }
            | ConversationEvent::NoteAdded { .. }
            | ConversationEvent::Labelled { .. }
            | ConversationEvent::Unlabelled { .. }
            | ConversationEvent::Snoozed { .. }
            | ConversationEvent::Woken {}
            | ConversationEvent::Answered { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &ConversationEvent) -> DataSubject {
        match event {
            ConversationEvent::MessageReceived { contact, .. }
            | ConversationEvent::Reacted { contact, .. }
            | ConversationEvent::MessageEdited { contact, .. }
            | ConversationEvent::MessageRevoked { contact, .. }
            | ConversationEvent::MessageCorrected { contact, .. }
            | ConversationEvent::MessageImported { contact, .. }
            | ConversationEvent::Called { contact, .. } => DataSubject::Holds((*contact).into()),
            ConversationEvent::NoteAdded { about, .. } => DataSubject::Holds(about.data_subject()),
            ConversationEvent::Opened { .. }
            | ConversationEvent::Read {}
            | ConversationEvent::Resolved {}
            | ConversationEvent::Reopened {}
            | ConversationEvent::PrioritySet { .. }
            | ConversationEvent::SubmissionReceived { .. }
            | ConversationEvent::OpenedWithGroup { .. }
            | ConversationEvent::Assigned { .. }
            | ConversationEvent::Unassigned {}
            | ConversationEvent::AssignedToTeam { .. }
            | ConversationEvent::Labelled { .. }
            | ConversationEvent::Unlabelled { .. }
            | ConversationEvent::Snoozed { .. }
            | ConversationEvent::Woken {}
            | ConversationEvent::Answered { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use jiff::{SignedDuration, Timestamp};
    use uuid::Uuid;

    use super::{ConversationCommand, ConversationEvent};
    use crate::conversation::{
        Counterpart, Edit, InboundMessage, Label, MessageContent, Note, Occasion, Reaction, Revocation,
    };
    use crate::{ChannelId, ContactId, GroupId, MemberId, OutboundMessageId, TeamId};

    pub(in crate::conversation) const CONTACT: ContactId = ContactId::from_uuid(Uuid::from_u128(1));
    pub(in crate::conversation) const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));

    pub(in crate::conversation) const GROUP: GroupId = GroupId::from_uuid(Uuid::from_u128(3));
    /// Somebody else of the group.
    pub(in crate::conversation) const OTHER: ContactId = ContactId::from_uuid(Uuid::from_u128(4));

    pub(in crate::conversation) const MEMBER: MemberId = MemberId::from_uuid(Uuid::from_u128(6));
    pub(in crate::conversation) const COLLEAGUE: MemberId = MemberId::from_uuid(Uuid::from_u128(7));

    pub(in crate::conversation) const TEAM: TeamId = TeamId::from_uuid(Uuid::from_u128(9));

    fn at() -> Timestamp {
        Timestamp::from_second(1_763_712_000).unwrap()
    }

    pub(in crate::conversation) fn text(id: &str) -> InboundMessage {
        let content = MessageContent::Text { body: "Is the blue one still there?".to_owned().into() };
        InboundMessage {
            sender_name: Some("Ada".to_owned().into()),
            ..InboundMessage::new(id.to_owned(), at(), content)
        }
    }

    pub(in crate::conversation) fn receive(id: &str) -> ConversationCommand {
        ConversationCommand::ReceiveMessage { contact: CONTACT, channel: CHANNEL, group: None, message: text(id) }
    }

    pub(in crate::conversation) fn opened() -> ConversationEvent {
        ConversationEvent::Opened { contact: CONTACT, channel: CHANNEL }
    }

    pub(in crate::conversation) fn received(id: &str) -> ConversationEvent {
        ConversationEvent::MessageReceived { contact: CONTACT, channel: CHANNEL, group: None, message: text(id) }
    }

    /// Until when the samples' conversations are set aside.
    pub(in crate::conversation) fn until() -> Timestamp {
        at() + SignedDuration::from_hours(1)
    }

    pub(in crate::conversation) fn snoozed() -> ConversationEvent {
        ConversationEvent::Snoozed { until: until() }
    }

    pub(in crate::conversation) fn assigned(member: MemberId) -> ConversationEvent {
        ConversationEvent::Assigned { member }
    }

    pub(in crate::conversation) fn assigned_to_team(team: TeamId) -> ConversationEvent {
        ConversationEvent::AssignedToTeam { team }
    }

    pub(in crate::conversation) fn answered(message: u128) -> ConversationEvent {
        ConversationEvent::Answered { message: OutboundMessageId::from_uuid(Uuid::from_u128(message)) }
    }

    pub(in crate::conversation) fn labelled(label: &str) -> ConversationEvent {
        ConversationEvent::Labelled { label: Label::parse(label).unwrap() }
    }

    pub(in crate::conversation) fn unlabelled(label: &str) -> ConversationEvent {
        ConversationEvent::Unlabelled { label: Label::parse(label).unwrap() }
    }

    pub(in crate::conversation) fn note_added(about: Counterpart, text: &str) -> ConversationEvent {
        ConversationEvent::NoteAdded { about, text: Note::parse(text).unwrap().into() }
    }

    pub(in crate::conversation) fn opened_with_group() -> ConversationEvent {
        ConversationEvent::OpenedWithGroup { group: GROUP, channel: CHANNEL }
    }

    pub(in crate::conversation) fn receive_in_group(contact: ContactId, id: &str) -> ConversationCommand {
        ConversationCommand::ReceiveMessage { contact, channel: CHANNEL, group: Some(GROUP), message: text(id) }
    }

    pub(in crate::conversation) fn received_in_group(contact: ContactId, id: &str) -> ConversationEvent {
        ConversationEvent::MessageReceived { contact, channel: CHANNEL, group: Some(GROUP), message: text(id) }
    }

    /// Each act on a message, and what it comes to.
    pub(in crate::conversation) fn acts(group: Option<GroupId>) -> Vec<(ConversationCommand, ConversationEvent)> {
        let (contact, channel) = (CONTACT, CHANNEL);
        let occasion = Occasion {
            provider_message_id: "act".to_owned().into(),
            sent_at: at(),
            received_at: None,
            odd_timestamp: None,
        };
        let original = || "a".to_owned().into();
        let reaction = Reaction { occasion: occasion.clone(), to: original(), emoji: Some("👍".to_owned().into()) };
        let edit = Edit { occasion: occasion.clone(), original: original(), content: text("a").content };
        let revocation = Revocation { occasion, original: original() };
        vec![
            (
                ConversationCommand::React { contact, channel, group, reaction: reaction.clone() },
                ConversationEvent::Reacted { contact, channel, group, reaction },
            ),
            (
                ConversationCommand::EditMessage { contact, channel, group, edit: edit.clone() },
                ConversationEvent::MessageEdited { contact, channel, group, edit },
            ),
            (
                ConversationCommand::RevokeMessage { contact, channel, group, revocation: revocation.clone() },
                ConversationEvent::MessageRevoked { contact, channel, group, revocation },
            ),
        ]
    }
}
