//! What is told of a template, read from the provider's JSON. It names no number: it leads to whoever has one of its account.

use leadflow_domain::channel::ProviderId;
use leadflow_domain::template::{
    Pattern, TemplateCategory, TemplateKey, TemplateLanguage, TemplateName, TemplateQuality, TemplateStatus,
    ToldComponents,
};
use serde_json::Value;

use super::json::{canonical, elements, text};
use super::message::{ToldAt, Unreceived, told_at};
use crate::message_templates::{LARGEST, button_of, category, quality, told_status};

/// Something that the provider tells of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateUpdate {
    /// Which template.
    pub key: TemplateKey,
    /// The provider's id of it, if it says it.
    pub provider_id: Option<ProviderId>,
    /// When, by the provider's clock.
    pub told_at: ToldAt,
    /// What.
    pub change: TemplateChange,
    /// All of it: what differs is another update.
    pub fingerprint: String,
}

/// What is told of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplateChange {
    /// How it stands.
    Status(TemplateStatus),
    /// What people think of it.
    Quality(TemplateQuality),
    /// What it is for.
    Category(TemplateCategory),
    /// What it will be for before long.
    Announced(TemplateCategory),
    /// What it consists of.
    Components(ToldComponents),
}

/// The fields of changes that are about templates.
pub(super) const FIELDS: [&str; 4] = [
    "message_template_status_update",
    "message_template_quality_update",
    "template_category_update",
    "message_template_components_update",
];

impl TemplateUpdate {
    /// Reads a change of the account `waba_id`, of an entry of this `time`. What it tells shows by what there is: Meta documents a
    /// quality under the field of a status.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read(waba_id: &str, time: Option<&Value>, value: &Value) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        let fingerprint = canonical(value);
        if fingerprint.len() > LARGEST {
            return Err(Broken("it is larger than anything that is told of a template"));
        }
        let said = |name: &str| text(value.get(name));
        let name = said("message_template_name").and_then(|name| TemplateName::parse(&name).ok());
        let language = said("message_template_language").and_then(|language| TemplateLanguage::parse(&language).ok());
        let key = TemplateKey {
            waba_id: ProviderId::parse(waba_id).map_err(|_| Broken("its account's id is none"))?,
            name: name.ok_or(Broken("it does not say which template it is about"))?,
            language: language.ok_or(Broken("it does not say the template's language"))?,
        };
        let change = if let Some(word) = said("new_quality_score") {
            TemplateChange::Quality(quality(&word))
        } else if let Some(event) = said("event") {
            TemplateChange::Status(told_status(&event, said("reason").as_deref()))
        } else if let Some(word) = said("correct_category") {
            TemplateChange::Announced(category(&word))
        } else if let Some(word) = said("new_category") {
            TemplateChange::Category(category(&word))
        } else if let Some(body) = said("message_template_element") {
            TemplateChange::Components(told_components(value, &body))
        } else {
            return Err(Broken("it does not say what became of the template"));
        };
        let provider_id = said("message_template_id").and_then(|id| ProviderId::parse(&id).ok());
        Ok(Self { key, provider_id, told_at: told_at(time), change, fingerprint })
    }
}

fn told_components(value: &Value, body: &str) -> ToldComponents {
    let said = |name: &str| text(value.get(name));
    let button = |told: &Value| {
        let said = |name: &str| text(told.get(format!("message_template_button_{name}"))).unwrap_or_default();
        button_of(&said("type"), &said("text"), &said("url"), &said("phone_number"), told)
    };
    ToldComponents {
        title: said("message_template_title").as_deref().map(Pattern::of),
        body: Pattern::of(body),
        footer: said("message_template_footer"),
        buttons: elements(value.get("message_template_buttons")).iter().map(button).collect(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use leadflow_domain::template::{Button, ButtonAction};
    use serde_json::json;

    use super::*;

    fn told(what: &Value) -> Value {
        let mut value = json!({
            "message_template_id": 1_689_556_908_129_832_u64, "message_template_name": "order_update",
            "message_template_language": "en-US",
        });
        value.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        value
    }

    fn read(what: &Value) -> Result<TemplateUpdate, Unreceived> {
        TemplateUpdate::read("20", Some(&json!(1_763_712_000)), &told(what))
    }

    fn change(what: &Value) -> TemplateChange {
        read(what).unwrap().change
    }

    #[test]
    fn which_template_it_is_about_and_when_is_read() {
        let update = read(&json!({"event": "APPROVED", "reason": "NONE"})).unwrap();
        assert_eq!(update.key.waba_id.as_str(), "20");
        assert_eq!((update.key.name.as_str(), update.key.language.as_str()), ("order_update", "en_US"));
        assert_eq!(update.provider_id.unwrap().as_str(), "1689556908129832");
        assert_eq!(update.told_at, ToldAt::At(Timestamp::from_second(1_763_712_000).unwrap()));
        let unsaid = TemplateUpdate::read("20", None, &told(&json!({"event": "APPROVED"}))).unwrap();
        assert_eq!(unsaid.told_at, ToldAt::Odd("null".to_owned()));
    }

    #[test]
    fn what_became_of_it_shows_by_what_there_is() {
        for (what, expected) in [
            (json!({"event": "APPROVED", "reason": "NONE"}), TemplateChange::Status(TemplateStatus::Approved)),
            (
                json!({"event": "REJECTED", "reason": "INVALID_FORMAT"}),
                TemplateChange::Status(TemplateStatus::Rejected { reason: Some("INVALID_FORMAT".to_owned()) }),
            ),
            (json!({"event": "REINSTATED"}), TemplateChange::Status(TemplateStatus::Approved)),
            (
                json!({"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"}),
                TemplateChange::Quality(TemplateQuality::Yellow),
            ),
            (
                json!({"previous_category": "UTILITY", "new_category": "MARKETING"}),
                TemplateChange::Category(TemplateCategory::Marketing),
            ),
            (
                json!({"new_category": "UTILITY", "correct_category": "MARKETING", "category_update_timestamp": 1}),
                TemplateChange::Announced(TemplateCategory::Marketing),
            ),
        ] {
            assert_eq!(change(&what), expected, "{what}");
        }
    }

    #[test]
    fn what_it_consists_of_is_read() {
        let what = json!({
            "message_template_title": "Confirmed!", "message_template_element": "Thank you, {{1}}!",
            "message_template_footer": "Lucky Shrub", "message_template_buttons": [
                {"message_template_button_type": "PHONE_NUMBER", "message_template_button_text": "Call",
                 "message_template_button_phone_number": "+15550783881"},
                {"message_template_button_type": "URL", "message_template_button_text": "Shop",
                 "message_template_button_url": "https://example.com"},
                7,
            ],
        });
        let TemplateChange::Components(read) = change(&what) else { panic!("{what}") };
        assert_eq!((read.title, read.body), (Some(Pattern::of("Confirmed!")), Pattern::of("Thank you, {{1}}!")));
        assert_eq!(read.footer.as_deref(), Some("Lucky Shrub"));
        let call = ButtonAction::Call { phone: "+15550783881".to_owned() };
        assert_eq!(read.buttons[0], Button { text: "Call".to_owned(), action: call });
        assert_eq!(read.buttons[1].action, ButtonAction::Url(Pattern::of("https://example.com")));
        assert_eq!(read.buttons[2].action, ButtonAction::Other(String::new()));
    }

    #[test]
    fn what_is_missing_or_odd_is_said() {
        for (odd, said) in [
            (json!({}), "what became"),
            (json!({"event": {}}), "what became"),
            (json!({"event": "APPROVED", "message_template_name": null}), "which template"),
            (json!({"event": "APPROVED", "message_template_name": "a".repeat(513)}), "which template"),
            (json!({"event": "APPROVED", "message_template_language": "?"}), "language"),
            (json!({"message_template_element": "a".repeat(LARGEST)}), "larger"),
        ] {
            let Unreceived::Broken(reason) = read(&odd).unwrap_err();
            assert!(reason.contains(said), "{reason}");
        }
        for odd in [json!(null), json!(7), json!([]), json!("x")] {
            assert!(TemplateUpdate::read("20", None, &odd).is_err(), "{odd}");
        }
        let Unreceived::Broken(reason) = TemplateUpdate::read("", None, &told(&json!({"event": "A"}))).unwrap_err();
        assert!(reason.contains("account"), "{reason}");
        // An id that is none says nothing, and takes nothing from the rest.
        assert_eq!(read(&json!({"event": "APPROVED", "message_template_id": {}})).unwrap().provider_id, None);
    }
}
