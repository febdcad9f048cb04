//! What a request costs: a point when it comes, its price before it is executed, settled when it is answered.
//!
//! The price is the number of fields that the answer may have at most, each list counted at the length asked for. What
//! the answer turns out to have less is put back, and what it has more is taken. A document that is refused costs what it
//! took to find out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::{ServerError, ValidationResult, Value, value};
use uuid::Uuid;

use super::budget::{Allowance, Budgets};
use super::guard::judged;
use super::respond::ask_again;
use super::{Code, piece};

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
        let validated = judged(ctx, next).await?;
        if let Some(bill) = ctx.data_opt::<Bill>() {
            let cost = validated.complexity;
            if cost > self.most {
                return Err(vec![too_costly(cost, self.most)]);
            }
            bill.take(u64::try_from(cost).unwrap_or(u64::MAX)).map_err(|short| vec![short])?;
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

/// What every request costs at least, and is charged before it is read.
pub(super) const LEAST: u64 = 1;

/// What a step of validation costs, if nothing comes of it. The worst documents that the guard lets pass take 30 us a
/// step, and a field of an answer some 2.
const STEP: u64 = 10;

/// What a client that goes away pays: this part of the price. It may have been just begun or almost done.
const OF_THE_ABANDONED: u64 = 10;

/// What one request owes, put among its data to have it charged.
#[derive(Debug, Clone)]
pub(super) struct Bill {
    account: Account,
    standing: Arc<Mutex<Standing>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Standing {
    /// What it was asked to pay.
    requested: u64,
    /// What was taken of it, and not settled.
    taken: u64,
    /// Set when there was not enough.
    retry_after: Option<u64>,
}

impl Bill {
    /// Takes the price, of which there may be a part already.
    pub(super) fn take(&self, price: u64) -> Result<(), ServerError> {
        let Account { budgets, owner } = &self.account;
        let mut standing = self.standing();
        standing.requested = price.max(LEAST);
        let more = standing.requested.saturating_sub(standing.taken);
        match budgets.take(*owner, more, Instant::now()) {
            Ok(()) => {
                standing.taken += more;
                Ok(())
            }
            Err(missing) => {
                let seconds = whole_seconds(missing);
                budgets.put_back(*owner, standing.taken);
                standing.taken = 0;
                standing.retry_after = Some(seconds);
                let message = format!("Too much was asked for in a short time: ask again in {seconds} seconds.");
                Err(ask_again(message, seconds))
            }
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bill of a request while it is answered. Dropped before it is settled, its client has gone away.
#[derive(Debug)]
pub(super) struct Charge(Bill);

impl Charge {
    pub(super) fn to(account: Account) -> Self {
        Self(Bill { account, standing: Arc::default() })
    }

    pub(super) fn bill(&self) -> &Bill {
        &self.0
    }

    /// Seconds to wait, if it was refused for want of points.
    pub(super) fn retry_after(&self) -> Option<u64> {
        self.0.standing().retry_after
    }

    /// Settles for an answer of so many fields, and says how things stand.
    pub(super) fn settle(&self, fields: u64) -> Value {
        self.pay(fields.max(LEAST))
    }

    /// Settles for what was executed, with nothing to count.
    pub(super) fn settle_whole(&self) -> Value {
        let requested = self.0.standing().requested;
        self.pay(requested)
    }

    /// Settles for a document that was refused after so many steps.
    pub(super) fn settle_refused(&self, steps: usize) -> Value {
        let price = STEP.saturating_mul(u64::try_from(steps).unwrap_or(u64::MAX)).max(LEAST);
        self.0.standing().requested = price;
        self.pay(price)
    }

    fn pay(&self, actual: u64) -> Value {
        let Bill { account: Account { budgets, owner }, .. } = &self.0;
        let mut standing = self.0.standing();
        let taken = std::mem::take(&mut standing.taken);
        // Who was told to wait got nothing.
        let actual = if standing.retry_after.is_some() { None } else { Some(actual) };
        match actual {
            Some(actual) if actual > taken => budgets.take_after_all(*owner, actual - taken, Instant::now()),
            Some(actual) => budgets.put_back(*owner, taken - actual),
            None => {}
        }
        let Allowance { capacity, restore_rate } = budgets.allowance();
        let available = budgets.available(*owner, Instant::now());
        value!({
            "requestedQueryCost": standing.requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": capacity,
                "currentlyAvailable": available,
                "restoreRate": restore_rate,
            },
        })
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let Standing { requested, taken, .. } = *self.0.standing();
        if taken > 0 {
            self.pay((requested / OF_THE_ABANDONED).max(LEAST));
        }
    }
}

pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Fields in an answer. Those of a JSON scalar count, too: they were written.
pub(super) fn fields(data: &Value) -> u64 {
    match data {
        Value::Object(object) => object.values().map(|value| 1 + fields(value)).sum(),
        Value::List(list) => list.iter().map(fields).sum(),
        Value::Binary(bytes) => piece::fields(bytes),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Enum(_) => 0,
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
