//! WhatsApp tells something of a template by itself. It comes in any order, so what is older than what is known changes nothing;
//! and it may be the first that is heard of the template.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Button, Pattern, Template, TemplateEvent, TemplateKey, TemplateRefusal};
use crate::channel::ProviderId;

/// By what WhatsApp means a template, and when it told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// WhatsApp's id of the template, if it says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<ProviderId>,
    /// By its clock.
    pub at: Timestamp,
}

/// What a template consists of, as far as WhatsApp tells when it was changed: of a header nothing but its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldComponents {
    /// The text above, if there is one.
    pub title: Option<Pattern>,
    /// Its text.
    pub body: Pattern,
    /// What stands beneath.
    pub footer: Option<String>,
    /// Its buttons.
    pub buttons: Vec<Button>,
}

/// What is told of the template `key`, after its introduction where it was never heard of. `told_at` is when the same was told
/// last.
pub(super) fn told(
    template: &Template,
    key: TemplateKey,
    at: Timestamp,
    told_at: Option<Timestamp>,
    event: impl FnOnce() -> Option<TemplateEvent>,
) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
    let introduction = introduced(template, key)?;
    if told_at.is_some_and(|known| at < known) {
        return Ok(vec![]);
    }
    Ok(event().map_or_else(Vec::new, |event| introduction.into_iter().chain([event]).collect()))
}

/// The introduction of `key`, if it was never heard of.
pub(super) fn introduced(template: &Template, key: TemplateKey) -> Result<Option<TemplateEvent>, TemplateRefusal> {
    match &template.key {
        None => Ok(Some(TemplateEvent::Introduced(key))),
        Some(known) if *known == key => Ok(None),
        Some(_) => Err(TemplateRefusal::AnotherTemplate),
    }
}
