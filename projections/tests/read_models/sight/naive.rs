//! Who sees what, said naively: each answer asks all of history for itself. Shares nothing with the predicate but the events.

#![expect(clippy::wildcard_enum_match_arm, reason = "each answer asks for the few events that it hangs on")]

use std::collections::BTreeSet;

use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::lead::LeadEvent;
use leadflow_domain::{Event, MemberId, TeamId, TenantId};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::Sight;
use uuid::Uuid;

use crate::expected::people::team;

/// All that somebody of `tenant` sees.
pub(super) struct Seen<'a> {
    pub(super) conversations: BTreeSet<Uuid>,
    events: &'a [RecordedEvent],
    tenant: TenantId,
    sight: Sight,
}

impl<'a> Seen<'a> {
    pub(super) fn of(events: &'a [RecordedEvent], tenant: TenantId, sight: Sight) -> Self {
        let mut seen = Self { conversations: BTreeSet::new(), events, tenant, sight };
        seen.conversations =
            seen.opened().map(|(id, _)| id).filter(|id| seen.shows(seen.assignee(*id), seen.asked(*id))).collect();
        seen
    }

    pub(super) fn conversation(&self, id: Uuid) -> bool {
        self.conversations.contains(&id) || self.sight == Sight::Everything && self.is_place_of_a_lead(id)
    }

    /// What is told of a lead that began in a form is in no conversation.
    fn is_place_of_a_lead(&self, id: Uuid) -> bool {
        self.events.iter().any(|recorded| recorded.stream.as_uuid() == id && matches!(&recorded.event, Event::Lead(_)))
    }

    pub(super) fn contact(&self, id: Uuid) -> bool {
        let owner = self.owner_of_lead(id);
        let is_hers = |opened: &ConversationEvent| matches!(opened, ConversationEvent::Opened { contact, .. } if contact.as_uuid() == id);
        self.any(is_hers, owner.is_none()) || owner.is_some_and(|owner| self.shows(Some(owner), None))
    }

    /// Who is to see to the lead of a contact.
    fn owner_of_lead(&self, contact: Uuid) -> Option<Uuid> {
        let told = self.events.iter().rev().filter(|event| event.tenant == self.tenant);
        let mut told = told.filter_map(|event| match &event.event {
            Event::Lead(LeadEvent::Transferred { contact: of, to }) if of.as_uuid() == contact => Some(*to),
            _ => None,
        });
        told.next().flatten().map(MemberId::as_uuid)
    }

    pub(super) fn group(&self, id: Uuid) -> bool {
        let is_its = |opened: &ConversationEvent| matches!(opened, ConversationEvent::OpenedWithGroup { group, .. } if group.as_uuid() == id);
        self.any(is_its, true)
    }

    /// A conversation that is begun like this is seen; or there is none, they are nobody's, and what is nobody's is seen.
    fn any(&self, is: impl Fn(&ConversationEvent) -> bool, are_nobody_s: bool) -> bool {
        let theirs: Vec<Uuid> = self.opened().filter(|(_, opened)| is(opened)).map(|(id, _)| id).collect();
        if theirs.is_empty() {
            are_nobody_s && self.shows(None, None)
        } else {
            theirs.into_iter().any(|id| self.conversation(id))
        }
    }

    /// What is a member's, or what is nobody's, which a team may be asked to see to.
    fn shows(&self, assignee: Option<Uuid>, asked: Option<Uuid>) -> bool {
        match (self.sight, assignee) {
            (Sight::Everything, _) => true,
            (Sight::Nothing, _) => false,
            (Sight::Team { team: hers, .. }, None) if asked == Some(hers.as_uuid()) => true,
            (Sight::Own { unassigned, .. } | Sight::Team { unassigned, .. }, None) => unassigned,
            (Sight::Own { member, .. }, Some(assignee)) => member.as_uuid() == assignee,
            (Sight::Team { member, team: hers, .. }, Some(assignee)) => {
                member.as_uuid() == assignee || team(self.events, assignee).map(TeamId::from_uuid) == Some(hers)
            }
        }
    }

    /// How each conversation of the business began.
    fn opened(&self) -> impl Iterator<Item = (Uuid, &ConversationEvent)> {
        self.events.iter().filter(|event| event.tenant == self.tenant).filter_map(|event| match &event.event {
            Event::Conversation(
                opened @ (ConversationEvent::Opened { .. } | ConversationEvent::OpenedWithGroup { .. }),
            ) => Some((event.stream.as_uuid(), opened)),
            _ => None,
        })
    }

    fn assignee(&self, conversation: Uuid) -> Option<Uuid> {
        let told = self.events.iter().rev().filter(|event| event.stream.as_uuid() == conversation);
        let mut told = told.filter_map(|event| match &event.event {
            Event::Conversation(ConversationEvent::Assigned { member }) => Some(Some(member.as_uuid())),
            Event::Conversation(ConversationEvent::Unassigned {} | ConversationEvent::AssignedToTeam { .. }) => {
                Some(None)
            }
            _ => None,
        });
        told.next().flatten()
    }

    fn asked(&self, conversation: Uuid) -> Option<Uuid> {
        let told = self.events.iter().rev().filter(|event| event.stream.as_uuid() == conversation);
        let mut told = told.filter_map(|event| match &event.event {
            Event::Conversation(ConversationEvent::AssignedToTeam { team }) => Some(Some(team.as_uuid())),
            Event::Conversation(
                ConversationEvent::Assigned { .. } | ConversationEvent::Unassigned {} | ConversationEvent::Resolved {},
            ) => Some(None),
            _ => None,
        });
        told.next().flatten()
    }
}
