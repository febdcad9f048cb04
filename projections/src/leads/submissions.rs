//! What contacts told by forms, and what was entered of them: an event a row.

use leadflow_domain::Personal;
use leadflow_domain::lead::{Answer, Submission};
use leadflow_event_store::RecordedEvent;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::PageError;
use crate::word::Word;

/// What a page tells of submissions.
#[derive(Default)]
pub(super) struct Submissions<'a>(Vec<(&'a RecordedEvent, &'a Submission)>);

impl<'a> Submissions<'a> {
    pub(super) fn put(&mut self, recorded: &'a RecordedEvent, submission: &'a Submission) {
        self.0.push((recorded, submission));
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        // They are few beside messages. What is told of their leads in the page is written by now.
        for (recorded, form) in &self.0 {
            let clear = |value: &Option<Personal<String>>| value.as_ref().and_then(Personal::known).cloned();
            let origin = &form.origin;
            sqlx::query(
                "insert into submissions (submission_id, tenant_id, lead_id, contact_id, source, source_id, submitted_at, \
                                          form_id, campaign_id, ad_group_id, ad_id, asset_group_id, provider_lead_id, \
                                          click_id, name, answers, added) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
                 on conflict (submission_id) do nothing",
            )
            .bind(form.submission.as_uuid())
            .bind(recorded.tenant.as_uuid())
            .bind(recorded.stream.as_uuid())
            .bind(form.contact.as_uuid())
            .bind(form.source.word())
            .bind(form.from.map(leadflow_domain::SourceId::as_uuid))
            .bind(jiff_sqlx::Timestamp::from(form.submitted_at))
            .bind(origin.form_id.as_deref())
            .bind(origin.campaign_id.as_deref())
            .bind(origin.ad_group_id.as_deref())
            .bind(origin.ad_id.as_deref())
            .bind(origin.asset_group_id.as_deref())
            .bind(clear(&form.provider_lead_id))
            .bind(clear(&form.click_id))
            .bind(clear(&form.name))
            .bind(answers(&form.answers))
            .bind(form.added.iter().map(|kind| kind.word()).collect::<Vec<_>>())
            .execute(&mut *rows)
            .await?;
            // That there is a value is no value: it stays when she is erased.
            sqlx::query(
                "update leads set version = greatest(version, $2), submissions = submissions + 1, answers = answers + $3, \
                        is_named = is_named or $4, has_campaign = has_campaign or $5 where lead_id = $1",
            )
            .bind(recorded.stream.as_uuid())
            .bind(recorded.version)
            .bind(i32::try_from(form.answers.len()).unwrap_or(i32::MAX))
            .bind(form.name.is_some())
            .bind(origin.campaign_id.is_some())
            .execute(&mut *rows)
            .await?;
        }
        Ok(())
    }
}

/// As they are stored; `None` where there is nothing, and where she was erased.
fn answers(answers: &[Answer]) -> Option<Value> {
    let answer = |answer: &Answer| {
        let Answer { key, question, answer } = answer;
        Some(json!({ "key": key, "question": question, "answer": answer.known()? }))
    };
    let all: Option<Vec<Value>> = answers.iter().map(answer).collect();
    all.filter(|all| !all.is_empty()).map(Value::Array)
}
