//! Which message of the business a status tells of: one that was sent from here, by what it carries or by the provider's id of it;
//! or one that was written elsewhere.

use std::collections::HashMap;

use leadflow_domain::outbound_message::{OutboundMessage, ProviderMessage, SentAs, provider_message_reservation};
use leadflow_domain::{DataSubjectId, IdentifierHash, Reservation, StreamId, TenantId};
use leadflow_event_store::{Keys, LogReader, reservation_owners};
use sqlx::PgPool;

use super::status::Status;
use super::translate::Route;
use crate::sending::read_callback;

/// The streams of messages, as far as they have begun.
pub(super) struct Messages {
    /// Whom the first event of each is about.
    begun: HashMap<StreamId, Option<DataSubjectId>>,
    /// Messages that were sent from here, by the provider's ids of them.
    sent: HashMap<(TenantId, IdentifierHash), StreamId>,
}

/// The message that a status tells of.
pub(super) struct Message {
    pub(super) stream: StreamId,
    /// Whom its stream is about, if it has begun.
    pub(super) begun: Option<Option<DataSubjectId>>,
    /// As what it was sent from here.
    pub(super) sent: Option<SentAs>,
}

impl Messages {
    /// Those that `statuses` tell of.
    pub(super) async fn of(
        pool: &PgPool,
        reader: &LogReader,
        keys: &Keys,
        statuses: &[(Route, &Status)],
    ) -> Result<Self, sqlx::Error> {
        let hash = |(route, status): &(Route, &Status)| (route.tenant, keys.provider_message_hash(&status.message));
        let hashes: Vec<(TenantId, IdentifierHash)> = statuses.iter().map(hash).collect();
        let reservations: Vec<(TenantId, Reservation)> =
            hashes.iter().map(|(tenant, hash)| (*tenant, provider_message_reservation(hash))).collect();
        let owners = reservation_owners(pool, &reservations).await?;
        let sent: HashMap<_, _> =
            hashes.into_iter().zip(owners).filter_map(|(asked, owner)| Some((asked, owner?.stream))).collect();
        let carried = statuses.iter().filter_map(|(_, status)| Some(carried(status)?.0));
        let elsewhere = statuses.iter().map(|(route, status)| route.message(keys, &status.message));
        let streams: Vec<StreamId> = carried.chain(elsewhere).chain(sent.values().copied()).collect();
        let begun = reader.begun::<OutboundMessage>(&streams).await?;
        Ok(Self { begun, sent })
    }

    /// The one that `status` tells of.
    pub(super) fn message(&self, route: Route, keys: &Keys, status: &Status) -> Message {
        let hash = keys.provider_message_hash(&status.message);
        let sent_as = |attempt| {
            let id = Some(status.message.clone().into());
            Some(SentAs { attempt, message: ProviderMessage { hash: hash.clone(), id } })
        };
        let ours = carried(status).filter(|(stream, _)| self.begun.contains_key(stream));
        let ours = ours.map(|(stream, attempt)| (stream, Some(attempt)));
        let known = || Some((*self.sent.get(&(route.tenant, hash.clone()))?, None));
        let (stream, sent) = match ours.or_else(known) {
            Some((stream, attempt)) => (stream, sent_as(attempt)),
            None => (route.message(keys, &status.message), None),
        };
        Message { stream, begun: self.begun.get(&stream).copied(), sent }
    }
}

/// The stream and the attempt that a status carries, if they are ours.
fn carried(status: &Status) -> Option<(StreamId, u32)> {
    let (message, attempt) = read_callback(status.callback_data.as_deref()?)?;
    Some((message.into(), attempt))
}
