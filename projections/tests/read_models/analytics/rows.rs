//! The rows of analytics, in an order of their own. Times are microseconds of the epoch.

use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Conversation {
    pub(crate) conversation_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) channel_id: Option<Uuid>,
    pub(crate) contact_id: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Point {
    pub(crate) conversation_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) at: i64,
    pub(crate) what: String,
    pub(crate) counts_as: Option<String>,
    pub(crate) member_id: Option<Uuid>,
    pub(crate) source: Option<String>,
    pub(crate) version: i64,
    pub(crate) event_id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Fact {
    pub(crate) conversation_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) metric: String,
    pub(crate) version: i16,
    pub(crate) channel_id: Option<Uuid>,
    pub(crate) member_id: Option<Uuid>,
    pub(crate) source: Option<String>,
    pub(crate) began_at: i64,
    pub(crate) ended_at: i64,
    pub(crate) seconds: i64,
    pub(crate) business_seconds: Option<i64>,
    pub(crate) began_with: Uuid,
    pub(crate) ended_with: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Count {
    pub(crate) tenant_id: Uuid,
    pub(crate) quarter: i64,
    pub(crate) counts_as: String,
    pub(crate) channel_id: Option<Uuid>,
    pub(crate) member_id: Option<Uuid>,
    pub(crate) source: Option<String>,
    pub(crate) number: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Lead {
    pub(crate) lead_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) conversation_id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Schedule {
    pub(crate) tenant_id: Uuid,
    pub(crate) version: i64,
    pub(crate) valid_from: i64,
    pub(crate) is_none: bool,
}

/// All of it, but for what a conversation and a lead keep for what comes next: that shows in what comes of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) points: Vec<Point>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) counts: Vec<Count>,
    pub(crate) leads: Vec<Lead>,
    pub(crate) schedules: Vec<Schedule>,
}

impl Rows {
    pub(crate) fn sorted(mut self) -> Self {
        self.conversations.sort();
        self.points.sort();
        self.facts.sort();
        self.counts.sort();
        self.leads.sort();
        self.schedules.sort();
        self
    }

    /// What differs first, to be read.
    pub(crate) fn difference(&self, expected: &Self) -> Option<String> {
        fn of<T: PartialEq + std::fmt::Debug>(found: &[T], expected: &[T]) -> Option<String> {
            let missing = expected.iter().find(|row| !found.contains(row));
            let odd = found.iter().find(|row| !expected.contains(row));
            let differs = found != expected;
            differs.then(|| format!("missing {missing:#?}, odd {odd:#?}, {} and {}", found.len(), expected.len()))
        }
        of(&self.conversations, &expected.conversations)
            .or_else(|| of(&self.points, &expected.points))
            .or_else(|| of(&self.facts, &expected.facts))
            .or_else(|| of(&self.counts, &expected.counts))
            .or_else(|| of(&self.leads, &expected.leads))
            .or_else(|| of(&self.schedules, &expected.schedules))
    }
}

async fn all<T>(connection: &mut PgConnection, columns: &str, table: &str) -> Vec<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
{
    let schema = leadflow_projections::analytics::DEFINITION.schema();
    sqlx::query_as(&format!("select {columns} from {schema}.{table}")).fetch_all(connection).await.unwrap()
}

fn micros(column: &str) -> String {
    format!("(extract(epoch from {column}) * 1000000)::bigint as {column}")
}

pub(crate) async fn rows(connection: &mut PgConnection) -> Rows {
    let points =
        format!("conversation_id, tenant_id, {}, what, counts_as, member_id, source, version, event_id", micros("at"));
    let facts = format!(
        "conversation_id, tenant_id, metric, version, channel_id, member_id, source, {}, {}, seconds, \
         business_seconds, began_with, ended_with",
        micros("began_at"),
        micros("ended_at")
    );
    let counts = format!("tenant_id, {}, counts_as, channel_id, member_id, source, number", micros("quarter"));
    let schedules = format!("tenant_id, version, {}, schedule is null as is_none", micros("valid_from"));
    let conversations = "conversation_id, tenant_id, channel_id, contact_id";
    Rows {
        conversations: all(connection, conversations, "conversations").await,
        points: all(connection, &points, "points").await,
        facts: all(connection, &facts, "facts").await,
        counts: all(connection, &counts, "counts").await,
        leads: all(connection, "lead_id, tenant_id, conversation_id", "leads").await,
        schedules: all(connection, &schedules, "schedules").await,
    }
    .sorted()
}
