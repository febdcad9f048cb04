use super::TeamName;

/// What can be asked of a team.
#[derive(Debug, Clone)]
pub enum TeamCommand {
    /// Some people of the business work together from now on.
    Form {
        /// What they are called.
        name: TeamName,
    },
    /// They are called something else.
    Rename {
        /// What.
        name: TeamName,
    },
    /// They are no team any more.
    Disband,
}
