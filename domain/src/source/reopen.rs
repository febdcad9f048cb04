//! Leads come from a source again.

use super::{Source, SourceEvent, SourceKind, SourceRefusal};

pub(super) fn decide(source: &Source) -> Result<Vec<SourceEvent>, SourceRefusal> {
    let opening = source.opening.as_ref().ok_or(SourceRefusal::NotFound)?;
    // Its credentials are gone.
    if source.closed && opening.kind == SourceKind::FacebookPage {
        return Err(SourceRefusal::ByConnecting);
    }
    Ok(if source.closed { vec![SourceEvent::Reopened {}] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{connected, opened};
    use crate::source::{Source, SourceCommand, SourceEvent, SourceRefusal};

    #[test]
    fn a_closed_source_is_reopened() {
        TestFramework::<Source>::with(())
            .given(vec![opened("Spring offer"), SourceEvent::Closed {}])
            .when(SourceCommand::Reopen)
            .then_expect_events(vec![SourceEvent::Reopened {}]);
    }

    #[test]
    fn what_is_open_stays_open() {
        for given in [vec![opened("a")], vec![opened("a"), SourceEvent::Closed {}, SourceEvent::Reopened {}]] {
            TestFramework::<Source>::with(()).given(given).when(SourceCommand::Reopen).then_expect_events(vec![]);
        }
    }

    #[test]
    fn a_page_is_opened_again_by_connecting_it() {
        TestFramework::<Source>::with(())
            .given([connected(), vec![SourceEvent::Closed {}]].concat())
            .when(SourceCommand::Reopen)
            .then_expect_error(SourceRefusal::ByConnecting);
    }

    #[test]
    fn what_was_never_opened_is_not_reopened() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::Reopen)
            .then_expect_error(SourceRefusal::NotFound);
    }
}
