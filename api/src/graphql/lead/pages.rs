//! What each lead has lists of: what happened with its contact, and what it is linked to.

use async_graphql::{Context, Error, Lookahead};
use leadflow_projections::leads::{self, LeadNoteRow, PipelineRow, SubmissionRow, TimelineRow};
use leadflow_projections::{Keyset, PageRequest, TenantContext, TenantReads};
use uuid::Uuid;

use super::note::LeadNote;
use super::submission::LeadSubmission;
use super::timeline::TimelineEvent;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window};
use crate::graphql::failure::internal;
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

impl Part for LeadNoteRow {
    type Node = LeadNote;
    const LIST: List = List::LeadNotes;
    const FIELD: &'static str = "notes";
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
        leads::lead_notes_of(reads, viewer, leads, page).await
    }

    async fn count(
        reads: &TenantReads,
        viewer: TenantContext,
        leads: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
        leads::count_lead_notes(reads, viewer, leads).await
    }
}

/// The pages that were asked for of every row of a list, or why they could not be read.
#[derive(Debug)]
pub(super) struct Loaded {
    timelines: Result<Vec<Pages<TimelineRow>>, Error>,
    submissions: Result<Vec<Pages<SubmissionRow>>, Error>,
    notes: Result<Vec<Pages<LeadNoteRow>>, Error>,
    /// How the business works its leads, where what a row says is said by it.
    pub(super) pipeline: Option<PipelineRow>,
}

impl Loaded {
    /// What `selected` asks for of `leads`, which are those of `contacts`.
    ///
    /// # Errors
    /// That it can't be read how the business works its leads.
    pub(super) async fn of(
        context: &Context<'_>,
        leads: &[Uuid],
        contacts: &[Uuid],
        selected: &Lookahead<'_>,
    ) -> Result<Self, Error> {
        let by_pipeline = ["stage", "lostReason", "attributes"].iter().any(|field| selected.field(field).exists());
        let pipeline = if by_pipeline && !leads.is_empty() {
            let request = Request::of(context)?;
            let found = leads::pipeline(&request.api.reads, request.viewer.context()).await;
            Some(found.map_err(|error| internal("leads.stage", &error))?)
        } else {
            None
        };
        Ok(Self {
            timelines: load(context, contacts, selected).await,
            submissions: load(context, leads, selected).await,
            notes: load(context, leads, selected).await,
            pipeline,
        })
    }

    /// A page of the notes on one of them.
    pub(super) async fn notes(
        &self,
        context: &Context<'_>,
        lead: Uuid,
        window: &Window,
    ) -> Result<Connection<LeadNote>, Error> {
        let loaded = self.notes.as_ref().map_err(Clone::clone)?;
        one(context, loaded, lead, window.page(LeadNoteRow::LIST.whole())?).await
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
    asked_for::<LeadNoteRow>(selected)?;
    Ok(())
}
