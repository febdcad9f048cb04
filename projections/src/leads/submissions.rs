//! What contacts told by forms, and what was entered of them: an event a row. And in which conversation it is answered, which another
//! stream tells, earlier or later.

use leadflow_domain::lead::{Answer, Submission};
use leadflow_domain::{Personal, SourceId, SubmissionId};
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
        if self.told.is_empty() {
            return Ok(());
        }
        let all = || self.told.iter();
        let clear = |value: &Option<Personal<String>>| value.as_ref().and_then(Personal::known).cloned();
        let text = |of: fn(&Submission) -> Option<String>| all().map(|(_, form)| of(form)).collect::<Vec<_>>();
        // An array of arrays would have to be as long for each.
        let added = |form: &Submission| form.added.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" ");
        sqlx::query(
            "insert into submissions (submission_id, tenant_id, lead_id, contact_id, source, source_id, submitted_at, \
                                      form_id, campaign_id, ad_group_id, ad_id, asset_group_id, provider_lead_id, \
                                      click_id, name, answers, added) \
             select t.submission, t.tenant, t.lead, t.contact, t.source, t.place, t.at, t.form, t.campaign, t.ad_group, t.ad, \
                    t.asset_group, t.provider_lead, t.click, t.name, t.answers, string_to_array(t.added, ' ') \
             from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
                 as t (submission, tenant, lead, contact, source, place, at, form, campaign, ad_group, ad, asset_group, \
                       provider_lead, click, name, answers, added) \
             on conflict (submission_id) do nothing",
        )
        .bind(all().map(|(_, form)| form.submission.as_uuid()).collect::<Vec<_>>())
        .bind(all().map(|(recorded, _)| recorded.tenant.as_uuid()).collect::<Vec<_>>())
        .bind(all().map(|(recorded, _)| recorded.stream.as_uuid()).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| form.contact.as_uuid()).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| form.source.word()).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| form.from.map(SourceId::as_uuid)).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| jiff_sqlx::Timestamp::from(form.submitted_at)).collect::<Vec<_>>())
        .bind(text(|form| form.origin.form_id.clone()))
        .bind(text(|form| form.origin.campaign_id.clone()))
        .bind(text(|form| form.origin.ad_group_id.clone()))
        .bind(text(|form| form.origin.ad_id.clone()))
        .bind(text(|form| form.origin.asset_group_id.clone()))
        .bind(all().map(|(_, form)| clear(&form.provider_lead_id)).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| clear(&form.click_id)).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| clear(&form.name)).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| answers(&form.answers)).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| added(form)).collect::<Vec<_>>())
        .execute(&mut *rows)
        .await?;
        // What is told of their leads in the page is written by now. That there is a value is no value: it stays when she is erased.
        sqlx::query(
            "update leads l set version = greatest(l.version, t.version), submissions = l.submissions + t.submissions, \
                    answers = l.answers + t.answers, is_named = l.is_named or t.is_named, \
                    has_campaign = l.has_campaign or t.has_campaign \
             from (select lead, max(version) as version, count(*)::int as submissions, least(sum(answers), 1000000)::int as answers, \
                          bool_or(is_named) as is_named, bool_or(has_campaign) as has_campaign \
                   from unnest($1, $2, $3, $4, $5) as told (lead, version, answers, is_named, has_campaign) \
                   group by lead) t \
             where l.lead_id = t.lead",
        )
        .bind(all().map(|(recorded, _)| recorded.stream.as_uuid()).collect::<Vec<_>>())
        .bind(all().map(|(recorded, _)| recorded.version).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| i32::try_from(form.answers.len()).unwrap_or(i32::MAX)).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| form.name.is_some()).collect::<Vec<_>>())
        .bind(all().map(|(_, form)| form.origin.campaign_id.is_some()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
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
