-- The only way into the log. One call appends a group of commands; each is answered on its own, and a refused one
-- neither disturbs its neighbours nor burns a position.
--
-- The advisory lock comes first. Under it every statement sees all that was appended before, so positions are dense
-- and in the order of commits, and a reader that asks for `position > checkpoint` never misses an event.

create function append_events(
    -- One entry per command.
    c_tenant uuid[], c_type text[], c_stream text[], c_expected bigint[], c_command uuid[], c_count int[],
    -- One entry per event, grouped by command in the same order.
    e_tenant uuid[], e_aggregate_type text[], e_stream text[], e_sequence bigint[], e_command uuid[],
    e_type text[], e_version text[], e_payload text[], e_metadata text[], e_id uuid[],
    -- One entry per change of a reservation; r_command counts commands from 1.
    r_command int[], r_take boolean[], r_scope uuid[], r_kind text[], r_value text[]
) returns table (outcome text, first_position bigint, last_position bigint, version bigint, holder text)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
-- A plan made while the table was nearly empty would scan it for ever.
set enable_seqscan = off
as $$
declare
    v_head    bigint;
    v_last_at timestamptz;
    v_now     timestamptz;
    v_plain   boolean;
    -- Of the slow path: where the next command's events begin in the arrays, and what was found.
    v_from    int := 1;
    found_position bigint;
    found_version  bigint;
    found_tenant   uuid;
    found_holder   text;
begin
    perform pg_advisory_xact_lock(7235421, 1);

    select e.position, e.recorded_at into v_head, v_last_at from events e order by e.position desc limit 1;
    v_head := coalesce(v_head, 0);
    -- Never backwards, and never the same for two commits.
    v_now := greatest(v_last_at + interval '1 microsecond', clock_timestamp());

    select not exists (
        select from (
            select c.tenant, c.type, c.stream, c.expected, c.command,
                   coalesce(sum(c.count) over (partition by c.type, c.stream order by c.nth
                            rows between unbounded preceding and 1 preceding), 0) as before,
                   first_value(c.tenant) over (partition by c.type, c.stream order by c.nth) as first_tenant,
                   count(*) over (partition by c.command) as times
            from unnest(c_tenant, c_type, c_stream, c_expected, c_command, c_count)
                 with ordinality as c (tenant, type, stream, expected, command, count, nth)
        ) c
        left join lateral (
            select e.sequence, e.tenant_id from events e
            where e.aggregate_type = c.type and e.aggregate_id = c.stream
            order by e.sequence desc limit 1
        ) s on true
        where c.times > 1
           or c.expected <> coalesce(s.sequence, 0) + c.before
           or coalesce(s.tenant_id, c.first_tenant) <> c.tenant
           or exists (select from events e where e.command_id = c.command)
    ) into v_plain;

    if v_plain and cardinality(r_command) > 0 then
        select count(*) = count(distinct (r.scope, r.kind, r.value)) and bool_and(r.take) and not exists (
            select from unnest(r_scope, r_kind, r_value) as t (scope, kind, value)
            join reservations held using (scope, kind, value)
        ) into v_plain
        from unnest(r_take, r_scope, r_kind, r_value) as r (take, scope, kind, value);
    end if;

    if v_plain then
        insert into events (position, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
                            payload, metadata, event_id, command_id, recorded_at)
        select v_head + e.nth, e.tenant, e.aggregate_type, e.stream, e.sequence, e.type, e.version,
               e.payload::jsonb, e.metadata::jsonb, e.id, e.command, v_now
        from unnest(e_tenant, e_aggregate_type, e_stream, e_sequence, e_command, e_type, e_version, e_payload,
                    e_metadata, e_id)
             with ordinality
             as e (tenant, aggregate_type, stream, sequence, command, type, version, payload, metadata, id, nth);

        insert into reservations (scope, kind, value, tenant_id, owner_type, owner_id)
        select r.scope, r.kind, r.value, c_tenant[r.command], c_type[r.command], c_stream[r.command]
        from unnest(r_command, r_scope, r_kind, r_value) as r (command, scope, kind, value);

        return query
        select 'appended', v_head + c.until - c.count + 1, v_head + c.until, c.expected + c.count, null::text
        from (
            select c.expected, c.count, sum(c.count) over (order by c.nth) as until, c.nth
            from unnest(c_expected, c_count) with ordinality as c (expected, count, nth)
        ) c
        order by c.nth;
        return;
    end if;

    -- Something in the group is refused, or needs a closer look: one command after the other.
    for i in 1 .. cardinality(c_command) loop
        outcome := null;
        first_position := null;
        last_position := null;
        version := null;
        holder := null;

        select e.position, e.sequence into found_position, found_version
        from events e where e.command_id = c_command[i];
        if found then
            outcome := 'duplicate';
            first_position := found_position;
            -- A command's events are neighbours: it ends where the next one begins.
            select coalesce(min(n.position), v_head + 1) - 1 into last_position from (
                select e.position from events e
                where e.position > found_position and e.command_id is not null
                order by e.position limit 1
            ) n;
            version := found_version + last_position - first_position;
        else
            select e.sequence, e.tenant_id into found_version, found_tenant from events e
            where e.aggregate_type = c_type[i] and e.aggregate_id = c_stream[i]
            order by e.sequence desc limit 1;
            if found and found_tenant <> c_tenant[i] then
                outcome := 'foreign_stream';
            elsif coalesce(found_version, 0) <> c_expected[i] then
                outcome := 'conflict';
                version := coalesce(found_version, 0);
            else
                select held.owner_id into found_holder
                from unnest(r_command, r_take, r_scope, r_kind, r_value) as r (command, take, scope, kind, value)
                join reservations held using (scope, kind, value)
                where r.command = i and r.take
                  and (held.owner_type, held.owner_id) <> (c_type[i], c_stream[i])
                limit 1;
                if found then
                    outcome := 'reserved';
                    holder := found_holder;
                end if;
            end if;
        end if;

        if outcome is null then
            insert into events (position, tenant_id, aggregate_type, aggregate_id, sequence, event_type,
                                event_version, payload, metadata, event_id, command_id, recorded_at)
            select v_head + n.nth, e_tenant[n.at], e_aggregate_type[n.at], e_stream[n.at], e_sequence[n.at],
                   e_type[n.at], e_version[n.at], e_payload[n.at]::jsonb, e_metadata[n.at]::jsonb, e_id[n.at],
                   e_command[n.at], v_now
            from (select k as nth, v_from + k - 1 as at from generate_series(1, c_count[i]) as k) n;

            delete from reservations held
            using unnest(r_command, r_take, r_scope, r_kind, r_value) as r (command, take, scope, kind, value)
            where r.command = i and not r.take
              and (held.scope, held.kind, held.value) = (r.scope, r.kind, r.value)
              and (held.owner_type, held.owner_id) = (c_type[i], c_stream[i]);

            insert into reservations (scope, kind, value, tenant_id, owner_type, owner_id)
            select r.scope, r.kind, r.value, c_tenant[i], c_type[i], c_stream[i]
            from unnest(r_command, r_take, r_scope, r_kind, r_value) as r (command, take, scope, kind, value)
            where r.command = i and r.take
            on conflict do nothing;

            outcome := 'appended';
            first_position := v_head + 1;
            v_head := v_head + c_count[i];
            last_position := v_head;
            version := c_expected[i] + c_count[i];
        end if;
        v_from := v_from + c_count[i];
        return next;
    end loop;
end
$$;

comment on function append_events is
    'Appends a group of commands under the log''s lock and answers per command: appended, duplicate, conflict, reserved, foreign_stream.';

revoke execute on function append_events from public;
