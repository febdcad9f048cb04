//! What an inbox ought to hold after some texts, said once more without events, projectors or a database.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use leadflow_gateways::whatsapp::simulator::Text;

use super::{CanonicalExport, Conversation, Lead, Message};
use crate::ties::rank;

/// What a lead from a WhatsApp message is called by `Lead.source`.
const FROM_WHATSAPP: &str = "WHATSAPP";

/// What `Lead.status` says until somebody has looked at the lead.
const UNTOUCHED: &str = "NEW";

impl CanonicalExport {
    /// The export after `texts`, written to the number shown as `channel`, have arrived in any order, any number of
    /// times, and nobody of the business has done anything.
    ///
    /// # Errors
    /// When a text's timestamp is no time.
    pub fn after(channel: &str, texts: &[Text]) -> Result<Self> {
        let mut customers = BTreeMap::<&str, BTreeMap<(i64, &str), &Text>>::new();
        for text in texts {
            customers.entry(&text.from).or_default().insert((text.timestamp, &text.id), text);
        }
        let mut export = Self { conversations: Vec::new(), leads: Vec::new() };
        for (from, texts) in customers {
            let messages: Vec<Message> = texts.values().map(|text| message(text)).collect::<Result<_>>()?;
            let latest = messages.iter().max_by_key(|message| (message.sent_at, rank(&message.provider_message_id)));
            let (Some(first), Some(last)) = (messages.first(), latest) else { continue };
            let phone = format!("+{from}");
            export.leads.push(Lead {
                captured_at: first.sent_at,
                phone: phone.clone(),
                source: FROM_WHATSAPP.to_owned(),
                status: UNTOUCHED.to_owned(),
            });
            export.conversations.push(Conversation {
                phone,
                // A name is as of its time: the latest message says what she calls herself now.
                name: texts.values().last().map(|text| text.name.clone()),
                channel: Some(channel.to_owned()),
                status: "OPEN".to_owned(),
                priority: "NONE".to_owned(),
                unread: messages.len() as u64,
                last_activity_at: last.sent_at,
                window_open_until: Some(last.sent_at + SignedDuration::from_hours(24)),
                last_message: Some(last.provider_message_id.clone()),
                messages,
            });
        }
        export.conversations.sort_by(|a, b| a.place().cmp(&b.place()));
        export.leads.sort();
        Ok(export)
    }
}

fn message(text: &Text) -> Result<Message> {
    Ok(Message {
        sent_at: Timestamp::from_second(text.timestamp)?,
        provider_message_id: text.id.clone(),
        author: Some(format!("+{}", text.from)),
        direction: "INBOUND".to_owned(),
        kind: "TEXT".to_owned(),
        text: Some(text.body.clone()),
        more: BTreeMap::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Trace;

    #[test]
    fn order_and_repetition_of_delivery_do_not_matter() {
        let texts: Vec<Text> = Trace::new(3, 10).take(100).collect();
        let mut again = texts.clone();
        again.reverse();
        again.extend(texts.clone());
        let export = CanonicalExport::after("+1", &texts).unwrap();
        assert_eq!(export, CanonicalExport::after("+1", &again).unwrap());
        assert_eq!((export.conversations.len(), export.leads.len(), export.message_count()), (10, 10, 100));
        assert!(export.leads.is_sorted());
    }

    #[test]
    fn the_latest_name_and_the_earliest_time_count() {
        let text = |id: &str, timestamp, name: &str| Text {
            from: "15550001".into(),
            name: name.into(),
            id: id.into(),
            timestamp,
            body: "b".into(),
        };
        let export =
            CanonicalExport::after("+1", &[text("b", 20, "Married"), text("a", 10, "Maiden"), text("9", 20, "Tie")])
                .unwrap();
        assert_eq!(export.conversations[0].name.as_deref(), Some("Married"));
        assert_eq!(export.conversations[0].last_message.as_deref(), Some("b"));
        assert_eq!(export.leads[0].captured_at, Timestamp::from_second(10).unwrap());
    }
}
