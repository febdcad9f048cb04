//! What commands of several aggregates are made of.

use jiff::Timestamp;
use leadflow_domain::Personal;
use leadflow_domain::conversation::{InboundMessage, MessageContent, Occasion};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use uuid::Uuid;

pub(crate) fn personal(text: impl Strategy<Value = String>) -> impl Strategy<Value = Personal<String>> {
    prop_oneof![9 => text.prop_map(Personal::Known), 1 => Just(Personal::Erased)]
}

/// Few of each id, so that histories come back to the same ones.
pub(crate) fn uuid() -> impl Strategy<Value = Uuid> {
    (1..=3_u128).prop_map(Uuid::from_u128)
}

pub(crate) fn seconds() -> impl Strategy<Value = Timestamp> {
    (0..4_i64).prop_map(|second| Timestamp::from_second(1_763_712_000 + second).unwrap())
}

pub(crate) fn message() -> impl Strategy<Value = InboundMessage> {
    let text = || any::<String>();
    (personal(text()), seconds(), proptest::option::of(personal(text())), personal(text())).prop_map(
        |(provider_message_id, sent_at, sender_name, body)| InboundMessage {
            sender_name,
            ..InboundMessage::new(provider_message_id, sent_at, MessageContent::Text { body })
        },
    )
}

pub(crate) fn occasion() -> impl Strategy<Value = Occasion> {
    (personal(any::<String>()), seconds(), proptest::option::of(seconds())).prop_map(
        |(provider_message_id, sent_at, received_at)| Occasion {
            provider_message_id,
            sent_at,
            received_at,
            odd_timestamp: None,
        },
    )
}
