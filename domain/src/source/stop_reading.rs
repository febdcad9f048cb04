//! Meta takes what a page's leads are read with no longer: nothing is read before other credentials are entered.

use super::{Source, SourceEvent, SourceRefusal};
use crate::CredentialId;

pub(super) fn decide(source: &Source, credential: CredentialId, code: i64) -> Result<Vec<SourceEvent>, SourceRefusal> {
    source.opening.as_ref().ok_or(SourceRefusal::NotFound)?;
    // Of credentials that count no more it says nothing of those that do.
    let is_news = source.page.is_some() && source.credential == Some(credential) && !source.reading_stopped;
    Ok(if is_news { vec![SourceEvent::ReadingStopped { code }] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{connected, credential};
    use crate::source::{Source, SourceCommand, SourceEvent, SourceRefusal};

    fn stop(number: u128) -> SourceCommand {
        SourceCommand::StopReading { credential: credential(number), code: 190 }
    }

    #[test]
    fn it_stops_once_and_for_the_credentials_that_count() {
        let stopped = SourceEvent::ReadingStopped { code: 190 };
        TestFramework::<Source>::with(()).given(connected()).when(stop(1)).then_expect_events(vec![stopped.clone()]);
        TestFramework::<Source>::with(())
            .given([connected(), vec![stopped]].concat())
            .when(stop(1))
            .then_expect_events(vec![]);
        TestFramework::<Source>::with(()).given(connected()).when(stop(2)).then_expect_events(vec![]);
    }

    #[test]
    fn what_was_never_opened_does_not_stop() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(stop(1))
            .then_expect_error(SourceRefusal::NotFound);
    }
}
