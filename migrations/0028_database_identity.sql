-- By what this database is known, so that one that was restored or cloned is told, and waits for an operator.

create table database_identity (
    only_row     boolean primary key default true check (only_row),
    known        jsonb not null,
    known_since  timestamptz not null default clock_timestamp(),
    found        jsonb,
    paused_since timestamptz,
    check ((found is null) = (paused_since is null))
);

comment on table database_identity is
    'One row: which database this was when somebody last said that it is the one to act, and whether it waits for that since.';
comment on column database_identity.known is
    'Its cluster''s system identifier, its oid, the timeline, the oid of `events`, and the private installation''s data directory; null for what could not be read.';
comment on column database_identity.known_since is 'Since when: the first start, or the last `leadflow resume`.';
comment on column database_identity.found is 'What a start found instead.';
comment on column database_identity.paused_since is
    'Since when reactors, jobs and letters wait for `leadflow resume`; null while they need not.';
