//! What strangers send who mean no good, or programs that mean nothing.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use leadflow_domain::source::{FormHeading, FormQuestion, FormQuestionText, FormText, WalkInForm};

use super::bed::{Bed, NORA, asked, encoded, form, slug};
use super::html::{checked, fields};
use crate::walk_in::door::MOST_BYTES;

/// What would be markup, a script or an attribute, were it not text.
const MARKUP: &str = "</p></textarea></title>\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;&#x3C;";

#[tokio::test]
async fn what_is_longer_than_any_form_is_not_read_to_its_end() {
    let bed = Bed::new().await;
    let stamp = bed.stamp(60).await;
    let long = "x".repeat(MOST_BYTES);
    let answer = bed.send_stamped(&stamp, &[("name", &long)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    checked(&answer.page);
    // As much as it may be, and no form of ours is so long.
    let most = "x".repeat(MOST_BYTES - 2_000);
    let answer = bed.send_stamped(&stamp, &[&[("name", most.as_str())], &NORA[1..]].concat()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.page.contains("this is too long"));
    assert_eq!(bed.stored().await, 0);
    assert_eq!(bed.refused().await, [("invalid", 1), ("too_large", 1)]);
}

#[tokio::test]
async fn what_is_not_sent_by_a_form_is_not_taken_for_one() {
    let bed = Bed::new().await;
    let body = encoded(&bed.stamp(60).await, &NORA);
    for kind in
        ["", "text/plain", "application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencodedx"]
    {
        let request = asked("198.51.100.7").header(CONTENT_TYPE, kind).body(Body::from(body.clone())).unwrap();
        let answer = bed.take(&slug().to_string(), request).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        checked(&answer.page);
    }
    let urlencoded = "application/x-www-form-urlencoded";
    let request = asked("198.51.100.7").header(CONTENT_TYPE, urlencoded).header(CONTENT_ENCODING, "gzip");
    let answer = bed.take(&slug().to_string(), request.body(Body::from(body.clone())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for nothing in ["", "{}", "name=Nora", "=&=&=", &"a=b&".repeat(100_000 / 4)] {
        let answer = bed.send_body("198.51.100.7", nothing.to_owned()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(bed.stored().await, 0);
    assert_eq!(bed.refused().await, [("no_form", 11)]);
}

#[tokio::test]
async fn broken_bytes_are_text_in_the_page_and_in_what_is_kept() {
    let bed = Bed::new().await;
    let stamp = bed.stamp(60).await;
    let with = |rest: &[u8]| {
        [format!("stamp={stamp}&consent=yes&question-1=x&phone=9820045001&name=").as_bytes(), rest].concat()
    };
    let answer = bed.send_body("198.51.100.7", with(b"a%00%ff%fe\xff\0b&email=%00")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "no address");
    let shown = fields(&answer.page);
    assert_eq!(shown["name"].get("value"), "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}b");
    let answer = bed.send_body("198.51.100.7", with(b"a%00%ff%fe\xff\0b")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.page);
    assert_eq!(bed.stored().await, 1);
}

#[tokio::test]
async fn nothing_that_anybody_writes_is_markup() {
    let mut bed = Bed::new().await;
    let question = |long| FormQuestion { text: FormQuestionText::parse(MARKUP).unwrap(), required: true, long };
    let text = || FormText::parse(MARKUP).ok();
    bed.set(WalkInForm {
        heading: FormHeading::parse(MARKUP).unwrap(),
        greeting: text(),
        questions: vec![question(false), question(true)],
        consent: text(),
        thanks: text(),
        ..form()
    })
    .await;
    let stamp = bed.stamp_of(&slug(), 2, 60, 1).await;
    let names = ["name", "phone", "email", "question-1", "question-2", "consent", "website", "stamp", MARKUP];
    let everywhere: Vec<(&str, &str)> = names.into_iter().map(|name| (name, MARKUP)).collect();
    let pages = [
        bed.show().await,
        bed.thanks().await,
        bed.send(&everywhere).await,
        bed.send_stamped(MARKUP, &everywhere).await,
        bed.send_stamped(&stamp, &everywhere[..6]).await,
    ];
    for answer in pages {
        // The checker knows no script, no picture and no attribute that begins with "on".
        let tags = checked(&answer.page);
        assert!(!answer.page.contains("<script") && !answer.page.contains("<img"));
        assert!(tags.iter().any(|tag| tag.text.contains("<script>alert(1)</script>")), "it is shown as it was written");
    }
    let answer = bed.send_stamped(&stamp, &everywhere[..6]).await;
    let shown = fields(&answer.page);
    assert_eq!((shown["name"].get("value"), shown["question-1"].get("value")), (MARKUP, MARKUP));
    assert_eq!(shown["question-2"].text.trim_start(), MARKUP);
}

#[tokio::test]
async fn an_address_that_is_none_leads_nowhere() {
    let bed = Bed::new().await;
    let long = "a".repeat(10_000);
    for nowhere in ["", "x", "%00", "..", "form.css", "00000000000000000000000000000000", MARKUP, &long] {
        let request = asked("198.51.100.7").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = bed.take(nowhere, request.body(Body::from("stamp=x")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nowhere}");
        checked(&answer.page);
        assert!(!answer.page.contains("script"));
    }
    // As somebody types it from a poster.
    let request = asked("198.51.100.7").header(CONTENT_TYPE, "Application/X-WWW-Form-Urlencoded");
    let body = encoded(&bed.stamp(60).await, &NORA);
    let answer = bed.take(&slug().to_string().to_uppercase(), request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}
