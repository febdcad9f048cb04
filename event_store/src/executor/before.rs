//! What a client's command came to before, for edges that judge it by more than its stream knows.

use leadflow_domain::Decide;

use super::answer::{Answer, before};
use super::{CommandContext, ExecuteError, Executor};
use crate::append::Kept;

impl<A> Executor<A>
where
    A: Decide + Clone + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    /// What a command whose outcome is kept came to, if it came before: whoever asks again is told this, whatever became since of
    /// what it took for granted. `None` is not yet: [`Self::execute`] has the last word.
    ///
    /// # Errors
    /// What it came to, as [`Self::execute`] would tell it.
    pub async fn before(&self, context: &CommandContext) -> Option<Answer<A>> {
        let request = context.request.as_ref()?;
        match self.store.reader.receipt(context.tenant, context.id, request).await {
            Ok(Some(Kept::Outcome { position, version, what })) => Some(before::<A>(position, version, what)),
            Ok(Some(Kept::OfAnotherRequest)) => Some(Err(ExecuteError::KeyReused)),
            Ok(None) => None,
            Err(error) => Some(Err(ExecuteError::Unavailable { reason: error.to_string() })),
        }
    }
}
