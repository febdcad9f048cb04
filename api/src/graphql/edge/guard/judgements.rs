//! What the library found valid is valid when it comes again: its judgement depends on the document, on which of its operations is
//! executed, and on the variables, and on nothing else.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::extensions::{ExtensionContext, NextValidation};
use async_graphql::{ServerError, ValidationResult, Variables};

/// Of so many sorts of variables the judgement is kept, until others come: those of the pages of a dashboard.
const MOST: usize = 64;

/// Bytes that those of a document take at most: a map has room for up to twice as many.
pub(super) const ROOM: usize = 2 * MOST * size_of::<(u64, ValidationResult)>();

/// What was judged of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Judgements(Arc<Judged>);

#[derive(Debug, Default)]
struct Judged {
    /// Nobody can find variables that are taken for others.
    hasher: RandomState,
    /// By the hash of operation and variables, as these may be somebody's words.
    valid: Mutex<HashMap<u64, ValidationResult>>,
}

/// What was, or will be, judged of one request, to be put among its data.
#[derive(Debug, Clone)]
pub struct Judgement {
    all: Judgements,
    of: u64,
}

impl Judgements {
    /// The one of a request for this operation with these variables.
    pub(super) fn of(&self, operation: Option<&str>, variables: &Variables) -> Option<Judgement> {
        let variables = serde_json::to_vec(variables).ok()?;
        Some(Judgement { of: self.0.hasher.hash_one((operation, variables)), all: self.clone() })
    }
}

impl Judgement {
    fn valid(&self) -> MutexGuard<'_, HashMap<u64, ValidationResult>> {
        self.all.0.valid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the request is valid, as its [`Judgement`] says, or else the library.
///
/// # Errors
/// Where it is not.
pub async fn judged(
    context: &ExtensionContext<'_>,
    next: NextValidation<'_>,
) -> Result<ValidationResult, Vec<ServerError>> {
    let Some(judgement) = context.data_opt::<Judgement>() else { return next.run(context).await };
    let known = judgement.valid().get(&judgement.of).copied();
    if let Some(validated) = known {
        return Ok(validated);
    }
    let validated = next.run(context).await?;
    let mut valid = judgement.valid();
    if valid.len() >= MOST {
        valid.clear();
    }
    valid.insert(judgement.of, validated);
    Ok(validated)
}
