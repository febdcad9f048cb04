-- Bearer tokens for the API.

create table tokens (
    id         uuid primary key,
    token_hash bytea not null unique,
    tenant_id  uuid not null,
    role       text not null check (role in ('OWNER')),
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    revoked_at timestamptz
);

create index tokens_tenant on tokens (tenant_id);

comment on table tokens is 'Bearer tokens: 256 random bits each, of which only a hash is stored.';
comment on column tokens.token_hash is 'SHA-256 of the token; a random 256-bit value needs no slower hash.';
comment on column tokens.role is 'What its bearer may do for the tenant.';
comment on column tokens.expires_at is 'From when on it is refused, by the database''s clock.';
comment on column tokens.revoked_at is 'When it was taken back.';
