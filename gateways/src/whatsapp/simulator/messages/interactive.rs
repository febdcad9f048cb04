//! Messages a customer picks from: buttons, a list, a link, products, a place.

use super::super::refusal::Refusal;
use super::super::said::{Said, distinct};
use super::content::{Uploaded, uploaded};

const LONGEST_BODY: usize = 1_024;
const LONGEST_LIST_BODY: usize = 4_096;
const LONGEST_LINE: usize = 60;
const MOST_BUTTONS: usize = 3;
const MOST_SECTIONS: usize = 10;
const MOST_ROWS: usize = 10;
const MOST_PRODUCTS: usize = 30;
const LONGEST_PRODUCT: usize = 100;

/// The medium in its header, if there is one.
pub(super) fn check<'a>(interactive: &Said<'a>) -> Result<Option<Uploaded<'a>>, Refusal> {
    interactive.only(&["type", "header", "body", "footer", "action"])?;
    let kinds = ["button", "list", "cta_url", "product", "product_list", "catalog_message", "location_request_message"];
    let kind = interactive.required("type")?.word(&kinds)?;
    let action = interactive.required("action")?;
    let body = match interactive.optional("body")? {
        None if kind == "product" => None,
        _ => Some(interactive.required("body")?),
    };
    if let Some(body) = body {
        body.only(&["text"])?;
        body.required("text")?.some_text(if kind == "list" { LONGEST_LIST_BODY } else { LONGEST_BODY })?;
    }
    if let Some(footer) = interactive.optional("footer")? {
        footer.only(&["text"])?;
        footer.required("text")?.some_text(LONGEST_LINE)?;
    }
    let header = match interactive.optional("header")? {
        Some(header) => header_of(kind, &header)?,
        None if kind == "product_list" => {
            return Err(interactive.required("header").err().unwrap_or_else(|| interactive.wrong("needs a header")));
        }
        None => None,
    };
    match kind {
        "button" => buttons(&action)?,
        "list" => list(&action)?,
        "cta_url" => link(&action)?,
        "product" => {
            action.only(&["catalog_id", "product_retailer_id"])?;
            action.required("catalog_id")?.some_text(64)?;
            action.required("product_retailer_id")?.some_text(LONGEST_PRODUCT)?;
        }
        "product_list" => products(&action)?,
        "catalog_message" => catalogue(&action)?,
        _ => {
            action.only(&["name"])?;
            action.required("name")?.word(&["send_location"])?;
        }
    }
    Ok(header)
}

fn header_of<'a>(kind: &str, header: &Said<'a>) -> Result<Option<Uploaded<'a>>, Refusal> {
    let kinds: &[&str] = match kind {
        "button" | "cta_url" => &["text", "image", "video", "document"],
        "product" | "catalog_message" | "location_request_message" => {
            return Err(header.wrong("does not go with this message"));
        }
        _ => &["text"],
    };
    let of = header.required("type")?.word(kinds)?;
    header.only(&["type", of])?;
    let said = header.required(of)?;
    if of == "text" {
        said.some_text(LONGEST_LINE)?;
        return Ok(None);
    }
    said.only(if of == "document" { &["id", "link", "filename"] } else { &["id", "link"] })?;
    uploaded(of, &said)
}

fn buttons(action: &Said<'_>) -> Result<(), Refusal> {
    action.only(&["buttons"])?;
    let (mut ids, mut titles) = (Vec::new(), Vec::new());
    let all = action.required("buttons")?;
    for button in all.list(1..=MOST_BUTTONS)? {
        button.only(&["type", "reply"])?;
        button.required("type")?.word(&["reply"])?;
        let reply = button.required("reply")?;
        reply.only(&["id", "title"])?;
        ids.push(reply.required("id")?.some_text(256)?);
        titles.push(reply.required("title")?.some_text(20)?);
    }
    distinct(&ids, &all)?;
    distinct(&titles, &all)
}

fn list(action: &Said<'_>) -> Result<(), Refusal> {
    action.only(&["button", "sections"])?;
    action.required("button")?.some_text(20)?;
    let all = action.required("sections")?;
    let sections = all.list(1..=MOST_SECTIONS)?;
    let mut ids = Vec::new();
    for section in &sections {
        section.only(&["title", "rows"])?;
        titled(section, sections.len())?;
        for row in section.required("rows")?.list(1..=MOST_ROWS)? {
            row.only(&["id", "title", "description"])?;
            ids.push(row.required("id")?.some_text(200)?);
            row.required("title")?.some_text(24)?;
            row.optional("description")?.map_or(Ok(""), |description| description.text(0..=72))?;
        }
    }
    if ids.len() > MOST_ROWS {
        return Err(all.wrong(&format!("has too many rows. Max allowed: {MOST_ROWS}")));
    }
    distinct(&ids, &all)
}

/// The whole catalogue; which product's picture is shown may be said.
fn catalogue(action: &Said<'_>) -> Result<(), Refusal> {
    action.only(&["name", "parameters"])?;
    action.required("name")?.word(&["catalog_message"])?;
    if let Some(parameters) = action.optional("parameters")? {
        parameters.only(&["thumbnail_product_retailer_id"])?;
        parameters.required("thumbnail_product_retailer_id")?.some_text(LONGEST_PRODUCT)?;
    }
    Ok(())
}

/// One section needs no title, several do.
fn titled(section: &Said<'_>, sections: usize) -> Result<(), Refusal> {
    match section.optional("title")? {
        Some(title) => title.some_text(24).map(|_| ()),
        None if sections > 1 => section.required("title").map(|_| ()),
        None => Ok(()),
    }
}

fn link(action: &Said<'_>) -> Result<(), Refusal> {
    action.only(&["name", "parameters"])?;
    action.required("name")?.word(&["cta_url"])?;
    let parameters = action.required("parameters")?;
    parameters.only(&["display_text", "url"])?;
    parameters.required("display_text")?.some_text(20)?;
    parameters.required("url")?.link()?;
    Ok(())
}

fn products(action: &Said<'_>) -> Result<(), Refusal> {
    action.only(&["catalog_id", "sections"])?;
    action.required("catalog_id")?.some_text(64)?;
    let all = action.required("sections")?;
    let sections = all.list(1..=MOST_SECTIONS)?;
    let mut ids = Vec::new();
    for section in &sections {
        section.only(&["title", "product_items"])?;
        titled(section, sections.len())?;
        for item in section.required("product_items")?.list(1..=MOST_PRODUCTS)? {
            item.only(&["product_retailer_id"])?;
            ids.push(item.required("product_retailer_id")?.some_text(LONGEST_PRODUCT)?);
        }
    }
    if ids.len() > MOST_PRODUCTS {
        return Err(all.wrong(&format!("has too many products. Max allowed: {MOST_PRODUCTS}")));
    }
    Ok(())
}
