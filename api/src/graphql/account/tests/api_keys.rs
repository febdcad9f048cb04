//! Programs that show API keys, over HTTP: what they may do is what their role may now, within their scope, and nobody gives one
//! more than she has.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Bed, PASSWORD, TOKENS, mutation};

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";
const KEY: &str = "apiKey { id name role customRole { name } scope permissions expiresAt revokedAt lastUsedAt version } \
                   userErrors { code field } stale";

/// Longer than anything that is right takes.
const FOREVER: Duration = Duration::from_secs(30);

impl Bed {
    async fn issue(&self, access: &str, input: Value) -> Answer {
        self.ask(Some(access), &mutation("issueApiKey", &format!("secret {KEY}")), &input).await
    }

    /// A key that is issued: its secret and its id.
    async fn issued(&self, access: &str, input: Value) -> (String, String) {
        let answer = self.issue(access, input).await;
        assert_eq!((answer.code(), &answer.payload()["stale"]), ("none", &Value::Null), "{}", answer.body);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&answer.payload()["secret"]), text(&answer.payload()["apiKey"]["id"]))
    }

    async fn revoke(&self, access: &str, key: &str) -> Answer {
        self.ask(Some(access), &mutation("revokeApiKey", KEY), &json!({ "apiKeyId": key })).await
    }

    /// What whoever shows this may do.
    async fn may(&self, token: &str) -> Value {
        let answer = self.ask(Some(token), "query { viewer { permissions } }", &Value::Null).await;
        answer.body["data"]["viewer"]["permissions"].clone()
    }

    /// A role of the business's own.
    async fn role(&self, access: &str, permissions: &[&str]) -> Value {
        let define = mutation("defineRole", "role { id } userErrors { code } stale");
        let answer = self.ask(Some(access), &define, &json!({ "name": "Program", "permissions": permissions })).await;
        assert_eq!((answer.code(), &answer.payload()["stale"]), ("none", &Value::Null), "{}", answer.body);
        answer.payload()["role"]["id"].clone()
    }

    /// With what whoever shows this is refused.
    async fn refusal(&self, token: &str) -> (StatusCode, String, Value) {
        let answer = self.viewer(token).await;
        (answer.status, answer.code().to_owned(), answer.body["errors"][0]["message"].clone())
    }

    async fn execute(&self, sql: &str) {
        sqlx::query(sql).execute(&self.owner).await.unwrap();
    }

    async fn count(&self, sql: &str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.owner).await.unwrap()
    }
}

#[tokio::test]
async fn a_program_does_what_its_key_lets_it_until_that_is_over() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let input = json!({ "name": "Shop system", "role": "TEAM_LEAD", "scope": ["WORK_CONVERSATIONS", "SEE_USAGE"],
                        "idempotencyKey": "shop" });
    let issued = bed.issue(&owner, input.clone()).await;
    assert_eq!((issued.code(), &issued.payload()["stale"]), ("none", &Value::Null), "{}", issued.body);
    let (secret, key) = (issued.payload()["secret"].as_str().unwrap(), &issued.payload()["apiKey"]);
    assert!(secret.starts_with("lfk_"));
    assert_eq!(
        (&key["scope"], &key["permissions"]),
        (&json!(["WORK_CONVERSATIONS", "SEE_USAGE"]), &json!(["WORK_CONVERSATIONS"]))
    );
    let again = bed.issue(&owner, input).await;
    assert_eq!((&again.payload()["secret"], &again.payload()["apiKey"]), (&Value::Null, key), "it is told once");

    // It is somebody of the business, and nobody who has signed in.
    let viewer = "query { viewer { id role permissions member { id } apiKey { name } } }";
    let told = bed.ask(Some(secret), viewer, &Value::Null).await.body["data"]["viewer"].take();
    let expected = json!({ "id": key["id"], "role": "TEAM_LEAD", "permissions": ["WORK_CONVERSATIONS"], "member": null,
                           "apiKey": { "name": "Shop system" } });
    assert_eq!(told, expected);
    let of_herself = mutation("changePassword", "userErrors { code }");
    let input = json!({ "currentPassword": PASSWORD, "password": "another battery staple" });
    assert_eq!(bed.ask(Some(secret), &of_herself, &input).await.code(), "FORBIDDEN");
    // What it may not do is kept, with who tried.
    let form = mutation("formTeam", "userErrors { code }");
    assert_eq!(bed.ask(Some(secret), &form, &json!({ "name": "Sales" })).await.code(), "FORBIDDEN");
    let denied: (String, String) = sqlx::query_as(
        "select metadata->>'actor', payload->'api_key.denied'->>'permission' from events \
         where event_type = 'api_key.denied'",
    )
    .fetch_one(&bed.owner)
    .await
    .unwrap();
    assert_eq!(denied, (format!("api_key:{}", key["id"].as_str().unwrap()), "MANAGE_PEOPLE".to_owned()));
    let tried = "query { audit(first: 3) { edges { node { type actor { kind name } } } } }";
    let act = json!({ "node": { "type": "api_key.denied", "actor": { "kind": "API_KEY", "name": "Shop system" } } });
    let is_told = async {
        loop {
            let told = bed.ask(Some(&owner), tried, &Value::Null).await.body["data"]["audit"]["edges"].take();
            if told.as_array().unwrap().contains(&act) {
                break;
            }
        }
    };
    tokio::time::timeout(FOREVER, is_told).await.expect("the audit calls it by its name");
    let used = "query { apiKeys { edges { node { lastUsedAt } } } }";
    let shown = async {
        while bed.ask(Some(&owner), used, &Value::Null).await.body["data"]["apiKeys"]["edges"][0]["node"]["lastUsedAt"]
            .is_null()
        {}
    };
    tokio::time::timeout(FOREVER, shown).await.expect("its use is shown");

    // Over, revoked and unknown are one answer.
    let unknown = bed.refusal(&format!("lfk_{}", "A".repeat(43))).await;
    assert_eq!((unknown.0, unknown.1.as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    let (short, id) =
        bed.issued(&owner, json!({ "name": "Short", "role": "AGENT", "expiresAt": "2999-01-01T00:00:00Z" })).await;
    assert!(bed.is_in(&short).await);
    bed.execute(&format!("update people_v2.api_keys set expires_at = clock_timestamp() where api_key_id = '{id}'"))
        .await;
    assert_eq!(bed.refusal(&short).await, unknown);
    let revoked = bed.revoke(&owner, key["id"].as_str().unwrap()).await;
    assert!(revoked.code() == "none" && revoked.payload()["apiKey"]["revokedAt"].is_string(), "{}", revoked.body);
    assert_eq!(bed.refusal(secret).await, unknown);
    assert_eq!(bed.revoke(&owner, key["id"].as_str().unwrap()).await.code(), "none", "twice is fine");
    // Also where people don't know of it yet.
    bed.execute("update people_v2.api_keys set revoked_at = null").await;
    assert_eq!(bed.refusal(secret).await, unknown);

    let past = bed.issue(&owner, json!({ "name": "Past", "role": "AGENT", "expiresAt": "2001-01-01T00:00:00Z" })).await;
    assert_eq!((past.code(), &past.payload()["userErrors"][0]["field"]), ("NOT_IN_THE_FUTURE", &json!("expiresAt")));
    assert_eq!(bed.count("select count(*) from api_key_secrets").await, 2, "of what is no key there is no secret");
    assert_eq!(bed.count("select count(*) from events where payload::text like '%lfk\\_%'").await, 0);
    bed.stop().await;
}

#[tokio::test]
async fn nobody_gives_a_key_more_than_she_has_and_no_key_is_an_owner() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let role = bed.role(&owner, &["MANAGE_API_KEYS", "WORK_CONVERSATIONS"]).await;
    let (manager, _) = bed.issued(&owner, json!({ "name": "Manager", "role": "CUSTOM", "customRoleId": role })).await;
    assert_eq!(bed.may(&manager).await, json!(["WORK_CONVERSATIONS", "MANAGE_API_KEYS"]));
    for more in [
        json!({ "role": "OWNER" }),
        json!({ "role": "AGENT" }),
        json!({ "role": "OWNER", "scope": ["WORK_CONVERSATIONS", "SEE_AUDIT"] }),
        json!({ "role": "CUSTOM", "customRoleId": role, "scope": ["SEE_AUDIT"] }),
    ] {
        let mut input = more.clone();
        input["name"] = json!("More");
        let refused = bed.issue(&manager, input).await;
        assert_eq!((refused.code(), &refused.payload()["secret"]), ("FORBIDDEN", &Value::Null), "{more}");
    }
    let input = json!({ "name": "Less", "role": "OWNER", "scope": ["WORK_CONVERSATIONS"] });
    let (less, id) = bed.issued(&manager, input).await;
    assert_eq!(bed.may(&less).await, json!(["WORK_CONVERSATIONS"]));
    assert_eq!(bed.issue(&less, json!({ "name": "Any", "role": "AGENT" })).await.code(), "FORBIDDEN");
    let asked = bed.ask(Some(&less), "query { apiKeys { totalCount } }", &Value::Null).await;
    assert_eq!(asked.code(), "FORBIDDEN");

    // What a key issues has its bounds: it ends no later, and does no more when its role does.
    let bounds = json!({ "name": "Bounded", "role": "CUSTOM", "customRoleId": role, "scope": ["MANAGE_API_KEYS", "WORK_CONVERSATIONS"],
                         "expiresAt": "2999-01-01T00:00:00Z" });
    let (bounded, _) = bed.issued(&owner, bounds).await;
    let child = bed.issue(&bounded, json!({ "name": "Child", "role": "CUSTOM", "customRoleId": role })).await;
    let (secret, key) = (child.payload()["secret"].as_str().unwrap(), &child.payload()["apiKey"]);
    assert_eq!(
        (&key["scope"], &key["expiresAt"]),
        (&json!(["WORK_CONVERSATIONS", "MANAGE_API_KEYS"]), &json!("2999-01-01T00:00:00Z"))
    );
    let wider = json!({ "roleId": role, "name": "Program", "permissions": ["MANAGE_API_KEYS", "SEE_AUDIT"] });
    let changed = bed.ask(Some(&owner), &mutation("changeRole", "userErrors { code } stale"), &wider).await;
    assert_eq!((changed.code(), bed.may(secret).await), ("none", json!(["MANAGE_API_KEYS"])));

    // What its role lets do counts for the next request; and so does that it is gone.
    let input = json!({ "roleId": role, "name": "Program", "permissions": ["SEE_AUDIT"] });
    let changed = bed.ask(Some(&owner), &mutation("changeRole", "userErrors { code } stale"), &input).await;
    assert_eq!((changed.code(), bed.may(&manager).await), ("none", json!(["SEE_AUDIT"])));
    let removed = mutation("removeRole", "userErrors { code } stale");
    assert_eq!(bed.ask(Some(&owner), &removed, &json!({ "roleId": role })).await.code(), "none");
    assert_eq!(bed.may(&manager).await, json!([]));
    let input = json!({ "name": "Late", "role": "CUSTOM", "customRoleId": role });
    assert_eq!(bed.issue(&owner, input).await.code(), "NOT_FOUND");

    // A key that may do everything does not what owners do.
    let (all, _) = bed.issued(&owner, json!({ "name": "All", "role": "OWNER" })).await;
    let ada = bed.viewer(&owner).await.body["data"]["viewer"]["id"].clone();
    let member = "member { id } userErrors { code field } stale";
    for (name, input) in [
        ("deactivateMember", json!({ "memberId": ada })),
        ("changeMemberRole", json!({ "memberId": ada, "role": "AGENT" })),
        ("inviteMember", json!({ "email": EVE, "role": "OWNER" })),
    ] {
        assert_eq!(bed.ask(Some(&all), &mutation(name, member), &input).await.code(), "FORBIDDEN", "{name}");
    }
    let input = json!({ "email": EVE, "role": "AGENT" });
    assert_eq!(bed.ask(Some(&all), &mutation("inviteMember", member), &input).await.code(), "none");
    let input = json!({ "token": bed.link_to(EVE).await, "name": "Eve", "password": PASSWORD });
    let agent = bed.ask(None, &mutation("acceptInvitation", TOKENS), &input).await.tokens().access;
    assert_eq!(bed.issue(&agent, json!({ "name": "Mine", "role": "AGENT" })).await.code(), "FORBIDDEN");
    assert_eq!(bed.revoke(&agent, &id).await.code(), "FORBIDDEN");

    // Another business has nothing of it.
    let other = bed.owner_of_a_business("zoe@example.com").await.access;
    assert_eq!(bed.revoke(&other, &id).await.code(), "NOT_FOUND");
    let asked = format!("query {{ apiKey(id: {id:?}) {{ id }} apiKeys {{ totalCount }} }}");
    let nothing = json!({ "apiKey": null, "apiKeys": { "totalCount": 0 } });
    assert_eq!(bed.ask(Some(&other), &asked, &Value::Null).await.body["data"], nothing);
    assert!(bed.is_in(&less).await);
    bed.stop().await;
}

#[tokio::test]
async fn a_key_that_was_issued_is_told_again_whatever_became_of_its_role() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let role = bed.role(&owner, &["WORK_CONVERSATIONS"]).await;
    let input = json!({ "name": "Shop", "role": "CUSTOM", "customRoleId": role, "idempotencyKey": "shop" });
    let (_, key) = bed.issued(&owner, input.clone()).await;
    let removed = mutation("removeRole", "userErrors { code } stale");
    assert_eq!(bed.ask(Some(&owner), &removed, &json!({ "roleId": role })).await.code(), "none");

    let again = bed.issue(&owner, input).await;
    assert_eq!((again.code(), &again.payload()["apiKey"]["id"]), ("none", &json!(key)), "{}", again.body);
    assert_eq!(again.payload()["secret"], Value::Null);
    let other =
        json!({ "name": "Shop", "role": "CUSTOM", "customRoleId": role, "scope": [], "idempotencyKey": "shop" });
    assert_eq!(bed.issue(&owner, other).await.code(), "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(bed.count("select count(*) from api_key_secrets").await, 1, "nothing was made for what was not issued");
    bed.stop().await;
}
