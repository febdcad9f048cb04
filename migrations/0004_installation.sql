-- What makes this database one installation.

create table installation (
    only_row         boolean primary key default true check (only_row),
    master_key_check bytea not null,
    created_at       timestamptz not null default clock_timestamp()
);

comment on table installation is 'One row: facts about the whole installation.';
comment on column installation.master_key_check is
    'Derived from the master key; a start with another key is refused. Says nothing about the key.';
