//! A business wants the leads of a page that were filled in before it was connected, or that nobody was told of.

use jiff::Timestamp;

use super::{Source, SourceEvent, SourceRefusal};

pub(super) fn decide(source: &Source, since: Option<Timestamp>) -> Result<Vec<SourceEvent>, SourceRefusal> {
    source.opening.as_ref().ok_or(SourceRefusal::NotFound)?;
    if source.page.is_none() || source.credential.is_none() {
        return Err(SourceRefusal::NoPage);
    }
    Ok(vec![SourceEvent::BackfillAsked { since }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{connected, opened};
    use crate::source::{Source, SourceCommand, SourceEvent, SourceRefusal};

    #[test]
    fn it_is_asked_for_as_often_as_it_is_wanted() {
        TestFramework::<Source>::with(())
            .given([connected(), vec![SourceEvent::BackfillAsked { since: None }]].concat())
            .when(SourceCommand::AskBackfill { since: None })
            .then_expect_events(vec![SourceEvent::BackfillAsked { since: None }]);
    }

    #[test]
    fn only_a_page_that_is_connected_has_leads_of_before() {
        let asks = || SourceCommand::AskBackfill { since: None };
        TestFramework::<Source>::with(())
            .given(vec![opened("Spring offer")])
            .when(asks())
            .then_expect_error(SourceRefusal::NoPage);
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(asks())
            .then_expect_error(SourceRefusal::NotFound);
    }
}
