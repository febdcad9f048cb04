//! What a business says of itself and reads back: the schema executed without its edge, on a database of its own.

use leadflow_domain::role::Permissions;
use leadflow_domain::tenant::{TenantCommand, TenantName};
use leadflow_domain::{CommandId, MemberId};
use leadflow_event_store::{Actor, CommandContext};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::Bearer;
use crate::graphql::bed::{Bed, TENANT};

const WHOLE: &str = "tenant { name version profile { name sector phone size } branding { themeColor themeName logo }
                              settings { unassignedVisible } onboarding { step done } }";

async fn registered() -> Bed {
    let bed = Bed::new().await;
    let command = TenantCommand::Register { name: TenantName::parse("Sofas").unwrap() };
    let context =
        CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &["register"]), Actor::CommandLine, "test");
    bed.api().commands.tenants.execute(TENANT, command, context).await.unwrap();
    bed
}

impl Bed {
    /// What the owner is answered to a mutation.
    async fn says(&self, mutation: &str, input: &str) -> Value {
        let document = format!(
            "mutation {{ done: {mutation}(input: {{ {input} }}) {{ {WHOLE} userErrors {{ code field }} stale }} }}"
        );
        let (answer, _) = self.ask(Bearer::Owner(TENANT), &document).await;
        assert_eq!(answer.errors, [], "{document}");
        answer.data.into_json().unwrap()["done"].take()
    }

    async fn says_well(&self, mutation: &str, input: &str) -> Value {
        let mut said = self.says(mutation, input).await;
        assert_eq!((&said["userErrors"], &said["stale"]), (&json!([]), &Value::Null), "{mutation}");
        said["tenant"].take()
    }

    async fn shown(&self) -> Value {
        let asked = format!("{{ viewer {{ {WHOLE} }} }}");
        let nothing = self.ask_permitted(MemberId::from_uuid(Uuid::from_u128(7)), Permissions::NONE, &asked).await;
        assert_eq!(nothing.errors, []);
        nothing.data.into_json().unwrap()["viewer"]["tenant"].take()
    }
}

fn done(tenant: &Value) -> Vec<&str> {
    let steps = tenant["onboarding"].as_array().unwrap().iter();
    steps.filter(|step| step["done"] == true).map(|step| step["step"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_a_business_says_is_shown_to_everybody_who_works_for_it() {
    let bed = registered().await;
    let before = bed.shown().await;
    let steps: Vec<_> = before["onboarding"].as_array().unwrap().iter().map(|step| &step["step"]).collect();
    assert_eq!(json!(steps), json!(["PROFILE", "BRANDING", "CHANNEL", "PEOPLE", "HOURS"]));
    assert_eq!((done(&before), &before["profile"], &before["name"]), (vec![], &Value::Null, &json!("Sofas")));
    assert_eq!(before["branding"], json!({ "themeColor": null, "themeName": null, "logo": null }));
    assert_eq!(before["settings"], json!({ "unassignedVisible": true }));

    let profile = "name: \"Sofas & more\", sector: RETAIL, phone: \"0039 02 1234-5678\", size: UP_TO_10";
    let called = bed.says_well("setBusinessProfile", profile).await;
    let told = json!({ "name": "Sofas & more", "sector": "RETAIL", "phone": "+390212345678", "size": "UP_TO_10" });
    assert_eq!((&called["profile"], &called["name"]), (&told, &json!("Sofas & more")), "it has one name");
    assert_eq!(done(&called), ["PROFILE"]);
    let look = "themeColor: \"#1F6FEB\", logo: \"https://cdn.example.com/logo.png\"";
    let looks = bed.says_well("setBranding", look).await;
    let told = json!({ "themeColor": "#1f6feb", "themeName": null, "logo": "https://cdn.example.com/logo.png" });
    assert_eq!((&looks["branding"], done(&looks)), (&told, vec!["PROFILE", "BRANDING"]));
    let passed = bed.says_well("completeOnboardingStep", "step: PEOPLE").await;
    assert_eq!(done(&passed), ["PROFILE", "BRANDING", "PEOPLE"]);
    assert_eq!(bed.says_well("completeOnboardingStep", "step: PEOPLE").await, passed, "once");
    let bare = bed.says_well("setBranding", "").await;
    assert_eq!(bare["branding"], before["branding"], "all of it is said each time");

    // Nobody folds here: what people see is asked of people, all else of the log.
    let works = bed.says("setSettings", "unassignedVisible: false").await;
    assert_eq!((&works["stale"], &works["userErrors"]), (&json!("LAGGING"), &json!([])));
    assert_eq!(works["tenant"]["settings"], json!({ "unassignedVisible": false }));
    assert_eq!(bed.shown().await, works["tenant"]);
}

#[tokio::test]
async fn a_form_says_all_that_can_t_be_so_and_an_older_version_is_refused() {
    let bed = registered().await;
    let fields = |said: Value| -> Vec<String> {
        assert_eq!(said["tenant"], Value::Null);
        let errors = said["userErrors"].as_array().unwrap().iter();
        errors
            .map(|error| format!("{} {}", error["code"].as_str().unwrap(), error["field"].as_str().unwrap()))
            .collect()
    };
    let profile = bed.says("setBusinessProfile", "name: \"A\", sector: OTHER, phone: \"home\", size: OVER_200").await;
    assert_eq!(fields(profile), ["INVALID name", "INVALID phone"]);
    let hostile = "themeColor: \"red\", themeName: \"\", logo: \"javascript:alert(1)\"";
    let branding = bed.says("setBranding", hostile).await;
    assert_eq!(fields(branding), ["INVALID themeColor", "INVALID themeName", "INVALID logo"]);
    let version = bed.shown().await["version"].as_i64().unwrap();
    bed.says_well("setBranding", &format!("themeName: \"dusk\", expectedVersion: {version}")).await;
    let late = bed.says("setBranding", &format!("themeName: \"dawn\", expectedVersion: {version}")).await;
    assert_eq!(late["userErrors"], json!([{ "code": "CONFLICT", "field": "expectedVersion" }]));
    assert_eq!(late["tenant"]["branding"]["themeName"], "dusk", "as it is now");
}
