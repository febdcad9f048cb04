//! Who looks at the inbox of a business, and what she sees of it.

use anyhow::ensure;
use leadflow_bench::{BenchError, Client};
use leadflow_domain::{MemberId, TeamId, TenantId};
use leadflow_projections::inbox::{
    self, ConversationColumns, ConversationList, ConversationOrder, MessageColumns, MessagesRequest,
};
use leadflow_projections::{Condition, PageRequest, Sight, TenantContext, TenantReads};
use uuid::Uuid;

use super::{CONVERSATIONS, Cell, MESSAGES, Operation, Shares};
use crate::cli::bench::graphql::Filled;

/// Beside the twenty, the numbers of the member to whom a hundred conversations fall, of the one to whom half of them do, and of
/// the team.
const FEW: u128 = 100;
const MANY: u128 = 200;
const TEAM: u128 = 300;

/// Of the ids of a business the first.
fn base(shares: Shares) -> u128 {
    0x10_000 * (shares.business() as u128 + 1)
}

/// The member of a business to whom few conversations fall.
pub(super) fn few(shares: Shares) -> Uuid {
    Uuid::from_u128(base(shares) + FEW)
}

/// The member to whom half of them fall.
pub(super) fn many(shares: Shares) -> Uuid {
    Uuid::from_u128(base(shares) + MANY)
}

/// The id of one of the twenty others, by a number in SQL.
pub(super) fn member_in_sql(shares: Shares, number: &str) -> String {
    format!("lpad(to_hex({} + {number}), 32, '0')", base(shares))
}

/// The team of the one who has few, and of ten of the twenty others.
fn team(shares: Shares) -> TeamId {
    TeamId::from_uuid(Uuid::from_u128(base(shares) + TEAM))
}

/// Their ids, in SQL.
fn in_team(shares: Shares) -> String {
    let others = member_in_sql(shares, "n");
    format!("select '{}'::uuid as member union select {others}::uuid from generate_series(0, 9) n", few(shares))
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Viewer {
    /// She sees everything.
    Owner,
    /// A hundred conversations.
    OfFew,
    /// A hundred, and those that are nobody's.
    OfFewAndQueue,
    /// Half of all.
    OfHalf,
    /// What falls to eleven people.
    OfTeam,
}

impl Viewer {
    /// Who looks at a business whose conversations are shared so: the owner first.
    pub(super) fn of(shares: Shares) -> &'static [Self] {
        match shares {
            Shares::Assigned => &[Self::Owner, Self::OfFew, Self::OfHalf, Self::OfTeam],
            Shares::Queue => &[Self::Owner, Self::OfFew, Self::OfFewAndQueue, Self::OfTeam],
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::OfFew => "a-hundred",
            Self::OfFewAndQueue => "a-hundred-and-the-queue",
            Self::OfHalf => "half",
            Self::OfTeam => "a-team",
        }
    }

    fn sight(self, shares: Shares) -> Sight {
        let (few, many) = (MemberId::from_uuid(few(shares)), MemberId::from_uuid(many(shares)));
        match self {
            Self::Owner => Sight::Everything,
            Self::OfFew => Sight::Own { member: few, unassigned: false },
            Self::OfFewAndQueue => Sight::Own { member: few, unassigned: true },
            Self::OfHalf => Sight::Own { member: many, unassigned: true },
            Self::OfTeam => Sight::Team { member: few, team: team(shares), unassigned: false },
        }
    }

    /// The same by hand, of a conversation `v`.
    fn by_hand(self, shares: Shares) -> String {
        match self {
            Self::Owner => "true".to_owned(),
            Self::OfFew => format!("v.assignee_id = '{}'", few(shares)),
            Self::OfFewAndQueue => format!("(v.assignee_id = '{}' or v.assignee_id is null)", few(shares)),
            Self::OfHalf => format!("(v.assignee_id = '{}' or v.assignee_id is null)", many(shares)),
            Self::OfTeam => format!("v.assignee_id in ({})", in_team(shares)),
        }
    }
}

/// Puts half of the twenty, and the one who has few, into one team of each business.
pub(super) async fn form_teams(filled: &Filled) -> anyhow::Result<()> {
    for shares in Shares::ALL {
        let sql = format!(
            "insert into {}.members (member_id, tenant_id, team_id) select member, $1, $2 from ({}) members",
            inbox::DEFINITION.schema(),
            in_team(shares)
        );
        let tenant = filled.businesses[shares.business()].tenant;
        sqlx::query(&sql).bind(tenant).bind(team(shares).as_uuid()).execute(&filled.owner).await?;
    }
    Ok(())
}

/// One who looks at a page again and again.
pub(super) struct Looker {
    operation: Operation,
    context: TenantContext,
    reads: TenantReads,
}

impl Looker {
    pub(super) fn new(cell: Cell, filled: &Filled, reads: TenantReads) -> Self {
        let tenant = TenantId::from_uuid(filled.businesses[cell.shares.business()].tenant);
        #[expect(clippy::disallowed_methods, reason = "the bench plays the caller whose right was proven")]
        let context = TenantContext::proven(tenant, cell.viewer.sight(cell.shares));
        Self { operation: cell.operation, context, reads }
    }

    /// The conversations that she is shown, and how many messages of them.
    async fn look(&self) -> Result<(Vec<Uuid>, usize), sqlx::Error> {
        let list = ConversationList {
            filter: &Condition::default(),
            order: ConversationOrder::LatestActivity,
            columns: ConversationColumns::ALL,
        };
        let page = PageRequest::first(CONVERSATIONS);
        let listed = inbox::conversations(&self.reads, self.context, list, page).await?;
        let conversations: Vec<_> = listed.iter().map(|row| row.id).collect();
        let messages = match self.operation {
            Operation::List => 0,
            Operation::Inbox => {
                let page = PageRequest::first(MESSAGES);
                let request = MessagesRequest { conversations: &conversations, page, columns: MessageColumns::ALL };
                inbox::messages_of(&self.reads, self.context, request).await?.len()
            }
        };
        Ok((conversations, messages))
    }
}

impl Client for Looker {
    async fn command(&mut self) -> Result<(), BenchError> {
        Ok(self.look().await.map(drop)?)
    }
}

/// That she is shown what SQL by hand finds, so that nobody is fast by being shown less.
pub(super) async fn compare(cell: Cell, filled: &Filled, reads: &TenantReads) -> anyhow::Result<()> {
    let looker = Looker::new(cell, filled, reads.clone());
    let by_hand = format!(
        "select v.conversation_id from {}.conversations v where v.tenant_id = $1 and {} \
         order by v.last_activity_at desc, v.conversation_id desc limit $2",
        inbox::DEFINITION.schema(),
        cell.viewer.by_hand(cell.shares)
    );
    let by_hand: Vec<Uuid> = sqlx::query_scalar(&by_hand)
        .bind(looker.context.tenant().as_uuid())
        .bind(i64::from(CONVERSATIONS) + 1)
        .fetch_all(&filled.owner)
        .await?;
    let (listed, messages) = looker.look().await?;
    ensure!(listed == by_hand, "{} is shown other conversations than there are for her", cell.name());
    let full = listed.len() > CONVERSATIONS as usize;
    // One more of each tells that there is more.
    let with_messages = cell.operation == Operation::List || messages == listed.len() * (MESSAGES as usize + 1);
    ensure!(full && with_messages, "{} has no full page to look at", cell.name());
    Ok(())
}
