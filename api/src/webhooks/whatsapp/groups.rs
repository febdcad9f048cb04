//! Groups: whose a message is besides its writer, and what is told of groups themselves.
//!
//! A group that nobody has heard of is introduced by whatever comes first. Of each person a group's event tells by her
//! contact id, so she is found, or introduced, as one who writes is.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use leadflow_domain::group::{GroupCommand, GroupFact, Moment};
use leadflow_domain::{CommandId, ContactId, GroupId, StreamId};
use leadflow_event_store::Keys;

use super::group_update::{Change, GroupUpdate};
use super::place::Place;
use super::translate::{During, Found, Outcome, Route, outcome, unsuccessful};

/// What the introduction of a group is derived from.
const INTRODUCE: &str = "introduce_group";

/// The groups of a batch that have been heard of.
pub(super) struct KnownGroups(Mutex<HashSet<StreamId>>);

impl KnownGroups {
    pub(super) fn new(begun: impl Iterator<Item = StreamId>) -> Self {
        Self(Mutex::new(begun.collect()))
    }

    fn contains(&self, group: GroupId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&group.into())
    }

    fn insert(&self, group: GroupId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(group.into());
    }
}

impl Route {
    /// The group with this id of the provider's.
    pub(super) fn group(self, keys: &Keys, id: &str) -> GroupId {
        GroupId::known_to_provider(self.channel, &keys.provider_group_hash(id))
    }

    /// The id of what is told of a group: the same again is the same command again. Nothing personal can be tried
    /// against it without the installation's key.
    pub(super) fn group_update(self, keys: &Keys, update: &GroupUpdate) -> CommandId {
        let told = keys.told_hash(&[&update.group, &update.fingerprint]);
        CommandId::derive(self.tenant, "whatsapp.group", &[&self.channel.to_string(), told.as_str()])
    }
}

impl During<'_> {
    /// The group with this id of the provider's, introduced if nobody has heard of it.
    pub(super) async fn introduced_group(self, id: &str, place: &Place) -> Result<GroupId, Outcome> {
        let group = self.route.group(self.batch.keys, id);
        if self.batch.groups.contains(group) {
            return Ok(group);
        }
        let introduce = GroupCommand::Introduce { channel: self.route.channel, provider_group_id: id.to_owned() };
        match self.batch.commands.groups.execute(group, introduce, self.context(INTRODUCE, place, id)).await {
            Ok(_) => {
                self.batch.groups.insert(group);
                Ok(group)
            }
            Err(error) => Err(unsuccessful(&error)),
        }
    }

    /// Records what is told of one group, or of the same people in several, in its order.
    pub(super) async fn record_group_updates(self, updates: Vec<(usize, &GroupUpdate)>) -> Vec<(usize, Found)> {
        let _turn = self.batch.turns.take(self.route.tenant).await;
        let tenant = Some(self.route.tenant);
        let mut found = Vec::with_capacity(updates.len());
        let mut submitted = Vec::with_capacity(updates.len());
        for (nth, update) in updates {
            let (group, contact, before, fact) = match self.recordable(update).await {
                Ok(recordable) => recordable,
                Err(outcome) => {
                    // Her erasure must find it, whatever became of it.
                    let contact = update.party().and_then(|party| self.known(party));
                    found.push((nth, Found { tenant, contact, outcome }));
                    continue;
                }
            };
            let (at, odd_timestamp) = self.when(&update.told_at);
            let moment = Moment { at, received_at: Some(self.received_at), odd_timestamp };
            let context = self.context_of(self.route.group_update(self.batch.keys, update), &update.place());
            let command = context.id;
            // All submitted before the first is awaited: each has its place in the group's queue.
            let receipt =
                self.batch.commands.groups.submit(group.into(), GroupCommand::Record { moment, fact }, context);
            submitted.push((nth, contact, command, before, receipt));
        }
        for (nth, contact, command, before, receipt) in submitted {
            found.push((nth, Found { tenant, contact, outcome: outcome(receipt.await, command, before) }));
        }
        found
    }

    /// What an update records, and where; whom it is about, and whether she was introduced by it before.
    async fn recordable(self, update: &GroupUpdate) -> Result<(GroupId, Option<ContactId>, bool, GroupFact), Outcome> {
        let group = self.introduced_group(&update.group, &update.place()).await?;
        match &update.change {
            Change::OfGroup(fact) => Ok((group, None, false, fact.clone())),
            Change::OfMember(member) => {
                let told = self.route.group_update(self.batch.keys, update).to_string();
                let place = update.place();
                let context = |word: &str| self.context(word, &place, &told);
                let introduced = self.find(&member.party, false, context).await?;
                Ok((group, Some(introduced.contact), introduced.before, member.fact(introduced.contact)))
            }
        }
    }
}
