//! What a message that is sent from here carries there and back (`biz_opaque_callback_data`): which it is, and which attempt.

use leadflow_domain::OutboundMessageId;

const OURS: &str = "leadflow";

/// What the provider is given with an attempt to send `message`, and gives back with its statuses.
#[must_use]
pub fn callback(message: OutboundMessageId, attempt: u32) -> String {
    format!("{OURS}:{message}:{attempt}")
}

/// Which message and attempt `text` is of, if it is ours.
#[must_use]
pub fn read_callback(text: &str) -> Option<(OutboundMessageId, u32)> {
    let (message, attempt) = text.strip_prefix(OURS)?.strip_prefix(':')?.split_once(':')?;
    Some((message.parse().ok()?, attempt.parse().ok().filter(|attempt| *attempt > 0)?))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_given_is_read_back_and_nothing_else_is() {
        let message = OutboundMessageId::from_uuid(Uuid::from_u128(7));
        let given = callback(message, 3);
        assert!(given.len() <= 512, "as much as the provider takes");
        assert_eq!(read_callback(&given), Some((message, 3)));
        for other in ["", "order 7", "leadflow", "leadflow:7:1", &given.replace(":3", ":0"), &given.replace(":3", "")] {
            assert_eq!(read_callback(other), None, "{other}");
        }
    }
}
