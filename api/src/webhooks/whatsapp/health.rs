//! What is told of how numbers stand leads to each number that it is about: to the one that people read so, or to all of the account.

use jiff::Timestamp;
use leadflow_domain::CommandId;
use leadflow_domain::channel::ChannelCommand;
use leadflow_event_store::Keys;

use super::apps::{self, Apps};
use super::envelope::{EnvelopeItem, Reading};
use super::health_update::{HealthUpdate, digits};
use super::place::Place;
use super::templates::{Accounts, Number};
use super::translate::{Batch, Found, Route, outcome};
use crate::webhooks::items::ItemState;

/// The updates of how numbers stand among `items`.
pub(super) fn health_updates(items: &[EnvelopeItem]) -> impl Iterator<Item = &HealthUpdate> {
    items.iter().filter_map(|item| if let Reading::Health(update) = &item.reading { Some(&**update) } else { None })
}

impl Accounts {
    /// The numbers that the update is about, among those that `app` may tell of; else what becomes of the update.
    fn meant_by(&self, update: &HealthUpdate, app: Option<&str>, apps: &Apps) -> Result<Vec<&Number>, ItemState> {
        let all = self.numbers(&update.waba_id);
        let is_meant =
            |number: &&Number| update.number.as_ref().is_none_or(|told| digits(&number.display_phone) == *told);
        let meant: Vec<&Number> = all.iter().filter(is_meant).collect();
        if meant.is_empty() {
            let reason = "no connected number of this WhatsApp account is meant".to_owned();
            return Err(ItemState::Notice { reason });
        }
        let told: Vec<&Number> = meant.into_iter().filter(|number| apps.may_bring(app, number.route.channel)).collect();
        if told.is_empty() { Err(ItemState::Parked { reason: apps::ANOTHER_APP.to_owned() }) } else { Ok(told) }
    }

    /// The commands that an update becomes; else what becomes of it.
    pub(super) fn health_commands(
        &self,
        update: &HealthUpdate,
        app: Option<&str>,
        apps: &Apps,
        keys: &Keys,
    ) -> Result<Vec<CommandId>, ItemState> {
        let numbers = self.meant_by(update, app, apps)?;
        Ok(numbers.into_iter().map(|number| number.route.health_update(keys, update)).collect())
    }
}

impl Route {
    /// The id of what is told of how a number stands: the same told again is the same command again.
    fn health_update(self, keys: &Keys, update: &HealthUpdate) -> CommandId {
        let told = keys.told_hash(&[update.waba_id.as_str(), &update.told_at.given(), &update.fingerprint]);
        CommandId::derive(self.tenant, "whatsapp.health", &[&self.channel.to_string(), told.as_str()])
    }
}

impl Batch<'_> {
    /// Records what a delivery tells of how numbers stand, in its order.
    pub(super) async fn record_health_updates(
        &self,
        updates: Vec<(usize, &HealthUpdate)>,
        app: Option<&str>,
        received_at: Timestamp,
        correlation: &str,
    ) -> Vec<(usize, Found)> {
        let mut found = Vec::with_capacity(updates.len());
        for (nth, update) in updates {
            let numbers = match self.accounts.meant_by(update, app, &self.apps) {
                Ok(numbers) => numbers,
                Err(state) => {
                    found.push((nth, Found { tenant: None, contact: None, outcome: Ok(state) }));
                    continue;
                }
            };
            let mut came_to: Option<Found> = None;
            for Number { route, phone_number_id, .. } in numbers {
                let _turn = self.turns.take(route.tenant).await;
                let during = self.during(*route, received_at, correlation);
                let (at, _) = during.when(&update.told_at);
                let context =
                    during.context_of(route.health_update(self.keys, update), &Place::Number(phone_number_id.clone()));
                let command = context.id;
                let (waba_id, news) = (update.waba_id.clone(), update.news.clone());
                let tell = ChannelCommand::TellHealth { waba_id, news, at };
                let receipt = self.commands.channels.execute(route.channel, tell, context).await;
                let outcome = outcome(receipt, command, false);
                let is_first = came_to.is_none();
                // What one number could not be told is told again to all: to the others that means nothing.
                if is_first || outcome.is_err() {
                    came_to = Some(Found { tenant: Some(route.tenant), contact: None, outcome });
                }
            }
            found.extend(came_to.map(|came_to| (nth, came_to)));
        }
        found
    }
}
