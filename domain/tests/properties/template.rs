//! Histories of templates.

use leadflow_domain::Decide;
use leadflow_domain::channel::ProviderId;
use leadflow_domain::template::{
    Button, ButtonAction, Components, Header, Listing, NamedText, Pattern, Telling, Template, TemplateCategory,
    TemplateCommand, TemplateEvent, TemplateKey, TemplateLanguage, TemplateName, TemplateParameters, TemplateQuality,
    TemplateStatus, ToldComponents,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert, prop_oneof, proptest};
use proptest::sample::select;

use crate::laws::laws;
use crate::strategies::seconds;

fn key() -> impl Strategy<Value = TemplateKey> {
    // Seldom another one: it is refused.
    prop_oneof![9 => Just("order_update"), 1 => Just("another")].prop_map(|name| TemplateKey {
        waba_id: ProviderId::parse("20").unwrap(),
        name: TemplateName::parse(name).unwrap(),
        language: TemplateLanguage::parse("it").unwrap(),
    })
}

fn provider_id() -> impl Strategy<Value = ProviderId> {
    select(vec!["1", "2"]).prop_map(|id| ProviderId::parse(id).unwrap())
}

fn status() -> impl Strategy<Value = TemplateStatus> {
    select(vec![
        TemplateStatus::Approved,
        TemplateStatus::Pending,
        TemplateStatus::Rejected { reason: None },
        TemplateStatus::Deleted,
        TemplateStatus::Other("LOCKED".to_owned()),
    ])
}

fn category() -> impl Strategy<Value = TemplateCategory> {
    select(vec![TemplateCategory::Marketing, TemplateCategory::Utility, TemplateCategory::Authentication])
}

fn quality() -> impl Strategy<Value = TemplateQuality> {
    select(vec![TemplateQuality::Green, TemplateQuality::Red])
}

fn components() -> impl Strategy<Value = Components> {
    let header = of(select(vec![Header::Location, Header::Text(Pattern::of("News"))]));
    let body = select(vec!["Hello", "Hello {{1}}!"]).prop_map(Pattern::of);
    let buttons = vec(Just(Button { text: "Yes".to_owned(), action: ButtonAction::QuickReply }), 0..2);
    (header, body, buttons).prop_map(|(header, body, buttons)| Components {
        header,
        body,
        buttons,
        ..Components::default()
    })
}

fn telling() -> impl Strategy<Value = Telling> {
    (of(provider_id()), seconds()).prop_map(|(provider_id, at)| Telling { provider_id, at })
}

fn commands() -> impl Strategy<Value = TemplateCommand> {
    let listing = (provider_id(), status(), category(), of(quality()), components()).prop_map(
        |(provider_id, status, category, quality, components)| Listing {
            provider_id,
            status,
            category,
            quality,
            components,
        },
    );
    prop_oneof![
        2 => (key(), category(), components())
            .prop_map(|(key, category, components)| TemplateCommand::Draft { key, category, components }),
        2 => (provider_id(), status(), category(), seconds()).prop_map(|(provider_id, status, category, at)| {
            TemplateCommand::RecordSubmission { provider_id, status, category, at }
        }),
        2 => (key(), listing, seconds()).prop_map(|(key, listing, at)| TemplateCommand::Sync { key, listing, at }),
        1 => seconds().prop_map(|at| TemplateCommand::Miss { at }),
        2 => (key(), telling(), status())
            .prop_map(|(key, telling, status)| TemplateCommand::TellStatus { key, telling, status }),
        1 => (key(), telling(), quality())
            .prop_map(|(key, telling, quality)| TemplateCommand::TellQuality { key, telling, quality }),
        1 => (key(), telling(), category())
            .prop_map(|(key, telling, category)| TemplateCommand::TellCategory { key, telling, category }),
        1 => (key(), telling(), category())
            .prop_map(|(key, telling, category)| TemplateCommand::AnnounceCategory { key, telling, category }),
        1 => (key(), telling(), components()).prop_map(|(key, telling, components)| TemplateCommand::TellComponents {
            key,
            telling,
            components: ToldComponents { body: components.body, buttons: components.buttons, ..ToldComponents::default() },
        }),
        1 => seconds().prop_map(|at| TemplateCommand::Delete { at }),
    ]
}

#[test]
fn a_template_keeps_the_laws() {
    laws::<Template>(commands(), |_| true, TemplateEvent::TYPES);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a template's text is, what fits it leaves no gap of it, and what does not fit is told without a panic.
    #[test]
    fn what_fits_fills_every_gap(text in "([{} 1a_é]|\\{\\{|\\}\\}|\\{\\{1\\}\\}|\\{\\{name\\}\\}){0,16}", given in vec("[a-z]{1,3}", 0..3)) {
        let mut template = Template::default();
        let components = Components { body: Pattern::of(&text), ..Components::default() };
        let listing = Listing {
            provider_id: ProviderId::parse("1").unwrap(),
            status: TemplateStatus::Approved,
            category: TemplateCategory::Utility,
            quality: None,
            components: components.clone(),
        };
        let key = TemplateKey {
            waba_id: ProviderId::parse("20").unwrap(),
            name: TemplateName::parse("a").unwrap(),
            language: TemplateLanguage::parse("it").unwrap(),
        };
        let synced = TemplateCommand::Sync { key, listing, at: jiff::Timestamp::UNIX_EPOCH };
        for event in template.decide(synced).unwrap() {
            cqrs_es::Aggregate::apply(&mut template, event);
        }
        let body: Vec<NamedText> = given.iter().map(|text| NamedText::counted(text)).collect();
        let parameters = TemplateParameters { body, ..TemplateParameters::default() };
        if template.check(&parameters).is_ok() {
            let gaps = components.form().body.count();
            prop_assert!(gaps == given.len());
            let rendered = template.rendered(&parameters);
            prop_assert!(given.iter().all(|value| rendered.contains(value)));
        }
    }
}
