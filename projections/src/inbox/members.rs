//! Who works with whom: the teams that members are in, by which it is decided who sees whose conversations.

use std::collections::HashMap;

use leadflow_domain::TeamId;
use leadflow_domain::member::MemberEvent;
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a page tells of members. Of each the last counts.
#[derive(Default)]
pub(super) struct Members {
    // A map: one statement can't write the same row twice.
    rows: HashMap<Uuid, (Uuid, Option<TeamId>)>,
}

impl Members {
    pub(super) fn put(&mut self, recorded: &RecordedEvent, event: &MemberEvent) {
        let team = match event {
            MemberEvent::Registered { .. } => None,
            MemberEvent::Joined { team, .. } | MemberEvent::TeamChanged { team } => *team,
            // Whoever is put out stays in her team: others of it see to what is still hers.
            MemberEvent::Deactivated {}
            | MemberEvent::Reactivated { .. }
            | MemberEvent::Invited { .. }
            | MemberEvent::InvitationWithdrawn {}
            | MemberEvent::Renamed { .. }
            | MemberEvent::RoleChanged { .. }
            | MemberEvent::PasswordSet {}
            | MemberEvent::SecondFactorEnabled {}
            | MemberEvent::SecondFactorDisabled {}
            | MemberEvent::Denied { .. } => return,
        };
        self.rows.insert(recorded.stream.as_uuid(), (recorded.tenant.as_uuid(), team));
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into members (member_id, tenant_id, team_id) select * from unnest($1, $2, $3) \
             on conflict (member_id) do update set team_id = excluded.team_id",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(self.rows.values().map(|(tenant, _)| *tenant).collect::<Vec<_>>())
        .bind(self.rows.values().map(|(_, team)| team.map(TeamId::as_uuid)).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
