//! Answers that are kept ready: what is refused by name, and how one reads in a conversation, within what is seen.

use leadflow_domain::CommandId;
use leadflow_domain::tenant::{TenantCommand, TenantName};
use leadflow_event_store::{Actor, CommandContext};
use leadflow_projections::Sight;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::Bearer;
use crate::graphql::bed::{Bed, TENANT};
use crate::graphql::executed::THREE;
use crate::graphql::global_id::{Kind, encode};

const ANSWERS: &str = "\
insert into templates_v1.response_templates (response_template_id, tenant_id, title, body, created_at, version)
select ('00000000-0000-0000-0000-00000000000' || n)::uuid, '00000000-0000-0000-0000-000000000001', n, body, now(), 1
from (values ('1', 'Hi {{contact.name|there}} from {{business.name}}'), ('2', 'I am {{member.name}}'),
             ('3', 'I am {{member.name|one of us}} {{contact.name}}')) as a (n, body);
insert into templates_v1.response_templates (response_template_id, tenant_id, title, body, created_at, version)
values ('00000000-0000-0000-0000-000000000009', '00000000-0000-0000-0000-000000000002', 'Theirs', 'Hello', now(), 1);
update inbox_v17.contacts set display_name = null where contact_id = md5('contact2')::uuid;";

async fn bed() -> Bed {
    let bed = Bed::new().await;
    bed.execute(THREE).await;
    bed.execute(ANSWERS).await;
    let name = TenantName::parse("Sofas and more").unwrap();
    let id = CommandId::derive(TENANT, "test", &["register"]);
    let context = CommandContext::new(TENANT, id, Actor::CommandLine, "test");
    bed.api().commands.tenants.execute(TENANT, TenantCommand::Register { name }, context).await.unwrap();
    bed
}

/// What answer number `answer` comes to for conversation number `conversation`.
async fn rendered(bed: &Bed, sight: Sight, answer: u8, conversation: u8) -> Value {
    let uuid: String = {
        let sql = format!("select md5('conversation{conversation}')::uuid::text");
        sqlx::query_scalar(&sql).fetch_one(&bed.api().pool).await.unwrap()
    };
    let conversation = encode(Kind::Conversation, uuid.parse::<Uuid>().unwrap()).0;
    let id = format!("00000000-0000-0000-0000-00000000000{answer}");
    let document = format!(
        "{{ done: renderResponseTemplate(id: \"{id}\", conversationId: \"{conversation}\") {{ text missing }} }}"
    );
    let answer = bed.ask_seeing(sight, &document).await;
    assert_eq!(answer.errors, []);
    answer.data.into_json().unwrap()["done"].take()
}

#[tokio::test]
async fn an_answer_is_filled_in_with_what_is_seen() {
    let bed = bed().await;
    let all = Sight::Everything;
    let text = |text: &str| json!({ "text": text, "missing": null });
    assert_eq!(rendered(&bed, all, 1, 1).await, text("Hi Customer 1 from Sofas and more"));
    assert_eq!(rendered(&bed, all, 1, 2).await, text("Hi there from Sofas and more"));
    // Whoever shows a token is nobody in particular.
    assert_eq!(rendered(&bed, all, 2, 1).await, json!({ "text": null, "missing": "MEMBER_NAME" }));
    assert_eq!(rendered(&bed, all, 3, 1).await, text("I am one of us Customer 1"));
    assert_eq!(rendered(&bed, all, 3, 2).await, json!({ "text": null, "missing": "CONTACT_NAME" }));
    // What the business calls her goes before what she calls herself.
    bed.execute("update inbox_v17.persons set listed_name = 'Asha' where person_id = md5('contact1')::uuid").await;
    assert_eq!(rendered(&bed, all, 1, 1).await, text("Hi Asha from Sofas and more"));
}

#[tokio::test]
async fn what_is_not_seen_is_filled_in_for_nobody() {
    let bed = bed().await;
    assert_eq!(rendered(&bed, Sight::Nothing, 1, 1).await, Value::Null);
    assert_eq!(rendered(&bed, Sight::Everything, 1, 9).await, Value::Null, "there is no such conversation");
    assert_eq!(rendered(&bed, Sight::Everything, 8, 1).await, Value::Null, "there is no such answer");
    assert_eq!(rendered(&bed, Sight::Everything, 9, 1).await, Value::Null, "it is another business's");
}

#[tokio::test]
async fn what_can_t_be_an_answer_is_refused_by_name() {
    let bed = bed().await;
    let create = async |said: &str| {
        let document = format!(
            "mutation {{ done: createResponseTemplate(input: {{ {said} }}) {{ userErrors {{ code message field }} position }} }}"
        );
        let (answer, _) = bed.ask(Bearer::Owner(TENANT), &document).await;
        assert_eq!(answer.errors, []);
        answer.data.into_json().unwrap()["done"].take()
    };
    let created = create("title: \"Welcome\", intent: \"greeting\", body: \"Hi {{contact.name|there}}\"").await;
    assert_eq!(created["userErrors"], json!([]));
    let taken = create("title: \"WELCOME\", body: \"Hello\"").await;
    assert_eq!((&taken["userErrors"][0]["code"], &taken["userErrors"][0]["field"]), (&json!("TAKEN"), &json!("title")));
    for (said, fields) in [
        ("title: \"\", intent: \"Greeting\", body: \"\"", &["title", "intent", "body"][..]),
        ("title: \"a\", body: \"{{contact.phone}}\"", &["body"]),
        ("title: \"a\", body: \"{{contact.name\"", &["body"]),
    ] {
        let refused = create(said).await;
        let told: Vec<&Value> = refused["userErrors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
        assert_eq!(told, fields, "{refused}");
        assert!(refused["userErrors"].as_array().unwrap().iter().all(|error| error["code"] == "INVALID"));
    }
    let unknown = create("title: \"a\", body: \"{{contact.phone}}\"").await;
    assert!(unknown["userErrors"][0]["message"].as_str().unwrap().contains("{{contact.phone}}"), "{unknown}");
    let asked = "{ responseTemplates(intent: \"Greeting\") { totalCount } }";
    let (answer, _) = bed.ask(Bearer::Owner(TENANT), asked).await;
    assert_eq!(answer.errors.len(), 1, "{answer:?}");
}
