//! Clients that ask at their times, whether or not the one before was quick.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::closed_loop::{Client, Pace, Seen};
use crate::{BenchError, closed_loop};

/// Lets `clients` ask `per_second` times a second in all, for a time; each has its turns, evenly spread. What a late answer
/// holds back is asked as soon as it can be, and its latency counts from when its turn was.
///
/// # Errors
/// The first client's that failed.
pub async fn paced<C: Client>(clients: Vec<C>, pace: Pace, per_second: u32) -> Result<Seen, BenchError> {
    let start = Instant::now();
    let begin = start + pace.warm_up;
    let end = begin + pace.measured;
    let between = Duration::from_secs(1) / per_second.max(1);
    let everybody = u32::try_from(clients.len()).unwrap_or(u32::MAX);
    let mut tasks = JoinSet::new();
    for (nth, client) in (0..everybody).zip(clients) {
        let turns = Turns { next: start + between * nth, between: between * everybody, begin, end };
        tasks.spawn(one(client, turns));
    }
    closed_loop::joined(tasks, pace).await
}

/// When a client asks.
struct Turns {
    next: Instant,
    between: Duration,
    begin: Instant,
    end: Instant,
}

async fn one<C: Client>(mut client: C, mut turns: Turns) -> Result<(u64, Vec<u32>), BenchError> {
    let (mut commands, mut microseconds) = (0, Vec::new());
    while turns.next < turns.end {
        tokio::time::sleep_until(turns.next.into()).await;
        client.command().await?;
        commands += 1;
        if turns.next > turns.begin {
            microseconds.push(u32::try_from(turns.next.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        turns.next += turns.between;
    }
    Ok((commands, microseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Client for Counting {
        async fn command(&mut self) -> Result<(), BenchError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn everybody_asks_in_turn_and_as_often_as_is_wanted() {
        let pace = Pace { warm_up: Duration::ZERO, measured: Duration::from_millis(15) };
        let seen = paced(vec![Counting, Counting, Counting], pace, 2_000).await.unwrap();
        assert_eq!(seen.commands, 30);
    }
}
