//! Clients that ask, wait for the answer, and ask again.

use std::fmt;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::BenchError;

/// For how long.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Pace {
    /// What does not count: connections, plans and caches come to be.
    pub warm_up: Duration,
    /// What does.
    pub measured: Duration,
}

impl Pace {
    /// The same in small: short, and long enough for some of them, however slow and busy the machine.
    #[must_use]
    pub fn small(self) -> Self {
        Self { warm_up: Duration::from_millis(20), measured: self.measured.max(Duration::from_millis(500)) }
    }
}

/// One who asks.
pub trait Client: Send + 'static {
    /// One command, from asking to its durable answer.
    fn command(&mut self) -> impl Future<Output = Result<(), BenchError>> + Send;
}

/// What clients saw.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// All commands, those of the warm-up too.
    pub commands: u64,
    seconds: f64,
    /// Of each command that was answered while it counted.
    microseconds: Vec<u32>,
}

/// The figures of one measurement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Commands answered a second.
    pub per_second: f64,
    /// Half of them were answered within this many milliseconds.
    pub p50: f64,
    /// 99 of 100 were.
    pub p99: f64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}/s", self.per_second)?;
        if self.p50 > 0.0 { write!(f, ", p50 {:.2} ms, p99 {:.2} ms", self.p50, self.p99) } else { Ok(()) }
    }
}

/// Lets all `clients` ask at once, for a time. Should it be dropped, they stop.
///
/// # Errors
/// The first client's that failed: what was timed would not be what is named.
pub async fn closed_loop<C: Client>(clients: Vec<C>, pace: Pace) -> Result<Seen, BenchError> {
    let begin = Instant::now() + pace.warm_up;
    let end = begin + pace.measured;
    let mut tasks = JoinSet::new();
    for client in clients {
        tasks.spawn(one(client, begin, end));
    }
    joined(tasks, pace).await
}

/// What all of them saw together.
pub(crate) async fn joined(
    mut tasks: JoinSet<Result<(u64, Vec<u32>), BenchError>>,
    pace: Pace,
) -> Result<Seen, BenchError> {
    let mut seen = Seen { seconds: pace.measured.as_secs_f64(), ..Seen::default() };
    while let Some(ended) = tasks.join_next().await {
        let (commands, mut microseconds) =
            ended.map_err(|error| BenchError::Void(format!("a client panicked: {error}")))??;
        seen.commands += commands;
        seen.microseconds.append(&mut microseconds);
    }
    Ok(seen)
}

async fn one<C: Client>(mut client: C, begin: Instant, end: Instant) -> Result<(u64, Vec<u32>), BenchError> {
    let (mut commands, mut microseconds) = (0, Vec::new());
    loop {
        let asked = Instant::now();
        if asked >= end {
            return Ok((commands, microseconds));
        }
        client.command().await?;
        commands += 1;
        let answered = Instant::now();
        if answered > begin && answered <= end {
            microseconds.push(u32::try_from((answered - asked).as_micros()).unwrap_or(u32::MAX));
        }
    }
}

impl Seen {
    /// What two loads at the same time saw together.
    pub(crate) fn and(mut self, mut other: Self) -> Self {
        self.commands += other.commands;
        self.microseconds.append(&mut other.microseconds);
        self
    }

    /// What it comes to.
    #[must_use]
    pub fn figures(mut self) -> Figures {
        self.microseconds.sort_unstable();
        let milliseconds = |percent: usize| {
            let rank = (self.microseconds.len() * percent).div_ceil(100);
            let at = rank.checked_sub(1).and_then(|index| self.microseconds.get(index));
            f64::from(at.copied().unwrap_or_default()) / 1_000.0
        };
        Figures {
            per_second: self.microseconds.len() as f64 / self.seconds,
            p50: milliseconds(50),
            p99: milliseconds(99),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(microseconds: Vec<u32>) -> Seen {
        Seen { commands: 0, seconds: 2.0, microseconds }
    }

    #[test]
    fn a_percentile_is_a_latency_that_was_seen() {
        let hundred = seen((1..=100).rev().map(|nth| nth * 1_000).collect()).figures();
        assert_eq!(hundred, Figures { per_second: 50.0, p50: 50.0, p99: 99.0 });
        assert_eq!(seen(vec![7_000]).figures(), Figures { per_second: 0.5, p50: 7.0, p99: 7.0 });
        assert_eq!(seen(vec![]).figures(), Figures::default());
    }

    #[test]
    fn two_loads_at_once_are_one() {
        let both = seen(vec![1_000; 3]).and(seen(vec![9_000])).figures();
        assert_eq!(both, Figures { per_second: 2.0, p50: 1.0, p99: 9.0 });
    }

    struct Failing(u32);

    impl Client for Failing {
        async fn command(&mut self) -> Result<(), BenchError> {
            self.0 += 1;
            tokio::task::yield_now().await;
            if self.0 > 3 { Err(BenchError::Stopped) } else { Ok(()) }
        }
    }

    #[tokio::test]
    async fn a_failed_command_voids_the_measurement() {
        let pace = Pace { warm_up: Duration::ZERO, measured: Duration::from_secs(60) };
        assert!(closed_loop(vec![Failing(0), Failing(2)], pace).await.is_err());
    }
}
