//! A business says which page leads come from, and what Meta knows the business by there. The value is sealed elsewhere; here is
//! that it was entered, and which one counts.

use super::{Opening, Page, Source, SourceEvent, SourceKind, SourceName, SourceRefusal};
use crate::CredentialId;

pub(super) fn decide(
    source: &Source,
    name: SourceName,
    page: Page,
    credential: CredentialId,
) -> Result<Vec<SourceEvent>, SourceRefusal> {
    let mut events = Vec::new();
    match source.kind() {
        None => events.push(SourceEvent::Opened(Opening { kind: SourceKind::FacebookPage, name })),
        Some(SourceKind::FacebookPage) if source.closed => events.push(SourceEvent::Reopened {}),
        Some(SourceKind::FacebookPage) => {}
        Some(SourceKind::GoogleForm | SourceKind::WalkIn | SourceKind::External) => {
            return Err(SourceRefusal::OpenedOtherwise);
        }
    }
    match &source.page {
        Some(known) if known.page_id != page.page_id => return Err(SourceRefusal::OpenedOtherwise),
        Some(known) if *known == page => {}
        Some(_) | None => events.push(SourceEvent::PageConnected(page)),
    }
    match source.credential {
        Some(known) if known == credential => {}
        Some(replaced) => events.push(SourceEvent::CredentialsRotated { credential, replaced }),
        None => events.push(SourceEvent::CredentialsEntered { credential }),
    }
    // Wrong ones are the most likely reason for which nothing is read.
    if source.reading_stopped && source.credential != Some(credential) {
        events.push(SourceEvent::ReadingResumed {});
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::channel::AppKey;
    use crate::source::state::samples::{connect, connected, credential, opened, page};
    use crate::source::{Page, Source, SourceCommand, SourceEvent, SourceName, SourceRefusal, page_id_reservation};
    use crate::{Decide, ReservationChange, StreamId};

    fn entered(number: u128) -> SourceEvent {
        SourceEvent::CredentialsEntered { credential: credential(number) }
    }

    #[test]
    fn a_page_is_opened_connected_and_has_credentials() {
        TestFramework::<Source>::with(()).given_no_previous_events().when(connect(1)).then_expect_events(connected());
        TestFramework::<Source>::with(()).given(connected()).when(connect(1)).then_expect_events(vec![]);
    }

    #[test]
    fn others_take_the_place_of_its_credentials_and_it_is_read_again() {
        let rotated = SourceEvent::CredentialsRotated { credential: credential(2), replaced: credential(1) };
        TestFramework::<Source>::with(()).given(connected()).when(connect(2)).then_expect_events(vec![rotated.clone()]);
        let stopped = SourceEvent::ReadingStopped { code: 190 };
        TestFramework::<Source>::with(())
            .given([connected(), vec![stopped.clone()]].concat())
            .when(connect(2))
            .then_expect_events(vec![rotated, SourceEvent::ReadingResumed {}]);
        TestFramework::<Source>::with(())
            .given([connected(), vec![stopped]].concat())
            .when(connect(1))
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_was_closed_is_connected_anew() {
        let closed = vec![
            SourceEvent::CredentialsRemoved { credential: credential(1) },
            SourceEvent::PageDisconnected { page_id: page().page_id },
            SourceEvent::Closed {},
        ];
        TestFramework::<Source>::with(())
            .given([connected(), closed].concat())
            .when(connect(2))
            .then_expect_events(vec![SourceEvent::Reopened {}, SourceEvent::PageConnected(page()), entered(2)]);
    }

    #[test]
    fn another_app_may_bring_it_but_it_stays_the_same_page() {
        let command = |page| SourceCommand::ConnectPage {
            name: SourceName::parse("Saffron Sofas").unwrap(),
            page,
            credential: credential(1),
        };
        let moved = Page { app: Some(AppKey::parse("second").unwrap()), ..page() };
        TestFramework::<Source>::with(())
            .given(connected())
            .when(command(moved.clone()))
            .then_expect_events(vec![SourceEvent::PageConnected(moved)]);
        let another = Page { page_id: crate::channel::ProviderId::parse("8").unwrap(), app: None };
        TestFramework::<Source>::with(())
            .given(connected())
            .when(command(another))
            .then_expect_error(SourceRefusal::OpenedOtherwise);
        TestFramework::<Source>::with(())
            .given(vec![opened("Spring offer")])
            .when(connect(1))
            .then_expect_error(SourceRefusal::OpenedOtherwise);
    }

    #[test]
    fn a_page_is_one_source_s_while_it_is_connected() {
        let stream = StreamId::from_uuid(uuid::Uuid::from_u128(1));
        let reservation = page_id_reservation("7");
        let taken = Source::reservations(stream, &SourceEvent::PageConnected(page()));
        assert_eq!(taken, [ReservationChange::Take(reservation.clone())]);
        let released = Source::reservations(stream, &SourceEvent::PageDisconnected { page_id: page().page_id });
        assert_eq!(released, [ReservationChange::Release(reservation)]);
    }
}
