//! Two contacts who are one person: what is done and refused, over the log alone, and what is asked of read models that have rows.

use leadflow_domain::contact::{Contact, ContactCommand, Standing};
use leadflow_domain::{CommandId, ContactId, E164, IdentifierHash, MemberId, TenantId};
use leadflow_event_store::{Actor, CommandContext};
use leadflow_projections::Sight;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::Bearer;
use crate::graphql::bed::{Bed, TENANT};
use crate::graphql::global_id::{Kind, encode};

fn contact(number: u128) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(number))
}

fn id(number: u128) -> String {
    encode(Kind::Contact, contact(number).as_uuid()).0
}

fn context(tenant: TenantId, key: &str) -> CommandContext {
    CommandContext::new(tenant, CommandId::derive(tenant, "test", &[key]), Actor::CommandLine, "test")
}

impl Bed {
    async fn introduce(&self, tenant: TenantId, number: u128) {
        let phone = E164::parse(&format!("+39333{number:07}")).unwrap();
        let phone_hash = IdentifierHash::from_hex(format!("hash of {number}"));
        let introduce = ContactCommand::IntroduceByPhone { phone, phone_hash };
        let context = context(tenant, &format!("introduce {number}"));
        self.api().commands.contacts.execute(contact(number), introduce, context).await.unwrap();
    }

    async fn standing(&self, number: u128) -> Standing {
        self.api().log.load::<Contact>(contact(number).into()).await.unwrap().state.standing()
    }

    async fn done(&self, mutation: &str, input: &str) -> Value {
        let document =
            format!("mutation {{ done: {mutation}(input: {{ {input} }}) {{ position userErrors {{ code field }} }} }}");
        let (answer, _) = self.ask(Bearer::Owner(TENANT), &document).await;
        assert_eq!(answer.errors, [], "{document}");
        answer.data.into_json().unwrap()["done"].take()
    }

    async fn merges(&self, winner: u128, loser: u128, more: &str) -> Value {
        self.done("mergeContacts", &pair(winner, loser, more)).await
    }

    async fn unmerges(&self, winner: u128, loser: u128, more: &str) -> Value {
        self.done("unmergeContacts", &pair(winner, loser, more)).await
    }

    async fn with(contacts: u128) -> Self {
        let bed = Self::new().await;
        for number in 1..=contacts {
            bed.introduce(TENANT, number).await;
        }
        bed
    }
}

fn pair(winner: u128, loser: u128, more: &str) -> String {
    format!("winnerId: {:?}, loserId: {:?}, {more}", id(winner), id(loser))
}

fn was_done(answer: &Value) -> bool {
    answer["userErrors"] == json!([]) && answer["position"].is_number()
}

fn was_refused(answer: &Value, code: &str, field: Option<&str>) -> bool {
    answer["userErrors"] == json!([{ "code": code, "field": field }]) && answer["position"].is_null()
}

#[tokio::test]
async fn two_are_one_and_two_again() {
    let bed = Bed::with(2).await;
    let merged = bed.merges(1, 2, "reason: \"One voice\"").await;
    assert!(was_done(&merged), "{merged}");
    assert_eq!((bed.standing(1).await, bed.standing(2).await), (Standing::Herself, Standing::Merged));
    // It is so already.
    assert_eq!(bed.merges(1, 2, "").await, merged);
    let apart = bed.unmerges(1, 2, "").await;
    assert!(was_done(&apart), "{apart}");
    assert_eq!(bed.standing(2).await, Standing::Herself);
    assert_eq!(bed.unmerges(1, 2, "").await, apart);
}

#[tokio::test]
async fn links_make_chains_and_never_rings() {
    let bed = Bed::with(4).await;
    for (winner, loser) in [(2, 3), (1, 2)] {
        let answer = bed.merges(winner, loser, "").await;
        assert!(was_done(&answer), "{answer}");
    }
    for (winner, loser) in [
        // Whoever is merged is unmerged first, and stands for nobody new.
        (4, 3),
        (4, 2),
        (2, 4),
        // A ring.
        (3, 1),
        (2, 1),
    ] {
        let refused = bed.merges(winner, loser, "").await;
        assert!(was_refused(&refused, "WRONG_STATUS", None), "{winner} <- {loser}: {refused}");
    }
    assert!(was_refused(&bed.merges(1, 1, "").await, "INVALID", None));
    // A link is taken away from whom it leads to, and what hangs on the loser stays with her.
    assert!(was_refused(&bed.unmerges(1, 3, "").await, "WRONG_STATUS", None));
    assert!(was_done(&bed.unmerges(1, 2, "").await));
    let together = bed.api().log.one_person_with(TENANT, contact(3)).await.unwrap();
    assert_eq!(together, [contact(2), contact(3)]);
}

#[tokio::test]
async fn it_is_decided_on_the_versions_that_were_seen() {
    let bed = Bed::with(3).await;
    assert!(was_refused(&bed.merges(1, 2, "expectedVersion: 7").await, "CONFLICT", Some("expectedVersion")));
    let of_winner = bed.merges(1, 2, "expectedWinnerVersion: 7").await;
    assert!(was_refused(&of_winner, "CONFLICT", Some("expectedWinnerVersion")), "{of_winner}");
    let merged = bed.merges(1, 2, "idempotencyKey: \"k\", expectedVersion: 1, expectedWinnerVersion: 1").await;
    assert!(was_done(&merged), "{merged}");
    // The winner goes on, and the request is answered as it was.
    assert!(was_done(&bed.merges(3, 1, "").await));
    let again = bed.merges(1, 2, "idempotencyKey: \"k\", expectedVersion: 1, expectedWinnerVersion: 1").await;
    assert_eq!(again, merged);
    assert!(was_refused(
        &bed.merges(3, 2, "idempotencyKey: \"k\"").await,
        "IDEMPOTENCY_KEY_REUSED",
        Some("idempotencyKey")
    ));
}

#[tokio::test]
async fn of_two_who_merge_each_other_at_once_one_does() {
    for _ in 0..20 {
        let bed = Bed::with(3).await;
        let answers =
            tokio::join!(bed.merges(1, 2, ""), bed.merges(2, 1, ""), bed.merges(2, 3, ""), bed.merges(3, 1, ""));
        let standing = [bed.standing(1).await, bed.standing(2).await, bed.standing(3).await];
        assert!(standing.contains(&Standing::Herself), "{standing:?} {answers:?}");
        let done = [answers.0, answers.1, answers.2, answers.3].into_iter().filter(was_done).count();
        assert_eq!(done, standing.iter().filter(|standing| **standing == Standing::Merged).count());
    }
}

#[tokio::test]
async fn who_is_not_there_or_another_s_or_erased_is_not_merged() {
    let bed = Bed::with(3).await;
    bed.introduce(TenantId::from_uuid(Uuid::from_u128(2)), 9).await;
    for elsewhere in [8, 9] {
        assert!(was_refused(&bed.merges(elsewhere, 1, "").await, "NOT_FOUND", Some("winnerId")));
        assert!(was_refused(&bed.merges(1, elsewhere, "").await, "NOT_FOUND", Some("loserId")));
        let input = format!("oneId: {:?}, otherId: {:?}", id(1), id(elsewhere));
        assert!(was_refused(&bed.done("dismissDuplicate", &input).await, "NOT_FOUND", Some("otherId")));
    }
    let erased = bed.done("eraseContact", &format!("contactId: {:?}", id(3))).await;
    assert!(was_done(&erased), "{erased}");
    assert_eq!(bed.merges(3, 1, "").await["userErrors"][0]["code"], "ERASED");
    assert_eq!(bed.merges(1, 3, "").await["userErrors"][0]["code"], "ERASED");
    assert_eq!(
        bed.merges(1, 2, "reason: \" \"").await["userErrors"],
        json!([{ "code": "INVALID", "field": "reason" }])
    );
}

#[tokio::test]
async fn whoever_is_erased_is_erased_as_the_person_she_is() {
    // By the winner, by the loser, and by somebody in between.
    for asked in [1, 2, 3] {
        let bed = Bed::with(4).await;
        assert!(was_done(&bed.merges(2, 3, "reason: \"One voice\"").await));
        assert!(was_done(&bed.merges(1, 2, "").await));
        let erased = bed.done("eraseContact", &format!("contactId: {:?}", id(asked))).await;
        assert!(was_done(&erased), "{erased}");
        for number in 1..=3 {
            assert_eq!(bed.standing(number).await, Standing::Erased, "{number} by {asked}");
        }
        assert_eq!(bed.standing(4).await, Standing::Herself);
        assert_eq!(bed.unmerges(1, 2, "").await["userErrors"][0]["code"], "ERASED");
    }
}

#[tokio::test]
async fn two_are_told_apart_once_whichever_is_named_first() {
    let bed = Bed::with(2).await;
    let apart = |one, other| format!("oneId: {:?}, otherId: {:?}", id(one), id(other));
    let first = bed.done("dismissDuplicate", &apart(2, 1)).await;
    assert!(was_done(&first), "{first}");
    assert_eq!(bed.done("dismissDuplicate", &apart(1, 2)).await, first);
    assert!(was_refused(&bed.done("dismissDuplicate", &apart(1, 1)).await, "INVALID", None));
}

#[tokio::test]
async fn what_is_not_seen_is_neither_merged_nor_told_apart() {
    let bed = Bed::with(2).await;
    let head = bed.api().log.head().await.unwrap();
    let sight = Sight::Own { member: MemberId::from_uuid(Uuid::from_u128(7)), unassigned: false };
    for (mutation, input, field) in [
        ("mergeContacts", pair(1, 2, ""), "loserId"),
        ("unmergeContacts", pair(1, 2, ""), "loserId"),
        ("dismissDuplicate", format!("oneId: {:?}, otherId: {:?}", id(1), id(2)), "oneId"),
    ] {
        let document =
            format!("mutation {{ done: {mutation}(input: {{ {input} }}) {{ position userErrors {{ code field }} }} }}");
        let answer = bed.ask_seeing(sight, &document).await;
        assert_eq!(answer.errors, []);
        let answer = answer.data.into_json().unwrap()["done"].take();
        assert!(was_refused(&answer, "NOT_FOUND", Some(field)), "{mutation}: {answer}");
    }
    assert_eq!(bed.api().log.head().await.unwrap(), head, "nothing is told");
}

/// Contacts of the tenant, by number, with what each is known by.
fn known(number: u128, column: &str, value: &str, name: &str) -> String {
    format!(
        "insert into inbox_v17.contacts (contact_id, tenant_id, introduced_at, {column}, display_name) \
         values ('{}', '{}', now() + interval '{number} seconds', '{value}', {name});",
        contact(number).as_uuid(),
        TENANT.as_uuid()
    )
}

impl Bed {
    async fn pairs(&self) -> Vec<Value> {
        let document = "{ possibleDuplicates { totalCount edges { node { one { id } other { id } grounds } } } }";
        let (answer, _) = self.ask(Bearer::Owner(TENANT), document).await;
        assert_eq!(answer.errors, []);
        let list = answer.data.into_json().unwrap()["possibleDuplicates"].take();
        let pairs: Vec<Value> = list["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect();
        assert_eq!(list["totalCount"], pairs.len());
        pairs
    }
}

#[tokio::test]
async fn who_may_be_one_person_is_listed_with_why() {
    let bed = Bed::new().await;
    let rows = [
        known(1, "phone", "+393330000001", "'Nora  Winter'"),
        known(2, "email", "nora@example.com", "' nora winter'"),
        // Another number speaks against it.
        known(3, "phone", "+393330000003", "'Nora Winter'"),
        // One word says nothing.
        known(4, "phone", "+393330000004", "'Ada'"),
        known(5, "email", "ada@example.com", "'Ada'"),
        // Nor does what too many are called.
        (10..16).map(|number| known(number, "user_id", &format!("IT.{number}"), "'A Customer'")).collect(),
        known(16, "email", "a@example.com", "'A Customer'"),
        // The business has both under one name.
        known(20, "phone", "+393330000020", "'Bo'"),
        known(21, "phone", "+393330000021", "null"),
        // Who is known by nothing was erased.
        known(30, "phone", "+393330000030", "null"),
        format!(
            "insert into inbox_v17.contacts (contact_id, tenant_id, introduced_at) values ('{}', '{}', now());",
            contact(31).as_uuid(),
            TENANT.as_uuid()
        ),
    ]
    .concat();
    let conflict = |one: u128, other: u128| {
        format!(
            "insert into inbox_v17.conflicts (contact_id, holder_id, kind, tenant_id) values ('{}', '{}', 'email', '{}');",
            contact(one).as_uuid(),
            contact(other).as_uuid(),
            TENANT.as_uuid()
        )
    };
    let listed =
        "update inbox_v17.contacts set listed_name = 'Bo the Baker' where phone in ('+393330000020', '+393330000021');";
    bed.execute(&[rows, conflict(2, 1), conflict(4, 3), conflict(30, 31), listed.to_owned()].concat()).await;
    let node = |one: u128, other: u128, grounds: &[&str]| json!({ "one": { "id": id(one) }, "other": { "id": id(other) }, "grounds": grounds });
    let expected = [
        node(20, 21, &["LISTED_NAME"]),
        node(3, 4, &["IDENTIFIER"]),
        // Of 2 and 3 nothing speaks against it, either.
        node(2, 3, &["NAME"]),
        node(1, 2, &["IDENTIFIER", "NAME"]),
    ];
    let pairs = bed.pairs().await;
    assert_eq!(InAnyOrder(&pairs), InAnyOrder(&expected));

    // Who was told apart is not listed, nor who is one already; whoever stands for one of them is, in her place.
    let told_apart = |one: u128, other: u128| {
        format!(
            "insert into inbox_v17.told_apart (one_id, other_id, tenant_id) values ('{}', '{}', '{}');",
            contact(one).as_uuid(),
            contact(other).as_uuid(),
            TENANT.as_uuid()
        )
    };
    let stands = |number: u128, winner: Option<u128>, person: u128| {
        let winner = winner.map_or("null".to_owned(), |winner| format!("'{}'", contact(winner).as_uuid()));
        format!(
            "insert into inbox_v17.persons (contact_id, tenant_id, merged_into, person_id) values ('{}', '{}', {winner}, '{}');",
            contact(number).as_uuid(),
            TENANT.as_uuid(),
            contact(person).as_uuid()
        )
    };
    bed.execute(&[told_apart(2, 3), stands(1, None, 1), stands(2, Some(1), 1)].concat()).await;
    let pairs = bed.pairs().await;
    assert_eq!(InAnyOrder(&pairs), InAnyOrder(&[node(20, 21, &["LISTED_NAME"]), node(3, 4, &["IDENTIFIER"])]));
    bed.execute(&[stands(20, Some(1), 1), told_apart(3, 4)].concat()).await;
    assert_eq!(bed.pairs().await, [node(1, 21, &["LISTED_NAME"])]);
    bed.execute(&told_apart(1, 21)).await;
    assert_eq!(bed.pairs().await, Vec::<Value>::new());
}

/// Nodes in any order.
#[derive(Debug)]
struct InAnyOrder<'a>(&'a [Value]);

impl PartialEq for InAnyOrder<'_> {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |nodes: &[Value]| {
            let mut texts: Vec<String> = nodes.iter().map(Value::to_string).collect();
            texts.sort();
            texts
        };
        sorted(self.0) == sorted(other.0)
    }
}

#[tokio::test]
async fn whoever_stands_for_others_is_shown_with_what_is_theirs() {
    let bed = Bed::new().await;
    let marketing = |number: u128, said: &str, second: u32| {
        format!(
            "update inbox_v17.contacts set marketing = '{said}', marketing_at = timestamptz '2026-01-01' + interval '{second} s' \
             where contact_id = '{}';",
            contact(number).as_uuid()
        )
    };
    let stands = |number: u128, winner: &str| {
        format!(
            "insert into inbox_v17.persons (contact_id, tenant_id, merged_into, person_id, phone, email, display_name, marketing, marketing_at) \
             values ('{}', '{}', {winner}, '{}', '+393330000001', 'nora@example.com', 'Nora Winter', 'stopped', now());",
            contact(number).as_uuid(),
            TENANT.as_uuid(),
            contact(1).as_uuid()
        )
    };
    let winner = format!("'{}'", contact(1).as_uuid());
    let rows = [
        known(1, "phone", "+393330000001", "null"),
        known(2, "email", "nora@example.com", "'Nora Winter'"),
        marketing(1, "wanted", 1),
        marketing(2, "stopped", 2),
        // As the projector shows who they are together.
        stands(1, "null"),
        stands(2, &winner),
    ];
    bed.execute(&rows.concat()).await;
    let shown = json!({ "id": id(1), "displayName": "Nora Winter", "phone": "+393330000001", "email": "nora@example.com",
                        "marketing": "STOPPED", "mergedInto": null });
    let selected = "{ id displayName phone email marketing mergedInto }";
    let document = format!(
        "{{ contacts {{ edges {{ node {selected} }} }} one: contact(id: {:?}) {selected} other: contact(id: {:?}) {selected} \
            byPhone: contactByPhone(phone: \"+393330000001\") {selected} \
            mergedContacts(contactId: {:?}) {{ totalCount edges {{ node {selected} }} }} }}",
        id(1),
        id(2),
        id(1)
    );
    let (answer, _) = bed.ask(Bearer::Owner(TENANT), &document).await;
    assert_eq!(answer.errors, []);
    let answer = answer.data.into_json().unwrap();
    let loser = json!({ "id": id(2), "displayName": "Nora Winter", "phone": null, "email": "nora@example.com",
                        "marketing": "STOPPED", "mergedInto": id(1) });
    assert_eq!(answer["contacts"]["edges"], json!([{ "node": shown }]));
    assert_eq!((&answer["one"], &answer["byPhone"], &answer["other"]), (&shown, &shown, &loser));
    assert_eq!(answer["mergedContacts"], json!({ "totalCount": 1, "edges": [{ "node": loser }] }));
}
