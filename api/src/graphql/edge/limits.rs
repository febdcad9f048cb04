//! How much one request may ask for.

use std::time::Duration;

/// The bounds of one GraphQL request. All are checked before the library sees it, save the time-out.
///
/// The defaults are several times what our own dashboards send, and small enough that the worst document within
/// them is parsed and validated in well under a second on one core (`tests::hostile` bounds it in a debug build, which takes some
/// twenty times as long).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the HTTP body. 256 KiB: a message of `WhatsApp`'s 4,096 characters with room for bulk ids. Set
    /// `axum::extract::DefaultBodyLimit` to the same, so that a larger body is not read to its end.
    pub max_body_bytes: usize,
    /// From the headers to the last byte of the body. 30 s: a phone on a bad line sends 256 KiB in less, and whoever
    /// sends nothing must not keep a connection for ever.
    pub body_timeout: Duration,
    /// Bytes of the document. 64 KiB: generated clients send about 10.
    pub max_document_bytes: usize,
    /// Lexical tokens of the document, aliases and directives among them. 4,000: the introspection query has
    /// about 250. (GraphQL Armor allows 1,000, Apollo Router 15,000.)
    pub max_tokens: usize,
    /// Open `{`, `[` and `(` at any place, and selections followed through fragments. 32: introspection needs
    /// 20; async-graphql's own bound on recursion is 32; its parser overflows a 2 MB stack at 400 in a debug build,
    /// at 2,000 in a release build.
    pub max_nesting: usize,
    /// Open `{` and `[` in the body's JSON. 32, as for literals: a variable becomes one. `serde_json` stops at 128.
    pub max_json_nesting: usize,
    /// Values in the body's JSON. 1,000: the library clones a variable for every argument that mentions it.
    pub max_json_values: usize,
    /// Arguments of one field or directive. 16: where fields overlap, the library reports an error for each.
    pub max_arguments: usize,
    /// Steps that validation takes with every fragment expanded, see [`super::guard::fragments`]. 10,000: a document
    /// of the most tokens without fragments takes two steps a token.
    pub max_validation_steps: usize,
    /// Fields of the schema itself that a document may ask for, by the estimate of [`super::guard::introspection`]. 100,000: the
    /// introspection query of every tool is estimated at less than half.
    pub max_introspection: usize,
    /// Errors in one answer; the number of those left out is told. 20: nobody reads more.
    pub max_errors: usize,
    /// Characters of one error message. 500: the library echoes values and names of any length.
    pub max_message_chars: usize,
    /// For the answer, once the request is there; authentication has taken its part of it. 10 s: longer than any query we would not rather repair, shorter
    /// than the 30 s after which proxies and browsers' users give up.
    pub operation_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 256 * 1024,
            body_timeout: Duration::from_secs(30),
            max_document_bytes: 64 * 1024,
            max_tokens: 4_000,
            max_nesting: 32,
            max_json_nesting: 32,
            max_json_values: 1_000,
            max_arguments: 16,
            max_validation_steps: 10_000,
            max_introspection: 100_000,
            max_errors: 20,
            max_message_chars: 500,
            operation_timeout: Duration::from_secs(10),
        }
    }
}
