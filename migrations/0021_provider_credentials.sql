-- What providers know businesses by. That it was entered, replaced or removed is in the log; the value is here alone, sealed.

create table provider_credentials (
    credential_id uuid primary key,
    tenant_id     uuid not null,
    channel_id    uuid not null,
    sealed        bytea not null,
    created_at    timestamptz not null default clock_timestamp()
);

create index provider_credentials_created on provider_credentials (created_at);

comment on table provider_credentials is
    'What providers know businesses by. A row is written before the event that says which one counts, and deleted after the one that it counts no more.';
comment on column provider_credentials.credential_id is
    'What events call it. The one that the channel''s newest of them names counts.';
comment on column provider_credentials.sealed is
    'The value, sealed under a key derived from the installation''s; it opens beside this id alone.';
