//! `leadflow bench walk-in`: a flood of forms, what becomes of visitors who are honest, and what the inbox has of it.
//!
//! Over HTTP, from this process: the flood comes at a steady pace from many addresses of this machine's (127/8), each with a stamp that is
//! good and something else to say each time, which is the worst that can come; each visitor from an address of her own, who reads
//! the form and sends it. Limits are those of the default configuration.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use futures_util::future::{join_all, try_join_all};
use leadflow_bench::{
    Bed, BenchError, Client, Conditions, Figures, Machine, Pace, Report, Row, Seen, Step, Target, closed_loop, median,
};
use leadflow_domain::source::{Asked, FormHeading, FormLanguage, SourceCommand, SourceName, WalkInForm, WalkInSlug};
use leadflow_domain::{CommandId, SourceId, TenantId};
use leadflow_event_store::{Actor, CommandContext, entropy};
use reqwest::StatusCode;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::graphql::Filled;
use super::{Tell, intake, on_a_bed};
use crate::serving::Serving;
use crate::walk_in;

/// Whose conversations are: the owner sees all of them.
const NOBODY_S: &str = "null::uuid";

/// What an inbox may take meanwhile (PRODUCT N6: queries under 100 ms).
const P99_MS: f64 = 100.0;

/// Visitors begin so long after each other.
const BETWEEN_VISITORS: Duration = Duration::from_millis(100);

/// How long somebody has a form before she sends it; sooner it is not taken.
const FILLING_IN: Duration = Duration::from_millis(2_500);

const INBOX: &str =
    "{ conversations(first: 50) { edges { node { id status unreadCount lastActivityAt contact { displayName } } } } }";

/// What is measured, and for how long.
pub(super) struct Plan {
    intake: intake::Plan,
    pace: Pace,
    rounds: u32,
    conversations: u32,
    /// Networks that flood, and how many forms they send a second in all.
    networks: u16,
    rate: u32,
    cells: Vec<Cell>,
}

/// When an inbox is looked at again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Cell {
    /// With nobody at the door.
    Alone,
    /// With visitors, in a flood.
    Flooded,
}

/// All that was measured.
#[derive(Default)]
struct Measured {
    /// One entry a round.
    inbox: HashMap<Cell, Vec<Figures>>,
    sent: Vec<f64>,
    taken: Vec<f64>,
    honest: Vec<f64>,
    honest_p99: Vec<f64>,
}

/// What became of a flood.
#[derive(Default)]
struct Counted {
    sent: AtomicU64,
    taken: AtomicU64,
}

impl Cell {
    fn name(self) -> &'static str {
        match self {
            Self::Alone => "walk-in/inbox/alone",
            Self::Flooded => "walk-in/inbox/flooded",
        }
    }
}

impl Plan {
    /// Everything.
    pub(super) fn full(intake: intake::Plan, seconds: f64, rounds: u32) -> Self {
        let measured = Duration::from_secs_f64(seconds);
        let pace = Pace { warm_up: measured.min(Duration::from_secs(1)), measured };
        let cells = vec![Cell::Alone, Cell::Flooded];
        Self { intake, pace, rounds, conversations: 10_000, networks: 200, rate: 500, cells }
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    pub(super) fn small(self) -> Self {
        let (intake, pace) = (self.intake.small(), self.pace.small());
        Self { intake, pace, conversations: 200, networks: 3, rate: 50, ..self }
    }

    /// Nothing but what has `only` in its name.
    pub(super) fn only(mut self, only: &str) -> anyhow::Result<Self> {
        self.cells.retain(|cell| cell.name().contains(only));
        anyhow::ensure!(!self.cells.is_empty(), leadflow_bench::BadPlan::Nothing);
        Ok(self)
    }
}

/// Measures everything on a Postgres of its own, and leaves nothing behind.
pub(super) async fn run(plan: &Plan, stopped: impl Future<Output = ()>, tell: Tell<'_>) -> anyhow::Result<Report> {
    on_a_bed(plan.intake.binaries(), stopped, tell, async |bed| Box::pin(all(plan, bed, tell)).await).await
}

async fn all(plan: &Plan, bed: &Bed, tell: Tell<'_>) -> anyhow::Result<Report> {
    let machine = Machine::look(bed).await?;
    tell(Step::On(&machine));
    tell(Step::Preparing("conversations"));
    let filled = Filled::make(&plan.intake, bed, (1, plan.conversations), NOBODY_S).await?;
    let serving = Serving::start(filled.app().await?).await?;
    let measured = Box::pin(measure(plan, &filled, &serving, tell)).await;
    serving.stop().await?;
    filled.end(bed).await?;
    let conditions = Conditions { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds };
    Ok(Report { machine, conditions, rows: rows(&measured?) })
}

async fn measure(plan: &Plan, filled: &Filled, serving: &Serving, tell: Tell<'_>) -> anyhow::Result<Measured> {
    let business = filled.businesses.first().context("no business")?;
    let of = plan.cells.len() * plan.rounds as usize;
    let mut measured = Measured::default();
    for round in 0..plan.rounds as usize {
        // A form of its own each time, whose limits nobody has used up.
        let form = opened(serving, TenantId::from_uuid(business.tenant), round).await?;
        for (nth, cell) in plan.cells.iter().enumerate() {
            let what = cell.name();
            tell(Step::Begun(what));
            let looked = closed_loop(vec![Looker::new(serving.address(), &business.token)?], plan.pace);
            let figures = match cell {
                Cell::Alone => looked.await.map(Seen::figures)?,
                Cell::Flooded => {
                    let flood = Flood::gather(plan, &form, round).await?;
                    let counted = Counted::default();
                    let begun = Instant::now();
                    let meanwhile = async { tokio::join!(looked, visitors(plan, &form, round)) };
                    let (looked, visits) = tokio::select! {
                        both = meanwhile => both,
                        () = flood.come(plan.rate, &counted) => anyhow::bail!("the flood ended"),
                    };
                    measured.flooded(&counted, begun.elapsed(), &visits?);
                    looked.map(Seen::figures)?
                }
            };
            tell(Step::Measured { nth: round * plan.cells.len() + nth + 1, of, what, figures: Some(figures) });
            measured.inbox.entry(*cell).or_default().push(figures);
        }
    }
    Ok(measured)
}

impl Measured {
    /// How long each visit took, as far as the form was taken, is in `visits`.
    fn flooded(&mut self, counted: &Counted, took: Duration, visits: &[Option<Duration>]) {
        let a_second = |count: &AtomicU64| {
            f64::from(u32::try_from(count.load(Ordering::Relaxed)).unwrap_or(u32::MAX)) / took.as_secs_f64()
        };
        self.sent.push(a_second(&counted.sent));
        self.taken.push(a_second(&counted.taken));
        let mut taken: Vec<Duration> = visits.iter().flatten().copied().collect();
        taken.sort_unstable();
        let count = |length: usize| f64::from(u32::try_from(length).unwrap_or(u32::MAX));
        self.honest.push(100.0 * count(taken.len()) / count(visits.len()));
        let p99 = taken.get((taken.len() * 99 / 100).min(taken.len().saturating_sub(1)));
        self.honest_p99.extend(p99.map(|took| took.as_secs_f64() * 1_000.0));
    }
}

/// Puts up a form: where it is.
async fn opened(serving: &Serving, tenant: TenantId, round: usize) -> anyhow::Result<String> {
    let slug = WalkInSlug::of(entropy::uuid().as_u128());
    let form = WalkInForm {
        language: FormLanguage::English,
        heading: FormHeading::parse("Welcome")?,
        greeting: None,
        name: Asked::Always,
        phone: Asked::Always,
        calling_code: None,
        email: Asked::No,
        questions: vec![],
        consent: None,
        thanks: None,
        whatsapp: None,
    };
    let name = SourceName::parse(&format!("Desk {round}"))?;
    let id = CommandId::derive(tenant, "bench", &[slug.as_str()]);
    let context = CommandContext::new(tenant, id, Actor::CommandLine, "bench");
    let command = SourceCommand::OpenWalkIn { name, slug: slug.clone(), form: Box::new(form) };
    serving.app().commands.sources.execute(SourceId::opened_by(id), command, context).await?;
    Ok(format!("http://{}{}/{slug}", serving.address(), walk_in::PATH))
}

/// Somebody at an address of her own, with a form before her.
struct Holder {
    client: reqwest::Client,
    form: String,
    stamp: String,
}

impl Holder {
    /// Whoever is at the `nth` address of a block of this machine's looks at a form.
    async fn looks(form: &str, block: u8, nth: u16) -> anyhow::Result<Self> {
        let [high, low] = nth.to_be_bytes();
        // 127.0.0.1 is the looker's.
        let from = IpAddr::V4(Ipv4Addr::new(127, block, high, low));
        let client = reqwest::Client::builder()
            .no_proxy()
            .local_address(from)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let page = client.get(form).send().await?.error_for_status()?.text().await?;
        let (_, rest) = page.split_once("name=\"stamp\" value=\"").context("no form")?;
        let (stamp, _) = rest.split_once('"').context("no stamp")?;
        Ok(Self { stamp: stamp.to_owned(), client, form: form.to_owned() })
    }

    /// Whether it was taken.
    async fn sends(&self, name: &str, phone: &str) -> anyhow::Result<bool> {
        let fields = json!({"stamp": self.stamp, "name": name, "phone": phone});
        Ok(self.client.post(&self.form).form(&fields).send().await?.status() == StatusCode::SEE_OTHER)
    }
}

/// Who sends forms as nobody does.
struct Flood(Vec<Holder>);

impl Flood {
    /// All of them have a form that is good by now.
    async fn gather(plan: &Plan, form: &str, round: usize) -> anyhow::Result<Self> {
        let block = u8::try_from(2 * round + 1)?;
        let mut holders = Vec::new();
        for nth in 1..=plan.networks {
            holders.push(Holder::looks(form, block, nth).await?);
        }
        sleep(FILLING_IN).await;
        Ok(Self(holders))
    }

    /// They send `rate` forms a second in all, each in her turn, for ever.
    async fn come(&self, rate: u32, counted: &Counted) {
        let each = Duration::from_secs(1) * u32::try_from(self.0.len()).unwrap_or(u32::MAX) / rate;
        let comes = self.0.iter().enumerate().map(async |(nth, holder)| {
            // Not all at once.
            sleep(each * u32::try_from(nth).unwrap_or_default() / u32::try_from(self.0.len()).unwrap_or(1)).await;
            let mut turns = interval(each);
            turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
            for time in 0_u64.. {
                turns.tick().await;
                // One that breaks off was sent all the same.
                let taken = holder.sends(&format!("Cheap watches {time}"), "+919820099999").await.unwrap_or_default();
                counted.sent.fetch_add(1, Ordering::Relaxed);
                counted.taken.fetch_add(u64::from(taken), Ordering::Relaxed);
            }
        });
        join_all(comes).await;
    }
}

/// Visitors come one after the other; how long the sending took of each whose form was taken.
async fn visitors(plan: &Plan, form: &str, round: usize) -> anyhow::Result<Vec<Option<Duration>>> {
    let block = u8::try_from(2 * round + 2)?;
    let count = (plan.pace.measured.as_millis() / BETWEEN_VISITORS.as_millis()).clamp(1, 10_000);
    let visits = (1..=u16::try_from(count)?).map(async |nth| {
        sleep(BETWEEN_VISITORS * u32::from(nth)).await;
        let holder = Holder::looks(form, block, nth).await?;
        sleep(FILLING_IN).await;
        let begun = Instant::now();
        let taken = holder.sends("Nora Winter", &format!("+9198200{nth:05}")).await?;
        anyhow::Ok(taken.then(|| begun.elapsed()))
    });
    try_join_all(visits).await
}

/// Somebody who has her inbox open.
struct Looker {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Looker {
    fn new(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { client, url: format!("http://{address}/graphql"), token: token.to_owned() })
    }
}

impl Client for Looker {
    async fn command(&mut self) -> Result<(), BenchError> {
        let failed = |reason: String| BenchError::Command { contender: "walk-in", reason };
        let request = self.client.post(&self.url).bearer_auth(&self.token).json(&json!({ "query": INBOX }));
        let answer = async { request.send().await?.text().await };
        let answer = answer.await.map_err(|error: reqwest::Error| failed(error.to_string()))?;
        if answer.starts_with(r#"{"data":{"conversations":{"#) { Ok(()) } else { Err(failed(answer)) }
    }
}

/// All rows that were measured.
fn rows(measured: &Measured) -> Vec<Row> {
    let of = |figures: &[f64]| median(figures.iter().copied());
    let mut rows = Vec::new();
    for (percentile, of) in [("p50", (|figures| figures.p50) as fn(&Figures) -> f64), ("p99", |figures| figures.p99)] {
        let inbox = |cell| median(measured.inbox.get(&cell)?.iter().map(of));
        let row = |id: &str, ours| Row::new(format!("walk-in/inbox/{percentile}{id}"), "ms", ours);
        let (flooded, alone) = (inbox(Cell::Flooded), inbox(Cell::Alone));
        // Where there was no flood, what was measured without is all there is.
        rows.push(if flooded.is_some() { row("/alone", flooded).beside(alone) } else { row("/alone", alone) });
        if percentile == "p99" {
            rows.push(row("", flooded).within(Some(P99_MS)).asking(Target::AtMost(1.0)));
        }
    }
    rows.extend([
        Row::new("walk-in/flood/sent", "forms/s", of(&measured.sent)),
        Row::new("walk-in/flood/taken", "forms/s", of(&measured.taken)),
        Row::new("walk-in/honest/taken", "%", of(&measured.honest)).within(Some(100.0)).asking(Target::AtLeast(1.0)),
        Row::new("walk-in/honest/p99", "ms", of(&measured.honest_p99)),
    ]);
    rows.retain(|row| row.ours.is_some());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_shown_also_where_not_all_was() {
        let figures = |p50: f64| Figures { per_second: 100.0, p50, p99: 2.0 * p50 };
        let shown = |measured: &Measured| -> Vec<(String, Option<f64>, Option<f64>)> {
            rows(measured).into_iter().map(|row| (row.id, row.ours, row.peer)).collect()
        };
        let row = |id: &str, ours, peer| (format!("walk-in/inbox/{id}"), Some(ours), peer);
        let mut measured = Measured::default();
        measured.inbox.insert(Cell::Alone, vec![figures(2.0)]);
        assert_eq!(shown(&measured), [row("p50/alone", 2.0, None), row("p99/alone", 4.0, None)]);
        measured.inbox.insert(Cell::Flooded, vec![figures(3.0)]);
        let both = [row("p50/alone", 3.0, Some(2.0)), row("p99/alone", 6.0, Some(4.0)), row("p99", 6.0, None)];
        assert_eq!(shown(&measured), both);
    }
}
