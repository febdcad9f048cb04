//! Histories of answers that a business keeps ready.

use leadflow_domain::response_template::{
    Intent, Response, ResponseBody, ResponseTemplate, ResponseTemplateCommand, ResponseTemplateEvent, ResponseTitle,
    Values,
};
use proptest::option::of;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert, prop_oneof, proptest};
use proptest::sample::select;

use crate::laws::laws;

fn response() -> impl Strategy<Value = Response> {
    let title = select(vec!["Welcome", "WELCOME", "Prices"]).prop_map(|title| ResponseTitle::parse(title).unwrap());
    let intent = of(select(vec!["greeting", "price"]).prop_map(|intent| Intent::parse(intent).unwrap()));
    let body = select(vec!["Hello", "Hi {{contact.name|there}}"]).prop_map(|body| ResponseBody::parse(body).unwrap());
    (title, intent, body).prop_map(|(title, intent, body)| Response { title, intent, body })
}

#[test]
fn a_response_template_keeps_the_laws() {
    let commands = prop_oneof![
        3 => response().prop_map(ResponseTemplateCommand::Create),
        3 => response().prop_map(ResponseTemplateCommand::Change),
        1 => Just(ResponseTemplateCommand::Remove),
    ];
    laws::<ResponseTemplate>(commands, |_| true, ResponseTemplateEvent::TYPES);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is written, it is refused or can be filled in where everything is known; braces are what goes wrong most easily.
    #[test]
    fn an_answer_is_refused_or_filled_in(text in "([{}|. a]|\\{\\{|\\}\\}|contact\\.name|é){0,24}") {
        let values = Values { contact_name: Some("{{Ada}}"), member_name: Some("B"), business_name: Some("C") };
        if let Ok(body) = ResponseBody::parse(&text) {
            prop_assert!(body.render(&values).is_ok());
            let stored = serde_json::to_string(&body).unwrap();
            prop_assert!(serde_json::from_str::<ResponseBody>(&stored).unwrap() == body);
        }
    }
}
