-- The event log: one table, append-only, in one dense order (docs/adr/0001-event-log-order.md).

create table events (
    position       bigint primary key check (position > 0),
    tenant_id      uuid not null,
    aggregate_type text not null,
    aggregate_id   text not null,
    sequence       bigint not null check (sequence > 0),
    event_type     text not null,
    event_version  text not null,
    payload        jsonb not null,
    metadata       jsonb not null,
    event_id       uuid not null,
    command_id     uuid,
    recorded_at    timestamptz not null,
    constraint events_stream_version unique (aggregate_type, aggregate_id, sequence)
);

create unique index events_command on events (command_id) where command_id is not null;

comment on table events is 'Everything that happened, in order. Written by append_events alone; never changed.';
comment on column events.position is 'Place in the log: dense, from 1, in the order of commits.';
comment on column events.tenant_id is 'The business it belongs to.';
comment on column events.aggregate_type is 'Kind of stream, e.g. conversation. A column of postgres-es.';
comment on column events.aggregate_id is 'The stream: one aggregate''s events. A column of postgres-es.';
comment on column events.sequence is 'Version of the stream after this event, from 1 without gaps. A column of postgres-es.';
comment on column events.event_type is 'Stable name, e.g. conversation.message_received. A column of postgres-es.';
comment on column events.event_version is 'Version of the payload''s form. A column of postgres-es.';
comment on column events.payload is 'The event. A column of postgres-es.';
comment on column events.metadata is 'Flat map of strings: who, why, in what connection. A column of postgres-es.';
comment on column events.event_id is 'Derived from the command and the event''s place in it.';
comment on column events.command_id is 'Set on the first event of each command: the same command can''t be appended twice.';
comment on column events.recorded_at is 'When it was appended, by the database''s clock; rises with position, one value per commit.';

create function refuse_log_change() returns trigger
language plpgsql as $$
begin
    raise exception 'the event log is append-only: % refused', tg_op using errcode = 'insufficient_privilege';
end
$$;

comment on function refuse_log_change() is 'Keeps the log append-only even for its owner.';

create trigger events_append_only before update or delete or truncate on events
    for each statement execute function refuse_log_change();
