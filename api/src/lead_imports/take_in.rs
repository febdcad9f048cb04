//! Takes a file in as it comes: looked at, made UTF-8, sealed and stored piece by piece. Of it one piece is held at a time, and who
//! brings it waits while that is stored. What can't be a file of leads is refused before anything is stored.

use std::time::Duration;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt};
use leadflow_domain::{Country, TenantId};
use leadflow_event_store::Actor;
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::time::Instant;
use uuid::Uuid;

use super::columns::{Field, Layout, Unmapped, columns};
use super::encoding::{Decoder, Encoding, NoText};
use super::files::{About, Files, MOST_OPEN, Whole};
use super::records::{Delimiter, LONGEST_RECORD, Records};

/// Bytes that a file may have.
pub const MOST_BYTES: u64 = 100 << 20;

/// Bytes by which a file's encoding and delimiter are told.
const LOOKED_AT: usize = 16 << 10;

/// Bytes of text that are stored at a time.
const PIECE: usize = 256 << 10;

/// Bytes of a file that come within `PATIENCE` at least, but for its last ones.
const LEAST: u64 = 1 << 20;

/// How long these are waited for. What is stored of a file meanwhile does not count.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file that somebody brings, and what she says of it.
#[derive(Debug, Clone)]
pub struct Brought {
    /// Whose it is.
    pub tenant: TenantId,
    /// Who brings it.
    pub actor: Actor,
    /// What it is called.
    pub name: Option<String>,
    /// Whether it is only looked what would become of it.
    pub is_dry_run: bool,
    /// What its columns are.
    pub columns: Vec<(Field, String)>,
    /// What stands between its cells; else it is guessed.
    pub delimiter: Option<Delimiter>,
    /// What it is encoded in; else it is found out.
    pub encoding: Option<Encoding>,
    /// Whose numbers come without their country's code.
    pub country: Option<Country>,
}

/// A file that is stored whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its import: where the same file was brought before, that one's.
    pub import: Uuid,
    /// Whether it was.
    pub is_known: bool,
}

/// Why a file is not taken. Nothing of it is left.
#[derive(Debug, Error)]
pub enum NotTaken {
    /// It is too large.
    #[error("the file is larger than 100 MB")]
    TooLarge,
    /// It is no text.
    #[error(transparent)]
    NoText(#[from] NoText),
    /// It can't be said what its columns are.
    #[error(transparent)]
    Unmapped(#[from] Unmapped),
    /// Too many of the business's are read already.
    #[error("{MOST_OPEN} files are being read already: bring it when one of them is done")]
    TooMany,
    /// It ended before its end.
    #[error("the file did not come to its end")]
    EndedEarly,
    /// It does not come, or too slowly.
    #[error("the file comes too slowly: {} MiB of it must come in {} seconds", LEAST >> 20, PATIENCE.as_secs())]
    TooSlow,
    /// The database's.
    #[error("the file can't be stored")]
    Database(#[from] sqlx::Error),
}

/// Takes a file in; `came` is told how many bytes are there.
///
/// # Errors
/// [`NotTaken`].
pub async fn take_in<E>(
    files: &Files,
    brought: &Brought,
    pieces: impl Stream<Item = Result<Bytes, E>>,
    came: impl Fn(u64),
) -> Result<Taken, NotTaken> {
    take_in_at_most(MOST_BYTES, files, brought, pieces, came).await
}

/// The same, of files that have so many bytes at most.
pub(super) async fn take_in_at_most<E>(
    most: u64,
    files: &Files,
    brought: &Brought,
    pieces: impl Stream<Item = Result<Bytes, E>>,
    came: impl Fn(u64),
) -> Result<Taken, NotTaken> {
    let mut coming = Coming::new(files, brought);
    let taken = coming.all(most, pieces, came).await;
    if taken.is_err()
        && let Some(import) = coming.import
        && let Err(error) = files.discard(import).await
    {
        tracing::warn!(error = %error, import = %import, "lead_imports.discard: left to the upkeep");
    }
    taken
}

/// How fast a file comes.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    waited: Duration,
    came: u64,
}

impl Pace {
    /// How long what comes next may take.
    pub(crate) fn left(&self) -> Duration {
        PATIENCE.saturating_sub(self.waited)
    }

    /// So many bytes came, after so long.
    pub(crate) fn came(&mut self, bytes: usize, after: Duration) {
        self.came += bytes as u64;
        self.waited += after;
        if self.came >= LEAST {
            *self = Self::default();
        }
    }
}

/// When the first row is looked for again in a text that grows: each time that it has doubled, so that tiny pieces cost no more than
/// large ones.
#[derive(Debug, Default)]
struct Looks {
    next_at: usize,
}

impl Looks {
    /// Whether it is time, with so many bytes there.
    fn is_time(&mut self, bytes: usize) -> bool {
        let is_time = bytes >= self.next_at;
        if is_time {
            self.next_at = 2 * bytes;
        }
        is_time
    }
}

/// A file, as far as it has come.
struct Coming<'a> {
    files: &'a Files,
    brought: &'a Brought,
    decoder: Decoder,
    hash: Sha256,
    /// What has come and is not looked at yet.
    first: Vec<u8>,
    is_begun: bool,
    /// Its text that is not stored yet.
    text: String,
    layout: Option<Layout>,
    looks: Looks,
    import: Option<Uuid>,
    bytes: u64,
    stored: i64,
}

impl<'a> Coming<'a> {
    fn new(files: &'a Files, brought: &'a Brought) -> Self {
        Self {
            files,
            brought,
            decoder: Decoder::new(brought.encoding),
            hash: Sha256::new(),
            first: Vec::new(),
            is_begun: false,
            text: String::new(),
            layout: None,
            looks: Looks::default(),
            import: None,
            bytes: 0,
            stored: 0,
        }
    }

    async fn all<E>(
        &mut self,
        most: u64,
        pieces: impl Stream<Item = Result<Bytes, E>>,
        came: impl Fn(u64),
    ) -> Result<Taken, NotTaken> {
        let (mut pieces, mut pace) = (std::pin::pin!(pieces), Pace::default());
        loop {
            let asked = Instant::now();
            let next = tokio::time::timeout(pace.left(), pieces.next()).await.map_err(|_| NotTaken::TooSlow)?;
            let Some(piece) = next else { break };
            let piece = piece.map_err(|_| NotTaken::EndedEarly)?;
            pace.came(piece.len(), asked.elapsed());
            self.bytes += piece.len() as u64;
            if self.bytes > most {
                return Err(NotTaken::TooLarge);
            }
            self.hash.update(&piece);
            // However long a piece is, its text is made and stored in parts.
            for part in piece.chunks(PIECE) {
                self.part(part).await?;
            }
            came(self.bytes);
        }
        self.complete().await
    }

    async fn part(&mut self, part: &[u8]) -> Result<(), NotTaken> {
        if self.is_begun {
            self.decoder.decode(part, false, &mut self.text)?;
        } else {
            self.first.extend_from_slice(part);
            if self.first.len() < LOOKED_AT {
                return Ok(());
            }
            self.is_begun = true;
            let first = std::mem::take(&mut self.first);
            self.decoder.decode(&first, false, &mut self.text)?;
        }
        self.look(false)?;
        self.store(PIECE).await
    }

    /// Looks at its first row, once that is there.
    fn look(&mut self, is_whole: bool) -> Result<(), NotTaken> {
        if self.layout.is_some() || !(self.looks.is_time(self.text.len()) || is_whole) {
            return Ok(());
        }
        let delimiter = self.brought.delimiter.unwrap_or_else(|| Delimiter::guess(&self.text));
        let Some(record) = Records::new(delimiter).next(&mut self.text.as_bytes(), is_whole) else {
            return match (is_whole, self.text.len() > LONGEST_RECORD) {
                (true, _) => Err(Unmapped::Empty.into()),
                (false, true) => Err(Unmapped::TooLong.into()),
                (false, false) => Ok(()),
            };
        };
        let header = record.cells.map_err(|_| Unmapped::TooLong)?;
        let columns = columns(&header, &self.brought.columns)?;
        self.layout = Some(Layout { delimiter, columns });
        Ok(())
    }

    /// Stores what there is, if it is as much as this.
    async fn store(&mut self, least: usize) -> Result<(), NotTaken> {
        if self.layout.is_none() || self.text.is_empty() || self.text.len() < least {
            return Ok(());
        }
        let import = match self.import {
            Some(import) => import,
            None => {
                let begun = self.files.begin(self.brought.tenant, &self.brought.actor, self.brought.is_dry_run).await?;
                let import = begun.ok_or(NotTaken::TooMany)?;
                self.import = Some(import);
                import
            }
        };
        self.files.add(import, self.stored, self.text.as_bytes()).await?;
        self.stored += i64::try_from(self.text.len()).unwrap_or(i64::MAX);
        self.text.clear();
        Ok(())
    }

    async fn complete(&mut self) -> Result<Taken, NotTaken> {
        let first = std::mem::take(&mut self.first);
        self.decoder.decode(&first, true, &mut self.text)?;
        self.look(true)?;
        self.store(0).await?;
        let Brought { tenant, name, is_dry_run, country, .. } = self.brought;
        let (Some(import), Some(layout)) = (self.import, self.layout.take()) else {
            return Err(Unmapped::Empty.into());
        };
        let about = About {
            name: name.clone(),
            encoding: self.decoder.encoding(),
            layout,
            country: country.map(|country| country.as_str().to_owned()),
        };
        let fingerprint = self.fingerprint(&about)?;
        let whole = Whole {
            tenant: *tenant,
            import,
            is_dry_run: *is_dry_run,
            fingerprint: &fingerprint,
            file_bytes: i64::try_from(self.bytes).unwrap_or(i64::MAX),
            text_bytes: self.stored,
            about: &about,
        };
        let before = self.files.complete(&whole).await?;
        Ok(Taken { import: before.unwrap_or(import), is_known: before.is_some() })
    }

    /// By what the same file, read in the same way, is known. What it is called plays no part.
    fn fingerprint(&self, about: &About) -> Result<String, sqlx::Error> {
        let read = serde_json::to_string(&About { name: None, ..about.clone() });
        let read = read.map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        let bytes = hex::encode(self.hash.clone().finalize());
        Ok(self.files.keys.told_hash(&["file of leads", &bytes, &read]).as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_comes_in_crumbs_is_waited_for_as_long_as_one_that_does_not_come() {
        let mut pace = Pace::default();
        for _ in 0..30 {
            assert!(pace.left() > Duration::ZERO);
            pace.came(1_000, Duration::from_secs(1));
        }
        assert_eq!(pace.left(), Duration::ZERO);
        // Enough of it comes in time, again and again.
        let mut pace = Pace::default();
        for _ in 0..1_000 {
            pace.came(100 << 10, Duration::from_millis(2_500));
            assert!(pace.left() > Duration::ZERO);
        }
        let refused = NotTaken::TooSlow.to_string();
        assert_eq!(refused, "the file comes too slowly: 1 MiB of it must come in 30 seconds");
    }

    #[test]
    fn names_of_columns_that_come_byte_by_byte_are_looked_for_a_few_times() {
        let mut looks = Looks::default();
        let many = (LOOKED_AT..=2 * LONGEST_RECORD).filter(|bytes| looks.is_time(*bytes)).count();
        assert!((5..=7).contains(&many), "{many}");
    }
}
