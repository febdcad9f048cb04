//! The groups that a page tells of: what they are called, whether people may write there, and who is in them.
//!
//! It is told in any order: of each thing the latest counts, by the provider's time.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::group::{GroupEvent, Moment, Participation};
use leadflow_domain::{ContactId, Personal};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Groups {
    // Maps: one statement can't write the same row twice.
    rows: HashMap<Uuid, Told>,
    participants: HashMap<(Uuid, ContactId), Presence>,
}

/// What the page tells of a group.
#[derive(Default)]
struct Told {
    tenant: Uuid,
    /// Since when it is called so; of two of one second the greater one.
    subject: Option<(Timestamp, String)>,
    deleted_at: Option<Timestamp>,
    suspended_at: Option<Timestamp>,
    reinstated_at: Option<Timestamp>,
}

/// When somebody came into a group last, and when she went.
#[derive(Default)]
struct Presence {
    tenant: Uuid,
    joined_at: Option<Timestamp>,
    left_at: Option<Timestamp>,
}

fn later(known: &mut Option<Timestamp>, at: Timestamp) {
    *known = (*known).max(Some(at));
}

impl Groups {
    pub(super) fn put(&mut self, recorded: &RecordedEvent, event: &GroupEvent) {
        let (group, tenant) = (recorded.stream.as_uuid(), recorded.tenant.as_uuid());
        let told = self.rows.entry(group).or_insert_with(|| Told { tenant, ..Told::default() });
        let mut called = |moment: &Moment, subject: &Option<Personal<String>>| {
            if let Some(subject) = subject.as_ref().and_then(Personal::known) {
                told.subject = told.subject.take().max(Some((moment.at, subject.clone())));
            }
        };
        match event {
            GroupEvent::Created { moment, creation } => called(moment, &creation.subject),
            GroupEvent::Described { moment, settings } => called(moment, &settings.subject),
            GroupEvent::Deleted { moment, .. } => later(&mut told.deleted_at, moment.at),
            GroupEvent::Suspended { moment } => later(&mut told.suspended_at, moment.at),
            GroupEvent::Reinstated { moment } => later(&mut told.reinstated_at, moment.at),
            GroupEvent::ParticipantJoined { moment, participation } => {
                later(&mut self.presence(recorded, participation).joined_at, moment.at);
            }
            GroupEvent::ParticipantLeft { moment, participation } => {
                later(&mut self.presence(recorded, participation).left_at, moment.at);
            }
            // That it is there is all that is shown of these.
            GroupEvent::Introduced { .. }
            | GroupEvent::JoinRequested { .. }
            | GroupEvent::JoinRequestWithdrawn { .. }
            | GroupEvent::ParticipantKept { .. }
            | GroupEvent::RequestFailed { .. }
            | GroupEvent::Remarked { .. } => {}
        }
    }

    fn presence(&mut self, recorded: &RecordedEvent, participation: &Participation) -> &mut Presence {
        let nobody = || Presence { tenant: recorded.tenant.as_uuid(), ..Presence::default() };
        self.participants.entry((recorded.stream.as_uuid(), participation.contact)).or_insert_with(nobody)
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        self.write_groups(rows).await?;
        self.write_participants(rows).await
    }

    async fn write_groups(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let told = || self.rows.values();
        let times = |pick: fn(&Told) -> Option<Timestamp>| {
            told().map(|told| pick(told).map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>()
        };
        let subjects = told().map(|told| told.subject.as_ref().map(|(_, subject)| subject.as_str()));
        sqlx::query(
            "insert into groups as known \
                 (group_id, tenant_id, subject, subject_at, deleted_at, suspended_at, reinstated_at) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7) \
             on conflict (group_id) do update set \
                 (subject, subject_at) = (select called.* from ( \
                     values (known.subject, known.subject_at), (excluded.subject, excluded.subject_at) \
                 ) as called (subject, at) order by at desc nulls last, subject desc limit 1), \
                 deleted_at = greatest(known.deleted_at, excluded.deleted_at), \
                 suspended_at = greatest(known.suspended_at, excluded.suspended_at), \
                 reinstated_at = greatest(known.reinstated_at, excluded.reinstated_at)",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(told().map(|told| told.tenant).collect::<Vec<_>>())
        .bind(subjects.collect::<Vec<_>>())
        .bind(times(|told| told.subject.as_ref().map(|(at, _)| *at)))
        .bind(times(|told| told.deleted_at))
        .bind(times(|told| told.suspended_at))
        .bind(times(|told| told.reinstated_at))
        .execute(rows)
        .await?;
        Ok(())
    }

    async fn write_participants(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.participants.is_empty() {
            return Ok(());
        }
        let times = |pick: fn(&Presence) -> Option<Timestamp>| {
            self.participants.values().map(|told| pick(told).map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>()
        };
        sqlx::query(
            "insert into group_participants as known (group_id, contact_id, tenant_id, joined_at, left_at) \
             select * from unnest($1, $2, $3, $4, $5) \
             on conflict (group_id, contact_id) do update set \
                 joined_at = greatest(known.joined_at, excluded.joined_at), \
                 left_at = greatest(known.left_at, excluded.left_at)",
        )
        .bind(self.participants.keys().map(|(group, _)| *group).collect::<Vec<_>>())
        .bind(self.participants.keys().map(|(_, contact)| contact.as_uuid()).collect::<Vec<_>>())
        .bind(self.participants.values().map(|told| told.tenant).collect::<Vec<_>>())
        .bind(times(|told| told.joined_at))
        .bind(times(|told| told.left_at))
        .execute(rows)
        .await?;
        Ok(())
    }
}
