//! Reads what a request says, place by place, and refuses what Meta refuses there.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A value of a request, and where it stands: `text['body']`.
#[derive(Debug, Clone)]
pub(super) struct Said<'a> {
    value: &'a Value,
    place: String,
}

impl<'a> Said<'a> {
    pub(super) fn new(value: &'a Value) -> Self {
        Self { value, place: String::new() }
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Refuses it for its value.
    pub(super) fn wrong(&self, why: &str) -> Refusal {
        Refusal::new(131_009, format!("{} {why}", self.place))
    }

    /// Refuses it for what it is.
    fn no(&self, what: &str) -> Refusal {
        Refusal::new(100, format!("Param {} must be {what}.", self.place))
    }

    fn at(&self, key: &str, value: &'a Value) -> Self {
        let place = if self.place.is_empty() { key.to_owned() } else { format!("{}['{key}']", self.place) };
        Self { value, place }
    }

    fn object(&self) -> Result<&'a Map<String, Value>, Refusal> {
        self.value.as_object().ok_or_else(|| self.no("a JSON object"))
    }

    /// Refuses keys that don't belong here.
    pub(super) fn only(&self, keys: &[&str]) -> Result<(), Refusal> {
        match self.object()?.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) if self.place.is_empty() => Err(Refusal::new(100, format!("Unexpected key \"{key}\"."))),
            Some(key) => Err(Refusal::new(100, format!("Unexpected key \"{key}\" on param \"{}\".", self.place))),
            None => Ok(()),
        }
    }

    pub(super) fn optional(&self, key: &str) -> Result<Option<Self>, Refusal> {
        Ok(self.object()?.get(key).filter(|value| !value.is_null()).map(|value| self.at(key, value)))
    }

    pub(super) fn required(&self, key: &str) -> Result<Self, Refusal> {
        self.optional(key)?.ok_or_else(|| {
            // Of the message itself, Meta calls it an invalid request; of what is in it, a missing parameter.
            let code = if self.place.is_empty() { 100 } else { 131_008 };
            Refusal::new(code, format!("The parameter {} is required.", self.at(key, self.value).place))
        })
    }

    /// Text of these many characters.
    pub(super) fn text(&self, characters: RangeInclusive<usize>) -> Result<&'a str, Refusal> {
        let text = self.value.as_str().ok_or_else(|| self.no("a string"))?;
        let long = text.chars().count();
        if characters.contains(&long) {
            return Ok(text);
        }
        let (least, most) = (characters.start(), characters.end());
        Err(self.wrong(&format!("length invalid. Min length: {least}, Max length: {most}")))
    }

    /// Text of 1 to `most` characters.
    pub(super) fn some_text(&self, most: usize) -> Result<&'a str, Refusal> {
        self.text(1..=most)
    }

    pub(super) fn word(&self, words: &[&str]) -> Result<&'a str, Refusal> {
        let word = self.value.as_str().ok_or_else(|| self.no("a string"))?;
        if words.contains(&word) {
            return Ok(word);
        }
        Err(Refusal::new(
            100,
            format!("Param {} must be one of {{{}}} - got \"{word}\".", self.place, words.join(", ")),
        ))
    }

    pub(super) fn boolean(&self) -> Result<bool, Refusal> {
        self.value.as_bool().ok_or_else(|| self.no("a boolean"))
    }

    /// A number, or one in a string.
    pub(super) fn number(&self, range: RangeInclusive<f64>) -> Result<f64, Refusal> {
        let number = self.value.as_f64().or_else(|| self.value.as_str()?.trim().parse().ok());
        let number = number.ok_or_else(|| self.no("a number"))?;
        if range.contains(&number) { Ok(number) } else { Err(self.wrong("is out of its range")) }
    }

    /// A list of these many.
    pub(super) fn list(&self, count: RangeInclusive<usize>) -> Result<Vec<Self>, Refusal> {
        let list = self.value.as_array().ok_or_else(|| self.no("an array"))?;
        if !count.contains(&list.len()) {
            let (least, most) = (count.start(), count.end());
            return Err(self.wrong(&format!("count invalid. Min allowed: {least}, Max allowed: {most}")));
        }
        let at = |(place, value)| Self { value, place: format!("{}[{place}]", self.place) };
        Ok(list.iter().enumerate().map(at).collect())
    }

    /// An address on the web.
    pub(super) fn link(&self) -> Result<&'a str, Refusal> {
        let link = self.some_text(2_048)?;
        let is_web = url::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if is_web { Ok(link) } else { Err(self.no("a valid URI")) }
    }

    /// An address on the web from where Meta fetches something: https alone.
    pub(super) fn secure_link(&self) -> Result<&'a str, Refusal> {
        let link = self.link()?;
        let is_secure = url::Url::parse(link).is_ok_and(|url| url.scheme() == "https");
        if is_secure { Ok(link) } else { Err(self.no("an https URI")) }
    }
}

/// Refuses the second of two that are the same.
pub(super) fn distinct(words: &[&str], what: &Said<'_>) -> Result<(), Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    match words.iter().find(|word| !seen.insert(**word)) {
        Some(word) => Err(what.wrong(&format!("duplicated: \"{word}\""))),
        None => Ok(()),
    }
}
