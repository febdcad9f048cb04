//! No more leads come from a source. Those that came stay.

use super::{Source, SourceEvent, SourceRefusal};

pub(super) fn decide(source: &Source) -> Result<Vec<SourceEvent>, SourceRefusal> {
    source.opening.as_ref().ok_or(SourceRefusal::NotFound)?;
    Ok(if source.closed { vec![] } else { vec![SourceEvent::Closed {}] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::opened;
    use crate::source::{Source, SourceCommand, SourceEvent, SourceRefusal};

    #[test]
    fn an_open_source_is_closed_once() {
        TestFramework::<Source>::with(())
            .given(vec![opened("Spring offer")])
            .when(SourceCommand::Close)
            .then_expect_events(vec![SourceEvent::Closed {}]);
        TestFramework::<Source>::with(())
            .given(vec![opened("Spring offer"), SourceEvent::Closed {}])
            .when(SourceCommand::Close)
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_was_never_opened_is_not_closed() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::Close)
            .then_expect_error(SourceRefusal::NotFound);
    }
}
