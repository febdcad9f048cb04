//! The client and the simulator, each written from Meta's documentation alone, understand each other.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use url::Url;

use super::simulator::{BusinessNumber, Fault, Mishap, Outcome, Settings, Simulator, TemplateUpdate};
use super::*;

const TOKEN: &str = "EAAGm0PX4ZCpsBAKtoken";
const NUMBER: &str = "106540352242922";
const ACCOUNT: &str = "102290129340398";
const ADA: &str = "+16505551234";
/// Long enough for whatever this machine does meanwhile, and short enough to wait for.
const SHORT: Duration = Duration::from_secs(1);

async fn simulator() -> Simulator {
    let settings = Settings { windows_open_for_all: true, ..Settings::default() };
    let simulator = Simulator::start(settings).await.unwrap();
    let number = BusinessNumber {
        phone_number_id: NUMBER.to_owned(),
        waba_id: ACCOUNT.to_owned(),
        display_phone: "+1 555-078-3881".to_owned(),
    };
    simulator.reaches(TOKEN, number, "Saffron Sofas");
    simulator
}

fn token() -> AccessToken {
    AccessToken::parse(&SecretString::from(TOKEN)).unwrap()
}

fn graph(simulator: &Simulator, patience: Duration) -> Graph {
    Graph::new(&Url::parse(&simulator.url()).unwrap(), "v24.0", patience).unwrap()
}

fn patient(simulator: &Simulator) -> Graph {
    graph(simulator, Duration::from_secs(20))
}

fn message(content: OutgoingContent) -> Outgoing {
    let to = Recipient::Phone(ADA.to_owned());
    Outgoing { to, content, replies_to: None, callback: "0190b6f5".to_owned() }
}

fn hello() -> Outgoing {
    message(OutgoingContent::Text { body: "Is the green sofa still there? é 😀".to_owned(), preview_url: true })
}

async fn sent(simulator: &Simulator, message: &Outgoing) -> Result<Accepted, SendFailure> {
    patient(simulator).send(&token(), NUMBER, message).await
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

async fn uploaded(graph: &Graph, mime_type: &str, filename: &str, bytes: &[u8]) -> String {
    graph.upload_media(&token(), NUMBER, Upload { mime_type, filename, bytes }).await.unwrap()
}

/// A template that waits for nothing any more.
async fn approved(simulator: &Simulator, template: &NewTemplate) -> CreatedTemplate {
    let created = patient(simulator).create_template(&token(), ACCOUNT, template).await.unwrap();
    assert_eq!((&*created.status, &*created.category), ("PENDING", &*template.category));
    simulator.update_template(&created.id, &TemplateUpdate::approved()).await.unwrap();
    created
}

fn order_update() -> NewTemplate {
    NewTemplate {
        name: "order_update".to_owned(),
        language: "en_US".to_owned(),
        category: "UTILITY".to_owned(),
        components: json!([
            { "type": "HEADER", "format": "DOCUMENT", "example": { "header_handle": ["4:a"] } },
            { "type": "BODY", "text": "Order {{order_id}} leaves now.",
              "example": { "body_text_named_params": [{ "param_name": "order_id", "example": "123" }] } },
            { "type": "BUTTONS", "buttons": [
                { "type": "URL", "text": "Follow it", "url": "https://example.com/{{1}}",
                  "example": ["https://example.com/123"] },
                { "type": "QUICK_REPLY", "text": "Stop" } ] },
        ]),
    }
}

fn order_123() -> OutgoingContent {
    let source = MediaSource::Link("https://example.com/offer.pdf".to_owned());
    let button = |index, kind| TemplateButton { index, kind };
    OutgoingContent::Template {
        name: "order_update".to_owned(),
        language: "en_US".to_owned(),
        header: Some(TemplateHeader::Media { kind: MediaKind::Document, source, filename: some("offer.pdf") }),
        body: vec![Parameter { name: some("order_id"), text: "123".to_owned() }],
        buttons: vec![
            button(0, TemplateButtonKind::UrlSuffix("123".to_owned())),
            button(1, TemplateButtonKind::QuickReplyPayload("stop".to_owned())),
        ],
    }
}

#[tokio::test]
async fn every_kind_is_accepted() {
    let simulator = simulator().await;
    let graph = patient(&simulator);
    approved(&simulator, &order_update()).await;
    let text = |text: &str| text.to_owned();
    let row = |id: &str, description| Row { id: text(id), title: text("A sofa"), description };
    let button = |id: &str| Button { id: text(id), title: text(id) };
    let mut contents = vec![
        hello().content,
        OutgoingContent::Location(Place { latitude: 37.5, longitude: -122.0, name: some("Shop"), address: None }),
        OutgoingContent::Contacts(vec![json!({ "name": { "formatted_name": "Ada", "first_name": "Ada" },
                                               "phones": [{ "phone": ADA, "type": "WORK" }] })]),
        OutgoingContent::Reaction { to: text("wamid.A"), emoji: some("👍") },
        OutgoingContent::Reaction { to: text("wamid.A"), emoji: None },
        OutgoingContent::Buttons {
            body: text("Shall we call?"),
            header: some("A call"),
            footer: some("Saffron Sofas"),
            buttons: vec![button("Yes"), button("No"), button("Later")],
        },
        OutgoingContent::List {
            body: text("Which one?"),
            header: some("Sofas"),
            footer: None,
            button: text("Choose"),
            sections: vec![
                Section { title: some("Green"), rows: vec![row("a", some("Velvet")), row("b", None)] },
                Section { title: some("Blue"), rows: vec![row("c", None)] },
            ],
        },
        OutgoingContent::Product {
            body: None,
            footer: some("Saffron Sofas"),
            catalog_id: text("194836987003835"),
            product_retailer_id: text("sofa-1"),
        },
        OutgoingContent::ProductList {
            header: text("Sofas"),
            body: text("These?"),
            footer: None,
            catalog_id: text("194836987003835"),
            sections: vec![ProductSection { title: some("Green"), products: vec![text("sofa-1"), text("sofa-2")] }],
        },
        OutgoingContent::Catalog { body: text("All of them"), footer: None, thumbnail_product_retailer_id: None },
        OutgoingContent::Catalog {
            body: text("All of them"),
            footer: some("Saffron Sofas"),
            thumbnail_product_retailer_id: some("sofa-1"),
        },
        order_123(),
    ];
    for (kind, mime_type) in [
        (MediaKind::Image, "image/png"),
        (MediaKind::Video, "video/mp4"),
        (MediaKind::Audio, "audio/ogg; codecs=opus"),
        (MediaKind::Document, "application/pdf"),
        (MediaKind::Sticker, "image/webp"),
    ] {
        let id = uploaded(&graph, mime_type, "Currículum café.x", b"--bytes\r\n\0\xff").await;
        let captioned = !matches!(kind, MediaKind::Audio | MediaKind::Sticker);
        let caption = captioned.then(|| text("Look"));
        let filename = some("café.pdf");
        for source in [MediaSource::Id(id), MediaSource::Link(text("https://example.com/a"))] {
            contents.push(OutgoingContent::Media {
                kind,
                source,
                caption: caption.clone(),
                filename: filename.clone(),
            });
        }
    }
    for (number, content) in contents.into_iter().enumerate() {
        let shown = format!("{content:?}");
        let callback = format!("message {number}");
        let message = Outgoing { callback: callback.clone(), replies_to: some("wamid.HBg"), ..message(content) };
        let accepted = sent(&simulator, &message).await.unwrap_or_else(|failure| panic!("{shown}: {failure:?}"));
        assert_eq!(accepted.wa_id.as_deref(), Some("16505551234"));
        let taken = simulator.seen(|seen| seen.message(&accepted.message_id).cloned()).unwrap();
        assert_eq!(taken.callback_data, Some(callback));
    }
}

#[tokio::test]
async fn a_customer_is_written_to_by_her_user_id() {
    let simulator = simulator().await;
    let to = Recipient::UserId("US.13491208655302741918".to_owned());
    let accepted = sent(&simulator, &Outgoing { to, ..hello() }).await.unwrap();
    assert_eq!((accepted.wa_id, accepted.user_id.as_deref()), (None, Some("US.13491208655302741918")));
}

/// Whatever the simulator knows of each code, the client reads it, status and all.
#[tokio::test]
async fn each_code_comes_back_with_its_class() {
    let simulator = simulator().await;
    for code in [
        0, 1, 2, 3, 4, 10, 33, 100, 190, 200, 299, 368, 80_007, 130_429, 130_472, 130_497, 131_000, 131_005, 131_008,
        131_009, 131_016, 131_020, 131_021, 131_026, 131_031, 131_037, 131_041, 131_042, 131_045, 131_047, 131_048,
        131_049, 131_050, 131_051, 131_052, 131_053, 131_056, 131_057, 131_059, 131_062, 131_201, 131_215, 132_000,
        132_001, 132_005, 132_007, 132_012, 132_015, 132_016, 132_068, 132_069, 133_000, 133_004, 133_005, 133_006,
        133_008, 133_010, 133_015, 134_011, 135_000, 999_999,
    ] {
        simulator.plan(Fault::refused(code));
        let failure = sent(&simulator, &hello()).await.unwrap_err();
        let SendFailure::Refused(refusal) = failure else { panic!("{code}: {failure:?}") };
        assert_eq!((refusal.code, refusal.class), (code, ErrorClass::of(code)));
        assert!((400..600).contains(&refusal.status) && refusal.title.is_some(), "{refusal:?}");
    }
    assert!(simulator.accepted().is_empty());
}

/// What comes back of itself, and not by plan.
#[tokio::test]
async fn what_meta_refuses_is_a_refusal_with_its_consequence() {
    let simulator = Simulator::start(Settings::default()).await.unwrap();
    let number = BusinessNumber {
        phone_number_id: NUMBER.to_owned(),
        waba_id: ACCOUNT.to_owned(),
        display_phone: "+1 555-078-3881".to_owned(),
    };
    simulator.reaches(TOKEN, number, "Saffron Sofas");
    let class = |result: Result<Accepted, SendFailure>| match result {
        Err(SendFailure::Refused(refusal)) => (refusal.code, refusal.class),
        other => panic!("{other:?}"),
    };
    let never = |then| ErrorClass::Never { then };
    let template = message(order_123());
    assert_eq!(class(sent(&simulator, &hello()).await), (131_047, never(Consequence::OfferTemplate)));
    assert_eq!(class(sent(&simulator, &template).await), (132_001, never(Consequence::ResyncTemplates)));
    let created = approved(&simulator, &order_update()).await;
    sent(&simulator, &template).await.unwrap();
    let becomes = async |event: &str| {
        let (event, reason) = (event.to_owned(), "NONE".to_owned());
        simulator.update_template(&created.id, &TemplateUpdate::Status { event, reason }).await.unwrap();
    };
    becomes("PAUSED").await;
    assert_eq!(class(sent(&simulator, &template).await), (132_015, never(Consequence::MarkTemplatePaused)));
    becomes("DISABLED").await;
    assert_eq!(class(sent(&simulator, &template).await), (132_016, never(Consequence::MarkTemplateDisabled)));
    let elsewhere = patient(&simulator).send(&token(), "106540352242923", &hello()).await;
    assert_eq!(class(elsewhere), (100, ErrorClass::Stop { scope: StopScope::Number }));
    simulator.revoke(TOKEN);
    let failure = sent(&simulator, &hello()).await;
    assert!(!format!("{failure:?}").contains(TOKEN), "Meta repeats the token: {failure:?}");
    assert_eq!(class(failure), (190, ErrorClass::Stop { scope: StopScope::Credentials }));
}

#[tokio::test]
async fn silence_before_and_after_it_was_accepted_leaves_it_unknown() {
    for (mishap, accepted, outcome) in [
        (Mishap::Dropped, 0, Outcome::Silent),
        (Mishap::SilentAfter, 1, Outcome::Silent),
        (Mishap::ClosedBefore, 0, Outcome::Closed),
        (Mishap::ClosedAfter, 1, Outcome::Closed),
        (Mishap::Page { status: 502 }, 0, Outcome::Answered(502)),
        (Mishap::PageAfter { status: 502 }, 1, Outcome::Answered(502)),
        (Mishap::Json { status: 500, body: json!({ "oops": true }) }, 0, Outcome::Answered(500)),
        (Mishap::NoMessages { accepted: false }, 0, Outcome::Answered(200)),
        (Mishap::NoMessages { accepted: true }, 1, Outcome::Answered(200)),
    ] {
        let simulator = simulator().await;
        simulator.plan(Fault::new(mishap.clone()));
        let failure = graph(&simulator, SHORT).send(&token(), NUMBER, &hello()).await.unwrap_err();
        assert!(matches!(failure, SendFailure::Unknown { .. }), "{mishap:?}: {failure:?}");
        let requests = simulator.requests();
        let [request] = &*requests else { panic!("{mishap:?}: sent once, not {requests:?}") };
        assert_eq!((request.outcome, simulator.accepted().len()), (outcome, accepted), "{mishap:?}");
    }
}

#[tokio::test]
async fn what_was_held_is_told() {
    let simulator = simulator().await;
    simulator.plan(Fault::new(Mishap::MessageStatus { says: "held_for_quality_assessment".to_owned() }));
    let accepted = sent(&simulator, &hello()).await.unwrap();
    assert_eq!(accepted.message_status.as_deref(), Some("held_for_quality_assessment"));
}

#[tokio::test]
async fn a_message_is_marked_as_read() {
    let simulator = simulator().await;
    let graph = patient(&simulator);
    for typing in [false, true] {
        graph.mark_read(&token(), NUMBER, "wamid.A", typing).await.unwrap();
    }
    let reads = simulator.seen(|seen| seen.reads().to_vec());
    let [plain, typing] = &*reads else { panic!("{reads:?}") };
    assert_eq!((&*plain.message_id, plain.typing, typing.typing), ("wamid.A", false, true));
}

#[tokio::test]
async fn templates_are_made_listed_page_by_page_and_taken_away() {
    let simulator = simulator().await;
    let graph = patient(&simulator);
    let template = |name: String, language: &str| NewTemplate {
        name,
        language: language.to_owned(),
        category: "MARKETING".to_owned(),
        components: json!([{ "type": "BODY", "text": "A sale" }]),
    };
    for number in 0..101 {
        graph.create_template(&token(), ACCOUNT, &template(format!("sale_{number}"), "en_US")).await.unwrap();
    }
    let german = graph.create_template(&token(), ACCOUNT, &template("sale_7".to_owned(), "de")).await.unwrap();
    let twice = graph.create_template(&token(), ACCOUNT, &template("sale_7".to_owned(), "de")).await.unwrap_err();
    let CallFailure::Refused(refusal) = twice else { panic!("{twice:?}") };
    assert_eq!((refusal.code, refusal.class), (100, ErrorClass::Never { then: Consequence::None }));
    let all = async || {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = graph.templates(&token(), ACCOUNT, after.as_deref()).await.unwrap();
            listed.extend(page.templates);
            after = page.after;
            if after.is_none() {
                return listed;
            }
        }
    };
    let listed = all().await;
    assert_eq!(listed.len(), 102);
    let found = listed.iter().find(|template| template.id == german.id).unwrap();
    let expected = ListedTemplate {
        id: german.id.clone(),
        name: "sale_7".to_owned(),
        language: "de".to_owned(),
        status: "PENDING".to_owned(),
        category: "MARKETING".to_owned(),
        quality: some("UNKNOWN"),
        components: json!([{ "type": "BODY", "text": "A sale" }]),
        rejected_reason: None,
    };
    assert_eq!(*found, expected);
    graph.delete_template(&token(), ACCOUNT, "sale_7", Some(&german.id)).await.unwrap();
    assert_eq!(all().await.len(), 101);
    graph.delete_template(&token(), ACCOUNT, "sale_7", None).await.unwrap();
    assert_eq!(all().await.len(), 100);
}

#[tokio::test]
async fn a_file_comes_back_as_it_went() {
    let simulator = simulator().await;
    let graph = patient(&simulator);
    let bytes: Vec<u8> = (0..=255).cycle().take(3 << 20).collect();
    let id = uploaded(&graph, "audio/ogg; codecs=opus", "../../x\"\r\n", &bytes).await;
    let media = graph.media(&token(), &id, Some(NUMBER)).await.unwrap();
    assert_eq!((&*media.mime_type, media.size), ("audio/ogg; codecs=opus", Some(3 << 20)));
    assert_eq!(graph.download(&token(), &media).await.unwrap(), bytes);
    let (id, sha256) = simulator.keeps_medium(NUMBER, "image/jpeg", b"a sofa".to_vec());
    let media = graph.media(&token(), &id, None).await.unwrap();
    assert_eq!(Some(media.sha256), Digest::parse(&sha256));
    // Its address lasts for five minutes: then it is asked for anew.
    simulator.moves_clock(301);
    let over = graph.download(&token(), &media).await.unwrap_err();
    assert!(matches!(&over, CallFailure::Refused(refusal) if refusal.status == 404), "{over:?}");
    let media = graph.media(&token(), &id, None).await.unwrap();
    assert_eq!(graph.download(&token(), &media).await.unwrap(), b"a sofa");
}
