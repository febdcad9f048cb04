//! What each lead has lists of: what happened with its contact, and what it is linked to.

use async_graphql::{Context, Error, Lookahead};
use leadflow_projections::leads::{self, SubmissionRow, TimelineRow};
use leadflow_projections::{Keyset, PageRequest, TenantContext, TenantReads};
use uuid::Uuid;

use super::submission::LeadSubmission;
use super::timeline::TimelineEvent;
use crate::graphql::connection::{Connection, List, Window};
use crate::graphql::pages::{Pages, Part, asked_for, load, one};

impl Part for TimelineRow {
    type Node = TimelineEvent;
    const LIST: List = List::Timeline;
    const FIELD: &'static str = "timeline";
    type Columns = ();

    fn columns(_: &Lookahead<'_>) -> Self::Columns {}

    fn keyset(&self) -> Keyset {
        self.keyset()
    }

    async fn read(
        reads: &TenantReads,
        viewer: TenantContext,
        contacts: &[Uuid],
        page: PageRequest,
        (): Self::Columns,
    ) -> Result<Vec<(Uuid, Self)>, sqlx::Error> {
        leads::timelines_of(reads, viewer, contacts, page).await
    }

    async fn count(
        reads: &TenantReads,
        viewer: TenantContext,
        contacts: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
        leads::count_timelines(reads, viewer, contacts).await
    }
}

impl Part for SubmissionRow {
    type Node = LeadSubmission;
    const LIST: List = List::Submissions;
    const FIELD: &'static str = "submissions";
    type Columns = ();

    fn columns(_: &Lookahead<'_>) -> Self::Columns {}

    fn keyset(&self) -> Keyset {
        self.keyset()
    }

    async fn read(
        reads: &TenantReads,
        viewer: TenantContext,
        leads: &[Uuid],
        page: PageRequest,
        (): Self::Columns,
    ) -> Result<Vec<(Uuid, Self)>, sqlx::Error> {
        leads::submissions_of(reads, viewer, leads, page).await
    }

    async fn count(
        reads: &TenantReads,
        viewer: TenantContext,
        leads: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
        leads::count_submissions(reads, viewer, leads).await
    }
}

/// The pages that were asked for of every row of a list, or why they could not be read.
#[derive(Debug)]
pub(super) struct Loaded {
    timelines: Result<Vec<Pages<TimelineRow>>, Error>,
    submissions: Result<Vec<Pages<SubmissionRow>>, Error>,
}

impl Loaded {
    /// What `selected` asks for of `leads`, which are those of `contacts`.
    pub(super) async fn of(context: &Context<'_>, leads: &[Uuid], contacts: &[Uuid], selected: &Lookahead<'_>) -> Self {
        let timelines = load(context, contacts, selected).await;
        Self { timelines, submissions: load(context, leads, selected).await }
    }

    /// A page of what one of them is linked to.
    pub(super) async fn submissions(
        &self,
        context: &Context<'_>,
        lead: Uuid,
        window: &Window,
    ) -> Result<Connection<LeadSubmission>, Error> {
        let loaded = self.submissions.as_ref().map_err(Clone::clone)?;
        one(context, loaded, lead, window.page(SubmissionRow::LIST.whole())?).await
    }

    /// A page of what happened with one of them.
    pub(super) async fn timeline(
        &self,
        context: &Context<'_>,
        contact: Uuid,
        window: &Window,
    ) -> Result<Connection<TimelineEvent>, Error> {
        let loaded = self.timelines.as_ref().map_err(Clone::clone)?;
        one(context, loaded, contact, window.page(TimelineRow::LIST.whole())?).await
    }
}

/// Fails when `selected` asks for more pages at once than it may.
pub(super) fn check(selected: &Lookahead<'_>) -> Result<(), Error> {
    asked_for::<TimelineRow>(selected)?;
    asked_for::<SubmissionRow>(selected)?;
    Ok(())
}
