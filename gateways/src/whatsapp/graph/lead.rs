//! What people fill in in lead forms of Facebook and Instagram: read one by one, or a form's page by page.

use serde_json::Value;

use super::failure::CallFailure;
use super::token::AccessToken;
use super::{Graph, ask, paging, reading};

/// How many are asked for at once.
const PAGE: &str = "100";

/// Longest page, in bytes: some forty answers of a lead, each of a few hundred characters at the most.
const LONGEST_PAGE: usize = 8 << 20;

/// What is asked of each.
const FIELDS: &str =
    "created_time,id,ad_id,adset_id,campaign_id,form_id,is_organic,platform,field_data,custom_disclaimer_responses";

/// What Meta's Lead Ads Testing Tool fills in in each question (general knowledge).
const DUMMY: &str = "<test lead:";

/// What somebody filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLead {
    /// Meta's id of it.
    pub id: String,
    /// When she did, as Meta writes it: `2026-02-28T08:49:14+0000`, with no colon in the zone.
    pub created_time: Option<String>,
    /// The form.
    pub form_id: Option<String>,
    /// The campaign; none where no ad led to it, or the token sees none.
    pub campaign_id: Option<String>,
    /// The group of ads.
    pub adset_id: Option<String>,
    /// The ad.
    pub ad_id: Option<String>,
    /// What was asked and answered, in the form's order.
    pub answers: Vec<FormAnswer>,
    /// Boxes that she could tick. One that is not told of was not ticked.
    pub consents: Vec<Consent>,
}

/// A question by its key, and what was answered: nothing, one thing or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormAnswer {
    /// The form's key of the question, in any language.
    pub key: String,
    /// As it was given.
    pub values: Vec<String>,
}

/// A box that she could tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The form's key of it.
    pub key: String,
    /// Whether she did.
    pub is_ticked: bool,
}

/// Some of a form's leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadPage {
    /// These.
    pub leads: Vec<FormLead>,
    /// How many more there were that can't be understood.
    pub unreadable: usize,
    /// After what the next ones come; none where these are the last.
    pub after: Option<String>,
}

impl FormLead {
    /// Whether it is of Meta's testing tool, and of nobody.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.answers.iter().flat_map(|answer| &answer.values).any(|value| value.starts_with(DUMMY))
    }

    /// Her number, as she wrote it: each there is.
    pub fn phones(&self) -> impl Iterator<Item = &str> {
        self.of(&["phone_number", "phone", "work_phone_number"])
    }

    /// Her addresses.
    pub fn emails(&self) -> impl Iterator<Item = &str> {
        self.of(&["email", "work_email"])
    }

    /// What she calls herself.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let whole = self.of(&["full_name"]).next().map(str::to_owned);
        let parts = [self.of(&["first_name"]).next(), self.of(&["last_name"]).next()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        whole.or_else(|| (!parts.is_empty()).then(|| parts.join(" ")))
    }

    /// What was answered to these, the first key's first.
    fn of<'a>(&'a self, keys: &'static [&'static str]) -> impl Iterator<Item = &'a str> {
        let answered = keys.iter().flat_map(|key| self.answers.iter().filter(move |answer| answer.key == *key));
        answered.flat_map(|answer| &answer.values).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A lead in Meta's JSON; nothing where it has no id.
    fn read(told: &Value) -> Option<Self> {
        // Without an ad, some are told as zero.
        let id = |key: &str| reading::text(&told[key]).filter(|id| id != "0");
        let answers = told["field_data"].as_array().into_iter().flatten().filter_map(|field| {
            let values = field["values"].as_array().into_iter().flatten().filter_map(written).collect();
            Some(FormAnswer { key: written(&field["name"])?, values })
        });
        let consents = told["custom_disclaimer_responses"].as_array().into_iter().flatten().filter_map(|box_| {
            let told = &box_["is_checked"];
            let is_ticked = told == &Value::Bool(true) || matches!(written(told).as_deref(), Some("1" | "true"));
            Some(Consent { key: written(&box_["checkbox_key"])?, is_ticked })
        });
        Some(Self {
            id: id("id")?,
            created_time: written(&told["created_time"]),
            form_id: id("form_id"),
            campaign_id: id("campaign_id"),
            adset_id: id("adset_id"),
            ad_id: id("ad_id"),
            answers: answers.collect(),
            consents: consents.collect(),
        })
    }
}

/// A text, or a number as it is written; nothing of anything else.
fn written(told: &Value) -> Option<String> {
    match told {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl Graph {
    /// What Meta has under the lead's id `lead_id`, with the token of the page.
    ///
    /// # Errors
    /// [`CallFailure`]; what follows from a refusal, [`ProviderRefusal::of_lead`](super::ProviderRefusal::of_lead) says.
    pub async fn lead(&self, token: &AccessToken, lead_id: &str) -> Result<FormLead, CallFailure> {
        let mut url = self
            .address(lead_id, None)
            .ok_or_else(|| CallFailure::NeverValid { reason: "the lead's id is none of Meta's".to_owned() })?;
        url.query_pairs_mut().append_pair("fields", FIELDS);
        let told = ask::asked(token, self.client.get(url), LONGEST_PAGE).await?;
        FormLead::read(&told)
            .filter(|lead| lead.id == lead_id)
            .ok_or_else(|| CallFailure::Unknown { reason: "an answer without the lead".to_owned() })
    }

    /// The leads of a form, the newest first: those filled in after `since`, in unix seconds, where that is said; of these the ones
    /// after `after`.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn leads(
        &self,
        token: &AccessToken,
        form_id: &str,
        since: Option<i64>,
        after: Option<&str>,
    ) -> Result<LeadPage, CallFailure> {
        let mut url = self
            .address(form_id, Some("leads"))
            .ok_or_else(|| CallFailure::NeverValid { reason: "the form's id is none of Meta's".to_owned() })?;
        url.query_pairs_mut().append_pair("fields", FIELDS).append_pair("limit", PAGE);
        if let Some(since) = since {
            let filter = format!(r#"[{{"field":"time_created","operator":"GREATER_THAN","value":{since}}}]"#);
            url.query_pairs_mut().append_pair("filtering", &filter);
        }
        let (told, after) = paging::page(self, token, url, after, LONGEST_PAGE).await?;
        let leads: Vec<FormLead> = told.iter().filter_map(FormLead::read).collect();
        let unreadable = told.len() - leads.len();
        Ok(LeadPage { leads, unreadable, after })
    }
}
