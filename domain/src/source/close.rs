//! No more leads come from a source. Those that came stay; a page is free for others, and what it was read with is destroyed.

use super::{Source, SourceEvent, SourceRefusal};

pub(super) fn decide(source: &Source) -> Result<Vec<SourceEvent>, SourceRefusal> {
    source.opening.as_ref().ok_or(SourceRefusal::NotFound)?;
    if source.closed {
        return Ok(vec![]);
    }
    // What a program signs with counts again when it is reopened: what comes unsigned must not slip in.
    let read_with = source.credential.filter(|_| source.page.is_some());
    let removed = read_with.map(|credential| SourceEvent::CredentialsRemoved { credential });
    let disconnected = source.page.as_ref().map(|page| SourceEvent::PageDisconnected { page_id: page.page_id.clone() });
    Ok(removed.into_iter().chain(disconnected).chain([SourceEvent::Closed {}]).collect())
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{connected, credential, opened, page};
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
    fn a_page_is_free_then_and_its_credentials_count_no_more() {
        TestFramework::<Source>::with(()).given(connected()).when(SourceCommand::Close).then_expect_events(vec![
            SourceEvent::CredentialsRemoved { credential: credential(1) },
            SourceEvent::PageDisconnected { page_id: page().page_id },
            SourceEvent::Closed {},
        ]);
    }

    #[test]
    fn what_was_never_opened_is_not_closed() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::Close)
            .then_expect_error(SourceRefusal::NotFound);
    }
}
