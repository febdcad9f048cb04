//! `leadflow bench sign-in`: fifty people sign in at once, and what somebody who is in already has of that.
//!
//! Over HTTP, each from an address of her own of this machine's (127/8). No limit refuses them, and each hash costs what it costs
//! in production.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use anyhow::Context;
use leadflow_bench::{
    Bed, BenchError, Client, Conditions, Figures, Machine, Pace, Report, Row, Seen, Step, Target, closed_loop, median,
};
use leadflow_domain::member::{MemberCommand, MemberName};
use leadflow_domain::tenant::{TenantCommand, TenantName};
use leadflow_domain::{CommandId, EmailAddress, MemberId, TenantId};
use leadflow_event_store::{Actor, CommandContext, database, entropy};
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Tell, intake, on_a_bed};
use crate::app::{self, App};
use crate::auth::NewPassword;
use crate::serving::Serving;
use crate::storage::{Purpose, Storage};

/// People who sign in at once (issue "people and access").
const MANY: u8 = 50;

/// What a light query may take meanwhile (the same).
const P99_MS: f64 = 100.0;

/// How long those who were just made may take to be known by whoever lets people in.
const PATIENCE: Duration = Duration::from_secs(30);

const PASSWORD: &str = "correct horse battery staple";

const SIGN_IN: &str =
    "mutation ($input: SignInInput!) { signIn(input: $input) { tokens { accessToken } userErrors { code message } } }";

const LIGHT: &str = "{ viewer { id permissions } }";

/// What is measured, and for how long.
pub(super) struct Plan {
    intake: intake::Plan,
    pace: Pace,
    rounds: u32,
    people: u8,
    cells: Vec<Cell>,
}

/// When a light query is asked again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Cell {
    /// With nobody at the door.
    Alone,
    /// While people sign in.
    Meanwhile,
}

/// All that was measured.
#[derive(Default)]
struct Measured {
    /// One entry a round.
    light: HashMap<Cell, Vec<Figures>>,
    /// How long it took until the last of those who signed in at once was in, each time, in seconds.
    waves: Vec<f64>,
}

impl Cell {
    fn name(self) -> &'static str {
        match self {
            Self::Alone => "sign-in/light-query/alone",
            Self::Meanwhile => "sign-in/light-query/meanwhile",
        }
    }
}

impl Plan {
    /// Everything.
    pub(super) fn full(intake: intake::Plan, seconds: f64, rounds: u32) -> Self {
        let measured = Duration::from_secs_f64(seconds);
        let pace = Pace { warm_up: measured.min(Duration::from_secs(1)), measured };
        Self { intake, pace, rounds, people: MANY, cells: vec![Cell::Alone, Cell::Meanwhile] }
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    pub(super) fn small(self) -> Self {
        // Long enough for some of them, however slow the machine.
        let pace = Pace { warm_up: Duration::from_millis(20), measured: Duration::from_secs(2) };
        Self { intake: self.intake.small(), pace, people: 3, ..self }
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
    tell(Step::Preparing("people"));
    let database = bed.database().await?;
    let mut config = plan.intake.config(bed, &database.url);
    for limit in [&mut config.limits.login, &mut config.limits.account, &mut config.limits.api] {
        *limit = "1000000/1s".parse()?;
    }
    app::migrate(&Storage::open(&config, Purpose::Serve).await?).await?;
    let owner = database::owner_pool(database.url.parse()?);
    let serving = Serving::start(App::open(config, Purpose::Serve).await?).await?;
    let measured = measure(plan, &serving, &owner, tell).await;
    serving.stop().await?;
    owner.close().await;
    bed.drop(database).await?;
    let conditions = Conditions { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds };
    Ok(Report { machine, conditions, rows: rows(plan.people, &measured?) })
}

async fn measure(plan: &Plan, serving: &Serving, owner: &PgPool, tell: Tell<'_>) -> anyhow::Result<Measured> {
    let mut people = Vec::new();
    for nth in 1..=plan.people {
        people.push(Person::begin_business(serving, owner, nth).await?);
    }
    let access = let_in(&people).await?;
    let of = plan.cells.len() * plan.rounds as usize;
    let mut measured = Measured::default();
    for round in 0..plan.rounds as usize {
        for (nth, cell) in plan.cells.iter().enumerate() {
            let what = cell.name();
            tell(Step::Begun(what));
            let looked = closed_loop(vec![Looker::new(serving, &access)?], plan.pace);
            let figures = match cell {
                Cell::Alone => looked.await,
                Cell::Meanwhile => tokio::select! {
                    looked = looked => looked,
                    failed = wave_after_wave(&people, &mut measured.waves) => Err(failed),
                },
            };
            let figures = figures.map(Seen::figures)?;
            tell(Step::Measured { nth: round * plan.cells.len() + nth + 1, of, what, figures: Some(figures) });
            measured.light.entry(*cell).or_default().push(figures);
        }
    }
    Ok(measured)
}

/// All of them sign in, until read models know each; the first one's token.
async fn let_in(people: &[Person]) -> anyhow::Result<String> {
    let deadline = Instant::now() + PATIENCE;
    let mut first = None;
    for person in people {
        let access = loop {
            match person.sign_in().await {
                Ok(access) => break access,
                Err(error) if Instant::now() > deadline => return Err(error.into()),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        first.get_or_insert(access);
    }
    first.context("nobody signs in")
}

/// All of them sign in at once, again and again; how long each time took. Ends when one is not let in.
async fn wave_after_wave(people: &[Person], waves: &mut Vec<f64>) -> BenchError {
    loop {
        let begun = Instant::now();
        if let Err(error) = futures_util::future::try_join_all(people.iter().map(Person::sign_in)).await {
            return error;
        }
        waves.push(begun.elapsed().as_secs_f64());
    }
}

/// Somebody who signs in, from an address of her own.
struct Person {
    client: reqwest::Client,
    url: String,
    body: Value,
}

impl Person {
    /// The owner of a business that begins.
    async fn begin_business(serving: &Serving, owner: &PgPool, nth: u8) -> anyhow::Result<Self> {
        let (tenant, member) = (TenantId::from_uuid(entropy::uuid()), MemberId::from_uuid(entropy::uuid()));
        let (app, address) = (serving.app(), format!("owner{nth}@example.com"));
        let context = |what: &str| {
            let id = CommandId::derive(tenant, "bench", &[what]);
            CommandContext::new(tenant, id, Actor::Member(member), entropy::uuid().to_string())
        };
        let email = EmailAddress::parse(&address)?;
        let password = NewPassword::parse(SecretString::from(PASSWORD), Some(&email))?;
        let hash = serving.doors().passwords().hash(password).await?;
        let email_hash = app.keys.email_hash(&email);
        let register = MemberCommand::Register { name: MemberName::parse("Ada")?, email, email_hash };
        app.commands.members.execute(member, register, context("member")).await?;
        let register = TenantCommand::Register { name: TenantName::parse("Saffron Sofas")? };
        app.commands.tenants.execute(tenant, register, context("tenant")).await?;
        sqlx::query("insert into credentials (member_id, tenant_id, password_hash) values ($1, $2, $3)")
            .bind(member.as_uuid())
            .bind(tenant.as_uuid())
            .bind(hash)
            .execute(owner)
            .await?;
        // 127.0.0.1 is the looker's.
        let from = IpAddr::V4(Ipv4Addr::new(127, 0, 0, nth + 1));
        Ok(Self {
            client: reqwest::Client::builder().no_proxy().local_address(from).build()?,
            url: format!("http://{}/graphql", serving.address()),
            body: json!({ "query": SIGN_IN, "variables": { "input": { "email": address, "password": PASSWORD } } }),
        })
    }

    /// Her access token.
    async fn sign_in(&self) -> Result<String, BenchError> {
        let answer = post(&self.client, &self.url, None, &self.body).await?;
        let token = answer["data"]["signIn"]["tokens"]["accessToken"].as_str();
        token.map(ToOwned::to_owned).ok_or_else(|| failed(&answer))
    }
}

/// Somebody who is in, and asks for little.
struct Looker {
    client: reqwest::Client,
    url: String,
    access: String,
    body: Value,
}

impl Looker {
    fn new(serving: &Serving, access: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: reqwest::Client::builder().no_proxy().build()?,
            url: format!("http://{}/graphql", serving.address()),
            access: access.to_owned(),
            body: json!({ "query": LIGHT }),
        })
    }
}

impl Client for Looker {
    async fn command(&mut self) -> Result<(), BenchError> {
        let answer = post(&self.client, &self.url, Some(&self.access), &self.body).await?;
        if answer["data"]["viewer"]["id"].is_string() { Ok(()) } else { Err(failed(&answer)) }
    }
}

async fn post(client: &reqwest::Client, url: &str, token: Option<&str>, body: &Value) -> Result<Value, BenchError> {
    let request = client.post(url).json(body);
    let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
    let answer = async { request.send().await?.json().await };
    answer.await.map_err(|error: reqwest::Error| failed(&error))
}

fn failed(reason: &dyn std::fmt::Display) -> BenchError {
    BenchError::Command { contender: "sign-in", reason: reason.to_string() }
}

/// All rows that were measured.
fn rows(people: u8, measured: &Measured) -> Vec<Row> {
    let waves = || measured.waves.iter().copied();
    let at_once = format!("sign-in/{people}-at-once");
    let mut rows = vec![
        Row::new(&at_once, "people/s", median(waves().map(|took| f64::from(people) / took))),
        Row::new(format!("{at_once}/until-the-last"), "ms", median(waves().map(|took| took * 1000.0))),
    ];
    for (percentile, of) in [("p50", (|figures| figures.p50) as fn(&Figures) -> f64), ("p99", |figures| figures.p99)] {
        let light = |cell| median(measured.light.get(&cell)?.iter().map(of));
        let row = |id: String| Row::new(id, "ms", light(Cell::Meanwhile));
        let id = format!("{at_once}/light-query/{percentile}");
        rows.push(row(format!("{id}/alone")).beside(light(Cell::Alone)));
        if percentile == "p99" {
            rows.push(row(id).within(Some(P99_MS)).asking(Target::AtMost(1.0)));
        }
    }
    rows.retain(|row| row.ours.is_some());
    rows
}
