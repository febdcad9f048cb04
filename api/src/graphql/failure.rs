//! The one place where our faults become errors of the API.

use async_graphql::{Error, ErrorExtensions};

use super::edge::Code;

/// Our fault. The edge logs the cause, once and with the request's id, and answers without it.
pub(super) fn internal(doing: &'static str, cause: &dyn std::error::Error) -> Error {
    Error::new(format!("{doing}: {cause}")).extend_with(|_, extensions| extensions.set("code", Code::Internal.as_str()))
}

/// It asks for more than one request may.
pub(super) fn too_complex(message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", Code::QueryTooComplex.as_str()))
}

/// The input is wrong and will be wrong again.
pub(super) fn bad_input(message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", Code::BadUserInput.as_str()))
}

/// The row of a cursor has another place in its list by now; the list is to be read from its beginning.
pub(super) fn moved() -> Error {
    Error::new("the row of this cursor has another place in the list by now: begin again, without a cursor")
        .extend_with(|_, extensions| extensions.set("code", "CURSOR_MOVED"))
}

/// The caller is known, and this is not hers to ask for.
pub(super) fn forbidden(message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "FORBIDDEN"))
}
