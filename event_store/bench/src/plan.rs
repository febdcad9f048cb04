use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::cell::Cell;
use crate::closed_loop::Pace;

/// What is measured, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) pace: Pace,
    pub(crate) rounds: u32,
    /// What a measurement's name contains, if not everything is measured.
    pub(crate) only: Option<String>,
    /// Clients: some, and as many as the targets ask for.
    pub(crate) few: u32,
    pub(crate) many: u32,
    /// Events of a long stream.
    pub(crate) long: u32,
    /// Streams that were opened a moment ago, for each of the two ways of measuring them.
    pub(crate) short: u32,
    /// Aggregates in the cache when its memory is measured.
    pub(crate) cached: u32,
    /// This program: the other processes run `bench append-load` of it.
    pub(crate) program: PathBuf,
    pub(crate) binaries: Option<PathBuf>,
    pub(crate) require_all: bool,
}

/// A plan that would measure nothing, or never end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadPlan {
    /// Time for each measurement.
    #[error("a measurement takes 0.1 to 600 seconds")]
    Seconds,
    /// Rounds.
    #[error("there are 1 to 99 rounds")]
    Rounds,
    /// No measurement has such a name.
    #[error("no measurement has that in its name; `--small` shows them all in some seconds")]
    Nothing,
}

impl Plan {
    /// Everything, at the sizes of the targets. `program` is the running one; its `bench append-load` must be
    /// [`serve_load`](crate::serve_load).
    ///
    /// # Errors
    /// [`BadPlan`].
    pub fn full(program: PathBuf, seconds: f64, rounds: u32) -> Result<Self, BadPlan> {
        if !(0.1..=600.0).contains(&seconds) {
            return Err(BadPlan::Seconds);
        }
        if !(1..=99).contains(&rounds) {
            return Err(BadPlan::Rounds);
        }
        let measured = Duration::from_secs_f64(seconds);
        Ok(Self {
            // Connections, plans and caches are there after that.
            pace: Pace { warm_up: measured.min(Duration::from_secs(1)), measured },
            rounds,
            only: None,
            few: 32,
            many: 256,
            long: 10_000,
            short: 20_000,
            cached: 20_000,
            program,
            binaries: None,
            require_all: false,
        })
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    #[must_use]
    pub fn small(self) -> Self {
        Self { pace: self.pace.small(), few: 4, many: 8, long: 220, short: 40, cached: 200, ..self }
    }

    /// Measures nothing but what has `only` in its name, as progress tells the names.
    ///
    /// # Errors
    /// [`BadPlan::Nothing`] when no name has it.
    pub fn only(self, only: String) -> Result<Self, BadPlan> {
        let plan = Self { only: Some(only), ..self };
        if Cell::of(&plan).is_empty() { Err(BadPlan::Nothing) } else { Ok(plan) }
    }

    /// Takes PostgreSQL's programs from `binaries`.
    #[must_use]
    pub fn with_binaries(self, binaries: Option<PathBuf>) -> Self {
        Self { binaries, ..self }
    }

    /// Fails where something can't be measured, instead of saying so in its row.
    #[must_use]
    pub fn requiring_all(self, require_all: bool) -> Self {
        Self { require_all, ..self }
    }

    /// How many clients are measured at a time.
    pub(crate) fn clients(&self) -> [u32; 3] {
        [1, self.few, self.many]
    }

    /// pgbench gains nothing from more, and each is a connection.
    pub(crate) fn pgbench_most(&self) -> u32 {
        self.many.min(64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_measures_nothing_or_never_ends_is_refused() {
        let plan = |seconds, rounds| Plan::full(PathBuf::new(), seconds, rounds).map(|plan| plan.rounds);
        for seconds in [0.0, -1.0, 601.0, f64::NAN, f64::INFINITY] {
            assert_eq!(plan(seconds, 1), Err(BadPlan::Seconds));
        }
        assert_eq!(plan(1.0, 0), Err(BadPlan::Rounds));
        assert_eq!(plan(1.0, 100), Err(BadPlan::Rounds));
        assert_eq!(plan(0.1, 3), Ok(3));
    }

    #[test]
    fn a_plan_may_be_for_some_measurements() {
        let only = |name: &str| Plan::full(PathBuf::new(), 1.0, 1)?.only(name.to_owned());
        let names = |plan: Plan| Cell::of(&plan).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(only("growing/two").map(names), Ok(vec!["ours/growing/two-processes".to_owned()]));
        assert_eq!(only("nothing of that name").map(names), Err(BadPlan::Nothing));
    }
}
