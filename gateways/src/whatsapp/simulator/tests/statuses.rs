//! What becomes of messages is told as Meta tells it.

use super::*;

async fn sent(bed: &Bed) -> String {
    let mut said = text("a");
    said["biz_opaque_callback_data"] = json!("ours-1");
    bed.sent(&said).await
}

#[tokio::test]
async fn statuses_carry_what_meta_says_and_nothing_else() {
    let settings = Settings { starts_at: Some(1_750_030_073), clock_stands: true, ..Settings::default() };
    let bed = Bed::with(settings).await;
    bed.simulator.customer_writes(NUMBER, ADA, "Ada", "Hello").await.unwrap();
    let wamid = sent(&bed).await;
    for status in [
        Status::Sent,
        Status::Delivered,
        Status::Read,
        Status::Played,
        Status::Failed(131_049),
        Status::FailedWithoutErrors,
    ] {
        assert_eq!(bed.simulator.tell(&wamid, status).await, Ok(Posted::Answered(200)));
    }
    let told = bed.business.takes(7).await;
    let user_id = value(&told[0])["messages"][0]["from_user_id"].clone();
    assert!(user_id.as_str().unwrap().starts_with("US."));
    let pricing =
        json!({ "billable": false, "pricing_model": "PMP", "type": "free_customer_service", "category": "service" });
    for (webhook, name) in told[1..].iter().zip(["sent", "delivered", "read", "played", "failed", "failed"]) {
        let value = value(webhook);
        assert_eq!(webhook["entry"][0]["id"], ACCOUNT);
        assert_eq!(webhook["entry"][0]["changes"][0]["field"], "messages");
        assert_eq!(value["metadata"], json!({ "display_phone_number": "15550783881", "phone_number_id": NUMBER }));
        let status = &value["statuses"][0];
        assert_eq!((&status["id"], &status["status"]), (&json!(wamid), &json!(name)));
        assert_eq!((&status["recipient_id"], &status["biz_opaque_callback_data"]), (&json!(ADA), &json!("ours-1")));
        assert_eq!(status["timestamp"], "1750030073");
        assert_eq!(status.get("pricing"), ["sent", "delivered"].contains(&name).then_some(&pricing), "{name}");
        assert_eq!(status.get("conversation"), None);
        if name == "failed" {
            assert_eq!((value.get("contacts"), status.get("recipient_user_id")), (None, None));
        } else {
            assert_eq!(value["contacts"], json!([{ "wa_id": ADA, "user_id": user_id, "profile": { "name": "Ada" } }]));
            assert_eq!(status["recipient_user_id"], user_id);
            assert_eq!(status.get("errors"), None);
        }
    }
    let errors = &value(&told[5])["statuses"][0]["errors"];
    assert_eq!((errors.as_array().unwrap().len(), &errors[0]["code"]), (1, &json!(131_049)));
    assert!(errors[0]["title"].is_string() && errors[0]["error_data"]["details"].is_string());
    assert_eq!(value(&told[6])["statuses"][0].get("errors"), None);
    let told = ["sent", "delivered", "read", "played", "failed", "failed"];
    assert_eq!(bed.simulator.accepted()[0].told, told);
}

#[tokio::test]
async fn by_hand_they_come_doubled_disordered_or_together_and_none_for_what_was_not_accepted() {
    let bed = Bed::new().await;
    let (one, two) = (sent(&bed).await, sent(&bed).await);
    for status in [Status::Read, Status::Sent, Status::Sent] {
        bed.simulator.tell(&one, status).await.unwrap();
    }
    bed.simulator
        .tell_all(&[(&one, Status::Delivered), (&two, Status::Sent), (&two, Status::Failed(1))])
        .await
        .unwrap();
    let told = bed.business.takes(4).await;
    let names = |webhook: &Value| -> Vec<String> {
        let statuses = value(webhook)["statuses"].as_array().unwrap();
        statuses.iter().map(|status| status["status"].as_str().unwrap().to_owned()).collect()
    };
    let all: Vec<Vec<String>> = told.iter().map(names).collect();
    assert_eq!(all, [vec!["read"], vec!["sent"], vec!["sent"], vec!["delivered", "sent", "failed"]]);
    // Delivery was skipped, and its price came with the reading.
    assert!(value(&told[0])["statuses"][0]["pricing"].is_object());
    assert_eq!(value(&told[3])["statuses"][0].get("pricing"), None);
    let unknown = bed.simulator.tell("wamid.A", Status::Sent).await;
    assert_eq!(unknown, Err(NotTold::NoMessage("wamid.A".to_owned())));
}

#[tokio::test]
async fn by_itself_each_is_told_in_time() {
    let delays = Delays::Within { sent: 0..=2, delivered: 0..=2, read: Some(0..=2), reviewed: 0..=0 };
    let bed = Bed::with(Settings { windows_open_for_all: true, delays, ..Settings::default() }).await;
    sent(&bed).await;
    let told = bed.business.takes(3).await;
    let names: Vec<_> = told.iter().map(|webhook| value(webhook)["statuses"][0]["status"].as_str().unwrap()).collect();
    assert_eq!(names, ["sent", "delivered", "read"]);
    let voice = json!({ "link": "https://example.com/a.ogg", "voice": true });
    bed.sent(&message("audio", &voice)).await;
    let told = bed.business.takes(7).await;
    assert_eq!(value(&told[6])["statuses"][0]["status"], "played");
}

#[tokio::test]
async fn statuses_that_are_due_are_gathered() {
    let delays = Delays::Within { sent: 0..=0, delivered: 0..=0, read: None, reviewed: 0..=0 };
    let gathers = Duration::from_millis(100);
    let bed = Bed::with(Settings { windows_open_for_all: true, delays, gathers, ..Settings::default() }).await;
    for _ in 0..20 {
        sent(&bed).await;
    }
    let told = |seen: &Seen| seen.accepted().iter().all(|message| message.told.len() == 2);
    bed.simulator.until(PATIENCE, told).await.unwrap();
    bed.simulator.until(PATIENCE, |seen| seen.posts().iter().all(Post::is_taken)).await.unwrap();
    let posts = bed.simulator.seen(|seen| seen.posts().len());
    let statuses = bed
        .business
        .takes(posts)
        .await
        .iter()
        .map(|told| value(told)["statuses"].as_array().unwrap().len())
        .sum::<usize>();
    assert!(posts < 40 && statuses == 40, "{statuses} in {posts}");
}

#[tokio::test]
async fn mishaps_double_lose_and_disorder() {
    let delays = Delays::Within { sent: 0..=0, delivered: 0..=0, read: None, reviewed: 0..=0 };
    let bed = async |mishaps| {
        Bed::with(Settings { windows_open_for_all: true, delays: delays.clone(), mishaps, ..Settings::default() }).await
    };
    let all = bed(Mishaps { doubled: 1_000, lost: 0, disordered: 1_000 }).await;
    sent(&all).await;
    all.business.takes(4).await;
    assert_eq!(all.simulator.accepted()[0].told, ["delivered", "delivered", "sent", "sent"]);
    let none = bed(Mishaps { doubled: 0, lost: 1_000, disordered: 0 }).await;
    let wamid = sent(&none).await;
    none.simulator.tell(&wamid, Status::Read).await.unwrap();
    assert_eq!(none.business.takes(1).await.len(), 1, "nothing but what was told by hand");
    assert_eq!(none.simulator.accepted()[0].told, ["read"]);
}

#[tokio::test]
async fn a_webhook_that_is_not_taken_comes_again() {
    let retries = vec![Duration::from_millis(1); 3];
    let bed = Bed::with(Settings { windows_open_for_all: true, retries, ..Settings::default() }).await;
    let wamid = sent(&bed).await;
    bed.business.answers(vec![500, 404, 200]);
    assert_eq!(bed.simulator.tell(&wamid, Status::Sent).await, Ok(Posted::Answered(500)));
    let taken = |seen: &Seen| seen.posts().iter().all(Post::is_taken);
    bed.simulator.until(PATIENCE, taken).await.unwrap();
    assert_eq!(bed.business.takes(1).await, bed.business.refused()[..1], "the same again");
    let posts = bed.simulator.seen(|seen| seen.posts().to_vec());
    assert_eq!((posts.len(), &posts[0].attempts), (1, &vec![Some(500), Some(404), Some(200)]));
    assert_eq!(posts[0].about, format!("sent of {wamid}"));
    // It gives up some time.
    bed.business.answers(vec![500; 4]);
    bed.simulator.tell(&wamid, Status::Delivered).await.unwrap();
    let given_up = |seen: &Seen| seen.posts().last().is_some_and(|post| post.attempts.len() == 4);
    bed.simulator.until(PATIENCE, given_up).await.unwrap();
    bed.simulator.posts_to("http://127.0.0.1:1/nobody");
    assert_eq!(bed.simulator.tell(&wamid, Status::Read).await, Ok(Posted::Unanswered));
}

#[tokio::test]
async fn what_does_not_happen_is_not_waited_for_for_ever() {
    let bed = Bed::new().await;
    assert_eq!(bed.simulator.until(Duration::from_millis(1), |seen| !seen.accepted().is_empty()).await, Err(TooLate));
    let simulator = Arc::clone(&bed.simulator);
    let waiting = tokio::spawn(async move { simulator.until(PATIENCE, |seen| seen.accepted().len() == 2).await });
    for _ in 0..2 {
        sent(&bed).await;
    }
    assert_eq!(waiting.await.unwrap(), Ok(()));
    bed.simulator.forget();
    assert!(bed.simulator.accepted().is_empty() && bed.simulator.requests().is_empty());
}
