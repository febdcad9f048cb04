//! A number, or an account, is given up; its threads stay, and what the provider knew the business by goes.

use super::{Channel, ChannelEvent, ChannelRefusal};

pub(super) fn decide(channel: &Channel) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
    match (&channel.number, &channel.account) {
        (None, None) => Err(ChannelRefusal::NotFound),
        (Some(_), _) | (_, Some(_)) if !channel.connected => Ok(vec![]),
        (None, Some(account)) => Ok(vec![ChannelEvent::SocialAccountDisconnected {
            network: account.network,
            account_id: account.account_id.clone(),
            credential: channel.credential,
        }]),
        (Some(number), _) => {
            let removed = channel.credential.map(|credential| ChannelEvent::WhatsAppCredentialsRemoved { credential });
            let phone_number_id = number.phone_number_id.clone();
            Ok(removed.into_iter().chain([ChannelEvent::WhatsAppNumberDisconnected { phone_number_id }]).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::channel::state::samples::{
        account_connected, account_disconnected, connected, disconnected, entered, removed,
    };
    use crate::channel::{Channel, ChannelCommand, ChannelRefusal};

    #[test]
    fn a_connected_number_is_given_up() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234")])
            .when(ChannelCommand::Disconnect)
            .then_expect_events(vec![disconnected("10")]);
    }

    #[test]
    fn what_whatsapp_knew_the_business_by_goes_with_it() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), entered(1)])
            .when(ChannelCommand::Disconnect)
            .then_expect_events(vec![removed(1), disconnected("10")]);
    }

    #[test]
    fn so_is_an_account_and_once() {
        for with in [None, Some(1)] {
            TestFramework::<Channel>::with(())
                .given(vec![account_connected(with, None)])
                .when(ChannelCommand::Disconnect)
                .then_expect_events(vec![account_disconnected(with)]);
            TestFramework::<Channel>::with(())
                .given(vec![account_connected(with, None), account_disconnected(with)])
                .when(ChannelCommand::Disconnect)
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn giving_it_up_twice_changes_nothing() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), disconnected("10")])
            .when(ChannelCommand::Disconnect)
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_was_never_connected_is_not_found() {
        TestFramework::<Channel>::with(())
            .given_no_previous_events()
            .when(ChannelCommand::Disconnect)
            .then_expect_error(ChannelRefusal::NotFound);
    }
}
