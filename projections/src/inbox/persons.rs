//! Which contacts are one person, who came with what is somebody else's, and who was told apart.
//!
//! A contact's link to whoever stands for her is said by her own stream. Where the links of all of them end follows from the links
//! alone, so it is worked out anew for all that hang on a link that changed, and the rows are the same in whatever order streams
//! come here.

use std::collections::{BTreeMap, BTreeSet};

use leadflow_domain::ContactId;
use leadflow_domain::contact::IdentifierKind;
use leadflow_event_store::RecordedEvent;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::SCHEMA;
use crate::word::Word;

/// What a page tells.
#[derive(Default)]
pub(super) struct Persons {
    /// The latest link of each contact, with her tenant.
    links: BTreeMap<Uuid, (Uuid, Option<Uuid>)>,
    conflicts: BTreeSet<(Uuid, Uuid, &'static str, Uuid)>,
    told_apart: BTreeSet<(Uuid, Uuid, Uuid)>,
}

impl Persons {
    pub(super) fn merged(&mut self, recorded: &RecordedEvent, into: ContactId) {
        self.links.insert(recorded.stream.as_uuid(), (recorded.tenant.as_uuid(), Some(into.as_uuid())));
    }

    /// Whoever was unmerged was told apart by that.
    pub(super) fn unmerged(&mut self, recorded: &RecordedEvent, from: ContactId) {
        self.links.insert(recorded.stream.as_uuid(), (recorded.tenant.as_uuid(), None));
        self.told_apart(recorded, from);
    }

    pub(super) fn told_apart(&mut self, recorded: &RecordedEvent, from: ContactId) {
        let (one, other) = (recorded.stream.as_uuid(), from.as_uuid());
        self.told_apart.insert((one.min(other), one.max(other), recorded.tenant.as_uuid()));
    }

    pub(super) fn conflicted(&mut self, recorded: &RecordedEvent, kind: IdentifierKind, holder: ContactId) {
        let (contact, tenant) = (recorded.stream.as_uuid(), recorded.tenant.as_uuid());
        self.conflicts.insert((contact, holder.as_uuid(), kind.word(), tenant));
    }

    /// Writes them, and tells who stands or stood for whoever has another link now.
    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        let concerned = self.write_links(rows).await?;
        self.write_conflicts(rows).await?;
        self.write_told_apart(rows).await?;
        Ok(concerned)
    }

    async fn write_links(&self, rows: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
        if self.links.is_empty() {
            return Ok(Vec::new());
        }
        let changed: Vec<Uuid> = self.links.keys().copied().collect();
        let mut concerned: Vec<Uuid> = sqlx::query_scalar(
            "select distinct s.who from persons p, unnest(array[p.merged_into, p.person_id]) as s (who) \
             where p.contact_id = any($1) and s.who is not null",
        )
        .bind(&changed)
        .fetch_all(&mut *rows)
        .await?;
        let tenants: Vec<Uuid> = self.links.values().map(|(tenant, _)| *tenant).collect();
        let winners: Vec<Option<Uuid>> = self.links.values().map(|(_, into)| *into).collect();
        // Who stands for others stands here, too.
        sqlx::query(
            "insert into persons (contact_id, tenant_id, person_id) \
             select distinct l.winner, l.tenant, l.winner from unnest($1, $2) as l (tenant, winner) \
             where l.winner is not null on conflict do nothing",
        )
        .bind(&tenants)
        .bind(&winners)
        .execute(&mut *rows)
        .await?;
        sqlx::query(
            "insert into persons (contact_id, tenant_id, merged_into, person_id) \
             select l.contact, l.tenant, l.winner, l.contact from unnest($1, $2, $3) as l (contact, tenant, winner) \
             on conflict (contact_id) do update set merged_into = excluded.merged_into",
        )
        .bind(&changed)
        .bind(&tenants)
        .bind(&winners)
        .execute(&mut *rows)
        .await?;
        // Down to all that hang on what changed, and from each of these up to where her links end. A stream may be set aside while
        // another goes on, so that for a while links seem to go round: such a walk ends where it has been.
        let below: Vec<Uuid> = sqlx::query_scalar(
            "with recursive below (contact_id) as ( \
                 select unnest($1) \
                 union select p.contact_id from persons p join below b on p.merged_into = b.contact_id \
             ), above (contact_id, at) as ( \
                 select contact_id, contact_id from below \
                 union select a.contact_id, p.merged_into from above a join persons p on p.contact_id = a.at \
                       where p.merged_into is not null \
             ), ends (contact_id, person_id) as ( \
                 select a.contact_id, a.at from above a join persons p on p.contact_id = a.at \
                 where p.merged_into is null \
             ) \
             update persons p set person_id = coalesce(e.person_id, p.contact_id) \
             from below b left join ends e on e.contact_id = b.contact_id where p.contact_id = b.contact_id \
             returning p.contact_id",
        )
        .bind(&changed)
        .fetch_all(&mut *rows)
        .await?;
        concerned.extend(changed);
        concerned.extend(below);
        concerned.extend(winners.into_iter().flatten());
        // Who stands for nobody else is a person by herself.
        sqlx::query(
            "delete from persons p where p.contact_id = any($1) and p.merged_into is null \
                 and not exists (select from persons o where o.merged_into = p.contact_id)",
        )
        .bind(&concerned)
        .execute(&mut *rows)
        .await?;
        sqlx::query(
            "update conversations v set is_merged = not v.is_merged \
             where v.contact_id = any($1) \
               and v.is_merged <> exists (select from persons p where p.contact_id = v.contact_id)",
        )
        .bind(&concerned)
        .execute(&mut *rows)
        .await?;
        Ok(concerned)
    }

    async fn write_conflicts(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.conflicts.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into conflicts (contact_id, holder_id, kind, tenant_id) select * from unnest($1, $2, $3, $4) \
             on conflict do nothing",
        )
        .bind(self.conflicts.iter().map(|(contact, _, _, _)| *contact).collect::<Vec<_>>())
        .bind(self.conflicts.iter().map(|(_, holder, _, _)| *holder).collect::<Vec<_>>())
        .bind(self.conflicts.iter().map(|(_, _, kind, _)| *kind).collect::<Vec<_>>())
        .bind(self.conflicts.iter().map(|(_, _, _, tenant)| *tenant).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }

    async fn write_told_apart(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.told_apart.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into told_apart (one_id, other_id, tenant_id) select * from unnest($1, $2, $3) \
             on conflict do nothing",
        )
        .bind(self.told_apart.iter().map(|(one, _, _)| *one).collect::<Vec<_>>())
        .bind(self.told_apart.iter().map(|(_, other, _)| *other).collect::<Vec<_>>())
        .bind(self.told_apart.iter().map(|(_, _, tenant)| *tenant).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}

/// Shows whoever is one person with some of `contacts` as that person, whose values may have changed.
pub(super) async fn write_shown(rows: &mut PgConnection, contacts: &[Uuid]) -> Result<(), sqlx::Error> {
    if contacts.is_empty() {
        return Ok(());
    }
    let first = |column: &str| {
        format!(
            "(array_agg(c.{column} order by c.contact_id <> p.person_id, c.contact_id) \
              filter (where c.{column} is not null))[1] as {column}"
        )
    };
    let [phone, user_id, email, display_name, listed_name] =
        ["phone", "user_id", "email", "display_name", "listed_name"].map(first);
    sqlx::query(&format!(
        "update persons p set phone = s.phone, user_id = s.user_id, email = s.email, display_name = s.display_name, \
             listed_name = s.listed_name, marketing = s.marketing, marketing_at = s.marketing_at, version = s.version \
         from ( \
             select p.person_id, {phone}, {user_id}, {email}, {display_name}, {listed_name}, \
                 (array_agg(c.marketing order by c.marketing_at desc, c.marketing = 'stopped' desc) \
                  filter (where c.marketing_at is not null))[1] as marketing, max(c.marketing_at) as marketing_at, \
                 coalesce(max(c.version) filter (where c.contact_id = p.person_id), 0) as version \
             from persons p left join contacts c on c.contact_id = p.contact_id \
             where p.person_id = any(array(select o.person_id from persons o where o.contact_id = any($1))) \
             group by p.person_id \
         ) s where p.person_id = s.person_id"
    ))
    .bind(contacts)
    .execute(&mut *rows)
    .await?;
    // Whoever stands for them is listed by what they are called.
    sqlx::query(
        "update contacts c set person_name = s.name \
         from (select w.contact_id, coalesce(p.listed_name, p.display_name) as name \
               from (select unnest($1) union select o.person_id from persons o where o.contact_id = any($1)) w (contact_id) \
               left join persons p on p.contact_id = w.contact_id and p.person_id = w.contact_id) s \
         where c.contact_id = s.contact_id and c.person_name is distinct from s.name",
    )
    .bind(contacts)
    .execute(rows)
    .await?;
    Ok(())
}

/// In SQL, who stands for the contact in `column`, in whichever read model that is.
pub(crate) fn person_of(column: &str) -> String {
    format!(
        "coalesce((select person.person_id from {SCHEMA}.persons person where person.contact_id = {column}), {column})"
    )
}

/// In SQL, the contact in `column` and all who are one person with her.
pub(crate) fn one_person_with(column: &str) -> String {
    format!(
        "select {column} union select theirs.contact_id from {SCHEMA}.persons mine \
         join {SCHEMA}.persons theirs on theirs.person_id = mine.person_id where mine.contact_id = {column}"
    )
}

/// Puts that `column` is one of `contacts`, or somebody for whom one of them stands. An index on the column serves it.
pub(crate) fn push_all_of(sql: &mut QueryBuilder<'_, Postgres>, column: &str, contacts: &[Uuid]) {
    sql.push(column).push(" = any(array(select unnest(").push_bind(contacts.to_vec());
    sql.push(format!(
        "::uuid[]) union select person.contact_id from {SCHEMA}.persons person where person.person_id = any("
    ));
    sql.push_bind(contacts.to_vec()).push(")))");
}
