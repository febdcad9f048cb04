//! A running server as we hold it: our child, or one that we adopted.

use std::path::{Path, PathBuf};
use std::process::Child;

use crate::cluster::process;

/// The server's first process.
#[derive(Debug)]
pub(crate) struct Postmaster {
    pid: u32,
    data: PathBuf,
    child: Option<Child>,
}

impl Postmaster {
    /// One that we started.
    pub(crate) fn started(child: Child, data: &Path) -> Postmaster {
        Postmaster { pid: child.id(), data: data.to_path_buf(), child: Some(child) }
    }

    /// One that somebody else started, perhaps we in an earlier life.
    pub(crate) fn adopted(pid: u32, data: &Path) -> Postmaster {
        Postmaster { pid, data: data.to_path_buf(), child: None }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it has ended. A child is reaped by this, so that it leaves no zombie.
    pub(crate) fn has_ended(&mut self) -> bool {
        match &mut self.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => !process::lingers(self.pid, &self.data),
        }
    }
}
