//! What follows when Meta can't be asked, or says no.

use std::time::Duration;

use leadflow_domain::source::{Source, SourceCommand};
use leadflow_domain::{CommandId, CredentialId, Refusal, RefusalCode, SourceId};
use leadflow_event_store::{Actor, CommandContext, ExecuteError};
use leadflow_gateways::whatsapp::AccessToken;

use super::Reading;
use super::submit::PROVIDER;
use crate::jobs::{Job, Worked};

/// Before it is tried again for the first time; it doubles with each attempt.
const FIRST: Duration = Duration::from_secs(2);

/// How soon what waits for other credentials is looked at, once its lane goes on.
const SOON: Duration = Duration::from_secs(5);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(900);

/// What a page is read with.
pub(super) struct Access {
    pub(super) page_id: String,
    pub(super) credential: CredentialId,
    pub(super) token: AccessToken,
}

/// What a page can be read with now; else what comes of the job, or nothing where no page is connected.
pub(super) async fn access(reading: &Reading, job: &Job, source: &Source) -> Result<Option<Access>, Worked> {
    let (Some(page), Some(credential)) = (source.page(), source.credential()) else { return Ok(None) };
    if source.is_reading_stopped() {
        return Err(until_resumed("the provider does not take the page's credentials".to_owned()));
    }
    let token = reading.credentials.token(job.tenant, credential).await;
    let token = token.map_err(|error| later(job, error.to_string()))?;
    // They may have been replaced a moment ago.
    let token = token.ok_or_else(|| later(job, "the page's credentials are not there".to_owned()))?;
    Ok(Some(Access { page_id: page.page_id.as_str().to_owned(), credential, token }))
}

/// It waits for other credentials: whoever reads in the log that there are none, or that there are, stops its lane and lets it go on,
/// in the order of the log.
fn until_resumed(reason: String) -> Worked {
    Worked::Again { after: SOON, reason }
}

/// It is tried again, later each time.
pub(super) fn later(job: &Job, reason: String) -> Worked {
    Worked::later(job, FIRST, LONGEST, reason)
}

/// Meta takes the credentials no longer: the page says so, and all that is read with them waits.
pub(super) async fn stop(reading: &Reading, job: &Job, source: SourceId, access: &Access, code: i64) -> Worked {
    let id = CommandId::derive(job.tenant, "page.stop_reading", &[&access.credential.to_string()]);
    let context = CommandContext::new(job.tenant, id, Actor::Provider(PROVIDER), format!("job:{}", job.id));
    let command = SourceCommand::StopReading { credential: access.credential, code };
    match reading.commands.sources.execute(source, command, context).await {
        Ok(_) => until_resumed(format!("the provider does not take the page's credentials, code {code}")),
        Err(error) => later(job, error.to_string()),
    }
}

/// Why a command never will be done, however often it is asked for; nothing where it may be.
pub(super) fn never<R: Refusal>(error: &ExecuteError<R>) -> Option<String> {
    match error {
        // She was erased since she was looked up: the next look finds nobody, or whoever has her number now.
        ExecuteError::Refused(refusal) if refusal.code() == RefusalCode::Erased => None,
        ExecuteError::Refused(_)
        | ExecuteError::RefusedBefore(_)
        | ExecuteError::Reserved { .. }
        | ExecuteError::AnotherVersion { .. }
        | ExecuteError::ForeignStream
        | ExecuteError::KeyReused
        | ExecuteError::Unstorable { .. } => Some(error.to_string()),
        ExecuteError::NotHeld
        | ExecuteError::Erased
        | ExecuteError::Contended
        | ExecuteError::Unavailable { .. }
        | ExecuteError::Unreadable(_)
        | ExecuteError::Stopping(_) => None,
    }
}
