//! Whether the library came as far as executing.
//!
//! The HTTP status depends on it: a request error has no `data` and is the client's fault, a field error has `data`
//! (perhaps null) and is part of a success. async-graphql's `Response` says `data: null` for both, so we ask the one
//! place that knows, the `execute` hook of an extension.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::Response;
use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};

/// The extension to give to the schema's builder: `.extension(WatchExecution)`.
#[derive(Debug, Clone, Copy, Default)]
pub struct WatchExecution;

impl ExtensionFactory for WatchExecution {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for WatchExecution {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(reached) = ctx.data_opt::<ReachedExecution>() {
            reached.0.store(true, Ordering::Release);
        }
        next.run(ctx, operation_name).await
    }
}

/// The mark that [`WatchExecution`] sets, put among a request's data by whoever wants to know.
#[derive(Debug, Clone, Default)]
pub struct ReachedExecution(Arc<AtomicBool>);

impl ReachedExecution {
    /// Whether the request that carries this mark was executed.
    #[must_use]
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
