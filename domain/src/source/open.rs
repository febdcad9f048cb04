//! A business opens a place that leads come from.

use super::{Opening, Source, SourceEvent, SourceKind, SourceRefusal};

pub(super) fn decide(source: &Source, opening: Opening) -> Result<Vec<SourceEvent>, SourceRefusal> {
    match opening.kind {
        SourceKind::GoogleForm => {}
        SourceKind::FacebookPage | SourceKind::External => return Err(SourceRefusal::ByConnecting),
        SourceKind::WalkIn => return Err(SourceRefusal::WithItsForm),
    }
    match &source.opening {
        None => Ok(vec![SourceEvent::Opened(opening)]),
        Some(known) if *known == opening => Ok(vec![]),
        Some(_) => Err(SourceRefusal::OpenedOtherwise),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::source::state::samples::{opened, opening};
    use crate::source::{Source, SourceCommand, SourceEvent, SourceKind, SourceRefusal};
    use crate::{DataSubject, Decide, StreamId};

    #[test]
    fn a_source_is_opened_once() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::Open(opening("Spring offer")))
            .then_expect_events(vec![opened("Spring offer")]);
        TestFramework::<Source>::with(())
            .given(vec![opened("Spring offer")])
            .when(SourceCommand::Open(opening("Spring offer")))
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_id_keeps_its_source() {
        TestFramework::<Source>::with(())
            .given(vec![opened("Spring offer"), SourceEvent::Closed {}])
            .when(SourceCommand::Open(opening("Autumn offer")))
            .then_expect_error(SourceRefusal::OpenedOtherwise);
    }

    #[test]
    fn a_page_and_a_program_are_not_opened_without_what_they_go_by() {
        for kind in [SourceKind::FacebookPage, SourceKind::External] {
            TestFramework::<Source>::with(())
                .given_no_previous_events()
                .when(SourceCommand::Open(crate::source::Opening { kind, ..opening("Page") }))
                .then_expect_error(SourceRefusal::ByConnecting);
        }
    }

    #[test]
    fn a_walk_in_is_not_opened_without_its_form() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::Open(crate::source::Opening { kind: SourceKind::WalkIn, ..opening("Front desk") }))
            .then_expect_error(SourceRefusal::WithItsForm);
    }

    #[test]
    fn what_was_never_opened_is_not_open() {
        let mut source = Source::default();
        assert_eq!((source.is_open(), source.kind()), (false, None));
        for (event, is_open) in
            [(opened("Spring offer"), true), (SourceEvent::Closed {}, false), (SourceEvent::Reopened {}, true)]
        {
            source.evolve(event);
            assert_eq!((source.is_open(), source.kind()), (is_open, Some(SourceKind::GoogleForm)));
        }
    }

    #[test]
    fn it_is_about_nobody_and_holds_nothing() {
        let stream = StreamId::from_uuid(Uuid::from_u128(1));
        for event in [opened("Spring offer"), SourceEvent::Closed {}, SourceEvent::Reopened {}] {
            assert_eq!(Source::data_subject(stream, &event), DataSubject::Nobody);
            assert_eq!(Source::reservations(stream, &event), []);
        }
    }
}
