//! An API key.

use async_graphql::{ID, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::people::{ApiKeyRow, RoleKind};

use crate::graphql::member::MemberRole;
use crate::graphql::role::{Permission, Role};

/// A program that works for the business, or did. What it shows is told once, by `issueApiKey`.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ApiKey {
    /// Its id, a uuid: what is done with it is kept with this (see `audit`).
    id: ID,
    /// What it is called.
    name: String,
    /// As what it works.
    role: MemberRole,
    /// Which of the business's own roles that is. Null for the others; and for one that was removed, which lets it do nothing.
    custom_role: Option<Role>,
    /// What it may do at most of what its role may; null where that is all.
    scope: Option<Vec<Permission>>,
    /// What it may do now: what its role may now, within `scope`.
    permissions: Vec<Permission>,
    /// When it was issued.
    issued_at: Timestamp,
    /// From when on it opens nothing; null where it has no end.
    expires_at: Option<Timestamp>,
    /// When it was taken back, and opened nothing from then on; null while it was not.
    revoked_at: Option<Timestamp>,
    /// When it was last used, to within a minute; null while it never was.
    last_used_at: Option<Timestamp>,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
}

impl ApiKey {
    /// The key, and when it was last used.
    pub(super) fn of(row: ApiKeyRow, last_used_at: Option<Timestamp>) -> Self {
        Self {
            permissions: row.permissions().iter().map(Permission::from).collect(),
            id: row.id.into(),
            name: row.name,
            role: RoleKind::of(row.role).into(),
            custom_role: row.custom_role.map(Role::from),
            scope: row.scope.map(|scope| scope.iter().map(Permission::from).collect()),
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used_at,
            version: row.version,
        }
    }
}
