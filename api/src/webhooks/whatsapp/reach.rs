//! That all messages to somebody got so far, up to a moment: each of them that is shown, and has not got that far, is told so.

use leadflow_domain::outbound_message::{DeliveryStatus, OutboundMessageCommand, ReportedStatus, StatusReport};
use leadflow_domain::{CommandId, ConversationId, StreamId};
use leadflow_projections::inbox;
use sqlx::PgPool;
use uuid::Uuid;

use super::identity::identifiers;
use super::social::Reach;
use super::translate::{During, Found, Outcome, Route, outcome};
use crate::webhooks::items::ItemState;

/// How many of the latest messages are told so at once. Older ones were told so before.
const MOST: i64 = 100;

impl Route {
    /// The id of what it leads to as a whole. Each message that is told so has one of its own.
    pub(super) fn reach(self, reach: &Reach) -> CommandId {
        CommandId::derive(self.tenant, "whatsapp.reach", &[&self.channel.to_string(), &reach.fingerprint])
    }

    fn reach_of(self, reach: &Reach, message: StreamId) -> CommandId {
        let (channel, message) = (self.channel.to_string(), message.to_string());
        CommandId::derive(self.tenant, "whatsapp.reach", &[&channel, &reach.fingerprint, &message])
    }
}

impl During<'_> {
    /// Tells the messages that it is about, as far as they are shown.
    pub(super) async fn reach(self, reach: &Reach) -> Found {
        let _turn = self.batch.turns.take(self.route.tenant).await;
        let tenant = Some(self.route.tenant);
        let notice = |reason: &str| Ok(ItemState::Notice { reason: reason.to_owned() });
        let known_by = identifiers(self.batch.keys, &reach.recipient);
        // She may have been introduced beside it.
        let fresh = match self.look_again(&known_by).await {
            Ok(fresh) => fresh,
            Err(outcome) => return Found { tenant, contact: None, outcome },
        };
        let contact = known_by.iter().find_map(|identifier| fresh.get(self.route.tenant, &identifier.held));
        let Some(contact) = contact else {
            return Found { tenant, contact: None, outcome: notice("nobody knows whom those messages were for") };
        };
        let conversation = ConversationId::between(contact, self.route.channel);
        let outcome = match before(self.batch.pool, conversation, reach).await {
            // Without the database's words: they may quote a personal value.
            Err(_) => Err("the database can't be asked".to_owned()),
            Ok(messages) if messages.is_empty() => notice("no message of the business is known that it tells more of"),
            Ok(messages) => self.tell(reach, &messages).await,
        };
        Found { tenant, contact: Some(contact), outcome }
    }

    /// What the last of them came to, or why the delivery must wait.
    async fn tell(self, reach: &Reach, messages: &[StreamId]) -> Outcome {
        let (at, odd_timestamp) = self.when(&reach.told_at);
        let mut submitted = Vec::with_capacity(messages.len());
        for message in messages {
            let report = StatusReport {
                received_at: Some(self.received_at),
                odd_timestamp: odd_timestamp.clone(),
                ..StatusReport::new(ReportedStatus::Reached(reach.reached), at)
            };
            let command = self.route.reach_of(reach, *message);
            let asked = OutboundMessageCommand::ReportStatus { report, sent: None };
            let context = self.context_of(command, &reach.place);
            submitted.push((command, self.batch.commands.outbound_messages.submit(*message, asked, context)));
        }
        let mut came_to = Err("no message was told".to_owned());
        for (command, receipt) in submitted {
            came_to = Ok(outcome(receipt.await, command, true)?);
        }
        came_to
    }
}

/// The latest messages of the business in a conversation until then that have not got that far, oldest first. What was told a moment ago
/// may be missing.
async fn before(pool: &PgPool, conversation: ConversationId, reach: &Reach) -> Result<Vec<StreamId>, sqlx::Error> {
    let is_read = reach.reached == DeliveryStatus::Read;
    let got_there = if is_read { "s.read_at" } else { "coalesce(s.delivered_at, s.read_at)" };
    let sql = format!(
        "select m.outbound_message_id from {schema}.messages m \
         left join {schema}.message_statuses s on s.outbound_message_id = m.outbound_message_id \
         where m.conversation_id = $1 and m.direction = 'outbound' and m.outbound_message_id is not null \
           and m.about is null and m.sent_at <= $2 and {got_there} is null \
         order by m.sent_at desc, m.mark desc, m.message_id desc limit $3",
        schema = inbox::SCHEMA,
    );
    let ids = sqlx::query_scalar::<_, Uuid>(&sql)
        .bind(conversation.as_uuid())
        .bind(jiff_sqlx::Timestamp::from(reach.until))
        .bind(MOST)
        .fetch_all(pool)
        .await?;
    Ok(ids.into_iter().rev().map(StreamId::from_uuid).collect())
}
