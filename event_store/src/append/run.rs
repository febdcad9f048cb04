//! A run: a stretch of the log to which this process alone has appended, so that what it saw of a stream is still so.
//!
//! The append is told the newest commit that the process knows. If that is the newest there is, nobody else has
//! appended since, and streams that were seen during the run need no second look. Another's commit, a command that
//! came to something else than was decided, a call whose end is unknown: each ends the run, and what was seen before
//! is looked up again.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Names a run of this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RunNumber(u64);

/// A commit: the position of its last event, and the one moment that all its events have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Commit {
    pub(super) position: i64,
    pub(super) recorded_at: jiff_sqlx::Timestamp,
}

/// The run of this moment.
#[derive(Debug, Default)]
pub(super) struct Run(Mutex<State>);

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct State {
    pub(super) number: RunNumber,
    /// The newest commit that this process knows; none after a call whose end it doesn't know.
    pub(super) head: Option<Commit>,
}

impl Run {
    pub(super) fn number(&self) -> RunNumber {
        self.state().number
    }

    pub(super) fn now(&self) -> State {
        *self.state()
    }

    /// A call's end is not known.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.number.0 += 1;
        state.head = None;
    }

    /// A call has ended at `head`, and the run goes on if it was not `disturbed`. The number of the run that what the
    /// call confirmed belongs to.
    pub(super) fn go_on(&self, head: Option<Commit>, disturbed: bool) -> RunNumber {
        let mut state = self.state();
        state.number.0 += u64::from(disturbed);
        state.head = head;
        state.number
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whole after every statement that touches it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
