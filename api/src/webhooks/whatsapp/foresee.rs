//! What today's program makes of a body that was translated before, without doing any of it.

use leadflow_domain::CommandId;
use leadflow_event_store::LogReader;
use sqlx::PgPool;

use super::envelope::Reading;
use super::text::InboundText;
use super::translate::{RECEIVE, command_id, parse, routes, without_channel};
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
    let texts = || {
        bodies.iter().flatten().filter_map(|item| match &item.reading {
            Reading::Text(text) => Some(text.as_ref()),
            Reading::NotReadYet(_) | Reading::Unreadable(_) => None,
        })
    };
    let routes = routes(pool, texts()).await?;
    let command = |text: &InboundText| Some(command_id(*routes.get(&text.phone_number_id)?, RECEIVE, text));
    let asked: Vec<CommandId> = texts().filter_map(command).collect();
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
                        Reading::Text(text) => match command(text) {
                            None => Outlook::State(without_channel(&text.phone_number_id)),
                            Some(id) if known.contains_key(&id) => Outlook::Applied,
                            Some(_) => Outlook::Command,
                        },
                        Reading::NotReadYet(reason) => {
                            Outlook::State(ItemState::Notice { reason: (*reason).to_owned() })
                        }
                        Reading::Unreadable(reason) => Outlook::State(ItemState::Parked { reason: reason.clone() }),
                    },
                })
                .collect()
        })
        .collect())
}
