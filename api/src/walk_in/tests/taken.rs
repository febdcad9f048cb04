//! What is taken, and what is asked for once more.

use axum::http::StatusCode;
use leadflow_domain::source::{FormHeading, SourceCommand, SourceName, WalkInForm, WalkInSlug};
use leadflow_domain::{SourceId, TenantId};
use serde_json::Value;
use uuid::Uuid;

use super::bed::{Answer, Bed, NORA, SOURCE, TENANT, form, slug};
use super::html::{checked, fields};

fn is_thanked(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.page);
    assert_eq!(answer.header("location"), format!("{}/thanks", slug()));
}

fn is_shown_again(answer: &Answer, saying: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.page);
    let tags = checked(&answer.page);
    let summary = tags.iter().find(|tag| tag.get("role") == "alert").expect("a summary");
    assert!(summary.text.contains(saying), "{}", summary.text);
    let title = tags.iter().find(|tag| tag.name == "title").unwrap();
    assert!(title.text.starts_with("Error: "), "{}", title.text);
    let shown = fields(&answer.page);
    assert_eq!((shown["name"].get("value"), shown["question-1"].get("value")), ("Nora Winter", "A blue sofa"));
    assert_eq!(shown["consent"].get("checked"), "checked");
}

#[tokio::test]
async fn what_is_taken_is_stored_before_she_is_thanked() {
    let bed = Bed::new().await;
    is_thanked(&bed.send(&NORA).await);
    assert_eq!(bed.stored().await, 1);
    let row: (Uuid, Value) = sqlx::query_as("select source_id, to_jsonb(bytes) from webhook_deliveries")
        .fetch_one(&bed.owner)
        .await
        .unwrap();
    assert_eq!(row.0, SOURCE.as_uuid());
    let clear: bool =
        sqlx::query_scalar("select position('Nora' in encode(body, 'escape')) > 0 from webhook_deliveries")
            .fetch_one(&bed.owner)
            .await
            .unwrap();
    assert!(!clear, "sealed, as all that comes is");
    assert!(bed.refused().await.is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_told_where_it_is_and_what_was_written_stays() {
    let bed = Bed::new().await;
    let mut given = NORA;
    given[1] = ("phone", "call me");
    given[2] = ("email", "nora at home");
    let answer = bed.send(&given).await;
    is_shown_again(&answer, "Phone number: this is no phone number");
    let shown = fields(&answer.page);
    for wrong in ["phone", "email"] {
        assert_eq!(shown[wrong].get("aria-invalid"), "true");
        assert!(shown[wrong].get("aria-describedby").contains(&format!("{wrong}-wrong")));
    }
    assert_eq!(shown["name"].get("aria-invalid"), "");
    assert_eq!(shown["phone"].get("value"), "call me");
    assert_eq!((bed.stored().await, bed.refused().await), (0, vec![("invalid", 1)]));
    // She corrects it, in the same copy.
    is_thanked(&bed.send_stamped(answer.stamp(), &NORA).await);
}

#[tokio::test]
async fn a_stamp_is_good_for_its_own_form_and_its_own_time() {
    let bed = Bed::new().await;
    let other = WalkInSlug::of(8);
    for (stamp, saying, reason) in [
        (bed.stamp(12 * 3_600 + 60).await, "open for too long", "expired"),
        (bed.stamp_of(&other, 1, 60, 1).await, "open for too long", "forged"),
        (bed.stamp(0).await, "That was very fast", "too_soon"),
        (bed.stamp_of(&slug(), 7, 60, 1).await, "has changed meanwhile", "outdated"),
        (String::new(), "open for too long", "forged"),
        ("\u{0}\u{1f600}<b>".to_owned(), "open for too long", "forged"),
    ] {
        let before = bed.refused().await;
        let answer = bed.send_stamped(&stamp, &NORA).await;
        is_shown_again(&answer, saying);
        assert_eq!(answer.stamp() == stamp, reason == "too_soon", "one that is young grows older: {reason}");
        let count =
            |counted: &[(&str, i64)]| counted.iter().find(|(known, _)| *known == reason).map_or(0, |found| found.1);
        assert_eq!(count(&bed.refused().await), count(&before) + 1, "{reason}");
    }
    assert_eq!(bed.stored().await, 0);
}

#[tokio::test]
async fn who_has_the_old_form_open_looks_at_the_new_one() {
    let mut bed = Bed::new().await;
    let old = bed.stamp(60).await;
    bed.set(WalkInForm { heading: FormHeading::parse("Good day").unwrap(), ..form() }).await;
    let answer = bed.send_stamped(&old, &NORA).await;
    is_shown_again(&answer, "has changed meanwhile");
    assert!(answer.page.contains("Good day"));
    let new = bed.stamp_of(&slug(), 2, 60, 5).await;
    is_thanked(&bed.send_stamped(&new, &NORA).await);
}

#[tokio::test]
async fn what_people_don_t_see_stays_empty() {
    let bed = Bed::new().await;
    let trapped = [&NORA[..], &[("website", "https://cheap.example")]].concat();
    let answer = bed.send(&trapped).await;
    is_shown_again(&answer, "It is empty again");
    assert_eq!(fields(&answer.page)["website"].get("value"), "", "who was filled in for sends it once more");
    assert_eq!((bed.stored().await, bed.refused().await), (0, vec![("trap", 1)]));
    is_thanked(&bed.send_stamped(answer.stamp(), &NORA).await);
}

#[tokio::test]
async fn each_form_is_its_own_and_its_business_s() {
    let bed = Bed::new().await;
    let tenant = TenantId::from_uuid(Uuid::from_u128(2));
    let (source, theirs) = (SourceId::from_uuid(Uuid::from_u128(71)), WalkInSlug::of(9));
    let name = SourceName::parse("Theirs").unwrap();
    let heading = FormHeading::parse("Theirs").unwrap();
    let open =
        SourceCommand::OpenWalkIn { name, slug: theirs.clone(), form: Box::new(WalkInForm { heading, ..form() }) };
    bed.tell(tenant, source, open).await;
    // A refusal there is theirs to see.
    let stamp = bed.stamp_of(&theirs, 1, 60, 1).await;
    let body = super::bed::encoded(&stamp, &[("name", "Nora")]);
    let request = super::bed::asked("198.51.100.7")
        .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
        .body(body.into())
        .unwrap();
    let answer = bed.take(&theirs.to_string(), request).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.page.contains("<h1>Theirs</h1>"));
    assert!(bed.refused().await.is_empty());
    let counted = async |tenant| crate::walk_in::counted(&bed.pool, tenant, source).await.unwrap().len();
    assert_eq!((counted(tenant).await, counted(TENANT).await), (1, 0), "and nobody else's");
}

#[tokio::test]
async fn what_can_t_be_stored_is_not_thanked_for() {
    let bed = Bed::new().await;
    let stamp = bed.stamp(60).await;
    bed.show().await;
    bed.pool.close().await;
    let answer = bed.send_stamped(&stamp, &NORA).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    checked(&answer.page);
}
