//! A template in all its stages, for the tests of its decisions.

use jiff::Timestamp;

use super::{Template, TemplateEvent};
use crate::channel::ProviderId;
use crate::template::{
    Button, ButtonAction, ButtonParameter, ButtonValue, Components, Header, HeaderParameter, Listing, NamedText,
    Pattern, Telling, TemplateCategory, TemplateKey, TemplateLanguage, TemplateName, TemplateParameters,
    TemplateQuality, TemplateStatus,
};

pub(crate) fn second(number: i64) -> Timestamp {
    Timestamp::from_second(1_763_712_000 + number).unwrap()
}

pub(crate) fn provider_id() -> ProviderId {
    ProviderId::parse("1689556908129832").unwrap()
}

pub(crate) fn key() -> TemplateKey {
    key_of("order_update")
}

pub(crate) fn key_of(name: &str) -> TemplateKey {
    TemplateKey {
        waba_id: ProviderId::parse("200000000000002").unwrap(),
        name: TemplateName::parse(name).unwrap(),
        language: TemplateLanguage::parse("en_US").unwrap(),
    }
}

/// A header and a text with gaps, a footer, and a button of each kind that takes something.
pub(crate) fn components() -> Components {
    let pattern = |text: &str, examples: &[&str]| Pattern {
        text: text.to_owned(),
        examples: examples.iter().map(|text| (*text).to_owned()).collect(),
    };
    let button = |text: &str, action| Button { text: text.to_owned(), action };
    Components {
        header: Some(Header::Text(pattern("Order {{1}}", &["0001"]))),
        body: pattern("Hello {{1}}, your {{2}} is on its way.", &["Bob", "red chair"]),
        footer: Some("Bottega Aurora".to_owned()),
        buttons: vec![
            button("Track it", ButtonAction::Url(pattern("https://example.com/{{1}}", &["https://example.com/1"]))),
            button("I'm not at home", ButtonAction::QuickReply),
            button("Copy code", ButtonAction::CopyCode { example: Some("SAVE10".to_owned()) }),
        ],
        others: vec![],
    }
}

pub(crate) fn parameters() -> TemplateParameters {
    let button = |index, value| ButtonParameter { index, value };
    TemplateParameters {
        header: Some(HeaderParameter::Text(vec![NamedText::counted("0042")])),
        body: vec![NamedText::counted("Ada"), NamedText::counted("blue sofa")],
        buttons: vec![
            button(0, ButtonValue::UrlSuffix("42".to_owned().into())),
            button(2, ButtonValue::CopyCode("SAVE20".to_owned().into())),
        ],
    }
}

pub(crate) fn introduced() -> TemplateEvent {
    TemplateEvent::Introduced(key())
}

pub(crate) fn drafted(version: u32) -> TemplateEvent {
    TemplateEvent::Drafted { category: TemplateCategory::Utility, components: components(), version }
}

pub(crate) fn submitted(at: i64) -> TemplateEvent {
    TemplateEvent::Submitted {
        provider_id: provider_id(),
        status: TemplateStatus::Pending,
        category: TemplateCategory::Utility,
        at: second(at),
    }
}

pub(crate) fn listing() -> Listing {
    Listing {
        provider_id: provider_id(),
        status: TemplateStatus::Approved,
        category: TemplateCategory::Utility,
        quality: Some(TemplateQuality::Green),
        components: components(),
    }
}

/// Listed at second 5.
pub(crate) fn approved() -> TemplateEvent {
    TemplateEvent::Synced { listing: listing(), version: 1, at: second(5) }
}

pub(crate) fn telling(at: i64) -> Telling {
    Telling { provider_id: Some(provider_id()), at: second(at) }
}

pub(crate) fn told(at: i64, status: TemplateStatus) -> TemplateEvent {
    TemplateEvent::StatusTold { telling: telling(at), status }
}

pub(crate) fn after(events: Vec<TemplateEvent>) -> Template {
    let mut template = Template::default();
    events.into_iter().for_each(|event| template.evolve(event));
    template
}
