//! How a message's line begins: the day, the hour, and what stands around them.

use super::day::WrittenDay;
use super::is_mark;

/// How a text writes when something was said. It writes all of it alike, so what is written otherwise is what somebody said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    is_bracketed: bool,
    between_numbers: char,
    has_comma: bool,
    has_seconds: bool,
    is_of_twelve_hours: bool,
}

impl Style {
    /// Whether seconds are written.
    #[must_use]
    pub fn has_seconds(self) -> bool {
        self.has_seconds
    }
}

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59, where it is written.
    pub second: Option<u8>,
}

/// The beginning of a message's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub(super) style: Style,
    pub(super) day: WrittenDay,
    pub(super) time: Time,
    /// The name and what was said, or what WhatsApp says.
    pub(super) rest: &'a str,
}

/// What a line begins with, if it is the first of a message.
pub(super) fn header(line: &str) -> Option<Header<'_>> {
    let mut at = Cursor(line.trim_start_matches(is_mark));
    let is_bracketed = at.eat('[');
    let (first, first_digits) = at.number(4)?;
    let between_numbers = at.0.chars().next().filter(|letter| matches!(letter, '/' | '.' | '-'))?;
    let mut digits = [first_digits, 0, 0];
    let mut numbers = [first, 0, 0];
    for (nth, most) in [(1, 2), (2, 4)] {
        at.eat(between_numbers).then_some(())?;
        at.blanks();
        (numbers[nth], digits[nth]) = at.number(most)?;
    }
    if between_numbers == '.' {
        at.eat('.');
    }
    let has_comma = at.eat(',');
    at.blanks().then_some(())?;
    let (hour, _) = at.number(2)?;
    let between = at.0.chars().next().filter(|letter| matches!(letter, ':' | '.'))?;
    at.eat(between);
    let minute = at.two_digits()?;
    let second = if at.eat(between) { Some(at.two_digits()?) } else { None };
    let half = at.half_of_day();
    if is_bracketed {
        at.eat(']').then_some(())?;
    } else {
        at.blanks().then_some(())?;
        (at.eat('-') || at.eat('–')).then_some(())?;
    }
    (at.blanks() || at.0.is_empty()).then_some(())?;
    let hour = match half {
        // Some write noon as 0 p.m.
        Some(half) => (hour <= 12).then_some(hour % 12 + if half == Half::Second { 12 } else { 0 })?,
        // And some midnight as 24.
        None => (hour <= 24).then_some(hour % 24)?,
    };
    let is_time = minute < 60 && second.is_none_or(|second| second < 60);
    is_time.then_some(())?;
    let style = Style {
        is_bracketed,
        between_numbers,
        has_comma,
        has_seconds: second.is_some(),
        is_of_twelve_hours: half.is_some(),
    };
    let time = Time { hour: u8::try_from(hour).ok()?, minute, second };
    Some(Header { style, day: WrittenDay { numbers, digits }, time, rest: at.0 })
}

/// Who said it and what, of what stands behind a header; none where it is no one's. A name that is `known` counts before what stands
/// before the first colon: a name may have one.
pub(super) fn speaker<'a>(rest: &'a str, known: &[String]) -> Option<(&'a str, &'a str)> {
    let ends = || {
        let colons = rest.match_indices(':').map(|(at, _)| at).take_while(|at| *at <= LONGEST_BYTES);
        colons.filter(|at| rest[at + 1..].is_empty() || rest[at + 1..].starts_with(' '))
    };
    let is_known = |at: &usize| {
        let name = super::plain_name(&rest[..*at]);
        known.contains(&name)
    };
    let is_name = |at: &usize| {
        let name = super::plain_name(&rest[..*at]);
        !name.is_empty() && name.chars().count() <= LONGEST_NAME
    };
    let known_end = if known.is_empty() { None } else { ends().filter(is_known).last() };
    let end = known_end.or_else(|| ends().next().filter(is_name))?;
    let (name, text) = (&rest[..end], &rest[end + 1..]);
    Some((name, text.strip_prefix(' ').unwrap_or(text)))
}

/// What is longer before a colon is a sentence of WhatsApp's, and no name.
pub(super) const LONGEST_NAME: usize = 100;

/// Bytes among which a name's end is looked for.
const LONGEST_BYTES: usize = 1_024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

/// What is left of a line.
struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    fn eat(&mut self, letter: char) -> bool {
        let rest = self.0.strip_prefix(letter);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Blanks of whatever width, and marks among them; whether there were any.
    fn blanks(&mut self) -> bool {
        let rest = self.0.trim_start_matches(|letter: char| is_blank(letter) || is_mark(letter));
        let was_there = self.0[..self.0.len() - rest.len()].chars().any(is_blank);
        self.0 = rest;
        was_there
    }

    /// A number of so many digits at most, and how many it has.
    fn number(&mut self, most: usize) -> Option<(u16, usize)> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > most {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        Some((number.parse().ok()?, digits))
    }

    fn two_digits(&mut self) -> Option<u8> {
        let (number, digits) = self.number(2)?;
        u8::try_from(number).ok().filter(|_| digits == 2)
    }

    /// `AM`, `pm`, `a. m.`, `p.m.`, where it is there.
    fn half_of_day(&mut self) -> Option<Half> {
        let before = self.0;
        let found = self.try_half_of_day();
        if found.is_none() {
            self.0 = before;
        }
        found
    }

    fn try_half_of_day(&mut self) -> Option<Half> {
        self.blanks();
        let half = match self.0.chars().next()? {
            'a' | 'A' => Half::First,
            'p' | 'P' => Half::Second,
            _ => return None,
        };
        self.0 = &self.0[1..];
        self.eat('.');
        self.blanks();
        (self.eat('m') || self.eat('M')).then_some(())?;
        self.eat('.');
        Some(half)
    }
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of its day, its time, and what stands behind it.
    type Read<'a> = ([u16; 3], (u8, u8, Option<u8>), &'a str);

    fn read(line: &str) -> Option<Read<'_>> {
        let Header { day, time: Time { hour, minute, second }, rest, .. } = header(line)?;
        Some((day.numbers, (hour, minute, second), rest))
    }

    #[test]
    fn lines_begin_as_phones_write_them() {
        for (line, day, time) in [
            ("31/12/23, 14:05 - Ada: a", [31, 12, 23], (14, 5, None)),
            ("31/12/2023, 14:05 - Ada: a", [31, 12, 2023], (14, 5, None)),
            ("31/12/2023 14:05 - Ada: a", [31, 12, 2023], (14, 5, None)),
            ("12/31/23, 2:05 PM - Ada: a", [12, 31, 23], (14, 5, None)),
            ("12/31/23, 2:05\u{202f}PM - Ada: a", [12, 31, 23], (14, 5, None)),
            ("12/31/23, 2:05\u{a0}pm - Ada: a", [12, 31, 23], (14, 5, None)),
            ("31/12/23, 2:05 p. m. - Ada: a", [31, 12, 23], (14, 5, None)),
            ("31/12/23, 2:05\u{a0}p.\u{a0}m. - Ada: a", [31, 12, 23], (14, 5, None)),
            ("31/12/23, 12:05 a.m. - Ada: a", [31, 12, 23], (0, 5, None)),
            ("31/12/23, 12:05 p.m. - Ada: a", [31, 12, 23], (12, 5, None)),
            ("31.12.23, 14:05 - Ada: a", [31, 12, 23], (14, 5, None)),
            ("31.12.2023 14.05 – Ada: a", [31, 12, 2023], (14, 5, None)),
            ("2023. 12. 31. 14:05 - Ada: a", [2023, 12, 31], (14, 5, None)),
            ("2023-12-31, 24:05 - Ada: a", [2023, 12, 31], (0, 5, None)),
            ("31-12-2023 14:05 - Ada: a", [31, 12, 2023], (14, 5, None)),
            ("[31/12/23, 14:05:07] Ada: a", [31, 12, 23], (14, 5, Some(7))),
            ("[31/12/23, 2:05:07 PM] Ada: a", [31, 12, 23], (14, 5, Some(7))),
            ("[31/12/23, 2:05:07\u{202f}PM] Ada: a", [31, 12, 23], (14, 5, Some(7))),
            ("\u{200e}[31.12.23, 14:05:07] Ada: a", [31, 12, 23], (14, 5, Some(7))),
            ("\u{feff}\u{200f}[2023-12-31 14:05:07] \u{200e}Ada: a", [2023, 12, 31], (14, 5, Some(7))),
        ] {
            let read = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((read.0, read.1), (day, time), "{line}");
            assert_eq!(read.2.trim_start_matches(is_mark), "Ada: a", "{line}");
        }
    }

    #[test]
    fn what_people_write_is_no_beginning() {
        for line in [
            "",
            "31/12/23",
            "31/12/23, ",
            "14:05 - Ada: a",
            "31/12/23 - Ada: a",
            "31/12/23, 14:05 Ada: a",
            "31/12/23, 14:05- Ada: a",
            "31/12/23, 14:05 -Ada: a",
            "31/12.23, 14:05 - Ada: a",
            "31/12/23, 25:05 - Ada: a",
            "31/12/23, 14:65 - Ada: a",
            "31/12/23, 14:5 - Ada: a",
            "31/12/23, 14:05:99 - Ada: a",
            "31/12/23, 14:05 PM - Ada: a",
            "[31/12/23, 14:05:07 Ada: a",
            "[31/12/23, 14:05:07]Ada: a",
            "20231/12/23, 14:05 - Ada: a",
            "31/12/20233, 14:05 - Ada: a",
            "on 31/12/23, 14:05 - Ada: a",
            "31/12/23, 2:05 xm - Ada: a",
            "31/12/23,14:05 - Ada: a",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    fn said<'a>(rest: &'a str, known: &[&str]) -> Option<(&'a str, &'a str)> {
        speaker(rest, &known.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_name_stands_before_the_first_colon_unless_it_is_known_to_have_one() {
        assert_eq!(said("Ada: a: b", &[]), Some(("Ada", "a: b")));
        assert_eq!(said("Ada:", &[]), Some(("Ada", "")));
        assert_eq!(said("Ada:  two", &[]), Some(("Ada", " two")));
        assert_eq!(said("+39 333 123 4567: a", &[]), Some(("+39 333 123 4567", "a")));
        assert_eq!(said("Shop: Rome: a", &["Shop: Rome"]), Some(("Shop: Rome", "a")));
        assert_eq!(said("Shop: Rome: a", &["Shop", "Shop: Rome"]), Some(("Shop: Rome", "a")));
        assert_eq!(said("Bar 12:30: a", &[]), Some(("Bar 12:30", "a")), "a colon in the hour ends no name");
        assert_eq!(said("\u{202a}+39 333\u{202c}: a", &["+39 333"]), Some(("\u{202a}+39 333\u{202c}", "a")));
        for notice in ["Ada left", "See https://example.com", ": a", "", "\u{200e}: a"] {
            assert_eq!(said(notice, &[]), None, "{notice}");
        }
        assert_eq!(said(&format!("{}: a", "x".repeat(101)), &[]), None);
    }
}
