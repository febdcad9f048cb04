//! The schema executed without its edge, on a database of its own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Value;
use axum::http::{HeaderMap, HeaderValue, header};
use leadflow_domain::TenantId;
use leadflow_event_store::{database, testing as log_testing};
use leadflow_projections::{ProjectorProgress, TenantReads, testing};
use serde_json::json;
use uuid::Uuid;

use super::api::{OperatorRequest, Request, Shared, schema};
use super::global_id::{Kind, encode};
use crate::auth::{self, Bearer, Caller};
use crate::commands::Commands;

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

/// What the resolvers share, over an empty installation.
async fn shared() -> Arc<Shared> {
    let pool = database::app_pool(testing::database().await.connect_options(), 4).await.unwrap();
    let store = log_testing::event_store(&pool);
    Arc::new(Shared {
        reads: TenantReads::new(pool.clone()),
        log: store.reader().clone(),
        commands: Commands::new(&store),
        keys: log_testing::keys(),
        meta_apps: BTreeSet::new(),
        progress: ProjectorProgress::default(),
        patience: Duration::ZERO,
        pool,
    })
}

/// What `document` comes to for whoever has a token as `bearer`'s.
async fn ask(api: &Arc<Shared>, bearer: Bearer, document: impl Into<String>) -> async_graphql::Response {
    let issued = auth::issue(&api.pool, bearer, Duration::from_secs(600)).await.unwrap();
    let presented = HeaderValue::from_str(&format!("Bearer {}", issued.token)).unwrap();
    let caller = auth::authenticate(&api.pool, &HeaderMap::from_iter([(header::AUTHORIZATION, presented)])).await;
    let (query, api) = (async_graphql::Request::new(document), Arc::clone(api));
    let query = match caller.unwrap() {
        Caller::Viewer(viewer) => query.data(Request { api, viewer, id: "test".to_owned() }),
        Caller::Operator(operator) => query.data(OperatorRequest { api, operator }),
    };
    schema().execute(query).await
}

#[tokio::test]
async fn many_things_by_their_ids_are_a_statement_for_each_kind() {
    let api = shared().await;
    let ids = |kinds: &[Kind]| {
        let of_kind = |kind: &Kind| (1..=12).map(|nth| encode(*kind, Uuid::from_u128(nth)).0).collect::<Vec<_>>();
        kinds.iter().flat_map(of_kind).collect::<Vec<_>>()
    };
    for (kinds, statements) in [(&Kind::ALL[..1], 1), (&Kind::ALL[..7], 7), (&Kind::ALL[7..], 0)] {
        let (ids, before) = (ids(kinds), api.reads.statements());
        let told = ask(&api, Bearer::Owner(TENANT), format!("{{ nodes(ids: {}) {{ id }} }}", json!(ids))).await;
        assert_eq!(told.errors, []);
        let nulls = vec![serde_json::Value::Null; ids.len()];
        assert_eq!(told.data.into_json().unwrap(), json!({"nodes": nulls}), "there is nothing yet");
        assert_eq!(api.reads.statements() - before, statements, "{kinds:?}");
    }
    let none = ask(&api, Bearer::Owner(TENANT), "{ nodes(ids: []) { id } }").await;
    assert_eq!(none.data.into_json().unwrap(), json!({"nodes": []}));
    let many = [ids(&Kind::ALL[..7]), ids(&Kind::ALL[..2])].concat();
    for odd in [json!(many), json!(["junk"])] {
        let told = ask(&api, Bearer::Owner(TENANT), format!("{{ nodes(ids: {odd}) {{ id }} }}")).await;
        assert_eq!(told.errors[0].extensions.as_ref().unwrap().get("code"), Some(&Value::from("BAD_USER_INPUT")));
    }
}

#[tokio::test]
async fn whoever_asks_for_what_is_not_hers_is_told_so_at_that_field() {
    let api = shared().await;
    for (bearer, document, beside) in [
        (
            Bearer::Operator,
            "{ businessHours { timeZone } viewer { role } }",
            json!({"businessHours": null, "viewer": {"role": "OPERATOR"}}),
        ),
        (
            Bearer::Owner(TENANT),
            "{ parked { totalCount } viewer { role } }",
            json!({"parked": null, "viewer": {"role": "OWNER"}}),
        ),
        (Bearer::Operator, "{ leadCounts { new } viewer { role } }", json!(null)),
    ] {
        let told = ask(&api, bearer, document).await;
        let codes: Vec<_> = told.errors.iter().map(|error| error.extensions.as_ref().unwrap().get("code")).collect();
        assert_eq!(codes, [Some(&Value::from("FORBIDDEN"))], "{document}");
        assert_eq!(told.data.into_json().unwrap(), beside, "{document}");
    }
}
