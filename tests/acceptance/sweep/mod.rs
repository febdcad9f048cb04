//! The isolation sweep: every query, every mutation and every field of every object, asked by somebody else.
//!
//! The documents are made from the schema (`documents.rs`), so a new field is asked for as soon as it is there; what is
//! to come of it stands in `expectations.tsv`, and a field without a row fails. Somebody tells a story that has something
//! of everything (`story.rs`). Then nobody, and a stranger with a tenant of her own, ask for the owner's things by the
//! owner's ids; and so does an operator, where the schema has something for operators. The control is the owner, who sees
//! them by the same documents.

mod answers;
mod documents;
mod expectations;
mod roles;
mod schema;
mod story;
mod things;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use leadflow_tests::graphql::{Answer, GraphQl};
use reqwest::StatusCode;
use serde_json::{Value, json};

use answers::{Shown, is_empty, tellings};
use documents::{Document, documents};
use expectations::{Expectations, Found, Operator, Stranger};
use roles::Owners;
use schema::Schema;
use story::Story;

/// What is executed for nobody: it leads to a token.
const OPEN: [&str; 10] = [
    "Mutation.acceptInvitation",
    "Mutation.beginOidcSignIn",
    "Mutation.finishOidcSignIn",
    "Mutation.refreshSession",
    "Mutation.register",
    "Mutation.requestPasswordReset",
    "Mutation.resetPassword",
    "Mutation.signIn",
    "Mutation.verifyEmail",
    "Query.oidcProviders",
];

/// What takes away what others need, in the order in which it is done after them: who sees the conversation of her team sees it
/// no more once it is nobody's, what is won is not found worth nothing any more, and who signs out asks nothing more.
const LAST: [&str; 4] = ["convertLead", "unassignConversation", "eraseContact", "signOut"];

/// What can be done once, or leaves less for others to see: it is left to the owner, also where others may do it.
const ONCE: [&str; 5] =
    ["createResponseTemplate", "changeResponseTemplate", "removeResponseTemplate", "convertLead", "transferLead"];

/// What a document was answered with.
struct Answered {
    value: Value,
    /// It is for others to ask: a tenant's, or an operator's.
    is_forbidden: bool,
}

/// Asks; what is neither an answer nor FORBIDDEN is among the problems.
async fn answered(graphql: &GraphQl, document: &Document, problems: &mut Vec<String>) -> Result<Answered> {
    let answer = graphql.send(&document.text, &json!({})).await?;
    let is_forbidden = answer.code() == Some("FORBIDDEN");
    let (status, body) = (answer.status, answer.body);
    let value = body["data"][&document.field].clone();
    let is_sound = if is_forbidden { value.is_null() } else { body.get("errors").is_none() };
    if status != StatusCode::OK || !is_sound {
        problems.push(format!("{}: {status} {body}\n{}", document.at, document.text));
    }
    Ok(Answered { value, is_forbidden })
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED
        && answer.code() == Some("UNAUTHENTICATED")
        && answer.body.get("data").is_none()
}

/// Whether a mutation says that there is no such thing, or that it may not be done, and nothing else.
fn is_refused_with(payload: &Value, code: &str) -> bool {
    let codes: Vec<&Value> =
        payload["userErrors"].as_array().into_iter().flatten().map(|error| &error["code"]).collect();
    let mut rest = payload.clone();
    rest["userErrors"] = Value::Null;
    codes == [code] && is_empty(&rest)
}

#[tokio::test]
async fn what_is_somebody_s_is_shown_to_nobody_else() -> Result<()> {
    let Story { owner, people, stranger, nobody, things } = Story::tell().await?;
    let schema = Schema::read(&owner).await?;
    let expectations = Expectations::read()?;
    let fields: Vec<String> = schema.all_fields().collect();
    ensure!(fields.len() > 250, "the walk found the schema: {}", fields.len());
    expectations.cover(&fields)?;

    let queries = documents(&schema, "Query", &things)?;
    let mutations = documents(&schema, "Mutation", &things)?;
    let nothing = things.nothing()?;
    let about_nothing = [documents(&schema, "Query", &nothing)?, documents(&schema, "Mutation", &nothing)?].concat();
    let (mut hers, mut strangers) = (Shown::default(), Shown::default());
    let mut problems = Vec::new();

    for document in queries.iter().chain(&mutations) {
        let answer = nobody.send(&document.text, &json!({})).await?;
        if is_refused(&answer) == OPEN.contains(&document.at.as_str()) {
            problems.push(format!("{} answers nobody, or does not where it should: {}", document.at, answer.body));
        }
    }

    let mut before = Vec::new();
    for document in &queries {
        before.push(answered(&owner, document, &mut problems).await?.value);
    }
    // What is said of nothing at all tells nothing of anybody.
    let (mut of_nothing, mut public) = (Vec::new(), BTreeSet::new());
    for document in &about_nothing {
        let answer = answered(&stranger, document, &mut problems).await?.value;
        tellings(&answer, &mut public);
        of_nothing.push(answer);
    }
    let mut secrets = BTreeSet::new();
    before.iter().for_each(|answer| tellings(answer, &mut secrets));
    let secrets: BTreeSet<String> = secrets.difference(&public).cloned().collect();
    ensure!(things.ids.values().all(|id| secrets.contains(id)), "the owner's ids are hers alone");

    for (document, of_nothing) in queries.iter().chain(&mutations).zip(&of_nothing) {
        let Answered { value: answer, is_forbidden } = answered(&stranger, document, &mut problems).await?;
        let mut told = BTreeSet::new();
        tellings(&answer, &mut told);
        let leaked: Vec<&String> = told.intersection(&secrets).collect();
        if !leaked.is_empty() {
            problems.push(format!("{} tells a stranger {leaked:?}", document.at));
        }
        // What is her own may have changed since.
        let is_hers = expectations.of(&document.at).is_some_and(|row| row.stranger == Stranger::Shows);
        if answer != *of_nothing && !document.at.starts_with("Mutation.") && !is_hers {
            problems.push(format!("{} tells what exists from what does not: {answer}, {of_nothing}", document.at));
        }
        strangers.note(&document.at, &answer);
        let is_denied = expectations.of(&document.at).is_some_and(|row| row.stranger == Stranger::Deny);
        if document.at.starts_with("Mutation.") && is_denied && !is_forbidden && !is_refused_with(&answer, "NOT_FOUND")
        {
            problems.push(format!("{} is not NOT_FOUND to a stranger: {answer}", document.at));
        }
    }

    let mut operators = None;
    if schema.has("Query", "projections") {
        let shown = operators.insert(Shown::default());
        let operator = story::operator().await?;
        for document in queries.iter().chain(&mutations) {
            let Answered { value, is_forbidden } = answered(&operator, document, &mut problems).await?;
            shown.note(&document.at, &value);
            let is_denied = expectations.of(&document.at).is_some_and(|row| row.operator == Operator::Deny);
            if is_denied && !is_forbidden {
                problems.push(format!("{} is not FORBIDDEN to an operator: {value}", document.at));
            }
        }
    }

    // Nothing was done to what is hers. Those who work for her do what they may; and she does it all.
    for (document, before) in queries.iter().zip(&before) {
        let after = answered(&owner, document, &mut problems).await?.value;
        hers.note(&document.at, &after);
        if after != *before {
            problems.push(format!("{} is not as it was: {before}, {after}", document.at));
        }
    }
    let mut in_order: Vec<&Document> = mutations.iter().collect();
    in_order.sort_by_key(|document| LAST.iter().position(|field| *field == document.field));
    let owners = Owners { queries: &queries, answers: &before, mutations: &in_order, public: &public };
    let mut members = Vec::new();
    for person in &people {
        members.push((person.role, roles::sweep(person, &owners, &expectations, &mut problems).await?));
    }
    for document in &in_order {
        let answer = answered(&owner, document, &mut problems).await?.value;
        hers.note(&document.at, &answer);
        let errors = answer["userErrors"].to_string();
        if errors.contains("NOT_FOUND") {
            problems.push(format!("{} does not find the owner's own: {answer}", document.at));
        }
    }

    for field in &fields {
        let Some(row) = expectations.of(field) else { continue };
        // A refusal is something, and what it says was looked at.
        let is_refusal = field.starts_with("Mutation.") && row.stranger == Stranger::Deny;
        let found = Found {
            stranger: strangers.shows(field) && !is_refusal,
            operator: operators.as_ref().map(|shown| shown.shows(field)),
            owner: hers.shows(field),
        };
        problems.extend(row.contradicted(field, found));
        for (role, shown) in members.iter().filter(|_| !field.starts_with("Mutation.")) {
            if expectations.shows(field, *role) != Some(shown.shows(field)) {
                problems.push(format!("{field} shows {role:?} something, or nothing, and its row says otherwise"));
            }
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}
