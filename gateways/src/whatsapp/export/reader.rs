//! The second look at a text: its messages, one after another.

use super::content::Content;
use super::day::{DateOrder, Day};
use super::header::{Style, Time, header, speaker};
use super::line::{LONGEST_MESSAGE, Lines, TooLong};
use super::plain_name;
use super::survey::{NoExport, Surveyed};

/// What stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Somebody wrote.
    Message(Message),
    /// WhatsApp says something itself.
    Notice,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The number of its first line, from 1.
    pub line: u64,
    /// On which day.
    pub day: Day,
    /// And when, by the clock of the phone that wrote the text.
    pub time: Time,
    /// Who.
    pub name: String,
    /// What.
    pub content: Content,
}

/// Reads a text piece by piece.
#[derive(Debug)]
pub struct Reader {
    lines: Lines,
    read: Read,
}

#[derive(Debug)]
struct Read {
    known: Vec<String>,
    style: Style,
    order: DateOrder,
    latest: Day,
    open: Option<Open>,
}

/// A message whose further lines may be to come.
#[derive(Debug)]
struct Open {
    line: u64,
    day: Day,
    time: Time,
    name: Option<String>,
    text: String,
}

impl Open {
    fn close(self) -> Entry {
        let Self { line, day, time, name, text } = self;
        match (name, Content::read(&text)) {
            (None, _) | (_, Content::Notice) => Entry::Notice,
            (Some(name), content) => Entry::Message(Message { line, day, time, name, content }),
        }
    }
}

impl Reader {
    /// Reads the text of which `surveyed` was found out, with the same `known` names and `latest` day.
    #[must_use]
    pub fn new(surveyed: &Surveyed, known: &[&str], latest: Day) -> Self {
        let known = known.iter().map(|name| plain_name(name)).collect();
        let Surveyed { style, order, .. } = *surveyed;
        Self { lines: Lines::default(), read: Read { known, style, order, latest, open: None } }
    }

    /// Puts behind `entries` what ends in what comes next.
    ///
    /// # Errors
    /// [`NoExport::TooLong`], of a text that was not surveyed whole.
    pub fn push(&mut self, text: &str, entries: &mut Vec<Entry>) -> Result<(), NoExport> {
        self.lines.push(text, |number, line| self.read.line(number, line, entries)).map_err(NoExport::from)
    }

    /// Puts behind `entries` what is left.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(mut self, entries: &mut Vec<Entry>) -> Result<(), NoExport> {
        self.lines.end(|number, line| self.read.line(number, line, entries)).map_err(NoExport::from)?;
        entries.extend(self.read.open.take().map(Open::close));
        Ok(())
    }
}

impl Read {
    fn line(&mut self, number: u64, line: &str, entries: &mut Vec<Entry>) -> Result<(), TooLong> {
        let begun = header(line).filter(|header| header.style == self.style).and_then(|header| {
            let day = header.day.read(self.order).filter(|day| *day <= self.latest)?;
            Some((header, day))
        });
        let Some((header, day)) = begun else {
            if let Some(open) = &mut self.open {
                if open.text.len() + line.len() > LONGEST_MESSAGE {
                    return Err(TooLong(number));
                }
                open.text.push('\n');
                open.text.push_str(line);
            }
            return Ok(());
        };
        let (name, text) = match speaker(header.rest, &self.known) {
            Some((name, text)) => (Some(plain_name(name)), text),
            None => (None, header.rest),
        };
        let next = Open { line: number, day, time: header.time, name, text: text.to_owned() };
        entries.extend(self.open.replace(next).map(Open::close));
        Ok(())
    }
}
