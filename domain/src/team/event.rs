use super::TeamName;

crate::event_type::events! {
    /// What happened to a team.
    pub enum TeamEvent {
        /// Some people of the business work together from now on; who, their own events say.
        "team.formed", "1" => Formed {
            /// What they are called.
            name: TeamName,
        },
        /// They are called something else.
        "team.renamed", "1" => Renamed {
            /// What they were called.
            before: TeamName,
            /// What they are called.
            name: TeamName,
        },
        /// They are no team any more: whoever is in it is in none.
        "team.disbanded", "1" => Disbanded {
            /// What they were called.
            name: TeamName,
        },
    }
}
