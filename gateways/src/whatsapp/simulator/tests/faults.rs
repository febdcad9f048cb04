//! What goes wrong goes wrong as planned, once, and for whom it was planned.

use super::*;

async fn breaks_off(bed: &Bed) -> bool {
    bed.posting(&text("a")).send().await.is_err()
}

#[tokio::test]
async fn each_code_comes_with_its_status() {
    let bed = Bed::new().await;
    for (refused, status) in [
        (0, 401),
        (1, 400),
        (2, 503),
        (3, 500),
        (4, 400),
        (10, 403),
        (200, 403),
        (33, 400),
        (190, 401),
        (368, 403),
        (80_007, 400),
        (130_429, 400),
        (130_497, 403),
        (131_000, 500),
        (131_005, 403),
        (131_016, 500),
        (131_031, 403),
        (131_045, 500),
        (131_048, 400),
        (131_056, 400),
        (131_057, 500),
        (132_001, 404),
        (133_000, 500),
        (133_004, 503),
    ] {
        bed.simulator.plan(Fault::refused(refused));
        assert_eq!(code(&bed.sends(&text("a")).await), (status, refused));
    }
    let details = "In order to maintain a healthy ecosystem".to_owned();
    bed.simulator.plan(Fault::new(Mishap::Refused {
        code: 131_049,
        status: Some(418),
        details: Some(details.clone()),
    }));
    let refused = bed.sends(&text("a")).await;
    assert_eq!((code(&refused), &refused.1["error"]["error_data"]["details"]), ((418, 131_049), &json!(details)));
    assert!(bed.simulator.accepted().is_empty());
    bed.sent(&text("a")).await;
}

#[tokio::test]
async fn what_is_no_answer_of_the_api_is_answered() {
    let bed = Bed::new().await;
    bed.simulator.plan(Fault::new(Mishap::Page { status: 502 }));
    let page = bed.posting(&text("a")).send().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), page.headers()["content-type"].to_str().unwrap()),
        (502, "text/html; charset=utf-8")
    );
    assert!(page.text().await.unwrap().starts_with("<!doctype html>"));
    bed.simulator.plan(Fault::new(Mishap::Json { status: 200, body: json!({ "ok": 1 }) }));
    assert_eq!(bed.sends(&text("a")).await, (200, json!({ "ok": 1 })));
    assert!(bed.simulator.accepted().is_empty());
    for accepted in [false, true] {
        bed.simulator.plan(Fault::new(Mishap::NoMessages { accepted }));
        let (status, said) = bed.sends(&text("a")).await;
        assert_eq!((status, &said["messages"]), (200, &json!([])));
        assert_eq!(bed.simulator.accepted().len(), usize::from(accepted));
    }
}

#[tokio::test]
async fn what_is_accepted_may_be_answered_as_if_it_was_not() {
    let bed = Bed::new().await;
    bed.simulator.plan(Fault::new(Mishap::PageAfter { status: 504 }));
    assert_eq!(bed.posting(&text("a")).send().await.unwrap().status().as_u16(), 504);
    bed.simulator.plan(Fault::new(Mishap::RefusedAfter { code: 131_000 }));
    assert_eq!(code(&bed.sends(&text("a")).await), (500, 131_000));
    bed.simulator.plan(Fault::new(Mishap::MessageStatus { says: "held_for_quality_assessment".to_owned() }));
    let (_, said) = bed.sends(&text("a")).await;
    assert_eq!(said["messages"][0]["message_status"], "held_for_quality_assessment");
    assert_eq!(bed.simulator.accepted().len(), 3);
}

#[tokio::test]
async fn answers_fail_to_come_before_and_after_acceptance() {
    let bed = Bed::new().await;
    for (mishap, outcome, accepted) in [
        (Mishap::ClosedBefore, Outcome::Closed, 0),
        (Mishap::ClosedAfter, Outcome::Closed, 1),
        (Mishap::Dropped, Outcome::Silent, 1),
        (Mishap::SilentAfter, Outcome::Silent, 2),
    ] {
        bed.simulator.plan(Fault::new(mishap.clone()));
        if outcome == Outcome::Closed {
            assert!(breaks_off(&bed).await, "{mishap:?}");
        } else {
            let request = bed.posting(&text("a")).send();
            let before = bed.simulator.requests().len();
            let silent = |seen: &Seen| seen.requests()[before..].iter().any(|request| request.outcome == outcome);
            tokio::select! {
                answer = request => panic!("{mishap:?} is answered: {answer:?}"),
                silent = bed.simulator.until(PATIENCE, silent) => silent.unwrap(),
            }
        }
        assert_eq!(bed.simulator.accepted().len(), accepted, "{mishap:?}");
        assert_eq!(bed.simulator.requests().last().unwrap().outcome, outcome);
    }
    bed.sent(&text("a")).await;
}

#[tokio::test]
async fn a_slow_answer_is_accepted_long_before() {
    let bed = Bed::new().await;
    bed.simulator.plan(Fault::new(Mishap::Slow { millis: 60_000 }));
    let request = bed.posting(&text("a")).send();
    let accepted = |seen: &Seen| seen.accepted().len() == 1;
    tokio::select! {
        answer = request => panic!("it is answered: {answer:?}"),
        accepted = bed.simulator.until(PATIENCE, accepted) => accepted.unwrap(),
    }
    bed.simulator.plan(Fault::new(Mishap::Slow { millis: 1 }));
    bed.sent(&text("a")).await;
}

#[tokio::test]
async fn a_status_may_come_before_the_answer() {
    let bed = Bed::new().await;
    bed.simulator.plan(Fault::new(Mishap::SentFirst));
    let wamid = bed.sent(&text("a")).await;
    let told = bed.business.takes(1).await;
    assert_eq!(value(&told[0])["statuses"][0]["id"], json!(wamid));
}

#[tokio::test]
async fn a_message_may_fail_long_after_it_was_sent() {
    let bed = Bed::new().await;
    bed.simulator.plan(Fault::new(Mishap::FailsLater { code: 131_026, millis: 1 }).to(ADA));
    bed.sent(&text("a")).await;
    let told = bed.business.takes(2).await;
    assert_eq!(value(&told[0])["statuses"][0]["status"], "sent");
    let failed = &value(&told[1])["statuses"][0];
    assert_eq!((&failed["status"], &failed["errors"][0]["code"]), (&json!("failed"), &json!(131_026)));
}

#[tokio::test]
async fn faults_are_for_whom_they_are_planned() {
    let bed = Bed::new().await;
    bed.simulator.plan(Fault::refused(131_016).at(NUMBER).to(ADA).of_kind("text").after(1).times(2));
    let mut outcomes = Vec::new();
    for _ in 0..4 {
        outcomes.push(bed.sends(&text("a")).await.0);
    }
    assert_eq!(outcomes, [200, 500, 500, 200]);
    bed.simulator.plan(Fault::refused(131_016).of_kind("number"));
    bed.sent(&text("a")).await;
    assert_eq!(code(&bed.gets(NUMBER).await), (500, 131_016));
}

#[tokio::test]
async fn an_outage_lasts_until_it_is_over() {
    let bed = Bed::new().await;
    bed.simulator.outage(true);
    for _ in 0..2 {
        assert_eq!(code(&bed.sends(&text("a")).await), (503, 2));
        assert_eq!(code(&bed.gets(NUMBER).await), (503, 2));
    }
    bed.simulator.outage(false);
    bed.sent(&text("a")).await;
}

#[tokio::test]
async fn answers_of_old_come_in_their_order() {
    let bed = Bed::new().await;
    let other = Answer::Other { status: 302, body: "elsewhere".to_owned(), location: Some("/there".to_owned()) };
    bed.simulator.answers([Answer::Refused { status: 400, code: 4 }, other]);
    assert_eq!(code(&bed.sends(&text("a")).await), (400, 4));
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let page = client.get(bed.at(NUMBER)).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!((page.status().as_u16(), &page.headers()["location"]), (302, &"/there".parse().unwrap()));
    assert_eq!(bed.gets(NUMBER).await.0, 200);
}

#[tokio::test]
async fn once_it_is_gone_nobody_is_answered_even_on_a_connection_that_was_open() {
    let bed = Bed::new().await;
    bed.sent(&text("a")).await;
    let Bed { simulator, client, .. } = bed;
    let url = format!("{}/v24.0/{NUMBER}", simulator.url());
    drop(simulator);
    while client.get(&url).bearer_auth(TOKEN).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
