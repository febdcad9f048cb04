//! A business brings files of leads: over HTTP and at the command line, in the forms that spreadsheets write, once and again.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::business::issue_operator_token;
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::imports::{answer, bring, counts, ended, import};
use leadflow_tests::patience::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::begin::{Journey, shared};

const FILE: &str = "Full name;Mobile;E-mail;Budget;Signed up\nZoë Müller;333 123 4567;zoe@example.com;a lot;2026-11-01\n\
                    Bob;;bob@example.com;;\n\"Cleo\nof the sofas\";ask her;;;\n=cmd;+44 20 7946 0018;;=1+1;\n\
                    Zoë again;+39 333 1234567;;less;\n";

const LEADS: &str = "{ leads(first: 5) { totalCount edges { node { source contact { phone }
    submissions(first: 10) { totalCount edges { node { source sourceId status submittedAt name campaignId
        answers { question answer } added } } } } } } }";

const LIST: &str = "{ leadImports(first: 10) { totalCount edges { node { id state dryRun fileName } } } }";

/// Leads, once there are so many.
async fn leads(graphql: &GraphQl, many: usize) -> Result<Vec<Value>> {
    eventually("the leads", async || {
        let found: Value = graphql.ask(LEADS, &json!({}), "/leads").await?;
        let edges = found["edges"].as_array().context("no edges")?;
        ensure!(edges.len() == many && found["totalCount"] == many, "{found}");
        Ok(edges.iter().map(|edge| edge["node"].clone()).collect())
    })
    .await
}

#[tokio::test]
async fn a_file_becomes_leads_and_another_time_changes_nothing() -> Result<()> {
    let journey = Journey::begin().await?;
    let graphql = &journey.graphql;
    let query = "name=spring.csv&country=IT&map=submitted_at%3DSigned%20up";
    let looked = bring(graphql, &format!("{query}&dryRun=true"), FILE).await?;
    let looked = ended(graphql, &looked).await?;
    ensure!(counts(&looked) == [5, 4, 0, 1] && looked["dryRun"] == true, "{looked}");
    leads(graphql, 0).await?;

    let first = answer(graphql, query, FILE).await?;
    ensure!(first.status == StatusCode::ACCEPTED && first.body["isKnown"] == false, "{}", first.body);
    let told = &first.body["import"];
    ensure!(told["encoding"] == "utf-8" && told["delimiter"] == "semicolon" && told["country"] == "IT", "{told}");
    let id = told["id"].as_str().context("no id")?;
    let done = ended(graphql, id).await?;
    ensure!(done["state"] == "DONE" && counts(&done) == [5, 4, 0, 1] && done["progress"] == 1.0, "{done}");
    let fields: Vec<&Value> = done["columns"].as_array().into_iter().flatten().map(|column| &column["field"]).collect();
    ensure!(fields == ["NAME", "PHONE", "EMAIL", "ANSWER", "SUBMITTED_AT"], "{done}");
    let error = &done["firstErrors"][0];
    ensure!(error["row"] == 4 && error["column"] == "Mobile", "{done}");
    let (status, csv) = graphql.get(done["errorsPath"].as_str().context("no path")?).await?;
    ensure!(status == StatusCode::OK && csv.starts_with("row,column,reason\n4,Mobile,"), "{status} {csv}");

    let found = leads(graphql, 3).await?;
    let of_zoe = found.iter().find(|lead| lead["contact"]["phone"] == "+393331234567").context("no Zoë")?;
    ensure!(of_zoe["source"] == "IMPORT" && of_zoe["submissions"]["totalCount"] == 2, "{of_zoe}");
    let told = of_zoe["submissions"]["edges"].as_array().into_iter().flatten().map(|edge| &edge["node"]);
    let told = told.into_iter().find(|told| told["name"] == "Zoë Müller").context("no submission")?;
    ensure!(told["submittedAt"] == "2026-11-01T00:00:00Z" && told["sourceId"].is_null(), "{told}");
    ensure!(told["answers"] == json!([{ "question": "Budget", "answer": "a lot" }]), "{told}");
    ensure!(told["added"] == json!(["PHONE", "EMAIL"]), "{told}");

    // The same file; the same rows in another file; each changes nothing.
    let again = answer(graphql, &query.replace("spring", "again"), FILE).await?;
    ensure!(again.status == StatusCode::OK && again.body["isKnown"] == true, "{}", again.body);
    ensure!(again.body["import"]["id"] == id, "{}", again.body);
    let latin = [
        b"Full name;Mobile;E-mail;Budget;Signed up\nZo\xeb M\xfcller;333 123 4567;".as_slice(),
        b"zoe@example.com;a lot;2026-11-01\n",
    ];
    let other = ended(graphql, &bring(graphql, query, latin.concat()).await?).await?;
    ensure!(counts(&other) == [1, 0, 1, 0], "{other}");
    leads(graphql, 3).await?;
    let list: Value = graphql.ask(LIST, &json!({}), "/leadImports").await?;
    ensure!(list["totalCount"] == 3 && list["edges"][2]["node"]["id"] == looked["id"], "{list}");
    Ok(())
}

#[tokio::test]
async fn what_is_no_file_of_leads_is_refused_and_says_why() -> Result<()> {
    let journey = Journey::begin().await?;
    let graphql = &journey.graphql;
    for (query, file, status, code, says) in [
        ("", b"".as_slice(), 422, "COLUMNS", "empty"),
        ("", b"PK\x03\x04......", 415, "NO_TEXT", "Excel"),
        ("", &[0; 5_000], 415, "NO_TEXT", "zero bytes"),
        ("", b"Ada,+393331234567\n", 422, "COLUMNS", "names"),
        ("", b"phone,phone\n1,2\n", 422, "COLUMNS", "two columns"),
        ("map=phone%3DMobile", b"phone\n1\n", 422, "COLUMNS", "no column"),
        ("map=fax%3DFax", b"phone\n1\n", 400, "BAD_USER_INPUT", "fax"),
        ("country=XX", b"phone\n1\n", 400, "BAD_USER_INPUT", "country"),
        ("delimiter=%7C", b"phone\n1\n", 400, "BAD_USER_INPUT", "delimiter"),
        ("encoding=ebcdic", b"phone\n1\n", 400, "BAD_USER_INPUT", "encoding"),
        ("whatever=1", b"phone\n1\n", 400, "BAD_USER_INPUT", "whatever"),
    ] {
        let refused = answer(graphql, query, file.to_vec()).await?;
        ensure!(refused.status.as_u16() == status && refused.code() == Some(code), "{query}: {}", refused.body);
        ensure!(
            refused.body["errors"][0]["message"].as_str().is_some_and(|message| message.contains(says)),
            "{}",
            refused.body
        );
    }
    // Told by its length, and found out where no length is told.
    let too_large = vec![b'x'; (100 << 20) + 1];
    let refused = answer(graphql, "", too_large.clone()).await?;
    ensure!(refused.status == 413 && refused.code() == Some("TOO_LARGE"), "{}", refused.body);
    let refused = in_chunks(graphql.address(), &journey.business.token, too_large.chunks(1 << 20)).await?;
    ensure!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("TOO_LARGE"), "{refused}");
    let list: Value = graphql.ask(LIST, &json!({}), "/leadImports").await?;
    ensure!(list["totalCount"] == 0, "{list}");
    Ok(())
}

/// What a file is answered whose length nobody tells beforehand.
async fn in_chunks(address: SocketAddr, token: &str, pieces: impl Iterator<Item = &[u8]>) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /imports/leads HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    for piece in std::iter::once(b"phone,note\n".as_slice()).chain(pieces) {
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
        stream.write_all(piece).await?;
        stream.write_all(b"\r\n").await?;
    }
    stream.write_all(b"0\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn whoever_may_not_bring_files_brings_and_sees_none() -> Result<()> {
    let (journey, other) = (Journey::begin().await?, Journey::begin().await?);
    let address = journey.graphql.address();
    let id = bring(&journey.graphql, "", FILE).await?;
    ended(&journey.graphql, &id).await?;
    let anonymous = GraphQl::anonymous(address)?;
    let token = issue_operator_token(&shared().await?.installation).await?;
    let operator = GraphQl::new(address, &token)?;
    for (graphql, status) in [(&anonymous, 401), (&operator, 403)] {
        ensure!(answer(graphql, "", FILE).await?.status.as_u16() == status);
        for path in ["", "/errors"] {
            ensure!(graphql.get(&format!("/imports/leads/{id}{path}")).await?.0.as_u16() == status);
        }
    }
    for path in ["", "/errors"] {
        ensure!(other.graphql.get(&format!("/imports/leads/{id}{path}")).await?.0 == StatusCode::NOT_FOUND);
        ensure!(journey.graphql.get(&format!("/imports/leads/x{path}")).await?.0 == StatusCode::NOT_FOUND);
    }
    let cancel = "mutation ($id: ID!) { cancelLeadImport(input: { leadImportId: $id }) { userErrors { code } } }";
    for (graphql, code) in [(&other.graphql, "NOT_FOUND"), (&journey.graphql, "WRONG_STATUS")] {
        let refused: Value = graphql.ask(cancel, &json!({ "id": id }), "/cancelLeadImport/userErrors/0/code").await?;
        ensure!(refused == code, "{refused}");
    }
    Ok(())
}

#[tokio::test]
async fn a_file_is_brought_at_the_command_line_too() -> Result<()> {
    let journey = Journey::begin().await?;
    let installation = &shared().await?.installation;
    let tenant = &journey.business.tenant;
    let path = installation.root().join(format!("{tenant}.csv"));
    std::fs::write(&path, FILE)?;
    let file = path.to_str().context("a path")?;
    let leads_of = ["import", "leads", file, "--tenant", tenant, "--country", "it", "--map", "answer=Signed up"];
    let dry: Value = installation.json(&[&leads_of[..], &["--dry-run"]].concat()).await?;
    ensure!(counts(&dry["import"]) == [5, 4, 0, 1] && dry["import"]["state"] == "done", "{dry}");
    ensure!(dry["firstErrors"][0]["row"] == 4, "{dry}");
    let done: Value = installation.json(&leads_of).await?;
    ensure!(counts(&done["import"]) == [5, 4, 0, 1] && done["isKnown"] == false, "{done}");
    let id = done["import"]["id"].as_str().context("no id")?;
    let again = installation.leadflow(&leads_of).await?.succeeded()?;
    ensure!(again.stdout.contains("nothing changes") && again.stdout.contains("Mobile"), "{}", again.stdout);
    leads(&journey.graphql, 3).await?;

    let listed: Value = installation.json(&["import", "list", "--tenant", tenant]).await?;
    ensure!(listed["imports"].as_array().is_some_and(|imports| imports.len() == 2), "{listed}");
    let errors = installation.leadflow(&["import", "errors", id, "--tenant", tenant]).await?.succeeded()?.stdout;
    ensure!(errors.starts_with("row,column,reason\n4,Mobile,") && errors.lines().count() == 2, "{errors}");
    let shown = import(&journey.graphql, id).await?;
    ensure!(shown["state"] == "DONE" && shown["fileName"] == format!("{tenant}.csv"), "{shown}");

    let waits: Value =
        installation.json(&[&leads_of[..], &["--delimiter", ";", "--dry-run", "--no-wait"]].concat()).await?;
    ended(&journey.graphql, waits["import"]["id"].as_str().context("no id")?).await?;
    installation.leadflow(&["import", "cancel", id, "--tenant", tenant]).await?.refused()?;
    installation.leadflow(&["import", "leads", "nowhere.csv", "--tenant", tenant]).await?.refused()?;
    let nobody = "00000000-0000-0000-0000-000000000000";
    installation.leadflow(&["import", "leads", file, "--tenant", nobody]).await?.refused()?;
    std::fs::remove_file(&path)?;
    Ok(())
}

/// What her key lets a program do: one that may see to sources brings files.
#[tokio::test]
async fn a_program_brings_files_by_its_key() -> Result<()> {
    let journey = Journey::begin().await?;
    let issue =
        "mutation ($scope: [Permission!]!) { done: issueApiKey(input: { name: \"Shop\", role: OWNER, scope: $scope }) {
        secret userErrors { code message } } }";
    for (scope, status) in [("MANAGE_CHANNELS", 202), ("WORK_CONVERSATIONS", 403)] {
        let issued: Value = journey.graphql.ask(issue, &json!({ "scope": [scope] }), "/done").await?;
        let key = issued["secret"].as_str().with_context(|| format!("{issued}"))?;
        let program = GraphQl::new(journey.graphql.address(), key)?;
        let answered = answer(&program, "country=IT", FILE).await?;
        ensure!(answered.status.as_u16() == status, "{scope}: {}", answered.body);
    }
    leads(&journey.graphql, 3).await?;
    Ok(())
}
