//! Telling two exports apart, so that a failing test says which message of which customer is wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::CanonicalExport;

/// More would hide the first.
const SHOWN: usize = 20;

impl CanonicalExport {
    /// One line for everything that is in one of the two and not, or not so, in the other; empty when they are equal.
    #[must_use]
    pub fn difference(&self, found: &Self) -> String {
        let (expected, found) = (self.facts(), found.facts());
        let mut lines = Vec::new();
        for (place, fact) in &expected {
            match found.get(place) {
                None => lines.push(format!("- {place}: {fact}")),
                Some(other) if other != fact => lines.push(format!("! {place}: {fact}, but found {other}")),
                Some(_) => {}
            }
        }
        lines.extend(
            found
                .iter()
                .filter(|(place, _)| !expected.contains_key(*place))
                .map(|(place, fact)| format!("+ {place}: {fact}")),
        );
        let mut text = String::new();
        for line in lines.iter().take(SHOWN) {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{line}");
        }
        if lines.len() > SHOWN {
            let _ = writeln!(text, "and {} more", lines.len() - SHOWN);
        }
        text
    }

    /// Everything the export says, each fact under its own name. What occurs twice has a second name.
    fn facts(&self) -> BTreeMap<String, String> {
        let mut facts = BTreeMap::new();
        for conversation in &self.conversations {
            let place = format!("conversation {}", conversation.phone);
            let all = (
                &conversation.name,
                &conversation.channel,
                (&conversation.status, &conversation.priority),
                conversation.unread,
                (conversation.last_activity_at, conversation.window_open_until),
                &conversation.last_message,
            );
            note(&mut facts, &place, format!("{all:?}"));
            for message in &conversation.messages {
                let all =
                    (message.sent_at, &message.author, &message.direction, &message.kind, &message.text, &message.more);
                note(&mut facts, &format!("{place}, message {}", message.provider_message_id), format!("{all:?}"));
            }
        }
        for lead in &self.leads {
            note(
                &mut facts,
                &format!("lead {}", lead.phone),
                format!("{:?}", (lead.captured_at, &lead.source, &lead.status)),
            );
        }
        facts
    }
}

fn note(facts: &mut BTreeMap<String, String>, place: &str, fact: String) {
    let mut name = place.to_owned();
    let mut times = 1;
    while facts.contains_key(&name) {
        times += 1;
        name = format!("{place}, time {times}");
    }
    facts.insert(name, fact);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Trace;

    fn export() -> CanonicalExport {
        CanonicalExport::after("+1", &Trace::new(3, 5).take(30).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn equal_exports_have_no_difference() {
        assert_eq!(export().difference(&export()), "");
    }

    #[test]
    fn a_lost_a_doubled_and_a_changed_message_are_named() {
        let mut lost = export();
        let message = lost.conversations[0].messages.remove(1);
        assert_eq!(export().difference(&lost).lines().count(), 1);
        assert!(export().difference(&lost).starts_with("- "));
        assert!(export().difference(&lost).contains(&message.provider_message_id));

        let mut doubled = export();
        doubled.conversations[0].messages.insert(1, message);
        assert!(export().difference(&doubled).starts_with("+ "));

        let mut changed = export();
        changed.conversations[0].messages[1].text = Some("another".into());
        assert!(export().difference(&changed).starts_with("! "));
    }

    #[test]
    fn any_field_that_makes_exports_unequal_makes_a_difference() {
        let changes: [fn(&mut CanonicalExport); 11] = [
            |export| export.conversations[0].name = None,
            |export| export.conversations[0].channel = None,
            |export| export.conversations[0].status.push('X'),
            |export| export.conversations[0].priority.push('X'),
            |export| export.conversations[0].unread += 1,
            |export| export.conversations[0].last_activity_at = jiff::Timestamp::MIN,
            |export| export.conversations[0].window_open_until = None,
            |export| export.conversations[0].last_message = None,
            |export| export.leads[0].captured_at = jiff::Timestamp::MIN,
            |export| export.leads[0].source.push('X'),
            |export| export.leads[0].status.push('X'),
        ];
        for change in changes {
            let mut changed = export();
            change(&mut changed);
            assert_eq!(export().difference(&changed).lines().count(), 1);
        }
    }
}
