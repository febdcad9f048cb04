//! Somebody walks in, scans the code on the counter, fills in the form, and is a lead.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::colleagues::{Colleague, done};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::patience::eventually;
use leadflow_tests::walk_in::{WalkIn, stamp};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use serde_json::{Value, json};

use super::begin::{Journey, shared};

const LEADS: &str = "{ leads(first: 20) { edges { node { id source contact { id displayName phone email }
    submissions(first: 10) { totalCount edges { node { source sourceId status name formId added
        answers { key question answer } } } } } } } }";

const SOURCE: &str = "query ($id: ID!) { source(id: $id) { kind name status lastSubmittedAt version walkIn { url form {
    language heading greeting name phone callingCode email consent thanks questions { text required long }
    whatsapp { channelId text } } } } }";

/// Sooner a form is not taken.
const FILLING_IN: Duration = Duration::from_millis(2_500);

async fn leads(graphql: &GraphQl) -> Result<Vec<Value>> {
    let shown: Value = graphql.ask(LEADS, &json!({}), "/leads/edges").await?;
    Ok(shown.as_array().context("no leads")?.iter().map(|edge| edge["node"].clone()).collect())
}

/// The number that answers, once the inbox shows it.
async fn answering_channel(graphql: &GraphQl) -> Result<String> {
    eventually("the number is shown", async || {
        graphql.ask("{ channels { edges { node { id } } } }", &json!({}), "/channels/edges/0/node/id").await
    })
    .await
}

/// The address that a picture of a code leads to.
fn scanned(file: Vec<u8>) -> Result<String> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info()?;
    let mut rows = vec![0; reader.output_buffer_size().context("too large")?];
    let info = reader.next_frame(&mut rows)?;
    ensure!(info.bit_depth == png::BitDepth::One && info.color_type == png::ColorType::Grayscale);
    let is_light = |x: usize, y: usize| rows[y * info.line_size + x / 8] & (0x80 >> (x % 8)) != 0;
    let (width, height) = (info.width as usize, info.height as usize);
    let shade = |x, y| if is_light(x, y) { 255 } else { 0 };
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
    let grids = seen.detect_grids();
    Ok(grids.first().context("no code")?.decode()?.1)
}

fn form(channel: &str, heading: &str) -> Value {
    json!({
        "language": "ITALIAN", "heading": heading, "greeting": "Ci dica cosa cerca.", "name": "ALWAYS", "callingCode": "+91",
        "questions": [{"text": "Che cosa cerca?", "required": true}, {"text": "Altro?", "long": true}],
        "consent": "Potete chiamarmi.", "thanks": "A presto!",
        "whatsapp": {"channelId": channel, "text": "Ciao, ero da voi"},
    })
}

#[tokio::test]
async fn who_scans_the_code_and_fills_in_the_form_is_a_lead() -> Result<()> {
    let (journey, server) = (Journey::begin().await?, &shared().await?.server);
    let (owner, address) = (&journey.graphql, server.address());
    let channel = answering_channel(owner).await?;
    let walk_in = WalkIn::open(owner, "Front desk", &form(&channel, "Benvenuti")).await?;

    // What stands on the counter leads to the form.
    let picture = walk_in.get(address, "/qr.png?size=300").await?;
    ensure!(picture.headers()[CONTENT_TYPE] == "image/png");
    ensure!(scanned(picture.bytes().await?.to_vec())? == walk_in.url);
    let drawing = walk_in.get(address, "/qr.svg").await?;
    ensure!(drawing.headers()[CONTENT_TYPE] == "image/svg+xml" && drawing.text().await?.contains("<svg"));
    ensure!(walk_in.get(address, "/qr.png?size=1000000").await?.status() == StatusCode::BAD_REQUEST);

    let page = walk_in.get(address, "").await?;
    ensure!(page.status() == StatusCode::OK);
    let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str()?.to_owned();
    ensure!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"), "{policy}");
    let page = page.text().await?;
    for said in ["lang=\"it\"", "<h1>Benvenuti</h1>", "autocomplete=\"tel\"", "Che cosa cerca?", "Potete chiamarmi."] {
        ensure!(page.contains(said), "{said}: {page}");
    }
    let (stamp, begun) = (stamp(&page)?, Instant::now());
    let right = [
        ("stamp", stamp.as_str()),
        ("name", "Nora <Winter>"),
        ("phone", "98200 45101"),
        ("question-1", "Un divano blu"),
        ("consent", "yes"),
    ];
    let mut wrong = right;
    wrong[2] = ("phone", "chiamatemi");
    eventually("somebody has read the form", async || {
        ensure!(begun.elapsed() > FILLING_IN);
        Ok(())
    })
    .await?;
    let again = walk_in.send(address, &wrong).await?;
    ensure!(again.status() == StatusCode::UNPROCESSABLE_ENTITY);
    let again = again.text().await?;
    for said in
        ["<title>Errore: ", "role=\"alert\"", "non è un numero di telefono", "Nora &lt;Winter&gt;", "Un divano blu"]
    {
        ensure!(again.contains(said), "{said}: {again}");
    }
    // Twice, as whoever presses a button twice.
    for _ in 0..2 {
        let taken = walk_in.send(address, &right).await?;
        ensure!(taken.status() == StatusCode::SEE_OTHER, "{}", taken.text().await?);
        let (_, slug) = walk_in.path.rsplit_once('/').context("no slug")?;
        ensure!(taken.headers()[LOCATION] == format!("{slug}/thanks"));
    }
    let thanks = walk_in.get(address, "/thanks").await?.text().await?;
    let digits: String = journey.business.number.display_phone.chars().filter(char::is_ascii_digit).collect();
    let link = format!("https://wa.me/{digits}?text=Ciao%2C%20ero%20da%20voi");
    ensure!(thanks.contains("A presto!") && thanks.contains(&link), "{thanks}");

    let lead = eventually("the form is a lead", async || {
        let mut leads = leads(owner).await?;
        ensure!(leads.len() == 1 && !leads[0]["contact"]["displayName"].is_null(), "{leads:?}");
        Ok(leads.remove(0))
    })
    .await?;
    ensure!(lead["source"] == "WALK_IN" && lead["contact"]["displayName"] == "Nora <Winter>", "{lead}");
    ensure!(lead["contact"]["phone"] == "+919820045101" && lead["submissions"]["totalCount"] == 1, "{lead}");
    let expected = json!({
        "source": "WALK_IN", "sourceId": walk_in.source, "status": "CREATED", "name": "Nora <Winter>", "formId": "1",
        "added": ["PHONE"],
        "answers": [
            {"key": "name", "question": "Nome", "answer": "Nora <Winter>"},
            {"key": "phone", "question": "Numero di telefono", "answer": "98200 45101"},
            {"key": "question-1", "question": "Che cosa cerca?", "answer": "Un divano blu"},
            {"key": "consent", "question": "Potete chiamarmi.", "answer": "yes"},
        ],
    });
    ensure!(lead["submissions"]["edges"][0]["node"] == expected, "{lead}");

    // The business is told that it works, and what was not taken.
    let refused = "query ($id: ID!) { refused: walkInRefusals(sourceId: $id) { reason times lastAt } }";
    eventually("what was wrong is counted", async || {
        let counted: Value = owner.ask(refused, &json!({"id": walk_in.source}), "/refused").await?;
        ensure!(counted.as_array().is_some_and(|all| all.len() == 1), "{counted}");
        ensure!(counted[0]["reason"] == "INVALID" && counted[0]["times"] == 1, "{counted}");
        Ok(())
    })
    .await?;
    let source: Value = owner.ask(SOURCE, &json!({"id": walk_in.source}), "/source").await?;
    ensure!(source["kind"] == "WALK_IN" && !source["lastSubmittedAt"].is_null(), "{source}");

    // She is erased: what she told is gone, and that somebody did is not.
    let erase =
        "mutation ($input: EraseContactInput!) { done: eraseContact(input: $input) { userErrors { code } stale } }";
    done(owner, erase, &json!({"contactId": lead["contact"]["id"]})).await?;
    eventually("she is erased", async || {
        let shown = leads(owner).await?;
        let told = &shown[0]["submissions"]["edges"][0]["node"];
        ensure!(told["name"].is_null() && told["answers"] == json!([]) && told["formId"] == "1", "{shown:?}");
        Ok(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn a_business_changes_its_form_closes_it_and_opens_it_again() -> Result<()> {
    let (journey, other) = (Journey::begin().await?, Journey::begin().await?);
    let shared = shared().await?;
    let (owner, address) = (&journey.graphql, shared.server.address());
    let channel = answering_channel(owner).await?;
    let walk_in = WalkIn::open(owner, "Front desk", &form(&channel, "Benvenuti")).await?;
    let tell = |what: &str| {
        let input = format!("{}{}Input", what[..1].to_uppercase(), &what[1..]);
        format!(
            "mutation ($input: {input}!) {{ done: {what}(input: $input) {{ source {{ name status version }}
             userErrors {{ code field }} stale }} }}"
        )
    };
    let about = json!({"sourceId": walk_in.source});
    let with = |field: &str, value: Value| {
        let mut input = about.clone();
        input[field] = value;
        input
    };
    let shortest = json!({"language": "ENGLISH", "heading": "Call me back", "email": "NO", "name": "NO"});
    let set = done(owner, &tell("setWalkInForm"), &with("form", shortest.clone())).await?;
    ensure!(set["source"]["version"] == 4, "{set}");
    let renamed = done(owner, &tell("renameSource"), &with("name", json!("Stand 12"))).await?;
    ensure!(renamed["source"]["name"] == "Stand 12", "{renamed}");
    eventually("the form asks otherwise", async || {
        let page = walk_in.get(address, "").await?.text().await?;
        ensure!(
            page.contains("<h1>Call me back</h1>") && !page.contains("email") && !page.contains("Stand 12"),
            "{page}"
        );
        Ok(())
    })
    .await?;
    let source: Value = owner.ask(SOURCE, &json!({"id": walk_in.source}), "/source").await?;
    let asked = &source["walkIn"]["form"];
    ensure!(asked["phone"] == "ALWAYS" && asked["questions"] == json!([]) && asked["whatsapp"].is_null(), "{source}");
    ensure!(source["lastSubmittedAt"].is_null(), "{source}");

    done(owner, &tell("closeSource"), &about).await?;
    eventually("it is closed", async || {
        let page = walk_in.get(address, "").await?;
        ensure!(page.status() == StatusCode::GONE);
        ensure!(page.text().await?.contains("This form is closed"));
        ensure!(walk_in.send(address, &[("stamp", "x")]).await?.status() == StatusCode::GONE);
        Ok(())
    })
    .await?;
    ensure!(walk_in.get(address, "/qr.png").await?.status() == StatusCode::OK, "what is printed stays right");
    done(owner, &tell("reopenSource"), &about).await?;
    eventually("it is open", async || {
        ensure!(walk_in.get(address, "").await?.status() == StatusCode::OK);
        Ok(())
    })
    .await?;

    // What can't be so is said by its field, and others come to nothing.
    for (form, field) in [
        (json!({"language": "ENGLISH", "heading": " "}), "form.heading"),
        (json!({"language": "ENGLISH", "heading": "x", "callingCode": "IT"}), "form.callingCode"),
        (json!({"language": "ENGLISH", "heading": "x", "phone": "NO", "email": "NO"}), "form.phone"),
        (json!({"language": "ENGLISH", "heading": "x", "questions": [{"text": ""}]}), "form.questions.0.text"),
    ] {
        let refused: Value = owner.ask(&tell("setWalkInForm"), &json!({"input": with("form", form)}), "/done").await?;
        let error = &refused["userErrors"][0];
        ensure!(error["code"] == "INVALID" && error["field"] == field, "{field}: {refused}");
    }
    let theirs = answering_channel(&other.graphql).await?;
    let refused: Value =
        owner.ask(&tell("setWalkInForm"), &json!({"input": with("form", form(&theirs, "Benvenuti"))}), "/done").await?;
    ensure!(refused["userErrors"][0]["code"] == "NOT_FOUND", "another's number: {refused}");
    let form = json!({"input": with("form", shortest)});
    let refused: Value = other.graphql.ask(&tell("setWalkInForm"), &form, "/done").await?;
    ensure!(refused["userErrors"][0]["code"] == "NOT_FOUND", "{refused}");
    let agent = Colleague::join(&shared.installation, owner, "AGENT", json!({})).await?.graphql;
    let refused: Value = agent.ask(&tell("setWalkInForm"), &form, "/done").await?;
    ensure!(refused["userErrors"][0]["code"] == "FORBIDDEN", "{refused}");
    Ok(())
}
