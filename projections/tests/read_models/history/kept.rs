//! What people of the business do with a conversation: whose it is, its notes and labels, and that it waits.

use leadflow_domain::conversation::{ConversationCommand, Label, Note};
use leadflow_domain::lead::{Capture, LeadSource};
use leadflow_domain::{ConversationId, TenantId};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::{Play, at, channel, introduce, member, team, text};
use crate::support::context;

impl Play<'_> {
    /// Somebody does something, at a second in which others do, too.
    pub(super) async fn keep(&mut self, tenant: TenantId, who: u128, number: u32) {
        let now = self.rng.random_range(0..5);
        let label = Label::parse(["VIP", "vip", "Éclair", "Returns"].choose(&mut self.rng).unwrap()).unwrap();
        let member = member(tenant, self.rng.random_range(1..5));
        let note = Note::parse(&format!("note {}\nand more", self.key)).unwrap();
        let (assign, unassign) = (ConversationCommand::Assign { member }, ConversationCommand::Unassign);
        let ask = ConversationCommand::AssignToTeam { team: team(tenant, u128::from(self.key % 3) + 1) };
        let unlabel = ConversationCommand::Unlabel { label: label.clone() };
        let label = ConversationCommand::Label { label };
        let snooze = ConversationCommand::Snooze { until: at(now + 1), now: at(now) };
        let wake = ConversationCommand::Wake { until: at(now + 1) };
        let commands = match self.rng.random_range(0..13) {
            0 | 1 => vec![assign],
            2 => vec![assign, unassign],
            3 | 4 => vec![label],
            5 => vec![label, unlabel],
            6 => vec![ConversationCommand::AddNote { text: note }],
            7 => vec![snooze],
            8 => vec![snooze, wake],
            9 => vec![ConversationCommand::Reopen],
            10 | 11 => vec![ask],
            _ => vec![assign, ask],
        };
        let conversation = self.conversation(tenant, who, number);
        for command in commands {
            self.ask(tenant, conversation, command).await;
        }
    }

    /// Somebody writes, something is noted about her, and her conversation is set aside.
    pub(super) async fn set_aside(&mut self, tenant: TenantId, who: u128, number: u32) {
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        let (channel, key) = (channel(tenant, number), self.next_key());
        let conversation = ConversationId::between(contact, channel);
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        let message = text(&format!("last{key}"), 4, None);
        let receive = ConversationCommand::ReceiveMessage { contact, channel, group: None, message };
        self.ask(tenant, conversation, receive).await;
        let capture = Capture::by_message(contact, LeadSource::WhatsApp, conversation, at(4));
        self.uncaptured.push((tenant, capture));
        let note = Note::parse("She will write again.").unwrap();
        self.ask(tenant, conversation, ConversationCommand::AddNote { text: note }).await;
        self.ask(tenant, conversation, ConversationCommand::Snooze { until: at(9), now: at(5) }).await;
    }
}
