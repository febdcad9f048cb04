-- A snapshot is a row of its own, and not rewritten: what an update leaves behind stays in the way of whoever looks for the
-- row while any transaction of the cluster is open, be it of another database. The newest is found first, whatever is behind it.

drop table snapshots;

create table snapshots (
    aggregate_type text collate "C" not null,
    aggregate_id   text collate "C" not null,
    state_version  int not null,
    version        bigint not null check (version > 0),
    tenant_id      uuid not null,
    position       bigint not null,
    event_id       uuid not null,
    state          jsonb not null,
    taken_at       timestamptz not null default clock_timestamp(),
    primary key (aggregate_type, aggregate_id, state_version, version)
);

comment on table snapshots is
    'Of each stream the newest counts; there is one, or some for a moment. Disposable: truncate it, and streams load from their events.';
comment on column snapshots.state_version is 'Version of the state''s form; a program passes over those of another.';
comment on column snapshots.version is 'The stream''s version that the state stands at.';
comment on column snapshots.position is 'Where that event stands in the log.';
comment on column snapshots.event_id is 'That event.';
comment on column snapshots.state is 'The state. Holds no personal value.';

-- Functions, because a statement that was planned while the tables were nearly empty would scan them for ever.

create or replace function load_streams(types text[], ids text[], state_versions int[], most int)
returns table (nth bigint, version bigint, "position" bigint, tenant_id uuid, event_id uuid,
               -- Null for a snapshot, whose payload is a state.
               event_type text, event_version text, payload text)
language plpgsql stable
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    select w.nth, l.version, l.position, l.tenant_id, l.event_id, l.event_type, l.event_version, l.payload
    from unnest(types, ids, state_versions) with ordinality as w (type, id, state_version, nth)
    left join lateral (
        select s.* from snapshots s
        where s.aggregate_type = w.type and s.aggregate_id = w.id and s.state_version = w.state_version
        order by s.version desc limit 1
    ) s on true
    cross join lateral (
        select s.version, s.position, s.tenant_id, s.event_id, null as event_type, null as event_version,
               s.state::text as payload
        where s.version is not null
        union all (
            select e.sequence, e.position, e.tenant_id, e.event_id, e.event_type, e.event_version, e.payload::text
            from events e
            where e.aggregate_type = w.type and e.aggregate_id = w.id and e.sequence > coalesce(s.version, 0)
            order by e.sequence limit most
        )
    ) l;
end
$$;

-- Adds a snapshot of each stream, which are in order, and removes the one it `replaces`, with what other processes left
-- shortly before that, and those of older forms.
create function add_snapshots(
    types text[], ids text[], tenants uuid[], forms int[], versions bigint[], positions bigint[], event_ids uuid[],
    states text[], replaces bigint[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
begin
    insert into snapshots (aggregate_type, aggregate_id, tenant_id, state_version, version, position, event_id, state)
    select n.type, n.id, n.tenant, n.form, n.version, n.position, n.event, n.state::jsonb
    from unnest(types, ids, tenants, forms, versions, positions, event_ids, states)
         as n (type, id, tenant, form, version, position, event, state)
    on conflict do nothing;
    delete from snapshots s
    using unnest(types, ids, forms, versions, replaces) as n (type, id, form, version, replaced)
    where s.aggregate_type = n.type and s.aggregate_id = n.id and s.state_version = n.form
      and s.version >= n.replaced - 32 and s.version < n.version;
    delete from snapshots s
    using unnest(types, ids, forms) as n (type, id, form)
    where s.aggregate_type = n.type and s.aggregate_id = n.id and s.state_version < n.form;
end
$$;

comment on function add_snapshots is
    'A snapshot of each stream in the place of the one before it. With the rights of whoever calls it.';

revoke execute on function add_snapshots from public;
