//! People of the business, each in a role: she is shown what her role and her sight say, and does what they let her do.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use super::answers::{Shown, is_empty, tellings};
use super::documents::Document;
use super::expectations::{Expectations, Member, Operator};
use super::story::{ADDRESS, Person};
use super::{Answered, ONCE, answered, is_refused_with};

/// What the owner is asked, and what she is answered.
pub(super) struct Owners<'a> {
    pub(super) queries: &'a [Document],
    pub(super) answers: &'a [Value],
    /// As she does them: what takes away what others need comes last.
    pub(super) mutations: &'a [&'a Document],
    /// What is told to everybody, and of nothing.
    pub(super) public: &'a BTreeSet<String>,
}

/// What a person is shown by the owner's documents, and what contradicts the table.
pub(super) async fn sweep(
    person: &Person,
    owners: &Owners<'_>,
    expectations: &Expectations,
    problems: &mut Vec<String>,
) -> Result<Shown> {
    let (role, mut shown) = (person.role, Shown::default());
    let to = |at: &str| expectations.of(at).map_or(Member::Deny, |row| row.to(role));
    let mut answers = Vec::new();
    for document in owners.queries {
        let Answered { value, is_forbidden } = answered(&person.graphql, document, problems).await?;
        shown.note(&document.at, &value);
        let cell = to(&document.at);
        if is_forbidden != (cell == Member::Forbidden) || cell == Member::Deny && !is_empty(&value) {
            problems.push(format!("{} answers {role:?} with {value}: its row says {cell:?}", document.at));
        }
        answers.push(value);
    }

    let unseen = unseen(person, owners, &answers, to);
    if unseen.len() < 10 {
        problems.push(format!("there is too little that {role:?} does not see: {unseen:?}"));
    }
    let find_leaks = |document: &Document, answer: &Value, problems: &mut Vec<String>| {
        let mut told = BTreeSet::new();
        tellings(answer, &mut told);
        let leaked: Vec<&String> = told.intersection(&unseen).collect();
        if !leaked.is_empty() {
            let tells = |answer: &Value| leaked.iter().any(|told| answer.to_string().contains(told.as_str()));
            let owners = owners.queries.iter().zip(owners.answers).filter(|(_, answer)| tells(answer));
            let owners: Vec<&str> = owners.map(|(document, _)| document.at.as_str()).collect();
            problems.push(format!("{} tells {role:?} {leaked:?}, which tell the owner {owners:?}", document.at));
        }
    };
    for (document, answer) in owners.queries.iter().zip(&answers) {
        find_leaks(document, answer, problems);
    }
    for document in owners.mutations {
        if ONCE.contains(&document.field.as_str()) && to(&document.at) == Member::Sees {
            continue;
        }
        let Answered { value, is_forbidden } = answered(&person.graphql, document, problems).await?;
        shown.note(&document.at, &value);
        find_leaks(document, &value, problems);
        let is_as_said = match to(&document.at) {
            Member::Sees => !["FORBIDDEN", "NOT_FOUND"].iter().any(|code| is_refused_with(&value, code)),
            Member::Deny => is_refused_with(&value, "NOT_FOUND"),
            Member::Forbidden => is_refused_with(&value, "FORBIDDEN"),
            Member::Part | Member::Follows => false,
        };
        // What operators do is an error to everybody else.
        let is_for_operators = expectations.of(&document.at).is_some_and(|row| row.operator == Operator::Sees);
        if is_for_operators && is_forbidden && to(&document.at) == Member::Forbidden {
            continue;
        }
        if is_forbidden || !is_as_said {
            problems.push(format!(
                "{} answers {role:?} with {value}: its row says {:?}",
                document.at,
                to(&document.at)
            ));
        }
    }
    Ok(shown)
}

/// What would tell her of what she does not see: all that the owner is told, but for what she is shown as the owner is, what is
/// hers, and who she is herself. Addresses of colleagues are never hers to know; a customer's is like a number of hers.
fn unseen(person: &Person, owners: &Owners<'_>, hers: &[Value], to: impl Fn(&str) -> Member) -> BTreeSet<String> {
    let (mut all, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for (document, answer) in owners.queries.iter().zip(owners.answers) {
        tellings(answer, &mut all);
        if to(&document.at) == Member::Sees {
            tellings(answer, &mut seen);
        }
        find(answer, &person.sees, &mut |found| tellings(found, &mut seen));
    }
    seen.retain(|told| !told.contains('@') || told == ADDRESS);
    let herself = owners.queries.iter().zip(hers).filter(|(document, _)| document.at == "Query.viewer");
    herself.for_each(|(_, answer)| tellings(answer, &mut seen));
    all.retain(|told| !seen.contains(told) && !owners.public.contains(told));
    all
}

/// Every object in `answer` that has one of these ids, or is about what has.
fn find(answer: &Value, ids: &[String], found: &mut impl FnMut(&Value)) {
    match answer {
        Value::Array(items) => items.iter().for_each(|item| find(item, ids, found)),
        Value::Object(object) => {
            if is_of(answer, ids) {
                found(answer);
            }
            object.values().for_each(|value| find(value, ids, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether this is one of these things, its place in a list, or what happened in it.
fn is_of(thing: &Value, ids: &[String]) -> bool {
    let is_one = thing["id"].as_str().is_some_and(|id| ids.iter().any(|one| one == id));
    is_one || ["node", "conversation"].iter().any(|of| thing[of].is_object() && is_of(&thing[of], ids))
}
