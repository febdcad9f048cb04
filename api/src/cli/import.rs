//! `leadflow import`.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::body::Bytes;
use clap::{Args, Subcommand};
use futures_util::stream;
use indicatif::{ProgressBar, ProgressStyle};
use leadflow_domain::{ChannelId, Country, E164, TenantId, Zone};
use leadflow_event_store::Actor;
use leadflow_gateways::whatsapp::export::{DateOrder, NoExport};
use leadflow_projections::ProjectorProgress;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::output;
use super::output::say;
use super::signals::asked_to_stop;
use crate::app::App;
use crate::chat_imports::{self, Asked, Imported, Importer, NotImported};
use crate::jobs::Jobs;
use crate::lead_imports::{
    self, Brought, Cancelled, Delimiter, Encoding, Field, Files, Import, ImportLeads, ImportRange, ImportState,
    MOST_BYTES, NotTaken, RowError, parse_said,
};
use crate::pause::Pause;

/// How often it is looked how far a file is.
const LOOK: Duration = Duration::from_millis(200);

/// Bytes of the file that are read at a time.
const PIECE: usize = 256 << 10;

/// Errors that are shown.
const SHOWN: usize = 10;

#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Bring the leads of a CSV file: each row is somebody who is interested
    Leads(Leads),
    /// Bring a chat that WhatsApp's "Export chat" wrote: it becomes part of the conversation, at its original times
    Chat(Chat),
    /// The newest imports of a business
    List {
        /// The business
        #[arg(long)]
        tenant: TenantId,
        /// How many at most, 1 to 1000
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
        limit: u16,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// How far one is
    Show {
        /// The import
        id: Uuid,
        /// The business
        #[arg(long)]
        tenant: TenantId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// The rows of one that could not be read, as CSV
    Errors {
        /// The import
        id: Uuid,
        /// The business
        #[arg(long)]
        tenant: TenantId,
    },
    /// Read one no further; what became leads stays
    Cancel {
        /// The import
        id: Uuid,
        /// The business
        #[arg(long)]
        tenant: TenantId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Brings a file.
#[derive(Debug, Args)]
pub(super) struct Leads {
    /// The file, of 100 MB at most, whose first row names its columns
    file: PathBuf,
    /// The business
    #[arg(long)]
    tenant: TenantId,
    /// What a column is, such as phone=Mobile; others are guessed. Fields: name, first_name, last_name, phone, email, campaign,
    /// submitted_at, answer, ignore
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = parse_said)]
    columns: Vec<(Field, String)>,
    /// What stands between cells: comma, semicolon or tab; else it is guessed
    #[arg(long, value_parser = delimiter)]
    delimiter: Option<Delimiter>,
    /// utf-8, utf-16le, utf-16be or windows-1252; else it is found out
    #[arg(long)]
    encoding: Option<Encoding>,
    /// Whose numbers come without their country's code, such as IT
    #[arg(long, value_parser = country)]
    country: Option<Country>,
    /// Only show what would become of it
    #[arg(long)]
    dry_run: bool,
    /// Don't wait for its end: whoever serves reads it
    #[arg(long)]
    no_wait: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Brings a chat.
#[derive(Debug, Args)]
pub(super) struct Chat {
    /// The text, of 50 MB at most: not the zip that WhatsApp may put it in
    file: PathBuf,
    /// The business
    #[arg(long)]
    tenant: TenantId,
    /// Whom the chat was with: her number, such as +393331234567
    #[arg(long, value_parser = phone)]
    customer: E164,
    /// Which number of the business it was with
    #[arg(long)]
    channel: ChannelId,
    /// The name in the file that is the business's
    #[arg(long, value_name = "NAME")]
    business: Option<String>,
    /// The name in the file that is the customer's, where that is not all that is left
    #[arg(long, value_name = "NAME")]
    customer_name: Option<String>,
    /// Where the phone was that wrote the file, such as Europe/Rome; else the zone of the business's hours
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    time_zone: Option<Zone>,
    /// How days are written: dmy, mdy or ymd; else it is found out
    #[arg(long, value_name = "ORDER")]
    date_order: Option<DateOrder>,
    /// Only show what would become of it
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn phone(text: &str) -> Result<E164, String> {
    E164::parse_written(text).map_err(|error| error.to_string())
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).map_err(|error| error.to_string())
}

fn delimiter(text: &str) -> Result<Delimiter, String> {
    Delimiter::parse(text).ok_or_else(|| "there are comma, semicolon and tab".to_owned())
}

fn country(text: &str) -> Result<Country, String> {
    Country::parse(text).map_err(|error| error.to_string())
}

impl ImportCommand {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let files = Arc::new(Files::new(app.pool.clone(), Arc::clone(&app.keys)));
        match self {
            Self::Leads(leads) => return Box::pin(leads.run(app, files)).await,
            Self::Chat(chat) => Box::pin(chat.run(app, files)).await?,
            Self::List { tenant, limit, json } => list(&files, tenant, limit, json).await?,
            Self::Show { id, tenant, json } => {
                let import = found(&files, tenant, id).await?;
                show(&files, &import, None, json).await?;
            }
            Self::Errors { id, tenant } => errors(&files, tenant, id).await?,
            Self::Cancel { id, tenant, json } => cancel(&files, tenant, id, json).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Leads {
    async fn run(self, app: &App, files: Arc<Files>) -> anyhow::Result<ExitCode> {
        let file = File::open(&self.file).with_context(|| format!("{} can't be read", self.file.display()))?;
        let length = file.metadata()?.len();
        if length > MOST_BYTES {
            bail!(NotTaken::TooLarge);
        }
        let brought = Brought {
            tenant: self.tenant,
            actor: Actor::CommandLine,
            name: name(&self.file),
            is_dry_run: self.dry_run,
            columns: self.columns,
            delimiter: self.delimiter,
            encoding: self.encoding,
            country: self.country,
        };
        let is_a_business = app.store.reader().load::<leadflow_domain::tenant::Tenant>(self.tenant.into()).await?;
        if is_a_business.version == 0 {
            bail!("there is no business {}", self.tenant);
        }
        let bar =
            ProgressBar::new(length).with_style(ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} stored")?);
        let taken = lead_imports::take_in(&files, &brought, pieces(file), |came| bar.set_position(came)).await;
        bar.finish_and_clear();
        let taken = taken?;
        let import = found(&files, self.tenant, taken.import).await?;
        if !self.json {
            columns(&import)?;
        }
        let import = match taken.is_known || self.no_wait {
            true => import,
            false => follow(app, &files, import).await?,
        };
        show(&files, &import, Some(taken.is_known), self.json).await?;
        let is_well = !matches!(import.state, ImportState::Failed | ImportState::Cancelled);
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Chat {
    async fn run(self, app: &App, files: Arc<Files>) -> anyhow::Result<()> {
        let file = File::open(&self.file).with_context(|| format!("{} can't be read", self.file.display()))?;
        let length = file.metadata()?.len();
        if length > chat_imports::MOST_BYTES {
            bail!(NotImported::TooLarge);
        }
        let asked = Asked {
            tenant: self.tenant,
            actor: Actor::CommandLine,
            customer: self.customer,
            channel: self.channel,
            business_name: self.business,
            customer_name: self.customer_name,
            zone: self.time_zone,
            order: self.date_order,
            is_dry_run: self.dry_run,
        };
        let importer = Importer {
            files,
            log: app.store.reader().clone(),
            commands: app.commands.clone(),
            pool: app.pool.clone(),
            keys: Arc::clone(&app.keys),
            progress: ProjectorProgress::default(),
        };
        let bar =
            ProgressBar::new(length).with_style(ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} read")?);
        let imported = importer.import(&asked, pieces(file), |came| bar.set_position(came)).await;
        bar.finish_and_clear();
        let imported = imported.map_err(|error| {
            let says = match &error {
                NotImported::Names { .. } => Some("--business NAME and --customer-name NAME say that"),
                NotImported::NoZone => Some("--time-zone ZONE says that"),
                NotImported::NoExport(NoExport::AmbiguousDays(_)) => Some("--date-order ORDER says that"),
                NotImported::NoExport(_)
                | NotImported::TooLarge
                | NotImported::NoText(_)
                | NotImported::EndedEarly
                | NotImported::TooSlow
                | NotImported::TooMany
                | NotImported::Group { .. }
                | NotImported::NoChannel
                | NotImported::Erased
                | NotImported::NotNow(_)
                | NotImported::Database(_) => None,
            };
            let error = anyhow::Error::new(error);
            match says {
                Some(says) => anyhow::anyhow!("{error}: {says}"),
                None => error,
            }
        })?;
        if self.json {
            return output::json(&json!({ "import": chat_imports::told(&imported) }));
        }
        shown(&imported)
    }
}

/// What became of a chat.
fn shown(imported: &Imported) -> anyhow::Result<()> {
    let counts = imported.counts;
    let would = if imported.is_dry_run { "would be" } else { "are" };
    let names = [("customer", &imported.customer_name), ("business", &imported.business_name)];
    for (side, name) in names {
        say!("The {side} is {}.", name.as_deref().unwrap_or("silent"));
    }
    say!("Days are written as {}, hours those of {}.", imported.order, imported.zone.name());
    if let (Some(first), Some(last)) = (imported.first_at, imported.last_at) {
        say!("Its messages are of {first} to {last}.");
    }
    say!("\n{} messages: {} {would} imported, {} known.", counts.messages, counts.imported, counts.known);
    if let Some(since) = imported.here_since {
        say!("{} are here already: the conversation is here since {since}.", counts.here_already);
    }
    for (many, what) in [
        (counts.before_erasure, "from before whoever had the number was erased are left out"),
        (counts.deleted, "were taken back, and say nothing"),
        (counts.not_taken, "were not taken"),
        (counts.notices, "lines of WhatsApp's own are no messages"),
    ] {
        if many > 0 {
            say!("{many} {what}.");
        }
    }
    for one in &imported.not_taken {
        say!("Line {}: {}", one.line, one.reason);
    }
    Ok(())
}

/// What a file is called, where that can be said.
fn name(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().chars().take(200).collect())
}

fn pieces(file: File) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    stream::unfold(file, async |mut file| {
        let mut piece = vec![0; PIECE];
        match file.read(&mut piece) {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((Ok(Bytes::from(piece)), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    })
}

/// Reads the file, unless somebody who serves does, and shows how far it is, to its end or until a signal.
async fn follow(app: &App, files: &Arc<Files>, mut import: Import) -> anyhow::Result<Import> {
    let stop = CancellationToken::new();
    let pause = Pause::at_start(app).await?;
    let work = ImportLeads::new(Arc::clone(files), app.store.reader().clone(), app.commands.clone(), pause.told());
    let jobs = Jobs::new(app.pool.clone(), app.store.head(), pause.told(), false, stop.clone()).with(work);
    let working = tokio::spawn(jobs.run());
    let pausing = tokio::spawn(pause.keep(stop.clone()));
    let bar = ProgressBar::new(u64::try_from(import.text_bytes).unwrap_or(0))
        .with_style(ProgressStyle::with_template("{bar:40} {percent} % {msg}, {eta} left")?);
    let mut signal = std::pin::pin!(asked_to_stop());
    let ended = loop {
        let is_asked = tokio::select! {
            () = tokio::time::sleep(LOOK) => false,
            _ = &mut signal => true,
        };
        import = match found(files, import.tenant, import.id).await {
            Ok(import) => import,
            Err(error) => break Err(error),
        };
        bar.set_position(u64::try_from(import.read_to).unwrap_or(0));
        bar.set_message(format!(
            "{} rows: {} new, {} known, {} invalid",
            import.counts.read, import.counts.new, import.counts.known, import.counts.invalid
        ));
        if import.ended_at.is_some() {
            break Ok(());
        }
        if is_asked {
            break Err(anyhow::anyhow!(
                "import {} is not at its end: whoever serves reads on; `leadflow import cancel {} --tenant {}` ends it",
                import.id,
                import.id,
                import.tenant
            ));
        }
    };
    bar.finish_and_clear();
    stop.cancel();
    let _ = tokio::join!(working, pausing);
    ended.map(|()| import)
}

async fn found(files: &Files, tenant: TenantId, id: Uuid) -> anyhow::Result<Import> {
    files.import(tenant, id).await?.with_context(|| format!("the business has no import {id}"))
}

fn columns(import: &Import) -> anyhow::Result<()> {
    let Some(about) = &import.about else { return Ok(()) };
    let (encoding, delimiter) = (about.encoding.as_str(), about.layout.delimiter.as_str());
    say!("{encoding}, with a {delimiter} between cells:\n");
    let columns = about.layout.columns.iter();
    let rows = columns.map(|column| vec![column.name.clone(), column.field.as_str().to_owned()]).collect();
    output::table(&["column", "field"], rows, "")?;
    say!("");
    Ok(())
}

async fn show(files: &Files, import: &Import, is_known: Option<bool>, json: bool) -> anyhow::Result<()> {
    let errors = files.first_errors(import.id, SHOWN).await?;
    if json {
        let errors: Vec<_> = errors
            .iter()
            .map(|RowError { row, column, reason }| json!({ "row": row, "column": column, "reason": reason }))
            .collect();
        let mut told = json!({ "import": lead_imports::told(import), "firstErrors": errors });
        if let Some(is_known) = is_known {
            told["isKnown"] = is_known.into();
        }
        return output::json(&told);
    }
    if is_known == Some(true) {
        say!("This file was brought before, and nothing changes by it.");
    }
    let would = if import.is_dry_run { "a dry run, nothing is written" } else { "an import" };
    say!("{} is {would}; it is {}.", import.id, import.state.as_str());
    if let Some(failure) = &import.failure {
        say!("It ended because {failure}.");
    }
    let counts = import.counts;
    say!("{} rows: {} new, {} known, {} invalid.", counts.read, counts.new, counts.known, counts.invalid);
    if let Some(notice) = lead_imports::notice(import) {
        say!("{notice}");
    }
    if errors.is_empty() {
        return Ok(());
    }
    say!("\nThe first that could not be read (`leadflow import errors {}` has all):\n", import.id);
    let rows = errors
        .into_iter()
        .map(|RowError { row, column, reason }| vec![row.to_string(), column.unwrap_or_default(), reason])
        .collect();
    output::table(&["row", "column", "reason"], rows, "")
}

async fn list(files: &Files, tenant: TenantId, limit: u16, json: bool) -> anyhow::Result<()> {
    let range = ImportRange { numbers: 1..=i64::MAX, from_oldest: false, limit: limit.into() };
    let imports = files.imports(tenant, &range).await?;
    if json {
        let imports: Vec<_> = imports.iter().map(lead_imports::told).collect();
        return output::json(&json!({ "imports": imports }));
    }
    let rows = imports
        .into_iter()
        .map(|import| {
            let counts = import.counts;
            let state = if import.is_dry_run { "dry run, " } else { "" };
            vec![
                import.id.to_string(),
                import.about.and_then(|about| about.name).unwrap_or_default(),
                import.created_at.to_string(),
                format!("{state}{}", import.state.as_str()),
                format!("{} read, {} new, {} known, {} invalid", counts.read, counts.new, counts.known, counts.invalid),
            ]
        })
        .collect();
    output::table(&["import", "file", "came at", "state", "rows"], rows, "No file was brought.")
}

async fn errors(files: &Files, tenant: TenantId, id: Uuid) -> anyhow::Result<()> {
    let import = found(files, tenant, id).await?;
    let mut out = std::io::stdout().lock();
    out.write_all(&lead_imports::errors_as_csv(&[], true)?)?;
    let mut after = 0;
    while let Some((row, errors)) = files.errors(import.id, after).await? {
        out.write_all(&lead_imports::errors_as_csv(&errors, false)?)?;
        after = row;
    }
    out.flush().context("the errors can't be written")
}

async fn cancel(files: &Files, tenant: TenantId, id: Uuid, json: bool) -> anyhow::Result<()> {
    match files.cancel(tenant, id).await? {
        Cancelled::NotFound => bail!("the business has no import {id}"),
        Cancelled::HadEnded => bail!("import {id} has ended"),
        Cancelled::Ends if json => output::json(&json!({ "import": id, "cancelled": true })),
        Cancelled::Ends => {
            say!("Import {id} ends. What became leads stays.");
            Ok(())
        }
    }
}
