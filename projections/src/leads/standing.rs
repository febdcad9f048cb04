//! How leads stand: how they were captured, and what was found about them last. The aggregate has settled which message
//! came first.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::lead::{Assessment, Capture, LeadStatus, ReasonText};
use leadflow_domain::{ContactId, ConversationId, TenantId};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::word::Word;

/// What a page tells of leads. Of each the last counts.
#[derive(Default)]
pub(super) struct Standings<'a> {
    captures: HashMap<Uuid, (TenantId, i64, &'a Capture)>,
    /// By which submissions leads began.
    created_by: HashMap<Uuid, Uuid>,
    assessments: HashMap<Uuid, (LeadStatus, &'a Assessment, Timestamp, i64)>,
}

impl<'a> Standings<'a> {
    /// A lead begins.
    pub(super) fn created(&mut self, recorded: &RecordedEvent, capture: &'a Capture) {
        if let Some(submission) = capture.submission {
            self.created_by.insert(recorded.stream.as_uuid(), submission.as_uuid());
        }
        self.captured(recorded, capture);
    }

    pub(super) fn captured(&mut self, recorded: &RecordedEvent, capture: &'a Capture) {
        self.captures.insert(recorded.stream.as_uuid(), (recorded.tenant, recorded.version, capture));
    }

    pub(super) fn assessed(&mut self, recorded: &RecordedEvent, status: LeadStatus, assessment: &'a Assessment) {
        let told = (status, assessment, recorded.recorded_at, recorded.version);
        self.assessments.insert(recorded.stream.as_uuid(), told);
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        self.write_captures(rows).await?;
        self.write_assessments(rows).await
    }

    /// Leads of which a page tells where they began.
    pub(super) fn captured_leads(&self) -> Vec<Uuid> {
        self.captures.keys().copied().collect()
    }

    async fn write_captures(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.captures.is_empty() {
            return Ok(());
        }
        let captures = || self.captures.values().map(|(.., capture)| capture);
        sqlx::query(
            "insert into leads (lead_id, tenant_id, contact_id, captured_in, source, captured_at, version, created_by) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7, $8) \
             on conflict (lead_id) do update set \
                 captured_in = excluded.captured_in, source = excluded.source, \
                 captured_at = excluded.captured_at, version = excluded.version",
        )
        .bind(self.captures.keys().copied().collect::<Vec<_>>())
        .bind(self.captures.values().map(|(tenant, ..)| tenant.as_uuid()).collect::<Vec<_>>())
        .bind(captures().map(|capture| capture.contact.as_uuid()).collect::<Vec<_>>())
        .bind(captures().map(|capture| capture.conversation.map(ConversationId::as_uuid)).collect::<Vec<_>>())
        .bind(captures().map(|capture| capture.source.word()).collect::<Vec<_>>())
        .bind(captures().map(|capture| jiff_sqlx::Timestamp::from(capture.captured_at)).collect::<Vec<_>>())
        .bind(self.captures.values().map(|(_, version, _)| *version).collect::<Vec<_>>())
        .bind(self.captures.keys().map(|lead| self.created_by.get(lead).copied()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }

    /// Of leads that are there: a capture is always a stream's first event.
    async fn write_assessments(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.assessments.is_empty() {
            return Ok(());
        }
        let found = || self.assessments.values();
        let reason = |assessment: &'a Assessment| assessment.reason.as_ref()?.text.known().map(ReasonText::as_str);
        sqlx::query(
            "update leads l set status = t.status, score = t.score, reason = t.reason, assessed_at = t.at, \
                    version = greatest(l.version, t.version) \
             from unnest($1, $2, $3, $4, $5, $6) as t (id, status, score, reason, at, version) \
             where l.lead_id = t.id",
        )
        .bind(self.assessments.keys().copied().collect::<Vec<_>>())
        .bind(found().map(|(status, ..)| status.word()).collect::<Vec<_>>())
        .bind(found().map(|(_, of, ..)| of.score.map(|score| i16::from(score.number()))).collect::<Vec<_>>())
        .bind(found().map(|(_, of, ..)| reason(of)).collect::<Vec<_>>())
        .bind(found().map(|(_, _, at, _)| jiff_sqlx::Timestamp::from(*at)).collect::<Vec<_>>())
        .bind(found().map(|(.., version)| *version).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// Clears what was said of `contacts`.
pub(super) async fn forget(rows: &mut PgConnection, contacts: &[ContactId]) -> Result<(), sqlx::Error> {
    if contacts.is_empty() {
        return Ok(());
    }
    let contacts: Vec<Uuid> = contacts.iter().map(|contact| contact.as_uuid()).collect();
    for statement in [
        "update leads set reason = null, company = null, attributes = '{}' where contact_id = any($1)",
        "update lead_notes set body = null where contact_id = any($1)",
        "update submissions set provider_lead_id = null, click_id = null, name = null, answers = null \
         where contact_id = any($1)",
    ] {
        sqlx::query(statement).bind(&contacts).execute(&mut *rows).await?;
    }
    Ok(())
}
