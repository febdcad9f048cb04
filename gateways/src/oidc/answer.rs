//! Answers of an issuer, as far as they are read.

use reqwest::{RequestBuilder, Response, StatusCode};

use super::failure::Failure;
use crate::wire::cause;

/// Bytes of an answer. Key sets are the longest, with some kilobytes.
const LONGEST: usize = 256 << 10;

/// What an issuer answers, whatever that is.
pub(super) async fn ask(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Failure> {
    let unreachable = |error: reqwest::Error| Failure::unavailable(cause(&error));
    let mut answer: Response = request.send().await.map_err(unreachable)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST {
            return Err(Failure::unavailable("its answer has no end"));
        }
    }
    Ok((answer.status(), body))
}

/// What an issuer publishes.
pub(super) async fn published(request: RequestBuilder) -> Result<Vec<u8>, Failure> {
    match ask(request).await? {
        (StatusCode::OK, body) => Ok(body),
        (status, _) => Err(Failure::unavailable(format!("it answered {}", status.as_u16()))),
    }
}
