//! Payloads of older versions, brought to the form of today.
//!
//! Decisions and folds know the newest version of each event only. What was written in an older one is changed on its
//! way in, one version at a time, and stays in the log as it was written.

use serde_json::{Value, json};
use thiserror::Error;

use crate::Event;

/// From one version of an event to the next.
///
/// What a payload holds about a person may still be encrypted here, so a step moves marks (`{"$personal": ..}`,
/// `{"$sealed": ..}`, `"$erased"`) as they are and never looks inside. Where a value stands is part of what its
/// encryption vouches for: who has the key must open a payload before it is upcast, not after.
pub(crate) struct Step {
    /// The stored name of the event.
    pub(crate) event_type: &'static str,
    /// The version it changes.
    pub(crate) from: &'static str,
    /// The version that results.
    pub(crate) to: &'static str,
    /// Changes what stands under the event's name.
    pub(crate) change: fn(&mut Value),
}

/// Every step there is. Those of one event stand in the order of its versions.
pub(crate) const STEPS: &[Step] = &[
    Step {
        event_type: "contact.erased",
        from: "1",
        to: "2",
        // There was the phone alone.
        change: |content| {
            let hash = content["phone_hash"].take();
            *content = json!({ "identifiers": [{ "kind": "phone", "hash": hash }] });
        },
    },
    // Every lead had begun in a conversation.
    Step { event_type: "lead.captured", from: "1", to: "2", change: |_| {} },
    Step { event_type: "lead.capture_corrected", from: "1", to: "2", change: |_| {} },
];

/// An event in a form that this program doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{event_type} version {event_version} was written by a newer program ({}): upgrade this one", known_here(.known))]
pub struct UnknownVersion {
    /// The stored name of the event.
    pub event_type: String,
    /// The version in which it is stored.
    pub event_version: String,
    /// The newest version that this program knows; `None` if it doesn't know the event at all.
    pub known: Option<&'static str>,
}

fn known_here(known: &Option<&'static str>) -> String {
    match known {
        Some(version) => format!("this one knows version {version}"),
        None => "this one knows no such event".to_owned(),
    }
}

/// Whether an event of this version is read as it is stored. Nearly all are: ask before taking a payload apart.
#[must_use]
pub fn is_current(event_type: &str, event_version: &str) -> bool {
    Event::current_version(event_type) == Some(event_version)
}

/// Brings a payload (`{"conversation.opened": {..}}`) from the version in which it was stored to the newest one.
///
/// # Errors
/// [`UnknownVersion`] when no chain of steps leads from that version to today's: a newer program wrote the event.
pub fn upcast(event_type: &str, event_version: &str, payload: Value) -> Result<Value, UnknownVersion> {
    along(STEPS, Event::current_version(event_type), event_type, event_version, payload)
}

/// One pass over `steps` takes every step that fits, so their order alone makes it come to an end.
fn along(
    steps: &[Step],
    newest: Option<&'static str>,
    event_type: &str,
    event_version: &str,
    mut payload: Value,
) -> Result<Value, UnknownVersion> {
    let mut version = event_version;
    for step in steps.iter().filter(|step| step.event_type == event_type) {
        if step.from == version {
            // A payload without its event's name is none of ours; whoever decodes it says so.
            if let Some(content) = payload.get_mut(event_type) {
                (step.change)(content);
            }
            version = step.to;
        }
    }
    if newest == Some(version) {
        return Ok(payload);
    }
    Err(UnknownVersion { event_type: event_type.to_owned(), event_version: event_version.to_owned(), known: newest })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SUNG: &str = "bird.sung";

    const fn step(from: &'static str, to: &'static str, change: fn(&mut Value)) -> Step {
        Step { event_type: SUNG, from, to, change }
    }

    /// Version 1 said `song`, version 2 calls it `melody`, version 3 also says how loud.
    const SONGS: [Step; 2] = [
        step("1", "2", |content| content["melody"] = content["song"].take()),
        step("2", "3", |content| content["loudness"] = json!(1)),
    ];

    fn unknown(event_version: &str, known: Option<&'static str>) -> UnknownVersion {
        UnknownVersion { event_type: SUNG.to_owned(), event_version: event_version.to_owned(), known }
    }

    #[test]
    fn a_payload_goes_through_every_version_after_its_own() {
        let first = json!({ SUNG: { "song": { "$sealed": "x" } } });
        let second = json!({ SUNG: { "melody": { "$sealed": "x" }, "song": null } });
        let third = json!({ SUNG: { "melody": { "$sealed": "x" }, "song": null, "loudness": 1 } });
        for (version, payload) in [("1", first), ("2", second), ("3", third.clone())] {
            assert_eq!(along(&SONGS, Some("3"), SUNG, version, payload), Ok(third.clone()), "version {version}");
        }
    }

    #[test]
    fn another_event_s_steps_are_not_taken() {
        let payload = json!({ "bird.flown": { "song": 1 } });
        assert_eq!(along(&SONGS, Some("1"), "bird.flown", "1", payload.clone()), Ok(payload));
    }

    #[test]
    fn a_missing_step_is_seen() {
        let [_, last] = SONGS;
        assert_eq!(along(&[last], Some("3"), SUNG, "1", json!({})), Err(unknown("1", Some("3"))));
        assert_eq!(along(&SONGS, Some("4"), SUNG, "1", json!({})), Err(unknown("1", Some("4"))));
    }

    #[test]
    fn steps_in_a_circle_come_to_an_end() {
        let circle = [step("1", "2", |_| ()), step("2", "1", |_| ())];
        assert_eq!(along(&circle, Some("3"), SUNG, "1", json!({})), Err(unknown("1", Some("3"))));
    }

    #[test]
    fn what_a_newer_program_wrote_asks_for_an_upgrade() {
        let newer = upcast("conversation.opened", "2", json!({})).unwrap_err();
        assert_eq!(
            newer.to_string(),
            "conversation.opened version 2 was written by a newer program (this one knows version 1): upgrade this one"
        );
        let unheard_of = upcast(SUNG, "1", json!({})).unwrap_err();
        assert_eq!(unheard_of, unknown("1", None));
        assert_eq!(
            unheard_of.to_string(),
            "bird.sung version 1 was written by a newer program (this one knows no such event): upgrade this one"
        );
    }

    #[test]
    fn today_s_events_are_read_as_they_are() {
        for known in Event::types() {
            assert!(is_current(known.kind, known.version));
            let payload = json!({ known.kind: {} });
            assert_eq!(upcast(known.kind, known.version, payload.clone()), Ok(payload));
        }
        assert!(!is_current("conversation.opened", "0"));
        assert!(!is_current(SUNG, "1"));
    }

    #[test]
    fn every_registered_step_leads_to_the_newest_version() {
        for step in STEPS {
            upcast(step.event_type, step.from, Value::Null).unwrap();
        }
    }
}
