-- What members prove themselves with. That a password was set or a second factor enabled is in the log; the values are here alone.

create table credentials (
    member_id              uuid primary key,
    tenant_id              uuid not null,
    password_hash          text not null,
    second_factor          bytea,
    second_factor_begun_at timestamptz,
    second_factor_since    timestamptz,
    second_factor_step     bigint,
    check ((second_factor is null) = (second_factor_begun_at is null)),
    check (second_factor_since is null or second_factor is not null)
);

comment on table credentials is 'What members prove themselves with, one row each from when she joined.';
comment on column credentials.password_hash is 'argon2id in the PHC string format, with its salt and parameters.';
comment on column credentials.second_factor is
    'The secret that her codes (TOTP, RFC 6238) are made from, sealed under a key derived from the installation''s.';
comment on column credentials.second_factor_begun_at is 'When she was shown that secret.';
comment on column credentials.second_factor_since is
    'When she proved that she has it: codes are asked for from then on. Null until then.';
comment on column credentials.second_factor_step is
    'The newest step of thirty seconds of which a code was taken: a code counts once, and none before it counts any more.';

create table recovery_codes (
    member_id uuid not null references credentials on delete cascade,
    code_hash bytea not null,
    used_at   timestamptz,
    primary key (member_id, code_hash)
);

comment on table recovery_codes is 'What stands in for a second factor that was lost, each code once.';
comment on column recovery_codes.code_hash is 'Keyed hash of the code.';
