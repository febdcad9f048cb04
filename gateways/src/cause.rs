//! What is at the bottom of an error.

use std::error::Error;

/// What is at the bottom of `error`, where it says what happened on this machine or on the way. Not for what a server said.
pub(crate) fn cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
