//! `extensions.minPosition` of a request: it is answered from read models that show at least that place in the log.
//!
//! Every mutation answers with its position. Whoever sends that along with the next question, to any process, sees
//! what was done. The wait is bounded as a mutation's own is, and shares its time; when it ends first, the answer's `extensions.stale` says
//! why, in a word of `Staleness`.

use std::sync::Arc;

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest};
use async_graphql::{ErrorExtensionValues, Request as Query, Response, ServerError, ServerResult, Value};
use leadflow_projections::{Definition, Freshness, analytics, audit, inbox, leads, templates, usage};

use super::api::{OperatorRequest, Request, Shared};
use super::command::lagging;
use super::edge::Code;
use super::patience::Patience;

/// What resolvers read. Who asks is told by `people` before that, so nobody can wait for it here.
const READ_MODELS: [&Definition; 6] = [
    &inbox::DEFINITION,
    &leads::DEFINITION,
    &analytics::DEFINITION,
    &usage::DEFINITION,
    &audit::DEFINITION,
    &templates::DEFINITION,
];

/// The largest whole number that every JSON parser keeps.
const LARGEST: i64 = 1 << 53;

/// The extension, for the schema's builder.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadAtLeast;

/// What a request asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MinPosition(i64);

impl ExtensionFactory for ReadAtLeast {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait]
impl Extension for ReadAtLeast {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Query,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Query> {
        let asked = min_position(request.extensions.get("minPosition"))?;
        let request = match asked {
            Some(asked) => request.data(asked),
            None => request,
        };
        next.run(ctx, request).await
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let Some(asked) = ctx.data_opt::<MinPosition>() else { return next.run(ctx, operation_name).await };
        let ((Some(Request { api, patience, .. }), _) | (None, Some(OperatorRequest { api, patience, .. }))) =
            (ctx.data_opt::<Request>(), ctx.data_opt::<OperatorRequest>())
        else {
            return next.run(ctx, operation_name).await;
        };
        let freshness = shown(api, patience, asked.0).await;
        let answer = next.run(ctx, operation_name).await;
        match word(freshness) {
            None => answer,
            Some(word) => answer.extension("stale", Value::from(word)),
        }
    }
}

/// As a mutation's `stale` spells it.
fn word(freshness: Freshness) -> Option<&'static str> {
    match freshness {
        Freshness::Current => None,
        Freshness::Lagging => Some("LAGGING"),
        Freshness::Parked => Some("PARKED"),
        Freshness::Stopped => Some("STOPPED"),
    }
}

fn min_position(asked: Option<&Value>) -> ServerResult<Option<MinPosition>> {
    let position = match asked {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64().filter(|position| (1..=LARGEST).contains(position)),
        Some(
            Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_),
        ) => None,
    };
    position.map(|position| Some(MinPosition(position))).ok_or_else(|| {
        let mut error = ServerError::new(
            "`extensions.minPosition` must be a position as a mutation answers it: a whole number from 1 to 2^53.",
            None,
        );
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", Code::BadUserInput.as_str());
        error.extensions = Some(extensions);
        error
    })
}

/// Waits for all read models at once; how the one that is furthest from it stands.
async fn shown(api: &Shared, patience: &Patience, position: i64) -> Freshness {
    match is_in_the_log(api, position).await {
        Ok(true) => {}
        // Nobody was ever told such a position, unless by a log that was lost: there is nothing to wait for.
        Ok(false) => return Freshness::Lagging,
        Err(error) => return lagging(&error),
    }
    patience.shows(api, &READ_MODELS, position).await
}

async fn is_in_the_log(api: &Shared, position: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select coalesce((select max(position) from events) >= $1, false)")
        .bind(position)
        .fetch_one(&api.pool)
        .await
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    #[test]
    fn a_position_is_a_whole_number_that_a_mutation_may_have_answered() {
        assert_eq!(min_position(None).unwrap(), None);
        assert_eq!(min_position(Some(&Value::Null)).unwrap(), None);
        for position in [1, 7, LARGEST] {
            assert_eq!(min_position(Some(&Value::from(position))).unwrap(), Some(MinPosition(position)));
        }
        for wrong in [
            value!(0),
            value!(-1),
            value!(1.5),
            Value::from(LARGEST + 1),
            value!("7"),
            value!(true),
            value!([7]),
            value!({ "position": 7 }),
        ] {
            let error = min_position(Some(&wrong)).unwrap_err();
            assert!(error.message.contains("minPosition"), "{wrong}: {}", error.message);
        }
    }
}
