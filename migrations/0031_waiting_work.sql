-- Businesses of which something waits for somebody: what may go out by time alone is looked for there.

create table waiting_work (
    tenant_id uuid primary key,
    position  bigint not null
);

comment on table waiting_work is
    'One row per business of which something may wait for somebody. One of which nothing waits any more goes when it is looked at.';
comment on column waiting_work.position is 'The event by which the latest was asked for.';
