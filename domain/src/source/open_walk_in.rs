//! A business puts up a form of ours, behind a QR code.

use super::{Opening, Source, SourceEvent, SourceKind, SourceName, SourceRefusal, WalkInForm, WalkInSlug};

pub(super) fn decide(
    source: &Source,
    name: SourceName,
    slug: WalkInSlug,
    form: WalkInForm,
) -> Result<Vec<SourceEvent>, SourceRefusal> {
    form.check()?;
    let opening = Opening { kind: SourceKind::WalkIn, name };
    match &source.opening {
        None => Ok(vec![
            SourceEvent::Opened(opening),
            SourceEvent::SlugGiven { slug },
            SourceEvent::FormSet(Box::new(form)),
        ]),
        Some(known) if *known == opening && source.form() == Some(&form) => Ok(vec![]),
        Some(_) => Err(SourceRefusal::OpenedOtherwise),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{form, open_walk_in, opened, slug, walk_in};
    use crate::source::{
        Asked, Source, SourceCommand, SourceEvent, SourceName, SourceRefusal, WalkInForm, slug_reservation,
    };
    use crate::{Decide, ReservationChange, StreamId};

    #[test]
    fn it_is_opened_once_with_its_address_and_its_form() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(open_walk_in("Hello"))
            .then_expect_events(walk_in());
        TestFramework::<Source>::with(()).given(walk_in()).when(open_walk_in("Hello")).then_expect_events(vec![]);
    }

    #[test]
    fn an_id_keeps_its_source() {
        for given in [walk_in(), vec![opened("Front desk")]] {
            TestFramework::<Source>::with(())
                .given(given)
                .when(open_walk_in("Good day"))
                .then_expect_error(SourceRefusal::OpenedOtherwise);
        }
    }

    #[test]
    fn nobody_could_be_answered_by_a_form_that_asks_for_nothing() {
        let form = WalkInForm { phone: Asked::No, email: Asked::No, ..form("Hello") };
        let name = SourceName::parse("Front desk").unwrap();
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::OpenWalkIn { name, slug: slug(), form: Box::new(form) })
            .then_expect_error(SourceRefusal::AsksNobody);
    }

    #[test]
    fn its_address_is_its_own_for_ever() {
        let stream = StreamId::from_uuid(uuid::Uuid::from_u128(1));
        let given = SourceEvent::SlugGiven { slug: slug() };
        let taken = Source::reservations(stream, &given);
        assert_eq!(taken, [ReservationChange::Take(slug_reservation(&slug()))]);
        assert_eq!(Source::reservations(stream, &SourceEvent::Closed {}), []);
        let mut source = Source::default();
        walk_in().into_iter().for_each(|event| source.evolve(event));
        source.evolve(SourceEvent::Closed {});
        assert_eq!((source.slug(), source.is_open()), (Some(&slug()), false));
    }
}
