//! What comes in goes to somebody: routing is asked who sees to it, and told what people say and when it is settled. What routing
//! decides is done.
//!
//! Who is interested and can be written to is answered in a conversation, and that is what somebody sees to. Whoever can't is a lead
//! that somebody sees to until she can. Both are dealt with in one order, that of the log. A business without pools is left alone
//! but for that leads are answered in conversations.

mod conversations;
mod leads;
mod place;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::member::MemberEvent;
use leadflow_domain::routing::{RoutingEvent, RoutingOrder, WorkItem};
use leadflow_domain::{CommandId, ContactId, ConversationId, Event, LeadId, MemberId, TenantId};
use leadflow_event_store::{LogReader, PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use crate::commands::Commands;
use told::{Desk, Known, Told};

pub(super) const CONSUMER: &str = "reactor/route_work";

/// Its name, as the log has it.
const NAME: &str = "route_work";

/// Asks routing for what is nobody's, and does what it decides.
pub struct RouteWork {
    desk: Desk,
}

/// What an event asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step<'a> {
    /// Something for a conversation.
    Conversation(ConversationId, conversations::Step),
    /// Something for a lead.
    Lead(LeadId, leads::Step<'a>),
    /// She is one person with others.
    Merged(ContactId),
    /// She does not work here any more.
    LeaveBusiness(MemberId),
}

impl RouteWork {
    /// Reads from `log` and decides through `commands`.
    #[must_use]
    pub fn new(log: LogReader, commands: &Commands) -> Self {
        Self { desk: Desk::new(log, commands) }
    }

    /// Takes the steps of one business, in their order.
    async fn take(&self, tenant: TenantId, steps: Vec<(&RecordedEvent, Step<'_>)>) -> Result<(), PageError> {
        let mut known = Known::default();
        let is_routed = known.routing(&self.desk, tenant).await?.is_in_use();
        let is_again = is_routed && self.is_acted_on_again(tenant, &steps).await?;
        for (cause, step) in steps {
            let told = &mut Told { desk: &self.desk, cause, is_routed, is_again, known: &mut known };
            match step {
                Step::Lead(id, step) => leads::take(told, id, step).await?,
                _ if !is_routed => {}
                Step::Conversation(id, step) => conversations::take(told, id, step).await?,
                Step::Merged(contact) => leads::merged(told, contact).await?,
                Step::LeaveBusiness(member) => {
                    told.order(told::ROUTING, RoutingOrder::LeaveBusiness { member }).await?;
                }
            }
        }
        Ok(())
    }

    /// Whether routing was told of something in these steps before: whoever acted on this page ended in the middle of it. It makes a
    /// difference to what lets something go: who asked for it further on would ask in vain.
    async fn is_acted_on_again(
        &self,
        tenant: TenantId,
        steps: &[(&RecordedEvent, Step<'_>)],
    ) -> Result<bool, PageError> {
        if !steps.iter().any(|(_, step)| step.lets_go()) {
            return Ok(false);
        }
        let order = |cause: &RecordedEvent| told::command(tenant, cause, told::ROUTING);
        let orders: Vec<CommandId> = steps.iter().map(|(cause, _)| order(cause)).collect();
        let known = self.desk.log.known(&orders).await.map_err(|error| told::unread(&error.into()))?;
        Ok(!known.is_empty())
    }
}

impl Step<'_> {
    /// Whether it may be that nobody needs to see to something any more.
    fn lets_go(&self) -> bool {
        matches!(
            self,
            Step::Conversation(_, conversations::Step::Settle | conversations::Step::PutDown)
                | Step::Lead(_, leads::Step::Settle | leads::Step::PutDown | leads::Step::Spam(_))
        )
    }
}

impl Consumer for RouteWork {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, events: &[RecordedEvent]) -> Result<(), PageError> {
        let mut tenants: BTreeMap<TenantId, Vec<(&RecordedEvent, Step<'_>)>> = BTreeMap::new();
        for (recorded, step) in steps(events) {
            tenants.entry(recorded.tenant).or_default().push((recorded, step));
        }
        try_join_all(tenants.into_iter().map(|(tenant, steps)| self.take(tenant, steps))).await?;
        Ok(())
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let asked = |recorded: &RecordedEvent| matches!(recorded.event, Event::Routing(RoutingEvent::Requested { .. }));
        let waiting: BTreeMap<TenantId, i64> =
            events.iter().filter(|one| asked(one)).map(|one| (one.tenant, one.position)).collect();
        if !waiting.is_empty() {
            crate::routing::note_waiting(rows, &waiting).await?;
        }
        Ok(())
    }
}

/// What a page asks for, in its order. Of several messages one after another the first asks.
fn steps(events: &[RecordedEvent]) -> Vec<(&RecordedEvent, Step<'_>)> {
    let mut asked = BTreeSet::new();
    let mut steps = Vec::new();
    for recorded in events {
        let Some(step) = step(recorded) else { continue };
        let is_news = match step {
            Step::Conversation(id, conversations::Step::Ask) => asked.insert(id),
            Step::Conversation(id, _) => {
                asked.remove(&id);
                true
            }
            Step::Lead(..) | Step::Merged(_) | Step::LeaveBusiness(_) => true,
        };
        if is_news {
            steps.push((recorded, step));
        }
    }
    steps
}

fn step(recorded: &RecordedEvent) -> Option<Step<'_>> {
    match &recorded.event {
        Event::Conversation(event) => {
            let id = ConversationId::from_uuid(recorded.stream.as_uuid());
            conversations::step(recorded, event).map(|step| Step::Conversation(id, step))
        }
        Event::Lead(event) => {
            let id = LeadId::from_uuid(recorded.stream.as_uuid());
            leads::step(recorded, event).map(|step| Step::Lead(id, step))
        }
        Event::Routing(RoutingEvent::Assigned { work, member, .. }) => Some(match work {
            WorkItem::Conversation(id) => Step::Conversation(*id, conversations::Step::Take(*member)),
            WorkItem::Lead(id) => Step::Lead(*id, leads::Step::Take(*member)),
        }),
        Event::Contact(ContactEvent::Erased { .. }) => {
            let contact = ContactId::from_uuid(recorded.stream.as_uuid());
            Some(Step::Lead(LeadId::of(contact), leads::Step::Forget))
        }
        Event::Contact(ContactEvent::Merged { .. }) => {
            Some(Step::Merged(ContactId::from_uuid(recorded.stream.as_uuid())))
        }
        Event::Member(MemberEvent::Deactivated {}) => {
            Some(Step::LeaveBusiness(MemberId::from_uuid(recorded.stream.as_uuid())))
        }
        Event::Routing(
            RoutingEvent::PoolCreated { .. }
            | RoutingEvent::PoolChanged { .. }
            | RoutingEvent::PoolMembersSet { .. }
            | RoutingEvent::PoolRemoved { .. }
            | RoutingEvent::CapacitySet { .. }
            | RoutingEvent::WorkingHoursSet { .. }
            | RoutingEvent::WentAway { .. }
            | RoutingEvent::CameBack { .. }
            | RoutingEvent::LeavePlanned { .. }
            | RoutingEvent::LeaveCancelled { .. }
            | RoutingEvent::MemberLeft { .. }
            | RoutingEvent::Requested { .. }
            | RoutingEvent::Handed { .. }
            | RoutingEvent::Released { .. },
        )
        | Event::Member(
            MemberEvent::Registered { .. }
            | MemberEvent::Invited { .. }
            | MemberEvent::Joined { .. }
            | MemberEvent::InvitationWithdrawn {}
            | MemberEvent::Renamed { .. }
            | MemberEvent::RoleChanged { .. }
            | MemberEvent::TeamChanged { .. }
            | MemberEvent::Reactivated { .. }
            | MemberEvent::PasswordSet {}
            | MemberEvent::SecondFactorEnabled {}
            | MemberEvent::SecondFactorDisabled {}
            | MemberEvent::Denied { .. },
        )
        | Event::Contact(
            ContactEvent::IntroducedByPhone { .. }
            | ContactEvent::IntroducedByUserId { .. }
            | ContactEvent::Introduced { .. }
            | ContactEvent::IdentifierAdded { .. }
            | ContactEvent::IdentifierChanged { .. }
            | ContactEvent::IdentifierConflicted { .. }
            | ContactEvent::MarketingPreferenceTold { .. }
            | ContactEvent::Listed { .. }
            | ContactEvent::Unlisted { .. }
            | ContactEvent::Unmerged { .. }
            | ContactEvent::ToldApart { .. },
        )
        | Event::Tenant(_)
        | Event::Channel(_)
        | Event::OutboundMessage(_)
        | Event::Group(_)
        | Event::Team(_)
        | Event::Role(_)
        | Event::ApiKey(_)
        | Event::Template(_)
        | Event::Pipeline(_)
        | Event::Source(_)
        | Event::ResponseTemplate(_) => None,
    }
}
