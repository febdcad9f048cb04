//! What people of the business do with a conversation: whose it is, its notes and labels, and that it waits.

use leadflow_domain::conversation::{ConversationCommand, Label, Note};
use leadflow_domain::{MemberId, TenantId};
use rand::Rng;
use rand::seq::IndexedRandom;
use uuid::Uuid;

use super::{Play, at};

impl Play<'_> {
    /// Somebody does something, at a second in which others do, too.
    pub(super) async fn keep(&mut self, tenant: TenantId, who: u128, number: u32) {
        let now = self.rng.random_range(0..5);
        let label = Label::parse(["VIP", "vip", "Éclair", "Returns"].choose(&mut self.rng).unwrap()).unwrap();
        let commands = match self.rng.random_range(0..16) {
            0..3 => {
                let member = MemberId::from_uuid(Uuid::from_u128(self.rng.random_range(1..3)));
                vec![ConversationCommand::Assign { member }]
            }
            3 => vec![ConversationCommand::Unassign],
            4..7 => {
                let text = format!("note {}\nand more", self.key);
                vec![ConversationCommand::AddNote { text: Note::parse(&text).unwrap() }]
            }
            7..10 => vec![ConversationCommand::Label { label }],
            10..12 => vec![ConversationCommand::Label { label: label.clone() }, ConversationCommand::Unlabel { label }],
            12 => vec![ConversationCommand::Snooze { until: at(now + 1), now: at(now) }],
            13..15 => vec![
                ConversationCommand::Snooze { until: at(now + 1), now: at(now) },
                ConversationCommand::Wake { until: at(now + 1) },
            ],
            _ => vec![ConversationCommand::Reopen],
        };
        let conversation = self.conversation(tenant, who, number);
        for command in commands {
            self.ask(tenant, conversation, command).await;
        }
    }
}
