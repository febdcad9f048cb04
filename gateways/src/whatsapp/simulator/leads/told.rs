//! What is filled in, and told of by a webhook.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::customers::NotTold;
use super::super::played::Played;
use super::super::posts::Posted;
use super::super::webhooks::escape_like_meta;
use super::{Fill, Lead};

/// What somebody filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Meta's id of it.
    pub lead_id: String,
    /// What became of its webhook.
    pub posted: Posted,
}

impl Played {
    /// Somebody fills in a form; nobody is told of it.
    pub(in super::super) fn fill_in(&self, form: &str, said: Fill) -> Result<String, NotTold> {
        let created = said.created.unwrap_or_else(|| self.clock.seconds());
        self.change(|state| {
            let id = state.ids.id();
            let (_, _, form) = state.pages.form(form).ok_or_else(|| NotTold::NoForm(form.to_owned()))?;
            let form_id = form.id.clone();
            form.leads.push(Lead { id: id.clone(), created, form_id, said });
            Ok(id)
        })
    }

    /// Tells of leads, in one webhook, an entry for each; a page that nobody subscribed to is not told of.
    pub(in super::super) async fn tell_leads(self: &Arc<Self>, leads: &[&str]) -> Result<Posted, NotTold> {
        let (now, at) = (self.clock.seconds(), self.at());
        let (body, due) = self.change(|state| {
            let mut entries = Vec::new();
            for id in leads {
                let (page, lead) = state.pages.lead(id).ok_or_else(|| NotTold::NoLead((*id).to_owned()))?;
                if state.pages.get(page).is_some_and(|page| page.is_subscribed) {
                    entries.push(json!({ "id": page, "time": now, "changes": [change(page, lead)] }));
                }
            }
            let due = if entries.is_empty() { None } else { state.due(at, format!("leads {}", leads.join(" "))) };
            Ok((json!({ "object": "page", "entry": entries }), due))
        })?;
        Ok(self.post(due, escape_like_meta(&body.to_string()).into_bytes()).await)
    }
}

fn change(page: &str, lead: &Lead) -> Value {
    let mut value = json!({
        "leadgen_id": lead.id, "page_id": page, "form_id": lead.form_id, "created_time": lead.created,
    });
    if let Some(ad) = &lead.said.ad {
        value["ad_id"] = json!(ad.ad_id);
        // As Meta calls a group of ads here.
        value["adgroup_id"] = json!(ad.adset_id);
    }
    json!({ "field": "leadgen", "value": value })
}
