//! A business lets a program of its own, or of somebody it works with, post leads.

use super::{Mapping, Networks, Opening, Source, SourceEvent, SourceKind, SourceName, SourceRefusal};
use crate::CredentialId;

/// All there is to an external source as it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalOpening {
    /// What the business calls it.
    pub name: SourceName,
    /// Which fields mean what.
    pub mapping: Mapping,
    /// From where it may be posted.
    pub networks: Networks,
    /// What it shows.
    pub token: CredentialId,
    /// What it signs with, if it is to.
    pub credential: Option<CredentialId>,
}

pub(super) fn decide(source: &Source, opening: ExternalOpening) -> Result<Vec<SourceEvent>, SourceRefusal> {
    let ExternalOpening { name, mapping, networks, token, credential } = opening;
    let opening = Opening { kind: SourceKind::External, name };
    match &source.opening {
        None => {}
        // A token is one opening's alone.
        Some(known) if *known == opening && source.token == Some(token) => return Ok(vec![]),
        Some(_) => return Err(SourceRefusal::OpenedOtherwise),
    }
    let opened = SourceEvent::Opened(opening);
    let restricted = (!networks.is_empty()).then_some(SourceEvent::NetworksChanged { networks });
    let signs = credential.map(|credential| SourceEvent::CredentialsEntered { credential });
    let told = [opened, SourceEvent::MappingChanged(mapping), SourceEvent::TokenIssued { token }];
    Ok(told.into_iter().chain(restricted).chain(signs).collect())
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::source::state::samples::{credential, external, mapping, networks, open_external, opened};
    use crate::source::{ExternalOpening, Networks, Source, SourceCommand, SourceEvent, SourceRefusal};

    #[test]
    fn it_is_opened_with_all_that_it_needs() {
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::OpenExternal(Box::new(open_external())))
            .then_expect_events(external());
    }

    #[test]
    fn from_anywhere_and_unsigned_if_nothing_else_is_said() {
        let open = ExternalOpening { networks: Networks::default(), credential: None, ..open_external() };
        TestFramework::<Source>::with(())
            .given_no_previous_events()
            .when(SourceCommand::OpenExternal(Box::new(open)))
            .then_expect_events(external()[..3].to_vec());
        let mut source = Source::default();
        external().into_iter().for_each(|event| source.evolve(event));
        assert_eq!((source.token(), source.credential()), (Some(credential(8)), Some(credential(9))));
        assert_eq!((source.mapping(), source.networks()), (Some(&mapping("phone")), &networks()));
    }

    #[test]
    fn an_id_keeps_its_source() {
        TestFramework::<Source>::with(())
            .given(external())
            .when(SourceCommand::OpenExternal(Box::new(open_external())))
            .then_expect_events(vec![]);
        let issued = SourceEvent::TokenIssued { token: credential(7) };
        for given in [[external(), vec![issued]].concat(), vec![opened("Spring offer")]] {
            TestFramework::<Source>::with(())
                .given(given)
                .when(SourceCommand::OpenExternal(Box::new(open_external())))
                .then_expect_error(SourceRefusal::OpenedOtherwise);
        }
    }
}
