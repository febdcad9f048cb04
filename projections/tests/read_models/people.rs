//! People: their rows are what each stream said last, however the log is cut and whichever streams come first.

use leadflow_domain::member::{By, Member, MemberCommand, MemberName};
use leadflow_domain::role::{MemberRole, Permission, Permissions, Role, RoleCommand, RoleName};
use leadflow_domain::team::{Team, TeamCommand, TeamName};
use leadflow_domain::tenant::{Settings, TenantCommand, TenantName};
use leadflow_domain::{EmailAddress, MemberId, RoleId, StreamId, TeamId};
use leadflow_event_store::{EventStore, Executor, RecordedEvent, testing as log_testing};
use leadflow_projections::people::{DEFINITION, PeopleProjector};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fold::apply;
use crate::support::{Log, OTHER_TENANT, TENANT, context};

const ADA: MemberId = MemberId::from_uuid(Uuid::from_u128(0xada));
const BOB: MemberId = MemberId::from_uuid(Uuid::from_u128(0xb0b));
const EVE: MemberId = MemberId::from_uuid(Uuid::from_u128(0xe7e));
const SALES: TeamId = TeamId::from_uuid(Uuid::from_u128(0x5a1e5));
const GONE: TeamId = TeamId::from_uuid(Uuid::from_u128(0x607e));
const AUDITOR: RoleId = RoleId::from_uuid(Uuid::from_u128(0xa0d));
const REMOVED: RoleId = RoleId::from_uuid(Uuid::from_u128(0xdead));

/// A row, as JSON has it.
type Row = Value;

#[derive(Debug, Clone, PartialEq)]
struct People {
    members: Vec<Row>,
    teams: Vec<Row>,
    roles: Vec<Row>,
    tenants: Vec<Row>,
}

async fn rows(connection: &mut PgConnection) -> People {
    let mut all = Vec::new();
    for table in ["members", "teams", "roles", "tenants"] {
        let sql = format!("select to_jsonb(t) - 'tenant_id' from {}.{table} t order by 1", DEFINITION.schema());
        all.push(sqlx::query_scalar(&sql).fetch_all(&mut *connection).await.unwrap());
    }
    let [members, teams, roles, tenants] = all.try_into().unwrap();
    People { members, teams, roles, tenants }
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
    members.execute(BOB, MemberCommand::ChangeRole { role, by: By::Another }, next()).await.unwrap();
    members.execute(BOB, MemberCommand::MoveToTeam { team: Some(GONE) }, next()).await.unwrap();
    members.execute(BOB, MemberCommand::SetPassword, next()).await.unwrap();
    members.execute(BOB, MemberCommand::Deactivate { by: By::Another }, next()).await.unwrap();
    members.execute(BOB, MemberCommand::Reactivate, next()).await.unwrap();
    teams.execute(GONE, TeamCommand::Disband, next()).await.unwrap();
    roles.execute(REMOVED, RoleCommand::Remove, next()).await.unwrap();
    let command =
        RoleCommand::Change { name: RoleName::parse("Auditor").unwrap(), permissions: may(Permission::SeeUsage) };
    roles.execute(AUDITOR, command, next()).await.unwrap();
    let command = TenantCommand::SetSettings { settings: Settings { unassigned_visible: false } };
    log.tenants.execute(TENANT, command, next()).await.unwrap();
}

fn expected() -> People {
    let member = |id: MemberId, state: &str, role: &str, own: Option<RoleId>, team: Option<TeamId>, email: &str| {
        let (own, team) = (own.map(RoleId::as_uuid), team.map(TeamId::as_uuid));
        (id.as_uuid(), state.to_owned(), role.to_owned(), own, team, Some(email.to_owned()))
    };
    People {
        members: vec![
            member(ADA, "ACTIVE", "OWNER", None, None, "ada@example.com"),
            // What she works with is no team any more, which the teams say.
            member(BOB, "ACTIVE", "CUSTOM", Some(AUDITOR), Some(GONE), "bob@example.com"),
            member(EVE, "WITHDRAWN", "BILLING_ADMIN", None, None, "eve@example.com"),
        ],
        teams: vec![SALES.as_uuid()],
        roles: vec![(AUDITOR.as_uuid(), vec!["SEE_USAGE".to_owned()])],
        tenants: vec![(TENANT.as_uuid(), false)],
    }
}

#[tokio::test]
async fn rows_are_what_each_stream_said_last_however_the_log_is_cut() {
    let log = Log::new().await;
    play(&log, &log_testing::event_store(&log.pool)).await;
    let events = log.events().await;
    for page in [1, 2, 7, events.len()] {
        assert_eq!(folded(&log, &events, page).await, expected(), "{page} a page");
    }
    // What was parked comes later than its neighbours.
    for late in [ADA, BOB, EVE].map(StreamId::from) {
        let (late, mut others): (Vec<_>, Vec<_>) = events.iter().cloned().partition(|event| event.stream == late);
        others.extend(late);
        assert_eq!(folded(&log, &others, 3).await, expected());
    }
    for late in [StreamId::from(SALES), GONE.into(), AUDITOR.into(), REMOVED.into(), TENANT.into()] {
        let (late, mut others): (Vec<_>, Vec<_>) = events.iter().cloned().partition(|event| event.stream == late);
        others.extend(late);
        assert_eq!(folded(&log, &others, 3).await, expected());
    }
    let twice = [events.as_slice(), &events].concat();
    assert_eq!(folded(&log, &twice, 5).await, expected(), "told again it is the same");
    let of_another = events.iter().any(|event| event.tenant == OTHER_TENANT);
    assert!(!of_another && events.len() > 15, "{}", events.len());
}
