//! Reading leads: one statement for the list, one each for their contacts, conversations and timelines if they are asked
//! for.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Error, ID, Lookahead, Object};
use leadflow_domain::{ContactId, LeadId, lead};
use leadflow_projections::leads::{self, LeadRow};
use leadflow_projections::{Keyset, inbox};
use uuid::Uuid;

use super::pages::Loaded;
use super::types::{Lead, LeadCounts, LeadStatus};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::contact::Contact;
use crate::graphql::conversation::{self, Conversation};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};

/// Queries about leads.
#[derive(Default)]
pub(in crate::graphql) struct LeadQueries;

#[Object]
impl LeadQueries {
    /// Leads, all or those that stand somewhere, latest captured first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn leads(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that stand here. A cursor belongs to the status it was given for.")]
        status: Option<LeadStatus>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Lead>, Error> {
        let request = Request::of(context)?;
        let status = status.map(lead::LeadStatus::from);
        let scope = List::Leads.narrowed(&status);
        let page = Window { first, after, last, before }.page(scope)?;
        let rows = leads::leads(&request.api.reads, request.viewer.context(), status, page)
            .await
            .map_err(|error| internal("leads", &error))?;
        let look_ahead = context.look_ahead();
        let total = if look_ahead.field("totalCount").exists() {
            let counts = leads::count_leads(&request.api.reads, request.viewer.context()).await;
            let counts = counts.map_err(|error| internal("leads.totalCount", &error))?;
            Some(status.map_or_else(|| counts.total(), |status| counts.of(status)))
        } else {
            None
        };
        let keysets: Vec<Keyset> = rows.iter().map(LeadRow::keyset).collect();
        let nodes = with_relations(context, rows, &look_ahead.field("edges").field("node")).await?;
        Ok(connection(scope, page, keysets.into_iter().zip(nodes), total))
    }

    /// One lead; null when there is none with this id.
    async fn lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Option<Result<Lead, Error>> {
        let found = async { by_id(context, decode_as(Kind::Lead, &id)?, &context.look_ahead()).await };
        found.await.transpose()
    }

    /// How many leads stand where.
    async fn lead_counts(&self, context: &Context<'_>) -> Result<LeadCounts, Error> {
        let request = Request::of(context)?;
        let counts = leads::count_leads(&request.api.reads, request.viewer.context())
            .await
            .map_err(|error| internal("leadCounts", &error))?;
        Ok(counts.into())
    }
}

/// One of the viewer's leads, with what `selected` asks for.
pub(in crate::graphql) async fn by_id(
    context: &Context<'_>,
    id: Uuid,
    selected: &Lookahead<'_>,
) -> Result<Option<Lead>, Error> {
    let request = Request::of(context)?;
    let row = leads::lead(&request.api.reads, request.viewer.context(), LeadId::from_uuid(id))
        .await
        .map_err(|error| internal("lead", &error))?;
    match row {
        None => Ok(None),
        Some(row) => Ok(with_relations(context, vec![row], selected).await?.pop()),
    }
}

async fn with_relations(
    context: &Context<'_>,
    rows: Vec<LeadRow>,
    selected: &Lookahead<'_>,
) -> Result<Vec<Lead>, Error> {
    let request = Request::of(context)?;
    let mut contacts: HashMap<Uuid, Contact> = HashMap::new();
    if selected.field("contact").exists() {
        let ids: Vec<ContactId> = rows.iter().map(|row| row.contact).collect();
        let found = inbox::contacts_by_id(&request.api.reads, request.viewer.context(), &ids)
            .await
            .map_err(|error| internal("leads.contact", &error))?;
        contacts.extend(found.into_iter().map(|row| (row.id, row.into())));
    }
    let mut conversations: HashMap<Uuid, Conversation> = HashMap::new();
    let conversation = selected.field("conversation");
    if conversation.exists() {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.conversation).collect();
        let found = conversation::by_ids(context, &ids, &conversation).await?;
        conversations.extend(found.into_iter().map(|conversation| (conversation.uuid(), conversation)));
    }
    let of: Vec<Uuid> = rows.iter().map(|row| row.contact.as_uuid()).collect();
    let loaded = Arc::new(Loaded::of(context, &of, selected).await?);
    Ok(rows
        .into_iter()
        .map(|row| {
            let contact = contacts.get(&row.contact.as_uuid()).cloned();
            let conversation = conversations.get(&row.conversation).cloned();
            Lead::new(row, contact, conversation, Arc::clone(&loaded))
        })
        .collect())
}
