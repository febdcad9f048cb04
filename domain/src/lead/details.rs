//! What somebody of the business puts down about a lead: notes, whom she works for, and whatever else the business asks after. It is
//! about the contact, and ends with her when she is erased.

use serde::{Deserialize, Serialize};

use super::{Lead, LeadEvent, LeadRefusal};
use crate::{AttributeId, IdentifierHash, LongText, Personal, ShortText};

/// What somebody puts down: up to 10,000 characters, in lines.
pub type LeadNote = LongText<10_000>;

/// What a company is called: 1 to 200 characters.
pub type CompanyName = ShortText<1, 200>;

/// Whom a contact works for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Company {
    /// What it is called.
    pub name: Personal<CompanyName>,
    /// The name's keyed hash: the same said again is known by it.
    pub hash: IdentifierHash,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributeValue {
    /// As its attribute writes such a value ([`Attribute::read`](crate::pipeline::Attribute::read)).
    pub value: Personal<String>,
    /// The value's keyed hash: the same said again is known by it.
    pub hash: IdentifierHash,
}

/// The same note twice is the same command twice; the log's command ids see to that.
pub(super) fn note(lead: &Lead, text: LeadNote) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    Ok(vec![LeadEvent::NoteAdded { contact, text: text.into() }])
}

pub(super) fn company(lead: &Lead, company: Option<Company>) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    let already_so = lead.company.as_ref() == company.as_ref().map(|company| &company.hash);
    Ok(if already_so { vec![] } else { vec![LeadEvent::CompanySet { contact, company }] })
}

pub(super) fn attribute(
    lead: &Lead,
    attribute: AttributeId,
    value: Option<AttributeValue>,
) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    let already_so = lead.attributes.get(&attribute) == value.as_ref().map(|value| &value.hash);
    Ok(if already_so { vec![] } else { vec![LeadEvent::AttributeSet { contact, attribute, value }] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::LeadNote;
    use crate::lead::state::samples::{CONTACT, attribute, captured, company, value};
    use crate::lead::{Lead, LeadCommand, LeadEvent, LeadRefusal};
    use crate::{DataSubject, Decide, LeadId};

    fn text() -> LeadNote {
        LeadNote::parse("Wants it by Christmas.\nCall her sister, not her.").unwrap()
    }

    fn noted() -> LeadEvent {
        LeadEvent::NoteAdded { contact: CONTACT, text: text().into() }
    }

    fn works_for(name: Option<&str>) -> LeadEvent {
        LeadEvent::CompanySet { contact: CONTACT, company: name.map(company) }
    }

    fn set(said: Option<&str>) -> LeadEvent {
        LeadEvent::AttributeSet { contact: CONTACT, attribute: attribute(), value: said.map(value) }
    }

    #[test]
    fn something_is_put_down_as_often_as_it_is_said() {
        for given in [vec![captured()], vec![captured(), noted()]] {
            TestFramework::<Lead>::with(())
                .given(given)
                .when(LeadCommand::AddNote { text: text() })
                .then_expect_events(vec![noted()]);
        }
    }

    #[test]
    fn a_company_and_an_attribute_are_what_was_said_last() {
        for (given, said, is_new) in [
            (None, Some("Acme"), true),
            (Some("Acme"), Some("Acme"), false),
            (Some("Acme"), Some("Bolt"), true),
            (Some("Acme"), None, true),
            (None, None, false),
        ] {
            let events = |event: fn(Option<&str>) -> LeadEvent| {
                (std::iter::once(captured()).chain(given.map(|said| event(Some(said)))), is_new.then(|| event(said)))
            };
            let (before, expected) = events(works_for);
            TestFramework::<Lead>::with(())
                .given(before.collect())
                .when(LeadCommand::SetCompany { company: said.map(company) })
                .then_expect_events(expected.into_iter().collect());
            let (before, expected) = events(set);
            TestFramework::<Lead>::with(())
                .given(before.collect())
                .when(LeadCommand::SetAttribute { attribute: attribute(), value: said.map(value) })
                .then_expect_events(expected.into_iter().collect());
        }
    }

    #[test]
    fn nothing_is_put_down_about_whom_nobody_captured() {
        for command in [
            LeadCommand::AddNote { text: text() },
            LeadCommand::SetCompany { company: None },
            LeadCommand::SetAttribute { attribute: attribute(), value: None },
        ] {
            TestFramework::<Lead>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_error(LeadRefusal::NotFound);
        }
    }

    #[test]
    fn what_is_put_down_is_about_her() {
        let (stream, hers) = (LeadId::of(CONTACT).into(), DataSubject::Holds(CONTACT.into()));
        for event in [noted(), works_for(Some("Acme")), set(Some("Large"))] {
            assert_eq!(Lead::data_subject(stream, &event), hers);
        }
        for event in [works_for(None), set(None)] {
            assert_eq!(Lead::data_subject(stream, &event), DataSubject::Nobody);
        }
    }
}
