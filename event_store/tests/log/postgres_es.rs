//! postgres-es reads the very same table: the reference that our columns mean what cqrs-es says they mean. It can't write
//! it, and must not: it knows nothing of positions, tenants and command ids.

use std::fmt::Debug;

use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore, PersistenceError, SerializedEvent};
use cqrs_es::{EventEnvelope, EventStore};
use jiff::Timestamp;
use leadflow_domain::api_key::{ApiKey, ApiKeyCommand, ApiKeyName, Terms};
use leadflow_domain::channel::{
    AccountName, AccountStanding, Channel, ChannelCommand, HealthNews, NumberQuality, ProviderId, Restriction,
    SocialAccount, SocialNetwork, StopReason,
};
use leadflow_domain::contact::{Contact, ContactCommand, Identifier, MergeReason, Standing};
use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationEvent, Priority};
use leadflow_domain::group::Group;
use leadflow_domain::lead::{Capture, Currency, Lead, LeadCommand, LeadSource, Tag, Worth};
use leadflow_domain::member::{By, DeniedAction, Member, MemberCommand};
use leadflow_domain::outbound_message::OutboundMessage;
use leadflow_domain::pipeline::{
    Attribute, AttributeKind, AttributeName, Choice, LostReasonText, Pipeline, PipelineCommand, Stage, StageKind,
    StageName,
};
use leadflow_domain::response_template::{
    Response, ResponseBody, ResponseTemplate, ResponseTemplateCommand, ResponseTitle,
};
use leadflow_domain::role::{MemberRole, Permission, Permissions, Role, RoleCommand, RoleName};
use leadflow_domain::routing::{
    self, Capacity, Leave, PoolMembers, PoolName, PoolTerms, Request, Routing, RoutingCommand, RoutingOrder, Weight,
    WorkItem,
};
use leadflow_domain::source::{
    Asked, ExternalOpening, FieldPath, FormHeading, FormLanguage, MappedFields, Mapping, MissedLead, Network, Networks,
    Opening, Page, Source, SourceCommand, SourceKind, SourceName, WalkInForm, WalkInSlug,
};
use leadflow_domain::team::{Team, TeamCommand, TeamName};
use leadflow_domain::template::{
    Components, Listing, Pattern, Telling, Template, TemplateCategory, TemplateCommand, TemplateKey, TemplateLanguage,
    TemplateName, TemplateQuality, TemplateStatus, ToldComponents,
};
use leadflow_domain::tenant::{
    Branding, OnboardingStep, Profile, Schedule, Sector, Settings, Size, Tenant, TenantCommand, TenantName, ThemeName,
    Weekday,
};
use leadflow_domain::{
    ApiKeyId, AttributeId, CredentialId, Decide, E164, EmailAddress, Event, IdentifierHash, LeadId, LostReasonId,
    MemberId, Personal, PipelineId, PoolId, ResponseTemplateId, RoleId, RoutingId, SourceId, StageId, StreamId,
    SubmissionId, TeamId, TemplateId, Zone,
};
use leadflow_event_store::Executor;
use postgres_es::PostgresEventRepository;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::erasure::{EVE, groups};
use crate::support::{
    CHANNEL, Log, TENANT, acts, channel, connect, contact, context, conversation, correct, import, introduce, receive,
};

/// Tells the stream `commands`, and compares what both read of it.
async fn conforms<A>(log: &Log, stream: impl Into<StreamId>, commands: Vec<A::Command>)
where
    A: Decide + Clone + PartialEq + Debug + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    let stream = stream.into();
    let executor = Executor::<A>::new(&log.store);
    let before = log.reader.load::<A>(stream).await.unwrap().version;
    for (number, command) in commands.into_iter().enumerate() {
        let context = context(TENANT, &format!("{} {stream} {before} {number}", A::TYPE));
        executor.execute(stream, command, context).await.unwrap();
    }
    let id = stream.to_string();
    let repository = || PostgresEventRepository::new(log.pool.clone());
    let theirs = PersistedEventStore::<_, A>::new_event_store(repository()).load_aggregate(&id).await.unwrap();
    let ours = log.reader.load::<A>(stream).await.unwrap();
    assert_eq!(theirs.aggregate, ours.state);
    assert_ne!(ours.state, A::default(), "something happened to it");
    let raw = log.reader.stream(A::TYPE, stream, 0, i64::MAX).await.unwrap();
    let serialized = repository().get_events::<A>(&id).await.unwrap();
    assert_eq!(i64::try_from(serialized.len()).unwrap(), ours.version);
    for (event, raw) in serialized.into_iter().zip(raw) {
        assert_eq!((event.aggregate_type.as_str(), event.aggregate_id.as_str()), (A::TYPE, id.as_str()));
        assert_eq!(i64::try_from(event.sequence).unwrap(), raw.version);
        assert_eq!((&event.event_type, &event.event_version), (&raw.event_type, &raw.event_version));
        assert_eq!(event.metadata["actor"], "command-line");
        let envelope: EventEnvelope<A> = event.try_into().unwrap();
        assert_eq!(envelope.metadata["tenant"], TENANT.to_string());
    }
    assert_eq!(
        repository().get_last_events::<A>(&id, 1).await.unwrap().len(),
        repository().get_events::<A>(&id).await.unwrap().len() - 1
    );
}

/// Members, a team and a role of the business's own.
async fn people_conform(log: &Log) {
    let (team, role) = (TeamId::from_uuid(Uuid::from_u128(71)), RoleId::from_uuid(Uuid::from_u128(72)));
    let called = |name: &str| TeamName::parse(name).unwrap();
    let team_s = vec![
        TeamCommand::Form { name: called("Sales") },
        TeamCommand::Rename { name: called("Sale") },
        TeamCommand::Disband,
    ];
    conforms::<Team>(log, team, team_s).await;
    let (name, permissions) = (RoleName::parse("Trainee").unwrap(), Permissions::of(&[Permission::JudgeLeads]));
    let role_s = vec![
        RoleCommand::Define { name: name.clone(), permissions },
        RoleCommand::Change { name, permissions: Permissions::of(&[]) },
        RoleCommand::Remove,
    ];
    conforms::<Role>(log, role, role_s).await;
    let (action, permission) = (DeniedAction::parse("eraseContact").unwrap(), Permission::EraseContacts);
    let name = ApiKeyName::parse("Shop system").unwrap();
    let terms = Terms { name, role: MemberRole::Custom(role), scope: Some(permissions), expires_at: None };
    let key_s = vec![
        ApiKeyCommand::Issue { terms, now: Timestamp::from_second(9).unwrap() },
        ApiKeyCommand::Deny { action: action.clone(), permission },
        ApiKeyCommand::Revoke,
    ];
    conforms::<ApiKey>(log, ApiKeyId::from_uuid(Uuid::from_u128(74)), key_s).await;
    let denied = MemberCommand::Deny { action, permission };
    let done = [
        MemberCommand::ChangeRole { role: MemberRole::TeamLead, by: By::AnotherOwner },
        MemberCommand::MoveToTeam { team: Some(team) },
        MemberCommand::SetPassword,
        MemberCommand::EnableSecondFactor,
        MemberCommand::DisableSecondFactor,
        denied,
        MemberCommand::Deactivate { by: By::AnotherOwner },
        MemberCommand::Reactivate { by: By::AnotherOwner },
    ];
    let [(invited, commands), (owner, register)] = EVE.works();
    let asked = commands[0].clone();
    conforms::<Member>(log, invited, [&commands[..], &done[..]].concat()).await;
    conforms::<Member>(log, owner, register).await;
    let uninvited = MemberId::from_uuid(Uuid::from_u128(73));
    conforms::<Member>(log, uninvited, vec![asked, MemberCommand::WithdrawInvitation]).await;
}

/// A template that was written here and told of, and an answer that is kept ready.
async fn templates_conform(log: &Log) {
    let at = |second| Timestamp::from_second(second).unwrap();
    let key = TemplateKey {
        waba_id: ProviderId::parse("20").unwrap(),
        name: TemplateName::parse("order_update").unwrap(),
        language: TemplateLanguage::parse("it").unwrap(),
    };
    let (category, provider_id) = (TemplateCategory::Utility, ProviderId::parse("1").unwrap());
    let components = Components { body: Pattern::of("Your order is here."), ..Components::default() };
    let telling = |second| Telling { provider_id: None, at: at(second) };
    let (marketing, status) = (TemplateCategory::Marketing, TemplateStatus::Pending);
    let listing = Listing {
        provider_id: provider_id.clone(),
        status: TemplateStatus::Approved,
        category: category.clone(),
        quality: None,
        components: components.clone(),
    };
    let (hello, quality) = (ToldComponents { body: Pattern::of("Hello"), ..Default::default() }, TemplateQuality::Red);
    let told = vec![
        TemplateCommand::Draft { key: key.clone(), category: category.clone(), components },
        TemplateCommand::RecordSubmission { provider_id, status: status.clone(), category, at: at(1) },
        TemplateCommand::Sync { key: key.clone(), listing, at: at(2) },
        TemplateCommand::TellStatus { key: key.clone(), telling: telling(3), status },
        TemplateCommand::TellQuality { key: key.clone(), telling: telling(4), quality },
        TemplateCommand::AnnounceCategory { key: key.clone(), telling: telling(5), category: marketing.clone() },
        TemplateCommand::TellCategory { key: key.clone(), telling: telling(6), category: marketing },
        TemplateCommand::TellComponents { key: key.clone(), telling: telling(7), components: hello },
        TemplateCommand::Delete { at: at(8) },
    ];
    conforms::<Template>(log, TemplateId::of(TENANT, &key), told).await;
    let response = |title: &str| Response {
        title: ResponseTitle::parse(title).unwrap(),
        intent: None,
        body: ResponseBody::parse("Hi {{contact.name|there}}").unwrap(),
    };
    let kept = vec![
        ResponseTemplateCommand::Create(response("Welcome")),
        ResponseTemplateCommand::Change(response("Greeting")),
        ResponseTemplateCommand::Remove,
    ];
    conforms::<ResponseTemplate>(log, ResponseTemplateId::from_uuid(Uuid::from_u128(75)), kept).await;
}

/// Pools, whoever is in them, and what they see to.
async fn routing_conforms(log: &Log) {
    let [pool, second] = [76, 79].map(|id| PoolId::from_uuid(Uuid::from_u128(id)));
    let [ada, bea] = [77, 78].map(|id| MemberId::from_uuid(Uuid::from_u128(id)));
    let name = PoolName::parse("Sales").unwrap();
    let terms = PoolTerms { name, serves: [routing::Source::Everything].into(), keeps_last_agent: true, hours: None };
    let returns = PoolTerms { name: PoolName::parse("Returns").unwrap(), serves: [].into(), ..terms.clone() };
    let members = [(ada, Weight::ONE), (bea, Weight::ONE)].into();
    let work = |id| WorkItem::Lead(LeadId::from_uuid(Uuid::from_u128(id)));
    let ask = |id| RoutingOrder::Ask { request: Request::of(work(id)) };
    let at = |second| Timestamp::from_second(second).unwrap();
    let week = [(Weekday::Monday, vec!["09:00-13:00".parse().unwrap()])];
    let hours = Schedule::new(Zone::parse("UTC").unwrap(), week, []).unwrap();
    let leave = Leave::new(at(100), at(200)).unwrap();
    let shop = PoolTerms { name: PoolName::parse("Shop").unwrap(), ..terms.clone() };
    let orders = [
        RoutingOrder::CreatePool { pool, terms, members },
        RoutingOrder::ChangePool { pool, terms: shop },
        RoutingOrder::SetCapacity { member: ada, capacity: Capacity::try_from(1).ok() },
        ask(1),
        ask(2),
        RoutingOrder::Hand { work: work(2), member: ada },
        RoutingOrder::SetWorkingHours { member: bea, hours: Some(hours) },
        RoutingOrder::GoAway { member: bea, until: Some(at(50)) },
        RoutingOrder::ComeBack { member: bea },
        RoutingOrder::PlanLeave { member: ada, leave },
        RoutingOrder::CancelLeave { member: ada, leave },
        RoutingOrder::LeaveBusiness { member: bea },
        ask(3),
        RoutingOrder::Release { work: work(1) },
        RoutingOrder::CreatePool { pool: second, terms: returns, members: PoolMembers::new() },
        RoutingOrder::SetPoolMembers { pool: second, members: [(ada, Weight::ONE)].into() },
        RoutingOrder::RemovePool { pool: second },
    ];
    let told = orders.into_iter().zip(1..).map(|(what, second)| RoutingCommand { what, now: at(second) });
    conforms::<Routing>(log, RoutingId::of(TENANT), told.collect()).await;
}

/// All that comes to a page.
fn of_a_page() -> Vec<SourceCommand> {
    let credential = |number| CredentialId::from_uuid(Uuid::from_u128(number));
    let connect = |number| SourceCommand::ConnectPage {
        name: SourceName::parse("Saffron Sofas").unwrap(),
        page: Page { page_id: ProviderId::parse("138124712925158").unwrap(), app: None },
        credential: credential(number),
    };
    let missed = MissedLead { form_id: None, submitted_at: Timestamp::from_second(9).unwrap(), code: 100 };
    vec![
        connect(1),
        SourceCommand::StopReading { credential: credential(1), code: 190 },
        connect(2),
        SourceCommand::MissLead(missed),
        SourceCommand::AskBackfill { since: None },
        SourceCommand::Close,
    ]
}

/// What is done with a lead that is not worth pursuing.
fn worked() -> Vec<LeadCommand> {
    let tag = || Tag::parse("Fair 2026").unwrap();
    let to = Some(MemberId::from_uuid(Uuid::from_u128(77)));
    let worth = Worth { minor: 1_250, currency: Currency::parse("EUR").unwrap() };
    vec![
        LeadCommand::Qualify { reason: None, score: None },
        LeadCommand::Convert { stage: StageId::WON, worth: Some(worth) },
        LeadCommand::Lose { stage: StageId::LOST, reason: Some(LostReasonId::from_uuid(Uuid::from_u128(14))) },
        LeadCommand::MarkSpam,
        LeadCommand::UnmarkSpam,
        LeadCommand::Tag { tag: tag() },
        LeadCommand::Untag { tag: tag() },
        LeadCommand::Transfer { to },
    ]
}

/// All that comes to a pipeline.
fn of_a_pipeline() -> Vec<PipelineCommand> {
    let (stage, reason) = (StageId::from_uuid(Uuid::from_u128(13)), LostReasonId::from_uuid(Uuid::from_u128(14)));
    let (name, text) = (|name| StageName::parse(name).unwrap(), |text| LostReasonText::parse(text).unwrap());
    let (attribute, called) = (AttributeId::from_uuid(Uuid::from_u128(15)), AttributeName::parse("Size").unwrap());
    let choices = |choice| vec![Choice::parse(choice).unwrap()];
    let definition = Attribute { name: called.clone(), kind: AttributeKind::Choice, choices: choices("Small") };
    let order = vec![StageId::CONTACTED, StageId::NEGOTIATING, stage, StageId::NEW, StageId::WON, StageId::LOST];
    vec![
        PipelineCommand::CreateStage(Stage { stage, name: name("Visited"), kind: StageKind::Open }),
        PipelineCommand::RenameStage { stage, name: name("Seen") },
        PipelineCommand::ReorderStages { order },
        PipelineCommand::RemoveStage { stage: StageId::NEW, successor: stage },
        PipelineCommand::AddLostReason { reason, text: text("Too expensive") },
        PipelineCommand::RenameLostReason { reason, text: text("Price") },
        PipelineCommand::RemoveLostReason { reason },
        PipelineCommand::DefineAttribute { attribute, definition },
        PipelineCommand::ChangeAttribute { attribute, name: called, choices: choices("Large") },
        PipelineCommand::RemoveAttribute { attribute },
    ]
}

/// WhatsApp tells of everything that it may tell of a number.
fn health_told() -> ChannelCommand {
    let at = Timestamp::from_second(1_763_712_000).unwrap();
    let restriction = Restriction { kind: "RESTRICTED_BIZ_INITIATED_MESSAGING".to_owned(), until: Some(at) };
    ChannelCommand::TellHealth {
        waba_id: ProviderId::parse("20").unwrap(),
        news: vec![
            HealthNews::Quality(NumberQuality::Bad),
            HealthNews::MessagingLimit("TIER_1K".to_owned()),
            HealthNews::Account(AccountStanding::ToBeDisabled { on: None }),
            HealthNews::Restrictions(vec![restriction]),
            HealthNews::Violation("ADULT".to_owned()),
        ],
        at,
    }
}

/// All that comes to a form of ours.
fn of_a_walk_in() -> Vec<SourceCommand> {
    let name = |name: &str| SourceName::parse(name).unwrap();
    let form = |heading: &str| WalkInForm {
        language: FormLanguage::Italian,
        heading: FormHeading::parse(heading).unwrap(),
        greeting: None,
        name: Asked::Optionally,
        phone: Asked::Always,
        calling_code: None,
        email: Asked::No,
        questions: vec![],
        consent: None,
        thanks: None,
        whatsapp: None,
    };
    vec![
        SourceCommand::OpenWalkIn {
            name: name("Front desk"),
            slug: WalkInSlug::of(13),
            form: Box::new(form("Benvenuti")),
        },
        SourceCommand::SetForm(Box::new(form("Buongiorno"))),
        SourceCommand::Rename { name: name("Stand 12") },
    ]
}

#[tokio::test]
async fn postgres_es_reads_our_streams() {
    let log = Log::new().await;
    routing_conforms(&log).await;
    templates_conform(&log).await;
    let name = TenantName::parse("Bottega Aurora").unwrap();
    let week = [(Weekday::Monday, vec!["09:00-13:00".parse().unwrap()])];
    let schedule = Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, []).unwrap();
    conforms::<Tenant>(
        &log,
        TENANT,
        vec![TenantCommand::Register { name }, TenantCommand::SetSchedule { schedule }, TenantCommand::RemoveSchedule],
    )
    .await;
    let profile = Profile {
        name: TenantName::parse("Bottega Aurora").unwrap(),
        sector: Sector::Retail,
        phone: E164::parse("+390255501234").unwrap(),
        size: Size::UpTo10,
    };
    let branding = Branding { theme_name: Some(ThemeName::parse("Dusk").unwrap()), ..Branding::default() };
    let said = vec![
        TenantCommand::SetProfile { profile },
        TenantCommand::SetBranding { branding },
        TenantCommand::SetSettings { settings: Settings { unassigned_visible: false, ..Settings::default() } },
        TenantCommand::CompleteOnboardingStep { step: OnboardingStep::Profile },
    ];
    conforms::<Tenant>(&log, TENANT, said).await;
    people_conform(&log).await;
    let enter =
        |id| ChannelCommand::EnterWhatsAppCredentials { credential: CredentialId::from_uuid(Uuid::from_u128(id)) };
    let channel_commands = vec![
        connect("10"),
        enter(1),
        ChannelCommand::StopSending { reason: StopReason { code: 190, title: None } },
        health_told(),
        enter(2),
        ChannelCommand::RemoveWhatsAppCredentials,
        ChannelCommand::Disconnect,
        connect("10"),
    ];
    conforms::<Channel>(&log, channel(1), channel_commands).await;
    let connect_account = |credential: Option<u128>| ChannelCommand::ConnectSocialAccount {
        account: SocialAccount {
            network: SocialNetwork::Messenger,
            account_id: ProviderId::parse("11").unwrap(),
            name: AccountName::parse("Saffron Sofas").unwrap(),
            app: None,
        },
        credential: credential.map(|id| CredentialId::from_uuid(Uuid::from_u128(id))),
    };
    let account_commands =
        vec![connect_account(None), connect_account(Some(3)), connect_account(Some(4)), ChannelCommand::Disconnect];
    conforms::<Channel>(&log, channel(2), account_commands).await;
    conforms::<Contact>(&log, contact(7), vec![introduce("+393331234567"), ContactCommand::Erase]).await;
    let phone = |phone: &str| {
        Identifier::phone(&E164::parse(phone).unwrap(), IdentifierHash::from_hex(format!("hash of {phone}")))
    };
    conforms::<Contact>(&log, contact(8), vec![introduce("+393331234567")]).await;
    let (winner, standing) = (contact(8), Standing::Herself);
    let reason = Some(MergeReason::parse("One voice").unwrap());
    let merged = vec![
        introduce("+393331234568"),
        ContactCommand::TellApart { contact: contact(11), other: contact(9), standing },
        ContactCommand::Merge { loser: contact(11), winner, standing, reason },
        ContactCommand::Unmerge { winner, standing, reason: None },
    ];
    conforms::<Contact>(&log, contact(11), merged).await;
    let identifier = |id: &str| Identifier::whatsapp_user_id(id, IdentifierHash::from_hex(format!("hash of {id}")));
    let known_otherwise = vec![
        ContactCommand::IntroduceByUserId {
            user_id: "IT.1".to_owned(),
            user_id_hash: IdentifierHash::from_hex("hash of IT.1".to_owned()),
        },
        ContactCommand::AddIdentifier { identifier: phone("+393330000009") },
        ContactCommand::ChangeIdentifier { from: identifier("IT.1").held.hash, to: identifier("IT.2") },
        ContactCommand::RecordConflict { identifier: phone("+393331234567").held, holder: contact(8) },
    ];
    conforms::<Contact>(&log, contact(9), [known_otherwise, EVE.told_of_her()].concat()).await;
    let urgent = ConversationCommand::SetPriority { priority: Priority::Urgent };
    let told =
        vec![receive(8, "a"), ConversationCommand::MarkRead, urgent, ConversationCommand::Resolve, receive(8, "b")];
    let answered = ConversationCommand::Answer {
        contact: contact(8),
        channel: CHANNEL,
        message: EVE.outbound(0),
        decided_on: None,
    };
    let submitted = ConversationCommand::ReceiveSubmission {
        contact: contact(8),
        channel: CHANNEL,
        submission: SubmissionId::from_uuid(Uuid::from_u128(12)),
        submitted_at: Timestamp::from_second(1_763_712_600).unwrap(),
    };
    let told = [
        told,
        acts(8),
        vec![import(8, "c"), correct(8), answered, submitted],
        EVE.calls_with_her(),
        EVE.done_in_her_conversation(),
    ]
    .concat();
    conforms::<Conversation>(&log, conversation(8), told).await;
    let (group, thread) = groups::place();
    conforms::<Group>(&log, group, EVE.told_of_in_a_group()).await;
    conforms::<Conversation>(&log, thread, vec![EVE.written_in_a_group()]).await;
    for (nth, commands) in (0..).zip(EVE.messages_to_her()) {
        conforms::<OutboundMessage>(&log, EVE.outbound(nth), commands).await;
    }
    let earlier = LeadCommand::Capture(Capture::by_message(
        contact(8),
        LeadSource::WhatsApp,
        conversation(8),
        Timestamp::from_second(9).unwrap(),
    ));
    let address = EmailAddress::parse("nora@example.com").unwrap();
    let email = Identifier::email(&address, IdentifierHash::from_hex("hash of an address".to_owned()));
    conforms::<Contact>(&log, contact(10), vec![ContactCommand::Introduce { identifier: email }]).await;
    let (kind, name) = (SourceKind::GoogleForm, SourceName::parse("Spring offer").unwrap());
    let source = SourceId::from_uuid(Uuid::from_u128(11));
    let opened = SourceCommand::Open(Opening { kind, name });
    conforms::<Source>(&log, source, vec![opened, SourceCommand::Close, SourceCommand::Reopen]).await;
    conforms::<Source>(&log, SourceId::from_uuid(Uuid::from_u128(12)), of_a_page()).await;
    conforms::<Source>(&log, SourceId::from_uuid(Uuid::from_u128(13)), of_a_walk_in()).await;
    conforms::<Source>(&log, SourceId::from_uuid(Uuid::from_u128(14)), of_a_program()).await;
    conforms::<Lead>(&log, LeadId::of(contact(8)), [EVE.judgements(), vec![earlier], worked()].concat()).await;
    conforms::<Pipeline>(&log, PipelineId::of(TENANT), of_a_pipeline()).await;

    let mut kinds: Vec<String> =
        sqlx::query_scalar("select distinct event_type from events order by 1").fetch_all(&log.pool).await.unwrap();
    let mut known: Vec<String> = Event::types().map(|known| known.kind.to_owned()).collect();
    kinds.sort_unstable();
    known.sort_unstable();
    assert_eq!(kinds, known, "every kind of event was read");
}

fn of_a_program() -> Vec<SourceCommand> {
    let mapping = |phone: &str| {
        let fields = MappedFields { phone: FieldPath::parse(phone).ok(), ..MappedFields::default() };
        Mapping::new(fields).unwrap()
    };
    let credential = |number| CredentialId::from_uuid(Uuid::from_u128(number));
    let open = ExternalOpening {
        name: SourceName::parse("Partner").unwrap(),
        mapping: mapping("phone"),
        networks: Networks::new([Network::parse("203.0.113.0/24").unwrap()]).unwrap(),
        token: credential(31),
        credential: Some(credential(32)),
    };
    vec![
        SourceCommand::OpenExternal(Box::new(open)),
        SourceCommand::ChangeMapping(Box::new(mapping("/lead/phone"))),
        SourceCommand::ChangeNetworks { networks: Networks::default() },
        SourceCommand::IssueToken { token: credential(33) },
        SourceCommand::IssueSecret { credential: credential(34) },
        SourceCommand::RemoveSecret,
    ]
}

#[tokio::test]
async fn postgres_es_reads_personal_values_as_sealed() {
    let log = Log::new().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let repository = PostgresEventRepository::new(log.pool.clone());
    let mut events = repository.get_events::<Conversation>(&conversation(7).to_string()).await.unwrap();
    let envelope: EventEnvelope<Conversation> = events.remove(1).try_into().unwrap();
    let ConversationEvent::MessageReceived { message, .. } = envelope.payload else { panic!("a message") };
    assert_eq!(message.provider_message_id, Personal::Sealed);
}

async fn persist(pool: &PgPool) -> PersistenceError {
    let event = SerializedEvent::new(
        conversation(7).to_string(),
        1,
        "conversation".to_owned(),
        "conversation.read".to_owned(),
        "1".to_owned(),
        json!({"conversation.read": {}}),
        json!({}),
    );
    PostgresEventRepository::new(pool.clone()).persist::<Conversation>(&[event], None).await.unwrap_err()
}

#[tokio::test]
async fn postgres_es_can_t_write_our_table() {
    let (log, owner) = Log::with_owner().await;
    let as_us = persist(&log.pool).await;
    assert!(as_us.to_string().contains("permission denied for table events"), "{as_us}");
    let as_owner = persist(&owner).await;
    assert!(as_owner.to_string().contains("null value in column \"position\""), "{as_owner}");
    assert_eq!(log.reader.head().await.unwrap(), 0);
}
