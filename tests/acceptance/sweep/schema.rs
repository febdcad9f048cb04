//! The schema, as the server tells it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use leadflow_tests::graphql::GraphQl;
use serde::Deserialize;
use serde_json::json;

const INTROSPECTION: &str = "{ __schema { types {
        kind name
        fields { name args { name type { ...T } defaultValue } type { ...T } }
        inputFields { name type { ...T } defaultValue }
        enumValues { name }
        possibleTypes { name }
    } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// All types by their names.
#[derive(Debug)]
pub(super) struct Schema(BTreeMap<String, Type>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Kind {
    Scalar,
    Object,
    Interface,
    Union,
    Enum,
    InputObject,
    List,
    NonNull,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Type {
    pub(super) kind: Kind,
    pub(super) name: String,
    fields: Option<Vec<Field>>,
    input_fields: Option<Vec<Input>>,
    enum_values: Option<Vec<Named>>,
    possible_types: Option<Vec<Named>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) args: Vec<Input>,
    #[serde(rename = "type")]
    pub(super) shape: Shape,
}

/// An argument, or a field of an input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) shape: Shape,
    pub(super) default_value: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
}

/// A type as it is used: perhaps a list of it, perhaps never null.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shape {
    pub(super) kind: Kind,
    name: Option<String>,
    of_type: Option<Box<Shape>>,
}

impl Shape {
    /// The name of the type at its core.
    pub(super) fn named(&self) -> &str {
        match (&self.of_type, &self.name) {
            (Some(inner), _) => inner.named(),
            (None, name) => name.as_deref().unwrap_or_default(),
        }
    }

    /// The same without `!`.
    pub(super) fn nullable(&self) -> &Self {
        match (self.kind, &self.of_type) {
            (Kind::NonNull, Some(inner)) => inner,
            _ => self,
        }
    }

    /// What a list is a list of.
    pub(super) fn item(&self) -> Option<&Self> {
        let shape = self.nullable();
        (shape.kind == Kind::List).then_some(shape.of_type.as_deref()).flatten()
    }
}

impl Type {
    pub(super) fn fields(&self) -> &[Field] {
        self.fields.as_deref().unwrap_or_default()
    }

    pub(super) fn inputs(&self) -> &[Input] {
        self.input_fields.as_deref().unwrap_or_default()
    }

    pub(super) fn values(&self) -> &[Named] {
        self.enum_values.as_deref().unwrap_or_default()
    }

    pub(super) fn possible(&self) -> &[Named] {
        self.possible_types.as_deref().unwrap_or_default()
    }
}

impl Schema {
    pub(super) async fn read(graphql: &GraphQl) -> Result<Self> {
        let types: Vec<Type> = graphql.ask(INTROSPECTION, &json!({}), "/__schema/types").await?;
        let ours = types.into_iter().filter(|found| !found.name.starts_with("__"));
        Ok(Self(ours.map(|found| (found.name.clone(), found)).collect()))
    }

    pub(super) fn of(&self, name: &str) -> Result<&Type> {
        self.0.get(name).with_context(|| format!("the schema has no type {name}"))
    }

    /// Whether the type `of` has the field.
    pub(super) fn has(&self, of: &str, field: &str) -> bool {
        self.0.get(of).is_some_and(|of| of.fields().iter().any(|found| found.name == field))
    }

    /// `Type.field` of every object.
    pub(super) fn all_fields(&self) -> impl Iterator<Item = String> {
        let objects = self.0.values().filter(|found| found.kind == Kind::Object);
        objects.flat_map(|of| of.fields().iter().map(move |field| format!("{}.{}", of.name, field.name)))
    }
}
