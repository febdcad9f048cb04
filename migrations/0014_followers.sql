-- What followers of the log set aside, how complete they are, and which processes share the work.

alter table checkpoints add column applied bigint not null default 0;
update checkpoints set applied = position;

comment on column checkpoints.consumer is
    'projector/NAME/VERSION, with /next while a generation is built beside it and /previous for the one before it; or reactor/NAME.';
comment on column checkpoints.position is
    'Up to here each event was dealt with or is parked. Moves only in the transaction that did so.';
comment on column checkpoints.applied is 'Events dealt with. With those that are parked they are as many as its position.';
comment on column checkpoints.state is
    'building: has not caught up since it was made. live: has caught up. stopped: it can''t work at all, and tries again.';
comment on column checkpoints.error is 'Why it can''t work. Holds no personal value.';

create table parked_events (
    consumer       text not null,
    position       bigint not null,
    tenant_id      uuid not null,
    aggregate_type text not null,
    stream_id      uuid not null,
    reason         text,
    attempts       int not null default 0,
    parked_at      timestamptz not null default clock_timestamp(),
    retry          boolean not null default false,
    primary key (consumer, position)
);
create index parked_by_stream on parked_events (consumer, aggregate_type, stream_id, position);
comment on table parked_events is 'Events that a follower of the log has set aside: one that it could not deal with, and what follows it in its stream.';
comment on column parked_events.reason is 'Why this one could not be dealt with; null for what waits behind it. Holds no personal value.';
comment on column parked_events.attempts is 'How often this one was tried.';
comment on column parked_events.retry is 'Somebody asked to try its stream again.';

create table followers (
    process   uuid primary key,
    consumers text[] not null,
    seen_at   timestamptz not null
)
with (fillfactor = 10);
comment on table followers is 'Processes that follow the log, each while it says so.';
comment on column followers.consumers is 'What it can follow.';
comment on column followers.seen_at is 'Its last sign of life, by the database''s clock.';
