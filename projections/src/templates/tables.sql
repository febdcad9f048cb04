create table templates (
    template_id        uuid primary key,
    tenant_id          uuid not null,
    waba_id            text collate "C" not null,
    name               text collate "C" not null,
    language           text collate "C" not null,
    provider_id        text collate "C",
    status             text,
    status_detail      text collate "C",
    status_at          timestamptz,
    category           text,
    announced_category text,
    quality            text,
    components         jsonb,
    contents           integer not null default 0,
    introduced_at      timestamptz not null,
    version            bigint not null
);
create index templates_by_time on templates (tenant_id, introduced_at, template_id);
comment on table templates is 'One row per template of a WhatsApp account of the business, in one language; also of those that are gone.';
comment on column templates.provider_id is 'WhatsApp''s id of it; null for a draft, and while it was not told.';
comment on column templates.status is 'DRAFT, or in WhatsApp''s word, or OTHER; null while it was not told.';
comment on column templates.status_detail is 'Why it was rejected, or of OTHER WhatsApp''s word.';
comment on column templates.status_at is 'When it was told how it stands; of a draft when it was written.';
comment on column templates.category is 'MARKETING, UTILITY, AUTHENTICATION or OTHER; null while it was not told.';
comment on column templates.announced_category is 'What it will be for before long; null where nothing was said.';
comment on column templates.quality is 'GREEN, YELLOW, RED, UNKNOWN or OTHER; null while it was not told.';
comment on column templates.components is 'What it consists of, as the log has it; null while it was only told of.';
comment on column templates.contents is 'How many contents it had; each is an event of its stream.';

create table response_templates (
    response_template_id uuid primary key,
    tenant_id            uuid not null,
    title                text collate "C" not null,
    intent               text collate "C",
    body                 text not null,
    created_at           timestamptz not null,
    version              bigint not null
);
create index response_templates_by_time on response_templates (tenant_id, created_at, response_template_id);
comment on table response_templates is 'One row per answer that the business keeps ready. One that was removed is gone.';
comment on column response_templates.intent is 'What it answers, in a word; null where that was not said.';
comment on column response_templates.body is 'What it says, with its variables.';
