//! A business calls a source otherwise.

use super::{Source, SourceEvent, SourceName, SourceRefusal};

pub(super) fn decide(source: &Source, name: SourceName) -> Result<Vec<SourceEvent>, SourceRefusal> {
    let opening = source.opening.as_ref().ok_or(SourceRefusal::NotFound)?;
    Ok(if opening.name == name { vec![] } else { vec![SourceEvent::Renamed { name }] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{connected, opened, walk_in};
    use crate::source::{Source, SourceCommand, SourceEvent, SourceName, SourceRefusal};

    fn name(name: &str) -> SourceName {
        SourceName::parse(name).unwrap()
    }

    #[test]
    fn a_source_of_any_kind_is_called_otherwise() {
        for given in [vec![opened("Spring offer")], connected(), walk_in()] {
            TestFramework::<Source>::with(())
                .given(given)
                .when(SourceCommand::Rename { name: name("Autumn offer") })
                .then_expect_events(vec![SourceEvent::Renamed { name: name("Autumn offer") }]);
        }
    }

    #[test]
    fn what_is_called_so_already_stays_so() {
        TestFramework::<Source>::with(())
            .given(vec![opened("Spring"), SourceEvent::Renamed { name: name("Autumn") }])
            .when(SourceCommand::Rename { name: name("Autumn") })
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_was_never_opened_has_no_name() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::Rename { name: name("Autumn offer") })
            .then_expect_error(SourceRefusal::NotFound);
    }
}
