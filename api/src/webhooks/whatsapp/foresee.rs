//! What today's program makes of a body that was translated before, without doing any of it.

use leadflow_domain::outbound_message::OutboundMessage;
use leadflow_domain::{CommandId, StreamId};
use leadflow_event_store::{Keys, LogReader};
use sqlx::PgPool;

use super::outbound::waiting_for;
use super::told::{Told, told};
use super::translate::{Route, parse, routes, without_channel};
use crate::webhooks::reprocess::{Foreseen, Outlook};

/// What each of `bodies` would come to, item by item.
pub(in crate::webhooks) async fn foresee(
    pool: &PgPool,
    reader: &LogReader,
    keys: &Keys,
    bodies: Vec<Vec<u8>>,
) -> Result<Vec<Vec<Foreseen>>, sqlx::Error> {
    let parsed = tokio::task::spawn_blocking(move || bodies.iter().map(|body| parse(body)).collect::<Vec<_>>());
    let bodies = parsed.await.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    let all = || bodies.iter().flat_map(|items| told(items));
    let routes = routes(pool, all()).await?;
    let routed = || all().filter_map(|told| Some((*routes.get(told.phone_number_id())?, told)));
    let asked: Vec<CommandId> = routed().map(|(route, told)| told.command(route)).collect();
    let known = reader.known(&asked).await?;
    let messages: Vec<StreamId> = routed().filter_map(|(route, told)| told.message(route, keys)).collect();
    let begun = reader.begun::<OutboundMessage>(&messages).await?;
    let outlook = |route: Route, told: Told<'_>| match told.message(route, keys) {
        _ if known.contains_key(&told.command(route)) => Outlook::Applied,
        Some(message) if !begun.contains_key(&message) => Outlook::State(waiting_for(message)),
        _ => Outlook::Command,
    };
    Ok(bodies
        .iter()
        .map(|items| {
            items
                .iter()
                .map(|item| Foreseen {
                    pointer: item.pointer.clone(),
                    kind: item.kind.clone(),
                    outlook: match Told::of(&item.reading) {
                        Err(state) => Outlook::State(state),
                        Ok(told) => match routes.get(told.phone_number_id()) {
                            None => Outlook::State(without_channel(told.phone_number_id())),
                            Some(route) => outlook(*route, told),
                        },
                    },
                })
                .collect()
        })
        .collect())
}
