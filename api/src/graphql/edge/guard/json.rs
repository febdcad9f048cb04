//! The shape of the body's JSON, before it is decoded.

use super::super::{Limits, Rejection};

/// Counts nesting and values of `body`, in one pass and without judging whether it is JSON: the decoder does.
///
/// # Errors
/// When there is more of either than the limits allow.
pub fn scan(body: &[u8], limits: &Limits) -> Result<(), Rejection> {
    let mut depth = 0_usize;
    let mut values = 1_usize;
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'{' | b'[' => {
                depth += 1;
                values += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => continue,
        }
        if depth > limits.max_json_nesting {
            let limit = limits.max_json_nesting;
            return Err(Rejection::too_complex(format!("The body's JSON is nested more than {limit} deep.")));
        }
        if values > limits.max_json_values {
            let limit = limits.max_json_values;
            return Err(Rejection::too_complex(format!("The body's JSON has more than {limit} values.")));
        }
    }
    Ok(())
}

/// An unfinished string swallows the rest; so it does in the decoder, which refuses it.
fn skip_string<'a>(bytes: &mut impl Iterator<Item = &'a u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str) -> Result<(), Rejection> {
        scan(body.as_bytes(), &Limits { max_json_nesting: 3, max_json_values: 6, ..Limits::default() })
    }

    #[test]
    fn nesting_and_values_are_counted() {
        assert_eq!(check(r#"{"a":[{"b":1}]}"#), Ok(()));
        assert!(matches!(check(r#"{"a":[{"b":[]}]}"#), Err(Rejection::TooComplex(_))));
        assert!(matches!(check("[1,2,3,4,5,6]"), Err(Rejection::TooComplex(_))));
    }

    #[test]
    fn strings_are_not_structure() {
        assert_eq!(check(r#"{"a":"[[[[[[,,,,,,,","b":"\"[[[[[[\\"}"#), Ok(()));
        assert!(check(r#"{"a":"\\",[[[[[["#).is_err(), "an escaped backslash does not escape the quote");
    }

    #[test]
    fn a_closing_bracket_too_many_gives_no_credit() {
        assert!(check("]]]]]]]][[[[").is_err());
    }
}
