//! Tells the log of some rows, many at once: commands of different people share the log's commits. Rows that may be about one person
//! are told one after another, so that the second finds what the first has made.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::join_all;
use leadflow_domain::CommandId;
use leadflow_event_store::{Actor, CommandContext, Done, Keys, LogReader};
use sqlx::PgPool;
use uuid::Uuid;

use super::erased::erased;
use super::files::About;
use super::imports::{Counts, Import};
use super::records::Record;
use super::row::{Lead, Reading, RowError};
use super::untold::{Untold, unasked, unidentified, untold};
use crate::commands::Commands;
use crate::submissions::{self, Holders, KnownBy, Lookup, holders};

/// In a dry run, rows that are remembered, lest one that stands twice count as new twice. What is beyond counts as new.
const MOST_SEEN: usize = 3_000_000;

/// How often a row is told whose person changes meanwhile.
const TRIES: u32 = 3;

/// What tells.
#[derive(Clone)]
pub(super) struct Teller {
    pub(super) pool: PgPool,
    pub(super) log: LogReader,
    pub(super) commands: Commands,
    pub(super) keys: Arc<Keys>,
}

/// What some rows came to.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) counts: Counts,
    pub(super) errors: Vec<RowError>,
    /// The last event of what is new.
    pub(super) told_to: i64,
}

/// What a row came to.
enum Came {
    /// The log has it now, up to this position.
    New(i64),
    Known,
    Invalid(RowError),
    /// It may be tried again: why, with nothing personal.
    NotNow(String),
}

/// Rows of a dry run that would be new.
pub(super) type Seen = HashSet<u64>;

/// Somebody, by what she is known, and who holds that now.
struct Somebody {
    lead: Lead,
    known_by: KnownBy,
    holders: Holders,
}

impl Teller {
    /// Tells of `records`. `may_be_told` says that a process may have ended while it told of these: what it told is new to the file.
    pub(super) async fn tell(
        &self,
        import: &Import,
        about: &About,
        actor: &Actor,
        records: &[Record],
        may_be_told: bool,
        seen: &mut Seen,
    ) -> Result<Told, String> {
        let reading = Reading {
            tenant: import.tenant,
            keys: &self.keys,
            columns: &about.layout.columns,
            country: about.country(),
            came_at: import.created_at,
        };
        let (mut told, mut leads) = (Told::default(), Vec::new());
        for record in records {
            match reading.read(record) {
                Ok(None) => {}
                Ok(Some(lead)) => leads.push(lead),
                Err(error) => told.came(Came::Invalid(error)),
            }
        }
        let leads = self.unknown(import, leads, may_be_told, &mut told).await.map_err(|error| unasked(&error))?;
        let somebodies = self.somebodies(import, leads, &mut told).await.map_err(|error| unasked(&error))?;
        if import.is_dry_run {
            for Somebody { lead, .. } in somebodies {
                let (begin, _) = lead.command.as_uuid().as_u64_pair();
                let is_new = seen.len() >= MOST_SEEN || seen.insert(begin);
                told.came(if is_new { Came::New(0) } else { Came::Known });
            }
        } else {
            let chains = chains(somebodies);
            let came = join_all(chains.into_iter().map(|chain| self.chain(import, actor, chain))).await;
            for came in came.into_iter().flatten() {
                if let Came::NotNow(reason) = came {
                    return Err(reason);
                }
                told.came(came);
            }
        }
        told.errors.sort_by_key(|error| error.row);
        Ok(told)
    }

    /// Those that the log does not have. A row that stands twice among them is one.
    async fn unknown(
        &self,
        import: &Import,
        leads: Vec<Lead>,
        may_be_told: bool,
        told: &mut Told,
    ) -> Result<Vec<Lead>, sqlx::Error> {
        let asked: Vec<CommandId> = leads.iter().map(|lead| lead.command).collect();
        let known = self.log.known(&asked).await?;
        let mut of_this = HashMap::new();
        if may_be_told && !known.is_empty() {
            of_this = self.told_by(import, known.keys()).await?;
        }
        let (mut unknown, mut standing) = (Vec::new(), HashSet::new());
        for lead in leads {
            let is_first = standing.insert(lead.command);
            if is_first && !known.contains_key(&lead.command) {
                unknown.push(lead);
            } else if is_first && let Some(position) = of_this.get(&lead.command) {
                told.came(Came::New(*position));
            } else {
                told.came(Came::Known);
            }
        }
        Ok(unknown)
    }

    /// Which of `commands` this import told the log without putting it down, and their last events.
    async fn told_by(
        &self,
        import: &Import,
        commands: impl Iterator<Item = &CommandId>,
    ) -> Result<HashMap<CommandId, i64>, sqlx::Error> {
        let found: Vec<(Uuid, i64)> = sqlx::query_as(
            "select n.command_id, n.position from events n \
             where n.command_id = any($1) and n.metadata ->> 'correlation' = $2 and n.position > $3",
        )
        .bind(commands.map(|command| command.as_uuid()).collect::<Vec<_>>())
        .bind(correlation(import))
        .bind(import.told_to)
        .fetch_all(&self.pool)
        .await?;
        Ok(found.into_iter().map(|(command, position)| (CommandId::from_uuid(command), position)).collect())
    }

    /// Who they are, as far as that is known; who was erased since the file came is nobody.
    async fn somebodies(
        &self,
        import: &Import,
        leads: Vec<Lead>,
        told: &mut Told,
    ) -> Result<Vec<Somebody>, sqlx::Error> {
        if leads.is_empty() {
            return Ok(vec![]);
        }
        let known_by: Vec<KnownBy> = leads.iter().map(|lead| lead.known_by(&self.keys)).collect();
        let hashes: Vec<&str> = known_by.iter().flat_map(KnownBy::held).map(|held| held.hash.as_str()).collect();
        let erased = erased(&self.pool, import.id, &hashes).await?;
        // What only is looked at needs no more.
        let holders = match import.is_dry_run {
            true => vec![Holders::default(); leads.len()],
            false => holders(&self.pool, import.tenant, &known_by).await?,
        };
        let mut found = Vec::with_capacity(leads.len());
        for ((lead, known_by), holders) in leads.into_iter().zip(known_by).zip(holders) {
            if known_by.held().any(|held| erased.contains(held.hash.as_str())) {
                let reason = "is somebody who was erased after the file came".to_owned();
                told.came(Came::Invalid(RowError { row: lead.row, column: None, reason }));
            } else {
                found.push(Somebody { lead, known_by, holders });
            }
        }
        Ok(found)
    }

    /// Rows that may be about one person, one after another.
    async fn chain(&self, import: &Import, actor: &Actor, chain: Vec<Somebody>) -> Vec<Came> {
        let mut came = Vec::with_capacity(chain.len());
        for (nth, somebody) in chain.into_iter().enumerate() {
            // Who was looked up before the first row may be somebody else by now.
            came.push(self.row(import, actor, somebody, nth > 0).await);
        }
        came
    }

    /// Tells of one row. Where its person changes meanwhile, she is looked up anew; a row of which nothing comes then is an error of
    /// that row, and the file goes on.
    async fn row(&self, import: &Import, actor: &Actor, somebody: Somebody, looks_anew: bool) -> Came {
        let Somebody { lead, known_by, holders } = somebody;
        let mut holders = (!looks_anew).then_some(holders);
        let mut tries = 1;
        loop {
            match self.submit(import, actor, (&lead, &known_by), holders.take()).await {
                Ok(came) => return came,
                Err(Untold::NotNow(reason)) => return Came::NotNow(reason),
                Err(Untold::Changed(_)) if tries < TRIES => tries += 1,
                Err(Untold::Changed(reason) | Untold::Never(reason)) => {
                    return Came::Invalid(RowError { row: lead.row, column: None, reason });
                }
            }
        }
    }

    async fn submit(
        &self,
        import: &Import,
        actor: &Actor,
        (lead, known_by): (&Lead, &KnownBy),
        holders: Option<Holders>,
    ) -> Result<Came, Untold> {
        let context = CommandContext::new(import.tenant, lead.command, actor.clone(), correlation(import));
        let lookup = Lookup { pool: &self.pool, commands: &self.commands, context: &context };
        let whom = match holders {
            Some(holders) => lookup.identify_held(known_by, holders).await,
            None => lookup.identify(known_by).await,
        };
        let whom = whom.map_err(|error| unidentified(&error))?;
        let receipt = submissions::submit(&self.commands, whom, lead.told.clone(), context).await;
        let receipt = receipt.map_err(|error| untold(&error))?;
        Ok(if receipt.done == Done::Appended { Came::New(receipt.position) } else { Came::Known })
    }
}

impl Told {
    fn came(&mut self, came: Came) {
        self.counts.read += 1;
        match came {
            Came::New(position) => {
                self.counts.new += 1;
                self.told_to = self.told_to.max(position);
            }
            Came::Known => self.counts.known += 1,
            Came::Invalid(error) => {
                self.counts.invalid += 1;
                self.errors.push(error);
            }
            Came::NotNow(_) => {}
        }
    }
}

/// What all commands of an import have in common.
fn correlation(import: &Import) -> String {
    format!("import:{}", import.id)
}

/// Rows that share a phone or an address, directly or by others, in one chain, in their order.
fn chains(somebodies: Vec<Somebody>) -> Vec<Vec<Somebody>> {
    let mut chain_of: HashMap<String, usize> = HashMap::new();
    let mut chains: Vec<Vec<Somebody>> = Vec::new();
    for somebody in somebodies {
        let hashes: Vec<String> = somebody.known_by.held().map(|held| held.hash.as_str().to_owned()).collect();
        let mut linked: Vec<usize> = hashes.iter().filter_map(|hash| chain_of.get(hash).copied()).collect();
        linked.sort_unstable();
        linked.dedup();
        let at = linked.first().copied().unwrap_or(chains.len());
        if at == chains.len() {
            chains.push(vec![]);
        }
        // What leads to two chains makes them one.
        for other in linked.into_iter().skip(1) {
            let moved = std::mem::take(&mut chains[other]);
            chains[at].extend(moved);
            chains[at].sort_by_key(|one| one.lead.row);
            chain_of.values_mut().filter(|chain| **chain == other).for_each(|chain| *chain = at);
        }
        chains[at].push(somebody);
        for hash in hashes {
            chain_of.insert(hash, at);
        }
    }
    chains.retain(|chain| !chain.is_empty());
    chains
}

#[cfg(test)]
mod tests {
    use leadflow_domain::TenantId;

    use super::super::columns::{Column, Field};
    use super::*;

    /// The rows of each chain, of somebodies by phone and address.
    fn chained(of: &[(&str, &str)]) -> Vec<Vec<i64>> {
        let keys = Keys::derive(&[7; 32]);
        let named = |name: &str, field| Column { name: name.to_owned(), field };
        let columns = [named("phone", Field::Phone), named("email", Field::Email)];
        let reading = Reading {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            keys: &keys,
            columns: &columns,
            country: None,
            came_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let somebody = |(row, (phone, email)): (i64, &(&str, &str))| {
            let cells = Ok(vec![(*phone).to_owned(), (*email).to_owned()]);
            let lead = reading.read(&Record { row, cells, ends_at: 0 }).unwrap().unwrap();
            Somebody { known_by: lead.known_by(&keys), lead, holders: Holders::default() }
        };
        let chains = chains((1..).zip(of).map(somebody).collect());
        chains.into_iter().map(|chain| chain.into_iter().map(|one| one.lead.row).collect()).collect()
    }

    #[test]
    fn rows_that_may_be_about_one_person_are_one_after_another() {
        let (a, b, c) = ("a@example.com", "b@example.com", "c@example.com");
        assert_eq!(chained(&[("+39331", a), ("+39332", b), ("+39331", "")]), [vec![1, 3], vec![2]]);
        assert_eq!(chained(&[("+39331", a), ("+39332", b), ("+39331", b), ("", c)]), [vec![1, 2, 3], vec![4]]);
        assert_eq!(chained(&[("+39331", a), ("", "A@example.com"), ("+39333", a)]), [vec![1, 2, 3]]);
        assert_eq!(chained(&[]), Vec::<Vec<i64>>::new());
    }
}
