//! kill -9 of whoever sends, within an outbox.
//!
//! A message that was begun may have been taken although nobody lived to hear it. Sent again, the customer would have it
//! twice; so it is not, and what became of it is unknown until its status tells. That it was begun is in the log before Meta
//! is asked, so what is unknown is at most what was in flight.

mod judged;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{Fault, Mishap, Status};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Deserialize;
use serde_json::Value;

use self::judged::{Expected, Key, lost_without_reason};
use super::desks::{self, Desks, Shown};
use crate::cli::Verified;
use crate::installation::Installation;
use crate::patience::{PATIENCE, within};
use crate::server::Server;

/// How many of a hundred kills must hit messages in flight for the experiment to count.
const LEAST_HITS_PERCENT: usize = 75;

/// How long all may take to be sent, and then to be told of. Nothing here asserts speed.
const CATCH_UP: Duration = Duration::from_secs(300);

/// Meta answers so much later than it takes a message: what is in flight is not over at once.
const ANSWERS_AFTER_MS: u64 = 50;

/// How long a job is a process's that does not say that it lives (`docs/OPERATIONS.md`). On a private database nobody waits for that.
const LEASE: Duration = Duration::from_secs(30);

/// A number sends so slowly while the outbox is filled, and so fast afterwards; messages a second.
const PACES: [u32; 2] = [1, 80];

/// How the experiment is run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Decides when the server is killed.
    pub seed: u64,
    /// How many messages are written.
    pub messages: usize,
    /// How many of them to each customer.
    pub to_each: usize,
    /// From how many numbers.
    pub numbers: usize,
    /// How often the server is killed.
    pub kills: u32,
    /// How long a server lives, at least and at most, in milliseconds.
    pub life: (u64, u64),
    /// Whether an operator has jobs done at once that wait for a word on what is unknown; else they wait it out.
    pub hurries: bool,
}

impl Plan {
    /// The experiment as the issue asks for it, with so many messages and kills.
    #[must_use]
    pub fn new(seed: u64, messages: usize, kills: u32) -> Self {
        Self { seed, messages, to_each: 10, numbers: 4, kills, life: (20, 800), hurries: false }
    }
}

/// One kill.
#[derive(Debug, Clone)]
pub struct Kill {
    /// How long the server had lived.
    pub lived: Duration,
    /// How many messages Meta took meanwhile.
    pub taken: usize,
    /// How many were being sent.
    pub in_flight: usize,
    /// How long the next server took to be ready.
    pub ready_after: Duration,
}

/// What came out, once every invariant has held.
#[derive(Debug)]
pub struct Outcome {
    plan: Plan,
    kills: Vec<Kill>,
    /// Messages whose outcome was unknown until their statuses came.
    unknown: usize,
    /// Of these, those that Meta never saw.
    never_seen: usize,
    /// Until the last server had begun all again that the one before it was at.
    taken_back_after: Duration,
    verified: Verified,
}

/// A row of `jobs list`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    job: String,
    state: String,
    about: String,
    is_its_turn: bool,
    begun: u32,
}

/// Runs the experiment.
///
/// # Errors
/// When an invariant is broken. Whether the experiment hit hard enough to mean something is asked of the outcome.
pub async fn run(plan: Plan) -> Result<Outcome> {
    let installation = Installation::new()?;
    let meta = desks::meta().await?;
    let [slowly, fast] = PACES;
    let server = start(&installation, &meta.url(), slowly).await?;
    let customers = plan.messages / plan.to_each;
    let desks = Desks::open(&installation, &server, meta, plan.numbers, customers).await?;
    let texts: Vec<String> = (1..=plan.to_each).map(|nth| format!("Message {nth}")).collect();
    desks.write(&server, &texts).await?;
    server.stop().await?;

    desks.meta.plan(Fault::new(Mishap::Slow { millis: ANSWERS_AFTER_MS }).of_kind("text").times(usize::MAX));
    let mut moments = StdRng::seed_from_u64(plan.seed);
    let mut kills = Vec::new();
    let mut in_flight = BTreeSet::new();
    let mut last = Vec::new();
    let mut server = start(&installation, &desks.meta.url(), fast).await?;
    for _ in 0..plan.kills {
        let taken = desks.taken().len();
        // What is killed before it sends anything shows nothing.
        desks.meta.until(PATIENCE, |seen| seen.accepted().len() > taken).await?;
        let begun = Instant::now();
        // The moment is the experiment; nothing waits for this to have been long enough.
        tokio::time::sleep(Duration::from_millis(moments.random_range(plan.life.0..=plan.life.1))).await;
        server.freeze()?;
        let lived = begun.elapsed();
        last = jobs(&installation, &["--state", "running"]).await?;
        server.kill()?;
        let taken = desks.taken().len() - taken;
        in_flight.extend(last.iter().map(|job| job.about.clone()));
        server = start(&installation, &desks.meta.url(), fast).await?;
        kills.push(Kill { lived, taken, in_flight: last.len(), ready_after: server.ready_after() });
    }
    let taken_back_after = taken_back(&installation, &last).await?;
    all_sent(&installation, &plan).await?;

    let all: BTreeSet<String> = jobs(&installation, &[]).await?.into_iter().map(|job| job.about).collect();
    ensure!(all.len() == plan.messages, "{} jobs send {} messages", all.len(), plan.messages);
    let shown = whole(&desks, &server, &texts, &["ACCEPTED", "UNKNOWN"]).await?;
    let unknown = shown.values().filter(|shown| shown.status == "UNKNOWN").count();
    let (never_seen, without_reason) = lost_without_reason(&all, &desks.taken(), &in_flight);
    ensure!(without_reason.is_empty(), "{} violations: {}", without_reason.len(), listed(&without_reason));
    let at_most: usize = kills.iter().map(|kill| kill.in_flight).sum();
    ensure!(unknown <= at_most, "{unknown} are unknown, {at_most} were in flight");

    // What Meta took, it tells of; what it never saw stays unknown.
    desks.meta.posts_to(&server.url("/webhooks/whatsapp"));
    let taken = desks.taken();
    for some in taken.chunks(500) {
        let statuses: Vec<_> = some.iter().map(|one| (one.wamid.as_str(), Status::Sent)).collect();
        desks.meta.tell_all(&statuses).await?;
    }
    installation.settle_within(CATCH_UP).await?;
    let shown = whole(&desks, &server, &texts, &["SENT"]).await?;
    let still = shown.values().filter(|shown| shown.status == "UNKNOWN").count();
    ensure!(still == never_seen, "{still} stay unknown, {never_seen} never came");
    ensure!(desks.taken().len() + never_seen == plan.messages, "what was told of was sent again");
    let verified = installation.verify().await?;
    ensure!(verified.ok, "events verify: {:?}", verified.problems);
    server.stop().await?;
    Ok(Outcome { plan, kills, unknown, never_seen, taken_back_after, verified })
}

async fn start(installation: &Installation, meta: &str, per_second: u32) -> Result<Server> {
    Server::start_with(installation, |command| {
        command.env("LEADFLOW_GRAPH_URL", meta).env("LEADFLOW_SENDING_PER_NUMBER", per_second.to_string());
    })
    .await
}

/// Jobs that send messages.
async fn jobs(installation: &Installation, which: &[&str]) -> Result<Vec<Job>> {
    let list = ["jobs", "list", "--kind", "send_message", "--limit", "10000"];
    let listed: Value = installation.json(&[&list, which].concat()).await?;
    serde_json::from_value(listed["jobs"].clone()).with_context(|| format!("{listed}"))
}

/// Waits until all that a process was `at` when it was killed is being done again, or is over. How long that took.
async fn taken_back(installation: &Installation, at: &[Job]) -> Result<Duration> {
    let begun = Instant::now();
    let before: BTreeMap<&str, u32> = at.iter().map(|job| (job.job.as_str(), job.begun)).collect();
    within(CATCH_UP, "what the process was at is begun again", || async {
        let jobs = jobs(installation, &[]).await?;
        let is_as_it_was = |job: &&Job| job.state != "done" && before.get(job.job.as_str()) == Some(&job.begun);
        let left = jobs.iter().filter(is_as_it_was).count();
        ensure!(left == 0, "{left} of {} are as they were", before.len());
        Ok(())
    })
    .await?;
    let took = begun.elapsed();
    ensure!(took < LEASE, "{took:?} until it was begun again: its lease was waited for");
    Ok(took)
}

async fn all_sent(installation: &Installation, plan: &Plan) -> Result<()> {
    within(CATCH_UP, "nothing waits to be sent", || async {
        let waiting = jobs(installation, &["--state", "waiting"]).await?;
        let running = jobs(installation, &["--state", "running"]).await?;
        for job in waiting.iter().filter(|job| plan.hurries && job.is_its_turn && job.begun > 0) {
            // Its time may have come meanwhile.
            installation.leadflow(&["jobs", "retry", &job.job]).await?;
        }
        ensure!(waiting.is_empty() && running.is_empty(), "{} wait, {} are sent", waiting.len(), running.len());
        Ok(())
    })
    .await
}

/// Reads the inbox until nothing is wrong with it: it shows what is in the log a moment later.
async fn whole(
    desks: &Desks,
    server: &Server,
    texts: &[String],
    told: &'static [&'static str],
) -> Result<BTreeMap<Key, Shown>> {
    let customers: Vec<&str> = desks.conversations.iter().map(|one| one.customer.as_str()).collect();
    let expected = Expected { customers: &customers, texts, told };
    within(CATCH_UP, "every promise holds", || async {
        let shown = desks.shown(server).await?;
        let violations = expected.violations(&desks.taken(), &shown);
        ensure!(violations.is_empty(), "{} violations: {}", violations.len(), listed(&violations));
        Ok(shown)
    })
    .await
}

fn listed(violations: &[judged::Violation]) -> String {
    violations.iter().take(10).map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Outcome {
    /// Whether enough kills hit messages in flight; if not, the experiment proved little.
    ///
    /// # Errors
    /// When too few did.
    pub fn hit_hard_enough(&self) -> Result<()> {
        let hits = self.kills.iter().filter(|kill| kill.in_flight > 0 && kill.taken > 0).count();
        let kills = self.kills.len();
        ensure!(hits * 100 >= kills * LEAST_HITS_PERCENT, "only {hits} of {kills} kills hit messages in flight");
        Ok(())
    }

    /// The report, as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let Plan { seed, messages, to_each, numbers, .. } = self.plan;
        let Verified { events, commands, commits, .. } = self.verified;
        let in_flight: usize = self.kills.iter().map(|kill| kill.in_flight).sum();
        let mut text = format!(
            "# kill -9 within an outbox\n\n\
             `serve` was killed {} times, at random moments, while it sent {messages} messages that waited, {to_each} to each \
             customer, from {numbers} numbers at 80 a second each. Meta was played beside it and answered \
             {ANSWERS_AFTER_MS} ms after it took a message; seed {seed}.\n\n\
             | | |\n|---|---:|\n\
             | messages | {messages} |\n\
             | taken by Meta once | {} |\n\
             | taken twice | 0 |\n\
             | taken before an earlier one to the same customer | 0 |\n\
             | in flight at the kills, at most | {in_flight} |\n\
             | unknown, with the cause `SENDER_LOST` | {} |\n\
             | of these taken, and settled by their statuses | {} |\n\
             | of these never seen, which stay unknown | {} |\n\
             | begun again after the last start, ms | {} |\n\
             | `events verify` | ok: {events} events, {commands} commands, {commits} commits |\n\n\
             | kill | after ms | taken | in flight | ready again after ms |\n\
             |---:|---:|---:|---:|---:|\n",
            self.kills.len(),
            messages - self.never_seen,
            self.unknown,
            self.unknown - self.never_seen,
            self.never_seen,
            self.taken_back_after.as_millis(),
        );
        for (index, Kill { lived, taken, in_flight, ready_after }) in self.kills.iter().enumerate() {
            // Writing to a String can't fail.
            let _ = writeln!(
                text,
                "| {} | {} | {taken} | {in_flight} | {} |",
                index + 1,
                lived.as_millis(),
                ready_after.as_millis(),
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(kills: &[(usize, usize)]) -> Outcome {
        let kill = |(taken, in_flight): &(usize, usize)| Kill {
            lived: Duration::from_millis(400),
            taken: *taken,
            in_flight: *in_flight,
            ready_after: Duration::from_millis(80),
        };
        Outcome {
            plan: Plan::new(1, 500, 4),
            kills: kills.iter().map(kill).collect(),
            unknown: 7,
            never_seen: 2,
            taken_back_after: Duration::from_millis(90),
            verified: Verified { ok: true, events: 9, commands: 8, commits: 2, problems: vec![] },
        }
    }

    #[test]
    fn a_kill_counts_when_something_was_sent_and_something_was_in_flight() {
        assert!(outcome(&[(1, 1), (0, 3), (9, 9), (2, 1)]).hit_hard_enough().is_ok());
        assert!(outcome(&[(1, 1), (0, 3), (9, 0), (2, 1)]).hit_hard_enough().is_err());
    }

    #[test]
    fn the_report_has_a_row_for_every_kill() {
        let report = outcome(&[(50, 5), (3, 0)]).markdown();
        assert!(report.contains("| taken by Meta once | 498 |"), "{report}");
        assert!(report.contains("| of these taken, and settled by their statuses | 5 |"), "{report}");
        assert!(report.contains("| 2 | 400 | 3 | 0 | 80 |"), "{report}");
    }
}
