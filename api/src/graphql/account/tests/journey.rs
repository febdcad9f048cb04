//! The story of a business and its people, from its first owner to somebody who is put out.

use std::time::Duration;

use leadflow_domain::member::{By, MemberCommand};
use leadflow_domain::role::MemberRole;
use leadflow_domain::{CommandId, EmailAddress, MemberId, TenantId};
use leadflow_event_store::{Actor, CommandContext, entropy};
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use super::{Answer, Bed, PASSWORD, TOKENS, Tokens, mutation};
use crate::auth::Invited;
use crate::settle::settle;

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

impl Bed {
    /// The tenant of whoever has the only business here.
    async fn tenant(&self) -> TenantId {
        let tenant: Uuid =
            sqlx::query_scalar("select distinct tenant_id from credentials").fetch_one(&self.owner).await.unwrap();
        TenantId::from_uuid(tenant)
    }

    /// Has a command decided about a member, and the read model of people show it.
    async fn decide(&self, tenant: TenantId, member: MemberId, command: MemberCommand) {
        let id = CommandId::derive(tenant, "test", &[&entropy::uuid().to_string()]);
        let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
        self.serving.app().commands.members.execute(member, command, context).await.unwrap();
        assert!(settle(&self.owner, Duration::from_secs(30)).await.unwrap());
    }

    async fn invite(&self, address: &str, role: MemberRole) -> MemberId {
        let (tenant, member) = (self.tenant().await, MemberId::from_uuid(entropy::uuid()));
        let email = EmailAddress::parse(address).unwrap();
        self.decide(tenant, member, MemberCommand::Invite { email: email.clone(), role, team: None }).await;
        let (business, inviter) = ("Saffron Sofas".to_owned(), "Ada".to_owned());
        let invited = Invited { tenant, member, address: email, business, inviter };
        self.serving.doors().send_invitation(invited).await.unwrap();
        member
    }

    async fn accept(&self, address: &str) -> Answer {
        let input = json!({ "token": self.link_to(address).await, "name": "Bob", "password": PASSWORD });
        self.ask(None, &mutation("acceptInvitation", &format!("{TOKENS} stale")), &input).await
    }

    async fn events_of(&self, member: MemberId) -> Vec<String> {
        sqlx::query_scalar("select event_type from events where aggregate_id = $1 order by sequence")
            .bind(member.to_string())
            .fetch_all(&self.owner)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn somebody_registers_signs_in_asks_for_others_and_puts_them_out() {
    let bed = Bed::new().await;

    // Nothing is in the log before the address is proven.
    assert_eq!(bed.register(ADA).await.code(), "none");
    let events: i64 = sqlx::query_scalar("select count(*) from events").fetch_one(&bed.owner).await.unwrap();
    assert_eq!(events, 0);
    assert_eq!(bed.sign_in(ADA, PASSWORD, None).await.code(), "WRONG_CREDENTIALS");
    let link = bed.link_to(ADA).await;
    let verified = bed.verify(&link).await;
    assert_eq!(verified.payload()["stale"], Value::Null, "she is let in at once");
    let viewer = bed.viewer(&verified.tokens().access).await;
    assert_eq!(viewer.body["data"]["viewer"]["role"], "OWNER");
    assert_eq!(viewer.body["data"]["viewer"]["tenant"]["name"], "Saffron Sofas");
    assert_eq!(bed.verify(&link).await.code(), "LINK_NOT_GOOD", "it is good once");

    // She signs in elsewhere, and the session goes on.
    let elsewhere = bed.sign_in(ADA, PASSWORD, None).await.tokens();
    let renewed = bed.refresh(&elsewhere.refresh).await.tokens();
    assert!(bed.is_in(&elsewhere.access).await && bed.is_in(&renewed.access).await);

    // She asks for somebody, who accepts, and has a second factor from then on.
    let bob = bed.invite(BOB, MemberRole::Agent).await;
    let joined = bed.accept(BOB).await;
    let Tokens { access, .. } = joined.tokens();
    assert_eq!(bed.viewer(&access).await.body["data"]["viewer"]["role"], "AGENT");
    let (totp, recovery) = bed.enable_second_factor(&access).await;
    assert_eq!(bed.sign_in(BOB, PASSWORD, None).await.code(), "SECOND_FACTOR_NEEDED");
    let with_code = bed.sign_in(BOB, PASSWORD, Some(&bed.code(&totp, 1).await)).await.tokens();
    bed.sign_in(BOB, PASSWORD, Some(&recovery[0])).await.tokens();

    // He is put out, and is out at once: in all his sessions, and at the door.
    let tenant = bed.tenant().await;
    bed.decide(tenant, bob, MemberCommand::Deactivate { by: By::AnotherOwner }).await;
    assert!(!bed.is_in(&access).await && !bed.is_in(&with_code.access).await);
    assert_eq!(bed.sign_in(BOB, PASSWORD, Some(&recovery[1])).await.code(), "WRONG_CREDENTIALS");
    assert!(bed.is_in(&renewed.access).await, "and nobody else is");
    assert_eq!(
        bed.events_of(bob).await,
        ["member.invited", "member.joined", "member.second_factor_enabled", "member.deactivated"]
    );
    bed.stop().await;
}

#[tokio::test]
async fn a_password_is_changed_or_reset_and_all_other_sessions_end() {
    let bed = Bed::new().await;
    let here = bed.owner_of_a_business(ADA).await;
    let there = bed.sign_in(ADA, PASSWORD, None).await.tokens();
    let change = mutation("changePassword", "userErrors { code field }");
    let another = "another long password";
    let wrong = json!({ "currentPassword": "something else", "password": another });
    assert_eq!(bed.ask(Some(&here.access), &change, &wrong).await.code(), "WRONG_CREDENTIALS");
    let short = json!({ "currentPassword": PASSWORD, "password": "short" });
    assert_eq!(bed.ask(Some(&here.access), &change, &short).await.code(), "INVALID");
    let right = json!({ "currentPassword": PASSWORD, "password": another });
    assert_eq!(bed.ask(Some(&here.access), &change, &right).await.code(), "none");
    assert!(bed.is_in(&here.access).await && !bed.is_in(&there.access).await);
    assert_eq!(bed.refresh(&there.refresh).await.code(), "SESSION_ENDED");
    assert_eq!(bed.sign_in(ADA, PASSWORD, None).await.code(), "WRONG_CREDENTIALS");
    bed.sign_in(ADA, another, None).await.tokens();

    let forgotten = mutation("requestPasswordReset", "userErrors { code }");
    assert_eq!(bed.ask(None, &forgotten, &json!({ "email": ADA })).await.code(), "none");
    let (first, reset) = (bed.link_to(ADA).await, mutation("resetPassword", "userErrors { code field }"));
    assert_eq!(bed.ask(None, &forgotten, &json!({ "email": ADA })).await.code(), "none");
    let second = json!({ "token": bed.link_to(ADA).await, "password": PASSWORD });
    assert_eq!(bed.ask(None, &reset, &second).await.code(), "none");
    assert!(!bed.is_in(&here.access).await, "she is signed out everywhere");
    bed.sign_in(ADA, PASSWORD, None).await.tokens();
    for used in [second, json!({ "token": first, "password": PASSWORD })] {
        assert_eq!(bed.ask(None, &reset, &used).await.code(), "LINK_NOT_GOOD");
    }
    let told = bed.letters(ADA).await;
    assert_eq!(told.iter().filter(|letter| letter.name() == "password_changed").count(), 2);
    bed.stop().await;
}

#[tokio::test]
async fn whoever_joined_and_got_no_further_resets_her_password() {
    let bed = Bed::new().await;
    bed.owner_of_a_business(ADA).await;
    // As where the process ended between the log and the tables.
    sqlx::query("delete from credentials").execute(&bed.owner).await.unwrap();
    assert_eq!(bed.sign_in(ADA, PASSWORD, None).await.code(), "WRONG_CREDENTIALS");
    let forgotten = mutation("requestPasswordReset", "userErrors { code }");
    assert_eq!(bed.ask(None, &forgotten, &json!({ "email": ADA })).await.code(), "none");
    let chosen = json!({ "token": bed.link_to(ADA).await, "password": PASSWORD });
    let reset = mutation("resetPassword", "userErrors { code field }");
    assert_eq!(bed.ask(None, &reset, &chosen).await.code(), "none");
    bed.sign_in(ADA, PASSWORD, None).await.tokens();
    bed.stop().await;
}

#[tokio::test]
async fn the_audit_knows_from_where_she_changed_her_password() {
    let bed = Bed::new().await;
    let here = bed.owner_of_a_business(ADA).await;
    let change = mutation("changePassword", "userErrors { code field }");
    let right = json!({ "currentPassword": PASSWORD, "password": "another long password" });
    assert_eq!(bed.ask(Some(&here.access), &change, &right).await.code(), "none");
    assert!(settle(&bed.owner, Duration::from_secs(30)).await.unwrap());
    let audit =
        "query { audit(filter: { type: { eq: \"member.password_set\" } }) { edges { node { sourceAddress } } } }";
    let told = bed.ask(Some(&here.access), audit, &Value::Null).await;
    assert_eq!(told.payload()["edges"], json!([{ "node": { "sourceAddress": "127.0.0.1" } }]), "{}", told.body);
    bed.stop().await;
}

#[tokio::test]
async fn she_sees_where_she_is_signed_in_and_ends_what_she_likes() {
    let bed = Bed::new().await;
    let here = bed.owner_of_a_business(ADA).await;
    let there = bed.sign_in(ADA, PASSWORD, None).await.tokens();
    let sessions = "query { sessions { id client createdAt lastUsedAt expiresAt current } }";
    let listed = bed.ask(Some(&here.access), sessions, &Value::Null).await;
    let listed = listed.payload().as_array().unwrap().clone();
    assert_eq!(listed.iter().map(|session| &session["current"]).collect::<Vec<_>>(), [false, true]);
    let revoke = mutation("revokeSession", "userErrors { code field }");
    let other = json!({ "sessionId": listed[0]["id"] });
    let stranger = bed.owner_of_a_business("eve@example.com").await;
    assert_eq!(bed.ask(Some(&stranger.access), &revoke, &other).await.code(), "NOT_FOUND");
    assert_eq!(bed.ask(Some(&here.access), &revoke, &other).await.code(), "none");
    assert!(!bed.is_in(&there.access).await && bed.is_in(&here.access).await);
    let sign_out = "mutation { signOut { userErrors { code } } }";
    assert_eq!(bed.ask(Some(&here.access), sign_out, &Value::Null).await.code(), "none");
    assert!(!bed.is_in(&here.access).await);
    let ended: Vec<_> =
        sqlx::query("select ended_by from sessions where ended_by is not null order by created_at desc")
            .fetch_all(&bed.owner)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get::<String, _>(0))
            .collect();
    assert_eq!(ended, ["REVOKED", "SIGNED_OUT"]);
    bed.stop().await;
}

#[tokio::test]
async fn a_second_factor_is_given_up_with_password_and_code() {
    let bed = Bed::new().await;
    let ada = bed.owner_of_a_business(ADA).await;
    let (_, recovery) = bed.enable_second_factor(&ada.access).await;
    let disable = mutation("disableSecondFactor", "userErrors { code }");
    for (password, code) in [(PASSWORD, "000000"), ("something else", recovery[0].as_str())] {
        let input = json!({ "password": password, "secondFactorCode": code });
        assert_eq!(bed.ask(Some(&ada.access), &disable, &input).await.code(), "WRONG_CREDENTIALS");
    }
    let begin = mutation("beginSecondFactor", "secret userErrors { code }");
    assert_eq!(bed.ask(Some(&ada.access), &begin, &json!({ "password": PASSWORD })).await.code(), "WRONG_STATUS");
    let input = json!({ "password": PASSWORD, "secondFactorCode": recovery[1] });
    assert_eq!(bed.ask(Some(&ada.access), &disable, &input).await.code(), "none");
    bed.sign_in(ADA, PASSWORD, None).await.tokens();
    bed.stop().await;
}
