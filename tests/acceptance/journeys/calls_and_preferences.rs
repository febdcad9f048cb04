//! Calls, what customers want to be sent, and what the business calls them: told in any order, however often.

use anyhow::{Result, ensure};
use leadflow_gateways::whatsapp::simulator;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};
use leadflow_tests::trace;

const ASHA: &str = "919820012345";
const BICE: &str = "393331234567";

/// A change: its field, and what it says.
type Change = (&'static str, Value);

/// Seconds count from the same morning as those of [`text`].
fn timestamp(second: i64) -> i64 {
    1_794_000_000 + second
}

/// The same, as the API shows it.
fn at(second: i64) -> String {
    assert!((0..60).contains(&second));
    format!("2026-11-06T21:20:{second:02}Z")
}

fn profiles() -> Value {
    json!([
        {"wa_id": ASHA, "user_id": "IN.1", "profile": {"name": "Asha Rao"}},
        {"wa_id": BICE, "profile": {"name": "Bice"}},
    ])
}

/// What is told of a call with Asha, from her or to her; `more` joins it.
fn call(journey: &Journey, id: &str, from_her: bool, event: &str, second: i64, more: &Value) -> Change {
    let business = journey.business.number.display_phone.as_str();
    let ((from, to), direction) =
        if from_her { ((ASHA, business), "USER_INITIATED") } else { ((business, ASHA), "BUSINESS_INITIATED") };
    let mut call = json!({
        "id": format!("wacid.{id}"), "from": from, "to": to, "event": event, "direction": direction,
        "timestamp": timestamp(second).to_string(), "session": {"sdp_type": "offer", "sdp": "v=0"},
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        call[name] = value.clone();
    }
    ("calls", json!({"contacts": profiles(), "calls": [call]}))
}

fn rings(id: &str, second: i64) -> Change {
    let status = json!({
        "id": format!("wacid.{id}"), "status": "RINGING", "timestamp": timestamp(second).to_string(),
        "recipient_id": ASHA, "type": "call",
    });
    ("calls", json!({"contacts": profiles(), "statuses": [status]}))
}

/// What somebody wants; the people beside it are others.
fn wants(who: &str, word: &str, category: &str, second: i64) -> Change {
    let preference = json!({
        "wa_id": who, "value": word, "category": category, "timestamp": timestamp(second),
        "detail": format!("User requested to {word}"),
    });
    ("user_preferences", json!({"contacts": [{"wa_id": "15550009999"}], "user_preferences": [preference]}))
}

fn listing(who: &str, action: &str, name: Option<&str>, second: i64) -> Change {
    let contact = json!({"phone_number": who, "full_name": name, "first_name": name});
    let told = json!({
        "type": "contact", "action": action, "contact": contact,
        "metadata": {"timestamp": timestamp(second).to_string()},
    });
    ("smb_app_state_sync", json!({ "state_sync": [told] }))
}

/// A morning, in its order. The end of the first call stops at second 20.
fn morning(journey: &Journey) -> Vec<Change> {
    const MARKETING: &str = "marketing_messages";

    let talked = json!({
        "status": "COMPLETED", "start_time": timestamp(12).to_string(), "end_time": timestamp(20).to_string(),
        "duration": 8,
    });
    let failed = json!({"status": "FAILED", "errors": [{"code": 138_006, "message": "No answer"}]});
    vec![
        listing(BICE, "add", Some("Bice next door"), 1),
        listing(ASHA, "add", Some("Asha"), 2),
        wants(BICE, "resume", MARKETING, 3),
        wants(ASHA, "stop", MARKETING, 4),
        listing(BICE, "remove", None, 5),
        listing(ASHA, "edit", Some("Asha the baker"), 6),
        wants(BICE, "stop", MARKETING, 7),
        wants(ASHA, "resume", MARKETING, 8),
        wants(ASHA, "stop", "coupons", 9),
        call(journey, "hers", true, "connect", 10, &json!({})),
        call(journey, "hers", true, "terminate", 20, &talked),
        rings("ours", 30),
        call(journey, "ours", false, "terminate", 40, &failed),
        (
            "messages",
            json!({"contacts": profiles(), "messages": [{
                "from": BICE, "id": "wamid.bice", "timestamp": timestamp(50).to_string(), "type": "text",
                "text": {"body": "Are you open?"},
            }]}),
        ),
    ]
}

const INBOX: &str = "{ leads(first: 9) { totalCount } conversations(first: 9) { edges { node {
    status unreadCount windowOpenUntil lastActivityAt
    contact { id displayName phone listedName marketing marketingToldAt }
    lastMessage { kind text }
    messages(first: 9) { edges { node { providerMessageId direction kind text content sentAt } } }
} } } }";

/// What the inbox shows, latest thread first, without what differs between two businesses.
async fn inbox(journey: &Journey) -> Result<Value> {
    let mut shown: Value = journey.graphql.ask(INBOX, &json!({}), "").await?;
    for edge in shown["conversations"]["edges"].as_array_mut().into_iter().flatten() {
        edge["node"]["contact"]["id"].take();
    }
    Ok(shown)
}

async fn deliver(journey: &Journey, bodies: &[Vec<Change>], connections: usize) -> Result<()> {
    let shared = shared().await?;
    let bodies: Vec<Vec<u8>> =
        bodies.iter().map(|changes| simulator::changes(&journey.business.number, changes)).collect();
    Sender::new(shared.server.address(), connections)?.deliver(&bodies).await?;
    shared.installation.settle().await
}

/// The only thread.
async fn thread(journey: &Journey) -> Result<Value> {
    let mut shown: Value = journey.graphql.ask(INBOX, &json!({}), "/conversations/edges").await?;
    ensure!(shown.as_array().is_some_and(|edges| edges.len() == 1), "{shown}");
    Ok(shown[0]["node"].take())
}

#[tokio::test]
async fn whatever_is_told_comes_to_the_same_in_any_order_however_often() -> Result<()> {
    let seed = trace::seed()?;
    eprintln!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let (clean, wild) = (Journey::begin().await?, Journey::begin().await?);

    deliver(&clean, &morning(&clean).into_iter().map(|change| vec![change]).collect::<Vec<_>>(), 1).await?;
    let told = |id: &str, direction: &str, kind: &str, second: i64, text: Value, content: Value| {
        json!({"node": {
            "providerMessageId": id, "direction": direction, "kind": kind, "text": text, "content": content,
            "sentAt": at(second),
        }})
    };
    let hers = |id, second, text, kind, content| told(id, "INBOUND", kind, second, text, content);
    let ours = |id, second, text, kind, content| told(id, "OUTBOUND", kind, second, text, content);
    let failed = json!({
        "direction": "from_business", "told": "terminate", "outcome": "FAILED",
        "errors": [{"code": "138006", "title": "No answer"}],
    });
    let talked = json!({
        "direction": "from_customer", "told": "terminate", "outcome": "COMPLETED", "duration_seconds": 8,
        "started_at": at(12), "ended_at": at(20),
    });
    let calls = json!([
        ours("wacid.ours", 40, json!("FAILED"), "CALL_ENDED", failed),
        ours(
            "wacid.ours",
            30,
            json!("RINGING"),
            "CALL",
            json!({"direction": "from_business", "told": {"reported": "RINGING"}})
        ),
        hers("wacid.hers", 20, json!("COMPLETED"), "CALL_ENDED", talked),
        hers("wacid.hers", 10, json!(null), "CALL", json!({"direction": "from_customer", "told": "connect"})),
    ]);
    let bice = json!({
        "id": null, "displayName": "Bice", "phone": format!("+{BICE}"), "listedName": null, "marketing": "STOPPED",
        "marketingToldAt": at(7),
    });
    let asha = json!({
        "id": null, "displayName": "Asha Rao", "phone": format!("+{ASHA}"), "listedName": "Asha the baker",
        "marketing": "WANTED", "marketingToldAt": at(8),
    });
    let expected = json!({
        "leads": {"totalCount": 1},
        "conversations": {"edges": [
            {"node": {
                "status": "OPEN", "unreadCount": 1, "windowOpenUntil": "2026-11-07T21:20:50Z", "lastActivityAt": at(50),
                "contact": bice, "lastMessage": {"kind": "TEXT", "text": "Are you open?"},
                "messages": {"edges": [hers("wamid.bice", 50, json!("Are you open?"), "TEXT", json!(null))]},
            }},
            {"node": {
                "status": "OPEN", "unreadCount": 1, "windowOpenUntil": null, "lastActivityAt": at(40),
                "contact": asha, "lastMessage": {"kind": "CALL_ENDED", "text": "FAILED"}, "messages": {"edges": calls},
            }},
        ]},
    });
    let shows = |journey: &'static str| format!("{journey} shows the morning");
    eventually(&shows("the clean one"), || async {
        let shown = inbox(&clean).await?;
        ensure!(shown == expected, "{shown:#}");
        Ok(())
    })
    .await?;

    let mut thrice: Vec<Change> = (0..3).flat_map(|_| morning(&wild)).collect();
    thrice.shuffle(&mut rng);
    let batches: Vec<Vec<Change>> = thrice.chunks(4).map(<[Change]>::to_vec).collect();
    deliver(&wild, &batches, 8).await?;
    eventually(&shows("the wild one"), || async {
        let shown = inbox(&wild).await?;
        ensure!(shown == expected, "{shown:#}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn her_call_reopens_what_was_resolved_and_its_end_does_not() -> Result<()> {
    let journey = Journey::begin().await?;
    let hello = [text(ASHA, "a", 1, "Hello?")];
    journey.receive(&hello).await?;
    journey.shows(&hello).await?;
    let id = journey.graphql.conversations().await?[0].id.clone();
    journey.graphql.mark_conversation_read(&id).await?;
    journey.graphql.resolve_conversation(&id).await?;

    deliver(&journey, &[vec![call(&journey, "b", true, "terminate", 20, &json!({}))]], 1).await?;
    eventually("the end of a call is shown", || async {
        let shown = thread(&journey).await?;
        ensure!(shown["lastMessage"]["kind"] == "CALL_ENDED", "{shown}");
        ensure!((&shown["status"], &shown["unreadCount"]) == (&json!("RESOLVED"), &json!(0)), "{shown}");
        Ok(())
    })
    .await?;
    deliver(&journey, &[vec![call(&journey, "b", true, "connect", 10, &json!({}))]], 1).await?;
    eventually("somebody has to see to her call", || async {
        let shown = thread(&journey).await?;
        ensure!((&shown["status"], &shown["unreadCount"]) == (&json!("OPEN"), &json!(1)), "{shown}");
        ensure!(shown["windowOpenUntil"] == "2026-11-07T21:20:01Z", "{shown}");
        Ok(())
    })
    .await
}

const ERASE: &str = "mutation ($id: ID!) { eraseContact(input: { contactId: $id }) { userErrors { code } } }";

#[tokio::test]
async fn an_erased_person_is_in_nobody_s_address_book() -> Result<()> {
    let journey = Journey::begin().await?;
    let changes = vec![
        listing(ASHA, "add", Some("Asha the baker"), 1),
        wants(ASHA, "stop", "marketing_messages", 2),
        call(&journey, "c", true, "connect", 3, &json!({})),
    ];
    deliver(&journey, std::slice::from_ref(&changes), 1).await?;
    let contact = eventually("she is in the address book", || async {
        let mut shown = thread(&journey).await?;
        ensure!(shown["contact"]["listedName"] == "Asha the baker", "{shown}");
        Ok(shown["contact"].take())
    })
    .await?;
    let refused: Value = journey.graphql.ask(ERASE, &json!({"id": contact["id"]}), "/eraseContact/userErrors").await?;
    ensure!(refused == json!([]), "{refused}");
    // Also when all of it is told once more.
    deliver(&journey, &[changes], 1).await?;
    eventually("nothing of hers is shown", || async {
        let shown = thread(&journey).await?;
        ensure!(shown["contact"]["listedName"].is_null() && shown["contact"]["phone"].is_null(), "{shown}");
        let called = &shown["messages"]["edges"][0]["node"];
        ensure!(called["kind"] == "CALL" && called["content"].is_null(), "{called}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn who_is_in_the_address_book_alone_is_found_by_her_number_and_erased() -> Result<()> {
    const FIND: &str = "query ($phone: String!) { contactByPhone(phone: $phone) { id phone listedName } }";

    let (journey, others) = (Journey::begin().await?, Journey::begin().await?);
    let find = async |phone: &str| -> Result<Value> {
        journey.graphql.ask(FIND, &json!({ "phone": phone }), "/contactByPhone").await
    };
    let told = [vec![listing("551199990000", "add", Some("Bia"), 1)]];
    deliver(&journey, &told, 1).await?;
    let id = eventually("she is found", || async {
        let mut found = find("+551199990000").await?;
        ensure!(found["listedName"] == "Bia" && found["phone"] == "+551199990000", "{found}");
        Ok(found["id"].take())
    })
    .await?;
    let nobody: Value = journey.graphql.ask(INBOX, &json!({}), "/conversations/edges").await?;
    ensure!(nobody == json!([]), "{nobody}");
    for written in ["551199990000", "+55 (11) 9999-0000", "0055 11 9 9999 0000", "+5511999990000"] {
        let found = find(written).await?;
        ensure!(found["id"] == id, "{written}: {found}");
    }
    ensure!(find("+551199990001").await?.is_null());
    let theirs: Value = others.graphql.ask(FIND, &json!({"phone": "+551199990000"}), "/contactByPhone").await?;
    ensure!(theirs.is_null(), "{theirs}");
    for written in ["", "Bia", "0119999"] {
        let answer = journey.graphql.send(FIND, &json!({ "phone": written })).await?;
        ensure!(
            answer.code() == Some("BAD_USER_INPUT") && answer.body["data"]["contactByPhone"].is_null(),
            "{answer:?}"
        );
    }

    let refused: Value = journey.graphql.ask(ERASE, &json!({ "id": id }), "/eraseContact/userErrors").await?;
    ensure!(refused == json!([]), "{refused}");
    let is_gone = || async {
        for written in ["+551199990000", "+5511999990000"] {
            let found = find(written).await?;
            ensure!(found.is_null(), "{found}");
        }
        Ok(())
    };
    eventually("she is found no more", is_gone).await?;
    // Nor when it is told once more.
    deliver(&journey, &told, 1).await?;
    is_gone().await
}
