//! What a request costs: priced when it is valid, charged before it is executed, settled when it is answered.
//!
//! The price is the number of fields that the answer may have at most, each list counted at the length asked for. What
//! the answer turns out to have less is put back.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::{ServerError, ValidationResult, Value, value};
use uuid::Uuid;

use super::Code;
use super::budget::{Allowance, Budgets};

/// Whose budget a request is charged to.
#[derive(Debug, Clone)]
pub struct Account {
    /// All budgets.
    pub budgets: Arc<Budgets>,
    /// The one who pays.
    pub owner: Uuid,
}

/// The extension that prices and charges, to give to the schema's builder: `.extension(ChargeCost { most })`. The
/// library's own limit says neither what a query costs nor what it may.
#[derive(Debug, Clone, Copy)]
pub struct ChargeCost {
    /// What one request may cost.
    pub most: usize,
}

impl ExtensionFactory for ChargeCost {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait]
impl Extension for ChargeCost {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let validated = next.run(ctx).await?;
        let cost = validated.complexity;
        if cost > self.most {
            return Err(vec![too_costly(cost, self.most)]);
        }
        if let Some(charge) = ctx.data_opt::<Charge>() {
            charge.take(u64::try_from(cost).unwrap_or(u64::MAX)).map_err(|short| vec![short])?;
        }
        Ok(validated)
    }
}

fn too_costly(cost: usize, most: usize) -> ServerError {
    let message = format!("The query costs {cost} points, and one may cost {most} at most: ask for less at once.");
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", Code::QueryTooComplex.as_str());
    extensions.set("requestedQueryCost", cost);
    extensions.set("maximumQueryCost", most);
    error
}

/// What one request was charged, put among its data by whoever wants it charged.
#[derive(Debug, Clone)]
pub(super) struct Charge {
    account: Account,
    outcome: Arc<OnceLock<Outcome>>,
}

#[derive(Debug, Clone, Copy)]
enum Outcome {
    Charged(u64),
    Short { cost: u64, seconds: u64 },
}

impl Charge {
    pub(super) fn to(account: Account) -> Self {
        Self { account, outcome: Arc::default() }
    }

    fn take(&self, cost: u64) -> Result<(), ServerError> {
        let Account { budgets, owner } = &self.account;
        match budgets.take(*owner, cost, Instant::now()) {
            Ok(()) => {
                let _ = self.outcome.set(Outcome::Charged(cost));
                Ok(())
            }
            Err(missing) => {
                let seconds = whole_seconds(missing);
                let _ = self.outcome.set(Outcome::Short { cost, seconds });
                let message = format!("Too much was asked for in a short time: ask again in {seconds} seconds.");
                let mut error = ServerError::new(message, None);
                let extensions = error.extensions.get_or_insert_default();
                extensions.set("code", Code::RateLimited.as_str());
                extensions.set("retryAfter", seconds);
                Err(error)
            }
        }
    }

    /// Seconds to wait, if it was refused for want of points.
    pub(super) fn retry_after(&self) -> Option<u64> {
        match self.outcome.get() {
            Some(Outcome::Short { seconds, .. }) => Some(*seconds),
            Some(Outcome::Charged(_)) | None => None,
        }
    }

    /// Puts back what `actual` left over, and says how things stand; nothing, of a request that never had a price.
    pub(super) fn settle(&self, actual: u64) -> Option<Value> {
        let Account { budgets, owner } = &self.account;
        let (cost, actual) = match self.outcome.get()? {
            Outcome::Charged(cost) => {
                budgets.put_back(*owner, cost.saturating_sub(actual));
                (*cost, Some(actual))
            }
            Outcome::Short { cost, .. } => (*cost, None),
        };
        let Allowance { capacity, restore_rate } = budgets.allowance();
        let available = budgets.available(*owner, Instant::now());
        Some(value!({
            "requestedQueryCost": cost,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": capacity,
                "currentlyAvailable": available,
                "restoreRate": restore_rate,
            },
        }))
    }
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Fields in an answer. Those of a JSON scalar count, too: they were written.
pub(super) fn fields(data: &Value) -> u64 {
    match data {
        Value::Object(object) => object.values().map(|value| 1 + fields(value)).sum(),
        Value::List(list) => list.iter().map(fields).sum(),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_an_answer_counts_once() {
        assert_eq!(fields(&Value::Null), 0);
        assert_eq!(fields(&value!({ "a": 1, "b": null })), 2);
        assert_eq!(fields(&value!({ "list": [{ "id": 1 }, { "id": 2 }, null], "labels": ["x", "y"] })), 4);
    }

    #[test]
    fn waits_are_told_in_whole_seconds_and_never_too_short() {
        assert_eq!(whole_seconds(Duration::from_nanos(1)), 1);
        assert_eq!(whole_seconds(Duration::from_secs(2)), 2);
        assert_eq!(whole_seconds(Duration::from_millis(2_001)), 3);
    }
}
