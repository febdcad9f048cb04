//! What an import tells of itself.

use async_graphql::{ComplexObject, Context, Enum, Error, ID, SimpleObject};
use jiff::Timestamp;
use uuid::Uuid;

use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::lead_imports::{Column, Field, Import, ImportState, MOST_COLUMNS, RowError};

/// Errors that are shown of an import.
const MOST_ERRORS: usize = 20;

/// A file of leads that the business brought by `POST /imports/leads` or at the command line, and how far it is read.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct LeadImport {
    /// Its id, a uuid.
    id: ID,
    /// What the file is called; null where that was not said, and once what was kept of it was destroyed.
    file_name: Option<String>,
    /// Where it stands.
    state: LeadImportState,
    /// Whether it is only looked what would become of it: then nothing is written.
    dry_run: bool,
    /// Length of the file in bytes.
    file_bytes: i64,
    /// How much of it is read, from 0 to 1.
    progress: f64,
    /// How many rows were read.
    rows_read: i64,
    /// How many of these nobody had told of: each is a submission of a lead now, or would be.
    rows_new: i64,
    /// How many of these were there already, by this file or by another.
    rows_known: i64,
    /// How many of these become nothing. Why stands in `errorsPath`.
    rows_invalid: i64,
    /// What stands in its columns, as was said or guessed; null once what was kept of the file was destroyed.
    #[graphql(complexity = "1 + MOST_COLUMNS * child_complexity")]
    columns: Option<Vec<LeadImportColumn>>,
    /// Where the rows that become nothing are had as CSV, 10,000 or so at most: a path of this server, by GET with the same bearer token.
    errors_path: String,
    /// When the file came.
    created_at: Timestamp,
    /// When it was first begun; null while it waits.
    started_at: Option<Timestamp>,
    /// When somebody wanted no more of it; null where nobody did.
    cancelled_at: Option<Timestamp>,
    /// When it came to an end; null while it has none.
    ended_at: Option<Timestamp>,
    /// Why it ended before its end; null where it did not.
    failure: Option<String>,
    #[graphql(skip)]
    import: Uuid,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ImportState")]
enum LeadImportState {
    /// It waits for its turn.
    Waiting,
    /// It is being read.
    Running,
    /// All is read.
    Done,
    /// It ended before its end; see `failure`.
    Failed,
    /// Somebody wanted no more of it. What became leads by then stays.
    Cancelled,
}

/// A column of a file.
#[derive(Debug, Clone, SimpleObject)]
struct LeadImportColumn {
    /// What the file calls it.
    column: String,
    /// What stands in it.
    field: LeadImportField,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Field")]
enum LeadImportField {
    /// What she is called.
    Name,
    /// Her first name; with the last it is what she is called.
    FirstName,
    /// Her last name.
    LastName,
    /// Her number.
    Phone,
    /// Her address of electronic mail.
    Email,
    /// The campaign that led to her.
    Campaign,
    /// When she told of her interest.
    SubmittedAt,
    /// Something else about her: the column's name is the question.
    Answer,
    /// Nothing that is read.
    Ignore,
}

/// A row that becomes nothing.
#[derive(Debug, Clone, SimpleObject)]
struct LeadImportError {
    /// Its number, as spreadsheets count: that of the columns' names is 1.
    row: i64,
    /// The column that it is about; null where it is about the whole row.
    column: Option<String>,
    /// Why. Nothing of what is in the row.
    reason: String,
}

#[ComplexObject]
impl LeadImport {
    /// The first rows that become nothing, 20 at most.
    #[graphql(complexity = "1 + MOST_ERRORS * child_complexity")]
    async fn first_errors(&self, context: &Context<'_>) -> Option<Result<Vec<LeadImportError>, Error>> {
        let found = async {
            let files = &Request::of(context)?.api.lead_imports;
            let found = files.first_errors(self.import, MOST_ERRORS).await;
            let found = found.map_err(|error| internal("leadImport.firstErrors", &error))?;
            Ok(found.into_iter().map(LeadImportError::from).collect())
        };
        Some(found.await)
    }
}

impl From<Import> for LeadImport {
    fn from(import: Import) -> Self {
        let (progress, id) = (import.progress(), import.id);
        let (file_name, columns) =
            import.about.map(|about| (about.name, about.layout.columns.into_iter().map(Into::into).collect())).unzip();
        Self {
            id: id.to_string().into(),
            file_name: file_name.flatten(),
            state: import.state.into(),
            dry_run: import.is_dry_run,
            file_bytes: import.file_bytes,
            progress,
            rows_read: import.counts.read,
            rows_new: import.counts.new,
            rows_known: import.counts.known,
            rows_invalid: import.counts.invalid,
            columns,
            errors_path: format!("/imports/leads/{id}/errors"),
            created_at: import.created_at,
            started_at: import.started_at,
            cancelled_at: import.cancelled_at,
            ended_at: import.ended_at,
            failure: import.failure,
            import: id,
        }
    }
}

impl From<Column> for LeadImportColumn {
    fn from(Column { name, field }: Column) -> Self {
        Self { column: name, field: field.into() }
    }
}

impl From<RowError> for LeadImportError {
    fn from(RowError { row, column, reason }: RowError) -> Self {
        Self { row, column, reason }
    }
}
