//! Who stands for whom, who came with what is somebody else's, and who was told apart.

use std::collections::{BTreeMap, BTreeSet};

use leadflow_domain::Event;
use leadflow_domain::contact::{ContactEvent, IdentifierKind};
use leadflow_event_store::RecordedEvent;
use uuid::Uuid;

use crate::rows::{Conflict, Contact, Person, ToldApart};

/// Who stands for whom, link by link, and for which business.
fn links(events: &[RecordedEvent]) -> BTreeMap<Uuid, (Uuid, Uuid)> {
    let mut links = BTreeMap::new();
    // Of each contact the latest word of her own stream.
    let mut versions: BTreeMap<Uuid, i64> = BTreeMap::new();
    for recorded in events {
        let (contact, link) = match &recorded.event {
            Event::Contact(ContactEvent::Merged { into, .. }) => (recorded.stream.as_uuid(), Some(into.as_uuid())),
            Event::Contact(ContactEvent::Unmerged { .. }) => (recorded.stream.as_uuid(), None),
            _ => continue,
        };
        if versions.insert(contact, recorded.version).is_some_and(|before| before > recorded.version) {
            panic!("a stream comes in its order");
        }
        match link {
            Some(into) => links.insert(contact, (into, recorded.tenant.as_uuid())),
            None => links.remove(&contact),
        };
    }
    links
}

/// Who stands for a contact in the end.
pub(crate) fn person(events: &[RecordedEvent], contact: Uuid) -> Uuid {
    let links = links(events);
    let mut at = contact;
    while let Some((into, _)) = links.get(&at) {
        at = *into;
    }
    at
}

pub(super) fn persons(events: &[RecordedEvent], contacts: &[Contact]) -> Vec<Person> {
    let links = links(events);
    let all: BTreeSet<(Uuid, Uuid)> =
        links.iter().flat_map(|(contact, (into, tenant))| [(*contact, *tenant), (*into, *tenant)]).collect();
    all.into_iter()
        .map(|(contact_id, tenant_id)| {
            let person_id = person(events, contact_id);
            // Whoever stands for them comes first.
            let mut they: Vec<&Contact> =
                contacts.iter().filter(|contact| person(events, contact.contact_id) == person_id).collect();
            they.sort_by_key(|contact| (contact.contact_id != person_id, contact.contact_id));
            let first = |of: fn(&Contact) -> &Option<String>| they.iter().find_map(|contact| of(contact).clone());
            let said = they.iter().filter_map(|contact| {
                let said = contact.marketing.as_ref()?;
                Some((contact.marketing_at?, said == "stopped", said.clone()))
            });
            let said = said.max();
            Person {
                contact_id,
                tenant_id,
                merged_into: links.get(&contact_id).map(|(into, _)| *into),
                person_id,
                phone: first(|contact| &contact.phone),
                user_id: first(|contact| &contact.user_id),
                email: first(|contact| &contact.email),
                display_name: first(|contact| &contact.display_name),
                listed_name: first(|contact| &contact.listed_name),
                marketing: said.as_ref().map(|(_, _, said)| said.clone()),
                marketing_at: said.map(|(at, _, _)| at),
                version: they
                    .iter()
                    .find(|contact| contact.contact_id == person_id)
                    .map_or(0, |contact| contact.version),
            }
        })
        .collect()
}

pub(super) fn conflicts(events: &[RecordedEvent]) -> Vec<Conflict> {
    let told = events.iter().filter_map(|recorded| match &recorded.event {
        Event::Contact(ContactEvent::IdentifierConflicted { kind, holder, .. }) => Some(Conflict {
            contact_id: recorded.stream.as_uuid(),
            holder_id: holder.as_uuid(),
            kind: match kind {
                IdentifierKind::Phone => "phone",
                IdentifierKind::WhatsAppUserId => "whatsapp_user_id",
                IdentifierKind::Email => "email",
                IdentifierKind::ProviderLead => "provider_lead",
                IdentifierKind::ScopedUserId => "scoped_user_id",
            }
            .to_owned(),
            tenant_id: recorded.tenant.as_uuid(),
        }),
        _ => None,
    });
    told.collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn told_apart(events: &[RecordedEvent]) -> Vec<ToldApart> {
    let told = events.iter().filter_map(|recorded| match &recorded.event {
        Event::Contact(ContactEvent::ToldApart { from } | ContactEvent::Unmerged { from, .. }) => {
            let (one, other) = (recorded.stream.as_uuid(), from.as_uuid());
            let tenant_id = recorded.tenant.as_uuid();
            Some(ToldApart { one_id: one.min(other), other_id: one.max(other), tenant_id })
        }
        _ => None,
    });
    told.collect::<BTreeSet<_>>().into_iter().collect()
}
