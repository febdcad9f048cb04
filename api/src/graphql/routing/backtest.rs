//! `routingBacktest`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::PoolId;
use leadflow_domain::role::Permission;
use leadflow_domain::routing::{Backtest, Interval, MOST_MEMBERS, Weights, backtest};

use super::ask_explanation::{HISTORY, history};
use super::input::{RoutingPoolMemberInput, pool_members};
use crate::graphql::api::Request;
use crate::graphql::command::NotDone;
use crate::graphql::failure::bad_input;
use crate::graphql::plain_id::read_id;

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct BacktestQueries;

/// What is tried, and on which time.
#[derive(InputObject)]
struct RoutingBacktestInput {
    /// The first moment of the time.
    from: Timestamp,
    /// The first moment after it.
    until: Timestamp,
    /// The pool whose weights are tried, a uuid; without, all are as they were.
    pool_id: Option<ID>,
    /// The weights, of those of its members that are to have others than they had.
    weights: Option<Vec<RoutingPoolMemberInput>>,
}

/// What a time came to, and what it would have come to by other weights.
#[derive(Debug, Clone, SimpleObject)]
struct RoutingBacktest {
    /// How many requests waited when it began or came in it.
    requests: i64,
    /// How many of them would have gone to somebody else, or at no time.
    changed: i64,
    /// Of each member who was given something, or would have been, how much.
    #[graphql(complexity = "1 + MOST_MEMBERS * child_complexity")]
    shares: Vec<RoutingBacktestShare>,
}

/// What falls to a member.
#[derive(Debug, Clone, SimpleObject)]
struct RoutingBacktestShare {
    /// Her id, a uuid.
    member_id: ID,
    /// How much she was given.
    actual: i64,
    /// How much she would have been.
    simulated: i64,
}

#[Object]
impl BacktestQueries {
    /// What a past time would have come to if members of a pool had had other weights: what came in, who was there and what people
    /// did is as it was. It touches nothing. With the weights of the time it comes to what was.
    #[graphql(complexity = "HISTORY + child_complexity")]
    async fn routing_backtest(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is tried, and on which time.")] input: RoutingBacktestInput,
    ) -> Option<Result<RoutingBacktest, Error>> {
        let found = async {
            let request = Request::of(context)?;
            request.allows(Permission::ManageSettings)?;
            let weights = weights(&input)?;
            let interval = Interval { from: input.from, until: input.until };
            Ok(backtest(history(request).await?, interval, &weights).into())
        };
        Some(found.await)
    }
}

fn weights(input: &RoutingBacktestInput) -> Result<Weights, Error> {
    let Some(pool) = &input.pool_id else { return Ok(Weights::new()) };
    let pool = PoolId::from_uuid(read_id("poolId", pool)?);
    match pool_members(input.weights.as_deref().unwrap_or_default()) {
        Ok(members) => Ok(Weights::from([(pool, members)])),
        Err(NotDone::Failed(error)) => Err(error),
        Err(NotDone::Invalid(_)) => Err(bad_input("weights", "`weights` are 1 to 100, and name nobody twice")),
    }
}

impl From<Backtest> for RoutingBacktest {
    fn from(backtest: Backtest) -> Self {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let changed = backtest.compared.iter().filter(|one| one.actual != one.simulated).count();
        let share = |(member, (actual, simulated)): (leadflow_domain::MemberId, (u32, u32))| RoutingBacktestShare {
            member_id: member.into(),
            actual: actual.into(),
            simulated: simulated.into(),
        };
        Self {
            requests: count(backtest.compared.len()),
            changed: count(changed),
            shares: backtest.shares().into_iter().map(share).collect(),
        }
    }
}
