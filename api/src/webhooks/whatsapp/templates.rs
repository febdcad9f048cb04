//! What is told of templates leads to whoever has a number of their account now: to each business that does, on a stream of its own.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use leadflow_domain::channel::ProviderId;
use leadflow_domain::template::{Telling, TemplateCommand};
use leadflow_domain::{ChannelId, CommandId, TemplateId, TenantId};
use leadflow_event_store::Keys;
use leadflow_projections::inbox;
use sqlx::{PgPool, Row};

use super::apps::Apps;
use super::envelope::{EnvelopeItem, Reading};
use super::place::Place;
use super::template_update::{TemplateChange, TemplateUpdate};
use super::translate::{Batch, Found, Route, outcome};
use crate::webhooks::items::ItemState;

/// The connected numbers of accounts.
#[derive(Debug, Default)]
pub(super) struct Accounts(HashMap<String, Vec<Number>>);

/// A connected number of an account.
#[derive(Debug)]
pub(super) struct Number {
    pub(super) route: Route,
    pub(super) phone_number_id: String,
    /// As people read it.
    pub(super) display_phone: String,
}

/// The updates of templates among `items`.
pub(super) fn updates(items: &[EnvelopeItem]) -> impl Iterator<Item = &TemplateUpdate> {
    items.iter().filter_map(|item| if let Reading::Template(update) = &item.reading { Some(&**update) } else { None })
}

/// The account that an item tells of, where it is routed by that.
fn account(item: &EnvelopeItem) -> Option<&str> {
    match &item.reading {
        Reading::Template(update) => Some(update.key.waba_id.as_str()),
        Reading::Health(update) => Some(update.waba_id.as_str()),
        Reading::Inbound(_)
        | Reading::Echo(_)
        | Reading::Status(_)
        | Reading::Group(_)
        | Reading::Lead(_)
        | Reading::Reach(_)
        | Reading::Notice(_)
        | Reading::Unreadable(_)
        | Reading::Fact(_) => None,
    }
}

impl Accounts {
    /// Looks up the accounts of which `items` tell: what the inbox shows of numbers. One that was connected a moment ago may be missing;
    /// the sync that follows tells all there is of its templates.
    pub(super) async fn of(pool: &PgPool, items: impl Iterator<Item = &EnvelopeItem>) -> Result<Self, sqlx::Error> {
        let accounts: BTreeSet<&str> = items.filter_map(account).collect();
        if accounts.is_empty() {
            return Ok(Self::default());
        }
        let sql = format!(
            "select waba_id, tenant_id, channel_id, phone_number_id, display_phone from {}.channels \
             where status = 'connected' and waba_id = any($1) order by tenant_id, channel_id",
            inbox::SCHEMA
        );
        let rows = sqlx::query(&sql).bind(accounts.into_iter().collect::<Vec<_>>()).fetch_all(pool).await?;
        let mut found: HashMap<String, Vec<Number>> = HashMap::new();
        for row in rows {
            let route = Route {
                tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
                channel: ChannelId::from_uuid(row.try_get("channel_id")?),
            };
            let (phone_number_id, display_phone) = (row.try_get("phone_number_id")?, row.try_get("display_phone")?);
            let number = Number { route, phone_number_id, display_phone };
            found.entry(row.try_get("waba_id")?).or_default().push(number);
        }
        Ok(Self(found))
    }

    /// The connected numbers of an account.
    pub(super) fn numbers(&self, account: &ProviderId) -> &[Number] {
        self.0.get(account.as_str()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where its numbers lead.
    pub(super) fn routes(&self) -> impl Iterator<Item = Route> {
        self.0.values().flatten().map(|number| number.route)
    }

    /// One number of each business that has one of the update's account, among those that `app` may tell of; else what becomes of the
    /// update.
    fn told_to(&self, update: &TemplateUpdate, app: Option<&str>, apps: &Apps) -> Result<Vec<&Number>, ItemState> {
        let Some(numbers) = self.0.get(update.key.waba_id.as_str()) else {
            let reason = "no connected number is of this WhatsApp account".to_owned();
            return Err(ItemState::Notice { reason });
        };
        let mut told: Vec<&Number> =
            numbers.iter().filter(|number| apps.may_bring(app, number.route.channel)).collect();
        told.dedup_by_key(|number| number.route.tenant);
        if told.is_empty() { Err(ItemState::Parked { reason: super::apps::ANOTHER_APP.to_owned() }) } else { Ok(told) }
    }

    /// The commands that an update becomes, the first business's first; else what becomes of it.
    pub(super) fn commands(
        &self,
        update: &TemplateUpdate,
        app: Option<&str>,
        apps: &Apps,
        keys: &Keys,
    ) -> Result<Vec<CommandId>, ItemState> {
        let numbers = self.told_to(update, app, apps)?;
        Ok(numbers.into_iter().map(|number| number.route.template_update(keys, update)).collect())
    }
}

impl Route {
    /// The id of what is told of a template: the same told again is the same command again, by whichever number it comes.
    fn template_update(self, keys: &Keys, update: &TemplateUpdate) -> CommandId {
        let told = keys.told_hash(&[update.key.waba_id.as_str(), &update.told_at.given(), &update.fingerprint]);
        CommandId::derive(self.tenant, "whatsapp.template", &[told.as_str()])
    }
}

impl Batch<'_> {
    /// Records what a delivery tells of templates, in its order.
    pub(super) async fn record_template_updates(
        &self,
        updates: Vec<(usize, &TemplateUpdate)>,
        app: Option<&str>,
        received_at: Timestamp,
        correlation: &str,
    ) -> Vec<(usize, Found)> {
        let mut found = Vec::with_capacity(updates.len());
        for (nth, update) in updates {
            let numbers = match self.accounts.told_to(update, app, &self.apps) {
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
                let telling = Telling { provider_id: update.provider_id.clone(), at };
                let context = during
                    .context_of(route.template_update(self.keys, update), &Place::Number(phone_number_id.clone()));
                let command = context.id;
                let template = TemplateId::of(route.tenant, &update.key);
                let receipt = self.commands.templates.execute(template, asked(update, telling), context).await;
                let outcome = outcome(receipt, command, false);
                let is_first = came_to.is_none();
                // What one business could not be told is told again to all: to the others that means nothing.
                if is_first || outcome.is_err() {
                    came_to = Some(Found { tenant: Some(route.tenant), contact: None, outcome });
                }
            }
            found.extend(came_to.map(|came_to| (nth, came_to)));
        }
        found
    }
}

fn asked(update: &TemplateUpdate, telling: Telling) -> TemplateCommand {
    let key = update.key.clone();
    match &update.change {
        TemplateChange::Status(status) => TemplateCommand::TellStatus { key, telling, status: status.clone() },
        TemplateChange::Quality(quality) => TemplateCommand::TellQuality { key, telling, quality: quality.clone() },
        TemplateChange::Category(category) => {
            TemplateCommand::TellCategory { key, telling, category: category.clone() }
        }
        TemplateChange::Announced(category) => {
            TemplateCommand::AnnounceCategory { key, telling, category: category.clone() }
        }
        TemplateChange::Components(components) => {
            TemplateCommand::TellComponents { key, telling, components: components.clone() }
        }
    }
}
