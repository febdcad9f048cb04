-- Walk-ins: forms of ours, open to everybody. What is not taken there is counted, and nothing of it kept.

create table walk_in_refusals (
    source_id uuid not null,
    reason    text not null,
    tenant_id uuid not null,
    times     bigint not null,
    last_at   timestamptz not null,
    primary key (source_id, reason)
);

comment on table walk_in_refusals is
    'How often each walk-in did not take what was sent to it, by why: as many rows as there are reasons, whatever strangers send. Nothing says who they were.';
comment on column walk_in_refusals.reason is 'Why, a word of a closed list.';
comment on column walk_in_refusals.times is
    'How often, in all processes; each adds what it counted every some seconds, so what it had yet to add is lost with it.';
