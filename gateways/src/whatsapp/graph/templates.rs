//! Message templates: listed, made and taken away.

use serde_json::{Value, json};
use url::Url;

use super::failure::CallFailure;
use super::token::AccessToken;
use super::{Graph, ask, reading};
use crate::wire::MOST_OF_AN_ANSWER;

/// How many templates are asked for at once.
const PAGE: &str = "100";

/// Longest page, in bytes: a template's texts and buttons have some 10 kB at the most.
const LONGEST_PAGE: usize = 4 << 20;

/// What is asked of each. `quality_score` and `rejected_reason` are general knowledge of the API.
const FIELDS: &str = "name,language,status,category,components,id,quality_score,rejected_reason";

/// Some of the templates of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplatePage {
    /// These.
    pub templates: Vec<ListedTemplate>,
    /// After what the next ones come; none where these are the last.
    pub after: Option<String>,
}

/// A template, as Meta lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedTemplate {
    /// Meta's id of it, in this language.
    pub id: String,
    /// What messages name it by.
    pub name: String,
    /// Its language, as Meta writes it: `en_US`.
    pub language: String,
    /// `APPROVED` alone may be sent.
    pub status: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality: Option<String>,
    /// What it consists of, as Meta writes it.
    pub components: Value,
    /// Why Meta refused it.
    pub rejected_reason: Option<String>,
}

/// A template to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTemplate {
    /// What messages name it by.
    pub name: String,
    /// Its language, as Meta writes it.
    pub language: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    /// What it consists of, as Meta writes it.
    pub components: Value,
}

/// A template that Meta took in, for review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedTemplate {
    /// Meta's id of it.
    pub id: String,
    /// Mostly `PENDING`.
    pub status: String,
    /// Which Meta found, and may be another one than was asked for.
    pub category: String,
}

impl Graph {
    /// The templates of the account with Meta's id `waba_id`, or those after `after`.
    ///
    /// # Errors
    /// [`CallFailure`]. A page of which one template can't be read is not read at all: what is missing would look as if it was
    /// gone.
    pub async fn templates(
        &self,
        token: &AccessToken,
        waba_id: &str,
        after: Option<&str>,
    ) -> Result<TemplatePage, CallFailure> {
        let mut url = self.templates_of(waba_id)?;
        url.query_pairs_mut().append_pair("fields", FIELDS).append_pair("limit", PAGE);
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("after", after);
        }
        let told = ask::asked(token, self.client.get(url), LONGEST_PAGE).await?;
        let page = page(&told)
            .ok_or_else(|| CallFailure::Unknown { reason: "templates that can't be understood".to_owned() })?;
        // Who leads in a circle would be asked for ever.
        if page.after.is_some() && page.after.as_deref() == after {
            return Err(CallFailure::Unknown { reason: "templates that come after themselves".to_owned() });
        }
        Ok(page)
    }

    /// Gives Meta a template to look over. Asked twice, it refuses the second: there is one of the name and language.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn create_template(
        &self,
        token: &AccessToken,
        waba_id: &str,
        template: &NewTemplate,
    ) -> Result<CreatedTemplate, CallFailure> {
        let NewTemplate { name, language, category, components } = template;
        let mut asked = json!({ "name": name, "language": language, "category": category, "components": components });
        if has_named_gaps(components) {
            asked["parameter_format"] = json!("NAMED");
        }
        let request = self.client.post(self.templates_of(waba_id)?).json(&asked);
        let told = ask::asked(token, request, MOST_OF_AN_ANSWER).await?;
        let created = || {
            Some(CreatedTemplate {
                id: reading::text(&told["id"])?,
                status: reading::text(&told["status"])?,
                category: reading::text(&told["category"])?,
            })
        };
        created().ok_or_else(|| CallFailure::Unknown { reason: "an answer without the template".to_owned() })
    }

    /// Takes the template of this name away: in all its languages, or, by `id`, in one of them.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn delete_template(
        &self,
        token: &AccessToken,
        waba_id: &str,
        name: &str,
        id: Option<&str>,
    ) -> Result<(), CallFailure> {
        let mut url = self.templates_of(waba_id)?;
        if let Some(id) = id {
            url.query_pairs_mut().append_pair("hsm_id", id);
        }
        url.query_pairs_mut().append_pair("name", name);
        let told = ask::asked(token, self.client.delete(url), MOST_OF_AN_ANSWER).await?;
        if reading::is_done(&told) {
            Ok(())
        } else {
            Err(CallFailure::Unknown { reason: "an answer that doesn't say it was done".to_owned() })
        }
    }

    fn templates_of(&self, waba_id: &str) -> Result<Url, CallFailure> {
        self.address(waba_id, Some("message_templates"))
            .ok_or_else(|| CallFailure::NeverValid { reason: "the account's id is none of Meta's".to_owned() })
    }
}

/// Whether gaps are named (`{{order_id}}`) and not numbered (`{{1}}`). Meta takes them for numbered unless told otherwise (general
/// knowledge: `parameter_format`). Those in the addresses of buttons are always numbered.
fn has_named_gaps(components: &Value) -> bool {
    let texts = components.as_array().into_iter().flatten().filter_map(|component| component["text"].as_str());
    let mut gaps = texts.flat_map(|text| text.split("{{").skip(1));
    gaps.any(|gap| gap.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic()))
}

fn page(told: &Value) -> Option<TemplatePage> {
    let templates = told["data"].as_array()?.iter().map(listed).collect::<Option<_>>()?;
    // The address of what comes next says that something does; the mark is there in any case. The address itself is not asked:
    // it may lead elsewhere, and has the token in it.
    let paging = &told["paging"];
    let after = if paging["next"].is_string() { Some(reading::text(&paging["cursors"]["after"])?) } else { None };
    Some(TemplatePage { templates, after })
}

fn listed(told: &Value) -> Option<ListedTemplate> {
    let quality = &told["quality_score"];
    Some(ListedTemplate {
        id: reading::text(&told["id"])?,
        name: reading::text(&told["name"])?,
        language: reading::text(&told["language"])?,
        status: reading::text(&told["status"])?,
        category: reading::text(&told["category"])?,
        quality: reading::text(quality).or_else(|| reading::text(&quality["score"])),
        components: told["components"].clone(),
        rejected_reason: reading::text(&told["rejected_reason"]).filter(|reason| reason != "NONE"),
    })
}
