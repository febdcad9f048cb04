//! Two processes on one database send from one number as fast as it may, and no faster.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::desks::{self, Desks, Taken};
use crate::installation::{Database, Installation};
use crate::patience::within;
use crate::server::Server;

/// Most messages of a number within any second, as Meta has it.
const PER_SECOND: u32 = 80;

/// How much of it is to be reached, on average.
const LEAST_SHARE: f64 = 0.95;

/// Milliseconds that do not count: connections and plans come to be.
const WARM_UP: u64 = 1_000;

/// How many customers are written to: as many messages may be on their way at once.
const CUSTOMERS: usize = 200;

/// What one customer is written at once.
const TO_ONE: usize = 60;

/// How much of that may come without a pause.
const AT_ONCE: usize = 45;

/// How long all may take.
const CATCH_UP: Duration = Duration::from_secs(600);

/// What came out, once no pace was exceeded.
#[derive(Debug, Clone)]
pub struct Outcome {
    messages: usize,
    most_in_a_second: usize,
    per_second: f64,
    /// Until one customer had what may come at once, and one more.
    burst: [Duration; 2],
}

/// Runs the experiment, with as many messages as may be sent in so many `seconds`.
///
/// # Errors
/// When a pace was exceeded, or one of the processes did nothing.
pub async fn run(seconds: u16) -> Result<Outcome> {
    let host = Installation::new()?;
    let hosting = Server::start(&host).await?;
    let database = Database::beside(&host, "managed").await?;
    let [first, second] = [Installation::on(&database)?, Installation::on(&database)?];
    first.leadflow(&["migrate"]).await?.succeeded()?;
    let meta = desks::meta().await?;

    let server = start(&first, &meta.url(), 1).await?;
    let mut desks = Desks::open(&first, &server, meta, 1, CUSTOMERS + 1).await?;
    let number = desks.businesses[0].number.phone_number_id.clone();
    let hers = desks.conversations.split_off(CUSTOMERS);
    let to_each = (usize::from(seconds) * PER_SECOND as usize).div_ceil(CUSTOMERS);
    desks.write(&server, &texts(to_each)).await?;
    server.stop().await?;
    let left = CUSTOMERS * to_each - desks.taken().len();
    desks.meta.forget();

    let url = desks.meta.url();
    let servers = [start(&first, &url, PER_SECOND).await?, start(&second, &url, PER_SECOND).await?];
    both_send(&first).await?;
    let taken = taken(&desks, left).await?;
    let most_in_a_second = within_pace(&desks, &number)?;

    desks.meta.forget();
    desks.conversations = hers;
    desks.write(&servers[0], &texts(TO_ONE)).await?;
    let hers = self::taken(&desks, AT_ONCE + 1).await?;
    within_pace(&desks, &number)?;
    for server in servers {
        server.stop().await?;
    }
    hosting.stop().await?;
    let until = |nth: usize| Duration::from_millis(hers[nth].at - hers[0].at);
    let per_second = rate(&taken.iter().map(|one| one.at).collect::<Vec<_>>());
    Ok(Outcome { messages: taken.len(), most_in_a_second, per_second, burst: [until(AT_ONCE - 1), until(AT_ONCE)] })
}

async fn start(installation: &Installation, meta: &str, per_second: u32) -> Result<Server> {
    Server::start_with(installation, |command| {
        command.env("LEADFLOW_GRAPH_URL", meta).env("LEADFLOW_SENDING_PER_NUMBER", per_second.to_string());
    })
    .await
}

fn texts(many: usize) -> Vec<String> {
    (1..=many).map(|nth| format!("Message {nth}")).collect()
}

/// Waits until each process was seen at work.
async fn both_send(installation: &Installation) -> Result<()> {
    let mut seen = BTreeSet::new();
    let looks = || async {
        let sql = "select distinct worker from jobs where state = 'running'";
        let ended = installation.leadflow(&["db", "psql", "--", "-qAtc", sql]).await?.succeeded()?;
        Ok(ended.stdout.lines().map(str::to_owned).collect::<Vec<_>>())
    };
    while seen.len() < 2 {
        let found: Result<Vec<String>> = within(CATCH_UP, "a process sends", looks).await;
        seen.extend(found?);
    }
    Ok(())
}

async fn taken(desks: &Desks, many: usize) -> Result<Vec<Taken>> {
    let waited = desks.meta.until(CATCH_UP, |seen| seen.accepted().len() >= many).await;
    let taken = desks.taken();
    waited.with_context(|| format!("{} of {many} are taken", taken.len()))?;
    Ok(taken)
}

/// Most messages of the number within any second, which are not too many; nor were those to any customer.
fn within_pace(desks: &Desks, number: &str) -> Result<usize> {
    let (most, to_one) = desks.meta.seen(|seen| (seen.most_in_a_second(number), seen.too_fast_for_pair().len()));
    ensure!(most <= PER_SECOND as usize, "{most} came within a second, {PER_SECOND} may");
    ensure!(to_one == 0, "{to_one} came too fast for their customer");
    Ok(most)
}

/// How many came a second; `at` are milliseconds, in their order.
fn rate(at: &[u64]) -> f64 {
    let Some(warm) = at.first().map(|first| first + WARM_UP) else { return 0.0 };
    let counted = &at[at.partition_point(|at| *at < warm)..];
    let [first, .., last] = counted else { return 0.0 };
    // So many pauses lie between them.
    let pauses = u32::try_from(counted.len() - 1).map_or(0.0, f64::from);
    pauses / Duration::from_millis((last - first).max(1)).as_secs_f64()
}

impl Outcome {
    /// Whether what may be sent was sent, on average. Asked of no machine that does other things meanwhile.
    ///
    /// # Errors
    /// When it was less.
    pub fn reached_enough(&self) -> Result<()> {
        let least = LEAST_SHARE * f64::from(PER_SECOND);
        ensure!(self.per_second >= least, "only {:.1} a second came, {least} are asked for", self.per_second);
        Ok(())
    }

    /// The report, as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let Self { messages, most_in_a_second, per_second, burst: [at_once, one_more] } = self;
        let least = LEAST_SHARE * f64::from(PER_SECOND);
        format!(
            "# At a number's pace\n\n\
             Two `serve` on one database sent {messages} messages that waited, to {CUSTOMERS} customers, from one number. \
             Meta was played beside them.\n\n\
             | | | allowed |\n|---|---:|---:|\n\
             | most within any second | {most_in_a_second} | {PER_SECOND} |\n\
             | a second, on average | {per_second:.1} | at least {least} |\n\
             | {AT_ONCE} to one customer, ms | {} | at once |\n\
             | one more, ms after the first | {} | at least 6000 |\n\
             | too fast for their customer | 0 | 0 |\n",
            at_once.as_millis(),
            one_more.as_millis(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(per_second: f64) -> Outcome {
        let burst = [1_200, 6_180].map(Duration::from_millis);
        Outcome { messages: 4_800, most_in_a_second: 79, per_second, burst }
    }

    #[test]
    fn a_rate_is_what_came_once_it_was_warm() {
        assert!((rate(&[0, 10, 1_000, 1_500, 2_000, 2_500, 3_000]) - 2.0).abs() < 1e-9);
        assert!(rate(&[]) < f64::EPSILON && rate(&[5, 10, 15]) < f64::EPSILON);
    }

    #[test]
    fn ninety_five_of_a_hundred_are_enough_and_less_is_not() {
        assert!(outcome(76.0).reached_enough().is_ok());
        assert!(outcome(75.9).reached_enough().is_err());
    }

    #[test]
    fn the_report_tells_each_pace() {
        let report = outcome(77.04).markdown();
        assert!(report.contains("| a second, on average | 77.0 | at least 76 |"), "{report}");
        assert!(report.contains("| one more, ms after the first | 6180 | at least 6000 |"), "{report}");
    }
}
