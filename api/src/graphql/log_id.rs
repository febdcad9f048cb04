//! Ids that only the log has.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use uuid::Uuid;

/// The id of what only the log knows, such as an event, a command, or a stream. No query takes it, and `node` does not find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogId(pub(super) Uuid);

/// The id of what only the log knows, such as an event, a command, or a stream. No query takes it, and `node` does not find it.
#[Scalar(name = "UUID")]
impl ScalarType for LogId {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(|_| InputValueError::expected_type(value)),
            Value::Null
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_) => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0.to_string())
    }
}

impl From<Uuid> for LogId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}
