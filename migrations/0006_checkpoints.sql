-- How far each projector and reactor has come, and which process works for it.

create table checkpoints (
    consumer    text primary key,
    position    bigint not null default 0,
    state       text not null check (state in ('building', 'live', 'stopped')),
    error       text,
    epoch       bigint not null default 0,
    holder      uuid,
    lease_until timestamptz
)
-- Few rows, changed often: room on their page for new versions keeps them from spreading.
with (fillfactor = 10);

comment on table checkpoints is 'One row per projector definition and per reactor.';
comment on column checkpoints.consumer is 'projector/NAME/VERSION or reactor/NAME.';
comment on column checkpoints.position is 'Last event it has dealt with. Moves only in the transaction that dealt with it.';
comment on column checkpoints.state is
    'building: has not caught up since it was made, or since it stopped. live: has caught up. stopped: an event could not be folded.';
comment on column checkpoints.error is 'Why it stopped. Holds no personal value.';
comment on column checkpoints.epoch is 'Rises with every holder; a paused holder of an earlier epoch can''t move the checkpoint.';
comment on column checkpoints.holder is 'The process that works for it.';
comment on column checkpoints.lease_until is 'Until when it may, by the database''s clock.';
