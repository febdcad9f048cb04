//! An account of Messenger or Instagram is connected, best with what Meta knows the business by there. The value is sealed elsewhere;
//! here is which one counts. That no other channel has the account is the reservation's business.

use super::{Channel, ChannelEvent, ChannelRefusal, SocialAccount};
use crate::CredentialId;

pub(super) fn decide(
    channel: &Channel,
    account: SocialAccount,
    credential: Option<CredentialId>,
) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
    let is_another =
        |known: &SocialAccount| (known.network, &known.account_id) != (account.network, &account.account_id);
    if channel.number.is_some() || channel.account.as_ref().is_some_and(is_another) {
        return Err(ChannelRefusal::AnotherAccount);
    }
    let credential = credential.filter(|entered| channel.credential != Some(*entered));
    if channel.connected && channel.account.as_ref() == Some(&account) && credential.is_none() {
        return Ok(vec![]);
    }
    let replaced = channel.credential.filter(|_| credential.is_some());
    Ok(vec![ChannelEvent::SocialAccountConnected { account, credential, replaced }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::channel::state::samples::{
        account, account_connected, account_disconnected, connect_account, connected, credential, number,
    };
    use crate::channel::{
        AccountName, AppKey, Channel, ChannelCommand, ChannelEvent, ChannelRefusal, ProviderId, SocialAccount,
        SocialNetwork,
    };
    use crate::{Decide, ReservationChange, StreamId};

    #[test]
    fn an_account_is_connected_and_has_what_meta_knows_it_by() {
        for given in [None, Some(1)] {
            TestFramework::<Channel>::with(())
                .given_no_previous_events()
                .when(connect_account(given))
                .then_expect_events(vec![account_connected(given, None)]);
        }
    }

    #[test]
    fn connecting_it_again_changes_nothing_and_takes_nothing_away() {
        for (given, again) in [(None, None), (Some(1), Some(1)), (Some(1), None)] {
            TestFramework::<Channel>::with(())
                .given(vec![account_connected(given, None)])
                .when(connect_account(again))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn another_credential_takes_the_place_of_the_one_there_was() {
        for (given, replaced) in [(None, None), (Some(1), Some(1))] {
            TestFramework::<Channel>::with(())
                .given(vec![account_connected(given, None)])
                .when(connect_account(Some(2)))
                .then_expect_events(vec![account_connected(Some(2), replaced)]);
        }
    }

    #[test]
    fn what_it_is_called_and_whose_app_brings_it_are_told_anew() {
        let renamed = SocialAccount { name: AccountName::parse("Another name").unwrap(), ..account() };
        let of_shop = SocialAccount { app: Some(AppKey::parse("shop").unwrap()), ..account() };
        for changed in [renamed, of_shop] {
            TestFramework::<Channel>::with(())
                .given(vec![account_connected(Some(1), None)])
                .when(ChannelCommand::ConnectSocialAccount { account: changed.clone(), credential: None })
                .then_expect_events(vec![ChannelEvent::SocialAccountConnected {
                    account: changed,
                    credential: None,
                    replaced: None,
                }]);
        }
    }

    #[test]
    fn one_that_was_given_up_comes_back_without_what_was_destroyed() {
        TestFramework::<Channel>::with(())
            .given(vec![account_connected(Some(1), None), account_disconnected(Some(1))])
            .when(connect_account(None))
            .then_expect_events(vec![account_connected(None, None)]);
    }

    #[test]
    fn another_account_or_a_number_is_another_channel() {
        let another = SocialAccount { account_id: ProviderId::parse("11").unwrap(), ..account() };
        let elsewhere = SocialAccount { network: SocialNetwork::Instagram, ..account() };
        for other in [another, elsewhere] {
            TestFramework::<Channel>::with(())
                .given(vec![account_connected(None, None)])
                .when(ChannelCommand::ConnectSocialAccount { account: other, credential: None })
                .then_expect_error(ChannelRefusal::AnotherAccount);
        }
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234")])
            .when(connect_account(None))
            .then_expect_error(ChannelRefusal::AnotherAccount);
        TestFramework::<Channel>::with(())
            .given(vec![account_connected(None, None)])
            .when(ChannelCommand::ConnectWhatsAppNumber(number("10", "+39 02 1234")))
            .then_expect_error(ChannelRefusal::AnotherNumber);
    }

    #[test]
    fn what_is_about_numbers_is_none_of_its_business() {
        for command in [
            ChannelCommand::EnterWhatsAppCredentials { credential: credential(1) },
            ChannelCommand::RemoveWhatsAppCredentials,
            ChannelCommand::ResumeSending,
        ] {
            TestFramework::<Channel>::with(())
                .given(vec![account_connected(None, None)])
                .when(command)
                .then_expect_error(ChannelRefusal::NoNumber);
        }
    }

    #[test]
    fn an_account_is_held_once_on_each_network() {
        let stream = StreamId::from_uuid(uuid::Uuid::from_u128(1));
        let held = account().reservation();
        assert_eq!(
            Channel::reservations(stream, &account_connected(None, None)),
            [ReservationChange::Take(held.clone())]
        );
        assert_eq!(Channel::reservations(stream, &account_disconnected(None)), [ReservationChange::Release(held)]);
        let elsewhere = SocialAccount { network: SocialNetwork::Instagram, ..account() };
        assert_ne!(account().reservation(), elsewhere.reservation());
    }
}
