-- Where streams stood some events ago, so that a long one loads like a new one.

create table snapshots (
    aggregate_type text collate "C" not null,
    aggregate_id   text collate "C" not null,
    tenant_id      uuid not null,
    state_version  int not null,
    version        bigint not null check (version > 0),
    position       bigint not null,
    event_id       uuid not null,
    state          jsonb not null,
    taken_at       timestamptz not null default clock_timestamp(),
    primary key (aggregate_type, aggregate_id)
)
-- Rewritten in place as its stream grows.
with (fillfactor = 70);

comment on table snapshots is 'At most one per stream. Disposable: truncate it, and streams load from their events.';
comment on column snapshots.state_version is 'Version of the state''s form; a program passes over those of another.';
comment on column snapshots.version is 'The stream''s version that the state stands at.';
comment on column snapshots.position is 'Where that event stands in the log.';
comment on column snapshots.event_id is 'That event.';
comment on column snapshots.state is 'The state. Holds no personal value.';
