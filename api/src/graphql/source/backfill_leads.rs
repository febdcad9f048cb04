//! `backfillLeads`, and how far that has come.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::SourceId;
use leadflow_domain::source::SourceCommand;

use super::mutate::{Asked, SourceOutcome, mutate};
use super::queries::find;
use crate::graphql::api::Request;
use crate::graphql::command::answer;
use crate::graphql::failure::internal;
use crate::graphql::plain_id::read_id;
use crate::page_leads::{self, Backfill};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct BackfillLeads;

/// What `backfillLeads` takes.
#[derive(InputObject)]
struct BackfillLeadsInput {
    /// Which source: a page that is connected.
    source_id: ID,
    /// Leads that were filled in after this moment; without it, all that Meta has: those of some 90 days.
    since: Option<Timestamp>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
    /// The source's `version` as you have seen it: at any other nothing is done, and the answer is CONFLICT.
    expected_version: Option<i64>,
}

/// What `backfillLeads` answers.
#[derive(SimpleObject)]
struct BackfillLeadsPayload {
    #[graphql(flatten)]
    outcome: SourceOutcome,
}

#[Object]
impl BackfillLeads {
    /// Has the leads of a page read that were filled in before it was connected, or that nobody told of. Those that are known stay as
    /// they are. `leadBackfill` says how far it has come.
    async fn backfill_leads(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What it is about; the request's key, and the version that it is for, where wanted.")]
        input: BackfillLeadsInput,
    ) -> Option<Result<BackfillLeadsPayload, Error>> {
        let done = async {
            let BackfillLeadsInput { source_id, since, idempotency_key, expected_version } = input;
            let asked = Asked { source_id, idempotency_key, expected_version };
            mutate(context, asked, SourceCommand::AskBackfill { since }).await
        };
        answer(done, |outcome| BackfillLeadsPayload { outcome }).await
    }
}

/// How far the reading of leads of before has come.
#[derive(Debug, Clone, SimpleObject)]
struct LeadBackfill {
    /// Leads that were filled in after this moment are read; null where all are.
    since: Option<Timestamp>,
    /// How many forms the page has; null while they are not listed.
    forms: Option<i32>,
    /// How many of them are read.
    forms_read: i32,
    /// How many leads were read.
    leads_read: i64,
    /// How many of these were not known before.
    leads_new: i64,
    /// How many can't become leads, and how many forms can't be read.
    leads_missed: i64,
    /// When it was asked for.
    asked_at: Timestamp,
    /// When it came to its end; null while it goes on.
    ended_at: Option<Timestamp>,
    /// Why it ended before all was read; null where it did not.
    failure: Option<String>,
}

impl From<Backfill> for LeadBackfill {
    fn from(backfill: Backfill) -> Self {
        let Backfill {
            since, forms, forms_read, leads_read, leads_new, leads_missed, asked_at, ended_at, failure, ..
        } = backfill;
        let forms = forms.map(|forms| i32::try_from(forms.len()).unwrap_or(i32::MAX));
        Self { since, forms, forms_read, leads_read, leads_new, leads_missed, asked_at, ended_at, failure }
    }
}

/// Queries about backfills.
#[derive(Default)]
pub(in crate::graphql) struct BackfillQueries;

#[Object]
impl BackfillQueries {
    /// How far the newest backfill of a source has come, also one that is asked for each day by itself; null when there is no such source, or
    /// none was asked for.
    async fn lead_backfill(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The source's id, a uuid.")] source_id: ID,
    ) -> Option<Result<LeadBackfill, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let id = SourceId::from_uuid(read_id("sourceId", &source_id)?);
            if find(request, id).await?.is_none() {
                return Ok(None);
            }
            let newest = page_leads::newest(&request.api.pool, request.viewer.tenant(), id).await;
            Ok(newest.map_err(|error| internal("leadBackfill", &error))?.map(LeadBackfill::from))
        };
        found.await.transpose()
    }
}
