//! Execution without hooks.
//!
//! Where a schema has an extension, the library wraps every field and every row of an answer in one more boxed future for
//! each, which an inbox of thousands of fields feels. So there are two schemas of the same types: one judges, with all
//! extensions and the full validation, and hands what it lets through over to the other, which has none. What extensions
//! do before and after an execution is done around it.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Executor, Request, Response, ServerError};

/// The extension to give to the judging schema's builder, after all others: what it lets through, `executor` executes.
#[derive(Debug, Clone)]
pub struct Handover<E> {
    executor: E,
}

impl<E: Executor> Handover<E> {
    /// Hands over to `executor`, which has the same types and no extensions. It may validate less.
    #[must_use]
    pub fn to(executor: E) -> Self {
        Self { executor }
    }
}

impl<E: Executor> ExtensionFactory for Handover<E> {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl<E: Executor> Extension for Handover<E> {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        match ctx.data_opt::<HandedOver>().and_then(HandedOver::take) {
            Some(request) => self.executor.execute(request).await,
            None => next.run(ctx, operation_name).await,
        }
    }
}

/// The request as it is executed, among the data of the request that is judged.
///
/// The HTTP status depends on whether it was handed over: a request error has no `data` and is the client's fault, a
/// field error has `data` (perhaps null) and is part of a success. The library says `data: null` of both.
#[derive(Clone)]
pub(super) struct HandedOver(Arc<Mutex<Option<Request>>>);

impl HandedOver {
    pub(super) fn new(request: Request) -> Self {
        Self(Arc::new(Mutex::new(Some(request))))
    }

    fn take(&self) -> Option<Request> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether it was executed.
    pub(super) fn is_taken(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

/// The same question once more, without its data.
pub(super) fn twin(request: &mut Request) -> Result<Request, ServerError> {
    let document = request.parsed_query()?.clone();
    let mut twin = Request::new(request.query.clone()).variables(request.variables.clone());
    twin.operation_name.clone_from(&request.operation_name);
    twin.introspection_mode = request.introspection_mode;
    twin.set_parsed_query(document);
    Ok(twin)
}
