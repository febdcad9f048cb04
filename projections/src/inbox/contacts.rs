//! The contacts that a page tells of: what they are known by, and what they call themselves.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::contact::IdentifierKind;
use leadflow_domain::{ContactId, Personal, TenantId};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Contacts {
    // A map: one statement can't write the same row twice.
    pub(super) rows: HashMap<Uuid, KnownBy>,
}

/// What the page tells of a contact.
pub(super) struct KnownBy {
    pub(super) tenant: Uuid,
    /// When she was heard of first, if the page tells so.
    pub(super) introduced_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) phone: Option<String>,
    pub(super) user_id: Option<String>,
    pub(super) email: Option<String>,
}

impl KnownBy {
    /// She is known by this from now on.
    pub(super) fn known_by(&mut self, kind: IdentifierKind, value: &Personal<String>) {
        let known = match kind {
            IdentifierKind::Phone => &mut self.phone,
            IdentifierKind::WhatsAppUserId => &mut self.user_id,
            IdentifierKind::Email => &mut self.email,
            // For finding her, and not for showing.
            IdentifierKind::ProviderLead | IdentifierKind::ScopedUserId => return,
        };
        *known = value.known().cloned();
    }
}

impl Contacts {
    /// The contact whose stream tells this.
    pub(super) fn of(&mut self, recorded: &RecordedEvent) -> &mut KnownBy {
        let nothing = || KnownBy {
            tenant: recorded.tenant.as_uuid(),
            introduced_at: None,
            version: 0,
            phone: None,
            user_id: None,
            email: None,
        };
        let known = self.rows.entry(recorded.stream.as_uuid()).or_insert_with(nothing);
        known.version = recorded.version;
        known
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into contacts as known (contact_id, tenant_id, introduced_at, phone, user_id, email, version) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7) \
             on conflict (contact_id) do update set version = excluded.version, \
                 introduced_at = coalesce(known.introduced_at, excluded.introduced_at), \
                 phone = coalesce(excluded.phone, known.phone), user_id = coalesce(excluded.user_id, known.user_id), \
                 email = coalesce(excluded.email, known.email)",
        )
        .bind(self.rows.keys().copied().collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.tenant).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.introduced_at.map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.phone.as_deref()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.user_id.as_deref()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.email.as_deref()).collect::<Vec<_>>())
        .bind(self.rows.values().map(|row| row.version).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// What a contact called herself, and when.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) at: Timestamp,
    pub(super) provider_id: String,
    pub(super) name: String,
}

/// Writes what contacts call themselves, where that is newer than what is known. Their own streams may come later.
pub(super) async fn write_names(
    rows: &mut PgConnection,
    names: &HashMap<ContactId, (TenantId, Option<Named>)>,
) -> Result<(), sqlx::Error> {
    let named: Vec<(Uuid, Uuid, &Named)> = names
        .iter()
        .filter_map(|(contact, (tenant, named))| Some((contact.as_uuid(), tenant.as_uuid(), named.as_ref()?)))
        .collect();
    if named.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into contacts as known (contact_id, tenant_id, display_name, named_at, named_by) \
         select * from unnest($1, $2, $3, $4, $5) \
         on conflict (contact_id) do update set \
             display_name = excluded.display_name, named_at = excluded.named_at, named_by = excluded.named_by \
         where known.named_at is null or (known.named_at, known.named_by, coalesce(known.display_name, '')) \
               < (excluded.named_at, excluded.named_by, excluded.display_name)",
    )
    .bind(named.iter().map(|(contact, _, _)| *contact).collect::<Vec<_>>())
    .bind(named.iter().map(|(_, tenant, _)| *tenant).collect::<Vec<_>>())
    .bind(named.iter().map(|(_, _, named)| named.name.as_str()).collect::<Vec<_>>())
    .bind(named.iter().map(|(_, _, named)| jiff_sqlx::Timestamp::from(named.at)).collect::<Vec<_>>())
    .bind(named.iter().map(|(_, _, named)| named.provider_id.as_str()).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}
