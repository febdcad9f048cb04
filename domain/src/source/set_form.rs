//! A business has its form ask otherwise. Whoever has the old one before her is asked to look again.

use super::{Source, SourceEvent, SourceRefusal, WalkInForm};

pub(super) fn decide(source: &Source, form: WalkInForm) -> Result<Vec<SourceEvent>, SourceRefusal> {
    source.opening.as_ref().ok_or(SourceRefusal::NotFound)?;
    let known = source.form().ok_or(SourceRefusal::NoForm)?;
    form.check()?;
    Ok(if *known == form { vec![] } else { vec![SourceEvent::FormSet(Box::new(form))] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{connected, form, opened, walk_in};
    use crate::source::{Asked, Source, SourceCommand, SourceEvent, SourceRefusal, WalkInForm};

    fn set(form: WalkInForm) -> SourceCommand {
        SourceCommand::SetForm(Box::new(form))
    }

    #[test]
    fn another_form_takes_the_place_of_the_one_there_is_also_while_it_is_closed() {
        for given in [walk_in(), [walk_in(), vec![SourceEvent::Closed {}]].concat()] {
            TestFramework::<Source>::with(())
                .given(given)
                .when(set(form("Good day")))
                .then_expect_events(vec![SourceEvent::FormSet(Box::new(form("Good day")))]);
        }
        TestFramework::<Source>::with(()).given(walk_in()).when(set(form("Hello"))).then_expect_events(vec![]);
    }

    #[test]
    fn each_form_has_a_number() {
        let mut source = Source::default();
        walk_in().into_iter().for_each(|event| source.evolve(event));
        assert_eq!(source.form_number(), 1);
        source.evolve(SourceEvent::FormSet(Box::new(form("Good day"))));
        assert_eq!((source.form_number(), source.form()), (2, Some(&form("Good day"))));
    }

    #[test]
    fn it_has_to_be_one_and_there_has_to_be_one() {
        TestFramework::<Source>::with(())
            .given(walk_in())
            .when(set(WalkInForm { phone: Asked::No, email: Asked::No, ..form("Hello") }))
            .then_expect_error(SourceRefusal::AsksNobody);
        let question = form("Hello").questions[0].clone();
        TestFramework::<Source>::with(())
            .given(walk_in())
            .when(set(WalkInForm { questions: vec![question; 11], ..form("Hello") }))
            .then_expect_error(SourceRefusal::TooManyQuestions);
        for given in [vec![opened("Spring offer")], connected()] {
            TestFramework::<Source>::with(())
                .given(given)
                .when(set(form("Hello")))
                .then_expect_error(SourceRefusal::NoForm);
        }
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(set(form("Hello")))
            .then_expect_error(SourceRefusal::NotFound);
    }
}
