//! From events to templates. That what is older changes nothing was decided before: a row is what its stream said last.

use leadflow_domain::channel::ProviderId;
use leadflow_domain::template::{Components, TemplateEvent, TemplateStatus};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;

use super::words::{CategoryWord, QualityWord, StatusWord};
use crate::PageError;
use crate::word::Word;

pub(super) async fn template(
    rows: &mut PgConnection,
    recorded: &RecordedEvent,
    event: &TemplateEvent,
) -> Result<(), PageError> {
    let (id, recorded_at) = (recorded.stream.as_uuid(), jiff_sqlx::Timestamp::from(recorded.recorded_at));
    let write = match event {
        TemplateEvent::Introduced(key) => sqlx::query(
            "insert into templates (template_id, version, tenant_id, waba_id, name, language, introduced_at) \
             values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (template_id) do update set \
                 waba_id = excluded.waba_id, name = excluded.name, language = excluded.language, \
                 introduced_at = excluded.introduced_at, provider_id = null, status = null, status_detail = null, \
                 status_at = null, category = null, announced_category = null, quality = null, components = null, \
                 contents = 0, version = excluded.version",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(recorded.tenant.as_uuid())
        .bind(key.waba_id.as_str())
        .bind(key.name.as_str())
        .bind(key.language.as_str())
        .bind(recorded_at),
        TemplateEvent::Drafted { category, components, version } => sqlx::query(
            "update templates set version = $2, provider_id = null, status = $3, status_detail = null, \
                 status_at = $4, category = $5, announced_category = null, quality = null, components = $6::jsonb, \
                 contents = $7 \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(StatusWord::Draft.word())
        .bind(recorded_at)
        .bind(CategoryWord::of(category).word())
        .bind(json(components)?)
        .bind(number(*version)),
        TemplateEvent::Submitted { provider_id, status, category, at } => sqlx::query(
            "update templates set version = $2, status = $3, status_detail = $4, status_at = $5, provider_id = $6, \
                 category = $7 \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(StatusWord::of(status).word())
        .bind(status.detail())
        .bind(jiff_sqlx::Timestamp::from(*at))
        .bind(provider_id.as_str())
        .bind(CategoryWord::of(category).word()),
        TemplateEvent::Synced { listing, version, at } => sqlx::query(
            "update templates set version = $2, status = $3, status_detail = $4, status_at = $5, provider_id = $6, \
                 category = $7, quality = $8, components = $9::jsonb, contents = $10 \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(StatusWord::of(&listing.status).word())
        .bind(listing.status.detail())
        .bind(jiff_sqlx::Timestamp::from(*at))
        .bind(listing.provider_id.as_str())
        .bind(CategoryWord::of(&listing.category).word())
        .bind(listing.quality.as_ref().map(|quality| QualityWord::of(quality).word()))
        .bind(json(&listing.components)?)
        .bind(number(*version)),
        TemplateEvent::StatusTold { telling, status } => sqlx::query(
            "update templates set version = $2, status = $3, status_detail = $4, status_at = $5, \
                 provider_id = coalesce($6, provider_id) \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(StatusWord::of(status).word())
        .bind(status.detail())
        .bind(jiff_sqlx::Timestamp::from(telling.at))
        .bind(telling.provider_id.as_ref().map(ProviderId::as_str)),
        TemplateEvent::QualityTold { telling, quality } => sqlx::query(
            "update templates set version = $2, quality = $3, provider_id = coalesce($4, provider_id) \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(QualityWord::of(quality).word())
        .bind(telling.provider_id.as_ref().map(ProviderId::as_str)),
        TemplateEvent::CategoryTold { telling, category } => sqlx::query(
            "update templates set version = $2, category = $3, announced_category = null, \
                 provider_id = coalesce($4, provider_id) \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(CategoryWord::of(category).word())
        .bind(telling.provider_id.as_ref().map(ProviderId::as_str)),
        TemplateEvent::CategoryChangeAnnounced { telling, category } => sqlx::query(
            "update templates set version = $2, announced_category = $3, provider_id = coalesce($4, provider_id) \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(CategoryWord::of(category).word())
        .bind(telling.provider_id.as_ref().map(ProviderId::as_str)),
        TemplateEvent::ComponentsTold { telling, components, version } => sqlx::query(
            "update templates set version = $2, components = $3::jsonb, contents = $4, \
                 provider_id = coalesce($5, provider_id) \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(json(components)?)
        .bind(number(*version))
        .bind(telling.provider_id.as_ref().map(ProviderId::as_str)),
        TemplateEvent::Deleted { at } => sqlx::query(
            "update templates set version = $2, status = $3, status_detail = null, status_at = $4 \
             where template_id = $1",
        )
        .bind(id)
        .bind(recorded.version)
        .bind(StatusWord::of(&TemplateStatus::Deleted).word())
        .bind(jiff_sqlx::Timestamp::from(*at)),
    };
    write.execute(rows).await?;
    Ok(())
}

fn json(components: &Components) -> Result<String, PageError> {
    Ok(serde_json::to_string(components).map_err(|error| sqlx::Error::Encode(error.into()))?)
}

/// Nobody changes a template two thousand million times.
fn number(version: u32) -> i32 {
    i32::try_from(version).unwrap_or(i32::MAX)
}
