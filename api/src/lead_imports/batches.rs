//! A stored file's rows, some at a time, from wherever it was left.

use uuid::Uuid;

use super::files::Files;
use super::records::{Delimiter, Record, Records};
use super::seals::Gone;

/// Rows that are told to the log together.
pub(super) const ROWS: usize = 512;

/// Bytes of text after which some rows are enough.
const BYTES: i64 = 1 << 20;

/// Some rows, and where the next ones begin.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) records: Vec<Record>,
    /// How many bytes of the text are read.
    pub(super) read_to: i64,
    /// The number of the last row.
    pub(super) rows_passed: i64,
}

/// Reads batches. Of the text one piece is held at a time.
pub(super) struct Batches<'a> {
    files: &'a Files,
    import: Uuid,
    records: Records,
    piece: Vec<u8>,
    /// How much of the piece is read.
    read: usize,
    /// How many bytes of the text are before the next piece.
    next_at: i64,
    ends_at: i64,
}

impl<'a> Batches<'a> {
    /// Goes on where `read_to` bytes and `rows` rows of a text of `text_bytes` were read. At its beginning, the row of names is passed.
    pub(super) async fn open(
        files: &'a Files,
        import: Uuid,
        delimiter: Delimiter,
        (rows, read_to, text_bytes): (i64, i64, i64),
    ) -> Result<Result<Self, Gone>, sqlx::Error> {
        let mut this = Self {
            files,
            import,
            records: Records::new(delimiter),
            piece: vec![],
            read: 0,
            next_at: 0,
            ends_at: text_bytes,
        };
        if read_to == 0 {
            return Ok(this.next().await?.map(|_names| this));
        }
        // What ended the last row says how the next one begins.
        let last_at = read_to - 1;
        match files.piece(import, last_at).await? {
            Some((begins_at, Ok(piece))) => {
                let at = usize::try_from(last_at - begins_at).unwrap_or(usize::MAX);
                let Some(last) = piece.get(at).copied() else { return Ok(Err(Gone)) };
                this.next_at = begins_at + i64::try_from(piece.len()).unwrap_or(i64::MAX);
                this.records = Records::from(delimiter, rows, read_to, last);
                this.piece = piece;
                this.read = at + 1;
                Ok(Ok(this))
            }
            Some((_, Err(gone))) => Ok(Err(gone)),
            None => Ok(Err(Gone)),
        }
    }

    /// The next row; none behind the last.
    async fn next(&mut self) -> Result<Result<Option<Record>, Gone>, sqlx::Error> {
        loop {
            let is_last = self.next_at >= self.ends_at;
            let mut text = &self.piece[self.read..];
            let record = self.records.next(&mut text, is_last);
            self.read = self.piece.len() - text.len();
            if record.is_some() || is_last {
                return Ok(Ok(record));
            }
            self.piece = match self.files.piece(self.import, self.next_at).await? {
                Some((begins_at, Ok(piece))) if begins_at == self.next_at && !piece.is_empty() => piece,
                Some((_, Err(gone))) => return Ok(Err(gone)),
                Some(_) | None => return Ok(Err(Gone)),
            };
            self.next_at += i64::try_from(self.piece.len()).unwrap_or(i64::MAX);
            self.read = 0;
        }
    }

    /// The next rows; none behind the last.
    pub(super) async fn some(&mut self) -> Result<Result<Option<Batch>, Gone>, sqlx::Error> {
        let mut batch = Batch::default();
        let mut begun_at = None;
        while batch.records.len() < ROWS {
            let record = match self.next().await? {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(gone) => return Ok(Err(gone)),
            };
            batch.read_to = record.ends_at;
            batch.rows_passed = record.row;
            let begun_at = *begun_at.get_or_insert(record.ends_at);
            batch.records.push(record);
            if batch.read_to - begun_at > BYTES {
                break;
            }
        }
        Ok(Ok((!batch.records.is_empty()).then_some(batch)))
    }
}
