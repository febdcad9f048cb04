//! `leadflow bench sending`: how soon WhatsApp is asked to take what an agent writes, and how fast what waits leaves.
//!
//! Agents come over HTTP, and WhatsApp is played (`leadflow_gateways::whatsapp::simulator`); both are tasks of this one process, as
//! the server is. What is measured ends when Meta has the request. A measurement in which a message is missing, came twice, overtook
//! another of its conversation or came faster than it may is void.

mod agents;
mod desks;
mod judged;
mod kept;
mod latency;
mod words;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use leadflow_bench::{Bed, BenchError, Conditions, Figures, Machine, Pace, Report, Step};
use leadflow_gateways::whatsapp::simulator::{Delays, Settings, Simulator};

use self::agents::{Agents, Asked};
use self::desks::Desks;
use self::kept::Taken;
use self::latency::{Latency, per_second};
use super::{Tell, intake, on_a_bed};
use crate::app::{self, App};
use crate::config::Config;
use crate::jobs::{self, JobFilter, JobState, lane_of, resume_lane, stop_lane};
use crate::sending::SEND;
use crate::serving::Serving;
use crate::storage::{Purpose, Storage};

/// Most messages of a number within any second, as Meta has it.
const PER_NUMBER: u32 = 80;

/// The most that a number can be let send: what is beyond a machine.
const UNBOUND: u32 = 1_000;

/// Seconds after which a customer may be written to once more, for ever (Meta's pair rate).
const OF_CUSTOMER: u32 = 6;

/// What may wait for one customer so that none of it has to wait for that: 45 may come at once.
const TO_ONE: usize = 40;

/// Most messages that are made wait: more would measure how they are written.
const MOST_WAITING: usize = 20_000;

/// How long the last ones may take, and what is prepared.
const PATIENCE: Duration = Duration::from_secs(60);

/// A machine that sends fewer a second than that says nothing.
const LEAST_A_SECOND: u32 = 10;

/// What is measured, and for how long.
pub(super) struct Plan {
    intake: intake::Plan,
    pace: Pace,
    rounds: u32,
    sizes: Sizes,
    cells: Vec<Cell>,
}

/// How much of it.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Messages that agents write a second.
    rate: u32,
    /// Numbers that share them, unless more are needed.
    shared_by: usize,
    /// Messages a second that one number may send.
    per_number: u32,
    /// Numbers that send what waits.
    many: usize,
    /// Messages that wait for them, for each second of the measurement.
    waiting: u32,
    /// Customers of each number at least.
    customers: usize,
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Cell {
    /// Agents write in their time.
    InTime,
    /// The same, and WhatsApp tells how far each message gets.
    WithStatuses,
    /// What waits for one number, at its pace.
    OneNumber,
    /// What waits for several, as fast as it goes.
    ManyNumbers,
}

impl Cell {
    const ALL: [Self; 4] = [Self::InTime, Self::WithStatuses, Self::OneNumber, Self::ManyNumbers];

    /// As ids and progress say it.
    fn name(self, sizes: Sizes) -> String {
        match self {
            Self::InTime => format!("sending/{}-a-second", sizes.rate),
            Self::WithStatuses => format!("sending/{}-a-second-and-statuses", sizes.rate),
            Self::OneNumber => "sending/one-number".to_owned(),
            Self::ManyNumbers => format!("sending/{}-numbers", sizes.many),
        }
    }

    /// How many a second a number is let send.
    fn allowed(self, sizes: Sizes) -> u32 {
        match self {
            Self::InTime | Self::WithStatuses => PER_NUMBER,
            Self::OneNumber => sizes.per_number,
            Self::ManyNumbers => UNBOUND,
        }
    }

    /// What Meta does besides taking messages.
    fn delays(self) -> Delays {
        match self {
            Self::WithStatuses => {
                Delays::Within { sent: 50..=300, delivered: 100..=1_000, read: Some(500..=3_000), reviewed: 0..=0 }
            }
            Self::InTime | Self::OneNumber | Self::ManyNumbers => Delays::ByHand,
        }
    }
}

impl Cell {
    /// How many there are of everything: as many as it takes so that no message waits for what is not measured.
    fn crowd(self, sizes: Sizes, pace: Pace) -> Crowd {
        let messages = |per_second: u32| {
            let all = (pace.warm_up + pace.measured).as_millis() * u128::from(per_second) / 1_000;
            usize::try_from(all).unwrap_or(usize::MAX).max(1)
        };
        let waiting = |numbers: usize, messages: usize| Crowd {
            numbers,
            customers: (numbers * sizes.customers).max(messages.div_ceil(TO_ONE)),
            messages,
        };
        match self {
            Self::InTime | Self::WithStatuses => {
                let numbers = sizes.shared_by.max(sizes.rate.div_ceil(PER_NUMBER / 2) as usize);
                // One more, as ours keeps a little more of a distance than Meta asks for.
                let customers = sizes.rate * (OF_CUSTOMER + 1);
                Crowd { numbers, customers: numbers.max(customers as usize), messages: messages(sizes.rate) }
            }
            Self::OneNumber => waiting(1, messages(PER_NUMBER).min(MOST_WAITING)),
            Self::ManyNumbers => waiting(sizes.many, messages(sizes.waiting).min(MOST_WAITING)),
        }
    }
}

/// How many there are of everything in one measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Crowd {
    numbers: usize,
    customers: usize,
    messages: usize,
}

/// What one measurement came to.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    /// Messages that Meta took a second.
    per_second: f64,
    /// Most that it took of one number within any second.
    most_in_a_second: usize,
    /// How long they were on their way, where they came in their time.
    way: Option<Way>,
}

/// From when an agent's turn was.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Way {
    /// Until `sendMessage` was answered.
    answered: Latency,
    /// Until Meta had the request.
    called: Latency,
}

/// All that was measured, one entry a round.
type Measured = HashMap<Cell, Vec<Found>>;

impl Sizes {
    /// Those of the targets, with `rate` messages a second that agents write.
    fn full(rate: u32) -> Self {
        Self { rate, shared_by: 4, per_number: PER_NUMBER, many: 8, waiting: 800, customers: 100 }
    }
}

impl Plan {
    /// Everything, with `rate` messages a second that agents write.
    pub(super) fn full(intake: intake::Plan, seconds: f64, rounds: u32, rate: u32) -> Self {
        let measured = Duration::from_secs_f64(seconds);
        // Connections and their plans are there after that.
        let pace = Pace { warm_up: measured.min(Duration::from_secs(2)), measured };
        Self { intake, pace, rounds, sizes: Sizes::full(rate), cells: Cell::ALL.to_vec() }
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    pub(super) fn small(self) -> Self {
        let pace = Pace { warm_up: Duration::from_millis(200), measured: Duration::from_secs(2) };
        // At half of what Meta allows a machine may be as busy as it likes and keeps the pace, unless it has none.
        let per_number = PER_NUMBER / 2;
        let rate = self.sizes.rate.min(20);
        let sizes = Sizes { rate, shared_by: 2, per_number, many: 2, waiting: 40, customers: 20 };
        Self { intake: self.intake.small(), pace, sizes, ..self }
    }

    /// Nothing but what has `only` in its name.
    pub(super) fn only(mut self, only: &str) -> anyhow::Result<Self> {
        self.cells.retain(|cell| cell.name(self.sizes).contains(only));
        anyhow::ensure!(!self.cells.is_empty(), leadflow_bench::BadPlan::Nothing);
        Ok(self)
    }

    fn config(&self, cell: Cell, bed: &Bed, database: &str, meta: &Simulator) -> anyhow::Result<Config> {
        let mut config = self.intake.config(bed, database);
        config.graph_url = meta.url().parse().context("the played WhatsApp's address")?;
        config.sending_per_number = cell.allowed(self.sizes);
        config.sending_per_business = 0;
        // Agents of one business write more than those of any.
        config.graphql_budget = 1_000_000_000;
        config.graphql_restore_rate = 1_000_000_000;
        for limit in [&mut config.limits.api, &mut config.limits.credentials] {
            *limit = "1000000/1s".parse()?;
        }
        Ok(config)
    }
}

/// Measures everything on a Postgres of its own, and leaves nothing behind.
pub(super) async fn run(plan: &Plan, stopped: impl Future<Output = ()>, tell: Tell<'_>) -> anyhow::Result<Report> {
    on_a_bed(plan.intake.binaries(), stopped, tell, async |bed| Box::pin(all(plan, bed, tell)).await).await
}

async fn all(plan: &Plan, bed: &Bed, tell: Tell<'_>) -> anyhow::Result<Report> {
    let machine = Machine::look(bed).await?;
    tell(Step::On(&machine));
    let mut measured = Measured::new();
    let of = plan.cells.len() * plan.rounds as usize;
    for round in 0..plan.rounds as usize {
        for (nth, cell) in plan.cells.iter().enumerate() {
            let what = cell.name(plan.sizes);
            tell(Step::Begun(&what));
            let found = Box::pin(measure(plan, *cell, bed)).await?;
            let nth = round * plan.cells.len() + nth + 1;
            tell(Step::Measured { nth, of, what: &what, figures: Some(found.figures()) });
            measured.entry(*cell).or_default().push(found);
        }
    }
    let conditions = Conditions { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds };
    Ok(Report { machine, conditions, rows: judged::rows(plan.sizes, &measured) })
}

/// Measures one, on a database that has seen nothing yet.
async fn measure(plan: &Plan, cell: Cell, bed: &Bed) -> anyhow::Result<Found> {
    let database = bed.database().await?;
    let settings = Settings {
        app_secret: intake::SECRET.to_owned(),
        delays: cell.delays(),
        windows_open_for_all: true,
        ..Settings::default()
    };
    let meta = Simulator::start(settings).await?;
    let config = plan.config(cell, bed, &database.url, &meta)?;
    app::migrate(&Storage::open(&config, Purpose::Serve).await?).await?;
    let serving = Serving::start(App::open(config, Purpose::Serve).await?).await?;
    let asked = Box::pin(written(plan, cell, &serving, &meta)).await;
    // What was begun is finished: whatever comes too often has come after that.
    serving.stop().await?;
    let found = found(plan, cell, &asked?, &meta)?;
    bed.drop(database).await?;
    Ok(found)
}

/// Lets agents write, until Meta has taken all of it.
async fn written(plan: &Plan, cell: Cell, serving: &Serving, meta: &Simulator) -> anyhow::Result<Vec<Asked>> {
    let Crowd { numbers, customers, messages } = cell.crowd(plan.sizes, plan.pace);
    let desks = Desks::open(serving, meta, numbers, customers).await?;
    let agents = Agents::at(&desks)?;
    let asked = match cell {
        Cell::InTime | Cell::WithStatuses => agents.write_in_time(messages, plan.sizes.rate).await?,
        Cell::OneNumber | Cell::ManyNumbers => wait_together(serving, &desks, &agents, messages).await?,
    };
    let slowest = Duration::from_secs(messages as u64) / LEAST_A_SECOND;
    if meta.until(PATIENCE + slowest, |seen| seen.accepted().len() >= messages).await.is_err() {
        let taken = meta.seen(|seen| seen.accepted().len());
        bail!(BenchError::Void(format!("{taken} of {messages} messages were taken in time")));
    }
    Ok(asked)
}

/// All of it is written before any of it leaves; then all numbers may send.
async fn wait_together(
    serving: &Serving,
    desks: &Desks,
    agents: &Agents,
    messages: usize,
) -> anyhow::Result<Vec<Asked>> {
    let pool = &serving.app().pool;
    let mut rows = pool.acquire().await?;
    for number in desks.numbers() {
        stop_lane(&mut rows, &lane_of(number.channel), "what is to be measured is written first").await?;
    }
    drop(rows);
    let asked = agents.write_at_once(messages).await?;
    let waiting = JobFilter { state: Some(JobState::Waiting), kind: Some(SEND.to_owned()), tenant: None };
    desks::until("what was written waits", async || {
        let jobs = jobs::count(pool, &waiting).await?;
        Ok((usize::try_from(jobs) == Ok(messages)).then_some(()))
    })
    .await?;
    let mut tx = pool.begin().await?;
    for number in desks.numbers() {
        resume_lane(&mut tx, &lane_of(number.channel)).await?;
    }
    tx.commit().await?;
    Ok(asked)
}

/// What it came to, if all was as it is promised.
fn found(plan: &Plan, cell: Cell, asked: &[Asked], meta: &Simulator) -> Result<Found, BenchError> {
    let allowed = cell.allowed(plan.sizes).max(PER_NUMBER);
    let (taken, most_in_a_second) = meta.seen(|seen| kept::look(seen, asked, allowed))?;
    let warm_up = plan.pace.warm_up;
    let way = match cell {
        Cell::InTime | Cell::WithStatuses => Some(Way::of(asked, &taken, meta.started(), warm_up)),
        Cell::OneNumber | Cell::ManyNumbers => None,
    };
    let per_second = per_second(&taken.iter().map(|taken| taken.at).collect::<Vec<_>>(), warm_up);
    Ok(Found { per_second, most_in_a_second, way })
}

impl Way {
    /// Of what was `asked` once it was warm; `taken` stands in milliseconds since Meta `started`.
    fn of(asked: &[Asked], taken: &[Taken], started: Instant, warm_up: Duration) -> Self {
        let called: HashMap<_, _> = taken.iter().map(|taken| (taken.words, taken.by(started))).collect();
        let begin = asked.iter().map(|asked| asked.due).min().map(|first| first + warm_up);
        let counted = || asked.iter().filter(move |asked| begin.is_some_and(|begin| asked.due >= begin));
        let since = |due: Instant, then: Instant| then.saturating_duration_since(due);
        Self {
            answered: Latency::of(counted().map(|asked| since(asked.due, asked.answered))),
            called: Latency::of(counted().filter_map(|asked| Some(since(asked.due, *called.get(&asked.words)?)))),
        }
    }
}

impl Found {
    /// As progress tells it.
    fn figures(&self) -> Figures {
        let of = |percentile: fn(&Latency) -> f64| self.way.map_or(0.0, |way| percentile(&way.called));
        Figures { per_second: self.per_second, p50: of(|latency| latency.p50), p99: of(|latency| latency.p99) }
    }
}

#[cfg(test)]
mod tests {
    use super::words::Words;
    use super::*;

    #[test]
    fn nobody_waits_for_what_is_not_measured() {
        for (rate, seconds) in [(1, 1), (50, 5), (50, 600), (1_000, 30)] {
            let (sizes, warm_up) = (Sizes::full(rate), Duration::from_secs(2));
            let pace = Pace { warm_up, measured: Duration::from_secs(seconds) };
            for cell in [Cell::InTime, Cell::WithStatuses] {
                let Crowd { numbers, customers, messages } = cell.crowd(sizes, pace);
                assert_eq!(messages as u64, u64::from(rate) * (seconds + 2));
                assert!(numbers * PER_NUMBER as usize >= 2 * rate as usize, "at half of their pace: {numbers}");
                assert!(customers >= numbers && customers > (rate * OF_CUSTOMER) as usize, "{customers} at {rate}");
            }
            for cell in [Cell::OneNumber, Cell::ManyNumbers] {
                let Crowd { customers, messages, .. } = cell.crowd(sizes, pace);
                assert!(messages <= customers * TO_ONE && messages <= MOST_WAITING, "{messages} to {customers}");
            }
        }
    }

    #[test]
    fn a_way_counts_from_when_it_was_to_begin_and_only_once_it_is_warm() {
        let started = Instant::now();
        let after = |millis| started + Duration::from_millis(millis);
        let words = |nth| Words { conversation: 0, nth };
        let asked =
            |nth, due| Asked { words: words(nth), due: after(due), asked: after(due), answered: after(due + 5) };
        let all = [asked(0, 100), asked(1, 1_000), asked(2, 1_200)];
        let taken = [(0, 900), (1, 1_029), (2, 1_249)];
        let taken = taken.map(|(nth, at)| Taken { words: words(nth), number: "1".to_owned(), at });
        let Way { answered, called } = Way::of(&all, &taken, started, Duration::from_millis(900));
        assert!((answered.most - 5.0).abs() < 1e-9, "{answered:?}");
        // The millisecond that had begun is counted in full.
        assert!((called.p50 - 30.0).abs() < 1e-9 && (called.most - 50.0).abs() < 1e-9, "{called:?}");
    }
}
