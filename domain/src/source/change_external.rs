//! What an external source goes by is decided anew: which fields mean what, from where it may be posted, what it shows and signs with.

use super::{Mapping, Networks, Source, SourceEvent, SourceKind, SourceRefusal};
use crate::CredentialId;

fn external(source: &Source) -> Result<(), SourceRefusal> {
    match source.kind().ok_or(SourceRefusal::NotFound)? {
        SourceKind::External => Ok(()),
        SourceKind::GoogleForm | SourceKind::FacebookPage | SourceKind::WalkIn => Err(SourceRefusal::NotExternal),
    }
}

pub(super) fn mapping(source: &Source, mapping: Mapping) -> Result<Vec<SourceEvent>, SourceRefusal> {
    external(source)?;
    let is_so = source.mapping.as_ref() == Some(&mapping);
    Ok(if is_so { vec![] } else { vec![SourceEvent::MappingChanged(mapping)] })
}

pub(super) fn networks(source: &Source, networks: Networks) -> Result<Vec<SourceEvent>, SourceRefusal> {
    external(source)?;
    Ok(if source.networks == networks { vec![] } else { vec![SourceEvent::NetworksChanged { networks }] })
}

pub(super) fn token(source: &Source, token: CredentialId) -> Result<Vec<SourceEvent>, SourceRefusal> {
    external(source)?;
    Ok(if source.token == Some(token) { vec![] } else { vec![SourceEvent::TokenIssued { token }] })
}

pub(super) fn secret(source: &Source, credential: CredentialId) -> Result<Vec<SourceEvent>, SourceRefusal> {
    external(source)?;
    Ok(match source.credential {
        Some(known) if known == credential => vec![],
        Some(replaced) => vec![SourceEvent::CredentialsRotated { credential, replaced }],
        None => vec![SourceEvent::CredentialsEntered { credential }],
    })
}

pub(super) fn no_secret(source: &Source) -> Result<Vec<SourceEvent>, SourceRefusal> {
    external(source)?;
    Ok(source.credential.map(|credential| SourceEvent::CredentialsRemoved { credential }).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{connected, credential, external, mapping, networks, opened};
    use crate::source::{Networks, Source, SourceCommand, SourceEvent, SourceRefusal};

    fn then(command: SourceCommand, expected: Vec<SourceEvent>) {
        TestFramework::<Source>::with(()).given(external()).when(command).then_expect_events(expected);
    }

    #[test]
    fn other_fields_mean_something_from_now_on() {
        let other = mapping("tel");
        then(SourceCommand::ChangeMapping(Box::new(other.clone())), vec![SourceEvent::MappingChanged(other)]);
        then(SourceCommand::ChangeMapping(Box::new(mapping("phone"))), vec![]);
        let mut source = Source::default();
        external().into_iter().for_each(|event| source.evolve(event));
        assert_eq!(source.mappings(), 1);
        source.evolve(SourceEvent::MappingChanged(mapping("tel")));
        assert_eq!((source.mappings(), source.mapping()), (2, Some(&mapping("tel"))));
    }

    #[test]
    fn it_may_be_posted_from_elsewhere_or_from_anywhere() {
        let anywhere = Networks::default();
        then(
            SourceCommand::ChangeNetworks { networks: anywhere.clone() },
            vec![SourceEvent::NetworksChanged { networks: anywhere }],
        );
        then(SourceCommand::ChangeNetworks { networks: networks() }, vec![]);
    }

    #[test]
    fn another_token_takes_the_place_of_the_one_that_there_was() {
        let issued = SourceEvent::TokenIssued { token: credential(7) };
        then(SourceCommand::IssueToken { token: credential(7) }, vec![issued]);
        then(SourceCommand::IssueToken { token: credential(8) }, vec![]);
    }

    #[test]
    fn what_is_posted_is_signed_with_another_secret_or_not_at_all() {
        let rotated = SourceEvent::CredentialsRotated { credential: credential(7), replaced: credential(9) };
        then(SourceCommand::IssueSecret { credential: credential(7) }, vec![rotated]);
        then(SourceCommand::IssueSecret { credential: credential(9) }, vec![]);
        let removed = SourceEvent::CredentialsRemoved { credential: credential(9) };
        then(SourceCommand::RemoveSecret, vec![removed.clone()]);
        TestFramework::<Source>::with(())
            .given([external(), vec![removed.clone()]].concat())
            .when(SourceCommand::RemoveSecret)
            .then_expect_events(vec![]);
        TestFramework::<Source>::with(())
            .given([external(), vec![removed]].concat())
            .when(SourceCommand::IssueSecret { credential: credential(7) })
            .then_expect_events(vec![SourceEvent::CredentialsEntered { credential: credential(7) }]);
    }

    #[test]
    fn closing_it_keeps_what_it_shows_and_signs_with() {
        then(SourceCommand::Close, vec![SourceEvent::Closed {}]);
        TestFramework::<Source>::with(())
            .given([external(), vec![SourceEvent::Closed {}]].concat())
            .when(SourceCommand::Reopen)
            .then_expect_events(vec![SourceEvent::Reopened {}]);
    }

    #[test]
    fn other_sources_have_nothing_of_that() {
        let commands = || {
            vec![
                SourceCommand::ChangeMapping(Box::new(mapping("tel"))),
                SourceCommand::ChangeNetworks { networks: networks() },
                SourceCommand::IssueToken { token: credential(7) },
                SourceCommand::IssueSecret { credential: credential(7) },
                SourceCommand::RemoveSecret,
            ]
        };
        for command in commands() {
            for given in [connected(), vec![opened("Spring offer")]] {
                TestFramework::<Source>::with(())
                    .given(given)
                    .when(command.clone())
                    .then_expect_error(SourceRefusal::NotExternal);
            }
            TestFramework::<Source>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_error(SourceRefusal::NotFound);
        }
    }
}
