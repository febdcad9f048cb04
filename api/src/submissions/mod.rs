//! What somebody tells by a form, or somebody of the business enters of her: who she is, and what it becomes.
//!
//! Whichever way it comes, it is told under the id of one command, and all that leads to it has ids derived from that: told
//! again, it comes to the same.

mod identify;

pub use identify::{Holders, Identified, KnownBy, Lookup, Unidentified, holders, owner};

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::lead::{Answer, LeadCommand, LeadRefusal, LeadSource, Origin, Submission};
use leadflow_domain::{CommandId, LeadId, Personal, SourceId, SubmissionId, TenantId};
use leadflow_event_store::{CommandContext, ExecuteError, Receipt};

use crate::commands::Commands;

/// How far a provider's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// What is told.
#[derive(Debug, Clone)]
pub struct Told {
    /// What kind of place it comes from.
    pub source: LeadSource,
    /// Which.
    pub from: Option<SourceId>,
    /// When, by the provider's clock; where that does not say, when it was received.
    pub at: Timestamp,
    /// The provider's id of it.
    pub provider_lead_id: Option<Personal<String>>,
    /// What she is called.
    pub name: Option<Personal<String>>,
    /// Which ad led to it.
    pub origin: Origin,
    /// The click on it.
    pub click_id: Option<Personal<String>>,
    /// What was asked and answered.
    pub answers: Vec<Answer>,
}

/// The id of the command that submits what a provider calls `id`, by whichever of the tenant's sources it comes.
#[must_use]
pub fn command_of(tenant: TenantId, provider: &str, id: &str) -> CommandId {
    CommandId::derive(tenant, "lead.submit", &[provider, id])
}

/// When something was told, by what was `said` of that: a moment that is not years ahead, nor before there were any such programs.
/// Else when it was received.
#[must_use]
pub fn told_at(said: Option<Timestamp>, received_at: Timestamp) -> Timestamp {
    let latest = received_at.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
    said.filter(|at| at.as_second() > 0 && *at <= latest).unwrap_or(received_at)
}

/// Links what is told to the lead of whom it is about, which begins with it if there is none.
///
/// # Errors
/// What the lead says to it.
pub async fn submit(
    commands: &Commands,
    whom: Identified,
    told: Told,
    context: CommandContext,
) -> Result<Receipt, ExecuteError<LeadRefusal>> {
    let Told { source, from, at, provider_lead_id, name, origin, click_id, answers } = told;
    let submission = Submission {
        submission: SubmissionId::submitted_by(context.id),
        contact: whom.contact,
        source,
        from,
        submitted_at: at,
        provider_lead_id,
        name,
        origin,
        click_id,
        answers,
        added: whom.added,
    };
    commands.leads.execute(LeadId::of(whom.contact), LeadCommand::Submit(Box::new(submission)), context).await
}
