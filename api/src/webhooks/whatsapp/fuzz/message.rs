//! A message, an echo or a status that is hurt is read or refused, and what is read can be stored and read again.

use leadflow_domain::conversation::MessageContent;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Strategy, TestCaseError, any, prop_assert, prop_assert_eq};
use proptest::sample::{Index, select};
use serde_json::Value;

use super::hurt::{misplace, odd};
use super::{fuzz, samples};
use crate::webhooks::whatsapp::echo::Echo;
use crate::webhooks::whatsapp::message::{Act, Everybody, Inbound, Party};
use crate::webhooks::whatsapp::status::Status;

/// One of `sound`, with something odd in a few places.
fn hurt(sound: Vec<Value>) -> impl Strategy<Value = Value> {
    (select(sound), vec((any::<Index>(), option::of(odd())), 0..4)).prop_map(|(mut value, hurts)| {
        for (at, odd) in hurts {
            misplace(&mut value, at, odd);
        }
        value
    })
}

fn everybody() -> Everybody {
    Everybody::of(&samples::metadata(), samples::contacts().as_array().expect("an array"))
}

fn stored_and_read_again(act: &Act) -> Result<(), TestCaseError> {
    let content = match act {
        Act::Message(written) => &written.content,
        Act::Import(imported) => &imported.written.content,
        Act::Edit { content, .. } => content,
        Act::Reaction { .. } | Act::Revocation { .. } => return Ok(()),
    };
    let stored = serde_json::to_string(content).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let again: MessageContent =
        serde_json::from_str(&stored).map_err(|error| TestCaseError::fail(format!("{stored}: {error}")))?;
    prop_assert_eq!(content, &again);
    Ok(())
}

fn is_somebody(party: &Party) -> Result<(), TestCaseError> {
    prop_assert!(party.phone.is_some() || party.user_id.is_some());
    Ok(())
}

#[test]
fn what_is_sound_is_read() {
    let everybody = everybody();
    for message in samples::messages() {
        assert!(Inbound::read(&everybody, &message).is_ok(), "{message}");
    }
    for status in samples::statuses() {
        assert!(Status::read(&everybody, &status).is_ok(), "{status}");
    }
}

#[test]
fn a_message_that_is_hurt_is_read_or_refused() {
    let everybody = everybody();
    fuzz("message", &hurt(samples::messages()), |message| {
        if let Ok(inbound) = Inbound::read(&everybody, &message) {
            prop_assert!((1..=512).contains(&inbound.id.len()));
            is_somebody(&inbound.sender)?;
            stored_and_read_again(&inbound.act)?;
        }
        if let Ok(echo) = Echo::read("smb_message_echoes", &everybody, &message) {
            is_somebody(&echo.recipient)?;
            stored_and_read_again(&echo.act)?;
        }
        Ok(())
    });
}

#[test]
fn a_status_that_is_hurt_is_read_or_refused() {
    let everybody = everybody();
    fuzz("status", &hurt(samples::statuses()), |value| {
        if let Ok(status) = Status::read(&everybody, &value) {
            prop_assert!((1..=512).contains(&status.message.len()));
            prop_assert_eq!(Status::read(&everybody, &value), Ok(status));
        }
        Ok(())
    });
}
