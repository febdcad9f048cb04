//! The one place where our faults become errors of the API.

use async_graphql::{Error, ErrorExtensions};
use leadflow_projections::PageRequest;

use super::edge::Code;
use crate::limits::Limited;

/// Our fault. The edge logs the cause, once and with the request's id, and answers without it.
pub(super) fn internal(doing: &'static str, cause: &dyn std::error::Error) -> Error {
    Error::new(format!("{doing}: {cause}")).extend_with(|_, extensions| extensions.set("code", Code::Internal.as_str()))
}

/// It asks for more than one request may.
pub(super) fn too_complex(message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", Code::QueryTooComplex.as_str()))
}

/// The argument, or the field of an input, is wrong and will be wrong again.
pub(super) fn bad_input(field: &str, message: &str) -> Error {
    of_field(Code::BadUserInput.as_str(), field, message)
}

/// The argument is not a place in this list from which a page can begin: whoever asks begins again.
pub(super) fn bad_cursor(argument: &str, message: &str) -> Error {
    of_field("INVALID_CURSOR", argument, message)
}

fn of_field(code: &str, field: &str, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code);
        extensions.set("field", field);
    })
}

/// The row from which `page` was to begin has another place in its list by now.
pub(super) fn moved(page: PageRequest) -> Error {
    let argument = if page.after.is_some() { "after" } else { "before" };
    bad_cursor(
        argument,
        &format!("the row of `{argument}` has another place in the list by now: begin again, without a cursor"),
    )
}

/// It was tried too often lately.
pub(super) fn rate_limited(limited: &Limited) -> Error {
    let seconds = limited.seconds();
    Error::new(format!("It was tried too often in a short time: try again in {seconds} seconds.")).extend_with(
        |_, extensions| {
            extensions.set("code", Code::RateLimited.as_str());
            extensions.set("retryAfter", seconds);
        },
    )
}

/// The caller is known, and this is not hers to ask for.
pub(super) fn forbidden(message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "FORBIDDEN"))
}
