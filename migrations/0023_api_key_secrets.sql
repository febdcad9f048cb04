-- What programs show that work for a business.

create table api_key_secrets (
    id           uuid primary key,
    tenant_id    uuid not null,
    secret_hash  bytea unique,
    created_at   timestamptz not null default clock_timestamp(),
    last_used_at timestamptz
);

comment on table api_key_secrets is
    'What opens the door to API keys, 256 random bits each, of which only a hash is stored. What a key is, is in the log: a secret without its key there opens nothing.';
comment on column api_key_secrets.id is 'The key''s.';
comment on column api_key_secrets.secret_hash is
    'SHA-256 of the secret; a random 256-bit value needs no slower hash. Null once the key was revoked.';
comment on column api_key_secrets.last_used_at is 'When it was last shown, to within a minute.';
