//! What is measured in each round, in this order: those who are compared come right after each other.

use std::fmt;

use crate::Plan;
use crate::message::Workload;
use crate::streams::Length;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Cell {
    /// Ours, in this process; with or without the assertion that the translator's commands carry.
    Ours { workload: Workload, clients: u32, asserting: bool },
    /// Ours, half of the clients in each of two processes.
    TwoProcesses { workload: Workload },
    /// The limit: one writer, the same rows, no checks.
    Plain { workload: Workload, clients: u32 },
    /// The peer: cqrs-es with postgres-es.
    Stock { clients: u32, pings: bool },
    /// Single rows.
    Pgbench { clients: u32 },
    /// Ours on a log that lives as long as the bench, with idle transactions beside it or without.
    Idle { held: bool, clients: u32 },
    /// Ours on long or short streams, with them at hand or not.
    Stream { length: Length, at_hand: bool, clients: u32 },
}

impl Cell {
    /// Those of one round.
    pub(crate) fn of(plan: &Plan) -> Vec<Self> {
        let mut cells = Vec::new();
        for clients in plan.clients() {
            for workload in [Workload::Growing, Workload::Opening] {
                cells.push(Self::Ours { workload, clients, asserting: false });
                cells.push(Self::Plain { workload, clients });
                if clients == plan.many {
                    cells.push(Self::TwoProcesses { workload });
                }
            }
            cells.push(Self::Stock { clients, pings: true });
        }
        cells.push(Self::Stock { clients: 1, pings: false });
        cells.push(Self::Ours { workload: Workload::Growing, clients: plan.many, asserting: true });
        for clients in [plan.few, plan.many] {
            cells.extend([false, true].map(|held| Self::Idle { held, clients }));
        }
        for clients in [1, plan.few] {
            for at_hand in [true, false] {
                cells.extend([Length::Long, Length::Short].map(|length| Self::Stream { length, at_hand, clients }));
            }
        }
        cells.extend([1, plan.few, plan.pgbench_most()].map(|clients| Self::Pgbench { clients }));
        if let Some(only) = &plan.only {
            cells.retain(|cell| cell.to_string().contains(only));
        }
        cells
    }
}

/// So many clients, as ids say it.
pub(crate) fn so_many(clients: u32) -> String {
    format!("{clients}-client{}", if clients == 1 { "" } else { "s" })
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clients = match *self {
            Self::Ours { workload, clients, asserting } => {
                let asserting = if asserting { "/asserting" } else { "" };
                write!(f, "ours/{}{asserting}", workload.name())?;
                clients
            }
            Self::TwoProcesses { workload } => return write!(f, "ours/{}/two-processes", workload.name()),
            Self::Plain { workload, clients } => {
                write!(f, "plain-group-commit/{}", workload.name())?;
                clients
            }
            Self::Stock { clients, pings } => {
                write!(f, "stock/opening{}", if pings { "" } else { "/without-pings" })?;
                clients
            }
            Self::Pgbench { clients } => {
                write!(f, "pgbench")?;
                clients
            }
            Self::Idle { held, clients } => {
                write!(f, "ours/growing/idle-transactions-{}", if held { "held" } else { "absent" })?;
                clients
            }
            Self::Stream { length, at_hand, clients } => {
                let length = if length == Length::Long { "long" } else { "short" };
                write!(f, "ours/{length}-streams/{}", if at_hand { "cached" } else { "cold" })?;
                clients
            }
        };
        write!(f, "/{}", so_many(clients))
    }
}
