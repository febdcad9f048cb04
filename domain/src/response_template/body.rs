//! What an answer says, and how its variables are filled in: `{{contact.name}}`, or `{{contact.name|there}}` for whom nobody
//! knows by name.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{LongText, TextLength};

/// Most characters of what an answer says: as many as a message may have.
const LONGEST: usize = 4096;

/// What an answer says: 1 to 4096 characters, in which every variable is one that there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResponseBody(LongText<LONGEST>);

/// What an answer may have filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// What the customer is called.
    ContactName,
    /// What whoever answers is called.
    MemberName,
    /// What the business is called.
    BusinessName,
}

/// The text can't be an answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotABody {
    /// It is empty, too long, or holds control characters.
    #[error("{0}")]
    Length(TextLength),
    /// There is no such variable.
    #[error("has a variable that there is none of: {{{{{name}}}}}; there are {}", known())]
    UnknownVariable {
        /// As it was written, at most 50 characters of it.
        name: String,
    },
    /// `{{` begins a variable that does not end.
    #[error("begins a variable with {{{{ and does not end it with }}}}")]
    Unclosed,
}

/// A variable has no value, and the answer says nothing for that case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("nothing is known to fill in for {{{{{variable}}}}}, and the answer says nothing in its place")]
pub struct MissingValue {
    /// Which.
    pub variable: Variable,
}

/// What is known to fill in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Values<'a> {
    /// What the customer is called.
    pub contact_name: Option<&'a str>,
    /// What whoever answers is called.
    pub member_name: Option<&'a str>,
    /// What the business is called.
    pub business_name: Option<&'a str>,
}

impl Variable {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ContactName, Self::MemberName, Self::BusinessName];

    /// What it is called within `{{` and `}}`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ContactName => "contact.name",
            Self::MemberName => "member.name",
            Self::BusinessName => "business.name",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variable| variable.name() == name)
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<'a> Values<'a> {
    /// The value of `variable`, if there is one to see.
    fn of(&self, variable: Variable) -> Option<&'a str> {
        let value = match variable {
            Variable::ContactName => self.contact_name,
            Variable::MemberName => self.member_name,
            Variable::BusinessName => self.business_name,
        };
        value.map(str::trim).filter(|value| !value.is_empty())
    }
}

impl ResponseBody {
    /// Trims and checks `text`.
    ///
    /// # Errors
    /// [`NotABody`].
    pub fn parse(text: &str) -> Result<Self, NotABody> {
        let text = LongText::parse(text).map_err(NotABody::Length)?;
        pieces(text.as_str())?;
        Ok(Self(text))
    }

    /// The text with its variables.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Each variable of it, once.
    #[must_use]
    pub fn variables(&self) -> Vec<Variable> {
        let mut found = Vec::new();
        for piece in self.pieces() {
            if let Piece::Variable { variable, .. } = piece
                && !found.contains(&variable)
            {
                found.push(variable);
            }
        }
        found
    }

    /// The text with `values` filled in. What is filled in is not looked at again, whatever stands in it.
    ///
    /// # Errors
    /// [`MissingValue`] when there is nothing to fill in.
    pub fn render(&self, values: &Values<'_>) -> Result<String, MissingValue> {
        let mut rendered = String::with_capacity(self.as_str().len());
        for piece in self.pieces() {
            match piece {
                Piece::Text(text) => rendered.push_str(text),
                Piece::Variable { variable, fallback } => {
                    rendered.push_str(values.of(variable).or(fallback).ok_or(MissingValue { variable })?);
                }
            }
        }
        Ok(rendered)
    }

    /// It was checked when it was made: there is nothing in it that is no piece.
    fn pieces(&self) -> Vec<Piece<'_>> {
        pieces(self.as_str()).unwrap_or_default()
    }
}

impl TryFrom<String> for ResponseBody {
    type Error = NotABody;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ResponseBody> for String {
    fn from(body: ResponseBody) -> Self {
        body.0.into()
    }
}

/// A stretch of an answer.
enum Piece<'a> {
    Text(&'a str),
    Variable {
        variable: Variable,
        /// What stands there where nothing is known; it may be nothing.
        fallback: Option<&'a str>,
    },
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, NotABody> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (within, after) = after.split_once("}}").ok_or(NotABody::Unclosed)?;
        let (name, fallback) = match within.split_once('|') {
            Some((name, fallback)) => (name, Some(fallback.trim())),
            None => (within, None),
        };
        let variable = Variable::parse(name.trim())
            .ok_or_else(|| NotABody::UnknownVariable { name: name.trim().chars().take(50).collect() })?;
        pieces.extend([Piece::Text(before), Piece::Variable { variable, fallback }]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

fn known() -> String {
    Variable::ALL.map(Variable::name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Values<'_> =
        Values { contact_name: Some("Ada"), member_name: Some("Bruno"), business_name: Some("Bottega Aurora") };

    fn body(text: &str) -> ResponseBody {
        ResponseBody::parse(text).unwrap()
    }

    #[test]
    fn variables_are_filled_in() {
        let text =
            "Hi {{contact.name}}, {{ member.name | an agent }} of {{business.name|us}} here: { } }} {{contact.name}}";
        assert_eq!(body(text).render(&ALL).unwrap(), "Hi Ada, Bruno of Bottega Aurora here: { } }} Ada");
        assert_eq!(body(text).variables(), Variable::ALL);
        assert_eq!(body("Hello").render(&Values::default()).unwrap(), "Hello");
    }

    #[test]
    fn what_is_not_known_has_its_place_taken() {
        for contact_name in [None, Some(""), Some("  ")] {
            let values = Values { contact_name, ..ALL };
            assert_eq!(body("Hi {{contact.name|there}}!").render(&values).unwrap(), "Hi there!");
            assert_eq!(body("Hi{{contact.name|}}!").render(&values).unwrap(), "Hi!");
        }
    }

    #[test]
    fn what_is_not_known_and_has_nothing_in_its_place_is_refused_by_name() {
        for variable in Variable::ALL {
            let missing = body(&format!("Hi {{{{{variable}}}}}")).render(&Values::default()).unwrap_err();
            assert_eq!(missing, MissingValue { variable });
            assert!(missing.to_string().contains(variable.name()), "{missing}");
        }
    }

    #[test]
    fn what_is_filled_in_is_no_variable() {
        let values = Values { contact_name: Some("{{member.name}}"), ..ALL };
        assert_eq!(body("Hi {{contact.name}}").render(&values).unwrap(), "Hi {{member.name}}");
    }

    #[test]
    fn an_unknown_variable_is_refused_by_name() {
        for (text, name) in [
            ("{{contact.phone}}", "contact.phone"),
            ("{{}}", ""),
            ("{{ Contact.Name }}", "Contact.Name"),
            ("{{contact.name}} {{x|y}}", "x"),
            ("{{{contact.name}}}", "{contact.name"),
        ] {
            assert_eq!(ResponseBody::parse(text), Err(NotABody::UnknownVariable { name: name.to_owned() }), "{text}");
        }
        let long = ResponseBody::parse(&format!("{{{{{}}}}}", "x".repeat(4000))).unwrap_err();
        assert_eq!(long, NotABody::UnknownVariable { name: "x".repeat(50) });
        let said = ResponseBody::parse("{{x}}").unwrap_err().to_string();
        assert_eq!(
            said,
            "has a variable that there is none of: {{x}}; there are contact.name, member.name, business.name"
        );
    }

    #[test]
    fn a_variable_ends_and_a_text_is_one() {
        for text in ["{{", "Hi {{contact.name", "Hi {{contact.name}", "{{contact.name}} {{"] {
            assert_eq!(ResponseBody::parse(text), Err(NotABody::Unclosed), "{text}");
        }
        for text in ["", " \n", "a\0b", &"a".repeat(4097)] {
            assert!(matches!(ResponseBody::parse(text), Err(NotABody::Length(_))));
        }
        assert_eq!(ResponseBody::parse(&"{{".repeat(2048)), Err(NotABody::Unclosed));
    }
}
