use std::collections::BTreeMap;

use jiff::Timestamp;
use leadflow_domain::lead::{Capture, LeadCommand, LeadSource, Tag};
use leadflow_domain::pipeline::StageKind;
use leadflow_domain::{CommandId, ContactId, ConversationId, LeadId, MemberId, StageId, StreamId, TenantId};
use leadflow_event_store::{Actor, CommandContext, database, testing as log_testing};
use leadflow_private_postgres::testing::TestDatabase;
use leadflow_projections::{TenantReads, testing};
use sqlx::{Executor as _, PgPool};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::change_leads::LEADS;
use super::*;
use crate::commands::Commands;
use crate::jobs::{Job, Turn, Work, Worked};

const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
const ANOTHER: TenantId = TenantId::from_uuid(Uuid::from_u128(2));
const MEMBER: MemberId = MemberId::from_uuid(Uuid::from_u128(7));
const TOKEN: Actor = Actor::Token(Uuid::from_u128(8));

struct Bed {
    database: TestDatabase,
    pool: PgPool,
    commands: Commands,
    changes: LeadChanges,
    /// Says whether all outside work is to wait.
    paused: watch::Sender<bool>,
}

fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

fn request(key: &str, actor: Actor) -> CommandContext {
    CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &[key]), actor, "test")
}

/// The lead of whoever is the `nth` contact.
fn lead(nth: usize) -> LeadId {
    LeadId::of(contact(nth))
}

fn contact(nth: usize) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(0x1000 + u128::try_from(nth).unwrap()))
}

fn counts(changed: i32, unchanged: i32, refused: i32) -> Counts {
    Counts { done: changed + unchanged + refused, changed, unchanged, refused }
}

impl Bed {
    /// A business whose owner has a token, with some leads.
    async fn new(leads: usize) -> Self {
        let database = testing::database().await;
        let pool = database::app_pool(database.connect_options(), 6).await.unwrap();
        let commands = Commands::new(&log_testing::event_store(&pool));
        let changes = LeadChanges::new(pool.clone());
        let bed = Self { database, pool, commands, changes, paused: watch::channel(false).0 };
        bed.execute(&format!(
            "insert into tokens (id, token_hash, tenant_id, role, expires_at) \
             values ('{}', 'x', '{TENANT}', 'OWNER', now() + interval '1 hour')",
            Uuid::from_u128(8)
        ))
        .await;
        for nth in 0..leads {
            bed.tell(nth, TENANT, "capture", captured(nth)).await;
        }
        bed
    }

    /// Has the owner of the database execute SQL.
    async fn execute(&self, sql: &str) {
        database::owner_pool(self.database.connect_options()).execute(sql).await.unwrap();
    }

    async fn tell(&self, nth: usize, tenant: TenantId, key: &str, command: LeadCommand) {
        let id = CommandId::derive(tenant, "test", &[key, &nth.to_string()]);
        let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
        self.commands.leads.execute(lead(nth), command, context).await.unwrap();
    }

    async fn ask(&self, key: &str, actor: Actor, change: &Change, leads: &[Uuid]) -> LeadChange {
        let request = request(key, actor);
        self.changes.ask(&Asked { request: &request, change, leads }).await.unwrap();
        self.found(request.id.as_uuid()).await
    }

    async fn found(&self, id: Uuid) -> LeadChange {
        self.changes.find(TENANT, id).await.unwrap().unwrap()
    }

    fn work(&self) -> ChangeLeads {
        let (reads, told) = (TenantReads::new(self.pool.clone()), self.paused.subscribe());
        let log = log_testing::event_store(&self.pool).reader().clone();
        ChangeLeads::new(self.changes.clone(), self.pool.clone(), log, reads, self.commands.clone(), told)
    }

    fn job(&self, change: Uuid) -> Job {
        let turn = Turn::now(&self.pool, TENANT);
        let (id, subject) = (Uuid::from_u128(9), StreamId::from_uuid(change));
        Job { id, tenant: TENANT, queue: String::new(), subject, position: 1, attempts: 1, turn }
    }

    /// A change is made, by whoever works.
    async fn make(&self, change: &LeadChange) -> LeadChange {
        assert_eq!(self.work().work(self.job(change.id), CancellationToken::new()).await, Worked::Done);
        self.found(change.id).await
    }

    async fn events(&self, of: &str) -> i64 {
        let sql = format!("select count(*) from events where event_type = '{of}'");
        sqlx::query_scalar(&sql).fetch_one(&self.pool).await.unwrap()
    }

    /// Why leads said no, by how many.
    async fn reasons(&self, change: &LeadChange) -> BTreeMap<String, i64> {
        let found = self.changes.refused_for(change.id).await.unwrap();
        found.into_iter().map(|one| (one.code, one.leads)).collect()
    }
}

fn captured(nth: usize) -> LeadCommand {
    let conversation = ConversationId::from_uuid(Uuid::from_u128(5));
    LeadCommand::Capture(Capture::by_message(contact(nth), LeadSource::WhatsApp, conversation, Timestamp::UNIX_EPOCH))
}

fn ids(leads: std::ops::Range<usize>) -> Vec<Uuid> {
    leads.map(|nth| lead(nth).as_uuid()).collect()
}

fn spam() -> Change {
    Change::Spam { is_spam: true }
}

fn to(stage: StageId, kind: StageKind) -> Change {
    Change::Stage { stage, kind, lost_reason: None }
}

#[tokio::test]
async fn each_lead_says_yes_or_no_as_it_would_alone() {
    let bed = Bed::new(4).await;
    bed.tell(1, TENANT, "spam", LeadCommand::MarkSpam).await;
    bed.tell(7, ANOTHER, "capture", captured(7)).await;
    // One is spam already, one is another business's, and one there is not.
    let of = [ids(0..4), ids(7..9)].concat();
    let marked = bed.make(&bed.ask("spam", TOKEN, &spam(), &of).await).await;
    assert_eq!((marked.state, marked.counts, marked.lead_count), (ChangeState::Done, counts(3, 1, 2), 6));
    assert!((marked.progress() - 1.0).abs() < f64::EPSILON && marked.failure.is_none());
    assert_eq!(bed.reasons(&marked).await, BTreeMap::from([("NOT_FOUND".to_owned(), 2)]));
    let refused = bed.changes.refused(marked.id, 9).await.unwrap();
    let which: Vec<_> = refused.iter().map(|one| (one.nth, one.lead, one.reason.as_str())).collect();
    assert_eq!(which, [(4, of[4], "there is no such lead"), (5, of[5], "there is no such lead")]);

    // What is not worth pursuing is not worked on.
    let lost = LeadCommand::Disqualify { reason: None, score: None, lost_at: StageId::LOST };
    bed.tell(0, TENANT, "disqualify", lost).await;
    let stages = [("contacted", to(StageId::CONTACTED, StageKind::Open)), ("won", to(StageId::WON, StageKind::Won))];
    let mut made = Vec::new();
    for (key, change) in stages {
        let moved = bed.make(&bed.ask(key, TOKEN, &change, &ids(0..4)).await).await;
        made.push((moved.counts, bed.reasons(&moved).await.into_keys().collect::<Vec<_>>()));
    }
    assert_eq!(made[0], (counts(3, 0, 1), vec!["WRONG_STATUS".to_owned()]));
    assert_eq!(made[1], (counts(4, 0, 0), vec![]));
    assert_eq!((bed.events("lead.moved").await, bed.events("lead.converted").await), (3, 4));

    let owner = Change::Owner { to: Some(MEMBER) };
    let handed = bed.make(&bed.ask("owner", TOKEN, &owner, &ids(0..4)).await).await;
    assert_eq!((handed.counts, bed.events("lead.transferred").await), (counts(4, 0, 0), 4));
    let tags = Change::Tags { add: vec![tag("Fair"), tag("VIP")], remove: vec![tag("Cold")] };
    bed.tell(0, TENANT, "cold", LeadCommand::Tag { tag: tag("Cold") }).await;
    for text in ["Fair", "VIP"] {
        bed.tell(1, TENANT, text, LeadCommand::Tag { tag: tag(text) }).await;
    }
    let tagged = bed.make(&bed.ask("tags", TOKEN, &tags, &ids(0..4)).await).await;
    assert_eq!(tagged.counts, counts(3, 1, 0));
    assert_eq!((bed.events("lead.tagged").await, bed.events("lead.untagged").await), (9, 1));
    let nothing = bed.make(&bed.ask("nothing", TOKEN, &spam(), &[]).await).await;
    assert_eq!((nothing.state, nothing.counts), (ChangeState::Done, counts(0, 0, 0)));
}

#[tokio::test]
async fn whoever_takes_a_change_over_goes_on_and_changes_each_lead_once() {
    let many = LEADS * 2 + 20;
    let bed = Bed::new(many).await;
    bed.tell(3, TENANT, "spam", LeadCommand::MarkSpam).await;
    // The last one there is not.
    let of = ids(0..many + 1);
    let asked = bed.ask("spam", TOKEN, &spam(), &of).await;
    let work = bed.work();
    // A process makes two parts of it, and ends before it puts down the second.
    let (mut change, leads) = bed.changes.start(asked.id).await.unwrap().unwrap();
    for (some, is_put_down) in leads.chunks(LEADS).zip([true, false]) {
        let standing = crate::auth::standing(&bed.pool, TENANT, &TOKEN).await.unwrap().unwrap();
        let refused = work.some(&mut change, &TOKEN, standing.context, some).await.unwrap();
        assert_eq!(refused, []);
        if is_put_down {
            bed.changes.put_down(&change, &refused).await.unwrap();
        }
    }
    let before = bed.found(asked.id).await;
    assert_eq!((before.state, before.counts), (ChangeState::Running, counts(199, 1, 0)));
    let whole = bed.make(&asked).await;
    assert_eq!((whole.state, whole.counts), (ChangeState::Done, counts(419, 1, 1)));
    assert_eq!(bed.events("lead.spam_marked").await, 420);
    // Whoever had it before puts down nothing any more, and ends nothing.
    assert_eq!(bed.changes.put_down(&change, &[]).await.unwrap(), changes::PutDown::IsAnothers);
    bed.changes.end(&change, ChangeState::Failed, Some("late")).await.unwrap();
    assert_eq!(bed.found(asked.id).await, whole);
}

#[tokio::test]
async fn one_that_is_cancelled_or_paused_goes_no_further() {
    let bed = Bed::new(3).await;
    let asked = bed.ask("waits", TOKEN, &spam(), &ids(0..3)).await;
    bed.paused.send_replace(true);
    let worked = bed.work().work(bed.job(asked.id), CancellationToken::new()).await;
    assert!(matches!(worked, Worked::Again { .. }), "{worked:?}");
    bed.paused.send_replace(false);
    let stopped = CancellationToken::new();
    stopped.cancel();
    assert!(matches!(bed.work().work(bed.job(asked.id), stopped).await, Worked::Again { .. }));
    assert_eq!(bed.changes.cancel(&asked).await.unwrap(), Ended::Ends);
    assert_eq!(bed.changes.cancel(&asked).await.unwrap(), Ended::HadEnded);
    let cancelled = bed.make(&asked).await;
    assert_eq!((cancelled.state, cancelled.counts.done), (ChangeState::Cancelled, 0));

    // One that is worked on ends by whoever does.
    let asked = bed.ask("runs", TOKEN, &spam(), &ids(0..3)).await;
    bed.execute(
        "update jobs set state = 'running', worker = gen_random_uuid(), leased_until = now() where state = 'waiting'",
    )
    .await;
    bed.changes.start(asked.id).await.unwrap().unwrap();
    assert_eq!(bed.changes.cancel(&asked).await.unwrap(), Ended::Ends);
    assert_eq!(bed.found(asked.id).await.state, ChangeState::Running);
    assert_eq!(bed.make(&asked).await.state, ChangeState::Cancelled);
    assert_eq!(bed.events("lead.spam_marked").await, 0);
}

#[tokio::test]
async fn whoever_asked_changes_what_she_sees_as_long_as_she_may() {
    let bed = Bed::new(3).await;
    bed.execute(&format!(
        "insert into people_v2.members (member_id, tenant_id, state, role, joined_at, version) \
         values ('{MEMBER}', '{TENANT}', 'ACTIVE', 'AGENT', now(), 1); \
         insert into people_v2.tenants (tenant_id, unassigned_visible) values ('{TENANT}', false); "
    ))
    .await;
    for (nth, owner) in [(0, "null".to_owned()), (1, format!("'{MEMBER}'")), (2, "null".to_owned())] {
        bed.execute(&format!(
            "insert into leads_v7.leads (lead_id, tenant_id, contact_id, source, captured_at, owner_id, version) \
             values ('{}', '{TENANT}', '{}', 'whatsapp', now(), {owner}, 1)",
            lead(nth).as_uuid(),
            contact(nth).as_uuid()
        ))
        .await;
    }
    let agent = Actor::Member(MEMBER);
    let change = Change::Tags { add: vec![tag("Fair")], remove: vec![] };
    let hers = bed.make(&bed.ask("hers", agent.clone(), &change, &ids(0..3)).await).await;
    assert_eq!(hers.counts, counts(1, 0, 2));
    let refused = bed.changes.refused(hers.id, 9).await.unwrap();
    assert_eq!(refused.iter().map(|one| one.nth).collect::<Vec<_>>(), [0, 2]);

    // What she may not do, she does not do by asking for it; nor anything, once she was put out.
    let fails = async |key: &str, actor: Actor, change: &Change| {
        let asked = bed.ask(key, actor, change, &ids(0..3)).await;
        let worked = bed.work().work(bed.job(asked.id), CancellationToken::new()).await;
        assert!(matches!(worked, Worked::Failed { .. }), "{key}: {worked:?}");
        let failed = bed.found(asked.id).await;
        assert_eq!((failed.state, failed.counts.done), (ChangeState::Failed, 0), "{key}");
    };
    fails("transfer", agent.clone(), &Change::Owner { to: None }).await;
    bed.execute("update people_v2.members set state = 'DEACTIVATED'").await;
    fails("put out", agent, &change).await;
    bed.execute("update tokens set revoked_at = now()").await;
    fails("revoked", TOKEN, &change).await;
    fails("of nobody", Actor::CommandLine, &change).await;
    assert_eq!((bed.events("lead.tagged").await, bed.events("lead.transferred").await), (1, 0));
}

#[tokio::test]
async fn a_request_is_one_change_and_a_business_has_so_many_at_once() {
    let bed = Bed::new(1).await;
    let keys = log_testing::keys();
    let keyed = |said: &str| request("key", TOKEN).with_receipt(keys.request_hash(&[said]));
    let ask = async |request: &CommandContext| {
        bed.changes.ask(&Asked { request, change: &spam(), leads: &ids(0..1) }).await.unwrap();
        bed.found(request.id.as_uuid()).await
    };
    let first = ask(&keyed("this")).await;
    assert_eq!(ask(&keyed("this")).await, first);
    assert!(first.is_of(&keyed("this")) && !first.is_of(&keyed("that")) && !first.is_of(&request("key", TOKEN)));
    assert_eq!(bed.changes.find(ANOTHER, first.id).await.unwrap(), None);
    for nth in 1..MOST_OPEN {
        bed.ask(&nth.to_string(), TOKEN, &spam(), &ids(0..1)).await;
    }
    let more = request("more", TOKEN);
    let asked = Asked { request: &more, change: &spam(), leads: &ids(0..1) };
    assert!(matches!(bed.changes.ask(&asked).await, Err(NotAsked::TooMany)));
    assert_eq!(bed.changes.find(TENANT, more.id.as_uuid()).await.unwrap(), None);
    assert_eq!(ask(&keyed("this")).await, first, "what was taken on before is not one more");
    bed.make(&first).await;
    bed.changes.ask(&asked).await.unwrap();
    let of = ["lead_changes", "jobs"];
    for table in of {
        let many: i64 =
            sqlx::query_scalar(&format!("select count(*) from {table}")).fetch_one(&bed.pool).await.unwrap();
        assert_eq!(many, MOST_OPEN + 1, "{table}");
    }
}

#[tokio::test]
async fn one_whose_job_is_gone_ends_and_what_is_long_over_is_forgotten() {
    let bed = Bed::new(1).await;
    let refused = bed.make(&bed.ask("refused", TOKEN, &spam(), &ids(8..9)).await).await;
    let asked = bed.ask("left", TOKEN, &spam(), &ids(0..1)).await;
    upkeep::round(&bed.pool).await.unwrap();
    assert_eq!(bed.found(asked.id).await.state, ChangeState::Waiting);
    bed.execute("update jobs set state = 'cancelled', is_head = false, ended_at = now()").await;
    upkeep::round(&bed.pool).await.unwrap();
    assert_eq!(bed.found(asked.id).await.state, ChangeState::Cancelled);
    assert_eq!(bed.changes.refused(refused.id, 9).await.unwrap().len(), 1);
    bed.execute("update lead_changes set ended_at = ended_at - interval '91 days'").await;
    upkeep::round(&bed.pool).await.unwrap();
    assert_eq!(bed.changes.find(TENANT, asked.id).await.unwrap(), None);
    assert_eq!(bed.changes.refused(refused.id, 9).await.unwrap(), []);
}
