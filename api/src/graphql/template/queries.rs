//! Reading templates: everybody of a business sees them.

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::TemplateId;
use leadflow_projections::templates::{self, TemplateRow};

use super::filter::TemplateFilter;
use super::types::MessageTemplate;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::filter;
use crate::graphql::plain_id::read_id;

/// Queries about templates.
#[derive(Default)]
pub(in crate::graphql) struct TemplateQueries;

#[Object]
impl TemplateQueries {
    /// Templates of the business's WhatsApp accounts, also drafts and those that are gone: first heard of first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn templates(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
        #[graphql(desc = "Which of them; all, when not given.")] filter: Option<TemplateFilter>,
    ) -> Option<Result<Connection<MessageTemplate>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let filter = filter::read(filter)?;
            let scope = List::Templates.narrowed(&filter);
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = templates::templates(reads, viewer, &filter, page)
                .await
                .map_err(|error| internal("templates", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = templates::count_templates(reads, viewer, &filter).await;
                Some(count.map_err(|error| internal("templates.totalCount", &error))?)
            } else {
                None
            };
            Ok(connection(scope, page, rows.into_iter().map(|row| (TemplateRow::keyset(&row), row.into())), total))
        };
        Some(found.await)
    }

    /// One template; null when there is none with this id.
    async fn template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<MessageTemplate, Error>> {
        let found = async {
            let id = TemplateId::from_uuid(read_id("id", &id)?);
            Ok(find(Request::of(context)?, id).await?.map(MessageTemplate::from))
        };
        found.await.transpose()
    }
}

/// The row of one template.
pub(super) async fn find(request: &Request, id: TemplateId) -> Result<Option<TemplateRow>, Error> {
    let found = templates::templates_by_id(&request.api.reads, request.viewer.context(), &[id]).await;
    Ok(found.map_err(|error| internal("template", &error))?.pop())
}
