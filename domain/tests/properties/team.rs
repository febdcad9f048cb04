//! Histories of teams.

use leadflow_domain::team::{Team, TeamCommand, TeamEvent, TeamName};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::laws::laws;

#[test]
fn a_team_keeps_the_laws() {
    let name = || select(vec!["Returns", "RETURNS", "Müşteri"]).prop_map(|name| TeamName::parse(name).unwrap());
    let commands = prop_oneof![
        3 => name().prop_map(|name| TeamCommand::Form { name }),
        3 => name().prop_map(|name| TeamCommand::Rename { name }),
        1 => Just(TeamCommand::Disband),
    ];
    laws::<Team>(commands, |_| true, TeamEvent::TYPES);
}
