//! Whatever is personal is planted here, and nothing of it stands anywhere in clear.

use std::collections::BTreeSet;
use std::path::Path;

use leadflow_domain::Event;
use leadflow_domain::contact::Contact;
use leadflow_event_store::PersonalValues;
use serde_json::Value;
use sqlx::Executor;

use super::person::{ADA, EVE};
use super::recorded::{all, values};
use super::search::search;
use crate::support::{Log, TENANT};

/// The types of events whose golden files show personal values.
fn personal_types() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
    let mut types = BTreeSet::new();
    for known in Event::types() {
        let file = folder.join(format!("{}.v{}.json", known.kind, known.version));
        if std::fs::read_to_string(file).unwrap().contains("$personal") {
            types.insert(known.kind.to_owned());
        }
    }
    types
}

#[tokio::test]
async fn nothing_about_a_person_is_anywhere_in_clear() {
    let (log, owner) = Log::with_owner().await;
    ADA.writes(&log).await;
    EVE.writes(&log).await;
    ADA.works_here(&log).await;
    EVE.works_here(&log).await;
    let snapshot = "insert into snapshots (aggregate_type, aggregate_id, tenant_id, state_version, version, position, \
                    event_id, state) select 'contact', $1, $2, 2, $3, $4, $5, $6 \
                    on conflict do nothing";
    let loaded = log.reader.load::<Contact>(ADA.id().into()).await.unwrap();
    sqlx::query(snapshot)
        .bind(ADA.id().to_string())
        .bind(TENANT.as_uuid())
        .bind(loaded.version)
        .bind(loaded.position)
        .bind(loaded.event.as_uuid())
        .bind(serde_json::to_value(&loaded.state).unwrap())
        .execute(&log.pool)
        .await
        .unwrap();

    let written: BTreeSet<String> =
        sqlx::query_scalar::<_, String>("select event_type from events where payload::text like '%$sealed%'")
            .fetch_all(&owner)
            .await
            .unwrap()
            .into_iter()
            .collect();
    assert_eq!(written, personal_types(), "every event with personal values is written here, and sealed");
    let in_clear: i64 = sqlx::query_scalar("select count(*) from events where payload::text like '%$personal%'")
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(in_clear, 0);
    // What the database gathers about its columns is searched as well.
    owner.execute("analyze").await.unwrap();
    for person in [&ADA, &EVE] {
        let markers = [person.markers(), person.addresses()].concat();
        assert_eq!(search(&owner, &markers).await, [""; 0]);
    }
    // And all of it is there for whoever has the key.
    let values = values(&all(&log.reader, PersonalValues::Opened).await, ADA.id());
    assert!(values.len() > 4 * 4 + 10, "{values:?}");
    assert!(values.iter().all(Option::is_some), "{values:?}");
}

/// Every field of an event that stands under a mark, by its path: so that a new one is searched for here.
#[test]
fn everything_personal_is_planted() {
    fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) if fields.contains_key("$personal") => drop(found.insert(path.to_owned())),
            Value::Object(fields) => {
                for (name, field) in fields {
                    paths(field, &format!("{path}/{name}"), found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| paths(item, path, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
    let mut found = BTreeSet::new();
    for known in Event::types() {
        let text = std::fs::read_to_string(folder.join(format!("{}.v{}.json", known.kind, known.version))).unwrap();
        paths(&serde_json::from_str(&text).unwrap(), "", &mut found);
    }
    let planted = [
        "/contact.identifier_added/value",
        "/contact.identifier_changed/value",
        "/contact.introduced/value",
        "/contact.introduced_by_phone/phone",
        "/contact.introduced_by_user_id/user_id",
        "/contact.listed/first_name",
        "/contact.listed/name",
        "/contact.marketing_preference_told/preference/detail",
        "/contact.merged/reason",
        "/contact.unmerged/reason",
        "/conversation.called/call/customer_name",
        "/conversation.called/call/provider_message_id",
        "/conversation.message_corrected/correction/content/image/caption",
        "/conversation.message_corrected/correction/content/image/file",
        "/conversation.message_edited/edit/content/text/body",
        "/conversation.message_edited/edit/original",
        "/conversation.message_edited/edit/provider_message_id",
        "/conversation.message_imported/message/content/text/body",
        "/conversation.message_imported/message/provider_message_id",
        "/conversation.message_received/message/content/text/body",
        "/conversation.message_received/message/provider_message_id",
        "/conversation.message_received/message/sender_name",
        "/conversation.message_revoked/revocation/original",
        "/conversation.message_revoked/revocation/provider_message_id",
        "/conversation.note_added/text",
        "/conversation.reacted/reaction/emoji",
        "/conversation.reacted/reaction/provider_message_id",
        "/conversation.reacted/reaction/to",
        "/group.created/invite_link",
        "/group.created/subject",
        "/group.described/description",
        "/group.described/picture_sha256",
        "/group.described/subject",
        "/group.introduced/provider_group_id",
        "/group.join_request_withdrawn/reason",
        "/group.join_requested/reason",
        "/group.participant_joined/reason",
        "/group.participant_kept/reason",
        "/group.participant_left/reason",
        "/lead.disqualified/reason/text",
        "/lead.qualified/reason/text",
        "/lead.submitted/answers/answer",
        "/lead.submitted/click_id",
        "/lead.submitted/name",
        "/lead.submitted/provider_lead_id",
        "/member.invited/email",
        "/member.joined/email",
        "/member.joined/name",
        "/member.registered/email",
        "/member.registered/name",
        "/member.renamed/name",
        "/outbound_message.accepted/message/id",
        "/outbound_message.corrected/correction/content/text/body",
        "/outbound_message.echoed/message/content/text/body",
        "/outbound_message.echoed/message/provider_message_id",
        "/outbound_message.edited/edit/content/text/body",
        "/outbound_message.edited/edit/original",
        "/outbound_message.edited/edit/provider_message_id",
        "/outbound_message.imported/message/content/text/body",
        "/outbound_message.imported/message/provider_message_id",
        "/outbound_message.queued/message/content/text/body",
        "/outbound_message.reacted/reaction/emoji",
        "/outbound_message.reacted/reaction/provider_message_id",
        "/outbound_message.reacted/reaction/to",
        "/outbound_message.revoked/revocation/original",
        "/outbound_message.revoked/revocation/provider_message_id",
        "/outbound_message.sending_refused/refusal/details",
        "/outbound_message.status_reported/report/callback_data",
    ];
    assert_eq!(found, planted.map(str::to_owned).into(), "whatever is new here must be planted and searched for above");
}
