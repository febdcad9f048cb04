//! The business says what WhatsApp knows it by. The value is sealed elsewhere; here is that it was entered, and which one counts.

use super::{Channel, ChannelEvent, ChannelRefusal};
use crate::CredentialId;

pub(super) fn decide(channel: &Channel, credential: CredentialId) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
    channel.as_number()?;
    if !channel.connected {
        return Err(ChannelRefusal::GivenUp);
    }
    let entered = match channel.credential {
        None => ChannelEvent::WhatsAppCredentialsEntered { credential },
        Some(known) if known == credential => return Ok(vec![]),
        Some(replaced) => ChannelEvent::WhatsAppCredentialsRotated { credential, replaced },
    };
    // Wrong ones are the most likely reason for which sending stopped.
    let resumed = channel.waits_for_somebody().then_some(ChannelEvent::SendingResumed {});
    Ok([entered].into_iter().chain(resumed).collect())
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::channel::state::samples::{connected, credential, disconnected, entered, removed, rotated};
    use crate::channel::{Channel, ChannelCommand, ChannelRefusal};

    fn enter(number: u128) -> ChannelCommand {
        ChannelCommand::EnterWhatsAppCredentials { credential: credential(number) }
    }

    #[test]
    fn credentials_are_entered() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234")])
            .when(enter(1))
            .then_expect_events(vec![entered(1)]);
    }

    #[test]
    fn entering_the_same_changes_nothing() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), entered(1)])
            .when(enter(1))
            .then_expect_events(vec![]);
    }

    #[test]
    fn others_take_their_place_and_name_which() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), entered(1), rotated(2, 1)])
            .when(enter(3))
            .then_expect_events(vec![rotated(3, 2)]);
    }

    #[test]
    fn what_was_removed_is_entered_anew() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), entered(1), removed(1)])
            .when(enter(2))
            .then_expect_events(vec![entered(2)]);
    }

    #[test]
    fn a_number_that_was_given_up_has_none() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), disconnected("10")])
            .when(enter(1))
            .then_expect_error(ChannelRefusal::GivenUp);
    }

    #[test]
    fn what_was_never_connected_is_not_found() {
        TestFramework::<Channel>::with(())
            .given_no_previous_events()
            .when(enter(1))
            .then_expect_error(ChannelRefusal::NotFound);
    }
}
