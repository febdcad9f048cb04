//! Messages from templates: what is sent must fit what was approved.

use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::templates::{Component, Template, Templates, placeholders};
use super::content::{Uploaded, uploaded};

const LONGEST_BODY: usize = 1_024;
const LONGEST_CODE: usize = 20;

/// A template as it is sent.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    /// As pricing spells it.
    pub(super) category: String,
    pub(super) media: Vec<Uploaded<'a>>,
}

pub(super) fn check<'a>(templates: &Templates, waba_id: &str, said: &Said<'a>) -> Result<Sent<'a>, Refusal> {
    said.only(&["name", "language", "components"])?;
    let name = said.required("name")?.some_text(512)?;
    let language = said.required("language")?;
    language.only(&["code", "policy"])?;
    let language = language.required("code")?.some_text(16)?;
    let template = approved(templates, waba_id, name, language)?;
    let components = match said.optional("components")? {
        Some(components) => components.list(0..=20)?,
        None => Vec::new(),
    };
    let (mut header, mut body, mut buttons) = (None, None, Vec::new());
    for component in components {
        component.only(&["type", "sub_type", "index", "parameters"])?;
        match component.required("type")?.word(&["header", "body", "button"])? {
            "header" => header = Some(component),
            "body" => body = Some(component),
            _ => buttons.push(component),
        }
    }
    let media = header_fits(template, header.as_ref())?.into_iter().collect();
    body_fits(template, body.as_ref())?;
    buttons_fit(template, &buttons)?;
    Ok(Sent { category: template.category.to_lowercase(), media })
}

fn approved<'t>(templates: &'t Templates, waba_id: &str, name: &str, language: &str) -> Result<&'t Template, Refusal> {
    let none = || Refusal::new(132_001, format!("template name ({name}) does not exist in {language}"));
    let template = templates.named(waba_id, name, language).ok_or_else(none)?;
    match template.status.as_str() {
        "APPROVED" => Ok(template),
        "PAUSED" => Err(Refusal::new(132_015, format!("template {name} is paused due to low quality"))),
        "DISABLED" => Err(Refusal::new(132_016, format!("template {name} is disabled"))),
        _ => Err(none()),
    }
}

fn parameters<'a>(component: Option<&Said<'a>>) -> Result<Vec<Said<'a>>, Refusal> {
    match component.map(|component| component.optional("parameters")).transpose()?.flatten() {
        Some(parameters) => parameters.list(0..=100),
        None => Ok(Vec::new()),
    }
}

fn miscounted(place: &str, sent: usize, expected: usize) -> Refusal {
    let details = format!(
        "{place}: number of localizable_params ({sent}) does not match the expected number of params ({expected})"
    );
    Refusal::new(132_000, details)
}

fn misformed(place: &str, why: &str) -> Refusal {
    Refusal::new(132_012, format!("{place}: {why}"))
}

fn header_fits<'a>(template: &Template, sent: Option<&Said<'a>>) -> Result<Option<Uploaded<'a>>, Refusal> {
    let sent = parameters(sent)?;
    let header = template.component("HEADER");
    let format = header.map_or("", Component::format);
    if matches!(format, "" | "TEXT") {
        fill(template, header.map_or("", Component::text), &sent, "header")?;
        return Ok(None);
    }
    let [parameter] = sent.as_slice() else { return Err(miscounted("header", sent.len(), 1)) };
    let expected = format.to_lowercase();
    let kind = parameter.required("type")?.some_text(20)?;
    if kind != expected {
        return Err(misformed(
            "header",
            &format!("Format mismatch, expected {format}, received {}", kind.to_uppercase()),
        ));
    }
    parameter.only(&["type", kind])?;
    let said = parameter.required(kind)?;
    if kind == "location" {
        return super::content::location(&said).map(|()| None);
    }
    said.only(if kind == "document" { &["id", "link", "filename"] } else { &["id", "link"] })?;
    uploaded(kind, &said)
}

fn body_fits(template: &Template, sent: Option<&Said<'_>>) -> Result<(), Refusal> {
    let text = template.component("BODY").map_or("", Component::text);
    let filled = fill(template, text, &parameters(sent)?, "body")?;
    if filled > LONGEST_BODY {
        return Err(Refusal::new(132_005, format!("body: translated text too long: {filled} characters")));
    }
    Ok(())
}

/// How many characters `text` has with its parameters filled in.
fn fill(template: &Template, text: &str, sent: &[Said<'_>], place: &str) -> Result<usize, Refusal> {
    let expected = placeholders(text);
    if sent.len() != expected.len() {
        return Err(miscounted(place, sent.len(), expected.len()));
    }
    let mut long = text.chars().count();
    let mut named = Vec::new();
    for (at, parameter) in sent.iter().enumerate() {
        let name = if template.is_named {
            let name = parameter.optional("parameter_name")?;
            name.ok_or_else(|| misformed(place, "Parameter name is missing or empty"))?.some_text(64)?.to_owned()
        } else if parameter.optional("parameter_name")?.is_some() {
            return Err(misformed(place, "the template's parameters have no names"));
        } else {
            (at + 1).to_string()
        };
        if !expected.contains(&name) || named.contains(&name) {
            return Err(misformed(place, &format!("there is no parameter {name}, or it is sent twice")));
        }
        let filled = value_of(parameter, place)?;
        let hole = format!("{{{{{name}}}}}");
        let holes = text.matches(&hole).count();
        long = long - holes * hole.chars().count() + holes * filled;
        named.push(name);
    }
    Ok(long)
}

/// How many characters stand in the place of a parameter.
fn value_of(parameter: &Said<'_>, place: &str) -> Result<usize, Refusal> {
    let kind = parameter.required("type")?.some_text(20)?;
    match kind {
        "text" => {
            parameter.only(&["type", "parameter_name", "text"])?;
            let text = parameter.required("text")?.some_text(32_768)?;
            // What would break the layout that was reviewed.
            if text.contains(['\n', '\t', '\r']) || text.contains("     ") {
                let why = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
                return Err(misformed(place, why));
            }
            Ok(text.chars().count())
        }
        "currency" | "date_time" => {
            parameter.only(&["type", "parameter_name", kind])?;
            Ok(parameter.required(kind)?.required("fallback_value")?.some_text(1_024)?.chars().count())
        }
        _ => Err(misformed(place, &format!("a parameter of type {kind} does not go there"))),
    }
}

fn buttons_fit(template: &Template, sent: &[Said<'_>]) -> Result<(), Refusal> {
    let buttons = template.component("BUTTONS").map(Component::buttons).unwrap_or_default();
    let mut filled = Vec::new();
    for component in sent {
        let sub_type = component.required("sub_type")?.some_text(20)?.to_lowercase();
        let index = component.required("index")?;
        let at = index.value().as_str().and_then(|text| text.parse().ok()).or_else(|| index.value().as_u64());
        let at = at.and_then(|at| usize::try_from(at).ok()).filter(|at| *at < buttons.len());
        let at = at.ok_or_else(|| misformed("buttons", "there is no button at this index"))?;
        let kind = buttons[at]["type"].as_str().unwrap_or_default().to_lowercase();
        // A code is copied by a button that is sent as a link.
        if sub_type != kind && !(kind == "otp" && sub_type == "url") {
            return Err(misformed("buttons", &format!("button at index {at} is of type {kind}, not {sub_type}")));
        }
        if filled.contains(&at) {
            return Err(misformed("buttons", &format!("button at index {at} is sent twice")));
        }
        let sent = parameters(Some(component))?;
        let [parameter] = sent.as_slice() else { return Err(miscounted("buttons", sent.len(), 1)) };
        let (of, most) = match kind.as_str() {
            "quick_reply" => ("payload", 256),
            "copy_code" => ("coupon_code", LONGEST_CODE),
            "url" if !buttons[at]["url"].as_str().unwrap_or_default().contains("{{") => {
                return Err(miscounted("buttons", 1, 0));
            }
            "url" | "otp" => ("text", 2_000),
            kind => return Err(misformed("buttons", &format!("a button of type {kind} has no parameter"))),
        };
        if parameter.required("type")?.some_text(20)? != of {
            return Err(misformed("buttons", &format!("button at index {at} takes a {of}")));
        }
        parameter.only(&["type", of])?;
        parameter.required(of)?.some_text(most)?;
        filled.push(at);
    }
    let needs = |button: &serde_json::Value| match button["type"].as_str() {
        Some("URL") => button["url"].as_str().is_some_and(|url| url.contains("{{")),
        Some("COPY_CODE" | "OTP") => true,
        _ => false,
    };
    match buttons.iter().enumerate().find(|(at, button)| needs(button) && !filled.contains(at)) {
        Some((at, button)) => {
            let kind = button["type"].as_str().unwrap_or_default();
            Err(Refusal::new(131_008, format!("buttons: Button at index {at} of type {kind} requires a parameter")))
        }
        None => Ok(()),
    }
}
