//! Reading contacts, also those who are in no conversation.

use async_graphql::{Context, Error, ID, Object};
use leadflow_domain::{ContactId, E164};
use leadflow_projections::PageUnread;
use leadflow_projections::inbox::{self, ContactList};

use super::filter::{ContactFilter, ContactOrder};
use super::types::Contact;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::{bad_input, internal, moved};
use crate::graphql::filter;
use crate::graphql::global_id::{Kind, decode_as};

/// What is told of any other text: never the text itself.
const NO_PHONE: &str = "`phone` is not a phone number: those have 5 to 15 digits, their country's code first";

/// Queries about contacts.
#[derive(Default)]
pub(in crate::graphql) struct ContactQueries;

#[Object]
impl ContactQueries {
    /// Whom the business knows, also from an address book, a group or a history alone, and also those who were erased.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn contacts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
        #[graphql(desc = "Which of them; all, when not given.")] filter: Option<ContactFilter>,
        #[graphql(desc = "In which order; by the first of its values, when not given.")] order_by: Option<ContactOrder>,
    ) -> Option<Result<Connection<Contact>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let (filter, order) = (filter::read(filter)?, inbox::ContactOrder::from(order_by.unwrap_or_default()));
            let scope = List::Contacts.narrowed(&(order, &filter));
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = inbox::contacts(reads, viewer, ContactList { filter: &filter, order }, page).await.map_err(
                |error| match error {
                    PageUnread::Moved => moved(page),
                    PageUnread::Database(error) => internal("contacts", &error),
                },
            )?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = inbox::count_contacts(reads, viewer, &filter).await;
                Some(count.map_err(|error| internal("contacts.totalCount", &error))?)
            } else {
                None
            };
            Ok(connection(scope, page, rows.into_iter().map(|(keyset, row)| (keyset, row.into())), total))
        };
        Some(found.await)
    }

    /// One contact; null when there is none with this id.
    async fn contact(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Her global id.")] id: ID,
    ) -> Option<Result<Contact, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let id = ContactId::from_uuid(decode_as(Kind::Contact, "id", &id)?);
            inbox::contacts_by_id(&request.api.reads, request.viewer.context(), &[id])
                .await
                .map_err(|error| internal("contact", &error))
        };
        found.await.map(|mut rows| rows.pop().map(Contact::from)).transpose()
    }

    /// The contact who is shown with this number, also when she is known from an address book, a group or a history
    /// alone; null when nobody is, as when she was erased.
    async fn contact_by_phone(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "With the country's code, in E.164 form or as people write it. Of numbers that Brazil, Mexico and Argentina write in two forms, either."
        )]
        phone: String,
    ) -> Option<Result<Contact, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let phone = E164::parse_written(&phone).map_err(|_| bad_input("phone", NO_PHONE))?;
            inbox::contact_by_phone(&request.api.reads, request.viewer.context(), &phone)
                .await
                .map_err(|error| internal("contactByPhone", &error))
        };
        found.await.transpose().map(|row| row.map(Contact::from))
    }
}
