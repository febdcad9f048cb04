//! Who may be one person, and who is.

use std::collections::HashMap;

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::ContactId;
use leadflow_projections::inbox;
use uuid::Uuid;

use super::types::Contact;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};

/// Queries about contacts who are one person, or may be.
#[derive(Default)]
pub(in crate::graphql) struct DuplicateQueries;

/// Two contacts who may be one person. `mergeContacts` says that they are, `dismissDuplicate` that they are not.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct PossibleDuplicate {
    /// One of the two; null while the inbox has not come that far.
    one: Option<Contact>,
    /// The other one.
    other: Option<Contact>,
    /// Why they may be one person.
    grounds: Vec<DuplicateGround>,
    /// Since when both are known.
    since: Timestamp,
}

/// Why two contacts may be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::DuplicateGround")]
pub(in crate::graphql) enum DuplicateGround {
    /// One came with a number, an address or a WhatsApp user id that the other is known by.
    Identifier,
    /// Both call themselves the same, by two words at least, at most five do, and nothing speaks against it: there is no kind of
    /// number, address or user id of which each has one of her own.
    Name,
    /// The business has both in its address books under the same name, of two words at least, and at most five.
    ListedName,
}

#[Object]
impl DuplicateQueries {
    /// Pairs of contacts who may be one person, those first that are known latest: without those of whom somebody said that they
    /// are, or are not. Nobody is merged by this. A pair is seen by whoever sees both.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn possible_duplicates(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<PossibleDuplicate>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let scope = List::PossibleDuplicates.whole();
            let page = Window { first, after, last, before }.page(scope)?;
            let failed = |error: sqlx::Error| internal("possibleDuplicates", &error);
            let rows = inbox::possible_duplicates(reads, viewer, page).await.map_err(failed)?;
            let look_ahead = context.look_ahead();
            let total = match look_ahead.field("totalCount").exists() {
                true => Some(inbox::count_duplicates(reads, viewer).await.map_err(failed)?),
                false => None,
            };
            let node = look_ahead.field("edges").field("node");
            let ids: Vec<ContactId> = match node.field("one").exists() || node.field("other").exists() {
                true => rows.iter().flat_map(|row| [row.one, row.other]).collect(),
                false => vec![],
            };
            let contacts: HashMap<Uuid, Contact> = match ids.is_empty() {
                true => HashMap::new(),
                false => {
                    let found = inbox::contacts_by_id(reads, viewer, &ids).await.map_err(failed)?;
                    found.into_iter().map(|row| (row.id, row.into())).collect()
                }
            };
            let known = |id: ContactId| contacts.get(&id.as_uuid()).cloned();
            let nodes = rows.into_iter().map(|row| {
                let node = PossibleDuplicate {
                    one: known(row.one),
                    other: known(row.other),
                    grounds: row.grounds.iter().map(|ground| (*ground).into()).collect(),
                    since: row.since,
                };
                (row.keyset(), node)
            });
            Ok(connection(scope, page, nodes, total))
        };
        Some(found.await)
    }

    /// For whom a contact stands, those first that were first heard of last: each as she is by herself, with what she is known by.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn merged_contacts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global id of the contact who stands for them.")] contact_id: ID,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<Contact>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let contact = ContactId::from_uuid(decode_as(Kind::Contact, "contactId", &contact_id)?);
            let scope = List::MergedContacts.narrowed(&contact);
            let page = Window { first, after, last, before }.page(scope)?;
            let failed = |error: sqlx::Error| internal("mergedContacts", &error);
            let rows = inbox::merged_into(reads, viewer, contact, page).await.map_err(failed)?;
            let total = match context.look_ahead().field("totalCount").exists() {
                true => Some(inbox::count_merged(reads, viewer, contact).await.map_err(failed)?),
                false => None,
            };
            Ok(connection(scope, page, rows.into_iter().map(|(keyset, row)| (keyset, row.into())), total))
        };
        Some(found.await)
    }
}
