//! What is told of leads and conversations, and what comes of it: also where a page is acted on twice, as after a crash.

mod teams;

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::channel::{ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::contact::{ContactCommand, Identifier, Standing};
use leadflow_domain::conversation::Conversation;
use leadflow_domain::lead::{Lead, LeadCommand, LeadSource, Origin, Submission};
use leadflow_domain::member::{By, MemberCommand, MemberName};
use leadflow_domain::role::MemberRole;
use leadflow_domain::routing::{
    PoolMembers, PoolName, PoolTerms, Routing, RoutingCommand, RoutingOrder, Source, Weight, WorkItem,
};
use leadflow_domain::{
    ChannelId, CommandId, ContactId, ConversationId, E164, EmailAddress, IdentifierHash, LeadId, MemberId, PoolId,
    RoutingId, StageId, SubmissionId, TenantId,
};
use leadflow_event_store::testing as log_testing;
use leadflow_event_store::{Actor, CommandContext, LogReader, PersonalValues, RecordedEvent, database};
use leadflow_projections::{Consumer, testing};
use uuid::Uuid;

use super::RouteWork;
use crate::commands::Commands;

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
const SHOP: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));
const ADA: MemberId = MemberId::from_uuid(Uuid::from_u128(3));
const BEA: MemberId = MemberId::from_uuid(Uuid::from_u128(4));

struct Bed {
    log: LogReader,
    commands: Commands,
    reactor: RouteWork,
    /// How far it has acted.
    position: i64,
    keys: u32,
}

impl Bed {
    /// A business with a number and, where it has any, these people in a pool for everything.
    async fn new(people: &[MemberId]) -> Self {
        let pool = database::app_pool(testing::database().await.connect_options(), 8).await.unwrap();
        let store = log_testing::event_store(&pool);
        let (log, commands) = (store.reader().clone(), Commands::new(&store));
        let reactor = RouteWork::new(log.clone(), &commands);
        let mut bed = Self { log, commands, reactor, position: 0, keys: 0 };
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse("106540350000001").unwrap(),
            waba_id: ProviderId::parse("102290670000001").unwrap(),
            display_phone: DisplayPhone::parse("+39 02 5550 1234").unwrap(),
            app: None,
        };
        let connect = ChannelCommand::ConnectWhatsAppNumber(number);
        let context = bed.context();
        bed.commands.channels.execute(SHOP, connect, context).await.unwrap();
        if !people.is_empty() {
            let members: PoolMembers = people.iter().map(|member| (*member, Weight::ONE)).collect();
            let terms = PoolTerms {
                name: PoolName::parse("Sales").unwrap(),
                serves: [Source::Everything].into(),
                keeps_last_agent: true,
                hours: None,
            };
            bed.routing(RoutingOrder::CreatePool { pool: PoolId::from_uuid(Uuid::from_u128(5)), terms, members }).await;
        }
        bed.acts(1).await;
        bed
    }

    fn context(&mut self) -> CommandContext {
        self.keys += 1;
        let id = CommandId::derive(TENANT, "test", &[&self.keys.to_string()]);
        CommandContext::new(TENANT, id, Actor::CommandLine, "test")
    }

    async fn routing(&mut self, what: RoutingOrder) {
        let (context, now) = (self.context(), self.log.now().await.unwrap());
        self.commands.routing.execute(RoutingId::of(TENANT), RoutingCommand { what, now }, context).await.unwrap();
    }

    async fn contact(&mut self, contact: ContactId, command: ContactCommand) {
        let context = self.context();
        self.commands.contacts.execute(contact, command, context).await.unwrap();
    }

    async fn lead(&mut self, contact: ContactId, command: LeadCommand) {
        let context = self.context();
        self.commands.leads.execute(LeadId::of(contact), command, context).await.unwrap();
    }

    /// Somebody who is known by an address alone.
    async fn has_address(&mut self, nth: u128) -> ContactId {
        let (contact, address) = (contact(nth), format!("customer{nth}@example.com"));
        let email = EmailAddress::parse(&address).unwrap();
        let identifier = Identifier::email(&email, IdentifierHash::from_hex(format!("hash of {address}")));
        self.contact(contact, ContactCommand::Introduce { identifier }).await;
        contact
    }

    /// Somebody who can be written to.
    async fn has_phone(&mut self, nth: u128) -> ContactId {
        let (contact, phone) = (contact(nth), format!("+3933300000{nth:02}"));
        let phone_hash = IdentifierHash::from_hex(format!("hash of {phone}"));
        let phone = E164::parse(&phone).unwrap();
        self.contact(contact, ContactCommand::IntroduceByPhone { phone, phone_hash }).await;
        contact
    }

    async fn submits(&mut self, contact: ContactId, source: LeadSource, ago: SignedDuration) {
        self.keys += 1;
        let submission = Submission {
            submission: SubmissionId::from_uuid(Uuid::from_u128(self.keys.into())),
            contact,
            source,
            from: None,
            submitted_at: self.now().await - ago,
            provider_lead_id: None,
            name: None,
            origin: Origin::default(),
            click_id: None,
            answers: vec![],
            added: vec![],
        };
        self.lead(contact, LeadCommand::Submit(Box::new(submission))).await;
    }

    async fn tells(&mut self, contact: ContactId) {
        self.submits(contact, LeadSource::Manual, SignedDuration::ZERO).await;
    }

    async fn now(&self) -> Timestamp {
        self.log.now().await.unwrap()
    }

    /// Acts on all that is new, each page so many times, until nothing is.
    async fn acts(&mut self, times: u32) {
        loop {
            let raw = self.log.after(self.position, 1_000).await.unwrap();
            let events: Vec<RecordedEvent> = self.log.read(raw, PersonalValues::Sealed).await.unwrap();
            let Some(last) = events.last() else { return };
            self.position = last.position;
            for _ in 0..times {
                self.reactor.act(&events).await.unwrap();
            }
        }
    }

    async fn routed(&self) -> Routing {
        self.log.load(RoutingId::of(TENANT).into()).await.unwrap().state
    }

    /// Who sees to the lead, as routing and as the lead say.
    async fn has_lead(&self, contact: ContactId) -> (Option<MemberId>, Option<MemberId>) {
        let lead: Lead = self.log.load(LeadId::of(contact).into()).await.unwrap().state;
        (self.routed().await.agent(lead_of(contact)), lead.owner())
    }

    /// Who sees to the conversation, as routing and as the conversation say; whether there is one.
    async fn has_conversation(&self, contact: ContactId) -> (Option<MemberId>, Option<MemberId>, bool) {
        let id = ConversationId::between(contact, SHOP);
        let conversation: Conversation = self.log.load(id.into()).await.unwrap().state;
        let agent = self.routed().await.agent(WorkItem::Conversation(id));
        (agent, conversation.assignee(), conversation.between().is_some())
    }
}

fn contact(nth: u128) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(100 + nth))
}

fn lead_of(contact: ContactId) -> WorkItem {
    WorkItem::Lead(LeadId::of(contact))
}

#[tokio::test]
async fn who_can_be_written_to_has_a_conversation_and_who_can_t_is_a_lead_however_often_a_page_is_acted_on() {
    for times in [1, 2, 3] {
        let mut bed = Bed::new(&[ADA]).await;
        let (nora, emil) = (bed.has_phone(1).await, bed.has_address(2).await);
        bed.tells(nora).await;
        bed.tells(emil).await;
        bed.acts(times).await;
        assert_eq!(bed.has_conversation(nora).await, (Some(ADA), Some(ADA), true));
        assert_eq!(bed.has_lead(nora).await, (None, None), "one customer counts once");
        assert_eq!(bed.has_lead(emil).await, (Some(ADA), Some(ADA)));
        assert_eq!(bed.has_conversation(emil).await, (None, None, false));
    }
}

#[tokio::test]
async fn without_pools_a_lead_is_answered_and_nobody_s() {
    let mut bed = Bed::new(&[]).await;
    let nora = bed.has_phone(1).await;
    bed.tells(nora).await;
    bed.acts(2).await;
    assert_eq!(bed.has_conversation(nora).await, (None, None, true));
    assert!(!bed.routed().await.is_in_use());
}

#[tokio::test]
async fn what_a_file_brings_and_what_is_old_opens_nothing_and_is_asked_for_by_nobody() {
    let mut bed = Bed::new(&[ADA]).await;
    let (nora, emil, ida) = (bed.has_phone(1).await, bed.has_address(2).await, bed.has_phone(3).await);
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    for of in [nora, emil] {
        bed.submits(of, LeadSource::Import, SignedDuration::ZERO).await;
        bed.submits(of, LeadSource::MetaForm, days(8)).await;
    }
    bed.submits(ida, LeadSource::MetaForm, days(6)).await;
    bed.acts(1).await;
    assert_eq!(bed.has_conversation(nora).await, (None, None, false));
    assert_eq!(bed.has_lead(emil).await, (None, None));
    assert_eq!(bed.has_conversation(ida).await, (Some(ADA), Some(ADA), true), "that was within a week");
    assert_eq!(bed.routed().await.waiting(), 0);
}

#[tokio::test]
async fn what_people_said_last_holds_when_a_page_is_acted_on_again() {
    let mut bed = Bed::new(&[ADA, BEA]).await;
    let emil = bed.has_address(2).await;
    bed.tells(emil).await;
    bed.acts(1).await;
    let (Some(first), _) = bed.has_lead(emil).await else { panic!("it is somebody's") };
    let other = if first == ADA { BEA } else { ADA };
    bed.lead(emil, LeadCommand::Transfer { to: Some(other) }).await;
    bed.acts(2).await;
    assert_eq!(bed.has_lead(emil).await, (Some(other), Some(other)));
    bed.lead(emil, LeadCommand::Transfer { to: Some(first) }).await;
    bed.lead(emil, LeadCommand::Transfer { to: Some(other) }).await;
    bed.acts(2).await;
    assert_eq!(bed.has_lead(emil).await, (Some(other), Some(other)));
    bed.lead(emil, LeadCommand::Lose { stage: StageId::LOST, reason: None }).await;
    bed.acts(2).await;
    assert_eq!(bed.has_lead(emil).await, (None, Some(other)), "nobody needs to see to it");
}

#[tokio::test]
async fn a_page_that_is_acted_on_again_knows_the_rest_of_itself() {
    for times in [1, 2, 3] {
        let mut bed = Bed::new(&[ADA]).await;
        let [lost, anew] = [bed.has_address(1).await, bed.has_address(2).await];
        let lose = || LeadCommand::Lose { stage: StageId::LOST, reason: None };
        // One is asked for already, and lost in the page in which she tells once more.
        bed.tells(lost).await;
        bed.acts(1).await;
        bed.tells(lost).await;
        bed.lead(lost, lose()).await;
        // The other one was lost before routing knew of her, and tells anew.
        bed.submits(anew, LeadSource::Import, SignedDuration::ZERO).await;
        bed.lead(anew, lose()).await;
        bed.tells(anew).await;
        bed.acts(times).await;
        assert!(!bed.routed().await.knows(lead_of(lost)), "acted on {times} times");
        assert_eq!(bed.has_lead(anew).await, (Some(ADA), Some(ADA)), "acted on {times} times");
    }
}

#[tokio::test]
async fn what_is_lost_is_let_go_also_where_a_file_tells_of_it_again() {
    for times in [1, 2, 3] {
        let mut bed = Bed::new(&[ADA]).await;
        let lost = bed.has_address(1).await;
        bed.tells(lost).await;
        bed.acts(1).await;
        bed.lead(lost, LeadCommand::Lose { stage: StageId::LOST, reason: None }).await;
        bed.submits(lost, LeadSource::Import, SignedDuration::ZERO).await;
        bed.acts(times).await;
        assert!(!bed.routed().await.knows(lead_of(lost)), "acted on {times} times");
    }
}

#[tokio::test]
async fn spam_is_seen_to_by_nobody_nor_is_the_conversation_with_her() {
    let mut bed = Bed::new(&[ADA]).await;
    let (nora, emil) = (bed.has_phone(1).await, bed.has_address(2).await);
    for of in [nora, emil] {
        bed.tells(of).await;
        bed.acts(1).await;
        bed.lead(of, LeadCommand::MarkSpam).await;
        bed.acts(1).await;
        bed.tells(of).await;
        bed.acts(1).await;
    }
    assert_eq!(bed.has_lead(emil).await.0, None);
    assert_eq!(bed.has_conversation(nora).await.0, None);
}

#[tokio::test]
async fn who_was_erased_is_asked_for_no_more_also_where_she_is_dealt_with_late() {
    let mut bed = Bed::new(&[]).await;
    let (nora, emil) = (bed.has_phone(1).await, bed.has_address(2).await);
    for of in [nora, emil] {
        bed.tells(of).await;
        bed.contact(of, ContactCommand::Erase).await;
    }
    bed.acts(1).await;
    assert_eq!(bed.has_conversation(nora).await, (None, None, false));

    let mut bed = Bed::new(&[ADA]).await;
    let emil = bed.has_address(2).await;
    bed.tells(emil).await;
    bed.acts(1).await;
    assert!(bed.routed().await.knows(lead_of(emil)));
    bed.contact(emil, ContactCommand::Erase).await;
    bed.acts(1).await;
    assert!(!bed.routed().await.knows(lead_of(emil)));
}

#[tokio::test]
async fn a_lead_of_who_has_left_goes_to_another() {
    let mut bed = Bed::new(&[ADA, BEA]).await;
    let emil = bed.has_address(2).await;
    bed.tells(emil).await;
    bed.acts(1).await;
    let (Some(first), _) = bed.has_lead(emil).await else { panic!("it is somebody's") };
    let other = if first == ADA { BEA } else { ADA };
    let address = EmailAddress::parse("ada@example.com").unwrap();
    let email_hash = IdentifierHash::from_hex("hash of her".to_owned());
    let invite = MemberCommand::Invite { email: address.clone(), role: MemberRole::Agent, team: None };
    let name = MemberName::parse("Ada").unwrap();
    let join = MemberCommand::Join { name, email: address, email_hash };
    for command in [invite, join, MemberCommand::Deactivate { by: By::Another }] {
        let context = bed.context();
        bed.commands.members.execute(first, command, context).await.unwrap();
    }
    bed.acts(1).await;
    bed.tells(emil).await;
    bed.acts(2).await;
    assert_eq!(bed.has_lead(emil).await, (Some(other), Some(other)));
}

#[tokio::test]
async fn where_people_are_one_person_her_conversation_counts_and_no_lead_beside_it() {
    let mut bed = Bed::new(&[ADA]).await;
    let (nora, emil) = (bed.has_phone(1).await, bed.has_address(2).await);
    for of in [nora, emil] {
        bed.tells(of).await;
    }
    bed.acts(1).await;
    assert!(bed.routed().await.knows(lead_of(emil)));
    let merge = ContactCommand::Merge { loser: emil, winner: nora, standing: Standing::Herself, reason: None };
    bed.contact(emil, merge).await;
    bed.acts(2).await;
    assert!(!bed.routed().await.knows(lead_of(emil)));
    // What she tells by her address is answered where she writes.
    bed.tells(emil).await;
    bed.acts(1).await;
    assert!(!bed.routed().await.knows(lead_of(emil)));
    assert_eq!(bed.has_conversation(nora).await, (Some(ADA), Some(ADA), true));
}
