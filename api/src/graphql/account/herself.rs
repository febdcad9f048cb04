//! The member who asks, for what only she does.

use async_graphql::{Context, Error};
use leadflow_domain::MemberId;
use uuid::Uuid;

use crate::auth::{Asked, Doors};
use crate::graphql::api::Request;
use crate::graphql::failure::forbidden;

/// A member, in the session in which she asks.
pub(super) struct Herself<'a> {
    pub(super) doors: &'a Doors,
    pub(super) member: MemberId,
    pub(super) session: Uuid,
    /// Her request.
    pub(super) asked: Asked<'a>,
}

impl<'a> Herself<'a> {
    /// Whoever asks.
    ///
    /// # Errors
    /// FORBIDDEN to whoever is no member who has signed in.
    pub(super) fn of(context: &Context<'a>) -> Result<Self, Error> {
        let request = Request::of(context)?;
        let (member, session) =
            request.viewer.session().ok_or_else(|| forbidden("only a member who has signed in has any of this"))?;
        let asked = Asked { request: &request.id, address: request.address };
        Ok(Self { doors: &request.api.doors, member, session, asked })
    }
}
