//! From events to acts. What an event is about makes no difference here, so this is the one fold that lists none of them: it
//! goes by who caused it.

use leadflow_domain::CommandId;
use leadflow_event_store::{ActorKind, PersonalValues, RecordedActor, RecordedEvent};
use sqlx::PgConnection;

use super::DEFINITION;
use crate::{Definition, PageError, Projector};

/// Keeps the audit.
#[derive(Debug, Clone, Copy)]
pub struct AuditProjector;

impl Projector for AuditProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        // Where something was asked from stays sealed, as it is in the log, until somebody looks.
        PersonalValues::Sealed
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let acts: Vec<&RecordedEvent> = events.iter().filter(|recorded| is_act(recorded)).collect();
        if acts.is_empty() {
            return Ok(());
        }
        // An erasure that was parked was told at once, and is told again in its place.
        sqlx::query(
            "insert into acts (position, tenant_id, event_id, at, actor, what, thing_kind, thing_id, command_id, \
                               correlation, causation, source) \
             select * from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], \
                                  $7::text[], $8::uuid[], $9::uuid[], $10::text[], $11::text[], $12::text[]) \
             on conflict (position) do nothing",
        )
        .bind(acts.iter().map(|act| act.position).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.tenant.as_uuid()).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.id.as_uuid()).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| jiff_sqlx::Timestamp::from(act.recorded_at)).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.actor.as_str()).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.event.event_type()).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.event.aggregate_type()).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.stream.as_uuid()).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.command.map(CommandId::as_uuid)).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.correlation.as_str()).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.causation.as_deref()).collect::<Vec<_>>())
        .bind(acts.iter().map(|act| act.source.as_deref()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// Whether somebody did it, rather than a provider told of it. Whom only a newer program knows did something.
fn is_act(recorded: &RecordedEvent) -> bool {
    RecordedActor::parse(&recorded.actor).is_none_or(|actor| actor.kind != ActorKind::Provider)
}
