//! What a team is asked to see to: it goes to the people of the team's pool, and to nobody else.

use leadflow_domain::TeamId;
use leadflow_domain::conversation::{ConversationCommand, InboundMessage, MessageContent};
use leadflow_domain::routing::Capacity;
use leadflow_domain::team::{TeamCommand, TeamName};

use super::*;

const SERVICE: TeamId = TeamId::from_uuid(Uuid::from_u128(6));
const OTHERS: TeamId = TeamId::from_uuid(Uuid::from_u128(7));

/// Of the service's pool, where there is one.
const CARL: MemberId = MemberId::from_uuid(Uuid::from_u128(8));
const DORA: MemberId = MemberId::from_uuid(Uuid::from_u128(9));

impl Bed {
    /// Ada sells, and Carl and Dora are the service's pool; each of them sees to one thing at a time.
    async fn with_service() -> Self {
        let mut bed = Self::new(&[ADA]).await;
        bed.serves(SERVICE, &[CARL, DORA]).await;
        for member in [ADA, CARL, DORA] {
            bed.routing(RoutingOrder::SetCapacity { member, capacity: Capacity::try_from(1).ok() }).await;
        }
        bed.acts(1).await;
        bed
    }

    /// These people get what `team` is asked for.
    async fn serves(&mut self, team: TeamId, people: &[MemberId]) {
        let terms = PoolTerms {
            name: PoolName::parse(&team.to_string()).unwrap(),
            serves: [Source::Team(team)].into(),
            keeps_last_agent: true,
            hours: None,
        };
        let members: PoolMembers = people.iter().map(|member| (*member, Weight::ONE)).collect();
        self.routing(RoutingOrder::CreatePool { pool: PoolId::from_uuid(team.as_uuid()), terms, members }).await;
    }

    /// Something is done in the conversation with `contact`.
    async fn does(&mut self, contact: ContactId, command: ConversationCommand) {
        let (context, id) = (self.context(), ConversationId::between(contact, SHOP));
        self.commands.conversations.execute(id, command, context).await.unwrap();
    }

    async fn asks(&mut self, contact: ContactId, team: TeamId) {
        self.does(contact, ConversationCommand::AssignToTeam { team }).await;
    }

    /// She writes.
    async fn writes(&mut self, contact: ContactId) {
        self.keys += 1;
        let content = MessageContent::Text { body: "Is it still there?".to_owned().into() };
        let message = InboundMessage::new(format!("wamid.{}", self.keys), self.now().await, content);
        self.does(contact, ConversationCommand::ReceiveMessage { contact, channel: SHOP, group: None, message }).await;
    }

    /// So many people write, one after another, and all that follows from it has happened.
    async fn customers(&mut self, count: u128) -> Vec<ContactId> {
        let mut customers = Vec::new();
        for nth in 1..=count {
            let customer = self.has_phone(nth).await;
            self.writes(customer).await;
            customers.push(customer);
        }
        self.acts(1).await;
        customers
    }

    /// Who has the conversation, which routing and the conversation say alike, and which team is asked.
    async fn whose(&self, contact: ContactId) -> (Option<MemberId>, Option<TeamId>) {
        let (agent, assignee, _) = self.has_conversation(contact).await;
        assert_eq!(agent, assignee, "both say the same");
        let id = ConversationId::between(contact, SHOP);
        (agent, self.log.load::<Conversation>(id.into()).await.unwrap().state.team())
    }

    async fn load(&self, member: MemberId) -> u32 {
        self.routed().await.member(member, self.now().await).load
    }
}

#[tokio::test]
async fn it_is_taken_from_who_had_it_and_goes_to_the_team_s_people_by_turns() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customers = bed.customers(4).await;
        assert_eq!(bed.whose(customers[0]).await, (Some(ADA), None));
        assert_eq!(bed.routed().await.waiting(), 3);
        bed.asks(customers[0], SERVICE).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[0]).await, (Some(CARL), None), "acted on {times} times");
        // Who had it has room again, for who waited longest.
        assert_eq!(bed.whose(customers[1]).await, (Some(ADA), None));
        bed.asks(customers[1], SERVICE).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[1]).await, (Some(DORA), None), "acted on {times} times");
        assert_eq!(bed.whose(customers[2]).await, (Some(ADA), None));
        // Carl gives it back, and Dora is full: it waits, and is his again when she has no room still.
        bed.asks(customers[0], SERVICE).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[0]).await, (Some(CARL), None), "acted on {times} times");
        assert_eq!((bed.load(ADA).await, bed.load(CARL).await, bed.load(DORA).await), (1, 1, 1));
    }
}

#[tokio::test]
async fn what_one_gives_back_to_her_team_is_another_s() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customer = bed.customers(1).await[0];
        for expected in [CARL, DORA, CARL] {
            bed.asks(customer, SERVICE).await;
            bed.acts(times).await;
            assert_eq!(bed.whose(customer).await, (Some(expected), None), "acted on {times} times");
        }
    }
}

#[tokio::test]
async fn what_is_settled_and_comes_up_again_in_one_page_is_no_team_s_any_more() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customer = bed.customers(1).await[0];
        for member in [CARL, DORA] {
            bed.routing(RoutingOrder::GoAway { member, until: None }).await;
        }
        bed.asks(customer, SERVICE).await;
        bed.acts(1).await;
        assert_eq!(bed.whose(customer).await, (None, Some(SERVICE)));
        bed.does(customer, ConversationCommand::Resolve).await;
        bed.writes(customer).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customer).await, (Some(ADA), None), "acted on {times} times");
    }
}

#[tokio::test]
async fn while_all_are_full_it_waits_and_nobody_of_another_pool_gets_it() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customers = bed.customers(4).await;
        for customer in &customers {
            bed.asks(*customer, SERVICE).await;
            bed.acts(times).await;
        }
        assert_eq!(bed.whose(customers[2]).await, (None, Some(SERVICE)));
        assert_eq!(bed.whose(customers[3]).await, (None, Some(SERVICE)));
        assert_eq!((bed.routed().await.waiting(), bed.load(ADA).await), (2, 0), "acted on {times} times");
        // Who writes again, or tells of her interest, does not lose her place, nor does whoever asks once more gain one.
        bed.writes(customers[2]).await;
        bed.tells(customers[2]).await;
        bed.asks(customers[2], SERVICE).await;
        bed.acts(times).await;
        assert_eq!((bed.routed().await.waiting(), bed.load(ADA).await), (2, 0), "acted on {times} times");
        bed.does(customers[0], ConversationCommand::Resolve).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[2]).await, (Some(CARL), None), "first come, first served");
        assert_eq!(bed.whose(customers[3]).await, (None, Some(SERVICE)));
        bed.does(customers[1], ConversationCommand::Resolve).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[3]).await, (Some(DORA), None));
        assert_eq!(bed.routed().await.waiting(), 0);
    }
}

#[tokio::test]
async fn where_no_pool_serves_the_team_it_waits_for_its_people() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customers = bed.customers(2).await;
        bed.asks(customers[0], OTHERS).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[0]).await, (None, Some(OTHERS)));
        assert_eq!(bed.whose(customers[1]).await, (Some(ADA), None), "she has room again");
        bed.does(customers[1], ConversationCommand::Resolve).await;
        // Though she has room, and whatever the customer does.
        bed.writes(customers[0]).await;
        bed.tells(customers[0]).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[0]).await, (None, Some(OTHERS)), "acted on {times} times");
        assert_eq!((bed.routed().await.waiting(), bed.load(ADA).await), (0, 0));
        // Once there is a pool for the team, what she writes asks this.
        bed.serves(OTHERS, &[BEA]).await;
        bed.writes(customers[0]).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[0]).await, (Some(BEA), None), "acted on {times} times");
    }
}

#[tokio::test]
async fn who_takes_it_herself_or_is_given_it_by_people_has_it() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customers = bed.customers(3).await;
        for customer in &customers {
            bed.asks(*customer, SERVICE).await;
        }
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[2]).await, (None, Some(SERVICE)));
        bed.does(customers[2], ConversationCommand::Assign { member: BEA }).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[2]).await, (Some(BEA), None), "acted on {times} times");
        assert_eq!(bed.routed().await.waiting(), 0);
        bed.does(customers[0], ConversationCommand::Resolve).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[2]).await, (Some(BEA), None), "nobody else is given it");
        // What is taken back from the team is nobody's.
        bed.asks(customers[1], OTHERS).await;
        bed.does(customers[1], ConversationCommand::Unassign).await;
        bed.does(customers[2], ConversationCommand::Assign { member: CARL }).await;
        bed.does(customers[2], ConversationCommand::AssignToTeam { team: SERVICE }).await;
        bed.does(customers[2], ConversationCommand::Unassign).await;
        bed.acts(times).await;
        for customer in [customers[1], customers[2]] {
            assert_eq!(bed.whose(customer).await, (None, None), "acted on {times} times");
        }
        assert_eq!((bed.load(CARL).await, bed.load(DORA).await, bed.load(BEA).await), (0, 0, 0));
    }
}

#[tokio::test]
async fn what_was_decided_before_the_team_was_asked_is_not_done() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        bed.routing(RoutingOrder::GoAway { member: ADA, until: None }).await;
        let customer = bed.customers(1).await[0];
        assert_eq!(bed.routed().await.waiting(), 1);
        bed.routing(RoutingOrder::ComeBack { member: ADA }).await;
        bed.asks(customer, SERVICE).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customer).await, (Some(CARL), None), "acted on {times} times");
        assert_eq!(bed.load(ADA).await, 0);
    }
}

#[tokio::test]
async fn what_is_written_and_given_to_a_team_in_one_page_takes_one_turn() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customers = [bed.has_phone(1).await, bed.has_phone(2).await];
        for customer in customers {
            bed.writes(customer).await;
            bed.asks(customer, OTHERS).await;
            bed.asks(customer, SERVICE).await;
        }
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[0]).await, (Some(CARL), None), "acted on {times} times");
        assert_eq!(bed.whose(customers[1]).await, (Some(DORA), None), "acted on {times} times");
        assert_eq!(bed.load(ADA).await, 0);
    }
}

#[tokio::test]
async fn a_page_that_is_acted_on_again_later_takes_nothing_from_who_was_given_it_meanwhile() {
    let mut bed = Bed::with_service().await;
    let customers = bed.customers(2).await;
    for member in [CARL, DORA] {
        bed.routing(RoutingOrder::GoAway { member, until: None }).await;
    }
    bed.acts(1).await;
    for customer in &customers {
        bed.asks(*customer, SERVICE).await;
    }
    let raw = bed.log.after(bed.position, 1_000).await.unwrap();
    let page: Vec<RecordedEvent> = bed.log.read(raw, PersonalValues::Sealed).await.unwrap();
    bed.reactor.act(&page).await.unwrap();
    bed.routing(RoutingOrder::ComeBack { member: CARL }).await;
    let work = |nth: usize| WorkItem::Conversation(ConversationId::between(customers[nth], SHOP));
    for _ in 0..2 {
        let routed = bed.routed().await;
        assert_eq!((routed.agent(work(0)), routed.agent(work(1)), routed.waiting()), (Some(CARL), None, 1));
        bed.reactor.act(&page).await.unwrap();
    }
    bed.acts(2).await;
    assert_eq!(bed.whose(customers[0]).await, (Some(CARL), None));
    assert_eq!(bed.whose(customers[1]).await, (None, Some(SERVICE)));
}

#[tokio::test]
async fn a_team_that_is_no_more_keeps_what_it_was_asked_for_as_its_pool_does() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        for (team, name) in [(SERVICE, "Service"), (OTHERS, "Others")] {
            let (context, name) = (bed.context(), TeamName::parse(name).unwrap());
            bed.commands.teams.execute(team, TeamCommand::Form { name }, context).await.unwrap();
        }
        let customers = bed.customers(4).await;
        for customer in &customers[..3] {
            bed.asks(*customer, SERVICE).await;
        }
        bed.asks(customers[3], OTHERS).await;
        bed.acts(times).await;
        for team in [SERVICE, OTHERS] {
            let context = bed.context();
            bed.commands.teams.execute(team, TeamCommand::Disband, context).await.unwrap();
        }
        bed.writes(customers[2]).await;
        bed.writes(customers[3]).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[2]).await, (None, Some(SERVICE)), "acted on {times} times");
        assert_eq!(bed.load(ADA).await, 0, "nobody else is given it");
        bed.does(customers[1], ConversationCommand::Resolve).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customers[2]).await, (Some(DORA), None));
        // What no pool has is taken by whoever sees it.
        assert_eq!(bed.whose(customers[3]).await, (None, Some(OTHERS)));
        bed.does(customers[3], ConversationCommand::Take { member: BEA }).await;
        bed.acts(times).await;
        assert_eq!(bed.has_conversation(customers[3]).await, (None, Some(BEA), true), "whom no pool has");
    }
}

#[tokio::test]
async fn what_is_settled_is_asked_of_the_team_once_it_comes_up_again() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customer = bed.customers(1).await[0];
        bed.does(customer, ConversationCommand::Resolve).await;
        bed.asks(customer, SERVICE).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customer).await, (None, Some(SERVICE)));
        assert_eq!((bed.routed().await.waiting(), bed.load(ADA).await, bed.load(CARL).await), (0, 0, 0));
        bed.writes(customer).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customer).await, (Some(CARL), None), "acted on {times} times");
    }
}

#[tokio::test]
async fn whose_lead_she_is_does_not_get_what_a_team_is_asked_for() {
    for times in [1, 2, 3] {
        let mut bed = Bed::with_service().await;
        let customer = bed.has_phone(1).await;
        bed.tells(customer).await;
        bed.acts(1).await;
        // Of no pool: what people gave her is hers.
        bed.lead(customer, LeadCommand::Transfer { to: Some(BEA) }).await;
        bed.asks(customer, OTHERS).await;
        bed.writes(customer).await;
        bed.tells(customer).await;
        bed.acts(times).await;
        assert_eq!(bed.whose(customer).await, (None, Some(OTHERS)), "acted on {times} times");
    }
}

#[tokio::test]
async fn whoever_has_left_takes_nothing_of_her_team_s_along() {
    let mut bed = Bed::with_service().await;
    let customer = bed.customers(1).await[0];
    bed.asks(customer, SERVICE).await;
    bed.acts(1).await;
    assert_eq!(bed.whose(customer).await, (Some(CARL), None));
    bed.routing(RoutingOrder::LeaveBusiness { member: CARL }).await;
    bed.asks(customer, SERVICE).await;
    bed.acts(2).await;
    assert_eq!(bed.whose(customer).await, (Some(DORA), None));
}
