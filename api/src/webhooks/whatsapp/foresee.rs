//! What today's program makes of a body that was translated before, without doing any of it.

use leadflow_domain::CommandId;
use leadflow_event_store::LogReader;
use sqlx::PgPool;

use super::envelope::Reading;
use super::message::Inbound;
use super::translate::{RECEIVE, inbound, parse, routes, without_channel};
use crate::webhooks::items::ItemState;
use crate::webhooks::reprocess::{Foreseen, Outlook};

/// What each of `bodies` would come to, item by item.
pub(in crate::webhooks) async fn foresee(
    pool: &PgPool,
    reader: &LogReader,
    bodies: Vec<Vec<u8>>,
) -> Result<Vec<Vec<Foreseen>>, sqlx::Error> {
    let parsed = tokio::task::spawn_blocking(move || bodies.iter().map(|body| parse(body)).collect::<Vec<_>>());
    let bodies = parsed.await.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    let all = || bodies.iter().flat_map(|items| inbound(items));
    let routes = routes(pool, all()).await?;
    let command = |inbound: &Inbound| Some(routes.get(&inbound.phone_number_id)?.command(RECEIVE, inbound));
    let asked: Vec<CommandId> = all().filter_map(command).collect();
    let known = reader.known(&asked).await?;
    Ok(bodies
        .iter()
        .map(|items| {
            items
                .iter()
                .map(|item| Foreseen {
                    pointer: item.pointer.clone(),
                    kind: item.kind.clone(),
                    outlook: match &item.reading {
                        Reading::Inbound(inbound) => match command(inbound) {
                            None => Outlook::State(without_channel(&inbound.phone_number_id)),
                            Some(id) if known.contains_key(&id) => Outlook::Applied,
                            Some(_) => Outlook::Command,
                        },
                        Reading::Notice(reason) => Outlook::State(ItemState::Notice { reason: reason.clone() }),
                        Reading::Unreadable(reason) => Outlook::State(ItemState::Parked { reason: reason.clone() }),
                    },
                })
                .collect()
        })
        .collect())
}
