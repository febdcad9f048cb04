//! What today's program makes of a body that was translated before, without doing any of it.

use leadflow_domain::CommandId;
use leadflow_event_store::LogReader;
use sqlx::PgPool;

use super::translate::{Told, parse, routes, told, without_channel};
use crate::webhooks::reprocess::{Foreseen, Outlook};

/// What each of `bodies` would come to, item by item.
pub(in crate::webhooks) async fn foresee(
    pool: &PgPool,
    reader: &LogReader,
    bodies: Vec<Vec<u8>>,
) -> Result<Vec<Vec<Foreseen>>, sqlx::Error> {
    let parsed = tokio::task::spawn_blocking(move || bodies.iter().map(|body| parse(body)).collect::<Vec<_>>());
    let bodies = parsed.await.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    let all = || bodies.iter().flat_map(|items| told(items));
    let routes = routes(pool, all()).await?;
    let command = |told: Told<'_>| Some(told.command(*routes.get(told.phone_number_id())?));
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
                    outlook: match Told::of(&item.reading) {
                        Err(state) => Outlook::State(state),
                        Ok(told) => match command(told) {
                            None => Outlook::State(without_channel(told.phone_number_id())),
                            Some(id) if known.contains_key(&id) => Outlook::Applied,
                            Some(_) => Outlook::Command,
                        },
                    },
                })
                .collect()
        })
        .collect())
}
