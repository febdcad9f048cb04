//! Finding a contact, also one who is in no conversation.

use async_graphql::{Context, Error, Object};
use leadflow_domain::E164;
use leadflow_projections::inbox;

use super::types::Contact;
use crate::graphql::api::Request;
use crate::graphql::failure::{bad_input, internal};

/// What is told of any other text: never the text itself.
const NO_PHONE: &str = "`phone` is not a phone number: those have 5 to 15 digits, their country's code first";

/// Queries about contacts.
#[derive(Default)]
pub(in crate::graphql) struct ContactQueries;

#[Object]
impl ContactQueries {
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
            let phone = E164::parse_written(&phone).map_err(|_| bad_input(NO_PHONE))?;
            inbox::contact_by_phone(&request.api.reads, request.viewer.context(), &phone)
                .await
                .map_err(|error| internal("contactByPhone", &error))
        };
        found.await.transpose().map(|row| row.map(Contact::from))
    }
}
