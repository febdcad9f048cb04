//! Positions in the event log.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// A place in the event log: a whole number from 1, at most 2^53; 0 stands before the first. Whoever reads a state at least as new as a position
/// sees what was written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position(pub(super) i64);

/// A place in the event log: a whole number from 1, at most 2^53; 0 stands before the first. Whoever reads a state at least as new as a position
/// sees what was written there.
#[Scalar]
impl ScalarType for Position {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => {
                number.as_i64().filter(|position| *position > 0).map(Self).ok_or(InputValueError::expected_type(value))
            }
            Value::Null
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_) => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}
