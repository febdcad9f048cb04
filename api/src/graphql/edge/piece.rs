//! Pieces of an answer that are JSON before the answer is.
//!
//! An answer is a tree of the library's values, which is made value by value and written value by value. What is known to be plain is
//! written at once, and stands in that tree as bytes: how many fields it has, and its text. The schema has no other bytes.

use std::io;

use async_graphql::resolver_utils::EnumType;
use async_graphql::{ID, Value};
use axum::body::Bytes;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::Serialize;
use serde_json::ser::Formatter;

use super::cost;

/// Bytes that say how many fields a piece has.
const COUNT: usize = size_of::<u64>();

/// A piece of an answer that is being written, as the library's values would be.
///
/// What is written says whether it could be. Whoever is told `None` forgets the piece.
#[derive(Debug)]
pub struct Piece {
    bytes: Vec<u8>,
    fields: u64,
}

/// What can be written without the library.
pub trait Put {
    /// Writes it.
    fn put(&self, piece: &mut Piece) -> Option<()>;
}

/// A value of an enum, by the name that the schema gives it.
#[derive(Debug)]
pub struct Word<E>(pub E);

impl Piece {
    /// Nothing yet.
    #[must_use]
    pub fn begin() -> Self {
        Self { bytes: vec![0; COUNT], fields: 0 }
    }

    /// Writes what is JSON already: punctuation, and names of fields.
    pub fn text(&mut self, json: &str) {
        self.bytes.extend_from_slice(json.as_bytes());
    }

    /// Writes a value.
    pub fn put(&mut self, value: &(impl Put + ?Sized)) -> Option<()> {
        value.put(self)
    }

    /// Writes a text that has nothing to be escaped.
    pub fn plain_text(&mut self, text: &str) -> Option<()> {
        self.text("\"");
        self.text(text);
        self.text("\"");
        Some(())
    }

    /// Writes one of the library's values, whose fields count.
    pub fn value(&mut self, value: &Value) -> Option<()> {
        self.fields += cost::fields(value);
        write(value, &mut self.bytes).ok()
    }

    /// Counts the fields of an object.
    pub fn count(&mut self, fields: usize) {
        self.fields = self.fields.saturating_add(u64::try_from(fields).unwrap_or(u64::MAX));
    }

    /// As it stands in the tree.
    #[must_use]
    pub fn into_value(mut self) -> Value {
        if let Some(count) = self.bytes.first_chunk_mut() {
            *count = self.fields.to_be_bytes();
        }
        Value::Binary(Bytes::from(self.bytes))
    }
}

/// How many fields the piece in these bytes has.
pub(super) fn fields(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |count| u64::from_be_bytes(*count))
}

/// The text of the piece in these bytes, if they are one.
pub(super) fn text(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(COUNT..)
}

/// Writes JSON, with pieces as they are.
///
/// # Errors
/// That it can't be written.
pub(super) fn write(answer: &impl Serialize, to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    answer.serialize(&mut serde_json::Serializer::with_formatter(to, AsTheyAre))
}

struct AsTheyAre;

impl Formatter for AsTheyAre {
    fn write_byte_array<W>(&mut self, writer: &mut W, bytes: &[u8]) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        writer.write_all(text(bytes).ok_or_else(|| io::Error::other("bytes that are no piece of an answer"))?)
    }
}

impl<T: Put + ?Sized> Put for &T {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        (**self).put(piece)
    }
}

impl<T: Put> Put for Option<T> {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        match self {
            Some(value) => value.put(piece),
            None => {
                piece.text("null");
                Some(())
            }
        }
    }
}

impl<T: Put> Put for Vec<T> {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        piece.text("[");
        for (nth, value) in self.iter().enumerate() {
            if nth > 0 {
                piece.text(",");
            }
            value.put(piece)?;
        }
        piece.text("]");
        Some(())
    }
}

impl Put for str {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        serde_json::to_writer(&mut piece.bytes, self).ok()
    }
}

impl Put for String {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        self.as_str().put(piece)
    }
}

impl Put for ID {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        self.0.put(piece)
    }
}

impl Put for bool {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        piece.text(if *self { "true" } else { "false" });
        Some(())
    }
}

impl Put for i32 {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        i64::from(*self).put(piece)
    }
}

impl Put for i64 {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        serde_json::to_writer(&mut piece.bytes, self).ok()
    }
}

impl Put for Timestamp {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        piece.text("\"");
        DateTimePrinter::new().print_timestamp(self, &mut piece.bytes).ok()?;
        piece.text("\"");
        Some(())
    }
}

impl<E: EnumType> Put for Word<E> {
    fn put(&self, piece: &mut Piece) -> Option<()> {
        piece.plain_text(E::items().iter().find(|item| item.value == self.0)?.name)
    }
}

#[cfg(test)]
pub(in crate::graphql) mod reading {
    //! For tests, which look into answers.

    use super::*;

    /// The value, all of its pieces taken apart.
    pub(in crate::graphql) fn taken_apart(value: Value) -> Value {
        match value {
            Value::Binary(piece) => serde_json::from_slice(text(&piece).unwrap()).unwrap(),
            Value::List(list) => Value::List(list.into_iter().map(taken_apart).collect()),
            Value::Object(object) => {
                Value::Object(object.into_iter().map(|(name, value)| (name, taken_apart(value))).collect())
            }
            Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Enum(_) => value,
        }
    }

    /// Whether some of it is a piece.
    pub(in crate::graphql) fn has_pieces(value: &Value) -> bool {
        match value {
            Value::Binary(_) => true,
            Value::List(list) => list.iter().any(has_pieces),
            Value::Object(object) => object.values().any(has_pieces),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Enum(_) => false,
        }
    }

    /// The value as it is sent, and how many fields it has.
    pub(in crate::graphql) fn sent(value: &Value) -> (String, u64) {
        let mut text = Vec::new();
        write(value, &mut text).unwrap();
        (String::from_utf8(text).unwrap(), cost::fields(value))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Enum, OutputType, ScalarType, value};
    use proptest::prelude::*;

    use super::reading::{sent, taken_apart};
    use super::*;

    fn piece(write: impl FnOnce(&mut Piece) -> Option<()>) -> Value {
        let mut piece = Piece::begin();
        write(&mut piece).unwrap();
        piece.into_value()
    }

    fn text_of(value: &(impl Put + ?Sized)) -> String {
        sent(&piece(|piece| piece.put(value))).0
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
    enum Size {
        VeryLarge,
    }

    proptest! {
        #[test]
        fn values_are_written_as_the_library_s(text in any::<String>(), micros in any::<i32>(), number in any::<i64>()) {
            let library = |value: Value| serde_json::to_string(&value).unwrap();
            prop_assert_eq!(text_of(&text), library(Value::from(text.clone())));
            prop_assert_eq!(text_of(&ID(text.clone())), library(ID(text).to_value()));
            prop_assert_eq!(text_of(&number), library(Value::from(number)));
            for at in [i64::from(micros) * 1_000_003, i64::from(micros) * 1_000_000] {
                let at = Timestamp::from_microsecond(at).unwrap();
                prop_assert_eq!(text_of(&at), library(at.to_value()));
            }
        }
    }

    #[test]
    fn nulls_lists_and_words_are_written_as_the_schema_has_them() {
        assert_eq!(text_of(&None::<i32>), "null");
        assert_eq!(text_of(&vec![Some("a\u{1}\""), None]), r#"["a\u0001\"",null]"#);
        assert_eq!(text_of(&[true, false].to_vec()), "[true,false]");
        assert_eq!(text_of(&Word(Size::VeryLarge)), r#""VERY_LARGE""#);
        assert_eq!(Size::type_name(), "Size");
    }

    #[test]
    fn pieces_stand_in_an_answer_and_count() {
        let json = value!({ "a": [{ "b": 1 }, { "b": null }] });
        let inner = piece(|piece| {
            piece.text(r#"{"x":"#);
            piece.value(&json)?;
            piece.text("}");
            piece.count(1);
            Some(())
        });
        let answer = value!({ "one": inner, "two": [3] });
        let (text, fields) = sent(&answer);
        assert_eq!(text, r#"{"one":{"x":{"a":[{"b":1},{"b":null}]}},"two":[3]}"#);
        assert_eq!(fields, 2 + 1 + 3);
        assert_eq!(sent(&taken_apart(answer)), (text, fields), "as if it were no piece");
    }

    #[test]
    fn other_bytes_are_not_sent() {
        assert!(write(&Value::Binary(Bytes::from_static(b"1234567")), &mut Vec::new()).is_err());
    }
}
