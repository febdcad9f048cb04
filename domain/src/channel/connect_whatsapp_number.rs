//! A WhatsApp number is connected; that no other channel has it is the reservation's business.

use super::{Channel, ChannelEvent, ChannelRefusal, WhatsAppNumber};

pub(super) fn decide(channel: &Channel, number: WhatsAppNumber) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
    if channel.account.is_some() {
        return Err(ChannelRefusal::AnotherNumber);
    }
    match &channel.number {
        Some(known) if known.phone_number_id != number.phone_number_id => Err(ChannelRefusal::AnotherNumber),
        Some(known) if *known == number && channel.connected => Ok(vec![]),
        Some(_) | None => Ok(vec![ChannelEvent::WhatsAppNumberConnected(number)]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::channel::state::samples::{connected, disconnected, number, under};
    use crate::channel::{Channel, ChannelCommand, ChannelEvent, ChannelRefusal};

    #[test]
    fn a_number_is_connected() {
        TestFramework::<Channel>::with(())
            .given_no_previous_events()
            .when(ChannelCommand::ConnectWhatsAppNumber(number("10", "+39 02 1234")))
            .then_expect_events(vec![connected("10", "+39 02 1234")]);
    }

    #[test]
    fn connecting_it_again_changes_nothing() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234")])
            .when(ChannelCommand::ConnectWhatsAppNumber(number("10", "+39 02 1234")))
            .then_expect_events(vec![]);
    }

    #[test]
    fn changed_details_are_told_anew() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234")])
            .when(ChannelCommand::ConnectWhatsAppNumber(number("10", "+39 02 9999")))
            .then_expect_events(vec![connected("10", "+39 02 9999")]);
    }

    #[test]
    fn a_number_moves_to_another_app_and_back() {
        let of_shop = || under("shop", number("10", "+39 02 1234"));
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234")])
            .when(ChannelCommand::ConnectWhatsAppNumber(of_shop()))
            .then_expect_events(vec![ChannelEvent::WhatsAppNumberConnected(of_shop())]);
        TestFramework::<Channel>::with(())
            .given(vec![ChannelEvent::WhatsAppNumberConnected(of_shop())])
            .when(ChannelCommand::ConnectWhatsAppNumber(number("10", "+39 02 1234")))
            .then_expect_events(vec![connected("10", "+39 02 1234")]);
    }

    #[test]
    fn a_disconnected_number_can_come_back() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), disconnected("10")])
            .when(ChannelCommand::ConnectWhatsAppNumber(number("10", "+39 02 1234")))
            .then_expect_events(vec![connected("10", "+39 02 1234")]);
    }

    #[test]
    fn another_number_is_another_channel() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234")])
            .when(ChannelCommand::ConnectWhatsAppNumber(number("11", "+39 02 1234")))
            .then_expect_error(ChannelRefusal::AnotherNumber);
    }
}
