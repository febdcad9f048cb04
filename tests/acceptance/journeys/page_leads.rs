//! A business connects a page of Facebook: what people fill in there becomes leads, once each, however they come; and what can't be
//! read says so.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{Ad, Fault, Fill, Settings, Simulator};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::installation::{APP_SECRET, Installation};
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::begin::Journey;

const PAGE: &str = "138124712925158";
const FORM: &str = "172036835026334";
const ANOTHER_FORM: &str = "172036835026335";
const TOKEN: &str = "EAAGpage";

const CONNECT: &str = "mutation ($input: ConnectFacebookPageInput!) { done: connectFacebookPage(input: $input) {
    source { id kind name status webhookPath page { pageId app } readingStopped { code } missedLeads { count } }
    userErrors { code field } stale } }";

const LEADS: &str = "{ leads(first: 40) { totalCount edges { node { source capturedAt contact { phone }
    submissions(first: 10) { totalCount edges { node { source sourceId status submittedAt name formId campaignId adGroupId adId
        providerLeadId answers { key answer } added } } } } } } }";

const SOURCE: &str =
    "query ($id: ID!) { source(id: $id) { status readingStopped { at code } missedLeads { count lastAt lastCode } } }";

const BACKFILL: &str = "query ($id: ID!) { leadBackfill(sourceId: $id) { since forms formsRead leadsRead leadsNew leadsMissed endedAt failure } }";

struct Shop {
    meta: Simulator,
    /// Ends with the journey.
    _installation: Installation,
    server: Server,
    graphql: GraphQl,
}

impl Shop {
    async fn open() -> Result<Self> {
        let settings = Settings { app_secret: APP_SECRET.to_owned(), ..Settings::default() };
        let meta = Simulator::start(settings).await?;
        meta.has_page(TOKEN, PAGE, "Saffron Sofas");
        meta.has_form(PAGE, FORM, "Spring")?;
        let installation = Installation::new()?;
        let url = meta.url();
        let server = Server::start_with(&installation, |command| {
            command.env("LEADFLOW_GRAPH_URL", &url).env("LEADFLOW_GRAPH_TIMEOUT_MS", "2000");
        })
        .await?;
        meta.posts_to(&server.url("/webhooks/whatsapp"));
        let graphql = Journey::begin_on(&installation, &server).await?.graphql;
        Ok(Self { meta, _installation: installation, server, graphql })
    }

    /// What `connectFacebookPage` answers.
    async fn connects(&self, token: &str) -> Result<Value> {
        let input = json!({ "pageId": PAGE, "accessToken": token });
        self.graphql.ask(CONNECT, &json!({ "input": input }), "/done").await
    }

    /// The page is connected: its source's id.
    async fn connected(&self, token: &str) -> Result<String> {
        let done = self.connects(token).await?;
        ensure!(done["userErrors"] == json!([]), "{done}");
        done["source"]["id"].as_str().map(str::to_owned).with_context(|| format!("{done}"))
    }

    async fn leads(&self) -> Result<Vec<Value>> {
        let found: Value = self.graphql.ask(LEADS, &json!({}), "/leads").await?;
        Ok(found["edges"].as_array().context("no edges")?.iter().map(|edge| edge["node"].clone()).collect())
    }

    /// The leads, once they are so many.
    async fn has_leads(&self, many: usize) -> Result<Vec<Value>> {
        eventually(&format!("{many} leads"), async || {
            let leads = self.leads().await?;
            ensure!(leads.len() == many, "{leads:?}");
            Ok(leads)
        })
        .await
    }

    /// The source, once something holds of it.
    async fn source(&self, id: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
        eventually(what, async || {
            let source: Value = self.graphql.ask(SOURCE, &json!({ "id": id }), "/source").await?;
            ensure!(holds(&source), "{source}");
            Ok(source)
        })
        .await
    }

    /// The newest backfill, once it has ended.
    async fn backfilled(&self, id: &str) -> Result<Value> {
        eventually("the backfill", async || {
            let backfill: Value = self.graphql.ask(BACKFILL, &json!({ "id": id }), "/leadBackfill").await?;
            ensure!(!backfill["endedAt"].is_null(), "{backfill}");
            Ok(backfill)
        })
        .await
    }

    async fn asks_backfill(&self, id: &str) -> Result<()> {
        let document = "mutation ($id: ID!) { done: backfillLeads(input: { sourceId: $id }) { userErrors { code } } }";
        let done: Value = self.graphql.ask(document, &json!({ "id": id }), "/done").await?;
        ensure!(done["userErrors"] == json!([]), "{done}");
        Ok(())
    }

    /// A webhook tells of leads by their ids, as Meta does.
    async fn is_told_of(&self, leads: &[&str]) -> Result<()> {
        let change = |lead: &&str| {
            json!({ "field": "leadgen", "value": {
            "leadgen_id": lead, "page_id": PAGE, "form_id": FORM, "created_time": 1_763_712_000 } })
        };
        let changes: Vec<Value> = leads.iter().map(change).collect();
        let body = json!({ "object": "page", "entry": [{ "id": PAGE, "time": 1_763_712_001, "changes": changes }] });
        Sender::new(self.server.address(), 1)?.deliver(&[body.to_string().into_bytes()]).await
    }
}

fn fill(name: &str, phone: &str, created: i64) -> Fill {
    Fill { created: Some(created), ..Fill::answering(&[("full_name", name), ("phone_number", phone)]) }
}

#[tokio::test]
async fn what_is_filled_in_on_a_page_is_a_lead_once_however_it_comes() -> Result<()> {
    let shop = Shop::open().await?;
    let ad = Ad { campaign_id: "33".to_owned(), adset_id: "32".to_owned(), ad_id: "31".to_owned() };
    let first = Fill {
        ad: Some(ad),
        consents: vec![("news".to_owned(), true), ("calls".to_owned(), false)],
        answers: vec![
            ("full_name".to_owned(), json!("Zoë Müller")),
            ("phone_number".to_owned(), json!("+39 333 123 4567")),
            ("ce_culoare_vrei?".to_owned(), json!(["roșu", "verde"])),
        ],
        created: Some(1_763_712_000),
    };
    let first = shop.meta.fills_in_silently(FORM, first)?;
    // Nobody has connected the page yet: what is told of waits. Twice in one delivery, and once more.
    shop.is_told_of(&[&first, &first]).await?;
    shop.is_told_of(&[&first]).await?;

    for (token, code) in [("EAAGwrong", "TOKEN_REFUSED"), ("EAAGforeign", "PAGE_REFUSED")] {
        if code == "PAGE_REFUSED" {
            shop.meta.has_page(token, "5", "Another");
        }
        let refused = shop.connects(token).await?;
        let error = &refused["userErrors"][0];
        ensure!(refused["source"].is_null() && error["code"] == code && error["field"] == "accessToken", "{refused}");
    }
    let done = shop.connects(TOKEN).await?;
    let source = &done["source"];
    let id = source["id"].as_str().with_context(|| format!("{done}"))?.to_owned();
    let page = json!({ "pageId": PAGE, "app": null });
    ensure!(source["name"] == "Saffron Sofas" && source["kind"] == "FACEBOOK_PAGE" && source["page"] == page, "{done}");
    ensure!(source["webhookPath"] == "/webhooks/whatsapp" && source["status"] == "OPEN", "{done}");

    let lead = shop.has_leads(1).await?.remove(0);
    ensure!(lead["source"] == "META_FORM" && lead["capturedAt"] == "2025-11-21T08:00:00Z", "{lead}");
    ensure!(lead["contact"]["phone"] == "+393331234567" && lead["submissions"]["totalCount"] == 1, "{lead}");
    let submission = &lead["submissions"]["edges"][0]["node"];
    let expected = json!({ "source": "META_FORM", "sourceId": id, "status": "CREATED", "submittedAt": "2025-11-21T08:00:00Z",
        "name": "Zoë Müller", "formId": FORM, "campaignId": "33", "adGroupId": "32", "adId": "31", "providerLeadId": first,
        "answers": [
            { "key": "full_name", "answer": "Zoë Müller" }, { "key": "phone_number", "answer": "+39 333 123 4567" },
            { "key": "ce_culoare_vrei?", "answer": "roșu" }, { "key": "ce_culoare_vrei?", "answer": "verde" },
            { "key": "news", "answer": "true" }, { "key": "calls", "answer": "false" } ],
        "added": ["PHONE"] });
    ensure!(submission == &expected, "{submission}");

    // Told of once more, and found by a backfill besides: it stays one. What nobody told of is found.
    let second = shop.meta.fills_in(FORM, fill("Bo", "+393337654321", 1_763_713_000)).await?.lead_id;
    shop.has_leads(2).await?;
    shop.meta.has_form(PAGE, ANOTHER_FORM, "Autumn")?;
    for (nth, phone) in ["+393330000001", "+393330000002", "+393330000003"].into_iter().enumerate() {
        let form = if nth == 0 { FORM } else { ANOTHER_FORM };
        shop.meta.fills_in_silently(form, fill("Mia", phone, 1_763_714_000))?;
    }
    shop.meta.tells_of_leads(&[&first, &second]).await?;
    shop.asks_backfill(&id).await?;
    let backfill = shop.backfilled(&id).await?;
    let expected = json!({ "since": null, "forms": 2, "formsRead": 2, "leadsRead": 5, "leadsNew": 3, "leadsMissed": 0,
                           "endedAt": backfill["endedAt"], "failure": null });
    ensure!(backfill == expected, "{backfill}");
    let leads = shop.has_leads(5).await?;
    ensure!(leads.iter().all(|lead| lead["submissions"]["totalCount"] == 1), "{leads:?}");
    shop.asks_backfill(&id).await?;
    let again = eventually("another backfill", async || {
        let again = shop.backfilled(&id).await?;
        ensure!(again["leadsNew"] == 0, "{again}");
        Ok(again)
    });
    ensure!(again.await?["leadsRead"] == 5, "all are read again, and none is new");
    shop.has_leads(5).await?;
    Ok(())
}

#[tokio::test]
async fn what_can_t_be_read_says_so_and_what_can_is_read_once_it_may_be() -> Result<()> {
    let shop = Shop::open().await?;
    let id = shop.connected(TOKEN).await?;
    // One is gone before it is read; Meta's tests become nothing.
    let gone = shop.meta.fills_in_silently(FORM, fill("Ada", "+393330000009", 1_763_712_000))?;
    ensure!(shop.meta.loses_lead(&gone), "it was there");
    shop.is_told_of(&[&gone, "444444444444"]).await?;
    let test = Fill::answering(&[("full_name", "<test lead: dummy data for full_name>"), ("email", "test@meta.com")]);
    shop.meta.fills_in(FORM, test).await?;
    let source = shop.source(&id, "the missed lead", |source| source["missedLeads"]["count"] == 1).await?;
    ensure!(source["missedLeads"]["lastCode"] == 100 && source["readingStopped"].is_null(), "{source}");

    // Out of order for a moment: it is tried again.
    shop.meta.plan(Fault::refused(2).of_kind("lead"));
    shop.meta.fills_in(FORM, fill("Bo", "+393330000010", 1_763_712_100)).await?;
    shop.has_leads(1).await?;

    // The token is taken back: nothing is read, and all waits for another.
    shop.meta.revoke(TOKEN);
    for phone in ["+393330000011", "+393330000012"] {
        shop.meta.fills_in(FORM, fill("Mia", phone, 1_763_712_200)).await?;
    }
    let stopped = shop.source(&id, "the stop", |source| source["readingStopped"]["code"] == 190).await?;
    ensure!(stopped["status"] == "OPEN", "{stopped}");
    shop.meta.has_page("EAAGanother", PAGE, "Saffron Sofas");
    ensure!(shop.connected("EAAGanother").await? == id, "it is the same source");
    shop.source(&id, "that it is read again", |source| source["readingStopped"].is_null()).await?;
    let leads = shop.has_leads(3).await?;
    ensure!(leads.iter().all(|lead| lead["submissions"]["totalCount"] == 1), "{leads:?}");

    // Closed, it is nobody's; what comes waits for whoever connects the page.
    let close =
        "mutation ($id: ID!) { done: closeSource(input: { sourceId: $id }) { source { status } userErrors { code } } }";
    let closed: Value = shop.graphql.ask(close, &json!({ "id": id }), "/done").await?;
    ensure!(closed["source"]["status"] == "CLOSED", "{closed}");
    let reopen = "mutation ($id: ID!) { done: reopenSource(input: { sourceId: $id }) { userErrors { code } } }";
    let refused: Value = shop.graphql.ask(reopen, &json!({ "id": id }), "/done").await?;
    ensure!(refused["userErrors"][0]["code"] == "WRONG_STATUS", "{refused}");
    shop.meta.fills_in(FORM, fill("Eve", "+393330000013", 1_763_712_300)).await?;
    ensure!(shop.connected("EAAGanother").await? == id, "it is the same source again");
    shop.has_leads(4).await?;
    Ok(())
}
