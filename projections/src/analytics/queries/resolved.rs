//! How many different ones were resolved: what stands beside the number of resolves, and is easily taken for it.

use sqlx::Row;

use super::question::{Answer, Question, Source, answers, bucketed, grouped};
use crate::analytics::SCHEMA;
use crate::analytics::definitions::Metric;
use crate::inbox::person_of;
use crate::word::Word;
use crate::{TenantContext, TenantReads};

/// What was resolved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Conversations, each once in a bucket.
    pub conversations: i64,
    /// Contacts, each once in a bucket, and all who are one person by now once; a group is none.
    pub contacts: i64,
}

/// What was resolved in each bucket.
///
/// # Errors
/// The database's.
pub async fn resolved(
    reads: &TenantReads,
    context: TenantContext,
    question: &Question<'_>,
) -> Result<Answer<Resolved>, sqlx::Error> {
    let select = format!(
        "count(distinct conversation_id) as conversations, \
         count(distinct (select {} from {SCHEMA}.conversations c \
                         where c.conversation_id = facts.conversation_id)) as contacts",
        person_of("c.contact_id")
    );
    let cycles = Metric::CycleResolutionTime.word();
    let mut sql = bucketed(context, question, &Source::facts(), &select);
    sql.push(" and metric = ").push_bind(cycles).push(" and version = 1");
    grouped(&mut sql, question);
    let rows = reads.rows(sql).await?;
    let answers = answers(&rows, question, &[cycles], |row| {
        Ok(Resolved { conversations: row.try_get("conversations")?, contacts: row.try_get("contacts")? })
    })?;
    Ok(answers.into_iter().next().unwrap_or_else(|| Ok(vec![])))
}
