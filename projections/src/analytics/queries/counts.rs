//! How many.

use sqlx::Row;

use super::question::{Answer, Question, Source, answers, bucketed, grouped};
use crate::analytics::definitions::Count;
use crate::word::Word;
use crate::{TenantContext, TenantReads};

/// How many of each of `asked` there were in each bucket: an answer for each, in their order, by one statement.
///
/// # Errors
/// The database's.
pub async fn counts(
    reads: &TenantReads,
    context: TenantContext,
    question: &Question<'_>,
    asked: &[Count],
) -> Result<Vec<Answer<i64>>, sqlx::Error> {
    if asked.is_empty() {
        return Ok(vec![]);
    }
    let words: Vec<&str> = asked.iter().map(|count| count.word()).collect();
    let mut sql = bucketed(context, question, &Source::counts(context.sight()), "sum(number)::bigint as number");
    sql.push(" and counts_as = any(").push_bind(words.clone()).push(")");
    grouped(&mut sql, question);
    let rows = reads.rows(sql).await?;
    answers(&rows, question, &words, |row| row.try_get("number"))
}
