//! Histories of sources.

use leadflow_domain::source::{Opening, Source, SourceCommand, SourceEvent, SourceKind, SourceName};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::laws::laws;

#[test]
fn a_source_keeps_the_laws() {
    let opening = select(vec!["Spring offer", "Autumn offer"])
        .prop_map(|name| Opening { kind: SourceKind::GoogleForm, name: SourceName::parse(name).unwrap() });
    let commands = prop_oneof![
        3 => opening.prop_map(SourceCommand::Open),
        2 => Just(SourceCommand::Close),
        2 => Just(SourceCommand::Reopen),
    ];
    laws::<Source>(commands, |_| true, SourceEvent::TYPES);
}
