//! From text to records (RFC 4180, with the delimiters that spreadsheets write), as it comes: however long a cell is, what is held
//! of a record is bounded.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use serde::{Deserialize, Serialize};

/// Bytes that a record may have. One whose quote is never closed takes all that follows.
pub(super) const LONGEST_RECORD: usize = 256 << 10;

/// Cells that a record may have.
pub(super) const MOST_CELLS: usize = 1_000;

/// What stands between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tabulator.
    Tab,
}

impl Delimiter {
    /// All of them, the most usual first.
    pub const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
        }
    }

    /// By its name, or itself.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_it = |known: &Self| text.eq_ignore_ascii_case(known.as_str()) || text.as_bytes() == [known.byte()];
        Self::ALL.into_iter().find(is_it)
    }

    /// The one that the first row of `text` has most of, outside of quotes.
    #[must_use]
    pub fn guess(text: &str) -> Self {
        let mut is_quoted = false;
        let mut counts = [0_usize; 3];
        for byte in text.bytes().skip_while(|byte| matches!(byte, b'\r' | b'\n')) {
            match byte {
                b'"' => is_quoted = !is_quoted,
                b'\r' | b'\n' if !is_quoted => break,
                _ if !is_quoted => {
                    for (count, known) in counts.iter_mut().zip(Self::ALL) {
                        *count += usize::from(known.byte() == byte);
                    }
                }
                _ => {}
            }
        }
        let most = counts.iter().max().copied().unwrap_or_default();
        Self::ALL.into_iter().zip(counts).find(|(_, count)| *count == most).map_or(Self::Comma, |(known, _)| known)
    }
}

/// A row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Its number, as spreadsheets count: the header's is 1.
    pub row: i64,
    /// What is in its cells.
    pub cells: Result<Vec<String>, TooLong>,
    /// Where the next one begins: how many bytes of the text are before it.
    pub ends_at: i64,
}

/// A record that is more than is held of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// Reads records of text as it comes.
pub(super) struct Records {
    reader: Reader,
    /// How many rows were read.
    rows: i64,
    /// How many bytes were.
    read: i64,
    record: Vec<u8>,
    written: usize,
    ends: Vec<usize>,
    ended: usize,
    is_too_long: bool,
    /// Whether something of a record was read whose end is yet to come.
    is_within: bool,
    /// What was read last.
    last: u8,
}

impl Records {
    /// From the beginning of the text.
    #[must_use]
    pub(super) fn new(delimiter: Delimiter) -> Self {
        Self::from(delimiter, 0, 0, 0)
    }

    /// From where `rows` rows and `read` bytes of the text were read, the last of which is `last`.
    #[must_use]
    pub(super) fn from(delimiter: Delimiter, rows: i64, read: i64, last: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter.byte()).terminator(Terminator::CRLF).build();
        Self {
            reader,
            rows,
            read,
            record: vec![0; 4 << 10],
            written: 0,
            ends: vec![0; 64],
            ended: 0,
            is_too_long: false,
            is_within: false,
            last,
        }
    }

    /// The next record of `text`, of which what was read is taken away. None when it needs more, or, where `text` is all there is,
    /// when there are no more. Empty lines are passed over, and count as rows.
    pub(super) fn next(&mut self, text: &mut &[u8], is_last: bool) -> Option<Record> {
        if !self.is_within {
            self.pass_empty_lines(text);
        }
        loop {
            if text.is_empty() && !(is_last && self.is_within) {
                return None;
            }
            let (result, read, written, ended) =
                self.reader.read_record(text, &mut self.record[self.written..], &mut self.ends[self.ended..]);
            self.is_within |= read > 0;
            self.advance(text, read);
            self.written += written;
            self.ended += ended;
            match result {
                ReadRecordResult::InputEmpty if is_last => {}
                ReadRecordResult::InputEmpty => return None,
                ReadRecordResult::OutputFull => {
                    if self.record.len() >= LONGEST_RECORD {
                        self.is_too_long = true;
                        self.written = 0;
                    } else {
                        self.record.resize(2 * self.record.len(), 0);
                    }
                }
                ReadRecordResult::OutputEndsFull => {
                    if self.ends.len() >= MOST_CELLS {
                        self.is_too_long = true;
                        self.ended = 0;
                    } else {
                        self.ends.resize(2 * self.ends.len(), 0);
                    }
                }
                ReadRecordResult::Record => return Some(self.record()),
                ReadRecordResult::End => return None,
            }
        }
    }

    fn pass_empty_lines(&mut self, text: &mut &[u8]) {
        while let Some(byte @ (b'\r' | b'\n')) = text.first().copied() {
            // The second half of what ended the row before.
            let is_half = byte == b'\n' && self.last == b'\r';
            self.rows += i64::from(!is_half);
            self.advance(text, 1);
        }
    }

    fn advance(&mut self, text: &mut &[u8], read: usize) {
        if let Some(last) = read.checked_sub(1).and_then(|last| text.get(last)) {
            self.last = *last;
        }
        *text = &text[read..];
        self.read += i64::try_from(read).unwrap_or(i64::MAX);
    }

    fn record(&mut self) -> Record {
        self.rows += 1;
        let cells = if self.is_too_long {
            Err(TooLong)
        } else {
            let mut begin = 0;
            let cell = |end: &usize| {
                let bytes = &self.record[begin..*end];
                begin = *end;
                String::from_utf8_lossy(bytes).into_owned()
            };
            Ok(self.ends[..self.ended].iter().map(cell).collect())
        };
        self.written = 0;
        self.ended = 0;
        self.is_too_long = false;
        self.is_within = false;
        Record { row: self.rows, cells, ends_at: self.read }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of a text that comes in pieces of so many bytes.
    fn read(text: &[u8], delimiter: Delimiter, piece: usize) -> Vec<Record> {
        let mut records = Records::new(delimiter);
        let mut found = Vec::new();
        for bytes in text.chunks(piece) {
            let mut bytes = bytes;
            while let Some(record) = records.next(&mut bytes, false) {
                found.push(record);
            }
            assert!(bytes.is_empty());
        }
        while let Some(record) = records.next(&mut &b""[..], true) {
            found.push(record);
        }
        found
    }

    fn cells(text: &str) -> Vec<(i64, Vec<String>)> {
        let whole = read(text.as_bytes(), Delimiter::guess(text), text.len().max(1));
        for piece in 1..=5 {
            assert_eq!(read(text.as_bytes(), Delimiter::guess(text), piece), whole, "{piece}: {text:?}");
        }
        whole.into_iter().map(|record| (record.row, record.cells.unwrap())).collect()
    }

    fn row(row: i64, cells: &[&str]) -> (i64, Vec<String>) {
        (row, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_are_counted_as_spreadsheets_do_whatever_is_quoted_and_ragged() {
        for newline in ["\n", "\r\n", "\r"] {
            let text = "name,phone\nAda,1\n\n\"Zoë,\nof \"\"Saffron\"\"\",2,more\nshort\n".replace('\n', newline);
            let name = format!("Zoë,{newline}of \"Saffron\"");
            let expected =
                [row(1, &["name", "phone"]), row(2, &["Ada", "1"]), row(4, &[&name, "2", "more"]), row(5, &["short"])];
            assert_eq!(cells(&text), expected, "{newline:?}");
            assert_eq!(cells(text.trim_end()), expected, "without its last newline");
        }
        assert_eq!(cells(""), []);
        assert_eq!(cells("\n\r\n\n"), []);
        assert_eq!(cells("\na;b"), [row(2, &["a", "b"])]);
        assert_eq!(cells("a\tb,c\n1\t2"), [row(1, &["a\tb", "c"]), row(2, &["1\t2"])], "the most usual of as many");
        assert_eq!(cells("a\tb\tc,d"), [row(1, &["a", "b", "c,d"])]);
        assert_eq!(cells("\"a;b;c\",d"), [row(1, &["a;b;c", "d"])]);
        assert_eq!(cells("a,\"never closed\nb,c\n"), [row(1, &["a", "never closed\nb,c\n"])]);
    }

    #[test]
    fn reading_goes_on_where_a_record_ended() {
        for text in ["a,b\r\nc,\"d\r\ne\"\r\n\r\nf,g\r\n", "a,b\nc,d\n\n\ne,f", "a\rb\r\rc\r"] {
            let whole = read(text.as_bytes(), Delimiter::Comma, 100);
            for (nth, record) in whole.iter().enumerate() {
                let at = usize::try_from(record.ends_at).unwrap();
                let mut rest = &text.as_bytes()[at..];
                let last = text.as_bytes()[at - 1];
                let mut records = Records::from(Delimiter::Comma, record.row, record.ends_at, last);
                let mut found = Vec::new();
                while let Some(record) = records.next(&mut rest, true) {
                    found.push(record);
                }
                assert_eq!(found, whole[nth + 1..], "{text:?} after {nth}");
            }
        }
    }

    #[test]
    fn a_record_that_is_too_long_is_told_and_what_follows_is_read() {
        let long = "x".repeat(10 << 20);
        let text = format!("a,b\n1,\"{long}\"\n3,4\n{}\n5,6\n", ",".repeat(2 * MOST_CELLS));
        let found = read(text.as_bytes(), Delimiter::Comma, 100_000);
        let rows: Vec<(i64, bool)> = found.iter().map(|record| (record.row, record.cells.is_ok())).collect();
        assert_eq!(rows, [(1, true), (2, false), (3, true), (4, false), (5, true)]);
        let mut records = Records::new(Delimiter::Comma);
        let mut bytes = text.as_bytes();
        while records.next(&mut bytes, true).is_some() {}
        assert!(records.record.len() <= 2 * LONGEST_RECORD && records.ends.len() <= 2 * MOST_CELLS);
    }

    #[test]
    fn a_delimiter_is_known_by_its_name_or_itself() {
        for (text, known) in [(",", Delimiter::Comma), ("Semicolon", Delimiter::Semicolon), ("\t", Delimiter::Tab)] {
            assert_eq!(Delimiter::parse(text), Some(known));
        }
        assert_eq!((Delimiter::parse(""), Delimiter::parse("|")), (None, None));
    }
}
