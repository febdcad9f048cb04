//! What the mutations of two contacts have in common: whom they are about, how these stand, the command, the wait, the answer.

use async_graphql::{Context, ID, SimpleObject};
use leadflow_domain::ContactId;
use leadflow_domain::contact::{Contact as State, ContactCommand, ContactRefusal, MergeReason, Standing};
use leadflow_domain::role::Permission;
use leadflow_event_store::{CommandContext, ExecuteError, Loaded, Receipt, RestsOn};
use leadflow_projections::inbox;

use super::types::Contact;
use crate::graphql::api::Request;
use crate::graphql::command::{CameTo, NotDone, came_to, command_context, lagging, must_be_allowed, valid};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{Staleness, UserError, UserErrorCode, staleness};
use crate::graphql::position::Position;
use crate::graphql::seen::must_see;

/// How often it is looked again when the other one's stream goes on meanwhile.
const LOOKS: u32 = 8;

/// What a mutation of two contacts answers.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct MergeOutcome {
    /// Who stands for both, or stood, as she is now; null when it was refused, unless for another version, and when she can't be
    /// shown yet (see `stale`).
    winner: Option<Contact>,
    /// The other one, likewise; while she is merged, `mergedInto` says into whom.
    loser: Option<Contact>,
    /// Why it was refused; empty when it was done, or was already so.
    user_errors: Vec<UserError>,
    /// The loser's newest event in the log; null when it was refused.
    position: Option<Position>,
    /// Set when the inbox may still show how it was.
    stale: Option<Staleness>,
}

impl From<Vec<UserError>> for MergeOutcome {
    /// Nothing was done, for these reasons.
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// What every mutation of two contacts is told.
pub(super) struct Asked {
    pub(super) winner_id: ID,
    pub(super) loser_id: ID,
    pub(super) reason: Option<String>,
    pub(super) idempotency_key: Option<String>,
    pub(super) expected_version: Option<i64>,
    pub(super) expected_winner_version: Option<i64>,
}

/// Two contacts, by the fields that name them: the one whose stream decides, and the other one, on whose stream that rests.
pub(super) struct Two {
    pub(super) decides: (&'static str, ContactId),
    pub(super) other: (&'static str, ContactId),
    /// The version of the other one alone on which it may be decided.
    pub(super) expected_other: Option<i64>,
}

/// Decides what `command` makes of the loser, the winner's standing and why, waits for the inbox to show it, and reads both back.
pub(super) async fn merge(
    context: &Context<'_>,
    asked: Asked,
    command: fn(ContactId, ContactId, Standing, Option<MergeReason>) -> ContactCommand,
) -> Result<MergeOutcome, NotDone> {
    let request = Request::of(context)?;
    let winner = ContactId::from_uuid(decode_as(Kind::Contact, "winnerId", &asked.winner_id)?);
    let loser = ContactId::from_uuid(decode_as(Kind::Contact, "loserId", &asked.loser_id)?);
    let needed = Permission::WorkConversations;
    must_be_allowed(context, request, needed).await?;
    let reason = asked.reason.map(|said| valid("reason", MergeReason::parse(&said))).transpose()?;
    let (key, expected_version) = (asked.idempotency_key.as_deref(), asked.expected_version);
    let command_context = command_context(context, request, needed, key, expected_version).await?;
    let two =
        Two { decides: ("loserId", loser), other: ("winnerId", winner), expected_other: asked.expected_winner_version };
    let decided =
        decide(request, &two, command_context, |standing| command(loser, winner, standing, reason.clone())).await?;
    let CameTo { user_errors, position, shows } = decided;
    let Some(shows) = shows else { return Ok(user_errors.into()) };
    let (mut found, stale) = shown(request, &[winner, loser], shows).await;
    Ok(MergeOutcome { winner: found.remove(0), loser: found.remove(0), user_errors, position, stale })
}

/// What a command comes to that rests on how the other one of two stands. While her stream goes on, it is decided anew.
pub(super) async fn decide(
    request: &Request,
    two: &Two,
    context: CommandContext,
    command: impl Fn(Standing) -> ContactCommand,
) -> Result<CameTo, NotDone> {
    let contacts = &request.api.commands.contacts;
    for (field, id) in [two.decides, two.other] {
        must_see(request, Kind::Contact, id.as_uuid(), ("contact", field)).await?;
    }
    // What it came to before counts, however both stand by now.
    if let Some(answer) = contacts.before(&context).await {
        return Ok(came_to(answer, "contact", two.decides.0)?);
    }
    for _ in 0..LOOKS {
        for (field, id) in [two.decides, two.other] {
            let found = load(request, id).await?;
            if found.state.standing() == Standing::Unknown {
                let message = "there is no such contact".to_owned();
                return Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::NotFound, message, Some(field))]));
            }
        }
        let other = load(request, two.other.1).await?;
        if let Some(expected) = two.expected_other.filter(|expected| *expected != other.version) {
            let message = format!("it is at version {}, and {expected} was expected", other.version);
            let conflict = UserError::new(UserErrorCode::Conflict, message, Some("expectedWinnerVersion"));
            return Ok(CameTo { user_errors: vec![conflict], position: None, shows: Some(other.position) });
        }
        let resting = context.clone().resting_on(Some(RestsOn::of::<State>(two.other.1, other.version)));
        let answer: Result<Receipt, ExecuteError<ContactRefusal>> =
            contacts.execute(two.decides.1, command(other.state.standing()), resting).await;
        if !matches!(answer, Err(ExecuteError::NotHeld)) {
            return Ok(came_to(answer, "contact", two.decides.0)?);
        }
    }
    Ok(came_to(Err(ExecuteError::<ContactRefusal>::Contended), "contact", two.decides.0)?)
}

/// A contact as the log has her; of another business there is none.
async fn load(request: &Request, id: ContactId) -> Result<Loaded<State>, NotDone> {
    let found = request.api.log.load::<State>(id.into()).await.map_err(|error| internal("contact", &error))?;
    let is_hers = found.tenant == Some(request.viewer.tenant());
    Ok(if is_hers { found } else { Loaded::default() })
}

/// Each of `ids`, once the inbox shows what was done.
pub(super) async fn shown(
    request: &Request,
    ids: &[ContactId],
    position: i64,
) -> (Vec<Option<Contact>>, Option<Staleness>) {
    let api = &request.api;
    // It is done; what fails from here on makes the answer older, not the mutation undone.
    let freshness = request.patience.shows(api, &[&inbox::DEFINITION], position).await;
    let found = inbox::contacts_by_id(&api.reads, request.viewer.context(), ids).await;
    let (rows, freshness) = match found {
        Ok(rows) => (rows, freshness),
        Err(error) => (vec![], lagging(&error)),
    };
    let one = |id: &ContactId| rows.iter().find(|row| row.id == id.as_uuid()).cloned().map(Contact::from);
    (ids.iter().map(one).collect(), staleness(freshness))
}
