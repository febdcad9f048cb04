//! What a page adds to points, facts and counts, and what it takes away from them.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::ChannelId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::calendar::quarter;
use super::definitions::Count;
use super::outcome::Outcome;
use super::point::Point;
use super::schedules::Schedules;
use super::timeline::{Credited, Fact};
use crate::PageError;
use crate::word::Word;

/// Whose a row is.
#[derive(Debug, Clone, Copy)]
struct Of {
    tenant: Uuid,
    conversation: Uuid,
    channel: Option<Uuid>,
}

/// Names a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    tenant: Uuid,
    quarter: Timestamp,
    count: Count,
    channel: Option<Uuid>,
    member: Option<Uuid>,
    source: Option<&'static str>,
}

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    points: Vec<(Of, Point, Credited)>,
    points_gone: Vec<(Uuid, Uuid)>,
    facts: Vec<(Of, Fact)>,
    facts_gone: Vec<(Uuid, Fact)>,
    counts: HashMap<Key, i64>,
}

impl Ledger {
    /// A conversation's outcome that nothing was known of before.
    pub(super) fn add(&mut self, tenant: Uuid, conversation: Uuid, channel: Option<ChannelId>, outcome: Outcome) {
        let of = Of { tenant, conversation, channel: channel.map(ChannelId::as_uuid) };
        for (point, credited) in outcome.points {
            self.count(of, &point, &credited, 1);
            self.points.push((of, point, credited));
        }
        self.facts.extend(outcome.facts.into_iter().map(|fact| (of, fact)));
    }

    /// What a conversation comes to `now` instead of `before`, each credited to a channel.
    pub(super) fn change(
        &mut self,
        tenant: Uuid,
        conversation: Uuid,
        (channel, now): (Option<ChannelId>, Outcome),
        (channel_before, before): (Option<ChannelId>, Outcome),
    ) {
        let (points, facts) = now.instead_of(channel, before, channel_before);
        let of = |channel: Option<ChannelId>| Of { tenant, conversation, channel: channel.map(ChannelId::as_uuid) };
        for (point, credited) in points.gone {
            self.count(of(channel_before), &point, &credited, -1);
            self.points_gone.push((conversation, point.moment.event));
        }
        self.facts_gone.extend(facts.gone.into_iter().map(|fact| (conversation, fact)));
        self.add(tenant, conversation, channel, Outcome { points: points.new, facts: facts.new });
    }

    fn count(&mut self, of: Of, point: &Point, credited: &Credited, number: i64) {
        let Some(count) = credited.counts_as else { return };
        let key = Key {
            tenant: of.tenant,
            quarter: quarter(point.moment.at),
            count,
            channel: of.channel,
            member: credited.member,
            source: credited.source.map(Word::word),
        };
        *self.counts.entry(key).or_default() += number;
    }

    /// Writes it all.
    pub(super) async fn write(mut self, rows: &mut PgConnection) -> Result<(), PageError> {
        self.take_points(rows).await?;
        self.take_facts(rows).await?;
        self.add_points(rows).await?;
        self.add_facts(rows).await?;
        self.counts.retain(|_, number| *number != 0);
        self.add_counts(rows).await?;
        Ok(())
    }

    async fn take_points(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.points_gone.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "delete from points p using unnest($1, $2) as gone (conversation_id, event_id) \
             where p.conversation_id = gone.conversation_id and p.event_id = gone.event_id",
        )
        .bind(self.points_gone.iter().map(|(conversation, _)| *conversation).collect::<Vec<_>>())
        .bind(self.points_gone.iter().map(|(_, event)| *event).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }

    async fn take_facts(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.facts_gone.is_empty() {
            return Ok(());
        }
        let gone = || self.facts_gone.iter();
        sqlx::query(
            "delete from facts f \
             using unnest($1, $2, $3, $4, $5) as gone (conversation_id, metric, version, began_with, ended_with) \
             where f.conversation_id = gone.conversation_id and f.metric = gone.metric and f.version = gone.version \
               and f.began_with = gone.began_with and f.ended_with = gone.ended_with",
        )
        .bind(gone().map(|(conversation, _)| *conversation).collect::<Vec<_>>())
        .bind(gone().map(|(_, fact)| fact.metric.word()).collect::<Vec<_>>())
        .bind(gone().map(|(_, fact)| fact.version).collect::<Vec<_>>())
        .bind(gone().map(|(_, fact)| fact.began.event).collect::<Vec<_>>())
        .bind(gone().map(|(_, fact)| fact.ended.event).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }

    async fn add_points(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.points.is_empty() {
            return Ok(());
        }
        let points = || self.points.iter();
        sqlx::query(
            "insert into points \
                 (conversation_id, tenant_id, at, what, counts_as, member_id, source, version, event_id) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(points().map(|(of, ..)| of.conversation).collect::<Vec<_>>())
        .bind(points().map(|(of, ..)| of.tenant).collect::<Vec<_>>())
        .bind(points().map(|(_, point, _)| jiff_sqlx::Timestamp::from(point.moment.at)).collect::<Vec<_>>())
        .bind(points().map(|(_, point, _)| point.what.word()).collect::<Vec<_>>())
        .bind(points().map(|(.., credited)| credited.counts_as.map(Word::word)).collect::<Vec<_>>())
        .bind(points().map(|(.., credited)| credited.member).collect::<Vec<_>>())
        .bind(points().map(|(.., credited)| credited.source.map(Word::word)).collect::<Vec<_>>())
        .bind(points().map(|(_, point, _)| point.version).collect::<Vec<_>>())
        .bind(points().map(|(_, point, _)| point.moment.event).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }

    async fn add_facts(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        if self.facts.is_empty() {
            return Ok(());
        }
        let measured = self.facts.iter().map(|(of, fact)| (of.tenant, fact.began.at, fact.ended.at));
        let schedules = Schedules::over(rows, measured).await?;
        let facts = || self.facts.iter().map(|(_, fact)| fact);
        let of = || self.facts.iter().map(|(of, _)| of);
        let business = |(of, fact): &(Of, Fact)| schedules.seconds(of.tenant, fact.began.at, fact.ended.at);
        sqlx::query(
            "insert into facts \
                 (conversation_id, tenant_id, metric, version, channel_id, member_id, source, began_at, ended_at, \
                  seconds, business_seconds, began_with, ended_with) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(of().map(|of| of.conversation).collect::<Vec<_>>())
        .bind(of().map(|of| of.tenant).collect::<Vec<_>>())
        .bind(facts().map(|fact| fact.metric.word()).collect::<Vec<_>>())
        .bind(facts().map(|fact| fact.version).collect::<Vec<_>>())
        .bind(of().map(|of| of.channel).collect::<Vec<_>>())
        .bind(facts().map(|fact| fact.member).collect::<Vec<_>>())
        .bind(facts().map(|fact| fact.source.map(Word::word)).collect::<Vec<_>>())
        .bind(facts().map(|fact| jiff_sqlx::Timestamp::from(fact.began.at)).collect::<Vec<_>>())
        .bind(facts().map(|fact| jiff_sqlx::Timestamp::from(fact.ended.at)).collect::<Vec<_>>())
        .bind(facts().map(|fact| fact.began.at.duration_until(fact.ended.at).as_secs()).collect::<Vec<_>>())
        .bind(self.facts.iter().map(business).collect::<Vec<_>>())
        .bind(facts().map(|fact| fact.began.event).collect::<Vec<_>>())
        .bind(facts().map(|fact| fact.ended.event).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }

    async fn add_counts(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.counts.is_empty() {
            return Ok(());
        }
        let keys = || self.counts.keys();
        sqlx::query(
            "insert into counts as known (tenant_id, quarter, counts_as, channel_id, member_id, source, number) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7) \
             on conflict (tenant_id, counts_as, quarter, channel_id, member_id, source) \
             do update set number = known.number + excluded.number",
        )
        .bind(keys().map(|key| key.tenant).collect::<Vec<_>>())
        .bind(keys().map(|key| jiff_sqlx::Timestamp::from(key.quarter)).collect::<Vec<_>>())
        .bind(keys().map(|key| key.count.word()).collect::<Vec<_>>())
        .bind(keys().map(|key| key.channel).collect::<Vec<_>>())
        .bind(keys().map(|key| key.member).collect::<Vec<_>>())
        .bind(keys().map(|key| key.source).collect::<Vec<_>>())
        .bind(self.counts.values().copied().collect::<Vec<_>>())
        .execute(&mut *rows)
        .await?;
        self.drop_counts_of_nothing(rows).await
    }

    /// What counts nothing any more is no row.
    async fn drop_counts_of_nothing(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        let less: Vec<&Key> = self.counts.iter().filter(|(_, number)| **number < 0).map(|(key, _)| key).collect();
        if less.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "delete from counts c using unnest($1, $2, $3) as less (tenant_id, counts_as, quarter) \
             where c.tenant_id = less.tenant_id and c.counts_as = less.counts_as and c.quarter = less.quarter \
               and c.number = 0",
        )
        .bind(less.iter().map(|key| key.tenant).collect::<Vec<_>>())
        .bind(less.iter().map(|key| key.count.word()).collect::<Vec<_>>())
        .bind(less.iter().map(|key| jiff_sqlx::Timestamp::from(key.quarter)).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
