//! What today's program makes of a body that was translated before, without doing any of it.

use leadflow_domain::CommandId;
use leadflow_event_store::{Keys, LogReader, ReadError};
use sqlx::PgPool;

use super::apps;
use super::corrections::Understood;
use super::envelope::Reading;
use super::health::health_updates;
use super::leads::{Becomes, Pages, notices, reading};
use super::outbound::waiting_for;
use super::sent::{Message, Messages};
use super::templates::{Accounts, updates};
use super::told::{Told, told};
use super::translate::{Route, parse, routes};
use crate::webhooks::items::ItemState;
use crate::webhooks::reprocess::{Foreseen, Outlook, SignedBody};

/// What each of `bodies` would come to, item by item.
pub(in crate::webhooks) async fn foresee(
    pool: &PgPool,
    reader: &LogReader,
    keys: &Keys,
    bodies: Vec<SignedBody>,
) -> Result<Vec<Vec<Foreseen>>, ReadError> {
    let parsed = tokio::task::spawn_blocking(move || {
        let parsed = |SignedBody { delivery, app, body, .. }| (delivery, app, parse(&body));
        bodies.into_iter().map(parsed).collect::<Vec<_>>()
    });
    let bodies = parsed.await.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    let all = || bodies.iter().flat_map(|(.., items)| told(items));
    let routes = routes(pool, all()).await?;
    let accounts = Accounts::of(pool, bodies.iter().flat_map(|(.., items)| items)).await?;
    let mut noticed = Vec::new();
    for (.., items) in &bodies {
        noticed.extend(notices(items).map(|(_, notice)| (notice, None)));
    }
    let pages = Pages::of(pool, reader, &noticed).await?;
    let everywhere = routes.values().copied().chain(accounts.routes());
    let apps = apps::of(reader, everywhere.map(|route| route.channel)).await?;
    let routed = || all().filter_map(|told| Some((*routes.get(&told.place())?, told)));
    let of_templates = bodies.iter().flat_map(|(_, app, items)| {
        let commands = updates(items).filter_map(|update| accounts.commands(update, app.as_deref(), &apps, keys).ok());
        commands.flatten()
    });
    let of_health = bodies.iter().flat_map(|(_, app, items)| {
        let health = health_updates(items);
        let commands = health.filter_map(|update| accounts.health_commands(update, app.as_deref(), &apps, keys).ok());
        commands.flatten()
    });
    let asked: Vec<CommandId> =
        routed().map(|(route, told)| told.command(route, keys)).chain(of_templates).chain(of_health).collect();
    let known = reader.known(&asked).await?;
    let statuses: Vec<_> = routed().filter_map(|(route, told)| Some((route, told.status()?))).collect();
    let messages = Messages::of(pool, reader, keys, &statuses).await?;
    let understood = Understood::of(reader, known.values().copied()).await?;
    let outlook = |delivery: i64, route: Route, told: Told<'_>| match (
        known.get(&told.command(route, keys)),
        told.status().map(|status| messages.message(route, keys, status)),
    ) {
        (Some(known), _) => Outlook::Applied(understood.otherwise(delivery, route, *known, told).map(Box::new)),
        (None, Some(Message { stream, begun: None, .. })) => Outlook::State(waiting_for(stream)),
        (None, _) => Outlook::Command,
    };
    let of_account = |commands: Result<Vec<CommandId>, ItemState>| match commands {
        Err(state) => Outlook::State(state),
        Ok(commands) if commands.iter().all(|command| known.contains_key(command)) => Outlook::Applied(None),
        Ok(_) => Outlook::Command,
    };
    Ok(bodies
        .iter()
        .map(|(delivery, app, items)| {
            items
                .iter()
                .map(|item| Foreseen {
                    pointer: item.pointer.clone(),
                    kind: item.kind.clone(),
                    outlook: if let Reading::Template(update) = &item.reading {
                        of_account(accounts.commands(update, app.as_deref(), &apps, keys))
                    } else if let Reading::Health(update) = &item.reading {
                        of_account(accounts.health_commands(update, app.as_deref(), &apps, keys))
                    } else if let Reading::Lead(notice) = &item.reading {
                        match pages.becomes(notice, app.as_deref(), None) {
                            Becomes::State(_, _, ItemState::Applied { .. }) => Outlook::Applied(None),
                            Becomes::State(_, _, state) => Outlook::State(state),
                            Becomes::Read(_, _, submission) if pages.is_being_read(submission) => {
                                Outlook::State(reading(submission))
                            }
                            Becomes::Read(..) => Outlook::Command,
                        }
                    } else {
                        match Told::of(&item.reading) {
                            Err(state) => Outlook::State(state),
                            Ok(told) => match routes.get(&told.place()) {
                                None => Outlook::State(told.place().without_channel()),
                                Some(route) if !apps.may_bring(app.as_deref(), route.channel) => {
                                    Outlook::State(ItemState::Parked { reason: apps::ANOTHER_APP.to_owned() })
                                }
                                Some(route) => outlook(*delivery, *route, told),
                            },
                        }
                    },
                })
                .collect()
        })
        .collect())
}
