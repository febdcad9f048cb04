//! What is done with leads: where they stand, whether they are spam, what they are marked with and described by, and who is to see
//! to them.

use leadflow_domain::lead::LeadEvent;
use leadflow_domain::pipeline::StageKind;
use leadflow_domain::{LostReasonId, MemberId, StageId};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PageError;
use crate::word::Word;

/// What a page tells of that, in its order.
#[derive(Default)]
pub(super) struct Work<'a>(Vec<(&'a RecordedEvent, &'a LeadEvent)>);

impl<'a> Work<'a> {
    pub(super) fn put(&mut self, recorded: &'a RecordedEvent, event: &'a LeadEvent) {
        self.0.push((recorded, event));
    }

    /// Those of which it tells where they stand.
    pub(super) fn leads(&self) -> impl Iterator<Item = Uuid> {
        let told = self.0.iter().filter(|(_, event)| Stand::of(event).is_some());
        told.map(|(recorded, _)| recorded.stream.as_uuid())
    }

    /// Of leads that are there: a capture is always a stream's first event.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        // Few beside messages.
        for (recorded, event) in &self.0 {
            write(rows, recorded, event).await?;
        }
        Ok(())
    }
}

/// Where a lead stands now.
struct Stand {
    stage: StageId,
    kind: StageKind,
    lost_reason: Option<LostReasonId>,
    worth: Option<i64>,
    currency: Option<String>,
}

impl Stand {
    fn of(event: &LeadEvent) -> Option<Self> {
        let at = |stage: &StageId, kind| Self { stage: *stage, kind, lost_reason: None, worth: None, currency: None };
        match event {
            LeadEvent::Moved { stage, .. } => Some(at(stage, StageKind::Open)),
            LeadEvent::Converted { stage, worth, .. } => Some(Self {
                worth: worth.map(|worth| worth.minor),
                currency: worth.map(|worth| worth.currency.to_string()),
                ..at(stage, StageKind::Won)
            }),
            LeadEvent::Lost { stage, reason, .. } => Some(Self { lost_reason: *reason, ..at(stage, StageKind::Lost) }),
            LeadEvent::Captured(_)
            | LeadEvent::CaptureCorrected(_)
            | LeadEvent::Submitted(_)
            | LeadEvent::Qualified(_)
            | LeadEvent::Disqualified(_)
            | LeadEvent::SpamMarked { .. }
            | LeadEvent::SpamUnmarked { .. }
            | LeadEvent::Tagged { .. }
            | LeadEvent::Untagged { .. }
            | LeadEvent::NoteAdded { .. }
            | LeadEvent::CompanySet { .. }
            | LeadEvent::AttributeSet { .. }
            | LeadEvent::Transferred { .. } => None,
        }
    }
}

async fn write(rows: &mut PgConnection, recorded: &RecordedEvent, event: &LeadEvent) -> Result<(), PageError> {
    let set = |what: &str| format!("update leads set version = greatest(version, $2), {what} where lead_id = $1");
    let what = match event {
        LeadEvent::Moved { .. } | LeadEvent::Converted { .. } | LeadEvent::Lost { .. } => {
            set("stage_id = $3, stage = $4, lost_reason_id = $5, worth = $6, currency = $7, moved_at = $8")
        }
        LeadEvent::SpamMarked { .. } => set("is_spam = true"),
        LeadEvent::SpamUnmarked { .. } => set("is_spam = false"),
        LeadEvent::Tagged { .. } => set("tags = tags || $3"),
        LeadEvent::Untagged { .. } => set("tags = array_remove(tags, $3)"),
        LeadEvent::NoteAdded { .. } => {
            "with note as (insert into lead_notes (note_id, tenant_id, lead_id, contact_id, body, noted_at) \
                           values ($3, $4, $1, $5, $6, $7)) \
             update leads set version = greatest(version, $2) where lead_id = $1"
                .to_owned()
        }
        LeadEvent::CompanySet { .. } => set("company = $3, has_company = $4"),
        LeadEvent::AttributeSet { .. } => set("attributes = attributes - $3::text \
                 || case when $4::text is null then '{}' else jsonb_build_object($3::text, $4::text) end"),
        LeadEvent::Transferred { .. } => set("owner_id = $3"),
        LeadEvent::Captured(_)
        | LeadEvent::CaptureCorrected(_)
        | LeadEvent::Submitted(_)
        | LeadEvent::Qualified(_)
        | LeadEvent::Disqualified(_) => return Ok(()),
    };
    let write = sqlx::query(&what).bind(recorded.stream.as_uuid()).bind(recorded.version);
    let at = jiff_sqlx::Timestamp::from(recorded.recorded_at);
    let write = match event {
        LeadEvent::Tagged { tag, .. } | LeadEvent::Untagged { tag, .. } => write.bind(tag.as_str()),
        LeadEvent::NoteAdded { contact, text } => write
            .bind(recorded.id.as_uuid())
            .bind(recorded.tenant.as_uuid())
            .bind(contact.as_uuid())
            .bind(text.known().map(leadflow_domain::lead::LeadNote::as_str))
            .bind(at),
        LeadEvent::CompanySet { company, .. } => {
            let name = company.as_ref().and_then(|company| company.name.known());
            write.bind(name.map(leadflow_domain::lead::CompanyName::as_str)).bind(company.is_some())
        }
        LeadEvent::AttributeSet { attribute, value, .. } => {
            write.bind(attribute.to_string()).bind(value.as_ref().and_then(|value| value.value.known()))
        }
        LeadEvent::Transferred { to, .. } => write.bind(to.map(MemberId::as_uuid)),
        LeadEvent::Moved { .. } | LeadEvent::Converted { .. } | LeadEvent::Lost { .. } => {
            let Some(stand) = Stand::of(event) else { return Ok(()) };
            write
                .bind(stand.stage.as_uuid())
                .bind(stand.kind.word())
                .bind(stand.lost_reason.map(LostReasonId::as_uuid))
                .bind(stand.worth)
                .bind(stand.currency)
                .bind(at)
        }
        LeadEvent::SpamMarked { .. }
        | LeadEvent::SpamUnmarked { .. }
        | LeadEvent::Captured(_)
        | LeadEvent::CaptureCorrected(_)
        | LeadEvent::Submitted(_)
        | LeadEvent::Qualified(_)
        | LeadEvent::Disqualified(_) => write,
    };
    write.execute(&mut *rows).await?;
    Ok(())
}

/// Puts those that were said to stand where there is no stage any more where that one's leads are: `leads`, which a page tells of,
/// and all of `tenants`, of which one has a stage less.
pub(super) async fn settle(rows: &mut PgConnection, leads: &[Uuid], tenants: &[Uuid]) -> Result<(), sqlx::Error> {
    for (column, ids) in [("lead_id", leads), ("tenant_id", tenants)] {
        if ids.is_empty() {
            continue;
        }
        let sql = format!(
            "update leads l set stage_id = s.successor_id from stages s \
             where l.{column} = any($1) and s.tenant_id = l.tenant_id and s.stage_id = l.stage_id \
               and s.successor_id is not null"
        );
        sqlx::query(&sql).bind(ids).execute(&mut *rows).await?;
    }
    Ok(())
}
