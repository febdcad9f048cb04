//! Meta told of a lead, and does not tell what is in it: it is gone, or nobody has let the app see it.

use super::{MissedLead, Source, SourceEvent, SourceRefusal};

pub(super) fn decide(source: &Source, missed: MissedLead) -> Result<Vec<SourceEvent>, SourceRefusal> {
    source.opening.as_ref().ok_or(SourceRefusal::NotFound)?;
    Ok(vec![SourceEvent::LeadMissed(missed)])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{connected, missed};
    use crate::source::{Source, SourceCommand, SourceEvent, SourceRefusal};

    #[test]
    fn it_says_so() {
        TestFramework::<Source>::with(())
            .given(connected())
            .when(SourceCommand::MissLead(missed()))
            .then_expect_events(vec![SourceEvent::LeadMissed(missed())]);
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::MissLead(missed()))
            .then_expect_error(SourceRefusal::NotFound);
    }
}
