//! Reading the provider's JSON leniently: it writes numbers as texts and texts as numbers, and leaves things out.

use jiff::Timestamp;
use serde_json::Value;

/// A text, or a number as the provider wrote it; `None` for an empty text and for anything else.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number, or a text that is one.
pub(super) fn number(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_f64(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// As JSON, with the fields of each object in the order of their names: the same whatever order they came in.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_str());
            let field =
                |(name, field): (&String, &Value)| format!("{}:{}", Value::from(name.as_str()), canonical(field));
            format!("{{{}}}", fields.into_iter().map(field).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// The elements of an array; none of anything else.
pub(super) fn elements(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Seconds of the epoch, as a text of digits or a number; `None` for what is no moment after it.
pub(super) fn unix_seconds(value: Option<&Value>) -> Option<Timestamp> {
    let seconds = match value? {
        Value::String(digits) => digits.parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Timestamp::from_second(seconds).ok().filter(|at| at.as_second() > 0)
}

/// From this on a number counts milliseconds: as seconds it would be the year 5138.
const MILLISECONDS: i64 = 100_000_000_000;

/// Seconds or milliseconds of the epoch, as a text of digits or a number, or a time as it is written; `None` for what is no moment after
/// it.
pub(super) fn moment(value: Option<&Value>) -> Option<Timestamp> {
    let counted = match value? {
        Value::String(text) => match text.parse() {
            Ok(counted) => counted,
            Err(_) => return written_time(text).filter(|at| at.as_second() > 0),
        },
        Value::Number(number) => number.as_i64()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let at =
        if counted < MILLISECONDS { Timestamp::from_second(counted) } else { Timestamp::from_millisecond(counted) };
    at.ok().filter(|at| at.as_second() > 0)
}

/// Such as `2021-09-08T06:34:04+0000`: Meta leaves out the colon that standards want.
fn written_time(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text).ok().or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_and_numbers_stand_for_each_other() {
        assert_eq!(text(Some(&json!("a"))).as_deref(), Some("a"));
        assert_eq!(text(Some(&json!(131_026))).as_deref(), Some("131026"));
        assert_eq!(number(Some(&json!("45.5"))), Some(45.5));
        assert_eq!(number(Some(&json!(-9))), Some(-9.0));
        for odd in [json!(null), json!(""), json!([]), json!({}), json!(true)] {
            assert_eq!((text(Some(&odd)), number(Some(&odd))), (None, None), "{odd}");
        }
        assert_eq!(number(Some(&json!("NaN"))), None);
    }

    #[test]
    fn the_order_of_fields_says_nothing() {
        let read = |json| canonical(&serde_json::from_str(json).unwrap());
        assert_eq!(
            read(r#"{"b": [1, {"d": null, "c": "x\"y"}], "a": {}}"#),
            r#"{"a":{},"b":[1,{"c":"x\"y","d":null}]}"#
        );
        assert_eq!(read(r#"{"a": 1, "b": 2}"#), read(r#"{"b": 2, "a": 1}"#));
        assert_ne!(read("[1, 2]"), read("[2, 1]"));
    }

    #[test]
    fn a_moment_is_told_in_many_ways() {
        let expected = 1_631_082_844;
        for told in [
            json!(1_631_082_844),
            json!("1631082844"),
            json!(1_631_082_844_000_i64),
            json!("1631082844000"),
            json!("2021-09-08T06:34:04+0000"),
            json!("2021-09-08T06:34:04Z"),
            json!("2021-09-08T08:34:04+02:00"),
        ] {
            assert_eq!(moment(Some(&told)).map(Timestamp::as_second), Some(expected), "{told}");
        }
        for odd in [
            json!(0),
            json!("-5"),
            json!("soon"),
            json!("1900-01-01T00:00:00+0000"),
            json!(1.5),
            json!(i64::MAX),
            json!(null),
            json!([]),
        ] {
            assert_eq!(moment(Some(&odd)), None, "{odd}");
        }
    }

    #[test]
    fn a_moment_is_in_seconds_after_the_epoch() {
        for sound in [json!("1763712000"), json!(1_763_712_000)] {
            assert_eq!(unix_seconds(Some(&sound)).unwrap().as_second(), 1_763_712_000);
        }
        for odd in [json!(0), json!("0"), json!("-5"), json!("soon"), json!(null), json!(1.5), json!("99999999999999")]
        {
            assert_eq!(unix_seconds(Some(&odd)), None, "{odd}");
        }
    }
}
