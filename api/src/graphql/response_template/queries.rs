//! Reading answers: everybody of a business sees them.

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::response_template::Intent;
use leadflow_domain::{ConversationId, ResponseTemplateId};
use leadflow_projections::templates::{self, ResponseTemplateRow};

use super::render::rendered;
use super::types::{RenderedResponse, ResponseTemplate};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::{bad_input, internal};
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::plain_id::read_id;

/// Queries about answers.
#[derive(Default)]
pub(in crate::graphql) struct ResponseTemplateQueries;

#[Object]
impl ResponseTemplateQueries {
    /// The answers that the business keeps ready, first made first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn response_templates(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those that answer this, in a word; all, when not given.")] intent: Option<String>,
    ) -> Option<Result<Connection<ResponseTemplate>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let intent = intent.as_deref().map(Intent::parse).transpose();
            let intent = intent.map_err(|error| bad_input("intent", &format!("`intent` {error}")))?;
            let intent = intent.as_ref().map(Intent::as_str);
            let scope = List::ResponseTemplates.narrowed(&intent);
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = templates::response_templates(reads, viewer, intent, page)
                .await
                .map_err(|error| internal("responseTemplates", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = templates::count_response_templates(reads, viewer, intent).await;
                Some(count.map_err(|error| internal("responseTemplates.totalCount", &error))?)
            } else {
                None
            };
            let rows = rows.into_iter().map(|row| (ResponseTemplateRow::keyset(&row), row.into()));
            Ok(connection(scope, page, rows, total))
        };
        Some(found.await)
    }

    /// One answer that the business keeps ready; null when there is none with this id.
    async fn response_template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, a uuid.")] id: ID,
    ) -> Option<Result<ResponseTemplate, Error>> {
        let found = async {
            let id = ResponseTemplateId::from_uuid(read_id("id", &id)?);
            Ok(find(Request::of(context)?, id).await?.map(ResponseTemplate::from))
        };
        found.await.transpose()
    }

    /// An answer, filled in for a conversation, as it might be sent there; null when there is no such answer or conversation. Nothing
    /// is sent.
    async fn render_response_template(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The answer's id, a uuid.")] id: ID,
        #[graphql(desc = "The conversation's global id.")] conversation_id: ID,
    ) -> Option<Result<RenderedResponse, Error>> {
        let found = async {
            let id = ResponseTemplateId::from_uuid(read_id("id", &id)?);
            let conversation = decode_as(Kind::Conversation, "conversationId", &conversation_id)?;
            match find(Request::of(context)?, id).await? {
                Some(row) => rendered(context, row, ConversationId::from_uuid(conversation)).await,
                None => Ok(None),
            }
        };
        found.await.transpose()
    }
}

/// The row of one answer.
pub(super) async fn find(request: &Request, id: ResponseTemplateId) -> Result<Option<ResponseTemplateRow>, Error> {
    let found = templates::response_templates_by_id(&request.api.reads, request.viewer.context(), &[id]).await;
    Ok(found.map_err(|error| internal("responseTemplate", &error))?.pop())
}
