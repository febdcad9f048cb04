//! What all mutations have in common: the form, the command's identity, and what a refusal is to the client.

use std::fmt::Display;

use async_graphql::{Context, Error};
use leadflow_domain::api_key::ApiKeyCommand;
use leadflow_domain::member::{DeniedAction, MemberCommand};
use leadflow_domain::role::Permission;
use leadflow_domain::{CommandId, Refusal, RefusalCode};
use leadflow_event_store::{CommandContext, ExecuteError, Receipt, entropy};
use leadflow_projections::Freshness;
use serde_json::{Map, Value as Json};

use super::api::Request;
use super::failure::{bad_input, internal};
use super::payload::{UserError, UserErrorCode};
use super::position::Position;

/// Longest idempotency key, in characters.
const LONGEST_KEY: usize = 255;

/// Why a mutation did nothing.
pub(super) enum NotDone {
    /// What the input says can't be so, is about nothing that there is, or may not be done by whoever asks: data, for the payload.
    Invalid(Vec<UserError>),
    /// An error.
    Failed(Error),
}

impl NotDone {
    /// That it can't be done, and which field of the input says so.
    pub(super) fn refused(code: UserErrorCode, message: impl Into<String>, field: &str) -> Self {
        Self::Invalid(vec![UserError::new(code, message.into(), Some(field))])
    }
}

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What the fields of an input say. All that can't be so is told at once.
#[derive(Default)]
pub(super) struct Form {
    wrong: Vec<UserError>,
}

impl Form {
    /// What a field says; nothing when that can't be so, which is put down.
    pub(super) fn read<T, E: Display>(&mut self, field: &str, said: Result<T, E>) -> Option<T> {
        said.map_err(|why| self.wrong.push(UserError::invalid(field, &why))).ok()
    }

    /// What all its fields come to, if each says what can be.
    pub(super) fn all<T>(self, said: Option<T>) -> Result<T, NotDone> {
        said.filter(|_| self.wrong.is_empty()).ok_or(NotDone::Invalid(self.wrong))
    }
}

/// What the one field of an input that can say what can't be so says.
pub(super) fn valid<T, E: Display>(field: &str, said: Result<T, E>) -> Result<T, NotDone> {
    said.map_err(|why| NotDone::Invalid(vec![UserError::invalid(field, &why)]))
}

/// What a mutation answers. An error is of this field alone: others of the request have done what they did, and say so.
pub(super) async fn answer<Outcome: From<Vec<UserError>>, Payload>(
    done: impl Future<Output = Result<Outcome, NotDone>>,
    payload: impl FnOnce(Outcome) -> Payload,
) -> Option<Result<Payload, Error>> {
    Some(match done.await {
        Ok(outcome) => Ok(payload(outcome)),
        Err(NotDone::Invalid(wrong)) => Ok(payload(wrong.into())),
        Err(NotDone::Failed(error)) => Err(error),
    })
}

/// The context of the command that the field being resolved asks for, which whoever may do `needed` may ask. With an
/// idempotency key the same request again is the same command, whose outcome is kept. It is decided on the expected version
/// of its stream alone, if there is one.
pub(super) async fn command_context(
    context: &Context<'_>,
    request: &Request,
    needed: Permission,
    idempotency_key: Option<&str>,
    expected_version: Option<i64>,
) -> Result<CommandContext, NotDone> {
    must_be_allowed(context, request, needed).await?;
    Ok(identified(context, request, idempotency_key, expected_version)?)
}

/// The context of a command that somebody asks for of herself, and needs no permission for.
pub(super) fn own_command_context(
    context: &Context<'_>,
    request: &Request,
    idempotency_key: Option<&str>,
    expected_version: Option<i64>,
) -> Result<CommandContext, NotDone> {
    Ok(identified(context, request, idempotency_key, expected_version)?)
}

/// Does nothing for whoever may not do `needed`, but to remember that she tried. Where an input is judged before the command's
/// context is made, this comes first: to her it tells nothing, and what she tried is kept.
pub(super) async fn must_be_allowed(
    context: &Context<'_>,
    request: &Request,
    needed: Permission,
) -> Result<(), NotDone> {
    let viewer = &request.viewer;
    if viewer.permissions().contains(needed) {
        return Ok(());
    }
    let action = DeniedAction::parse(context.field().name()).map_err(|error| internal("denied", &error))?;
    let id = CommandId::derive(viewer.tenant(), "graphql", &[&entropy::uuid().to_string()]);
    let command_context =
        CommandContext::new(viewer.tenant(), id, viewer.actor(), request.id.clone()).from_address(request.address);
    let commands = &request.api.commands;
    if let Some(member) = viewer.member() {
        let deny = MemberCommand::Deny { action, permission: needed };
        kept(commands.members.execute(member, deny, command_context).await)?;
    } else if let Some(key) = viewer.api_key() {
        let deny = ApiKeyCommand::Deny { action, permission: needed };
        kept(commands.api_keys.execute(key, deny, command_context).await)?;
    }
    let message = format!("this needs the permission {}", needed.as_str());
    Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::Forbidden, message, None)]))
}

/// That it is kept what somebody tried. Who was put out since, or what was revoked, is denied all the same.
fn kept<R: Refusal>(answer: Result<Receipt, ExecuteError<R>>) -> Result<(), Error> {
    match answer {
        Ok(_) | Err(ExecuteError::Refused(_)) => Ok(()),
        Err(error) => Err(internal("denied", &error)),
    }
}

/// Which command the field being resolved asks for.
fn identified(
    context: &Context<'_>,
    request: &Request,
    idempotency_key: Option<&str>,
    expected_version: Option<i64>,
) -> Result<CommandContext, Error> {
    let (tenant, address) = (request.viewer.tenant(), request.address);
    let command = |id| {
        let command = CommandContext::new(tenant, id, request.viewer.actor(), request.id.clone());
        command.expecting(expected_version).from_address(address)
    };
    let Some(key) = idempotency_key else {
        return Ok(command(CommandId::derive(tenant, "graphql", &[&entropy::uuid().to_string()])));
    };
    if !(1..=LONGEST_KEY).contains(&key.chars().count()) {
        let message = format!("`idempotencyKey` must have 1 to {LONGEST_KEY} characters");
        return Err(bad_input("idempotencyKey", &message));
    }
    let field = context.field();
    let mut asked = Map::new();
    for (name, value) in field.arguments()? {
        asked.insert(name.to_string(), value.into_json().map_err(|error| internal("request", &error))?);
    }
    // Keys of JSON objects come sorted, so the same input written in another order is the same request; and so is one that
    // leaves out what is null in the other.
    let asked = without_nulls(Json::Object(asked)).to_string();
    let id = CommandId::derive(tenant, "graphql.idempotency_key", &[key]);
    let hash = request.api.keys.request_hash(&[field.name(), &asked]);
    Ok(command(id).with_receipt(hash))
}

/// `value` without the fields that are null. An entry of a list that is null is an entry.
fn without_nulls(value: Json) -> Json {
    match value {
        Json::Object(object) => {
            let said = object.into_iter().filter(|(_, value)| !value.is_null());
            Json::Object(said.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Json::Array(list) => Json::Array(list.into_iter().map(without_nulls).collect()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value,
    }
}

/// What a command came to, for its payload.
pub(super) struct CameTo {
    /// Why it was refused; empty when it was done, or was already so.
    pub(super) user_errors: Vec<UserError>,
    /// Where its stream's newest event is; none when it was refused.
    pub(super) position: Option<Position>,
    /// The payload shows its entity, as it is from this position on; none when it shows none.
    pub(super) shows: Option<i64>,
}

/// What a command came to; an error when it is our fault. `what` and `field` name what does not exist.
pub(super) fn came_to<R: Refusal>(
    answer: Result<Receipt, ExecuteError<R>>,
    what: &'static str,
    field: &'static str,
) -> Result<CameTo, Error> {
    let error = match answer {
        Ok(Receipt { position, .. }) => {
            return Ok(CameTo { user_errors: vec![], position: Some(Position(position)), shows: Some(position) });
        }
        Err(error) => error,
    };
    let shows = if let ExecuteError::AnotherVersion { position, .. } = &error {
        Some(*position)
    } else if let ExecuteError::RefusedBefore(refusal) = &error {
        // Where it was then is not kept.
        (refusal.code() == Some(RefusalCode::AnotherVersion)).then_some(0)
    } else {
        None
    };
    Ok(CameTo { user_errors: vec![refused(error, what, field)?], position: None, shows })
}

fn refused<R: Refusal>(error: ExecuteError<R>, what: &'static str, field: &'static str) -> Result<UserError, Error> {
    let code = match &error {
        ExecuteError::Refused(refusal) => return Ok(UserError::refused(refusal)),
        ExecuteError::RefusedBefore(refusal) => return Ok(UserError::refused_before(refusal)),
        // Another tenant's does not exist.
        ExecuteError::ForeignStream => {
            return Ok(UserError::new(UserErrorCode::NotFound, format!("there is no such {what}"), Some(field)));
        }
        ExecuteError::AnotherVersion { .. } => {
            return Ok(UserError::new(UserErrorCode::Conflict, error.to_string(), Some("expectedVersion")));
        }
        ExecuteError::Contended | ExecuteError::NotHeld => UserErrorCode::Contended,
        ExecuteError::Erased => UserErrorCode::Erased,
        ExecuteError::KeyReused => {
            let message = error.to_string();
            return Ok(UserError::new(UserErrorCode::IdempotencyKeyReused, message, Some("idempotencyKey")));
        }
        ExecuteError::Reserved { .. }
        | ExecuteError::Unstorable { .. }
        | ExecuteError::Unavailable { .. }
        | ExecuteError::Unreadable(_)
        | ExecuteError::Stopping(_) => return Err(internal("mutation", &error)),
    };
    Ok(UserError::new(code, error.to_string(), None))
}

/// What was done can't be shown now.
pub(super) fn lagging(error: &dyn Display) -> Freshness {
    tracing::error!(error = %error, "graphql.mutate: done, and can't be shown now");
    Freshness::Lagging
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_null_is_as_good_as_left_out() {
        let said = json!({ "a": 1, "b": null, "c": { "d": null, "e": [{ "f": null }, null] }, "g": "" });
        assert_eq!(without_nulls(said), json!({ "a": 1, "c": { "e": [{}, null] }, "g": "" }));
    }
}
