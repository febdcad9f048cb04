//! `changePassword`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};

use super::herself::Herself;
use super::outcome::Done;
use crate::graphql::command::{NotDone, answer};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ChangePassword;

/// What `changePassword` takes.
#[derive(InputObject)]
struct ChangePasswordInput {
    /// The password until now.
    current_password: String,
    /// The one from now on, 12 to 128 characters.
    password: String,
}

/// What `changePassword` answers.
#[derive(SimpleObject)]
struct ChangePasswordPayload {
    #[graphql(flatten)]
    outcome: Done,
}

#[Object]
impl ChangePassword {
    /// Gives the member who asks another password. All her sessions end but this one, and she is told by mail.
    async fn change_password(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The passwords before and after.")] input: ChangePasswordInput,
    ) -> Option<Result<ChangePasswordPayload, Error>> {
        let done = async {
            let Herself { doors, member, session, asked } = Herself::of(context)?;
            let passwords = (input.current_password.into(), input.password.into());
            doors.change_password((member, session), passwords, asked).await?;
            Ok::<_, NotDone>(Done::default())
        };
        answer(done, |outcome| ChangePasswordPayload { outcome }).await
    }
}
