//! The business takes away what WhatsApp knows it by.

use super::{Channel, ChannelEvent, ChannelRefusal};

pub(super) fn decide(channel: &Channel) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
    channel.as_number()?;
    let removed = channel.credential.map(|credential| ChannelEvent::WhatsAppCredentialsRemoved { credential });
    Ok(removed.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::channel::state::samples::{connected, disconnected, entered, removed, rotated};
    use crate::channel::{Channel, ChannelCommand, ChannelRefusal};

    #[test]
    fn those_that_count_are_removed() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), entered(1), rotated(2, 1)])
            .when(ChannelCommand::RemoveWhatsAppCredentials)
            .then_expect_events(vec![removed(2)]);
    }

    #[test]
    fn removing_none_changes_nothing() {
        for history in [
            vec![connected("10", "+39 02 1234")],
            vec![connected("10", "+39 02 1234"), entered(1), removed(1)],
            vec![connected("10", "+39 02 1234"), entered(1), removed(1), disconnected("10")],
        ] {
            TestFramework::<Channel>::with(())
                .given(history)
                .when(ChannelCommand::RemoveWhatsAppCredentials)
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_was_never_connected_is_not_found() {
        TestFramework::<Channel>::with(())
            .given_no_previous_events()
            .when(ChannelCommand::RemoveWhatsAppCredentials)
            .then_expect_error(ChannelRefusal::NotFound);
    }
}
