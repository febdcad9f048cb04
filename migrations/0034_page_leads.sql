-- Leads of pages: a webhook tells that there is one, and what is in it is read; those of before are read form by form.

create table lead_readings (
    submission_id uuid primary key,
    tenant_id     uuid not null,
    source_id     uuid not null,
    sealed        bytea,
    form_id       text,
    told_at       timestamptz not null,
    created_at    timestamptz not null default clock_timestamp(),
    failures      int not null default 0,
    ended_at      timestamptz,
    outcome       text,
    reason        text,
    constraint lead_readings_ended check (
        (ended_at is null) = (sealed is not null)
        and (ended_at is null) = (outcome is null) and (ended_at is null) = (reason is null)),
    constraint lead_readings_outcome check (outcome in ('notice', 'parked'))
);
create index lead_readings_over on lead_readings (ended_at) where ended_at is not null;

comment on table lead_readings is
    'Leads that a page told of, until they are read: then the log has them, and the row is gone. What can''t be read stays with its reason for 90 days.';
comment on column lead_readings.submission_id is 'What it becomes in the log; derived from the tenant and the provider''s id of the lead.';
comment on column lead_readings.sealed is
    'The provider''s id of the lead, sealed under a key derived from the installation''s; it opens beside this id alone. Null once it is over.';
comment on column lead_readings.told_at is 'When it was filled in, as the webhook told; where it did not say, when it was received.';
comment on column lead_readings.failures is 'How often it could not be read, waits that the provider asked for left out.';
comment on column lead_readings.outcome is 'What becomes of the items that tell of it, where no lead does.';
comment on column lead_readings.reason is 'Why. Holds no personal value.';

create table lead_backfills (
    position     bigint primary key,
    tenant_id    uuid not null,
    source_id    uuid not null,
    since        timestamptz,
    forms        text[],
    forms_read   int not null default 0,
    cursor       text,
    leads_read   bigint not null default 0,
    leads_new    bigint not null default 0,
    leads_missed bigint not null default 0,
    failures     int not null default 0,
    asked_at     timestamptz not null,
    ended_at     timestamptz,
    failure      text
);
create index lead_backfills_of_source on lead_backfills (source_id, position desc);

comment on table lead_backfills is 'How far the reading of leads of before has come, one row for each time that it was asked for.';
comment on column lead_backfills.position is 'The event that asked for it.';
comment on column lead_backfills.since is 'Leads that were filled in after this moment are read; all that the provider has where it is null.';
comment on column lead_backfills.forms is 'The provider''s ids of the page''s forms; null while they are not listed.';
comment on column lead_backfills.forms_read is 'How many of them are read, in their order.';
comment on column lead_backfills.cursor is 'Where the next one goes on, as the provider told; null at its beginning.';
comment on column lead_backfills.leads_new is 'How many of those that were read nobody had told of.';
comment on column lead_backfills.leads_missed is 'How many can''t become leads, and forms that can''t be read.';
comment on column lead_backfills.failures is 'How often it did not go on since the last page, waits that the provider asked for left out.';
comment on column lead_backfills.failure is 'Why it ended before its end; null where it did not.';

comment on column provider_credentials.channel_id is 'The channel, or the source, that it is for.';
comment on column jobs.position is 'The event that it follows from, or the delivery; the same leads to one job about the same.';
comment on column jobs.lane is 'What it is paced by, and stopped with: the channel of a message, the source of a lead.';
