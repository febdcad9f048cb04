//! `oidcProviders`.

use async_graphql::{Context, Error, Object, SimpleObject};

use crate::graphql::visit::Visit;

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct OidcProviderQueries;

/// Somebody to whom members may prove who they are, instead of showing a password.
#[derive(Debug, Clone, SimpleObject)]
struct OidcProvider {
    /// For `beginOidcSignIn`.
    key: String,
    /// What people call it.
    name: String,
}

#[Object]
impl OidcProviderQueries {
    /// Whom members may sign in with, for the page where they do. Needs no token.
    #[graphql(complexity = "20 * child_complexity")]
    async fn oidc_providers(&self, context: &Context<'_>) -> Option<Result<Vec<OidcProvider>, Error>> {
        Some(Visit::of(context).map(|visit| {
            let all = visit.api.doors.providers().iter();
            all.map(|(key, of)| OidcProvider { key: key.to_string(), name: of.name().to_owned() }).collect()
        }))
    }
}
