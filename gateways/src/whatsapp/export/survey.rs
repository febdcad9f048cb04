//! The first look at a text: how it writes days, and whose names are in it.

use std::collections::BTreeMap;

use thiserror::Error;

use super::day::{DateOrder, Day, Orders};
use super::header::{Style, header, speaker};
use super::line::{LONGEST_MESSAGE, Lines, TooLong};
use super::plain_name;

/// Names that are told apart; a text that has more is a group's in any case.
pub const MOST_NAMES: usize = 32;

/// Why a text is no export of a chat that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoExport {
    /// There is nothing in it.
    #[error("there is nothing in the file")]
    Empty,
    /// It does not begin as one.
    #[error(
        "this is no chat as WhatsApp exports it: line {line} begins with no day and hour, as `31/12/23, 14:05 - Ada: Hello` does"
    )]
    NoHeader {
        /// From 1.
        line: u64,
    },
    /// It begins as one, and nobody says anything.
    #[error("nobody writes anything in the file")]
    NoMessages,
    /// A line, or a message, is too long.
    #[error("line {line} is longer than {} KiB, and no message of WhatsApp's is", LONGEST_MESSAGE >> 10)]
    TooLong {
        /// From 1.
        line: u64,
    },
    /// It can't be told in which order days are written.
    #[error(
        "it can't be told whether days are written as {}: say which (dmy is day, month, year)",
        .0.iter().map(|order| order.as_str()).collect::<Vec<_>>().join(" or ")
    )]
    AmbiguousDays(Vec<DateOrder>),
}

impl From<TooLong> for NoExport {
    fn from(TooLong(line): TooLong) -> Self {
        Self::TooLong { line }
    }
}

/// Looks at a text piece by piece.
#[derive(Debug)]
pub struct Survey {
    lines: Lines,
    seen: Seen,
}

#[derive(Debug)]
struct Seen {
    known: Vec<String>,
    style: Option<Style>,
    orders: Orders,
    names: BTreeMap<String, u64>,
    has_more_names: bool,
    messages: u64,
    /// Bytes of the message that is read.
    bytes: usize,
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveyed {
    /// How days and hours are written.
    pub style: Style,
    /// In which order a day's numbers stand.
    pub order: DateOrder,
    /// Who writes, and how many messages; of more than [`MOST_NAMES`] the first.
    pub names: BTreeMap<String, u64>,
    /// Whether there are more names.
    pub has_more_names: bool,
    /// Messages, files and what was taken back among them.
    pub messages: u64,
}

impl Survey {
    /// Looks at a text. Names that are `known` count before what stands before a colon; no message is later than the day `latest`; the
    /// order of days may be said.
    #[must_use]
    pub fn new(known: &[&str], latest: Day, said: Option<DateOrder>) -> Self {
        let seen = Seen {
            known: known.iter().map(|name| plain_name(name)).collect(),
            style: None,
            orders: Orders::new(latest, said),
            names: BTreeMap::new(),
            has_more_names: false,
            messages: 0,
            bytes: 0,
        };
        Self { lines: Lines::default(), seen }
    }

    /// Looks at what comes next.
    ///
    /// # Errors
    /// [`NoExport`].
    pub fn push(&mut self, text: &str) -> Result<(), NoExport> {
        self.lines.push(text, |number, line| self.seen.line(number, line))
    }

    /// What was found out.
    ///
    /// # Errors
    /// [`NoExport`].
    pub fn finish(mut self) -> Result<Surveyed, NoExport> {
        self.lines.end(|number, line| self.seen.line(number, line))?;
        let Seen { style, orders, names, has_more_names, messages, .. } = self.seen;
        let style = style.ok_or(NoExport::Empty)?;
        if messages == 0 {
            return Err(NoExport::NoMessages);
        }
        let order = orders.found().map_err(NoExport::AmbiguousDays)?;
        Ok(Surveyed { style, order, names, has_more_names, messages })
    }
}

impl Seen {
    fn line(&mut self, number: u64, line: &str) -> Result<(), NoExport> {
        let header = header(line).filter(|header| self.style.is_none_or(|style| style == header.style));
        let Some(header) = header.filter(|header| self.orders.see(header.day)) else {
            if self.style.is_none() {
                let is_blank = plain_name(line).is_empty();
                return if is_blank { Ok(()) } else { Err(NoExport::NoHeader { line: number }) };
            }
            self.bytes += line.len() + 1;
            return if self.bytes > LONGEST_MESSAGE { Err(NoExport::TooLong { line: number }) } else { Ok(()) };
        };
        self.style = Some(header.style);
        self.bytes = line.len();
        let Some((name, _)) = speaker(header.rest, &self.known) else { return Ok(()) };
        self.messages += 1;
        let name = plain_name(name);
        if let Some(messages) = self.names.get_mut(&name) {
            *messages += 1;
        } else if self.names.len() < MOST_NAMES {
            self.names.insert(name, 1);
        } else {
            self.has_more_names = true;
        }
        Ok(())
    }
}
