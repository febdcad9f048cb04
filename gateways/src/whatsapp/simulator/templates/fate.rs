//! What becomes of templates: they are reviewed, paused, judged by customers, moved to another category.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::customers::NotTold;
use super::super::played::Played;
use super::super::posts::Posted;
use super::super::settings::Delays;
use super::super::webhooks::escape_like_meta;

/// What becomes of a template, in Meta's words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateUpdate {
    /// Such as `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`.
    Status {
        /// The new one.
        event: String,
        /// Such as `NONE` or `INVALID_FORMAT`.
        reason: String,
    },
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    Quality(String),
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    Category(String),
}

impl TemplateUpdate {
    /// It may be sent from now on.
    #[must_use]
    pub fn approved() -> Self {
        Self::Status { event: "APPROVED".to_owned(), reason: "NONE".to_owned() }
    }

    /// It may not be sent, for this reason.
    #[must_use]
    pub fn rejected(reason: &str) -> Self {
        Self::Status { event: "REJECTED".to_owned(), reason: reason.to_owned() }
    }
}

impl Played {
    /// Changes a template, and tells of it.
    pub(in super::super) async fn update_template(
        self: &Arc<Self>,
        id: &str,
        update: &TemplateUpdate,
    ) -> Result<Posted, NotTold> {
        let now = self.clock.seconds();
        let at = self.at();
        let (due, body) = self.change(|state| {
            let (waba_id, template) = state.templates.find(id).ok_or_else(|| NotTold::NoTemplate(id.to_owned()))?;
            let mut value = json!({
                // A number here, as there.
                "message_template_id": id.parse::<u64>().unwrap_or(0),
                "message_template_name": template.name,
                "message_template_language": template.language,
            });
            let field = match update {
                TemplateUpdate::Status { event, reason } => {
                    value["event"] = json!(event);
                    value["reason"] = json!(reason);
                    value["message_template_category"] = json!(template.category);
                    // Reinstated is how it is told, and approved what it is.
                    template.status = if event == "REINSTATED" { "APPROVED".to_owned() } else { event.clone() };
                    "message_template_status_update"
                }
                TemplateUpdate::Quality(quality) => {
                    value["previous_quality_score"] = json!(template.quality);
                    value["new_quality_score"] = json!(quality);
                    template.quality.clone_from(quality);
                    "message_template_quality_update"
                }
                TemplateUpdate::Category(category) => {
                    value["previous_category"] = json!(template.category);
                    value["new_category"] = json!(category);
                    template.category.clone_from(category);
                    "template_category_update"
                }
            };
            let body = account_change(waba_id, now, field, &value);
            Ok((state.due(at, format!("{field} of {id}")), body))
        })?;
        Ok(self.post(due, body).await)
    }

    /// Has a template that was just created approved by itself, unless that is done by hand.
    pub(super) fn is_reviewed(self: &Arc<Self>, id: &str) {
        let Delays::Within { reviewed, .. } = &self.settings.delays else { return };
        let wait = self.state().chance.within(reviewed);
        let (played, id) = (Arc::clone(self), id.to_owned());
        self.beside(async move {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            // It may be deleted by now.
            let _ = played.update_template(&id, &TemplateUpdate::approved()).await;
        });
    }
}

/// A webhook about an account; it says nothing of numbers.
fn account_change(waba_id: &str, now: i64, field: &str, value: &Value) -> Vec<u8> {
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": waba_id, "time": now, "changes": [{ "field": field, "value": value }] }],
    });
    escape_like_meta(&body.to_string()).into_bytes()
}
