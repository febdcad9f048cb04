//! Whether a member is there.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Leave;
use crate::tenant::Schedule;

/// Whether a member can be given something, as far as she is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// She is there.
    Available,
    /// She, or somebody for her, said that she is not.
    Away {
        /// Until when, if that was said.
        until: Option<Timestamp>,
    },
    /// She has a leave.
    OnLeave {
        /// When it is over.
        until: Timestamp,
    },
    /// These are not her working hours.
    OffHours,
}

/// What was said of when a member is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Attendance {
    /// That she is away, until when if that was said.
    pub(super) away: Option<Away>,
    pub(super) leaves: BTreeSet<Leave>,
    /// When she works; always, without.
    pub(super) hours: Option<Schedule>,
}

/// That somebody is away.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Away {
    pub(super) until: Option<Timestamp>,
}

impl Attendance {
    /// Until when she is away at `at`; `None` when she is not.
    pub(super) fn away(&self, at: Timestamp) -> Option<Away> {
        self.away.filter(|away| away.until.is_none_or(|until| at < until))
    }

    pub(super) fn availability(&self, at: Timestamp) -> Availability {
        if let Some(Away { until }) = self.away(at) {
            return Availability::Away { until };
        }
        let leaves = self.leaves.iter().filter(|leave| leave.contains(at));
        if let Some(until) = leaves.map(|leave| leave.until()).max() {
            return Availability::OnLeave { until };
        }
        match &self.hours {
            Some(hours) if !hours.is_open(at) => Availability::OffHours,
            Some(_) | None => Availability::Available,
        }
    }

    /// Leaves that are not over at `at`.
    pub(super) fn leaves_after(&self, at: Timestamp) -> usize {
        self.leaves.iter().filter(|leave| at < leave.until()).count()
    }

    pub(super) fn go_away(&mut self, until: Option<Timestamp>) {
        self.away = Some(Away { until });
    }

    pub(super) fn come_back(&mut self) {
        self.away = None;
    }

    pub(super) fn plan(&mut self, leave: Leave, at: Timestamp) {
        self.leaves.retain(|known| at < known.until());
        self.leaves.insert(leave);
    }

    pub(super) fn cancel(&mut self, leave: Leave) {
        self.leaves.remove(&leave);
    }
}
