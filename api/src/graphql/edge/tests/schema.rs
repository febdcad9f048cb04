//! A schema that answers, fails, hangs, panics and blabs on demand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::{
    Context, EmptySubscription, Error, ErrorExtensions, ID, InputObject, Object, Result, Schema, ServerError,
    SimpleObject, ValidationMode, ValidationResult,
};
use tokio::sync::mpsc::UnboundedSender;

use super::super::{ChargeCost, Handover};

pub(super) type TestSchema = Schema<Query, Mutation, EmptySubscription>;

/// A value that `prepare` hands to the resolvers.
pub(super) struct Tenant(pub(super) &'static str);

pub(super) fn build() -> TestSchema {
    let types = || Schema::build(Query, Mutation, EmptySubscription);
    let executing = types().validation_mode(ValidationMode::Fast).finish();
    types().extension(ChargeCost { most: 25_000 }).extension(CountJudged).extension(Handover::to(executing)).finish()
}

/// How often the library judged, among the data of requests.
#[derive(Clone, Default)]
pub(super) struct Judged(pub(super) Arc<AtomicUsize>);

struct CountJudged;

impl ExtensionFactory for CountJudged {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for CountJudged {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        if let Some(Judged(times)) = ctx.data_opt() {
            times.fetch_add(1, Ordering::Relaxed);
        }
        next.run(ctx).await
    }
}

/// Is told when `waits` begins, and when it is dropped.
#[derive(Clone)]
pub(super) struct Watcher(pub(super) UnboundedSender<&'static str>);

struct Waiting(Watcher);

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.0.0.send("dropped");
    }
}

#[derive(SimpleObject)]
pub(super) struct Contact {
    name: String,
}

pub(super) struct Conversation(ID);

#[Object]
impl Conversation {
    async fn id(&self) -> &ID {
        &self.0
    }

    async fn contact(&self) -> Contact {
        Contact { name: "Ada".to_owned() }
    }

    async fn parent(&self) -> Conversation {
        Conversation(self.0.clone())
    }
}

pub(super) struct Query;

#[Object]
impl Query {
    async fn conversation(&self, id: ID) -> Conversation {
        Conversation(id)
    }

    async fn conversations(&self, #[graphql(validator(maximum = 100))] first: i32) -> Vec<Conversation> {
        (0..first).map(|n| Conversation(n.to_string().into())).collect()
    }

    async fn any(&self, values: Option<Vec<Option<String>>>) -> usize {
        values.map_or(0, |values| values.len())
    }

    async fn tenant(&self, ctx: &Context<'_>) -> Result<&str> {
        Ok(ctx.data::<Tenant>()?.0)
    }

    async fn leaks(&self) -> Option<Result<String>> {
        let error = std::io::Error::other("password authentication failed for user \"leadflow\"");
        Some(Err(error.into()))
    }

    async fn leaks_with_code(&self) -> Option<Result<String>> {
        Some(Err(Error::new("relation \"leads\" does not exist").extend_with(|_, e| {
            e.set("code", "INTERNAL");
            e.set("sql", "select * from leads");
        })))
    }

    /// Starts as the library's complaints about arguments do.
    async fn pretends(&self) -> Option<Result<String>> {
        Some(Err(std::io::Error::other("Failed to parse \"config\": secret").into()))
    }

    async fn forbidden(&self) -> Option<Result<String>> {
        Some(Err(Error::new("Not yours.").extend_with(|_, e| e.set("code", "FORBIDDEN"))))
    }

    async fn hangs(&self) -> bool {
        std::future::pending().await
    }

    async fn waits(&self, ctx: &Context<'_>) -> Result<bool> {
        let waiting = Waiting(ctx.data::<Watcher>()?.clone());
        let _ = waiting.0.0.send("begun");
        std::future::pending().await
    }

    /// Costs what a list of a hundred does.
    #[graphql(complexity = "1 + 100 * child_complexity")]
    async fn few(&self) -> Vec<Conversation> {
        vec![Conversation("1".into()), Conversation("2".into())]
    }

    async fn panics(&self, ctx: &Context<'_>) -> bool {
        ctx.data::<Tenant>().expect("what the edge must survive").0.is_empty()
    }

    async fn says(&self, ctx: &Context<'_>) -> bool {
        ctx.append_http_header("x-said", "yes")
    }
}

#[derive(InputObject)]
struct RenameInput {
    name: String,
}

pub(super) struct Mutation;

#[Object]
impl Mutation {
    async fn rename(&self, input: RenameInput) -> String {
        input.name
    }
}
