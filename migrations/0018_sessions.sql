-- Who is signed in, and what access tokens are signed with.

create table sessions (
    id           uuid primary key,
    member_id    uuid not null,
    tenant_id    uuid not null,
    client       text,
    created_at   timestamptz not null default clock_timestamp(),
    last_used_at timestamptz not null default clock_timestamp(),
    expires_at   timestamptz not null,
    ended_at     timestamptz,
    ended_by     text check (ended_by in ('SIGNED_OUT', 'REVOKED', 'TOKEN_REUSED', 'PASSWORD_CHANGED')),
    check ((ended_at is null) = (ended_by is null))
);

create index sessions_member on sessions (member_id, created_at);
create index sessions_over on sessions (expires_at);

comment on table sessions is 'Where members are signed in. A session that is over is deleted after some days.';
comment on column sessions.client is 'What the program that she signed in with calls itself (User-Agent).';
comment on column sessions.last_used_at is 'When its tokens were last renewed.';
comment on column sessions.expires_at is 'From when on it is refused unless it is renewed, by the database''s clock.';
comment on column sessions.ended_by is 'What ended it before its time.';

create table refresh_tokens (
    token_hash bytea primary key,
    session_id uuid not null references sessions on delete cascade,
    issued_at  timestamptz not null default clock_timestamp(),
    used_at    timestamptz
);

create index refresh_tokens_session on refresh_tokens (session_id);

comment on table refresh_tokens is
    'What sessions are renewed with, each once. One that comes a second time is stolen or was: its session ends.';
comment on column refresh_tokens.token_hash is 'SHA-256 of the token; a random 256-bit value needs no slower hash.';

create table signing_keys (
    kid         uuid primary key,
    public_key  bytea not null,
    private_key bytea not null,
    created_at  timestamptz not null default clock_timestamp(),
    signs_from  timestamptz not null
);

comment on table signing_keys is
    'What access tokens are signed with (Ed25519). The newest that may sign does; one is known until its last token has run out.';
comment on column signing_keys.private_key is 'Sealed under a key derived from the installation''s.';
comment on column signing_keys.signs_from is
    'When it takes over: late enough for every process to have read it, so that none meets a token whose key it does not know.';
