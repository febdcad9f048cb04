//! What a change of many leads tells of itself.

use async_graphql::{ComplexObject, Context, Enum, Error, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::RefusalCode;
use uuid::Uuid;

use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::payload::UserErrorCode;
use crate::lead_changes::{self, Change, ChangeState, Refused, RefusedFor};

/// Leads that said no of which each is shown.
const MOST_REFUSALS: i64 = 100;

/// Reasons that there can be, and more.
const MOST_REASONS: usize = 10;

/// A change of many leads, and how far it is.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct LeadChange {
    /// Its id, a uuid.
    id: ID,
    /// What is changed of each lead.
    kind: LeadChangeKind,
    /// Where it stands.
    state: LeadChangeState,
    /// Of how many leads it is: those that were found when it was asked for.
    lead_count: i32,
    /// How many of these were asked.
    done: i32,
    /// How many of these are otherwise now.
    changed: i32,
    /// How many of these were so already.
    unchanged: i32,
    /// How many of these said no. Why stands in `refusedFor` and `firstRefusals`.
    refused: i32,
    /// How much of it is done, from 0 to 1.
    progress: f64,
    /// When it was asked for.
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
    change: Uuid,
}

/// What is changed of leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum LeadChangeKind {
    /// Where they stand.
    Stage,
    /// Who is to see to them.
    Owner,
    /// What they are marked with.
    Tags,
    /// Whether they are spam.
    Spam,
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ChangeState")]
enum LeadChangeState {
    /// It waits for its turn.
    Waiting,
    /// It is being made.
    Running,
    /// All leads were asked.
    Done,
    /// It ended before its end; see `failure`. What was changed by then stays.
    Failed,
    /// Somebody wanted no more of it. What was changed by then stays.
    Cancelled,
}

/// For what reason how many leads said no.
#[derive(Debug, Clone, SimpleObject)]
struct LeadChangeRefusals {
    /// Stable; switch on it.
    code: UserErrorCode,
    /// Why, for people.
    reason: String,
    /// How many leads.
    leads: i64,
}

/// A lead that said no.
#[derive(Debug, Clone, SimpleObject)]
struct LeadChangeRefusal {
    /// The lead's global id.
    lead_id: ID,
    /// Stable; switch on it.
    code: UserErrorCode,
    /// Why, for people.
    reason: String,
}

#[ComplexObject]
impl LeadChange {
    /// Why leads said no, and how many for which reason, most first.
    #[graphql(complexity = "1 + MOST_REASONS * child_complexity")]
    async fn refused_for(&self, context: &Context<'_>) -> Option<Result<Vec<LeadChangeRefusals>, Error>> {
        let found = async {
            let changes = &Request::of(context)?.api.lead_changes;
            let found = changes.refused_for(self.change).await;
            let found = found.map_err(|error| internal("leadChange.refusedFor", &error))?;
            Ok(found.into_iter().map(LeadChangeRefusals::from).collect())
        };
        Some(found.await)
    }

    /// The first leads that said no, 100 at most.
    #[graphql(complexity = "1 + 100 * child_complexity")]
    async fn first_refusals(&self, context: &Context<'_>) -> Option<Result<Vec<LeadChangeRefusal>, Error>> {
        let found = async {
            let changes = &Request::of(context)?.api.lead_changes;
            let found = changes.refused(self.change, MOST_REFUSALS).await;
            let found = found.map_err(|error| internal("leadChange.firstRefusals", &error))?;
            Ok(found.into_iter().map(LeadChangeRefusal::from).collect())
        };
        Some(found.await)
    }
}

/// A word that only a newer program knows is a refusal all the same.
fn code(word: &str) -> UserErrorCode {
    let known = RefusalCode::ALL.into_iter().find(|code| code.as_str() == word);
    known.map_or(UserErrorCode::Refused, UserErrorCode::from)
}

impl From<lead_changes::LeadChange> for LeadChange {
    fn from(change: lead_changes::LeadChange) -> Self {
        let kind = match change.change {
            Change::Stage { .. } => LeadChangeKind::Stage,
            Change::Owner { .. } => LeadChangeKind::Owner,
            Change::Tags { .. } => LeadChangeKind::Tags,
            Change::Spam { .. } => LeadChangeKind::Spam,
        };
        Self {
            id: change.id.to_string().into(),
            kind,
            progress: change.progress(),
            state: change.state.into(),
            lead_count: change.lead_count,
            done: change.counts.done,
            changed: change.counts.changed,
            unchanged: change.counts.unchanged,
            refused: change.counts.refused,
            created_at: change.created_at,
            started_at: change.started_at,
            cancelled_at: change.cancelled_at,
            ended_at: change.ended_at,
            failure: change.failure,
            change: change.id,
        }
    }
}

impl From<RefusedFor> for LeadChangeRefusals {
    fn from(RefusedFor { code: word, reason, leads }: RefusedFor) -> Self {
        Self { code: code(&word), reason, leads }
    }
}

impl From<Refused> for LeadChangeRefusal {
    fn from(Refused { lead, code: word, reason, .. }: Refused) -> Self {
        Self { lead_id: encode(Kind::Lead, lead), code: code(&word), reason }
    }
}
