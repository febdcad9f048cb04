use serde::{Deserialize, Serialize};

use super::{Opening, SourceCommand, SourceEvent, SourceKind, SourceRefusal, close, open, reopen};
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a source's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub(super) opening: Option<Opening>,
    pub(super) closed: bool,
}

aggregate::aggregate!(Source, "source", SourceCommand, SourceEvent, SourceRefusal);

impl Source {
    /// What kind of place it is; `None` while nothing was opened.
    #[must_use]
    pub fn kind(&self) -> Option<SourceKind> {
        self.opening.as_ref().map(|opening| opening.kind)
    }

    /// Whether leads come from here now.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.opening.is_some() && !self.closed
    }

    pub(super) fn evolve(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Opened(opening) => self.opening = Some(opening),
            SourceEvent::Closed {} => self.closed = true,
            SourceEvent::Reopened {} => self.closed = false,
        }
    }
}

impl Decide for Source {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: SourceCommand) -> Result<Vec<SourceEvent>, SourceRefusal> {
        match command {
            SourceCommand::Open(opening) => open::decide(self, opening),
            SourceCommand::Close => close::decide(self),
            SourceCommand::Reopen => reopen::decide(self),
        }
    }

    fn reservations(_: StreamId, event: &SourceEvent) -> Vec<ReservationChange> {
        match event {
            SourceEvent::Opened(_) | SourceEvent::Closed {} | SourceEvent::Reopened {} => vec![],
        }
    }

    fn data_subject(_: StreamId, event: &SourceEvent) -> DataSubject {
        match event {
            SourceEvent::Opened(_) | SourceEvent::Closed {} | SourceEvent::Reopened {} => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::SourceEvent;
    use crate::source::{Opening, SourceKind, SourceName};

    pub(in crate::source) fn opening(name: &str) -> Opening {
        Opening { kind: SourceKind::GoogleForm, name: SourceName::parse(name).unwrap() }
    }

    pub(in crate::source) fn opened(name: &str) -> SourceEvent {
        SourceEvent::Opened(opening(name))
    }
}
