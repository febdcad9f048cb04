//! People: their rows are what each stream said last, however the log is cut and whichever streams come first.

#![expect(clippy::wildcard_enum_match_arm, reason = "each value asks for the few events that it hangs on")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use leadflow_domain::api_key::{ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyName, Terms};
use leadflow_domain::member::{By, DeniedAction, Member, MemberCommand, MemberEvent, MemberName};
use leadflow_domain::role::{MemberRole, Permission, Permissions, Role, RoleCommand, RoleEvent, RoleName};
use leadflow_domain::team::{Team, TeamCommand, TeamEvent, TeamName};
use leadflow_domain::tenant::{Settings, TenantCommand, TenantEvent, TenantName};
use leadflow_domain::{ApiKeyId, EmailAddress, Event, MemberId, RoleId, StreamId, TeamId};
use leadflow_event_store::{CommandContext, EventStore, Executor, RecordedEvent, testing as log_testing};
use leadflow_projections::people::{
    self, DEFINITION, MemberField, MemberList, MemberOrder, MemberState, PeopleProjector, RoleKind,
};
use leadflow_projections::{Condition, IdIs, PageRequest, Sight, TextIs};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fold::apply;
use crate::process::Process;
use crate::support::{Log, OTHER_TENANT, TENANT, context, proven, seeing};

const ADA: MemberId = MemberId::from_uuid(Uuid::from_u128(0xada));
const BOB: MemberId = MemberId::from_uuid(Uuid::from_u128(0xb0b));
const EVE: MemberId = MemberId::from_uuid(Uuid::from_u128(0xe7e));
const IDA: MemberId = MemberId::from_uuid(Uuid::from_u128(0x1da));
const SALES: TeamId = TeamId::from_uuid(Uuid::from_u128(0x5a1e5));
const GONE: TeamId = TeamId::from_uuid(Uuid::from_u128(0x607e));
const AUDITOR: RoleId = RoleId::from_uuid(Uuid::from_u128(0xa0d));
const SHOP: ApiKeyId = ApiKeyId::from_uuid(Uuid::from_u128(0x5409));
const LOST: ApiKeyId = ApiKeyId::from_uuid(Uuid::from_u128(0x1057));
const REMOVED: RoleId = RoleId::from_uuid(Uuid::from_u128(0xdead));

/// A row, as JSON has it.
type Row = Value;

#[derive(Debug, Clone, PartialEq)]
struct People {
    members: Vec<Row>,
    teams: Vec<Row>,
    roles: Vec<Row>,
    api_keys: Vec<Row>,
    tenants: Vec<Row>,
}

async fn rows(connection: &mut PgConnection) -> People {
    let mut all = Vec::new();
    for (table, key) in
        [("members", "member_id"), ("teams", "team_id"), ("roles", "role_id"), ("api_keys", "api_key_id")]
    {
        let sql = format!("select to_jsonb(t) - 'tenant_id' from {}.{table} t order by {key}", DEFINITION.schema());
        let rows: Vec<Row> = sqlx::query_scalar(&sql).fetch_all(&mut *connection).await.unwrap();
        all.push(rows.into_iter().map(with_plain_times).collect());
    }
    let sql = format!(
        "select to_jsonb(t) - 'tenant_id' || jsonb_build_object('id', tenant_id) from {}.tenants t",
        DEFINITION.schema()
    );
    let tenants = sqlx::query_scalar(&sql).fetch_all(connection).await.unwrap();
    let [members, teams, roles, api_keys] = all.try_into().unwrap();
    People { members, teams, roles, api_keys, tenants }
}

/// Postgres and we write times differently.
fn with_plain_times(mut row: Row) -> Row {
    for value in row.as_object_mut().unwrap().values_mut() {
        if let Some(at) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
            *value = json!(at.to_string());
        }
    }
    row
}

/// People of `events`, folded by `page` from nothing, and left to nobody.
async fn folded(log: &Log, events: &[RecordedEvent], page: usize) -> People {
    let mut tx = log.pool.begin().await.unwrap();
    for page in events.chunks(page) {
        apply(&PeopleProjector, &mut tx, page).await.unwrap();
    }
    let rows = rows(&mut tx).await;
    tx.rollback().await.unwrap();
    rows
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn may(permission: Permission) -> Permissions {
    Permissions::of(&[permission])
}

/// Ada's business: whom she asks, what they become, and what is given up.
async fn play(log: &Log, store: &EventStore) {
    let keys = log_testing::keys();
    let (members, teams, roles) =
        (Executor::<Member>::new(store), Executor::<Team>::new(store), Executor::<Role>::new(store));
    let mut nth = 0;
    let mut next = || {
        nth += 1;
        context(TENANT, &nth.to_string())
    };
    let name = |text: &str| MemberName::parse(text).unwrap();
    let invite = |address, role, team| MemberCommand::Invite { email: email(address), role, team };
    let join = |text, address| MemberCommand::Join {
        name: name(text),
        email: email(address),
        email_hash: keys.email_hash(&email(address)),
    };
    let ada = "ada@example.com";
    let register =
        MemberCommand::Register { name: name("Ada"), email: email(ada), email_hash: keys.email_hash(&email(ada)) };
    members.execute(ADA, register, next()).await.unwrap();
    let command = TenantCommand::Register { name: TenantName::parse("Saffron Sofas").unwrap() };
    log.tenants.execute(TENANT, command, next()).await.unwrap();
    for (team, text) in [(SALES, "Sales"), (GONE, "Returns")] {
        let command = TeamCommand::Form { name: TeamName::parse(text).unwrap() };
        teams.execute(team, command, next()).await.unwrap();
    }
    for (role, text) in [(AUDITOR, "Auditor"), (REMOVED, "Intern")] {
        let command =
            RoleCommand::Define { name: RoleName::parse(text).unwrap(), permissions: may(Permission::SeeAudit) };
        roles.execute(role, command, next()).await.unwrap();
    }
    members.execute(BOB, invite("bob@example.com", MemberRole::Agent, Some(SALES)), next()).await.unwrap();
    members.execute(BOB, join("Bob", "bob@example.com"), next()).await.unwrap();
    members.execute(EVE, invite("eve@example.com", MemberRole::BillingAdmin, None), next()).await.unwrap();
    members.execute(EVE, MemberCommand::WithdrawInvitation, next()).await.unwrap();
    let role = MemberRole::Custom(AUDITOR);
    members.execute(BOB, MemberCommand::ChangeRole { role, by: By::AnotherOwner }, next()).await.unwrap();
    members.execute(BOB, MemberCommand::MoveToTeam { team: Some(GONE) }, next()).await.unwrap();
    members.execute(BOB, MemberCommand::SetPassword, next()).await.unwrap();
    members.execute(BOB, MemberCommand::EnableSecondFactor, next()).await.unwrap();
    members.execute(BOB, MemberCommand::Rename { name: name("Robert") }, next()).await.unwrap();
    members.execute(BOB, MemberCommand::Deactivate { by: By::AnotherOwner }, next()).await.unwrap();
    members.execute(BOB, MemberCommand::Reactivate { by: By::AnotherOwner }, next()).await.unwrap();
    members.execute(IDA, invite("ida@example.com", MemberRole::TeamLead, Some(SALES)), next()).await.unwrap();
    members.execute(IDA, join("Ida", "ida@example.com"), next()).await.unwrap();
    members.execute(IDA, MemberCommand::Deactivate { by: By::AnotherOwner }, next()).await.unwrap();
    let command = TeamCommand::Rename { name: TeamName::parse("Counter").unwrap() };
    teams.execute(SALES, command, next()).await.unwrap();
    teams.execute(GONE, TeamCommand::Disband, next()).await.unwrap();
    roles.execute(REMOVED, RoleCommand::Remove, next()).await.unwrap();
    let command =
        RoleCommand::Change { name: RoleName::parse("Accountant").unwrap(), permissions: may(Permission::SeeUsage) };
    roles.execute(AUDITOR, command, next()).await.unwrap();
    keys_are_given(&Executor::new(store), &mut next).await;
    let command =
        TenantCommand::SetSettings { settings: Settings { unassigned_visible: false, ..Settings::default() } };
    log.tenants.execute(TENANT, command, next()).await.unwrap();
}

/// A key of a role that the business has changed, within a scope and for a time; and one that was lost.
async fn keys_are_given(keys: &Executor<ApiKey>, mut next: impl FnMut() -> CommandContext) {
    let name = |text: &str| ApiKeyName::parse(text).unwrap();
    let (now, end) = (Timestamp::from_second(1).unwrap(), Timestamp::from_second(4_000_000_000).unwrap());
    let scope = Some(Permissions::of(&[Permission::SeeUsage, Permission::EraseContacts]));
    let terms = Terms { name: name("Shop"), role: MemberRole::Custom(AUDITOR), scope, expires_at: Some(end) };
    keys.execute(SHOP, ApiKeyCommand::Issue { terms, now }, next()).await.unwrap();
    let action = DeniedAction::parse("eraseContact").unwrap();
    keys.execute(SHOP, ApiKeyCommand::Deny { action, permission: Permission::EraseContacts }, next()).await.unwrap();
    let terms = Terms { name: name("Laptop"), role: MemberRole::TeamLead, scope: None, expires_at: None };
    keys.execute(LOST, ApiKeyCommand::Issue { terms, now }, next()).await.unwrap();
    keys.execute(LOST, ApiKeyCommand::Revoke, next()).await.unwrap();
}

/// Of each stream of a kind, what happened to it, in its order.
fn streams<'a, E>(events: &'a [RecordedEvent], of: impl Fn(&'a Event) -> Option<&'a E>) -> Vec<Told<'a, E>> {
    let mut streams: BTreeMap<Uuid, Told<'a, E>> = BTreeMap::new();
    for recorded in events {
        if let Some(event) = of(&recorded.event) {
            streams.entry(recorded.stream.as_uuid()).or_default().push((recorded, event));
        }
    }
    streams.into_values().collect()
}

type Told<'a, E> = Vec<(&'a RecordedEvent, &'a E)>;

/// What the latest event says that says anything of it.
fn latest<E, T>(told: &Told<'_, E>, says: impl Fn(&RecordedEvent, &E) -> Option<T>) -> Option<T> {
    told.iter().rev().find_map(|(recorded, event)| says(recorded, event))
}

fn naive_member(told: &Told<'_, MemberEvent>) -> Row {
    use MemberEvent as E;
    let at = |is: fn(&E) -> bool| latest(told, |recorded, event| is(event).then(|| recorded.recorded_at.to_string()));
    let state = latest(told, |_, event| match event {
        E::Registered { .. } | E::Joined { .. } | E::Reactivated { .. } => Some("ACTIVE"),
        E::Invited { .. } => Some("INVITED"),
        E::InvitationWithdrawn {} => Some("WITHDRAWN"),
        E::Deactivated {} => Some("DEACTIVATED"),
        _ => None,
    });
    let role = latest(told, |_, event| match event {
        E::Registered { .. } => Some(MemberRole::Owner),
        E::Invited { role, .. } | E::Joined { role, .. } | E::RoleChanged { role } | E::Reactivated { role } => {
            Some(*role)
        }
        _ => None,
    })
    .unwrap();
    let team = latest(told, |_, event| match event {
        E::Invited { team, .. } | E::Joined { team, .. } | E::TeamChanged { team } => Some(*team),
        _ => None,
    });
    let name = latest(told, |_, event| match event {
        E::Registered { name, .. } | E::Joined { name, .. } | E::Renamed { name } => name.known().cloned(),
        _ => None,
    });
    let email = latest(told, |_, event| match event {
        E::Registered { email, .. } | E::Invited { email, .. } | E::Joined { email, .. } => email.known().cloned(),
        _ => None,
    });
    let factor = latest(told, |_, event| match event {
        E::SecondFactorEnabled {} => Some(true),
        E::SecondFactorDisabled {} => Some(false),
        _ => None,
    });
    let (word, own) = naive_role_of(role);
    json!({
        "member_id": told[0].0.stream.as_uuid(), "state": state, "role": word, "role_id": own,
        "team_id": team.flatten().map(TeamId::as_uuid), "email": email.map(|email| email.as_str().to_owned()),
        "name": name.map(|name| name.as_str().to_owned()), "second_factor": factor.unwrap_or_default(),
        "invited_at": at(|event| matches!(event, E::Invited { .. })),
        "joined_at": at(|event| matches!(event, E::Registered { .. } | E::Joined { .. })),
        "deactivated_at":
            (state == Some("DEACTIVATED")).then(|| at(|event| matches!(event, E::Deactivated {}))).flatten(),
        "version": told.len(), "since": told[0].0.recorded_at.to_string(),
    })
}

/// The word of a role, and which of the business's own it is.
fn naive_role_of(role: MemberRole) -> (String, Option<Uuid>) {
    match role {
        MemberRole::Custom(own) => ("CUSTOM".to_owned(), Some(own.as_uuid())),
        fixed => (serde_json::to_value(fixed).unwrap().as_str().unwrap().to_uppercase(), None),
    }
}

fn naive_team(told: &Told<'_, TeamEvent>) -> Option<Row> {
    let (last, TeamEvent::Formed { name } | TeamEvent::Renamed { name, .. }) = told.last()? else { return None };
    let (id, formed_at) = (last.stream.as_uuid(), told[0].0.recorded_at.to_string());
    Some(json!({ "team_id": id, "name": name.as_str(), "formed_at": formed_at, "version": told.len() }))
}

fn naive_role(told: &Told<'_, RoleEvent>) -> Option<Row> {
    let (last, RoleEvent::Defined { name, permissions } | RoleEvent::Changed { name, permissions, .. }) =
        told.last()?
    else {
        return None;
    };
    let (id, defined_at) = (last.stream.as_uuid(), told[0].0.recorded_at.to_string());
    Some(json!({
        "role_id": id, "name": name.as_str(), "permissions": permissions, "defined_at": defined_at,
        "version": told.len(),
    }))
}

fn naive_key(told: &Told<'_, ApiKeyEvent>) -> Row {
    let (first, ApiKeyEvent::Issued(terms)) = told[0] else { panic!("begins otherwise: {told:?}") };
    let (role, own) = naive_role_of(terms.role);
    let revoked = told.iter().find(|(_, event)| matches!(event, ApiKeyEvent::Revoked {}));
    json!({
        "api_key_id": first.stream.as_uuid(), "name": terms.name, "role": role, "role_id": own, "scope": terms.scope,
        "issued_at": first.recorded_at.to_string(), "expires_at": terms.expires_at.map(|end| end.to_string()),
        "revoked_at": revoked.map(|(recorded, _)| recorded.recorded_at.to_string()), "version": told.len(),
    })
}

/// The rows that the history says.
fn expected(events: &[RecordedEvent]) -> People {
    let members = streams(events, |event| if let Event::Member(event) = event { Some(event) } else { None });
    let teams = streams(events, |event| if let Event::Team(event) = event { Some(event) } else { None });
    let roles = streams(events, |event| if let Event::Role(event) = event { Some(event) } else { None });
    let keys = streams(events, |event| if let Event::ApiKey(event) = event { Some(event) } else { None });
    let set = events.iter().filter_map(|recorded| match &recorded.event {
        Event::Tenant(TenantEvent::SettingsSet { settings }) => Some((recorded.stream.as_uuid(), settings)),
        _ => None,
    });
    People {
        members: members.iter().map(naive_member).collect(),
        teams: teams.iter().filter_map(naive_team).collect(),
        roles: roles.iter().filter_map(naive_role).collect(),
        api_keys: keys.iter().map(naive_key).collect(),
        tenants: set.map(|(id, set)| json!({ "unassigned_visible": set.unassigned_visible, "id": id })).collect(),
    }
}

#[tokio::test]
async fn rows_are_what_each_stream_said_last_however_the_log_is_cut() {
    let log = Log::new().await;
    play(&log, &log_testing::event_store(&log.pool)).await;
    let events = log.events().await;
    for page in [1, 2, 7, events.len()] {
        assert_eq!(folded(&log, &events, page).await, expected(&events), "{page} a page");
    }
    // What was parked comes later than its neighbours.
    for late in [ADA, BOB, EVE, IDA].map(StreamId::from) {
        let (late, mut others): (Vec<_>, Vec<_>) = events.iter().cloned().partition(|event| event.stream == late);
        others.extend(late);
        assert_eq!(folded(&log, &others, 3).await, expected(&events));
    }
    for late in
        [StreamId::from(SALES), GONE.into(), AUDITOR.into(), REMOVED.into(), SHOP.into(), LOST.into(), TENANT.into()]
    {
        let (late, mut others): (Vec<_>, Vec<_>) = events.iter().cloned().partition(|event| event.stream == late);
        others.extend(late);
        assert_eq!(folded(&log, &others, 3).await, expected(&events));
    }
    let twice = [events.as_slice(), &events].concat();
    assert_eq!(folded(&log, &twice, 5).await, expected(&events), "told again it is the same");
    let of_another = events.iter().any(|event| event.tenant == OTHER_TENANT);
    assert!(!of_another && events.len() > 15, "{}", events.len());
}

#[tokio::test]
async fn everybody_of_a_business_is_told_who_works_there_and_nobody_else() {
    let log = Log::new().await;
    play(&log, &log_testing::event_store(&log.pool)).await;
    let process = Process::start(&log, 1, |runtime| runtime.project(PeopleProjector));
    process.reaches(DEFINITION, log.head().await).await;
    process.stop().await;
    let (hers, theirs) = (seeing(TENANT, Sight::Nothing), proven(OTHER_TENANT));

    let found = async |asked: Vec<MemberField>, order| {
        let filter = Condition::All(asked.into_iter().map(Condition::Is).collect());
        let list = MemberList { filter: &filter, order };
        let rows = people::members(&log.reads, hers, list, PageRequest::first(9)).await.unwrap();
        let count = people::count_members(&log.reads, hers, &filter).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), rows.len());
        assert_eq!(people::members(&log.reads, theirs, list, PageRequest::first(9)).await.unwrap(), []);
        assert_eq!(people::count_members(&log.reads, theirs, &filter).await.unwrap(), 0);
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let oldest = MemberOrder::Oldest;
    assert_eq!(found(vec![], oldest).await, [ADA, BOB, EVE, IDA]);
    assert_eq!(found(vec![], MemberOrder::Newest).await, [IDA, EVE, BOB, ADA]);
    for (asked, expected) in [
        (MemberField::Id(IdIs::In(vec![BOB.as_uuid(), Uuid::nil()])), vec![BOB]),
        (MemberField::Name(TextIs::Contains("ROB".to_owned())), vec![BOB]),
        (MemberField::Name(TextIs::Null(true)), vec![EVE]),
        (MemberField::State(vec![MemberState::Active]), vec![ADA, BOB]),
        (MemberField::State(vec![MemberState::Withdrawn, MemberState::Deactivated]), vec![EVE, IDA]),
        (MemberField::Role(vec![RoleKind::Owner, RoleKind::Custom]), vec![ADA, BOB]),
        (MemberField::CustomRole(IdIs::In(vec![AUDITOR.as_uuid()])), vec![BOB]),
        (MemberField::Team(IdIs::In(vec![SALES.as_uuid()])), vec![IDA]),
        // What is no team any more is nobody's.
        (MemberField::Team(IdIs::In(vec![GONE.as_uuid()])), vec![]),
        (MemberField::Team(IdIs::Null(true)), vec![ADA, BOB, EVE]),
    ] {
        assert_eq!(found(vec![asked.clone()], oldest).await, expected, "{asked:?}");
    }

    let bob = people::members_by_id(&log.reads, hers, &[BOB]).await.unwrap().pop().unwrap();
    assert_eq!((bob.role, bob.team, bob.second_factor), (MemberRole::Custom(AUDITOR), None, true));
    assert_eq!(bob.custom_role.unwrap().name, "Accountant");
    let ida = people::members_by_id(&log.reads, hers, &[IDA]).await.unwrap().pop().unwrap();
    assert_eq!((ida.team.unwrap().name.as_str(), ida.custom_role), ("Counter", None));
    assert_eq!(people::members_by_id(&log.reads, theirs, &[BOB]).await.unwrap(), []);

    let page = PageRequest::first(9);
    let teams = people::teams(&log.reads, hers, page).await.unwrap();
    assert_eq!(teams, people::teams_by_id(&log.reads, hers, &[SALES, GONE]).await.unwrap());
    assert_eq!(teams.iter().map(|row| row.id).collect::<Vec<_>>(), [SALES]);
    let roles = people::roles(&log.reads, hers, page).await.unwrap();
    assert_eq!(roles, people::roles_by_id(&log.reads, hers, &[AUDITOR, REMOVED]).await.unwrap());
    assert_eq!(roles[0].permissions, may(Permission::SeeUsage));
    let keys = people::api_keys(&log.reads, hers, page).await.unwrap();
    for key in &keys {
        assert_eq!(people::api_keys_by_id(&log.reads, hers, &[key.id]).await.unwrap().first(), Some(key));
    }
    assert_eq!(keys.iter().map(|row| row.id).collect::<Vec<_>>(), [SHOP, LOST]);
    assert_eq!((keys[0].permissions(), keys[0].revoked_at), (may(Permission::SeeUsage), None));
    assert_eq!(Some(keys[1].permissions()), MemberRole::TeamLead.permissions());
    assert!(keys[1].revoked_at.is_some() && keys[1].scope.is_none());
    assert_eq!(people::count_api_keys(&log.reads, hers).await.unwrap(), 2);
    assert_eq!(people::count_api_keys(&log.reads, theirs).await.unwrap(), 0);
    assert_eq!(people::api_keys(&log.reads, theirs, page).await.unwrap(), []);
    assert_eq!(people::api_keys_by_id(&log.reads, theirs, &[SHOP]).await.unwrap(), []);
    let counts = async |of| {
        let teams = people::count_teams(&log.reads, of).await.unwrap();
        (teams, people::count_roles(&log.reads, of).await.unwrap())
    };
    assert_eq!((counts(hers).await, counts(theirs).await), ((1, 1), (0, 0)));
    assert_eq!(people::teams(&log.reads, theirs, page).await.unwrap(), []);
    assert_eq!(people::roles(&log.reads, theirs, page).await.unwrap(), []);
    assert_eq!(people::teams_by_id(&log.reads, theirs, &[SALES]).await.unwrap(), []);
    assert_eq!(people::roles_by_id(&log.reads, theirs, &[AUDITOR]).await.unwrap(), []);
}
