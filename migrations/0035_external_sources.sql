-- Programs post leads, each to a door of its own.

create table external_doors (
    source_id     uuid primary key,
    tenant_id     uuid not null,
    token_id      uuid not null,
    credential_id uuid,
    networks      text[] not null,
    closed_at     timestamptz,
    refused_at    timestamptz,
    refusal       text
);

comment on table external_doors is
    'What the door of an external source goes by, as its stream in the log says: written anew after each event there.';
comment on column external_doors.token_id is 'Which token opens it.';
comment on column external_doors.credential_id is
    'Which row of provider_credentials has the secret that what is posted is signed with; null where it need not be signed.';
comment on column external_doors.networks is 'From where it may be posted; empty is from anywhere.';
comment on column external_doors.closed_at is 'When the source was closed; null while it is open.';
comment on column external_doors.refused_at is
    'When something that showed the token was refused last, written once in ten seconds at most; null where nothing was.';
comment on column external_doors.refusal is 'Why, in one of the words of the program.';

create table external_tokens (
    token_id   uuid primary key,
    source_id  uuid not null,
    token_hash bytea not null,
    created_at timestamptz not null default clock_timestamp()
);
create index external_tokens_of_source on external_tokens (source_id);

comment on table external_tokens is
    'What programs show, 256 random bits each, of which only a hash is stored. Which of them opens a door is in the log, and at the door.';
comment on column external_tokens.token_hash is 'SHA-256 of the token; a random 256-bit value needs no slower hash.';

create index webhook_deliveries_of_source on webhook_deliveries (source_id, id desc) where source_id is not null;
