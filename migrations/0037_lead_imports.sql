-- Files of leads: stored as they come, read in their turn, and gone when they are read.

create table lead_imports (
    import_id    uuid primary key,
    number       bigint not null generated always as identity unique,
    tenant_id    uuid not null,
    actor        text not null,
    state        text not null default 'uploading',
    dry_run      boolean not null,
    about        bytea,
    key_day      date,
    seal_id      uuid,
    fingerprint  text,
    file_bytes   bigint not null default 0,
    text_bytes   bigint not null default 0,
    read_to      bigint not null default 0,
    rows_passed  bigint not null default 0,
    told_to      bigint not null default 0,
    rows_read    bigint not null default 0,
    rows_new     bigint not null default 0,
    rows_known   bigint not null default 0,
    rows_invalid bigint not null default 0,
    turns        int not null default 0,
    created_at   timestamptz not null default clock_timestamp(),
    heard_at     timestamptz not null default clock_timestamp(),
    started_at   timestamptz,
    cancelled_at timestamptz,
    ended_at     timestamptz,
    failure      text,
    constraint lead_imports_state check (state in ('uploading', 'waiting', 'running', 'done', 'failed', 'cancelled')),
    constraint lead_imports_ended check ((state in ('done', 'failed', 'cancelled')) = (ended_at is not null)),
    constraint lead_imports_failed check ((state = 'failed') = (failure is not null)),
    constraint lead_imports_whole check ((state = 'uploading') = (fingerprint is null)),
    constraint lead_imports_sealed check ((key_day is null) = (seal_id is null))
);
create index lead_imports_of_tenant on lead_imports (tenant_id, number desc);
create unique index lead_imports_once on lead_imports (tenant_id, fingerprint)
    where state in ('waiting', 'running', 'done') and not dry_run;
create index lead_imports_open on lead_imports (state) where ended_at is null;
create index lead_imports_over on lead_imports (ended_at) where ended_at is not null;

comment on table lead_imports is 'Files of leads, and how far each is read. A row stays for 90 days after its end.';
comment on column lead_imports.number is 'Counts up as files come: lists are in its order.';
comment on column lead_imports.actor is 'Who brought it, as the log names whoever acts.';
comment on column lead_imports.state is
    'uploading: it is coming, or what brought it is gone. waiting: for its turn. running: it was begun. The others are ends.';
comment on column lead_imports.dry_run is 'Whether it is only looked what would become of it.';
comment on column lead_imports.about is
    'What it is called, its columns and how it is read, as JSON, sealed under a day''s key of delivery_keys; null once the retention has ended.';
comment on column lead_imports.key_day is 'Whose key that is.';
comment on column lead_imports.seal_id is 'Drawn at random; what is sealed opens beside it alone.';
comment on column lead_imports.fingerprint is 'Keyed hash of the file and of how it is read: the same again is known by it.';
comment on column lead_imports.file_bytes is 'Length of the file, as it came.';
comment on column lead_imports.text_bytes is 'Length of its text in UTF-8, as it is stored.';
comment on column lead_imports.read_to is 'How much of that is read, and what became of it put down.';
comment on column lead_imports.rows_passed is 'The number of the last row that is read, as spreadsheets count: names and empty rows too.';
comment on column lead_imports.told_to is
    'The last event of what is put down: what the import told the log after that was told by a process that could not put it down.';
comment on column lead_imports.rows_read is 'Rows that were read and tell of somebody, or should.';
comment on column lead_imports.rows_known is 'Of these, those that the log had already.';
comment on column lead_imports.turns is 'How often it was begun: whoever began it before puts down nothing any more.';
comment on column lead_imports.heard_at is 'When something of it came last, while it is coming.';
comment on column lead_imports.cancelled_at is 'When somebody wanted no more of it; it ends at the next place where it can.';
comment on column lead_imports.failure is 'Why it ended before its end. Holds nothing personal.';

create table lead_import_chunks (
    import_id uuid not null references lead_imports on delete cascade,
    begins_at bigint not null,
    key_day   date not null,
    seal_id   uuid not null,
    body      bytea not null,
    primary key (import_id, begins_at)
);
-- What is sealed can't be made smaller.
alter table lead_import_chunks alter column body set storage external;

comment on table lead_import_chunks is 'The text of files that are yet to be read, in pieces, sealed as deliveries are. They go when their import ends.';
comment on column lead_import_chunks.begins_at is 'How many bytes of the text are before it.';
comment on column lead_import_chunks.key_day is 'Whose key it is sealed under, in delivery_keys.';
comment on column lead_import_chunks.seal_id is 'Drawn at random; what is sealed opens beside it alone.';

create table lead_import_errors (
    import_id uuid not null references lead_imports on delete cascade,
    first_row bigint not null,
    errors    int not null,
    key_day   date not null,
    seal_id   uuid not null,
    body      bytea not null,
    primary key (import_id, first_row)
);

comment on table lead_import_errors is
    'Rows that could not be read, and why, some together, sealed as deliveries are: what a column is called may be somebody''s words.';
comment on column lead_import_errors.first_row is 'The first of the rows among which these were found.';
comment on column lead_import_errors.errors is 'How many there are.';
comment on column lead_import_errors.body is 'A JSON list of row, column and reason, sealed.';

create table lead_import_erased (
    import_id  uuid not null references lead_imports on delete cascade,
    identifier text not null,
    primary key (import_id, identifier)
);

comment on table lead_import_erased is
    'By keyed hash, what people were known by who were erased after a file came: rows of theirs become nothing. It goes when the import ends.';
