//! Who may do what to whom, over HTTP: nobody gives what she has not, an owner is seen to by owners, and there is always one.

use std::time::Duration;

use leadflow_domain::{EmailAddress, MemberId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Bed, PASSWORD, TOKENS, Tokens, mutation};
use crate::auth::{self, Bearer, Invited};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";
const EVE: &str = "eve@example.com";

const MEMBER: &str = "member { id name email state role customRole { name } team { id name } version } \
                      userErrors { code field } stale";

/// Somebody who has joined.
struct Colleague {
    id: String,
    tokens: Tokens,
}

impl Bed {
    async fn tell(&self, access: &str, name: &str, input: Value) -> Answer {
        let selection = match name {
            "formTeam" | "renameTeam" | "disbandTeam" => "team { id name version } userErrors { code field } stale",
            "defineRole" | "changeRole" | "removeRole" => {
                "role { id name permissions version } userErrors { code field } stale"
            }
            "resendInvitation" => "member { id } userErrors { code field }",
            _ => MEMBER,
        };
        self.ask(Some(access), &mutation(name, selection), &input).await
    }

    /// Does it, and says what it is now.
    async fn done(&self, access: &str, name: &str, input: Value) -> Value {
        let answer = self.tell(access, name, input).await;
        assert_eq!(answer.code(), "none", "{name}: {}", answer.body);
        let payload = answer.payload();
        assert_eq!(payload["stale"], Value::Null, "{name}");
        ["member", "team", "role"].map(|of| payload[of].clone()).into_iter().find(Value::is_object).unwrap_or_default()
    }

    async fn colleague(&self, owner: &str, address: &str, mut asked: Value) -> Colleague {
        asked["email"] = json!(address);
        let invited = self.done(owner, "inviteMember", asked).await;
        let input = json!({ "token": self.link_to(address).await, "name": "Bob", "password": PASSWORD });
        let joined = self.ask(None, &mutation("acceptInvitation", &format!("{TOKENS} stale")), &input).await;
        assert_eq!((joined.code(), &joined.payload()["stale"]), ("none", &Value::Null));
        Colleague { id: invited["id"].as_str().unwrap().to_owned(), tokens: joined.tokens() }
    }

    /// Everybody, as whoever asks sees them: name, address, state and role.
    async fn people(&self, access: &str) -> Vec<[Value; 4]> {
        let asked = "query { members(orderBy: OLDEST) { edges { node { name email state role } } } }";
        let answer = self.ask(Some(access), asked, &Value::Null).await;
        let rows = answer.body["data"]["members"]["edges"].as_array().unwrap_or_else(|| panic!("{}", answer.body));
        rows.iter().map(|row| ["name", "email", "state", "role"].map(|of| row["node"][of].clone())).collect()
    }

    async fn id_of(&self, access: &str) -> String {
        self.viewer(access).await.body["data"]["viewer"]["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn an_owner_forms_teams_makes_up_roles_and_sees_to_people() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;

    let team = bed.done(&owner, "formTeam", json!({ "name": "Sales", "idempotencyKey": "sales" })).await;
    let again = bed.done(&owner, "formTeam", json!({ "name": "Sales", "idempotencyKey": "sales" })).await;
    assert_eq!(again, team, "the same request is about the same team");
    let taken = bed.tell(&owner, "formTeam", json!({ "name": "SALES" })).await;
    assert_eq!((taken.code(), &taken.payload()["userErrors"][0]["field"]), ("TAKEN", &json!("name")));
    let team = bed.done(&owner, "renameTeam", json!({ "teamId": team["id"], "name": "Counter" })).await;
    let role = json!({ "name": "Auditor", "permissions": ["SEE_AUDIT", "SEE_USAGE"] });
    let role = bed.done(&owner, "defineRole", role).await;
    let asked = json!({ "role": "CUSTOM", "customRoleId": role["id"], "teamId": team["id"] });
    let bob = bed.colleague(&owner, BOB, asked).await;

    // Whoever manages nobody is told no addresses but her own.
    let (hers, his) = (bed.people(&owner).await, bed.people(&bob.tokens.access).await);
    let text = |of: &str| json!(of);
    assert_eq!(hers[0], [text("Ada"), text(ADA), text("ACTIVE"), text("OWNER")]);
    assert_eq!(hers[1], [text("Bob"), text(BOB), text("ACTIVE"), text("CUSTOM")]);
    assert_eq!(his[0], [text("Ada"), Value::Null, text("ACTIVE"), text("OWNER")]);
    assert_eq!(his[1], hers[1]);
    let herself = "query { viewer { permissions member { id customRole { name } team { name } } } }";
    let viewer = bed.ask(Some(&bob.tokens.access), herself, &Value::Null).await.body["data"]["viewer"].take();
    let member = json!({ "id": bob.id, "customRole": { "name": "Auditor" }, "team": { "name": "Counter" } });
    assert_eq!(viewer, json!({ "permissions": ["SEE_USAGE", "SEE_AUDIT"], "member": member }));

    // Everybody says what she is called, and nobody what others are.
    let renamed = bed.done(&bob.tokens.access, "renameMember", json!({ "memberId": bob.id, "name": "Robert" })).await;
    assert_eq!(renamed["name"], "Robert");
    let ada = bed.id_of(&owner).await;
    let other = bed.tell(&bob.tokens.access, "renameMember", json!({ "memberId": ada, "name": "Adele" })).await;
    assert_eq!(other.code(), "FORBIDDEN");

    // What a role lets do counts for the next request; and so does that it is gone.
    let input = json!({ "roleId": role["id"], "name": "Auditor", "permissions": ["SEE_AUDIT"] });
    bed.done(&owner, "changeRole", input).await;
    let may = async || bed.ask(Some(&bob.tokens.access), herself, &Value::Null).await.body["data"]["viewer"].take();
    assert_eq!(may().await["permissions"], json!(["SEE_AUDIT"]));
    bed.done(&owner, "removeRole", json!({ "roleId": role["id"] })).await;
    bed.done(&owner, "disbandTeam", json!({ "teamId": team["id"] })).await;
    let member = json!({ "id": bob.id, "customRole": null, "team": null });
    assert_eq!(may().await, json!({ "permissions": [], "member": member }));
    for (name, input, field) in [
        (
            "changeMemberRole",
            json!({ "memberId": bob.id, "role": "CUSTOM", "customRoleId": role["id"] }),
            "customRoleId",
        ),
        ("moveMemberToTeam", json!({ "memberId": bob.id, "teamId": team["id"] }), "teamId"),
        ("renameTeam", json!({ "teamId": team["id"], "name": "Sales" }), "teamId"),
    ] {
        let refused = bed.tell(&owner, name, input).await;
        assert_eq!((refused.code(), &refused.payload()["userErrors"][0]["field"]), ("NOT_FOUND", &json!(field)));
    }
    let input = json!({ "memberId": bob.id, "role": "AGENT", "customRoleId": role["id"] });
    assert_eq!(bed.tell(&owner, "changeMemberRole", input).await.code(), "INVALID");

    // He is out at once, in all his sessions; and comes back as what he was, by signing in.
    let agent = bed.done(&owner, "changeMemberRole", json!({ "memberId": bob.id, "role": "AGENT" })).await;
    let seen = json!({ "memberId": bob.id, "expectedVersion": agent["version"].as_i64().unwrap() - 1 });
    let conflict = bed.tell(&owner, "deactivateMember", seen).await;
    assert_eq!((conflict.code(), &conflict.payload()["member"]["state"]), ("CONFLICT", &json!("ACTIVE")));
    let put_out = json!({ "memberId": bob.id, "expectedVersion": agent["version"] });
    assert_eq!(bed.done(&owner, "deactivateMember", put_out).await["state"], "DEACTIVATED");
    assert!(!bed.is_in(&bob.tokens.access).await);
    assert_eq!(bed.done(&owner, "reactivateMember", json!({ "memberId": bob.id })).await["role"], "AGENT");
    assert!(!bed.is_in(&bob.tokens.access).await, "his sessions have ended");
    assert_eq!(bed.refresh(&bob.tokens.refresh).await.code(), "SESSION_ENDED");
    assert!(bed.is_in(&bed.sign_in(BOB, PASSWORD, None).await.tokens().access).await);
    bed.stop().await;
}

#[tokio::test]
async fn an_invitation_is_sent_once_and_again_when_asked_for_and_is_worth_nothing_when_withdrawn() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let asked = json!({ "email": BOB, "role": "AGENT", "idempotencyKey": "bob" });
    let invited = bed.done(&owner, "inviteMember", asked.clone()).await;
    assert_eq!((&invited["state"], &invited["name"]), (&json!("INVITED"), &Value::Null));
    assert_eq!(bed.done(&owner, "inviteMember", asked).await, invited);
    assert_eq!(bed.letters(BOB).await.len(), 1, "the same request is one letter");
    let first = bed.link_to(BOB).await;
    bed.done(&owner, "resendInvitation", json!({ "memberId": invited["id"] })).await;
    let second = bed.link_to(BOB).await;
    let accept = async |token: &str| {
        let input = json!({ "token": token, "name": "Bob", "password": PASSWORD });
        bed.ask(None, &mutation("acceptInvitation", TOKENS), &input).await.code().to_owned()
    };
    assert_eq!(accept(&first).await, "LINK_NOT_GOOD");
    bed.done(&owner, "withdrawInvitation", json!({ "memberId": invited["id"] })).await;
    assert_eq!(accept(&second).await, "LINK_NOT_GOOD");
    for name in ["resendInvitation", "reactivateMember", "deactivateMember"] {
        let refused = bed.tell(&owner, name, json!({ "memberId": invited["id"] })).await;
        assert_eq!(refused.code(), "WRONG_STATUS", "{name}");
    }
    for hostile in ["bob@example.com\r\nBcc: eve@example.com", "bob@example.com\n", "bob", ""] {
        let refused = bed.tell(&owner, "inviteMember", json!({ "email": hostile, "role": "AGENT" })).await;
        assert_eq!((refused.code(), &refused.payload()["userErrors"][0]["field"]), ("INVALID", &json!("email")));
    }
    assert_eq!(bed.letters(EVE).await.len(), 0);
    bed.stop().await;
}

#[tokio::test]
async fn what_was_done_is_told_again_whatever_became_of_what_it_rested_on() {
    let limits = [("LEADFLOW_LIMITS__INVITATION", "1/1h")];
    let bed = Bed::with(&[&super::UNLIMITED[..], &limits].concat()).await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let team = bed.done(&owner, "formTeam", json!({ "name": "Sales" })).await["id"].take();
    let role = json!({ "name": "Auditor", "permissions": ["SEE_AUDIT"] });
    let role = bed.done(&owner, "defineRole", role).await["id"].take();
    let invite =
        json!({ "email": BOB, "role": "CUSTOM", "customRoleId": role, "teamId": team, "idempotencyKey": "bob" });
    let bob = bed.colleague(&owner, BOB, invite.clone()).await;
    let again = |key: &str| json!({ "memberId": bob.id, "idempotencyKey": key });
    let (mut change, mut move_him) = (again("role"), again("team"));
    (change["role"], change["customRoleId"], move_him["teamId"]) = (json!("CUSTOM"), role.clone(), team.clone());
    bed.done(&owner, "changeMemberRole", change.clone()).await;
    bed.done(&owner, "moveMemberToTeam", move_him.clone()).await;
    bed.done(&owner, "removeRole", json!({ "roleId": role })).await;
    bed.done(&owner, "disbandTeam", json!({ "teamId": team })).await;

    for (name, input) in [("inviteMember", &invite), ("changeMemberRole", &change), ("moveMemberToTeam", &move_him)] {
        assert_eq!(bed.done(&owner, name, input.clone()).await["id"], json!(bob.id), "{name}");
        let mut anew = input.clone();
        anew["idempotencyKey"] = json!(format!("another {name}"));
        assert_eq!(bed.tell(&owner, name, anew).await.code(), "NOT_FOUND", "{name}");
    }
    let other = json!({ "email": EVE, "role": "CUSTOM", "customRoleId": role, "idempotencyKey": "bob" });
    assert_eq!(bed.tell(&owner, "inviteMember", other).await.code(), "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(bed.letters(BOB).await.len(), 1, "nor is it counted as another letter");
    let another = json!({ "email": EVE, "role": "AGENT" });
    assert_eq!(bed.tell(&owner, "inviteMember", another).await.code(), "RATE_LIMITED", "there was one to send");
    bed.stop().await;
}

#[tokio::test]
async fn nobody_gives_what_she_has_not_and_only_owners_see_to_owners() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let ada = bed.id_of(&owner).await;
    let manages = json!({ "name": "Manager", "permissions": ["MANAGE_PEOPLE", "WORK_CONVERSATIONS", "JUDGE_LEADS"] });
    let manager = bed.done(&owner, "defineRole", manages).await;
    let eve = bed.colleague(&owner, EVE, json!({ "role": "CUSTOM", "customRoleId": manager["id"] })).await;
    let bob = bed.colleague(&eve.tokens.access, BOB, json!({ "role": "AGENT" })).await;

    for (who, name, input) in [
        (&bob, "inviteMember", json!({ "email": "zoe@example.com", "role": "AGENT" })),
        (&bob, "changeMemberRole", json!({ "memberId": bob.id, "role": "OWNER" })),
        (&eve, "inviteMember", json!({ "email": "zoe@example.com", "role": "OWNER" })),
        (&eve, "inviteMember", json!({ "email": "zoe@example.com", "role": "TEAM_LEAD" })),
        (&eve, "changeMemberRole", json!({ "memberId": eve.id, "role": "OWNER" })),
        (&eve, "changeMemberRole", json!({ "memberId": bob.id, "role": "BILLING_ADMIN" })),
        (&eve, "changeMemberRole", json!({ "memberId": ada, "role": "AGENT" })),
        (&eve, "deactivateMember", json!({ "memberId": ada })),
        (&eve, "renameMember", json!({ "memberId": ada, "name": "Eve" })),
        (&eve, "defineRole", json!({ "name": "All", "permissions": ["MANAGE_PEOPLE", "SEE_AUDIT"] })),
        (&eve, "changeRole", json!({ "roleId": manager["id"], "name": "All", "permissions": ["SEE_AUDIT"] })),
    ] {
        let refused = bed.tell(&who.tokens.access, name, input.clone()).await;
        assert_eq!(refused.code(), "FORBIDDEN", "{name} {input}: {}", refused.body);
    }
    // What she lacked is kept.
    let denied: Vec<String> = sqlx::query_scalar(
        "select payload->'member.denied'->>'permission' from events \
         where event_type = 'member.denied' and aggregate_id = $1 order by position",
    )
    .bind(&eve.id)
    .fetch_all(&bed.owner)
    .await
    .unwrap();
    let lacked = ["SEE_ALL_CONVERSATIONS", "SEE_TEAM_CONVERSATIONS", "SEE_ALL_CONVERSATIONS", "SEE_USAGE"];
    assert_eq!(denied[..4], lacked);
    assert_eq!(denied[4..], ["SEE_AUDIT", "SEE_AUDIT"]);

    // There is always an owner: none puts herself out, and of two who put each other out at once one does.
    for (name, input) in [
        ("deactivateMember", json!({ "memberId": ada })),
        ("changeMemberRole", json!({ "memberId": ada, "role": "AGENT" })),
    ] {
        assert_eq!(bed.tell(&owner, name, input).await.code(), "REFUSED", "{name}");
    }
    bed.done(&owner, "changeMemberRole", json!({ "memberId": bob.id, "role": "OWNER" })).await;
    let (his, hers) = tokio::join!(
        bed.tell(&bob.tokens.access, "deactivateMember", json!({ "memberId": ada })),
        bed.tell(&owner, "deactivateMember", json!({ "memberId": bob.id })),
    );
    let did = [&his, &hers].iter().filter(|answer| answer.status.is_success() && answer.code() == "none").count();
    assert_eq!(did, 1, "{} {}", his.body, hers.body);
    let owners = bed.people(if bed.is_in(&owner).await { &owner } else { &bob.tokens.access }).await;
    assert_eq!(owners.iter().filter(|row| row[2] == "ACTIVE" && row[3] == "OWNER").count(), 1, "{owners:?}");

    // Nor does a token of the command line leave none.
    let tenant: Uuid =
        sqlx::query_scalar("select distinct tenant_id from credentials").fetch_one(&bed.owner).await.unwrap();
    let bearer = Bearer::Owner(TenantId::from_uuid(tenant));
    let token = auth::issue(&bed.serving.app().pool, bearer, Duration::from_secs(600)).await.unwrap().token;
    let last = if bed.is_in(&owner).await { &ada } else { &bob.id };
    for (name, input, code) in [
        ("deactivateMember", json!({ "memberId": last }), "REFUSED"),
        ("changeMemberRole", json!({ "memberId": last, "role": "AGENT" }), "REFUSED"),
        ("changeMemberRole", json!({ "memberId": last, "role": "OWNER" }), "none"),
        ("renameMember", json!({ "memberId": last, "name": "Last" }), "none"),
        ("changeMemberRole", json!({ "memberId": eve.id, "role": "OWNER" }), "none"),
        ("deactivateMember", json!({ "memberId": last }), "none"),
        ("deactivateMember", json!({ "memberId": eve.id }), "REFUSED"),
    ] {
        let answer = bed.tell(&token, name, input.clone()).await;
        assert_eq!(answer.code(), code, "{name} {input}: {}", answer.body);
    }
    bed.stop().await;
}

/// Read models are behind now and then, and what they say then is as old.
#[tokio::test]
async fn an_older_row_lets_nobody_do_more() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let bob = bed.colleague(&owner, BOB, json!({ "role": "AGENT" })).await;
    let (ada, execute) =
        (bed.id_of(&owner).await, async |sql: String| sqlx::query(&sql).execute(&bed.owner).await.unwrap());

    // The last owner, before people know that she has joined.
    let tenant: Uuid =
        sqlx::query_scalar("select distinct tenant_id from credentials").fetch_one(&bed.owner).await.unwrap();
    let bearer = Bearer::Owner(TenantId::from_uuid(tenant));
    let token = auth::issue(&bed.serving.app().pool, bearer, Duration::from_secs(600)).await.unwrap().token;
    execute(format!("update people_v2.members set state = 'INVITED' where member_id = '{ada}'")).await;
    for (name, input) in [
        ("deactivateMember", json!({ "memberId": ada })),
        ("changeMemberRole", json!({ "memberId": ada, "role": "AGENT" })),
    ] {
        assert_eq!(bed.tell(&token, name, input).await.code(), "FORBIDDEN", "{name}");
    }
    execute(format!("update people_v2.members set state = 'ACTIVE' where member_id = '{ada}'")).await;
    assert!(bed.is_in(&owner).await);

    // Somebody who comes back, before people know what she was last.
    bed.done(&owner, "deactivateMember", json!({ "memberId": bob.id })).await;
    execute(format!("update people_v2.members set version = version - 1 where member_id = '{}'", bob.id)).await;
    let back = json!({ "memberId": bob.id });
    assert_eq!(bed.tell(&owner, "reactivateMember", back.clone()).await.code(), "CONFLICT");
    execute(format!("update people_v2.members set version = version + 1 where member_id = '{}'", bob.id)).await;
    assert_eq!(bed.done(&owner, "reactivateMember", back).await["state"], "ACTIVE");
    bed.stop().await;
}

#[tokio::test]
async fn a_link_to_join_by_is_no_way_around_a_password() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let bob = bed.colleague(&owner, BOB, json!({ "role": "AGENT" })).await;
    // Another was made before anybody knew that he had joined.
    let (tenant, member): (Uuid, Uuid) =
        sqlx::query_as("select tenant_id, member_id from credentials where member_id = $1::uuid")
            .bind(&bob.id)
            .fetch_one(&bed.owner)
            .await
            .unwrap();
    let invited = Invited {
        tenant: TenantId::from_uuid(tenant),
        member: MemberId::from_uuid(member),
        address: EmailAddress::parse(BOB).unwrap(),
        business: "Acme".to_owned(),
        inviter: "Ada".to_owned(),
    };
    bed.serving.doors().send_invitation(invited).await.unwrap();
    let input = json!({ "token": bed.link_to(BOB).await, "name": "Eve", "password": "another battery staple" });
    assert_eq!(bed.ask(None, &mutation("acceptInvitation", TOKENS), &input).await.code(), "LINK_NOT_GOOD");
    assert_eq!(bed.sign_in(BOB, "another battery staple", None).await.code(), "WRONG_CREDENTIALS");
    assert_eq!(bed.sign_in(BOB, PASSWORD, None).await.code(), "none");
    bed.stop().await;
}

#[tokio::test]
async fn who_is_here_is_told_to_everybody_of_the_business() {
    let bed = Bed::new().await;
    let owner = bed.owner_of_a_business(ADA).await.access;
    let bob = bed.colleague(&owner, BOB, json!({ "role": "AGENT" })).await;
    bed.done(&owner, "inviteMember", json!({ "email": EVE, "role": "AGENT" })).await;
    sqlx::query("update sessions set seen_at = seen_at - interval '5 minutes' where member_id = $1::uuid")
        .bind(&bob.id)
        .execute(&bed.owner)
        .await
        .unwrap();
    let presences = async |asked: &str, at: &str| -> Vec<Value> {
        let answer = bed.ask(Some(&owner), asked, &Value::Null).await;
        let found = answer.body["data"].pointer(at).unwrap_or_else(|| panic!("{}", answer.body));
        let nodes =
            found.as_array().map_or_else(|| vec![found], |edges| edges.iter().map(|edge| &edge["node"]).collect());
        nodes.iter().map(|node| node["presence"]["state"].clone()).collect()
    };
    let list = "query { members(orderBy: OLDEST) { edges { node { presence { state lastSeenAt } } } } }";
    // She who is asked for nothing but this is here; who was only invited is nowhere.
    assert_eq!(presences(list, "/members/edges").await, [json!("ONLINE"), json!("AWAY"), Value::Null]);
    let one = format!("query {{ member(id: \"{}\") {{ presence {{ state lastSeenAt }} }} }}", bob.id);
    assert_eq!(presences(&one, "/member").await, [json!("AWAY")]);
    let herself = "query { viewer { member { presence { state lastSeenAt } } } }";
    assert_eq!(presences(herself, "/viewer/member").await, [json!("ONLINE")]);

    bed.done(&owner, "deactivateMember", json!({ "memberId": bob.id })).await;
    assert_eq!(presences(list, "/members/edges").await, [json!("ONLINE"), Value::Null, Value::Null]);
    bed.stop().await;
}

#[tokio::test]
async fn what_is_another_business_s_is_not_there() {
    let bed = Bed::new().await;
    let (owner, other) = (bed.owner_of_a_business(ADA).await.access, bed.owner_of_a_business(EVE).await.access);
    let eve = bed.id_of(&other).await;
    let team = bed.done(&other, "formTeam", json!({ "name": "Sales" })).await["id"].take();
    let role = json!({ "name": "Auditor", "permissions": ["SEE_AUDIT"] });
    let role = bed.done(&other, "defineRole", role).await["id"].take();
    let own = bed.id_of(&owner).await;
    for (name, input) in [
        ("renameMember", json!({ "memberId": eve, "name": "Mine" })),
        ("changeMemberRole", json!({ "memberId": eve, "role": "AGENT" })),
        ("moveMemberToTeam", json!({ "memberId": eve })),
        ("deactivateMember", json!({ "memberId": eve })),
        ("reactivateMember", json!({ "memberId": eve })),
        ("resendInvitation", json!({ "memberId": eve })),
        ("withdrawInvitation", json!({ "memberId": eve })),
        ("moveMemberToTeam", json!({ "memberId": own, "teamId": team })),
        ("inviteMember", json!({ "email": BOB, "role": "AGENT", "teamId": team })),
        ("inviteMember", json!({ "email": BOB, "role": "CUSTOM", "customRoleId": role })),
        ("renameTeam", json!({ "teamId": team, "name": "Mine" })),
        ("disbandTeam", json!({ "teamId": team })),
        ("changeRole", json!({ "roleId": role, "name": "Mine", "permissions": [] })),
        ("removeRole", json!({ "roleId": role })),
    ] {
        let answer = bed.tell(&owner, name, input.clone()).await;
        assert_eq!(answer.code(), "NOT_FOUND", "{name} {input}: {}", answer.body);
    }
    let asked = format!(
        "query {{ member(id: {eve:?}) {{ id }} team(id: {team}) {{ id }} role(id: {role}) {{ id }} \
                  teams {{ totalCount }} roles {{ totalCount }} members {{ totalCount }} }}"
    );
    let nothing = json!({ "member": null, "team": null, "role": null, "teams": { "totalCount": 0 },
                          "roles": { "totalCount": 0 }, "members": { "totalCount": 1 } });
    assert_eq!(bed.ask(Some(&owner), &asked, &Value::Null).await.body["data"], nothing);
    assert!(bed.is_in(&other).await);
    bed.stop().await;
}
