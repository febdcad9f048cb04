//! kill -9 of `serve` at named points of a delivery's way.
//!
//! Nothing in the product stops for this: a session of psql holds what the translator needs next, so that it stands
//! where we want it when it is killed. Half of the time the statement that waited dies with it; else Postgres finishes
//! what was asked, and nobody hears the answer.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::business::Business;
use crate::cli::Verified;
use crate::export::CanonicalExport;
use crate::graphql::GraphQl;
use crate::installation::Installation;
use crate::patience::{PATIENCE, eventually};
use crate::sender::Sender;
use crate::server::Server;
use crate::trace::Trace;

/// Deliveries that are under way at each kill.
const UNDER_WAY: usize = 3;

/// Where the translator stands when it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    /// It has claimed deliveries, and knows nothing of their items.
    Claimed,
    /// It has decided, and nothing is in the log.
    Translated,
    /// All is in the log, and it has yet to say so.
    Appended,
    /// It is about to write the items' outcomes.
    BeforeMarking,
}

impl Point {
    const ALL: [Self; 4] = [Self::Claimed, Self::Translated, Self::Appended, Self::BeforeMarking];

    fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Translated => "translated",
            Self::Appended => "appended",
            Self::BeforeMarking => "before marking",
        }
    }

    /// Takes what it needs to go on from there.
    fn hold(self) -> &'static str {
        match self {
            // Where numbers and people are looked up.
            Self::Claimed => "lock table reservations in access exclusive mode",
            // The log's lock, and the one between marking and looking.
            Self::Translated => "select pg_advisory_xact_lock(7235421, 1)",
            Self::Appended => "select pg_advisory_xact_lock(7235421, 3)",
            Self::BeforeMarking => "lock table webhook_items in share mode",
        }
    }

    /// Who waits for it, as a condition on `pg_locks`.
    fn waits(self) -> &'static str {
        match self {
            Self::Claimed => "not granted and relation = 'reservations'::regclass",
            Self::Translated => "not granted and locktype = 'advisory' and classid = 7235421 and objid = 1",
            Self::Appended => "not granted and locktype = 'advisory' and classid = 7235421 and objid = 3",
            Self::BeforeMarking => "not granted and relation = 'webhook_items'::regclass",
        }
    }
}

/// What came out, once nothing was lost or doubled.
#[derive(Debug)]
pub struct Outcome {
    seed: u64,
    /// Kills at each of [`Point::ALL`].
    kills: [u32; Point::ALL.len()],
    texts: usize,
    verified: Verified,
}

/// Kills `serve` so often, at one point after the other.
///
/// # Errors
/// When something is lost or doubled, or the translator did not come to the point.
pub async fn run(seed: u64, kills: u32) -> Result<Outcome> {
    let installation = Installation::new()?;
    let mut server = Server::start(&installation).await?;
    let business = Business::register(&installation).await?;
    let mut trace = Trace::new(seed, 20);
    let (mut texts, mut killed) = (Vec::new(), [0; Point::ALL.len()]);
    for nth in 0..kills as usize {
        let point = Point::ALL[nth % Point::ALL.len()];
        // What was kept up by the last kill must not be what is seen waiting now.
        installation.settle().await?;
        let written: Vec<_> = trace.by_ref().take(UNDER_WAY).collect();
        let bodies: Vec<Vec<u8>> = written.iter().map(|text| business.webhook(text)).collect();
        let mut holder = Session::open(&installation)?;
        holder.run("begin").await?;
        holder.run(point.hold()).await?;
        Sender::new(server.address(), UNDER_WAY)?.deliver(&bodies).await?;
        texts.extend(written);
        let waits = format!("select exists (select from pg_locks where {})", point.waits());
        let begun = Instant::now();
        while holder.ask(&waits).await? != "t" {
            ensure!(server.is_running()?, "serve has ended by itself:\n{}", server.end_of_log());
            ensure!(begun.elapsed() < PATIENCE, "{}: nobody came to wait", point.name());
        }
        server.kill()?;
        let unmarked = holder.ask("select count(*) from webhook_deliveries where translated_at is null").await?;
        ensure!(unmarked.parse::<usize>()? > 0, "{}: all was marked before the kill", point.name());
        if (nth / Point::ALL.len()).is_multiple_of(2) {
            holder
                .ask(&format!("select count(pg_terminate_backend(pid)) from pg_locks where {}", point.waits()))
                .await?;
        }
        holder.run("rollback").await?;
        holder.close().await?;
        killed[nth % Point::ALL.len()] += 1;
        server = Server::start(&installation).await?;
    }
    installation.settle().await?;
    let graphql = GraphQl::new(server.address(), &business.token)?;
    let whole = CanonicalExport::after(&format!("+{}", business.number.display_phone), &texts)?;
    CanonicalExport::becomes(&graphql, &whole).await?;
    eventually("every delivery's item is applied, once", || async {
        let deliveries = installation.deliveries().await?;
        ensure!(deliveries.len() == texts.len(), "{} of {} deliveries", deliveries.len(), texts.len());
        ensure!(deliveries.iter().all(|delivery| delivery.applied() == 1 && delivery.kept() == 0), "{deliveries:?}");
        Ok(())
    })
    .await?;
    let verified = installation.verify().await?;
    ensure!(verified.ok, "events verify: {:?}", verified.problems);
    server.stop().await?;
    Ok(Outcome { seed, kills: killed, texts: texts.len(), verified })
}

impl Outcome {
    /// The report, as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let Verified { events, commands, .. } = self.verified;
        let mut text = format!(
            "# kill -9 of the translator at named points\n\n\
             {UNDER_WAY} deliveries were under way at each kill; seed {}.\n\n| killed when | times |\n|---|---:|\n",
            self.seed
        );
        for (point, times) in Point::ALL.iter().zip(self.kills) {
            // Writing to a String can't fail.
            let _ = writeln!(text, "| {} | {times} |", point.name());
        }
        let _ = writeln!(
            text,
            "\n{} texts were sent, none is lost and none is doubled; `events verify`: {events} events, {commands} \
             commands.",
            self.texts
        );
        text
    }
}

/// A session of psql: one statement, one line of an answer.
struct Session {
    child: Child,
    statements: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Session {
    fn open(installation: &Installation) -> Result<Self> {
        let mut command = installation.command()?;
        command.args(["db", "psql", "--", "-XAtq", "-v", "ON_ERROR_STOP=1"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Command::from(command).kill_on_drop(true).spawn().context("starting psql")?;
        let statements = child.stdin.take().context("psql's stdin")?;
        let answers = BufReader::new(child.stdout.take().context("psql's stdout")?).lines();
        Ok(Self { child, statements, answers })
    }

    /// A statement whose answer is of no interest.
    async fn run(&mut self, statement: &str) -> Result<()> {
        let discarded = "\\o /dev/null\n";
        self.statements.write_all(format!("{discarded}{statement};\n\\o\n").as_bytes()).await?;
        self.ask("select 'done'").await.map(drop)
    }

    async fn ask(&mut self, query: &str) -> Result<String> {
        self.statements.write_all(format!("{query};\n").as_bytes()).await?;
        self.statements.flush().await?;
        let line = tokio::time::timeout(PATIENCE, self.answers.next_line()).await;
        line.with_context(|| format!("{query}: no answer"))??.with_context(|| format!("psql ended: {query}"))
    }

    async fn close(mut self) -> Result<()> {
        drop(self.statements);
        ensure!(self.child.wait().await?.success(), "psql failed");
        Ok(())
    }
}
