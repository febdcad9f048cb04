//! Why the log did not take a row, in words of ours: what a database says may quote what is in the row, and goes to the program's own
//! log alone.

use leadflow_domain::{Refusal, RefusalCode};
use leadflow_event_store::ExecuteError;

use crate::submissions::Unidentified;

/// Whose fault it is that a row was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Untold {
    /// The row's: however often it is told, nothing comes of it.
    Never(String),
    /// What was looked up for it has changed since: it is looked up anew, and should nothing come of it then, it is the row's.
    Changed(String),
    /// The log's, or the hour's.
    NotNow(String),
}

/// Who was erased.
const ERASED: &str = "is somebody who was erased";

/// A row's, of what some command for it came to.
pub(crate) fn untold<R: Refusal>(error: &ExecuteError<R>) -> Untold {
    let untold = match error {
        ExecuteError::Refused(refusal) if refusal.code() == RefusalCode::Erased => Untold::Changed(ERASED.to_owned()),
        ExecuteError::Refused(refusal) => Untold::Never(refusal.to_string()),
        ExecuteError::RefusedBefore(refusal) if refusal.code() == Some(RefusalCode::Erased) => {
            Untold::Changed(ERASED.to_owned())
        }
        ExecuteError::RefusedBefore(refusal) => Untold::Never(refusal.message().to_owned()),
        ExecuteError::Erased => Untold::Changed(ERASED.to_owned()),
        ExecuteError::Reserved { .. } => {
            Untold::Changed("has a phone or an address that has become somebody else's".to_owned())
        }
        ExecuteError::NotHeld | ExecuteError::AnotherVersion { .. } => {
            Untold::Changed("is somebody who is changed all the time".to_owned())
        }
        ExecuteError::ForeignStream => Untold::Never("is about nobody of the business's".to_owned()),
        ExecuteError::KeyReused => Untold::Never("was told before, and said otherwise".to_owned()),
        ExecuteError::Unstorable { .. } => Untold::Never("has something in it that can't be stored".to_owned()),
        ExecuteError::Unreadable(_) => Untold::Changed("is somebody of whom what is known can't be read".to_owned()),
        ExecuteError::Contended => Untold::NotNow("others change the same people all the time".to_owned()),
        ExecuteError::Unavailable { .. } => Untold::NotNow("the log does not answer".to_owned()),
        ExecuteError::Stopping(_) => Untold::NotNow("its process stopped".to_owned()),
    };
    if matches!(error, ExecuteError::Unstorable { .. } | ExecuteError::Unreadable(_) | ExecuteError::Unavailable { .. })
    {
        tracing::warn!(error = %error, "lead_imports.tell: the log did not take a row");
    }
    untold
}

/// The same, of looking up who somebody is.
pub(crate) fn unidentified(error: &Unidentified) -> Untold {
    match error {
        Unidentified::Database(error) => Untold::NotNow(unasked(error)),
        Unidentified::Refused(error) => untold(error),
    }
}

/// The database did not answer.
pub(super) fn unasked(error: &sqlx::Error) -> String {
    tracing::warn!(error = %error, "lead_imports: the database can't be asked");
    "the database can't be asked".to_owned()
}

#[cfg(test)]
mod tests {
    use leadflow_domain::StreamId;
    use leadflow_domain::contact::ContactRefusal;
    use uuid::Uuid;

    use super::*;

    fn told(error: ExecuteError<ContactRefusal>) -> Untold {
        untold(&error)
    }

    #[test]
    fn a_database_s_words_are_in_no_reason() {
        let quoted = || "duplicate key value: (+393331234567)".to_owned();
        for untold in [
            told(ExecuteError::Unstorable { reason: quoted() }),
            told(ExecuteError::Unavailable { reason: quoted() }),
            unidentified(&sqlx::Error::Protocol(quoted()).into()),
            told(ExecuteError::Reserved { holder: StreamId::from_uuid(Uuid::from_u128(7)) }),
        ] {
            let said = format!("{untold:?}");
            assert!(!said.contains("393331234567") && !said.contains("duplicate") && !said.contains("0007"), "{said}");
        }
    }

    #[test]
    fn what_is_a_row_s_own_fault_holds_up_no_other() {
        let never = [ExecuteError::KeyReused, ExecuteError::ForeignStream];
        assert!(never.into_iter().all(|error| matches!(told(error), Untold::Never(_))));
        let changed = [ExecuteError::Erased, ExecuteError::Refused(ContactRefusal::Erased), ExecuteError::NotHeld];
        assert!(changed.into_iter().all(|error| matches!(told(error), Untold::Changed(_))));
        let later = [ExecuteError::Contended, ExecuteError::Unavailable { reason: String::new() }];
        assert!(later.into_iter().all(|error| matches!(told(error), Untold::NotNow(_))));
    }
}
