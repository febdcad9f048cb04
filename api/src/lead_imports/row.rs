//! What a row says, or why it can't be read.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::lead::{Answer, LeadSource, Origin};
use leadflow_domain::{CommandId, Country, E164, EmailAddress, LongText, ShortText, TenantId};
use leadflow_event_store::Keys;
use serde::{Deserialize, Serialize};

use super::columns::{Column, Field};
use super::records::{LONGEST_RECORD, MOST_CELLS, Record};
use crate::submissions::{self, KnownBy, Told};

/// What rows are known by beside other submissions.
const PROVIDER: &str = "import";

/// How far ahead of the file's coming a row may be: clocks and zones differ.
const AHEAD: SignedDuration = SignedDuration::from_hours(26);

/// Why a row becomes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// Its number, as spreadsheets count: that of the names is 1.
    pub row: i64,
    /// The column that it is about; none where it is about the whole row.
    pub column: Option<String>,
    /// Why. Nothing of what is in the row.
    pub reason: String,
}

/// Somebody, as a row tells of her.
#[derive(Debug)]
pub(super) struct Lead {
    /// The row.
    pub row: i64,
    /// What submits it: the same for whatever file has this row.
    pub command: CommandId,
    /// Her number.
    pub phone: Option<E164>,
    /// Her address.
    pub email: Option<EmailAddress>,
    /// The rest.
    pub told: Told,
}

impl Lead {
    /// What she is known by.
    #[must_use]
    pub(super) fn known_by(&self, keys: &Keys) -> KnownBy {
        KnownBy::new(keys, self.phone.as_ref(), self.email.as_ref())
    }
}

/// How rows are read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    /// Whose they are.
    pub tenant: TenantId,
    /// For keyed hashes.
    pub keys: &'a Keys,
    /// What stands in which column.
    pub columns: &'a [Column],
    /// Whose numbers come without their country's code.
    pub country: Option<Country>,
    /// When the file came: that is when she told, where the row does not say.
    pub came_at: Timestamp,
}

impl Reading<'_> {
    /// What a record says; nothing where it has nothing in it.
    ///
    /// # Errors
    /// [`RowError`].
    pub(super) fn read(&self, record: &Record) -> Result<Option<Lead>, RowError> {
        let row = record.row;
        let wrong = |column: Option<&str>, reason: String| RowError { row, column: column.map(str::to_owned), reason };
        let cells = record.cells.as_ref().map_err(|_| {
            let kib = LONGEST_RECORD >> 10;
            wrong(
                None,
                format!(
                    "is longer than {kib} KiB or has more than {MOST_CELLS} cells; is there a quote that is not closed?"
                ),
            )
        })?;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        let beyond = cells.get(self.columns.len()..).unwrap_or_default();
        if beyond.iter().any(|cell| !cell.trim().is_empty()) {
            let (has, columns) = (cells.len(), self.columns.len());
            return Err(wrong(None, format!("has {has} cells, and there are {columns} columns")));
        }
        let mut lead = Lead {
            row,
            command: self.command(cells),
            phone: None,
            email: None,
            told: Told {
                source: LeadSource::Import,
                from: None,
                at: self.came_at,
                provider_lead_id: None,
                name: None,
                origin: Origin::default(),
                click_id: None,
                answers: vec![],
            },
        };
        let mut names = [None, None, None];
        for (column, cell) in self.columns.iter().zip(cells) {
            let said = untamed(cell.trim());
            if said.is_empty() || column.field == Field::Ignore {
                continue;
            }
            let of_it = |reason: String| wrong(Some(&column.name), reason);
            if said.contains('\0') {
                return Err(of_it("has a sign in it that no text has".to_owned()));
            }
            let name = |text: &str| {
                // A cell may have lines; a name is one.
                let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
                ShortText::<1, 200>::parse(&line).map(String::from).map_err(|error| of_it(error.to_string()))
            };
            match column.field {
                Field::Name => names[0] = Some(name(said)?),
                Field::FirstName => names[1] = Some(name(said)?),
                Field::LastName => names[2] = Some(name(said)?),
                Field::Phone => lead.phone = Some(self.phone(said).map_err(of_it)?),
                Field::Email => {
                    let email = EmailAddress::parse(said).map_err(|error| of_it(error.to_string()))?;
                    lead.email = Some(email);
                }
                Field::Campaign => lead.told.origin.campaign_id = Some(name(said)?),
                Field::SubmittedAt => lead.told.at = self.moment(said).map_err(of_it)?,
                Field::Answer => {
                    let answer = LongText::<4_000>::parse(said).map_err(|error| of_it(error.to_string()))?;
                    let (question, answer) = (Some(column.name.clone()), answer.as_str().to_owned().into());
                    lead.told.answers.push(Answer { key: None, question, answer });
                }
                Field::Ignore => {}
            }
        }
        if lead.phone.is_none() && lead.email.is_none() {
            return Err(wrong(None, "has neither a phone nor an address".to_owned()));
        }
        let [whole, first, last] = names;
        let parts: Vec<String> = [first, last].into_iter().flatten().collect();
        let name = whole.or_else(|| (!parts.is_empty()).then(|| parts.join(" ")));
        lead.told.name = name.map(Into::into);
        Ok(Some(lead))
    }

    fn phone(&self, said: &str) -> Result<E164, String> {
        let read = match self.country {
            Some(country) => country.number(said),
            None => E164::parse_written(said),
        };
        read.map_err(|error| {
            let is_rounded = said.split_once(['E', 'e']).is_some_and(|(number, power)| {
                number.starts_with(|first: char| first.is_ascii_digit()) && power.starts_with('+')
            });
            match is_rounded {
                true => "was rounded by a spreadsheet: have the column be text, and save it again".to_owned(),
                false => error.to_string(),
            }
        })
    }

    /// A moment, or a day or an hour that names no zone: then it is UTC's.
    fn moment(&self, said: &str) -> Result<Timestamp, String> {
        let in_utc = |at: DateTime| TimeZone::UTC.to_timestamp(at).ok();
        let read = said.parse::<Timestamp>().ok();
        let read = read.or_else(|| said.parse::<DateTime>().ok().and_then(in_utc));
        let read = read.or_else(|| said.parse::<Date>().ok().and_then(|day| in_utc(day.at(0, 0, 0, 0))));
        let Some(at) = read.filter(|at| at.as_second() > 0) else {
            return Err("is no moment such as 2026-11-28, 2026-11-28 09:30:00 or 2026-11-28T09:30:00Z".to_owned());
        };
        if at > self.came_at.saturating_add(AHEAD).unwrap_or(Timestamp::MAX) {
            return Err("is a moment that is yet to come".to_owned());
        }
        Ok(at)
    }

    /// What submits the row, by what stands in it: the columns by their names, in whatever order and encoding they come. The hash is
    /// keyed: a phone can't be found by trying them all.
    fn command(&self, cells: &[String]) -> CommandId {
        let mut said: Vec<(&str, &str)> = self
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| (column.name.as_str(), cell.trim()))
            .filter(|(_, cell)| !cell.is_empty())
            .collect();
        said.sort_unstable();
        // Each part with its length, so that no two rows read alike.
        let mut content = String::new();
        for part in said.into_iter().flat_map(|(name, cell)| [name, cell]) {
            content.push_str(&part.len().to_string());
            content.push(':');
            content.push_str(part);
        }
        submissions::command_of(self.tenant, PROVIDER, self.keys.provider_lead_hash(PROVIDER, &content).as_str())
    }
}

/// What a cell says that was exported for spreadsheets, which take some beginnings for formulas: ours are behind an apostrophe.
fn untamed(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::records::TooLong;
    use super::*;

    const COLUMNS: [(&str, Field); 6] = [
        ("Name", Field::Name),
        ("Phone", Field::Phone),
        ("E-mail", Field::Email),
        ("When", Field::SubmittedAt),
        ("Budget", Field::Answer),
        ("Internal", Field::Ignore),
    ];

    fn columns(of: &[(&str, Field)]) -> Vec<Column> {
        of.iter().map(|(name, field)| Column { name: (*name).to_owned(), field: *field }).collect()
    }

    fn read_by(columns: &[Column], keys: &Keys, cells: &[&str]) -> Result<Option<Lead>, RowError> {
        let reading = Reading {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            keys,
            columns,
            country: Country::parse("IT").ok(),
            came_at: "2026-11-28T09:30:00Z".parse().unwrap(),
        };
        let cells = Ok(cells.iter().map(|cell| (*cell).to_owned()).collect());
        reading.read(&Record { row: 7, cells, ends_at: 0 })
    }

    fn read(cells: &[&str]) -> Result<Option<Lead>, RowError> {
        read_by(&columns(&COLUMNS), &Keys::derive(&[7; 32]), cells)
    }

    fn command(columns_are: &[(&str, Field)], cells: &[&str]) -> CommandId {
        read_by(&columns(columns_are), &Keys::derive(&[7; 32]), cells).unwrap().unwrap().command
    }

    #[test]
    fn a_row_tells_of_somebody() {
        let lead =
            read(&[" Zoë Müller ", "333 123 4567", "zoe@example.com", "2026-11-01", "a lot", "x"]).unwrap().unwrap();
        assert_eq!(lead.phone.as_ref().map(E164::as_str), Some("+393331234567"));
        assert_eq!(lead.email.as_ref().map(EmailAddress::as_str), Some("zoe@example.com"));
        let told = &lead.told;
        assert_eq!(told.name.as_ref().and_then(|name| name.known()).map(String::as_str), Some("Zoë Müller"));
        assert_eq!((told.source, told.at), (LeadSource::Import, "2026-11-01T00:00:00Z".parse().unwrap()));
        assert_eq!(told.answers.len(), 1);
        assert_eq!(told.answers[0].question.as_deref(), Some("Budget"));
        // A row may end early; and what we exported comes back.
        let short = read(&["'=Ada", "'+39 333 1234567"]).unwrap().unwrap();
        assert_eq!(short.phone.as_ref().map(E164::as_str), Some("+393331234567"));
        assert_eq!(short.told.name.as_ref().and_then(|name| name.known()).map(String::as_str), Some("=Ada"));
        assert_eq!(short.told.at, "2026-11-28T09:30:00Z".parse().unwrap());
        assert!(read(&["", " ", ""]).unwrap().is_none());
    }

    #[test]
    fn a_name_may_come_in_two() {
        let columns = columns(&[("First", Field::FirstName), ("Last", Field::LastName), ("Phone", Field::Phone)]);
        let keys = Keys::derive(&[7; 32]);
        for (cells, name) in [(["Ada", "Rossi", "+393331"], "Ada Rossi"), (["", "Rossi", "+393331"], "Rossi")] {
            let lead = read_by(&columns, &keys, &cells).unwrap().unwrap();
            assert_eq!(lead.told.name.as_ref().and_then(|name| name.known()).map(String::as_str), Some(name));
        }
    }

    #[test]
    fn moments_are_read_as_programs_write_them() {
        for (text, at) in [
            ("2026-11-01T10:00:00+01:00", "2026-11-01T09:00:00Z"),
            ("2026-11-01 10:00:00", "2026-11-01T10:00:00Z"),
            ("2026-11-01 10:00", "2026-11-01T10:00:00Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
        ] {
            let lead = read(&["", "333 1234567", "", text]).unwrap().unwrap();
            assert_eq!(lead.told.at, at.parse().unwrap(), "{text}");
        }
    }

    #[test]
    fn a_row_that_can_t_be_read_says_why_and_nothing_of_what_is_in_it() {
        let long = "x".repeat(4_001);
        for (cells, column, reason) in [
            (vec!["Ada"], None, "neither"),
            (vec!["Ada", "ask her"], Some("Phone"), "digits"),
            (vec!["Ada", "3,93E+11"], Some("Phone"), "rounded"),
            (vec!["Ada", "3.93331E+11"], Some("Phone"), "rounded"),
            (vec!["Ada", "", "ada at home"], Some("E-mail"), ""),
            (vec!["Ada", "333 1234567", "", "tomorrow"], Some("When"), "no moment"),
            (vec!["Ada", "333 1234567", "", "2027-01-01"], Some("When"), "yet to come"),
            (vec!["Ada\0", "333 1234567"], Some("Name"), "no text"),
            (vec![&long[..201], "333 1234567"], Some("Name"), "200"),
            (vec!["Ada", "333 1234567", "", "", &long], Some("Budget"), "4000"),
            (vec!["Ada", "333 1234567", "", "", "", "", "more"], None, "7 cells"),
        ] {
            let error = read(&cells).unwrap_err();
            assert_eq!((error.row, error.column.as_deref()), (7, column), "{cells:?}");
            assert!(error.reason.contains(reason), "{reason}: {}", error.reason);
            assert!(!error.reason.contains("Ada") && !error.reason.contains("ask her"), "{}", error.reason);
        }
        let keys = Keys::derive(&[7; 32]);
        let columns = columns(&COLUMNS);
        let reading = Reading {
            tenant: TenantId::from_uuid(Uuid::from_u128(1)),
            keys: &keys,
            columns: &columns,
            country: None,
            came_at: Timestamp::UNIX_EPOCH,
        };
        let error = reading.read(&Record { row: 3, cells: Err(TooLong), ends_at: 0 }).unwrap_err();
        assert!(error.reason.contains("256 KiB"), "{}", error.reason);
    }

    #[test]
    fn a_row_is_the_same_command_in_whatever_file_it_stands() {
        let one = command(&[("Name", Field::Name), ("Phone", Field::Phone)], &["Ada", "333 1"]);
        // Other columns first, others that are empty, another meaning of a column.
        let columns = [("Phone", Field::Phone), ("Note", Field::Answer), ("Name", Field::Answer)];
        assert_eq!(command(&columns, &[" 333 1", "", "Ada "]), one);
        for other in [["Ada", "333 12"], ["Adax", "333 1"], ["", "333 1"]] {
            assert_ne!(command(&[("Name", Field::Name), ("Phone", Field::Phone)], &other), one);
        }
        assert_ne!(command(&[("Nome", Field::Name), ("Phone", Field::Phone)], &["Ada", "333 1"]), one);
        let another = read_by(&columns_of_one(), &Keys::derive(&[8; 32]), &["Ada", "333 1"]).unwrap().unwrap();
        assert_ne!(another.command, one, "another installation's key");
    }

    fn columns_of_one() -> Vec<Column> {
        columns(&[("Name", Field::Name), ("Phone", Field::Phone)])
    }
}
