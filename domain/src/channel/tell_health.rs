//! WhatsApp tells how a number, or its account, stands. It comes in any order, so what is older than what was told of the same changes
//! nothing. That something is so still is recorded for that alone.

use jiff::Timestamp;

use super::{Channel, ChannelEvent, ChannelRefusal, HealthNews, ProviderId};

pub(super) fn decide(
    channel: &Channel,
    waba_id: ProviderId,
    news: Vec<HealthNews>,
    at: Timestamp,
) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
    let number = channel.as_number()?;
    // What becomes of an account that the number has left is nothing to it.
    if number.waba_id != waba_id {
        return Ok(vec![]);
    }
    let news: Vec<HealthNews> = news.into_iter().filter(|news| channel.health.is_news(&waba_id, news, at)).collect();
    Ok(if news.is_empty() { vec![] } else { vec![ChannelEvent::HealthTold { waba_id, news, at }] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate as _;
    use cqrs_es::test::TestFramework;
    use jiff::Timestamp;

    use crate::Decide;
    use crate::channel::state::samples::{connected, credential, entered, number, rotated, stopped};
    use crate::channel::{
        AccountStanding, Barred, Channel, ChannelCommand, ChannelEvent, ChannelRefusal, HealthNews, NumberQuality,
        ProviderId, Restriction, WhatsAppNumber,
    };

    const NOTHING: Barred = Barred { all: false, first: false, answers: false };

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(1_763_712_000 + second).unwrap()
    }

    fn account(id: &str) -> ProviderId {
        ProviderId::parse(id).unwrap()
    }

    fn limit(word: &str) -> HealthNews {
        HealthNews::MessagingLimit(word.to_owned())
    }

    fn restricted(kind: &str, until: Option<i64>) -> HealthNews {
        HealthNews::Restrictions(vec![Restriction { kind: kind.to_owned(), until: until.map(second) }])
    }

    fn told(at: i64, news: Vec<HealthNews>) -> ChannelEvent {
        ChannelEvent::HealthTold { waba_id: account("20"), news, at: second(at) }
    }

    fn tell(at: i64, news: Vec<HealthNews>) -> ChannelCommand {
        ChannelCommand::TellHealth { waba_id: account("20"), news, at: second(at) }
    }

    fn moved(waba_id: &str) -> ChannelEvent {
        let waba_id = account(waba_id);
        ChannelEvent::WhatsAppNumberConnected(WhatsAppNumber { waba_id, ..number("10", "+39 02 1234") })
    }

    fn expect(given: Vec<ChannelEvent>, when: ChannelCommand, then: Vec<ChannelEvent>) {
        TestFramework::<Channel>::with(())
            .given([vec![connected("10", "+39 02 1234")], given].concat())
            .when(when)
            .then_expect_events(then);
    }

    fn after(events: Vec<ChannelEvent>) -> Channel {
        let mut channel = Channel::default();
        [vec![connected("10", "+39 02 1234")], events].concat().into_iter().for_each(|event| channel.apply(event));
        channel
    }

    #[test]
    fn what_is_news_is_recorded() {
        let bad = || HealthNews::Quality(NumberQuality::Bad);
        let all = || {
            let rule = HealthNews::Violation("ADULT".to_owned());
            vec![bad(), limit("TIER_1K"), HealthNews::Account(AccountStanding::Offboarded), restricted("A", None), rule]
        };
        expect(vec![], tell(5, all()), vec![told(5, all())]);
        expect(vec![told(5, all())], tell(5, all()), vec![]);
        expect(vec![told(5, all())], tell(6, all()), vec![told(6, all())]);
        let more = vec![bad(), limit("TIER_10K")];
        expect(vec![told(5, all())], tell(5, more), vec![told(5, vec![limit("TIER_10K")])]);
        expect(vec![], tell(5, vec![]), vec![]);
    }

    #[test]
    fn what_was_told_last_counts_of_each_for_itself() {
        let known = vec![told(5, vec![limit("TIER_1K")])];
        expect(known.clone(), tell(4, vec![limit("TIER_10K")]), vec![]);
        expect(known.clone(), tell(5, vec![limit("TIER_10K")]), vec![told(5, vec![limit("TIER_10K")])]);
        let good = || vec![HealthNews::Account(AccountStanding::Good)];
        expect(known, tell(4, good()), vec![told(4, good())]);
    }

    #[test]
    fn what_is_told_of_an_account_is_nothing_to_a_number_of_another() {
        let gone = || vec![HealthNews::Account(AccountStanding::Deleted)];
        expect(vec![moved("21")], tell(5, gone()), vec![]);
        let left = after(vec![told(5, gone()), moved("21")]);
        assert_eq!((left.health(), left.barred(second(6))), (None, NOTHING));
        let moved_on = vec![told(5, gone()), moved("21")];
        let of_the_other = || vec![HealthNews::Account(AccountStanding::Disabled)];
        // Whatever the time: nothing was told of this one.
        let command = ChannelCommand::TellHealth { waba_id: account("21"), news: of_the_other(), at: second(1) };
        let event = ChannelEvent::HealthTold { waba_id: account("21"), news: of_the_other(), at: second(1) };
        expect(moved_on.clone(), command, vec![event.clone()]);
        let now = after([moved_on, vec![event]].concat());
        assert_eq!(now.health().unwrap().account.as_ref().unwrap().what, AccountStanding::Disabled);
        assert!(now.barred(second(6)).all);
    }

    #[test]
    fn what_was_never_connected_is_not_found() {
        TestFramework::<Channel>::with(())
            .given_no_previous_events()
            .when(tell(0, vec![limit("TIER_1K")]))
            .then_expect_error(ChannelRefusal::NotFound);
    }

    #[test]
    fn a_closed_account_bars_all_and_a_restriction_what_it_says_while_it_lasts() {
        let (all, first, answers) =
            (Barred { all: true, ..NOTHING }, Barred { first: true, ..NOTHING }, Barred { answers: true, ..NOTHING });
        let account = HealthNews::Account;
        for (news, at_nine, at_ten) in [
            (account(AccountStanding::Disabled), all, all),
            (account(AccountStanding::Offboarded), all, all),
            (account(AccountStanding::Deleted), all, all),
            (account(AccountStanding::ToBeDisabled { on: None }), NOTHING, NOTHING),
            (account(AccountStanding::Good), NOTHING, NOTHING),
            (restricted("RESTRICTED_BIZ_INITIATED_MESSAGING", Some(10)), first, NOTHING),
            (restricted("RESTRICTED_CUSTOMER_INITIATED_MESSAGING", Some(10)), answers, NOTHING),
            (restricted("RESTRICTED_BIZ_INITIATED_MESSAGING", None), first, first),
            (restricted("RESTRICTED_ADD_PHONE_NUMBER_ACTION", Some(10)), NOTHING, NOTHING),
            (restricted("RESTRICTED_SOMETHING_NEW", None), NOTHING, NOTHING),
            (HealthNews::Violation("SPAM".to_owned()), NOTHING, NOTHING),
            (HealthNews::Quality(NumberQuality::Bad), NOTHING, NOTHING),
            (limit("TIER_50"), NOTHING, NOTHING),
        ] {
            let channel = after(vec![told(5, vec![news.clone()])]);
            assert_eq!((channel.barred(second(9)), channel.barred(second(10))), (at_nine, at_ten), "{news:?}");
        }
    }

    #[test]
    fn one_thing_that_is_told_lifts_no_other() {
        let disabled = || told(5, vec![HealthNews::Account(AccountStanding::Disabled)]);
        let first = || told(5, vec![restricted("RESTRICTED_BIZ_INITIATED_MESSAGING", None)]);
        let reinstated = || told(6, vec![HealthNews::Account(AccountStanding::Good)]);
        let both = after(vec![disabled(), first(), told(6, vec![HealthNews::Violation("SPAM".to_owned())])]);
        assert_eq!(both.barred(second(9)), Barred { all: true, first: true, answers: false });
        let again = after(vec![disabled(), first(), reinstated()]);
        assert_eq!(again.barred(second(9)), Barred { first: true, ..NOTHING });
        let lifted = after(vec![first(), told(6, vec![HealthNews::Restrictions(vec![])])]);
        assert_eq!(lifted.barred(second(9)), NOTHING);
    }

    #[test]
    fn somebody_may_say_that_it_is_over_until_it_is_told_anew() {
        let disabled = |at| told(at, vec![HealthNews::Account(AccountStanding::Disabled)]);
        let resumed = || ChannelEvent::SendingResumed {};
        expect(vec![disabled(5)], ChannelCommand::ResumeSending, vec![resumed()]);
        let seen_to = vec![disabled(5), resumed()];
        expect(seen_to.clone(), ChannelCommand::ResumeSending, vec![]);
        assert_eq!(after(seen_to.clone()).barred(second(9)), NOTHING);
        assert!(after(seen_to.clone()).health().is_some(), "it is what WhatsApp told all the same");
        // What was known is over, however often it is told; what was not known is not.
        assert_eq!(after([seen_to.clone(), vec![disabled(6)]].concat()).barred(second(9)), NOTHING);
        let worse = told(6, vec![HealthNews::Account(AccountStanding::Deleted)]);
        assert!(after([seen_to.clone(), vec![worse]].concat()).barred(second(9)).all);
        // That people think badly of it says nothing of the account.
        let unrelated = told(6, vec![HealthNews::Quality(NumberQuality::Bad)]);
        assert_eq!(after([seen_to, vec![unrelated]].concat()).barred(second(9)), NOTHING);
    }

    #[test]
    fn what_is_told_of_one_thing_does_not_bring_back_what_somebody_said_is_over_of_another() {
        let account = |at, standing| told(at, vec![HealthNews::Account(standing)]);
        let first = "RESTRICTED_BIZ_INITIATED_MESSAGING";
        let seen_to = vec![
            account(5, AccountStanding::Offboarded),
            told(5, vec![restricted(first, None)]),
            ChannelEvent::SendingResumed {},
        ];
        let then = |event| after([seen_to.clone(), vec![event]].concat()).barred(second(9));
        let calls = Restriction { kind: "RESTRICTED_CALLS".to_owned(), until: None };
        let more = |kind: &str| {
            let HealthNews::Restrictions(told) = restricted(kind, None) else { panic!("restrictions") };
            HealthNews::Restrictions([told, vec![calls.clone()]].concat())
        };
        for unrelated in [
            told(6, vec![restricted("RESTRICTED_ADD_PHONE_NUMBER_ACTION", None)]),
            told(6, vec![more(first)]),
            account(6, AccountStanding::ToBeDisabled { on: None }),
            account(6, AccountStanding::Good),
        ] {
            assert_eq!(then(unrelated.clone()), NOTHING, "{unrelated:?}");
        }
        assert_eq!(then(account(6, AccountStanding::Disabled)), Barred { all: true, ..NOTHING });
        for anew in [
            told(6, vec![restricted(first, Some(10))]),
            told(6, vec![restricted(first, Some(10)), HealthNews::Account(AccountStanding::Offboarded)]),
        ] {
            assert_eq!(then(anew.clone()), Barred { first: true, ..NOTHING }, "{anew:?}");
        }
        // What ended by WhatsApp's word, and begins once more, is not what somebody said is over.
        for (ended, anew, bars) in [
            (HealthNews::Restrictions(vec![]), restricted(first, None), Barred { first: true, ..NOTHING }),
            (
                HealthNews::Account(AccountStanding::Good),
                HealthNews::Account(AccountStanding::Offboarded),
                Barred { all: true, ..NOTHING },
            ),
        ] {
            let anew = [seen_to.clone(), vec![told(6, vec![ended]), told(7, vec![anew])]].concat();
            assert_eq!(after(anew).barred(second(9)), bars);
        }
    }

    #[test]
    fn what_somebody_said_is_over_of_one_account_says_nothing_of_another() {
        let offboarded = |waba_id: &str| ChannelEvent::HealthTold {
            waba_id: account(waba_id),
            news: vec![HealthNews::Account(AccountStanding::Offboarded)],
            at: second(5),
        };
        let moved = after(vec![offboarded("20"), ChannelEvent::SendingResumed {}, moved("21"), offboarded("21")]);
        assert!(moved.barred(second(9)).all);
    }

    #[test]
    fn what_was_told_again_counts_from_then() {
        let good = |at| told(at, vec![HealthNews::Account(AccountStanding::Good)]);
        let disabled = |at| tell(at, vec![HealthNews::Account(AccountStanding::Disabled)]);
        expect(vec![good(1)], tell(5, vec![HealthNews::Account(AccountStanding::Good)]), vec![good(5)]);
        // It was disabled for a while, of which is heard when that is over.
        expect(vec![good(1), good(5)], disabled(3), vec![]);
        expect(vec![good(1), good(5)], tell(4, vec![HealthNews::Account(AccountStanding::Good)]), vec![]);
        let again = after(vec![good(1), good(5)]);
        assert_eq!(again.health().unwrap().account.as_ref().unwrap().at, second(1), "since then");
        expect(
            vec![good(1), good(5)],
            disabled(6),
            vec![told(6, vec![HealthNews::Account(AccountStanding::Disabled)])],
        );
    }

    #[test]
    fn other_credentials_are_a_way_of_seeing_to_it() {
        let offboarded = || told(5, vec![HealthNews::Account(AccountStanding::Offboarded)]);
        let enter = ChannelCommand::EnterWhatsAppCredentials { credential: credential(2) };
        let resumed = ChannelEvent::SendingResumed {};
        expect(vec![entered(1), offboarded()], enter.clone(), vec![rotated(2, 1), resumed.clone()]);
        expect(vec![entered(1), offboarded(), stopped()], enter, vec![rotated(2, 1), resumed]);
    }

    #[test]
    fn a_form_of_before_is_read() {
        let known: Channel = serde_json::from_value(serde_json::json!({
            "number": null, "connected": false, "credential": null, "stopped": false
        }))
        .unwrap();
        assert_eq!(known, Channel::default());
        assert_eq!(Channel::STATE_VERSION, 6);
    }
}
