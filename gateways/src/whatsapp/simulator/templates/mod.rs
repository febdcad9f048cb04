//! The templates of accounts: listed, created, deleted, and what becomes of them.

mod create;
mod endpoint;
mod fate;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use fate::TemplateUpdate;

pub(super) use endpoint::{created, deleted, listed};

/// A template of an account.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) language: String,
    pub(super) category: String,
    pub(super) status: String,
    pub(super) quality: String,
    /// Whether its parameters have names; else they are counted from 1.
    pub(super) is_named: bool,
    pub(super) components: Vec<Component>,
}

/// A part of a template, as it was created.
#[derive(Debug, Clone)]
pub(super) struct Component(Value);

impl Component {
    fn word(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    pub(super) fn text(&self) -> &str {
        self.word("text")
    }

    /// `TEXT`, `IMAGE` and so on, of a header.
    pub(super) fn format(&self) -> &str {
        self.word("format")
    }

    pub(super) fn buttons(&self) -> Vec<Value> {
        self.0["buttons"].as_array().cloned().unwrap_or_default()
    }
}

impl Template {
    pub(super) fn component(&self, kind: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.word("type") == kind)
    }

    /// A field as the API tells it.
    fn field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.id),
            "name" => json!(self.name),
            "language" => json!(self.language),
            "category" => json!(self.category),
            "status" => json!(self.status),
            "parameter_format" => json!(if self.is_named { "NAMED" } else { "POSITIONAL" }),
            "quality_score" => json!({ "score": self.quality }),
            "rejected_reason" => json!(if self.status == "REJECTED" { "INVALID_FORMAT" } else { "NONE" }),
            "components" => json!(self.components.iter().map(|component| &component.0).collect::<Vec<_>>()),
            _ => return None,
        })
    }
}

/// The templates of all accounts, in the order in which they were created.
#[derive(Debug, Default)]
pub(super) struct Templates(BTreeMap<String, Vec<Template>>);

impl Templates {
    pub(super) fn of(&self, waba_id: &str) -> &[Template] {
        self.0.get(waba_id).map(Vec::as_slice).unwrap_or_default()
    }

    fn of_mut(&mut self, waba_id: &str) -> &mut Vec<Template> {
        self.0.entry(waba_id.to_owned()).or_default()
    }

    pub(super) fn named(&self, waba_id: &str, name: &str, language: &str) -> Option<&Template> {
        self.of(waba_id).iter().find(|template| template.name == name && template.language == language)
    }

    /// The template of this id, and the account that has it.
    fn find(&mut self, id: &str) -> Option<(&str, &mut Template)> {
        self.0.iter_mut().find_map(|(waba_id, templates)| {
            templates.iter_mut().find(|template| template.id == id).map(|template| (waba_id.as_str(), template))
        })
    }
}

/// What stands between `{{` and `}}`, each once, in its order.
pub(super) fn placeholders(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
        rest = after;
    }
    found
}
