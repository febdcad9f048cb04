//! The rows of the leads and of the timelines. Times are microseconds of the epoch.

use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Lead {
    pub(crate) lead_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) conversation_id: Option<Uuid>,
    pub(crate) created_by: Option<Uuid>,
    pub(crate) status: String,
    pub(crate) source: String,
    pub(crate) captured_at: i64,
    pub(crate) score: Option<i16>,
    pub(crate) reason: Option<String>,
    pub(crate) assessed_at: Option<i64>,
    pub(crate) stage_id: Uuid,
    pub(crate) stage: String,
    pub(crate) moved_at: Option<i64>,
    pub(crate) lost_reason_id: Option<Uuid>,
    pub(crate) worth: Option<String>,
    pub(crate) is_spam: bool,
    pub(crate) tags: Vec<String>,
    pub(crate) company: Option<String>,
    pub(crate) attributes: String,
    pub(crate) owner_id: Option<Uuid>,
    pub(crate) quality: i16,
    pub(crate) version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct LeadNote {
    pub(crate) note_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) lead_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) body: Option<String>,
    pub(crate) noted_at: i64,
}

/// A stage, a reason or an attribute: what of a pipeline is called somehow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Named {
    pub(crate) tenant_id: Uuid,
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Of a stage, its successor; of all else, whether it is no more.
    pub(crate) gone: Option<String>,
    pub(crate) choices: Vec<String>,
    /// Of a stage, where it stands, if it is there.
    pub(crate) place: Option<i64>,
    /// Of the pipeline.
    pub(crate) version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Entry {
    pub(crate) position: i64,
    pub(crate) tenant_id: Uuid,
    pub(crate) event_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) kind: String,
    pub(crate) at: i64,
    pub(crate) conversation_id: Option<Uuid>,
    pub(crate) outbound_message_id: Option<Uuid>,
    pub(crate) lead_id: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Submission {
    pub(crate) submission_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) lead_id: Uuid,
    pub(crate) contact_id: Uuid,
    pub(crate) source: String,
    pub(crate) source_id: Option<Uuid>,
    pub(crate) submitted_at: i64,
    pub(crate) provider_ids: Vec<Option<String>>,
    pub(crate) name: Option<String>,
    pub(crate) answers: Option<String>,
    pub(crate) added: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Source {
    pub(crate) source_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) is_open: bool,
    pub(crate) opened_at: i64,
    pub(crate) version: i64,
    pub(crate) page_id: Option<String>,
    pub(crate) app: Option<String>,
    pub(crate) stopped_at: Option<i64>,
    pub(crate) stopped_code: Option<i64>,
    pub(crate) missed_leads: i64,
    pub(crate) last_missed_at: Option<i64>,
    pub(crate) last_missed_code: Option<i64>,
    pub(crate) slug: Option<String>,
    pub(crate) heading: Option<String>,
    pub(crate) phone_at: Option<String>,
    pub(crate) networks: Vec<String>,
    pub(crate) has_credentials: bool,
}

/// All of them, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) leads: Vec<Lead>,
    pub(crate) timeline: Vec<Entry>,
    pub(crate) submissions: Vec<Submission>,
    pub(crate) sources: Vec<Source>,
    pub(crate) notes: Vec<LeadNote>,
    pub(crate) pipelines: Vec<Named>,
}

impl Rows {
    pub(super) async fn of(connection: &mut PgConnection) -> Self {
        let schema = leadflow_projections::leads::DEFINITION.schema();
        let leads = format!(
            "select lead_id, tenant_id, contact_id, conversation_id, created_by, status, source, score, reason, version, \
                    (extract(epoch from captured_at) * 1000000)::bigint as captured_at, \
                    (extract(epoch from assessed_at) * 1000000)::bigint as assessed_at, \
                    (extract(epoch from moved_at) * 1000000)::bigint as moved_at, stage_id, stage, lost_reason_id, \
                    worth || currency as worth, is_spam, tags, company, attributes::text as attributes, owner_id, quality \
             from {schema}.leads order by lead_id"
        );
        let timeline = format!(
            "select position, tenant_id, event_id, contact_id, kind, conversation_id, outbound_message_id, lead_id, \
                    (extract(epoch from at) * 1000000)::bigint as at \
             from {schema}.timeline order by position"
        );
        let submissions = format!(
            "select submission_id, tenant_id, lead_id, contact_id, source, source_id, name, answers::text as answers, added, \
                    array[form_id, campaign_id, ad_group_id, ad_id, asset_group_id, provider_lead_id, click_id] \
                        as provider_ids, \
                    (extract(epoch from submitted_at) * 1000000)::bigint as submitted_at \
             from {schema}.submissions order by submission_id"
        );
        let sources = format!(
            "select source_id, tenant_id, kind, name, is_open, page_id, app, stopped_code, missed_leads, \
                    last_missed_code, slug, form ->> 'heading' as heading, version, \
                    mapping ->> 'phone' as phone_at, networks, has_credentials, \
                    (extract(epoch from stopped_at) * 1000000)::bigint as stopped_at, \
                    (extract(epoch from last_missed_at) * 1000000)::bigint as last_missed_at, \
                    (extract(epoch from opened_at) * 1000000)::bigint as opened_at \
             from {schema}.sources order by source_id"
        );
        let notes = format!(
            "select note_id, tenant_id, lead_id, contact_id, body, \
                    (extract(epoch from noted_at) * 1000000)::bigint as noted_at \
             from {schema}.lead_notes order by note_id"
        );
        let pipelines = format!(
            "select n.*, p.version from ( \
                 select tenant_id, stage_id as id, name, kind, successor_id::text as gone, '{{}}'::text[] as choices, \
                        case when successor_id is null then row_number() over (partition by tenant_id, successor_id is null \
                            order by place) end as place from {schema}.stages \
                 union all select tenant_id, lost_reason_id, name, 'reason', is_removed::text, '{{}}', null \
                 from {schema}.lost_reasons \
                 union all select tenant_id, attribute_id, name, kind, is_removed::text, choices, null \
                 from {schema}.attributes) n \
             join {schema}.pipelines p using (tenant_id) order by n.tenant_id, n.id"
        );
        Self {
            notes: sqlx::query_as(&notes).fetch_all(&mut *connection).await.unwrap(),
            pipelines: sqlx::query_as(&pipelines).fetch_all(&mut *connection).await.unwrap(),
            submissions: sqlx::query_as(&submissions).fetch_all(&mut *connection).await.unwrap(),
            sources: sqlx::query_as(&sources).fetch_all(&mut *connection).await.unwrap(),
            leads: sqlx::query_as(&leads).fetch_all(&mut *connection).await.unwrap(),
            timeline: sqlx::query_as(&timeline).fetch_all(&mut *connection).await.unwrap(),
        }
    }
}
