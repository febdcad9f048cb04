//! Where a lead stands in the pipeline, and how it gets there.
//!
//! Two things hold whatever is said in whichever order: what is not worth pursuing is not worked on, and who has bought was worth
//! pursuing.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Assessment, Lead, LeadEvent, LeadRefusal, LeadStatus};
use crate::pipeline::StageKind;
use crate::{ContactId, LostReasonId, StageId};

/// What a lead is worth to the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worth {
    /// In the currency's smallest unit, cents say; never below 0.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// A currency, by its three letters (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// The text names no currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be the three capital letters of a currency, such as EUR")]
pub struct NotACurrency;

impl Currency {
    /// The currency of three capital letters.
    ///
    /// # Errors
    /// [`NotACurrency`] when it is anything else. Whether there is such a currency is not looked at.
    pub fn parse(text: &str) -> Result<Self, NotACurrency> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| NotACurrency)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(NotACurrency) }
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl TryFrom<String> for Currency {
    type Error = NotACurrency;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Standing {
    /// As it was said; there may be no such stage any more, and then it stands at that one's successor.
    pub(super) stage: StageId,
    pub(super) kind: StageKind,
    /// Where it was worked on last.
    pub(super) worked_at: StageId,
    /// Of a lead that was lost.
    pub(super) lost_reason: Option<LostReasonId>,
    /// Of a lead that was won.
    pub(super) worth: Option<Worth>,
}

impl Default for Standing {
    fn default() -> Self {
        let (stage, kind) = (StageId::NEW, StageKind::Open);
        Self { stage, kind, worked_at: stage, lost_reason: None, worth: None }
    }
}

impl Standing {
    pub(super) fn worked_on(self, stage: StageId) -> Self {
        Self { stage, kind: StageKind::Open, worked_at: stage, lost_reason: None, worth: None }
    }

    pub(super) fn won(self, stage: StageId, worth: Option<Worth>) -> Self {
        Self { stage, kind: StageKind::Won, lost_reason: None, worth, ..self }
    }

    pub(super) fn lost(self, stage: StageId, lost_reason: Option<LostReasonId>) -> Self {
        Self { stage, kind: StageKind::Lost, lost_reason, worth: None, ..self }
    }
}

/// It is worked on at `stage`.
pub(super) fn advance(lead: &Lead, stage: StageId) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    if lead.status == LeadStatus::Disqualified {
        return Err(LeadRefusal::Disqualified);
    }
    let already_so = lead.standing == lead.standing.worked_on(stage);
    Ok(if already_so { vec![] } else { vec![LeadEvent::Moved { contact, stage }] })
}

/// She has bought. What it is worth stays, if nothing else is said of it.
pub(super) fn convert(lead: &Lead, stage: StageId, worth: Option<Worth>) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    let worth = worth.or(lead.standing.worth);
    if lead.standing == lead.standing.won(stage, worth) {
        return Ok(vec![]);
    }
    let converted = LeadEvent::Converted { contact, stage, worth };
    Ok(if lead.status == LeadStatus::Qualified {
        vec![converted]
    } else {
        vec![LeadEvent::Qualified(unsaid(contact, lead)), converted]
    })
}

/// She does not buy.
pub(super) fn lose(lead: &Lead, stage: StageId, reason: Option<LostReasonId>) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    let already_so = lead.standing == lead.standing.lost(stage, reason);
    Ok(if already_so { vec![] } else { vec![LeadEvent::Lost { contact, stage, reason }] })
}

/// Found worth pursuing by what she did: how good it is was said before, or not at all.
fn unsaid(contact: ContactId, lead: &Lead) -> Assessment {
    Assessment { contact, reason: None, score: lead.score }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::{Currency, NotACurrency, Worth};
    use crate::StageId;
    use crate::lead::state::samples::{CONTACT, captured, lost_reason, score};
    use crate::lead::{Assessment, Lead, LeadCommand, LeadEvent, LeadRefusal};

    fn moved(stage: StageId) -> LeadEvent {
        LeadEvent::Moved { contact: CONTACT, stage }
    }

    fn worth(minor: i64) -> Option<Worth> {
        Some(Worth { minor, currency: Currency::parse("EUR").unwrap() })
    }

    fn converted(worth: Option<Worth>) -> LeadEvent {
        LeadEvent::Converted { contact: CONTACT, stage: StageId::WON, worth }
    }

    fn convert(worth: Option<Worth>) -> LeadCommand {
        LeadCommand::Convert { stage: StageId::WON, worth }
    }

    fn lost(is_reason_said: bool) -> LeadEvent {
        LeadEvent::Lost { contact: CONTACT, stage: StageId::LOST, reason: is_reason_said.then(lost_reason) }
    }

    fn lose(is_reason_said: bool) -> LeadCommand {
        LeadCommand::Lose { stage: StageId::LOST, reason: is_reason_said.then(lost_reason) }
    }

    fn judged(number: Option<u8>) -> Assessment {
        Assessment { contact: CONTACT, reason: None, score: number.map(score) }
    }

    #[test]
    fn it_is_worked_on_from_where_every_lead_begins() {
        let advance = |stage| LeadCommand::Advance { stage };
        for (given, stage, expected) in [
            (vec![], StageId::NEW, vec![]),
            (vec![], StageId::CONTACTED, vec![moved(StageId::CONTACTED)]),
            (vec![moved(StageId::CONTACTED)], StageId::CONTACTED, vec![]),
            (vec![moved(StageId::CONTACTED)], StageId::NEW, vec![moved(StageId::NEW)]),
            (vec![lost(true)], StageId::NEW, vec![moved(StageId::NEW)]),
            (vec![LeadEvent::Qualified(judged(None)), converted(None)], StageId::NEW, vec![moved(StageId::NEW)]),
        ] {
            TestFramework::<Lead>::with(())
                .given([vec![captured()], given].concat())
                .when(advance(stage))
                .then_expect_events(expected);
        }
        TestFramework::<Lead>::with(())
            .given(vec![captured(), LeadEvent::Disqualified(judged(None)), lost(false)])
            .when(advance(StageId::CONTACTED))
            .then_expect_error(LeadRefusal::Disqualified);
    }

    #[test]
    fn who_has_bought_was_worth_pursuing() {
        for (before, number) in [(vec![], None), (vec![LeadEvent::Disqualified(judged(Some(7))), lost(false)], Some(7))]
        {
            TestFramework::<Lead>::with(())
                .given([vec![captured()], before].concat())
                .when(convert(worth(12_50)))
                .then_expect_events(vec![LeadEvent::Qualified(judged(number)), converted(worth(12_50))]);
        }
        TestFramework::<Lead>::with(())
            .given(vec![captured(), LeadEvent::Qualified(judged(None))])
            .when(convert(None))
            .then_expect_events(vec![converted(None)]);
    }

    #[test]
    fn what_it_is_worth_stays_until_something_else_is_said() {
        let won = || vec![captured(), LeadEvent::Qualified(judged(None)), converted(worth(5))];
        for (said, expected) in [(None, vec![]), (worth(5), vec![]), (worth(6), vec![converted(worth(6))])] {
            TestFramework::<Lead>::with(()).given(won()).when(convert(said)).then_expect_events(expected);
        }
        TestFramework::<Lead>::with(())
            .given([won(), vec![moved(StageId::NEW)]].concat())
            .when(convert(None))
            .then_expect_events(vec![converted(None)]);
    }

    #[test]
    fn it_is_lost_for_a_reason_or_none() {
        for is_said in [false, true] {
            TestFramework::<Lead>::with(())
                .given(vec![captured()])
                .when(lose(is_said))
                .then_expect_events(vec![lost(is_said)]);
            TestFramework::<Lead>::with(())
                .given(vec![captured(), lost(is_said)])
                .when(lose(is_said))
                .then_expect_events(vec![]);
            TestFramework::<Lead>::with(())
                .given(vec![captured(), lost(is_said)])
                .when(lose(!is_said))
                .then_expect_events(vec![lost(!is_said)]);
        }
    }

    #[test]
    fn what_nobody_captured_stands_nowhere() {
        for command in [LeadCommand::Advance { stage: StageId::NEW }, convert(None), lose(false)] {
            TestFramework::<Lead>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_error(LeadRefusal::NotFound);
        }
    }

    #[test]
    fn a_currency_has_three_capital_letters() {
        assert_eq!(Currency::parse("EUR").unwrap().to_string(), "EUR");
        for text in ["", "eur", "EURO", "EU1", "€€€", "ÄU"] {
            assert_eq!(Currency::parse(text), Err(NotACurrency), "{text}");
        }
    }
}
