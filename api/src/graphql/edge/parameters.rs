//! The parameters of a GraphQL request, with the types that the specification gives them and no others.

use async_graphql::{Extensions, Variables};
use serde_json::{Map, Value};

use super::{Limits, Rejection, guard};

/// What a client sends: one operation and what belongs to it.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// The document's text.
    pub query: String,
    /// Which of the document's operations to run.
    pub operation_name: Option<String>,
    /// The operation's variables.
    pub variables: Variables,
    /// Room for protocols on top; the edge passes it on unread.
    pub extensions: Extensions,
}

impl Parameters {
    /// Reads the query of a URL, where `variables` and `extensions` are JSON. What it has besides is not ours.
    ///
    /// # Errors
    /// When it is too large, too deep, not UTF-8, has a parameter twice, or one of another type than the
    /// specification's.
    pub fn from_query(query: &str, limits: &Limits) -> Result<Self, Rejection> {
        let mut parameters = Map::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = match &*name {
                "query" | "operationName" | "variables" | "extensions"
                    if value.contains(char::REPLACEMENT_CHARACTER) =>
                {
                    // What is no UTF-8 was replaced. Who means this very character can send it in a body.
                    return Err(Rejection::malformed(format!("The parameter \"{name}\" is not UTF-8.")));
                }
                "query" | "operationName" => Value::String(value.into_owned()),
                "variables" | "extensions" => {
                    guard::json::scan(value.as_bytes(), limits)?;
                    let parsed = serde_json::from_str(&value);
                    parsed.map_err(|error| {
                        Rejection::malformed(format!("The parameter \"{name}\" is not JSON: {error}."))
                    })?
                }
                _ => continue,
            };
            if parameters.insert(name.to_string(), value).is_some() {
                return Err(Rejection::malformed(format!("The parameter \"{name}\" is there twice.")));
            }
        }
        Self::from_value(Value::Object(parameters))
    }

    /// Reads a request's JSON body.
    ///
    /// # Errors
    /// When it is too large, too deep, no JSON, a batch, or a parameter has another type than the specification's.
    pub fn from_json(body: &[u8], limits: &Limits) -> Result<Self, Rejection> {
        guard::json::scan(body, limits)?;
        match serde_json::from_slice(body) {
            Ok(value) => Self::from_value(value),
            Err(error) => Err(Rejection::malformed(format!("The body is not JSON: {error}."))),
        }
    }

    /// Reads a request that is already JSON, as in a message of `graphql-transport-ws`. Measure its text with
    /// [`guard::json::scan`] first.
    ///
    /// # Errors
    /// When it is a batch, or a parameter has another type than the specification's.
    pub fn from_value(value: Value) -> Result<Self, Rejection> {
        let mut parameters = match value {
            Value::Object(parameters) => parameters,
            Value::Array(_) => {
                return Err(Rejection::malformed("Batches are not accepted: send one operation a request."));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return Err(Rejection::malformed("The body must be a JSON object."));
            }
        };
        let query = match parameters.remove("query") {
            Some(Value::String(query)) => query,
            Some(_) => return Err(wrong_type("query", "a string")),
            None => return Err(Rejection::malformed("The parameter \"query\" is missing.")),
        };
        let operation_name = match parameters.remove("operationName") {
            Some(Value::String(name)) => Some(name),
            None | Some(Value::Null) => None,
            Some(_) => return Err(wrong_type("operationName", "a string or null")),
        };
        Ok(Self {
            query,
            operation_name,
            variables: map(&mut parameters, "variables")?,
            extensions: map(&mut parameters, "extensions")?,
        })
    }
}

fn map<T: Default + serde::de::DeserializeOwned>(
    parameters: &mut Map<String, Value>,
    name: &'static str,
) -> Result<T, Rejection> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value @ Value::Object(_)) => {
            serde_json::from_value(value).map_err(|_| wrong_type(name, "an object of GraphQL values"))
        }
        Some(_) => Err(wrong_type(name, "an object or null")),
    }
}

fn wrong_type(name: &str, expected: &str) -> Rejection {
    Rejection::malformed(format!("The parameter \"{name}\" must be {expected}."))
}
