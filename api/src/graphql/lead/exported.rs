//! Leads for a file instead of an answer: which of them are asked for, and their words as clients know them.

use async_graphql::{InputType, Pos, Value};
use leadflow_domain::lead;
use leadflow_domain::pipeline::StageKind;
use leadflow_projections::Condition;
use leadflow_projections::leads::LeadField;

use super::filter::LeadFilter;
use super::types::{LeadSource, LeadStatus};
use crate::graphql::filter;
use crate::graphql::pipeline::LeadStageKind;

/// Reads a `LeadFilter` that was written as JSON; without one all leads are asked for.
///
/// # Errors
/// What is wrong with it, for whoever wrote it.
pub(crate) fn leads_asked_for(json: Option<&str>) -> Result<Condition<LeadField>, String> {
    let Some(json) = json else { return Ok(Condition::default()) };
    let json: serde_json::Value =
        serde_json::from_str(json).map_err(|error| format!("`filter` is no JSON: {error}"))?;
    let value = Value::from_json(json).map_err(|error| format!("`filter` can't be read: {error}"))?;
    let asked = LeadFilter::parse(Some(value.clone()));
    let asked = asked.map_err(|error| format!("`filter`: {}", error.into_server_error(Pos::default()).message))?;
    if !is_all_read(&value, &asked.to_value()) {
        return Err("`filter` asks for what no `LeadFilter` has".to_owned());
    }
    filter::read(Some(asked)).map_err(|error| error.message)
}

/// Whether each field that was given is one that was read: what has no field is passed over in silence by whoever reads it, and a
/// misspelled filter would be none.
fn is_all_read(given: &Value, read: &Value) -> bool {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => {
            given.iter().all(|(name, given)| read.get(name).is_some_and(|read| is_all_read(given, read)))
        }
        (Value::List(given), Value::List(read)) => given.iter().zip(read).all(|(given, read)| is_all_read(given, read)),
        // One thing in the place of a list is a list of it.
        (Value::Object(_), Value::List(read)) => read.iter().all(|read| is_all_read(given, read)),
        _ => true,
    }
}

/// The word for where a lead came from.
pub(crate) fn source_word(source: lead::LeadSource) -> String {
    word(&LeadSource::from(source))
}

/// The word for what somebody found about a lead.
pub(crate) fn status_word(status: lead::LeadStatus) -> String {
    word(&LeadStatus::from(status))
}

/// The word for what it means that a lead stands at its stage.
pub(crate) fn stage_word(kind: StageKind) -> String {
    word(&LeadStageKind::from(kind))
}

fn word(of: &impl InputType) -> String {
    let value = of.to_value();
    if let Value::Enum(name) = value { name.to_string() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use leadflow_projections::NumberIs;

    use super::*;

    #[test]
    fn a_filter_is_what_the_list_takes() {
        assert_eq!(leads_asked_for(None), Ok(Condition::All(vec![])));
        assert_eq!(leads_asked_for(Some("{}")), Ok(Condition::All(vec![])));
        let asked = leads_asked_for(Some(r#"{"quality": {"gte": 50}, "stageKind": {"eq": "WON"}}"#));
        let expected = [LeadField::Quality(NumberIs::AtLeast(50)), LeadField::StageKind(vec![StageKind::Won])];
        assert_eq!(asked, Ok(Condition::All(expected.map(Condition::Is).to_vec())));
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}{{}}{}", r#"{"not": "#.repeat(5), "}".repeat(5));
        let deeper = format!("{}{{}}{}", r#"{"not": "#.repeat(500), "}".repeat(500));
        for odd in ["", "x", "1", "[]", r#"{"mood": {"eq": 1}}"#, r#"{"quality": {"gte": "much"}}"#, &deep, &deeper] {
            assert!(leads_asked_for(Some(odd)).is_err(), "{odd}");
        }
    }

    #[test]
    fn words_are_those_of_the_schema() {
        assert_eq!(source_word(lead::LeadSource::WhatsApp), "WHATSAPP");
        assert_eq!(status_word(lead::LeadStatus::Disqualified), "DISQUALIFIED");
        assert_eq!(stage_word(StageKind::Won), "WON");
    }
}
