//! Reading leads: one statement for the list, one each for their contacts, conversations and timelines if they are asked
//! for.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Error, ID, Lookahead, Object};
use leadflow_domain::ContactId;
use leadflow_projections::leads::{self, LeadList, LeadRow};
use leadflow_projections::{Keyset, inbox};
use uuid::Uuid;

use super::filter::{LeadFilter, LeadOrder};
use super::pages::Loaded;
use super::types::{Lead, LeadCounts};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::contact::Contact;
use crate::graphql::conversation::{self, Conversation};
use crate::graphql::failure::internal;
use crate::graphql::filter;
use crate::graphql::global_id::{Kind, decode_as};

/// Queries about leads.
#[derive(Default)]
pub(in crate::graphql) struct LeadQueries;

#[Object]
impl LeadQueries {
    /// Leads: who is interested.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn leads(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
        #[graphql(desc = "Which of them; all, when not given.")] filter: Option<LeadFilter>,
        #[graphql(desc = "In which order; by the first of its values, when not given.")] order_by: Option<LeadOrder>,
    ) -> Option<Result<Connection<Lead>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let (filter, order) = (filter::read(filter)?, leads::LeadOrder::from(order_by.unwrap_or_default()));
            let scope = List::Leads.narrowed(&(order, &filter));
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = leads::leads(reads, viewer, LeadList { filter: &filter, order }, page)
                .await
                .map_err(|error| internal("leads", &error))?;
            let look_ahead = context.look_ahead();
            let total = if look_ahead.field("totalCount").exists() {
                let counts = leads::count_leads(reads, viewer, &filter).await;
                Some(counts.map_err(|error| internal("leads.totalCount", &error))?.total())
            } else {
                None
            };
            let keysets: Vec<Keyset> = rows.iter().map(|row| order.keyset(row)).collect();
            let nodes = with_relations(context, rows, &look_ahead.field("edges").field("node")).await?;
            Ok(connection(scope, page, keysets.into_iter().zip(nodes), total))
        };
        Some(found.await)
    }

    /// One lead; null when there is none with this id.
    async fn lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Option<Result<Lead, Error>> {
        let found = async {
            let id = decode_as(Kind::Lead, "id", &id)?;
            Ok(by_ids(context, &[id], &context.look_ahead()).await?.pop())
        };
        found.await.transpose()
    }

    /// How many leads stand where.
    async fn lead_counts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Of which of them; of all, when not given.")] filter: Option<LeadFilter>,
    ) -> Option<Result<LeadCounts, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let filter = filter::read(filter)?;
            let counts = leads::count_leads(&request.api.reads, request.viewer.context(), &filter)
                .await
                .map_err(|error| internal("leadCounts", &error))?;
            Ok(LeadCounts::counted(counts, filter))
        };
        Some(found.await)
    }
}

/// Some of the viewer's leads, with what `selected` asks for.
pub(in crate::graphql) async fn by_ids(
    context: &Context<'_>,
    ids: &[Uuid],
    selected: &Lookahead<'_>,
) -> Result<Vec<Lead>, Error> {
    let request = Request::of(context)?;
    let rows = leads::leads_by_id(&request.api.reads, request.viewer.context(), ids)
        .await
        .map_err(|error| internal("lead", &error))?;
    with_relations(context, rows, selected).await
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
        let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.conversation).collect();
        let found = conversation::by_ids(context, &ids, &conversation).await?;
        conversations.extend(found.into_iter().map(|conversation| (conversation.uuid(), conversation)));
    }
    let of: Vec<Uuid> = rows.iter().map(|row| row.contact.as_uuid()).collect();
    let leads: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let loaded = Arc::new(Loaded::of(context, &leads, &of, selected).await?);
    Ok(rows
        .into_iter()
        .map(|row| {
            let contact = contacts.get(&row.contact.as_uuid()).cloned();
            let conversation = row.conversation.and_then(|id| conversations.get(&id).cloned());
            Lead::new(row, contact, conversation, Arc::clone(&loaded))
        })
        .collect())
}
