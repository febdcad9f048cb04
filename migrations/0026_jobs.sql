-- Outside work that waits to be done: by whichever process is free, one at a time in each queue, at the pace of its lane.

create table jobs (
    job_id       uuid primary key,
    number       bigint not null generated always as identity unique,
    tenant_id    uuid not null,
    kind         text not null,
    queue        text not null,
    lane         text not null,
    subject      uuid not null,
    position     bigint not null,
    state        text not null default 'waiting',
    is_head      boolean not null,
    due_at       timestamptz not null default clock_timestamp(),
    attempts     int not null default 0,
    worker       uuid,
    leased_until timestamptz,
    last_error   text,
    created_at   timestamptz not null default clock_timestamp(),
    ended_at     timestamptz,
    constraint jobs_state check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
    constraint jobs_leased check ((state = 'running') = (worker is not null and leased_until is not null)),
    constraint jobs_ended check ((state in ('done', 'failed', 'cancelled')) = (ended_at is not null)),
    constraint jobs_head check (not is_head or ended_at is null)
)
with (fillfactor = 70);
create unique index jobs_once on jobs (kind, subject, position);
create index jobs_due on jobs (kind, lane, due_at, position) where is_head and state = 'waiting';
create unique index jobs_one_head on jobs (queue) where is_head;
create index jobs_in_queue on jobs (queue, position) where ended_at is null;
create index jobs_running on jobs (leased_until) where state = 'running';
create index jobs_of_tenant on jobs (tenant_id, number);
create index jobs_failed on jobs (kind) where state = 'failed';
create index jobs_over on jobs (ended_at) where ended_at is not null;
create index jobs_about on jobs (subject) where ended_at is null;

comment on table jobs is
    'Outside work. A job refers to the log and holds nothing personal; its row stays for 7 days after its end.';
comment on column jobs.number is 'Counts up as jobs are enqueued: lists are in its order.';
comment on column jobs.kind is 'What is to be done.';
comment on column jobs.queue is 'Of one queue one job is done at a time, in the order of their positions.';
comment on column jobs.lane is 'What it is paced by, and stopped with: the channel of a message.';
comment on column jobs.subject is 'The stream of the log that it is about.';
comment on column jobs.position is 'The event that it follows from; the same event leads to one job.';
comment on column jobs.is_head is 'Whether it is its queue''s turn.';
comment on column jobs.due_at is 'From when on it is done, by the database''s clock.';
comment on column jobs.attempts is 'How often it was begun.';
comment on column jobs.worker is 'The process that does it.';
comment on column jobs.leased_until is 'Until when that process has it, unless it says that it lives.';
comment on column jobs.last_error is 'Why it was not done when it was last begun. Holds no personal value.';

create table job_queues (
    queue text primary key
);
comment on table job_queues is 'Whoever puts a job in a queue, or ends one, holds its row: they take turns.';

create table job_lanes (
    lane       text primary key,
    free_at    timestamptz not null default clock_timestamp(),
    held_until timestamptz,
    stopped_at timestamptz,
    reason     text
)
with (fillfactor = 50);
comment on table job_lanes is 'What paces jobs: of numbers, businesses and pairs of a number and a customer.';
comment on column job_lanes.free_at is 'When the next job may be begun, by the database''s clock; earlier by as many as may come at once.';
comment on column job_lanes.held_until is 'Until when no job of the lane is begun, as the provider asked for a slower pace.';
comment on column job_lanes.stopped_at is 'Since when no job of the lane is begun, until somebody sees to it.';

-- Holds the rows of the queues until the transaction's end. One that nothing was in may be forgotten in between.
create function take_queues(queues text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
declare
    taken bigint;
begin
    loop
        insert into job_queues select distinct q from unnest(queues) q order by q on conflict do nothing;
        perform from job_queues q where q.queue = any(queues) order by q.queue for update;
        get diagnostics taken = row_count;
        exit when taken = (select count(distinct q) from unnest(queues) q);
    end loop;
end
$$;
comment on function take_queues is 'Makes whoever puts a job in a queue, or ends one, take turns.';

-- Puts jobs in their queues. What an event led to before is passed over.
create function enqueue_jobs(
    ids uuid[], tenants uuid[], kinds text[], queues text[], lanes text[], subjects uuid[], positions bigint[], delays float8[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform take_queues(queues);
    insert into jobs (job_id, tenant_id, kind, queue, lane, subject, position, due_at, is_head)
    select t.id, t.tenant, t.kind, t.queue, t.lane, t.subject, t.position, clock_timestamp() + make_interval(secs => t.delay),
           t.nth = 1 and not exists (select from jobs j where j.queue = t.queue and j.ended_at is null)
    from (
        select t.*, row_number() over (partition by t.queue order by t.position, t.id) as nth
        from unnest(ids, tenants, kinds, queues, lanes, subjects, positions, delays)
            as t (id, tenant, kind, queue, lane, subject, position, delay)
        where not exists (
            select from jobs j where j.kind = t.kind and j.subject = t.subject and j.position = t.position)
    ) t;
end
$$;
comment on function enqueue_jobs is 'Puts jobs in their queues, in the caller''s transaction.';

-- Ends a job that `of_worker` does, or one that waits where that is null, and makes it the next one's turn. Whether it did.
create function end_job(id uuid, of_worker uuid, how text, why text) returns boolean
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
declare
    its_queue text;
begin
    select j.queue into its_queue from jobs j where j.job_id = id;
    if not found then
        return false;
    end if;
    perform take_queues(array[its_queue]);
    update jobs j set state = how, ended_at = clock_timestamp(), is_head = false, worker = null, leased_until = null,
                      last_error = coalesce(why, j.last_error)
    where j.job_id = id and j.ended_at is null and j.worker is not distinct from of_worker;
    if not found then
        return false;
    end if;
    update jobs j set is_head = true
    where j.job_id = (
              select n.job_id from jobs n where n.queue = its_queue and n.ended_at is null
              order by n.position, n.job_id limit 1)
      and not exists (select from jobs h where h.queue = its_queue and h.is_head);
    return true;
end
$$;
comment on function end_job is 'Ends a job and makes it the next one''s turn.';

-- Begins up to `most` jobs of a lane, each for its time, which is `notice` seconds ahead at least and `ahead` at most. A lane has a
-- time for one every `every` seconds; so do its business, and its queue, of which `at_once` may come without a pause. None while the
-- lane is stopped or held, or somebody else begins some. What is free later than by all that may have been begun was so by a clock
-- that has been set back since. `moment` is what the clock says now.
create function begin_jobs(
    of_kind text, of_lane text, by_worker uuid, lease float8, most int, notice float8, ahead float8,
    every float8, of_business_every float8, of_queue_every float8, at_once int
) returns table (
    job_id uuid, tenant_id uuid, queue text, subject uuid, "position" bigint, attempts int, at timestamptz, moment timestamptz
)
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
#variable_conflict use_column
declare
    earliest    timestamptz;
    latest      timestamptz;
    free        timestamptz;
    business    timestamptz;
    pair        timestamptz;
    slot        timestamptz;
    last_tenant uuid;
    job         record;
begin
    insert into job_lanes (lane) values (of_lane) on conflict do nothing;
    select l.free_at into free from job_lanes l
    where l.lane = of_lane and l.stopped_at is null and coalesce(l.held_until <= clock_timestamp(), true)
    for update skip locked;
    if not found then
        return;
    end if;
    moment := clock_timestamp();
    earliest := moment + make_interval(secs => notice);
    latest := moment + interval '30 seconds';
    free := case when free between earliest and latest then free else earliest end;
    for job in
        select j.job_id, j.tenant_id, j.queue from jobs j
        where j.kind = of_kind and j.lane = of_lane and j.is_head and j.state = 'waiting' and j.due_at <= moment
        order by j.due_at, j.position limit most for update skip locked
    loop
        exit when free > moment + make_interval(secs => ahead);
        if of_business_every > 0 and last_tenant is distinct from job.tenant_id then
            insert into job_lanes (lane) values ('business:' || job.tenant_id) on conflict do nothing;
            select l.free_at into business from job_lanes l where l.lane = 'business:' || job.tenant_id for update;
            business := case when business <= latest then business end;
            last_tenant := job.tenant_id;
        end if;
        slot := greatest(free, business);
        exit when slot > moment + make_interval(secs => ahead);
        if of_queue_every > 0 then
            insert into job_lanes (lane) values ('queue:' || job.queue) on conflict do nothing;
            select l.free_at into pair from job_lanes l where l.lane = 'queue:' || job.queue for update;
            pair := case when pair between slot and latest + make_interval(secs => at_once * of_queue_every) then pair else slot end;
            if pair > slot + make_interval(secs => (at_once - 1) * of_queue_every) then
                update jobs j set due_at = pair - make_interval(secs => (at_once - 1) * of_queue_every)
                where j.job_id = job.job_id;
                continue;
            end if;
            update job_lanes l set free_at = pair + make_interval(secs => of_queue_every)
            where l.lane = 'queue:' || job.queue;
        end if;
        free := slot + make_interval(secs => every);
        if of_business_every > 0 then
            business := slot + make_interval(secs => of_business_every);
            update job_lanes l set free_at = business where l.lane = 'business:' || job.tenant_id;
        end if;
        return query
            update jobs j set state = 'running', worker = by_worker, attempts = j.attempts + 1,
                              leased_until = clock_timestamp() + make_interval(secs => lease)
            where j.job_id = job.job_id
            returning j.job_id, j.tenant_id, j.queue, j.subject, j.position, j.attempts, slot, moment;
    end loop;
    update job_lanes l set free_at = free where l.lane = of_lane;
end
$$;
comment on function begin_jobs is 'Begins jobs of a lane at its pace, which all processes share.';

-- Another time for a job that missed its own, in its lane and of its business, `notice` seconds ahead at least. None where the lane
-- was stopped or is held, or where it would be over `ahead` seconds ahead.
create function take_turn(
    of_lane text, of_tenant uuid, notice float8, ahead float8, every float8, of_business_every float8
) returns table (at timestamptz, moment timestamptz)
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
declare
    free     timestamptz;
    business timestamptz;
begin
    select l.free_at into free from job_lanes l
    where l.lane = of_lane and l.stopped_at is null and coalesce(l.held_until <= clock_timestamp(), true) for update;
    if not found then
        return;
    end if;
    if of_business_every > 0 then
        select l.free_at into business from job_lanes l where l.lane = 'business:' || of_tenant for update;
    end if;
    moment := clock_timestamp();
    at := greatest(free, business, moment + make_interval(secs => notice));
    if at > moment + make_interval(secs => ahead) then
        return;
    end if;
    update job_lanes l set free_at = at + make_interval(secs => every) where l.lane = of_lane;
    update job_lanes l set free_at = at + make_interval(secs => of_business_every)
    where of_business_every > 0 and l.lane = 'business:' || of_tenant;
    return next;
end
$$;
comment on function take_turn is 'Another time for a job that missed its own.';

revoke execute on function take_queues, enqueue_jobs, end_job, begin_jobs, take_turn from public;
