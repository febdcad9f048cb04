//! The one place where errors take the form in which they leave us.

use async_graphql::{PathSegment, ServerError, Value};

use super::{Code, Limits};

/// Gives every error a code and the request's id, hides what is internal, cuts what is long. Returns how many errors
/// were left out.
///
/// `executed` tells a resolver's error from the library's own about the request. A resolver's error without a code is
/// a bug of ours: it is logged here, once, and the caller gets an id to ask with. One that is coded `INTERNAL` is
/// treated in the same way, so that a mapper of errors need neither log nor hide.
pub fn present(errors: &mut Vec<ServerError>, executed: bool, request_id: Option<&str>, limits: &Limits) -> usize {
    let omitted = errors.len().saturating_sub(limits.max_errors);
    let mut internal = 0_usize;
    for error in errors.iter_mut() {
        let code = code_of(error).unwrap_or_else(|| classify(error, executed).as_str().to_owned());
        if code == Code::Internal.as_str() {
            internal += 1;
            conceal(error, request_id, internal <= MOST_LOGGED);
        }
        cut(&mut error.message, limits.max_message_chars);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", code);
        if let Some(id) = request_id {
            extensions.set("requestId", id);
        }
    }
    if let Some(more) = internal.checked_sub(MOST_LOGGED).filter(|more| *more > 0) {
        let request_id = request_id.unwrap_or("none");
        tracing::error!(
            name: "graphql.internal_errors",
            request_id,
            more,
            "GraphQL request {request_id} failed at {more} more places"
        );
    }
    errors.truncate(limits.max_errors);
    omitted
}

/// Errors of one request that are logged each by itself: a database that is away fails every field there is.
const MOST_LOGGED: usize = 5;

fn code_of(error: &ServerError) -> Option<String> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        Value::Enum(code) => Some(code.to_string()),
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) | Value::List(_) | Value::Object(_) => {
            None
        }
    }
}

fn classify(error: &ServerError, executed: bool) -> Code {
    match executed {
        true if is_input_error(error) => Code::BadUserInput,
        true => Code::Internal,
        false if is_limit(&error.message) => Code::QueryTooComplex,
        false => Code::BadUserInput,
    }
}

/// The library parses arguments into our types, and runs their validators, while it executes. Only the text tells
/// such an error (`InputValueError`) from a resolver's; the missing source excludes those made by `?`.
fn is_input_error(error: &ServerError) -> bool {
    error.source.is_none()
        && ["Failed to parse \"", "Expected input type \""].iter().any(|start| error.message.starts_with(start))
}

/// The schema's own limits, which the library reports in words only. `tests::errors` provokes each.
fn is_limit(message: &str) -> bool {
    message == "Query is too complex."
        || message == "Query is nested too deep."
        || [
            "The recursion depth of the query cannot be greater than",
            "The amount of aliases of the query cannot be greater than",
            "The number of directives on the field",
        ]
        .iter()
        .any(|start| message.starts_with(start))
}

fn conceal(error: &mut ServerError, request_id: Option<&str>, log: bool) {
    if log {
        let request_id = request_id.unwrap_or("none");
        let path = error.path.iter().map(segment).collect::<Vec<_>>().join(".");
        tracing::error!(
            name: "graphql.internal_error",
            request_id,
            path,
            error = %error.message,
            "GraphQL request {request_id} failed at {path}"
        );
    }
    error.message = "Something went wrong on our side. Tell us the request id.".to_owned();
    error.extensions = None;
}

fn segment(segment: &PathSegment) -> String {
    match segment {
        PathSegment::Field(name) => name.clone(),
        PathSegment::Index(index) => index.to_string(),
    }
}

fn cut(message: &mut String, max_chars: usize) {
    if let Some((at, _)) = message.char_indices().nth(max_chars) {
        message.truncate(at);
        message.push('…');
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;
    use crate::testing::Log;

    /// What the log has of a request with so many errors of ours.
    fn logged(errors: usize) -> Vec<String> {
        let log = Log::watch(Level::INFO);
        let mut errors: Vec<_> = (0..errors).map(|n| ServerError::new(format!("pool timed out {n}"), None)).collect();
        present(&mut errors, true, Some("r-1"), &Limits::default());
        log.text().lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_fails_everywhere_is_logged_a_few_times_and_counted() {
        assert_eq!((logged(0).len(), logged(1).len(), logged(MOST_LOGGED).len()), (0, 1, MOST_LOGGED));
        let many = logged(300);
        assert_eq!(many.len(), MOST_LOGGED + 1, "{many:?}");
        assert!(many[0].contains("pool timed out 0") && many[MOST_LOGGED].contains("at 295 more places"), "{many:?}");
    }
}
