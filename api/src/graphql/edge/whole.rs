//! A document of several operations is valid as a whole, or refused.
//!
//! The library prices all operations while it validates, by the variables of whichever is to be run, and what it can't
//! price it refuses. So such a document is validated twice: as it came, here, whatever its variables are, and then the
//! one operation that is run, with hers.

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Executor, Request, ServerError};

/// Validates a document that has more operations than one.
///
/// # Errors
/// What is wrong with it.
pub(super) async fn validate<E: Executor>(executor: &E, whole: ExecutableDocument) -> Result<(), Vec<ServerError>> {
    // Nothing is executed: no operation is named.
    let mut request = Request::new("");
    request.set_parsed_query(whole);
    let mut errors = executor.execute(request).await.errors;
    errors.retain(|error| !is_of_what_was_left_out(&error.message));
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The operation's name, or a variable's value. A variable that was not declared is told in other words.
fn is_of_what_was_left_out(message: &str) -> bool {
    let variable = message.strip_prefix("Variable ").and_then(|rest| rest.strip_suffix(" is not defined."));
    message == "Operation name required in request."
        || variable.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}
