-- Personal values are encrypted from here on, each person's under a key of her own.

do $$ begin
    if exists (select from events) then
        raise exception 'this database was made by a program that stored personal values in clear'
            using hint = 'Begin with a new database, or a new data directory.';
    end if;
end $$;

delete from installation;
alter table installation
    drop column master_key_check,
    add column wrapped_key bytea not null,
    add column rotated_at timestamptz;

comment on column installation.wrapped_key is
    'The installation''s key, from which all others are derived, encrypted under the master key. Its authentication tag is what refuses another master key.';
comment on column installation.rotated_at is 'When it was last encrypted under another master key.';

create table data_subjects (
    subject_id  uuid primary key,
    tenant_id   uuid not null,
    generation  int not null check (generation > 0),
    wrapped_key bytea,
    created_at  timestamptz not null,
    erased_at   timestamptz,
    check ((wrapped_key is null) = (erased_at is not null))
);

comment on table data_subjects is
    'People whose values are in the log, each with the key they are encrypted under. Written by append_events alone.';
comment on column data_subjects.generation is
    'Rises when the key is destroyed. An append asserts it, so a process that still has the key in memory can''t write on.';
comment on column data_subjects.wrapped_key is
    'Her key, encrypted under a key derived from the installation''s; null once she was erased, and nothing brings it back.';
