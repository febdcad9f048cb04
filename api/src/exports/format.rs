//! The forms in which a list is exported.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::cells::tame;

/// How a list is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// Comma-separated values (RFC 4180), a line of names first.
    #[default]
    Csv,
    /// A JSON object a line.
    Jsonl,
}

/// A row of an export: its columns, in their order.
pub(super) trait Exported: Serialize {
    /// What the columns are called.
    const COLUMNS: &'static [&'static str];

    /// What stands in them.
    fn cells(&self) -> Vec<String>;
}

/// A row could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritten {
    /// As CSV.
    #[error("a row can't be written as CSV")]
    Csv(#[from] csv::Error),
    /// As JSON.
    #[error("a row can't be written as JSON")]
    Json(#[from] serde_json::Error),
    /// Into memory.
    #[error("a row can't be written")]
    Memory(#[from] std::io::Error),
}

impl Format {
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/jsonl",
        })
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// What stands before all rows.
    pub(super) fn head<R: Exported>(self) -> Result<Vec<u8>, Unwritten> {
        match self {
            Self::Csv => {
                let mut out = csv::Writer::from_writer(Vec::new());
                out.write_record(R::COLUMNS)?;
                written(out)
            }
            Self::Jsonl => Ok(Vec::new()),
        }
    }

    /// Some rows.
    pub(super) fn rows<R: Exported>(self, rows: &[R]) -> Result<Vec<u8>, Unwritten> {
        match self {
            Self::Csv => {
                let mut out = csv::Writer::from_writer(Vec::new());
                for row in rows {
                    out.write_record(row.cells().iter().map(|cell| tame(cell).into_owned()))?;
                }
                written(out)
            }
            Self::Jsonl => {
                let mut out = Vec::new();
                for row in rows {
                    serde_json::to_writer(&mut out, row)?;
                    out.push(b'\n');
                }
                Ok(out)
            }
        }
    }
}

fn written(out: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, Unwritten> {
    Ok(out.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        said: &'static str,
    }

    impl Exported for Row {
        const COLUMNS: &'static [&'static str] = &["name", "said"];

        fn cells(&self) -> Vec<String> {
            vec![self.name.to_owned(), self.said.to_owned()]
        }
    }

    const ROWS: [Row; 2] = [Row { name: "Ada, Ltd", said: "a \"b\"\nc" }, Row { name: "=1+1", said: "" }];

    #[test]
    fn a_list_is_written_line_by_line() {
        let text = |written: Vec<u8>| String::from_utf8(written).unwrap();
        assert_eq!(text(Format::Csv.head::<Row>().unwrap()), "name,said\n");
        assert_eq!(text(Format::Csv.rows(&ROWS).unwrap()), "\"Ada, Ltd\",\"a \"\"b\"\"\nc\"\n'=1+1,\n");
        assert_eq!(text(Format::Jsonl.head::<Row>().unwrap()), "");
        let lines = text(Format::Jsonl.rows(&ROWS).unwrap());
        assert_eq!(lines, "{\"name\":\"Ada, Ltd\",\"said\":\"a \\\"b\\\"\\nc\"}\n{\"name\":\"=1+1\",\"said\":\"\"}\n");
    }
}
