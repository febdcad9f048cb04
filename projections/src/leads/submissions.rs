//! What contacts told by forms, and what was entered of them: an event a row. And in which conversation it is answered, which another
//! stream tells, earlier or later.

use leadflow_domain::lead::{Answer, Submission};
use leadflow_domain::{Personal, SubmissionId};
use leadflow_event_store::RecordedEvent;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PageError;
use crate::word::Word;

/// What a page tells of submissions.
#[derive(Default)]
pub(super) struct Submissions<'a> {
    told: Vec<(&'a RecordedEvent, &'a Submission)>,
    /// That these are answered, each by an event of a conversation's.
    answered: Vec<(&'a RecordedEvent, SubmissionId)>,
}

impl<'a> Submissions<'a> {
    pub(super) fn put(&mut self, recorded: &'a RecordedEvent, submission: &'a Submission) {
        self.told.push((recorded, submission));
    }

    pub(super) fn answered(&mut self, recorded: &'a RecordedEvent, submission: SubmissionId) {
        self.answered.push((recorded, submission));
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        self.write_told(rows).await?;
        self.write_answered(rows).await
    }

    async fn write_answered(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        if !self.answered.is_empty() {
            sqlx::query(
                "insert into answered_submissions (submission_id, tenant_id, conversation_id, position) \
                 select * from unnest($1, $2, $3, $4) on conflict (submission_id) do nothing",
            )
            .bind(self.answered.iter().map(|(_, submission)| submission.as_uuid()).collect::<Vec<_>>())
            .bind(self.answered.iter().map(|(recorded, _)| recorded.tenant.as_uuid()).collect::<Vec<_>>())
            .bind(self.answered.iter().map(|(recorded, _)| recorded.stream.as_uuid()).collect::<Vec<_>>())
            .bind(self.answered.iter().map(|(recorded, _)| recorded.position).collect::<Vec<_>>())
            .execute(&mut *rows)
            .await?;
        }
        let told = self.told.iter().map(|(_, form)| form.submission);
        let concerned: Vec<Uuid> =
            told.chain(self.answered.iter().map(|(_, submission)| *submission)).map(SubmissionId::as_uuid).collect();
        if !concerned.is_empty() {
            sqlx::query(
                "update leads l set answered_in = latest.conversation_id \
                 from (select distinct on (s.lead_id) s.lead_id, a.conversation_id \
                       from submissions s join answered_submissions a using (submission_id) \
                       where s.lead_id in (select lead_id from submissions told join answered_submissions using (submission_id) \
                                           where told.submission_id = any($1)) \
                       order by s.lead_id, a.position desc) latest \
                 where l.lead_id = latest.lead_id",
            )
            .bind(concerned)
            .execute(rows)
            .await?;
        }
        Ok(())
    }

    async fn write_told(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        // They are few beside messages. What is told of their leads in the page is written by now.
        for (recorded, form) in &self.told {
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
