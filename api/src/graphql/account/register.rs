//! `register`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::EmailAddress;
use leadflow_domain::member::MemberName;
use leadflow_domain::tenant::TenantName;

use super::outcome::Done;
use crate::auth::{NewPassword, Registrant};
use crate::graphql::command::{Form, NotDone, answer};
use crate::graphql::visit::Visit;
use crate::limits::LimitKind;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct Register;

/// What `register` takes.
#[derive(InputObject)]
struct RegisterInput {
    /// What the business calls itself, 2 to 100 characters.
    business_name: String,
    /// What she is called who registers, 1 to 100 characters.
    name: String,
    /// Her address of e-mail, with which she is to sign in.
    email: String,
    /// What only she is to know, 12 to 128 characters.
    password: String,
}

/// What `register` answers.
#[derive(SimpleObject)]
struct RegisterPayload {
    #[graphql(flatten)]
    outcome: Done,
}

#[Object]
impl Register {
    /// Begins to register a business: sends a link to the address, which is good for a day and which `verifyEmail` takes. The
    /// answer is the same whether or not somebody signs in with that address already; the letter is not.
    async fn register(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who registers what.")] input: RegisterInput,
    ) -> Option<Result<RegisterPayload, Error>> {
        let done = async {
            let visit = Visit::of(context)?;
            let registrant = registrant(input)?;
            visit.counts(LimitKind::Register).await?;
            visit.api.doors.register(registrant).await?;
            Ok::<_, NotDone>(Done::default())
        };
        answer(done, |outcome| RegisterPayload { outcome }).await
    }
}

fn registrant(input: RegisterInput) -> Result<Registrant, NotDone> {
    let mut form = Form::default();
    let business = form.read("businessName", TenantName::parse(&input.business_name));
    let name = form.read("name", MemberName::parse(&input.name));
    let address = form.read("email", EmailAddress::parse(&input.email).map_err(|error| format!("is wrong: {error}")));
    let password = form.read("password", NewPassword::parse(input.password.into(), address.as_ref()));
    let said = business.zip(name).zip(address.zip(password));
    let ((business, name), (address, password)) = form.all(said)?;
    Ok(Registrant { business, name, address, password })
}
