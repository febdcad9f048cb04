//! The lexical measure of a document, before it is parsed.
//!
//! The parser descends once per bracket, on the stack, so brackets are what matters. They are counted outside comments
//! and strings, which must end here exactly where they end for the parser: one that we think longer would hide
//! brackets. Hence a string without an end is refused: the parser, failing to read `"""` as the start of a block
//! string, tries again and finds an empty string with brackets after it.

use async_graphql::Pos;

use super::super::{Limits, Rejection};

/// Counts bytes, tokens and nesting of `document` in one pass. Returns the number of tokens.
///
/// # Errors
/// When there is more of any than the limits allow, or a string has no end.
pub fn scan(document: &str, limits: &Limits) -> Result<usize, Rejection> {
    if document.len() > limits.max_document_bytes {
        let limit = limits.max_document_bytes;
        return Err(Rejection::too_complex(format!("The document is longer than {limit} bytes.")));
    }
    let bytes = document.as_bytes();
    let (mut at, mut tokens, mut depth) = (0, 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => 1,
            b'#' => run(bytes, at, |byte| !matches!(byte, b'\n' | b'\r')),
            b'"' => {
                tokens += 1;
                let length = string(&bytes[at..]);
                length.ok_or_else(|| {
                    Rejection::document("Syntax error: a string has no end.", Some(position(document, start)))
                })?
            }
            b'{' | b'[' | b'(' => {
                tokens += 1;
                depth += 1;
                1
            }
            b'}' | b']' | b')' => {
                tokens += 1;
                depth = depth.saturating_sub(1);
                1
            }
            b'.' => {
                tokens += 1;
                run(bytes, at, |byte| byte == b'.')
            }
            byte if is_word(byte) => {
                tokens += 1;
                run(bytes, at, is_word)
            }
            _ => {
                tokens += 1;
                1
            }
        };
        if depth > limits.max_nesting {
            let limit = limits.max_nesting;
            return Err(Rejection::too_complex(format!("The document is nested more than {limit} deep.")));
        }
        if tokens > limits.max_tokens {
            let limit = limits.max_tokens;
            return Err(Rejection::too_complex(format!("The document has more than {limit} tokens.")));
        }
    }
    Ok(tokens)
}

/// Names and numbers; also the bytes of any character that GraphQL has no token for.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || !byte.is_ascii()
}

fn run(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().take_while(|byte| belongs(**byte)).count()
}

/// The length of the string at the start of `bytes`, quotes included.
fn string(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(br#"""""#) {
        return block_string(bytes);
    }
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn block_string(bytes: &[u8]) -> Option<usize> {
    let mut at = 3;
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(br#"""""#) {
            return Some(at + 3);
        }
        // `\"""` is the only escape in a block string.
        at += if rest.starts_with(br#"\""""#) { 4 } else { 1 };
        if at > bytes.len() {
            return None;
        }
    }
}

fn position(document: &str, at: usize) -> Pos {
    let before = document.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Pos { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn check(document: &str) -> Result<(), Rejection> {
        scan(document, &Limits { max_nesting: 4, max_tokens: 20, max_document_bytes: 200, ..Limits::default() })
            .map(|_tokens| ())
    }

    fn is_too_complex(document: &str) -> bool {
        matches!(check(document), Err(Rejection::TooComplex(_)))
    }

    #[test]
    fn all_three_brackets_nest() {
        assert_eq!(check("{ a(b: [1]) { c } }"), Ok(()));
        assert!(is_too_complex("{ a(b: [{c: [1]}]) }"));
        assert!(is_too_complex("query($a: [[[[Int]]]]) { a }"));
        assert!(is_too_complex("}}}}}}{{{{{"), "closing too often gives no credit");
    }

    #[test]
    fn tokens_are_counted_and_commas_are_not() {
        assert_eq!(check(&format!("{{{}}}", "a,".repeat(18))), Ok(()));
        assert!(is_too_complex(&format!("{{{}}}", "a,".repeat(19))));
        assert!(is_too_complex(&"!".repeat(21)));
        assert_eq!(check(&format!("{{ a(b: {}) }}", "1".repeat(150))), Ok(()), "a number is one token");
        assert!(is_too_complex(&" ".repeat(201)));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        assert_eq!(check(r#"{ a(b: "[[[[[[[\"[[[[") }"#), Ok(()));
        assert_eq!(check(r#"{ a(b: """[[[[[ "" \""" [[[[""") }"#), Ok(()));
        assert_eq!(check("{ a # [[[[[[[[ \"\n b }"), Ok(()));
    }

    #[test]
    fn brackets_after_strings_and_comments_do() {
        for document in [
            r#"{a(b:"" [[[[["#,
            r#"{a(b:"\\" [[[[["#,
            r#"{a(b:"""x"""[[[[["#,
            "# \"\n[[[[[",
            "#\r[[[[[",
            r#"{a(b:"\""[[[[["#,
        ] {
            assert!(is_too_complex(document), "{document}");
        }
    }

    #[test]
    fn a_string_without_an_end_is_refused() {
        for document in
            ["{ a(b: \"", "{ a(b: \"x\n[[[[", r#"{ a(b: [""" "[[[[[ ]]]]]"#, r#"""""#, r#"{ a(b: """ \""#, r#"""""\"""#]
        {
            let rejected = check(document);
            assert!(matches!(rejected, Err(Rejection::Document { .. })), "{document}: {rejected:?}");
        }
        let Err(Rejection::Document { locations, .. }) = check("{\n  ab \"") else { panic!("refused") };
        assert_eq!(locations, [Pos { line: 2, column: 6 }]);
    }

    /// Why: the parser accepts this as an empty string, a string and three lists, where we would see one block string.
    #[test]
    fn the_parser_does_read_an_unfinished_block_string_otherwise() {
        let document = r#"{ a(b: [""" " [[[1]]]]) }"#;
        assert!(parse_query(document).is_ok());
        assert!(check(document).is_err());
    }
}
