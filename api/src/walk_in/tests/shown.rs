//! What is shown, to whom, and in which words.

use axum::http::StatusCode;
use leadflow_domain::channel::ChannelCommand;
use leadflow_domain::source::{Asked, FormLanguage, FormText, SourceCommand, WalkInForm};

use super::bed::{Bed, OTHER_TENANT, SOURCE, TENANT, form};
use super::html::{checked, fields};
use crate::walk_in::wording::words;

#[tokio::test]
async fn a_form_asks_what_the_business_wants_to_know() {
    let bed = Bed::new().await;
    let shown = bed.show().await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(shown.header("cache-control"), "no-store");
    let policy = shown.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe") && !policy.contains("script"));
    let fields = fields(&shown.page);
    let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["consent", "email", "name", "phone", "question-1", "question-2", "stamp", "website"]);
    for (name, kind, autocomplete, required) in [
        ("name", "text", "name", true),
        ("phone", "tel", "tel", true),
        ("email", "email", "email", false),
        ("question-1", "text", "off", true),
        ("consent", "checkbox", "", true),
    ] {
        let field = &fields[name];
        assert_eq!((field.get("type"), field.get("autocomplete")), (kind, autocomplete), "{name}");
        assert_eq!(field.get("required") == "required", required, "{name}");
    }
    assert_eq!(fields["question-2"].name, "textarea");
    assert_eq!(fields["website"].get("tabindex"), "-1", "nobody comes there by the keyboard");
    for said in ["Welcome to Saffron Sofas", "We call you back.", "unless that is +91", "You may call me about this."] {
        assert!(shown.page.contains(said), "{said}");
    }
    assert_ne!(shown.stamp(), bed.show().await.stamp(), "each copy is one of its own");
}

#[tokio::test]
async fn what_is_not_asked_is_not_there() {
    let mut bed = Bed::new().await;
    let shortest = WalkInForm {
        greeting: None,
        name: Asked::No,
        email: Asked::No,
        calling_code: None,
        questions: vec![],
        consent: None,
        ..form()
    };
    bed.set(shortest).await;
    let shown = bed.show().await;
    let names: Vec<String> = fields(&shown.page).into_keys().collect();
    assert_eq!(names, ["phone", "stamp", "website"]);
    assert!(shown.page.contains("Begin with + and the code of its country."));
}

#[tokio::test]
async fn each_language_has_its_words() {
    let mut bed = Bed::new().await;
    for language in FormLanguage::ALL {
        bed.set(WalkInForm { language, ..form() }).await;
        let words = words(language);
        let shown = bed.show().await;
        assert_eq!(checked(&shown.page)[0].get("lang"), words.code);
        assert!(shown.page.contains(words.send) && shown.page.contains(words.name), "{}", words.code);
        let wrong = bed.send(&[]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(checked(&wrong.page).len() > checked(&shown.page).len(), "it says what is wrong");
        assert_eq!(checked(&bed.thanks().await.page)[0].get("lang"), words.code);
    }
}

#[tokio::test]
async fn who_has_sent_it_is_thanked_and_may_go_on_where_the_number_answers() {
    let mut bed = Bed::new().await;
    let thanks = bed.thanks().await;
    assert_eq!(thanks.status, StatusCode::OK);
    checked(&thanks.page);
    assert!(thanks.page.contains("and will get in touch") && !thanks.page.contains("wa.me"));

    let (own, others) = (bed.connect(TENANT).await, bed.connect(OTHER_TENANT).await);
    let text = FormText::parse("See you soon!").ok();
    bed.set(WalkInForm { thanks: text.clone(), whatsapp: Some(Bed::link(own)), ..form() }).await;
    let thanks = bed.thanks().await;
    let link = "https://wa.me/919820000001?text=Hello%2C%20I%20was%20at%20your%20shop";
    assert!(checked(&thanks.page).iter().any(|tag| tag.get("href") == link), "{}", thanks.page);
    assert!(thanks.page.contains("See you soon!") && !thanks.page.contains("get in touch"));

    // Another's number is nobody's here, and one that is not connected answers nobody.
    bed.set(WalkInForm { thanks: text.clone(), whatsapp: Some(Bed::link(others)), ..form() }).await;
    assert!(!bed.thanks().await.page.contains("wa.me"));
    bed.tell_channel(TENANT, own, ChannelCommand::Disconnect).await;
    bed.set(WalkInForm { whatsapp: Some(Bed::link(own)), ..form() }).await;
    assert!(!bed.thanks().await.page.contains("wa.me"));
}

#[tokio::test]
async fn a_form_that_is_closed_says_so_and_opens_again() {
    let mut bed = Bed::new().await;
    bed.tell(TENANT, SOURCE, SourceCommand::Close).await;
    bed.door = bed.another_process(super::bed::rates("1000/1m", "1000/1m"));
    for answer in [bed.show().await, bed.send(&super::bed::NORA).await] {
        assert_eq!(answer.status, StatusCode::GONE);
        checked(&answer.page);
        assert!(answer.page.contains("This form is closed"), "{}", answer.page);
    }
    assert_eq!(bed.stored().await, 0);
    assert_eq!(bed.refused().await, [("closed", 1)]);
    bed.tell(TENANT, SOURCE, SourceCommand::Reopen).await;
    bed.door = bed.another_process(super::bed::rates("1000/1m", "1000/1m"));
    assert_eq!(bed.show().await.status, StatusCode::OK);
}
