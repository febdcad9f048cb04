//! `disableSecondFactor`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};

use super::herself::Herself;
use super::outcome::Done;
use crate::graphql::command::{NotDone, answer};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct DisableSecondFactor;

/// What `disableSecondFactor` takes.
#[derive(InputObject)]
struct DisableSecondFactorInput {
    /// Her password, once more.
    password: String,
    /// A code of it, or one of her recovery codes.
    second_factor_code: String,
}

/// What `disableSecondFactor` answers.
#[derive(SimpleObject)]
struct DisableSecondFactorPayload {
    #[graphql(flatten)]
    outcome: Done,
}

#[Object]
impl DisableSecondFactor {
    /// Asks the member who asks for no more codes. Her recovery codes are good for nothing from now on.
    async fn disable_second_factor(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "That it is she.")] input: DisableSecondFactorInput,
    ) -> Option<Result<DisableSecondFactorPayload, Error>> {
        let done = async {
            let Herself { doors, member, asked, .. } = Herself::of(context)?;
            let shown = (input.password.into(), input.second_factor_code.into());
            doors.disable_second_factor(member, shown, asked).await?;
            Ok::<_, NotDone>(Done::default())
        };
        answer(done, |outcome| DisableSecondFactorPayload { outcome }).await
    }
}
