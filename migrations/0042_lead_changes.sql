-- Changes of many leads at once: which leads, how far each change is, and which leads said no.

create table lead_changes (
    change_id    uuid primary key,
    number       bigint not null generated always as identity unique,
    tenant_id    uuid not null,
    actor        text not null,
    request      uuid not null,
    change       jsonb not null,
    state        text not null default 'waiting',
    leads        uuid[],
    lead_count   int not null,
    done         int not null default 0,
    changed      int not null default 0,
    unchanged    int not null default 0,
    refused      int not null default 0,
    turns        int not null default 0,
    created_at   timestamptz not null default clock_timestamp(),
    started_at   timestamptz,
    cancelled_at timestamptz,
    ended_at     timestamptz,
    failure      text,
    constraint lead_changes_state check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
    constraint lead_changes_ended check ((state in ('done', 'failed', 'cancelled')) = (ended_at is not null)),
    constraint lead_changes_failed check ((state = 'failed') = (failure is not null)),
    constraint lead_changes_open check ((ended_at is null) = (leads is not null)),
    constraint lead_changes_counted check (done = changed + unchanged + refused and done <= lead_count)
);
create index lead_changes_open on lead_changes (tenant_id) where ended_at is null;
create index lead_changes_over on lead_changes (ended_at) where ended_at is not null;

comment on table lead_changes is 'Changes of many leads at once, and how far each is. A row stays for 90 days after its end. Nothing in it is personal.';
comment on column lead_changes.change_id is 'Of a request with an idempotency key, it follows from that.';
comment on column lead_changes.actor is 'Who asked for it, as the log names whoever acts.';
comment on column lead_changes.request is 'Follows from that key and from what was asked with it: another request under the same key has another.';
comment on column lead_changes.leads is 'Of which leads, found when it was asked for. They go when it ends.';
comment on column lead_changes.done is 'How many of these, from the first on, were asked.';
comment on column lead_changes.turns is 'How often it was begun: whoever began it before puts down nothing any more.';
comment on column lead_changes.cancelled_at is 'When somebody wanted no more of it; it ends at the next place where it can.';
comment on column lead_changes.failure is 'Why it ended before its end. Holds nothing personal.';

create table lead_change_refusals (
    change_id uuid not null references lead_changes on delete cascade,
    nth       int not null,
    lead_id   uuid not null,
    code      text not null,
    reason    text not null,
    primary key (change_id, nth)
);

comment on table lead_change_refusals is 'Leads that said no to a change, and why.';
comment on column lead_change_refusals.nth is 'Its place among the leads of the change.';
comment on column lead_change_refusals.code is 'A word for why, of a closed list.';
