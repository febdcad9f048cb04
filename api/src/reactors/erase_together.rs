//! Contacts who are one person are erased together: whoever wants to be forgotten wants it as the person she is, whichever of her
//! numbers she says it from. Who they are the log says, not a read model, which may be behind.

use leadflow_domain::contact::{Contact, ContactCommand, ContactRefusal};
use leadflow_domain::{CommandId, ContactId};
use leadflow_event_store::{Actor, CommandContext, ExecuteError, Executor, LogReader, PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use super::erase_from_deliveries::erased;

pub(super) const CONSUMER: &str = "reactor/erase_together";

/// Erases whoever is one person with somebody who was erased.
pub struct EraseTogether {
    contacts: Executor<Contact>,
    log: LogReader,
}

impl EraseTogether {
    /// Decides through `contacts` on what `log` has.
    #[must_use]
    pub fn new(contacts: Executor<Contact>, log: LogReader) -> Self {
        Self { contacts, log }
    }

    async fn erase(&self, cause: &RecordedEvent, other: ContactId) -> Result<(), PageError> {
        let (event, id) = (cause.id.to_string(), other.to_string());
        let id = CommandId::derive(cause.tenant, CONSUMER, &[&event, &id]);
        let context =
            CommandContext::new(cause.tenant, id, Actor::Reactor("erase_together"), cause.correlation.clone())
                .caused_by(event);
        match self.contacts.execute(other, ContactCommand::Erase, context).await {
            Ok(_) => Ok(()),
            Err(error) => Err(page_error(&error)),
        }
    }
}

impl Consumer for EraseTogether {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, events: &[RecordedEvent]) -> Result<(), PageError> {
        for cause in events {
            let Some(contact) = erased(cause) else { continue };
            for other in self.log.one_person_with(cause.tenant, contact).await? {
                if other != contact {
                    self.erase(cause, other).await?;
                }
            }
        }
        Ok(())
    }

    async fn write(&self, _rows: &mut PgConnection, _events: &[RecordedEvent]) -> Result<(), PageError> {
        Ok(())
    }
}

fn page_error(error: &ExecuteError<ContactRefusal>) -> PageError {
    match error {
        ExecuteError::Unavailable { .. } | ExecuteError::Contended | ExecuteError::Stopping(_) => {
            PageError::Later(error.to_string())
        }
        ExecuteError::Refused(_)
        | ExecuteError::RefusedBefore(_)
        | ExecuteError::Reserved { .. }
        | ExecuteError::NotHeld
        | ExecuteError::AnotherVersion { .. }
        | ExecuteError::ForeignStream
        | ExecuteError::Erased
        | ExecuteError::KeyReused
        | ExecuteError::Unstorable { .. }
        | ExecuteError::Unreadable(_) => PageError::Refused(format!("a person can't be erased: {error}")),
    }
}
