//! What a template must be to be taken for review.

use serde_json::Value;

use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{Component, Template, placeholders};

const LONGEST_BODY: usize = 1_024;
const LONGEST_LINE: usize = 60;
const LONGEST_BUTTON: usize = 25;

/// A template without an id yet.
pub(super) fn check(said: &Value) -> Result<Template, Refusal> {
    let said = Said::new(said);
    said.only(&["name", "language", "category", "components", "parameter_format", "allow_category_change"])?;
    let name = said.required("name")?;
    let known = name.some_text(512)?;
    if !known.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(invalid(&name, "may only be of lower-case letters, digits and underscores"));
    }
    let language = said.required("language")?;
    let code = language.some_text(16)?;
    let (tongue, country) = code.split_once('_').unwrap_or((code, "XX"));
    let is_code = (2..=3).contains(&tongue.len())
        && tongue.bytes().all(|byte| byte.is_ascii_lowercase())
        && country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code {
        return Err(invalid(&language, "is no language"));
    }
    let category = said.required("category")?.word(&["AUTHENTICATION", "MARKETING", "UTILITY"])?;
    let is_named = match said.optional("parameter_format")? {
        Some(format) => format.word(&["NAMED", "POSITIONAL", "named", "positional"])?.eq_ignore_ascii_case("named"),
        None => false,
    };
    let all = said.required("components")?;
    let mut kinds = Vec::new();
    let mut components = Vec::new();
    for component in all.list(1..=4)? {
        let kind = component.required("type")?;
        let kind = kind.word(&["HEADER", "BODY", "FOOTER", "BUTTONS"])?;
        if kinds.contains(&kind) {
            return Err(invalid(&all, &format!("have {kind} twice")));
        }
        kinds.push(kind);
        match kind {
            "HEADER" => header(&component, is_named)?,
            "BODY" => body(&component, is_named, category)?,
            "FOOTER" => footer(&component, category)?,
            _ => buttons(&component)?,
        }
        components.push(Component(component.value().clone()));
    }
    if !kinds.contains(&"BODY") {
        return Err(invalid(&all, "have no BODY"));
    }
    Ok(Template {
        id: String::new(),
        name: known.to_owned(),
        language: code.to_owned(),
        category: category.to_owned(),
        status: "PENDING".to_owned(),
        quality: "UNKNOWN".to_owned(),
        is_named,
        components,
    })
}

fn invalid(what: &Said<'_>, why: &str) -> Refusal {
    Refusal::new(100, format!("{} {why}", what.place()))
}

fn header(header: &Said<'_>, is_named: bool) -> Result<(), Refusal> {
    header.only(&["type", "format", "text", "example"])?;
    let format = header.required("format")?.word(&["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"])?;
    match format {
        "TEXT" => {
            let text = header.required("text")?;
            let holes = holes(&text, text.some_text(LONGEST_LINE)?, is_named)?;
            if holes.len() > 1 {
                return Err(invalid(&text, "may have one parameter"));
            }
            if holes.is_empty() { Ok(()) } else { example(header, &["header_text", "header_text_named_params"]) }
        }
        "LOCATION" => Ok(()),
        _ => example(header, &["header_handle"]),
    }
}

fn body(body: &Said<'_>, is_named: bool, category: &str) -> Result<(), Refusal> {
    if category == "AUTHENTICATION" {
        // Meta writes it.
        return body.only(&["type", "text", "add_security_recommendation"]);
    }
    body.only(&["type", "text", "example"])?;
    let text = body.required("text")?;
    let written = text.some_text(LONGEST_BODY)?;
    let holes = holes(&text, written, is_named)?;
    let trimmed = written.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        let refusal = invalid(&text, "can't begin or end with a parameter");
        return Err(Refusal { subcode: Some(2_388_299), ..refusal });
    }
    if holes.is_empty() { Ok(()) } else { example(body, &["body_text", "body_text_named_params"]) }
}

fn footer(footer: &Said<'_>, category: &str) -> Result<(), Refusal> {
    if category == "AUTHENTICATION" {
        return footer.only(&["type", "text", "code_expiration_minutes"]);
    }
    footer.only(&["type", "text"])?;
    let text = footer.required("text")?;
    if text.some_text(LONGEST_LINE)?.contains("{{") {
        return Err(invalid(&text, "can't have parameters"));
    }
    Ok(())
}

fn buttons(buttons: &Said<'_>) -> Result<(), Refusal> {
    buttons.only(&["type", "buttons"])?;
    let all = buttons.required("buttons")?;
    let (mut links, mut calls) = (0, 0);
    for button in all.list(1..=10)? {
        let kinds = ["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP", "REQUEST_CONTACT_INFO"];
        let kind = button.required("type")?.word(&kinds)?;
        if matches!(kind, "QUICK_REPLY" | "URL" | "PHONE_NUMBER") {
            button.required("text")?.some_text(LONGEST_BUTTON)?;
        }
        match kind {
            "QUICK_REPLY" => button.only(&["type", "text"])?,
            "URL" => {
                links += 1;
                button.only(&["type", "text", "url", "example"])?;
                let url = button.required("url")?;
                let holes = placeholders(url.some_text(2_000)?);
                if !(holes.is_empty() || (holes == ["1"] && url.some_text(2_000)?.ends_with("{{1}}"))) {
                    return Err(invalid(&url, "may have {{1}} at its end, and no other parameter"));
                }
                if !holes.is_empty() {
                    button.required("example")?;
                }
            }
            "PHONE_NUMBER" => {
                calls += 1;
                button.only(&["type", "text", "phone_number"])?;
                button.required("phone_number")?.some_text(20)?;
            }
            "COPY_CODE" => {
                button.required("example")?;
            }
            _ => {}
        }
    }
    if links > 2 || calls > 1 {
        return Err(invalid(&all, "may have two links and one number to call"));
    }
    Ok(())
}

/// A template with parameters shows what stands there.
fn example(component: &Said<'_>, keys: &[&str]) -> Result<(), Refusal> {
    let missing = || {
        let refusal = invalid(component, "needs an example of its parameters");
        Refusal { subcode: Some(2_388_043), ..refusal }
    };
    let example = component.optional("example")?.ok_or_else(missing)?;
    example.only(keys)?;
    for key in keys {
        if let Some(list) = example.optional(key)? {
            list.list(1..=100)?;
            return Ok(());
        }
    }
    Err(missing())
}

/// The parameters of a text: counted from 1, or named.
fn holes(place: &Said<'_>, text: &str, is_named: bool) -> Result<Vec<String>, Refusal> {
    let holes = placeholders(text);
    let is_name = |hole: &String| {
        hole.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && hole.starts_with(|first: char| first.is_ascii_lowercase())
    };
    let fits = if is_named {
        holes.iter().all(is_name)
    } else {
        let mut counted: Vec<Option<usize>> = holes.iter().map(|hole| hole.parse().ok()).collect();
        counted.sort_unstable();
        counted.iter().enumerate().all(|(at, number)| *number == Some(at + 1))
    };
    let braces = text.matches("{{").count() == text.matches("}}").count();
    if fits && braces { Ok(holes) } else { Err(invalid(place, "has parameters that are neither counted nor named")) }
}
