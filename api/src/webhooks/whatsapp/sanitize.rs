//! Makes a webhook's bytes into JSON text that Rust and Postgres can hold.
//!
//! Names and messages may hold what neither a Rust string nor jsonb can: NUL and lone surrogates, mostly as `\uXXXX`
//! escapes, which `serde_json` refuses. Each becomes U+FFFD; everything else stays as it is. The raw bytes are kept with
//! the delivery.

use std::borrow::Cow;

const REPLACEMENT: &str = "\\ufffd";

/// Replaces each NUL and lone surrogate inside strings by U+FFFD, and bytes that are no UTF-8 likewise. Other control
/// characters, which JSON wants escaped, are escaped.
#[must_use]
pub fn sanitize(body: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(body);
    match repair(&text) {
        Some(repaired) => Cow::Owned(repaired),
        None => text,
    }
}

/// `None` when there is nothing to repair.
fn repair(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut repaired = String::new();
    // Up to here, `text` has been copied to `repaired`.
    let mut copied = 0;
    let mut at = 0;
    let mut in_string = false;
    while at < bytes.len() {
        let (replacement, length): (Option<Cow<'_, str>>, usize) = match bytes[at] {
            b'"' => {
                in_string = !in_string;
                (None, 1)
            }
            b'\\' if in_string => match escape(bytes, at) {
                Escape::Sound(length) => (None, length),
                Escape::Unholdable => (Some(REPLACEMENT.into()), 6),
            },
            0 if in_string => (Some(REPLACEMENT.into()), 1),
            control @ 1..0x20 if in_string => (Some(format!("\\u{control:04x}").into()), 1),
            _ => (None, 1),
        };
        if let Some(replacement) = replacement {
            repaired.push_str(&text[copied..at]);
            repaired.push_str(&replacement);
            copied = at + length;
        }
        at += length;
    }
    if copied == 0 {
        return None;
    }
    repaired.push_str(&text[copied..]);
    Some(repaired)
}

enum Escape {
    /// It may stay; it, and its partner if it has one, are this long.
    Sound(usize),
    /// NUL, or half of a pair without the other.
    Unholdable,
}

/// The escape that begins at `at` with a backslash.
fn escape(bytes: &[u8], at: usize) -> Escape {
    match unit(bytes, at) {
        // `\"`, `\\`, `\n`, or broken JSON, which the parser shall refuse in its own words.
        None => Escape::Sound(2.min(bytes.len() - at)),
        Some(0) => Escape::Unholdable,
        Some(0xd800..0xdc00) => match unit(bytes, at + 6) {
            Some(0xdc00..0xe000) => Escape::Sound(12),
            _ => Escape::Unholdable,
        },
        Some(0xdc00..0xe000) => Escape::Unholdable,
        Some(_) => Escape::Sound(6),
    }
}

/// The code unit of a `\uXXXX` escape at `at`.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &[u8]) -> String {
        serde_json::from_str(&sanitize(json)).unwrap_or_else(|error| panic!("{json:?}: {error}"))
    }

    #[test]
    fn nul_and_lone_surrogates_become_the_replacement_character() {
        for (json, expected) in [
            (&br#""a\u0000b""#[..], "a\u{fffd}b"),
            (b"\"a\0b\"", "a\u{fffd}b"),
            (br#""\ud800""#, "\u{fffd}"),
            (br#""\udc00""#, "\u{fffd}"),
            (br#""\uDBFFx""#, "\u{fffd}x"),
            (br#""\ud83d\ud83d\udc4b""#, "\u{fffd}👋"),
            (br#""\udc4b\ud83d""#, "\u{fffd}\u{fffd}"),
            (br#""\ud83d\n""#, "\u{fffd}\n"),
            (b"\"a\xffb\"", "a\u{fffd}b"),
        ] {
            assert_eq!(text(json), expected);
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for (json, expected) in [
            (&br#""\ud83d\udc4b""#[..], "👋"),
            ("\"👩‍👩‍👧 שלום e\u{301}\"".as_bytes(), "👩‍👩‍👧 שלום e\u{301}"),
            (br#""\\u0000 \\ud800""#, r"\u0000 \ud800"),
            (br#""\\\\u0000""#, r"\\u0000"),
            (br#""\"\\\/\b""#, "\"\\/\u{8}"),
            (br#""\u00e9\u0001""#, "é\u{1}"),
            (b"\"a\nb\x01\"", "a\nb\u{1}"),
        ] {
            assert_eq!(text(json), expected);
        }
        assert!(matches!(sanitize(br#"{"a": "b\\", "c": ["\u00e9"]}"#), Cow::Borrowed(_)), "nothing is copied in vain");
    }

    #[test]
    fn broken_json_stays_broken() {
        for json in [&b"\"\\"[..], b"\"\\u00\"", b"\"\\ud8", b"{", b"\0", b"", b"\"\\u12g4\""] {
            assert!(serde_json::from_str::<serde_json::Value>(&sanitize(json)).is_err(), "{json:?}");
        }
    }
}
