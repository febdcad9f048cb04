//! Pages of Facebook with their lead forms: what people fill in, how it is told of, and how it is read.

mod endpoint;
mod told;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) use endpoint::{forms, lead, leads, page, subscribed, test_lead};
pub use told::Filled;

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) name: String,
    /// In the order in which they were made.
    forms: Vec<Form>,
    /// Whether its leads are told of.
    is_subscribed: bool,
}

/// A lead form.
#[derive(Debug)]
struct Form {
    id: String,
    name: String,
    /// Oldest first.
    leads: Vec<Lead>,
}

/// What somebody filled in.
#[derive(Debug, Clone)]
pub(super) struct Lead {
    id: String,
    /// Unix seconds.
    created: i64,
    form_id: String,
    said: Fill,
}

/// What somebody fills in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fill {
    /// Each question's key with what is answered: one text, several, or nothing at all (`null`).
    pub answers: Vec<(String, Value)>,
    /// Boxes by their keys, and whether each is ticked.
    pub consents: Vec<(String, bool)>,
    /// The ad that led to it; nothing where none did.
    pub ad: Option<Ad>,
    /// When, in unix seconds; now where nothing is said.
    pub created: Option<i64>,
}

/// An ad, in Meta's ids.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ad {
    /// The campaign.
    pub campaign_id: String,
    /// The group of ads.
    pub adset_id: String,
    /// The ad.
    pub ad_id: String,
}

impl Fill {
    /// Answers these questions.
    #[must_use]
    pub fn answering(answers: &[(&str, &str)]) -> Self {
        let answers = answers.iter().map(|(key, answer)| ((*key).to_owned(), json!(answer))).collect();
        Self { answers, ..Self::default() }
    }
}

impl Lead {
    /// A field as the API tells it: nothing where there is no such field, null where the lead has none.
    fn field(&self, name: &str) -> Option<Value> {
        let ad = |of: fn(&Ad) -> &String| self.said.ad.as_ref().map_or(Value::Null, |ad| json!(of(ad)));
        Some(match name {
            "id" => json!(self.id),
            "created_time" => json!(moment(self.created)),
            "form_id" => json!(self.form_id),
            "ad_id" => ad(|ad| &ad.ad_id),
            "adset_id" => ad(|ad| &ad.adset_id),
            "campaign_id" => ad(|ad| &ad.campaign_id),
            "is_organic" => json!(self.said.ad.is_none()),
            "platform" => json!("fb"),
            "field_data" => self.said.answers.iter().map(field_of).collect(),
            "custom_disclaimer_responses" => {
                let box_ = |(key, is_ticked): &(String, bool)| json!({ "checkbox_key": key, "is_checked": if *is_ticked { "1" } else { "" } });
                self.said.consents.iter().map(box_).collect()
            }
            _ => return None,
        })
    }

    /// As the API tells it, of these fields.
    fn told(&self, fields: &[&str]) -> Result<Value, String> {
        let mut told = Map::from_iter([("id".to_owned(), json!(self.id))]);
        for field in fields {
            let value = self.field(field).ok_or_else(|| (*field).to_owned())?;
            let is_empty =
                value.is_null() || value.as_array().is_some_and(|of| of.is_empty() && *field != "field_data");
            if !is_empty {
                told.insert((*field).to_owned(), value);
            }
        }
        Ok(Value::Object(told))
    }
}

fn field_of((key, answer): &(String, Value)) -> Value {
    match answer {
        Value::Null => json!({ "name": key }),
        Value::Array(values) => json!({ "name": key, "values": values }),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            json!({ "name": key, "values": [answer] })
        }
    }
}

/// As Meta writes moments: the zone without a colon.
fn moment(seconds: i64) -> String {
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The civil date of a day, with years that begin in March: their last day is the one that comes and goes.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}+0000")
}

/// All pages, by Meta's id.
#[derive(Debug, Default)]
pub(super) struct Pages(BTreeMap<String, Page>);

impl Pages {
    pub(super) fn put(&mut self, id: &str, name: &str) {
        self.0.entry(id.to_owned()).or_insert(Page { name: name.to_owned(), forms: vec![], is_subscribed: false });
    }

    pub(super) fn get(&self, id: &str) -> Option<&Page> {
        self.0.get(id)
    }

    /// Whether there was such a page to make it for.
    pub(super) fn put_form(&mut self, page: &str, id: &str, name: &str) -> bool {
        let Some(page) = self.0.get_mut(page) else { return false };
        page.forms.push(Form { id: id.to_owned(), name: name.to_owned(), leads: vec![] });
        true
    }

    /// A form, and the page that has it.
    fn form(&mut self, id: &str) -> Option<(&str, bool, &mut Form)> {
        self.0.iter_mut().find_map(|(page, of)| {
            let is_subscribed = of.is_subscribed;
            of.forms.iter_mut().find(|form| form.id == id).map(|form| (page.as_str(), is_subscribed, form))
        })
    }

    /// A lead, and the page that it is of.
    pub(super) fn lead(&self, id: &str) -> Option<(&str, &Lead)> {
        self.0.iter().find_map(|(page, of)| {
            let lead = of.forms.iter().flat_map(|form| &form.leads).find(|lead| lead.id == id);
            lead.map(|lead| (page.as_str(), lead))
        })
    }

    /// It is gone; whether it was there.
    pub(super) fn remove_lead(&mut self, id: &str) -> bool {
        let forms = self.0.values_mut().flat_map(|page| &mut page.forms);
        let mut removed = false;
        for form in forms {
            let before = form.leads.len();
            form.leads.retain(|lead| lead.id != id);
            removed |= form.leads.len() < before;
        }
        removed
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_written_with_no_colon_in_the_zone() {
        for (seconds, written) in [
            (0, "1970-01-01T00:00:00+0000"),
            (951_782_399, "2000-02-28T23:59:59+0000"),
            (951_782_400, "2000-02-29T00:00:00+0000"),
            (1_425_113_354, "2015-02-28T08:49:14+0000"),
            (1_767_225_600, "2026-01-01T00:00:00+0000"),
            (4_107_542_400, "2100-03-01T00:00:00+0000"),
        ] {
            assert_eq!(moment(seconds), written);
        }
    }
}
