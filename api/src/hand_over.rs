//! Conversations go along with a lead that is handed over.

use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationRefusal};
use leadflow_domain::lead::Lead;
use leadflow_domain::{CommandId, ConversationId, LeadId, MemberId};
use leadflow_event_store::{CommandContext, ExecuteError, Executor, LogReader, ReadError};
use leadflow_projections::inbox::{self, ConversationColumns, ConversationField, ConversationList, ConversationOrder};
use leadflow_projections::{Condition, IdIs, PageRequest, TenantContext, TenantReads, leads};
use thiserror::Error;

/// Most conversations that go along: one for each number.
const MOST_CONVERSATIONS: u32 = 100;

/// Why conversations did not go along; doing it again is harmless.
#[derive(Debug, Error)]
pub(crate) enum NotHandedOver {
    /// Which there are can't be told.
    #[error("the read models can't be asked")]
    Unread(#[source] sqlx::Error),
    /// Whose the lead is can't be told.
    #[error("the log can't be asked")]
    Unknown(#[source] ReadError),
    /// One can't be assigned now.
    #[error(transparent)]
    Unassigned(#[from] ExecuteError<ConversationRefusal>),
}

/// Has the conversations with a lead's contact go along, as far as whoever hands it over sees them.
pub(crate) struct HandOver<'a> {
    /// What says whose the lead is.
    pub(crate) log: &'a LogReader,
    /// What shows them.
    pub(crate) reads: &'a TenantReads,
    /// What assigns them.
    pub(crate) conversations: &'a Executor<Conversation>,
    /// What she sees.
    pub(crate) viewer: TenantContext,
}

impl HandOver<'_> {
    /// With `lead`, to `member`, if she still is to see to it: whoever asks once more may come late. Each is a command of its own that
    /// follows from `of`, by which the lead went.
    pub(crate) async fn with(&self, lead: LeadId, member: MemberId, of: &CommandContext) -> Result<(), NotHandedOver> {
        let lead_now = self.log.load::<Lead>(lead.into()).await.map_err(NotHandedOver::Unknown)?;
        if lead_now.state.owner() != Some(member) {
            return Ok(());
        }
        let found = leads::leads_by_id(self.reads, self.viewer, &[lead.as_uuid()]).await;
        let Some(row) = found.map_err(NotHandedOver::Unread)?.pop() else { return Ok(()) };
        let hers = Condition::Is(ConversationField::Contact(IdIs::In(vec![row.contact.as_uuid()])));
        let list = ConversationList {
            filter: &hers,
            order: ConversationOrder::LatestActivity,
            columns: ConversationColumns::NONE,
        };
        let page = PageRequest::first(MOST_CONVERSATIONS);
        let found = inbox::conversations(self.reads, self.viewer, list, page).await.map_err(NotHandedOver::Unread)?;
        for conversation in found {
            let id = CommandId::derive(of.tenant, "lead.transfer", &[&of.id.to_string(), &conversation.id.to_string()]);
            let follows =
                CommandContext::new(of.tenant, id, of.actor.clone(), of.correlation.clone()).from_address(of.source);
            let conversation = ConversationId::from_uuid(conversation.id);
            let assign = ConversationCommand::Assign { member };
            match self.conversations.execute(conversation, assign, follows).await {
                // What can't be given to anybody stays where it is.
                Ok(_) | Err(ExecuteError::Refused(_) | ExecuteError::Erased) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
