//! What is told of groups, and who writes there.

use leadflow_domain::conversation::ProviderError;
use leadflow_domain::group::{
    Creation, Failure, GroupCommand, GroupFact, Moment, Participation, Settings, UnchangedSetting,
};
use leadflow_domain::{GroupId, IdentifierHash, TenantId};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::{Play, at, channel, introduce};
use crate::support::context;

/// The group that writes to a number.
pub(super) fn group(tenant: TenantId, number: u32) -> GroupId {
    GroupId::known_to_provider(channel(tenant, number), &IdentifierHash::from_hex("hash of a group".to_owned()))
}

impl Play<'_> {
    /// Now and then the group of a number, introduced.
    pub(super) async fn maybe_in_group(&mut self, tenant: TenantId, number: u32) -> Option<GroupId> {
        if !self.rng.random_bool(0.25) {
            return None;
        }
        let (group, key) = (group(tenant, number), self.next_key());
        let introduce =
            GroupCommand::Introduce { channel: channel(tenant, number), provider_group_id: format!("group {number}") };
        self.log.groups.execute(group, introduce, context(tenant, &key)).await.unwrap();
        Some(group)
    }

    /// Something is told of a group, in no order of time.
    pub(super) async fn group_fact(&mut self, tenant: TenantId, who: u128, number: u32) {
        let group = loop {
            if let Some(group) = self.maybe_in_group(tenant, number).await {
                break group;
            }
        };
        let key = self.next_key();
        let contact = Self::contact(tenant, who, self.times_erased(tenant, who));
        self.log.contacts.execute(contact, introduce(who), context(tenant, &key)).await.unwrap();
        let participation = Participation { contact, reason: Some(key.clone().into()), request: None, errors: vec![] };
        // Byte order and dictionary order differ.
        let subject = ["blue", "Blue", "éclat"].choose(&mut self.rng).map(|subject| (*subject).to_owned().into());
        let error = ProviderError { code: "100".to_owned(), title: None, details: None };
        let fact = match self.rng.random_range(0..15) {
            0 => GroupFact::Created(Creation { subject, ..Creation::default() }),
            1 => GroupFact::Deleted { request: None },
            2..5 => GroupFact::Joined(participation),
            5..7 => GroupFact::Left(participation),
            7 => GroupFact::JoinRequested(participation),
            8 => GroupFact::JoinRequestWithdrawn(participation),
            9 => GroupFact::Kept(Participation { errors: vec![error], ..participation }),
            10 => {
                let unchanged = vec![UnchangedSetting { setting: "group_description".to_owned(), errors: vec![error] }];
                let subject = subject.filter(|_| self.rng.random_bool(0.7));
                GroupFact::Described(Settings { subject, unchanged, ..Settings::default() })
            }
            11 => GroupFact::Suspended,
            12 => GroupFact::Reinstated,
            13 => GroupFact::Failed(Failure { asked: "group_delete".to_owned(), errors: vec![error], request: None }),
            _ => GroupFact::Other { named: "group_painted_blue".to_owned() },
        };
        let moment = Moment { at: at(self.rng.random_range(0..5)), received_at: None, odd_timestamp: None };
        let (key, record) = (self.next_key(), GroupCommand::Record { moment, fact });
        self.log.groups.execute(group, record, context(tenant, &key)).await.unwrap();
    }
}
