-- What commands need before they are decided, for many of them in one call. Functions, because a statement that was
-- planned while the tables were nearly empty would scan them for ever.

-- Each stream's snapshot, if it is of the version asked for, and its events since, as many as `most`. The rows of one
-- stream are in order.

create function load_streams(types text[], ids text[], state_versions int[], most int)
returns table (nth bigint, version bigint, "position" bigint, tenant_id uuid, event_id uuid,
               -- Null for a snapshot, whose payload is a state.
               event_type text, event_version text, payload text)
language plpgsql stable
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    select w.nth, l.version, l.position, l.tenant_id, l.event_id, l.event_type, l.event_version, l.payload
    from unnest(types, ids, state_versions) with ordinality as w (type, id, state_version, nth)
    left join lateral (
        select s.* from snapshots s
        where s.aggregate_type = w.type and s.aggregate_id = w.id and s.state_version = w.state_version
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

comment on function load_streams is
    'Each stream''s snapshot of the version asked for, and its events since. With the rights of whoever calls it.';

-- The key of each of `ids`, in their order; nulls for whom the database does not know.
create function load_data_subjects(ids uuid[])
returns table (generation int, wrapped_key bytea)
language plpgsql stable
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    select d.generation, d.wrapped_key
    from unnest(ids) with ordinality as s (id, nth) left join data_subjects d on d.subject_id = s.id
    order by s.nth;
end
$$;

comment on function load_data_subjects is
    'The generation and wrapped key of each data subject. With the rights of whoever calls it.';

revoke execute on function load_streams, load_data_subjects from public;
