-- A command may rest on where another stream stands: an answer, on what was said in its conversation. It is checked under the log's
-- lock, like what a command asserts of reservations, and leaves no trace.
--
-- The function is that of 0011 but for this.

create or replace function append_events(
    -- One entry per command. Where it stands: the stream's version and newest event (the nil uuid for none). What it
    -- leaves: how many events, and the newest one. c_follows is the command before it in the group on the same stream,
    -- counted from 1, 0 for none. c_seen: the caller has seen it stand there, at or before the newest commit it knows.
    -- c_subject counts s_ from 1, 0 for nobody; c_erases ends that person. c_request is set when a receipt is to be kept. A command without events says in c_outcome and c_detail what it
    -- came to: 'unchanged' or 'refused'.
    c_tenant uuid[], c_type text[], c_stream text[], c_expected bigint[], c_expected_event uuid[], c_command uuid[],
    c_count int[], c_last_event uuid[], c_subject int[], c_erases boolean[], c_request bytea[], c_outcome text[],
    c_detail text[], c_follows int[], c_seen boolean[],
    -- One entry per event, grouped by command in the same order.
    e_tenant uuid[], e_aggregate_type text[], e_stream text[], e_sequence bigint[], e_command uuid[],
    e_type text[], e_version text[], e_payload text[], e_metadata text[], e_id uuid[],
    -- One entry per change of a reservation: take, release, or assert that r_holder has it. r_command counts from 1.
    -- And one per other stream that a command rests on ('stands'): its type is r_kind, it is r_value, and it must be at version r_holder.
    r_command int[], r_change text[], r_scope uuid[], r_kind text[], r_value text[], r_holder text[],
    -- One entry per data subject: the generation of the key that was used, and the key itself if the caller made it.
    s_id uuid[], s_tenant uuid[], s_generation int[], s_wrapped_key bytea[],
    -- The newest commit that the caller knows, all of whose commands since were its own.
    known_head bigint, known_at timestamptz
) returns table (outcome text, last_position bigint, version bigint, detail text,
                 -- The newest commit after this call, and whether the one before it was the known one.
                 head bigint, head_at timestamptz, undisturbed boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
-- A plan made while the table was nearly empty would scan it for ever.
set enable_seqscan = off
-- Planned once per connection: the statements are as right for one command as for 256, and planning them anew for each
-- small group costs more than running them.
set plan_cache_mode = force_generic_plan
as $$
declare
    v_head     bigint;
    v_last_at  timestamptz;
    v_now      timestamptz;
    v_at       timestamptz;
    v_plain    boolean;
    v_receipts boolean := exists (select from unnest(c_request) as c (request) where c.request is not null);
    v_new_keys boolean := exists (select from unnest(s_wrapped_key) as s (wrapped_key) where s.wrapped_key is not null);
    -- Of the slow path: where the next command's events begin in the arrays, and what was found.
    v_from    int := 1;
    v_version bigint;
    v_event   uuid;
    v_tenant  uuid;
    v_holder  text;
    v_receipt receipts;
    v_change  text;
    v_scope   uuid;
    v_kind    text;
    v_value   text;
begin
    perform pg_advisory_xact_lock(7235421, 1);

    select e.position, e.recorded_at into v_head, v_last_at from events e order by e.position desc limit 1;
    v_head := coalesce(v_head, 0);
    -- Nobody else has appended since: what the caller saw then is still so. One value per commit, so the pair is one
    -- history's.
    undisturbed := coalesce(v_head = known_head and v_last_at = known_at, false);
    -- Never backwards, and never the same for two commits.
    v_now := greatest(v_last_at + interval '1 microsecond', clock_timestamp());

    -- The plain path: every command stands on the event it names, or on what the one before it in this group leaves,
    -- and what it takes for granted is so. That nothing in it is there already, the unique indexes say.
    select not exists (
        select from unnest(c_tenant, c_expected, c_expected_event, c_follows)
                    with ordinality as c (tenant, expected, expected_event, follows, nth)
        where c.follows > 0
          and not (c.follows < c.nth
                   and c_tenant[c.follows] = c.tenant
                   and c_last_event[c.follows] = c.expected_event
                   and c_expected[c.follows] + c_count[c.follows] = c.expected)
    ) and not exists (
        select from unnest(c_tenant, c_type, c_stream, c_expected, c_expected_event, c_command, c_follows, c_seen)
                    as c (tenant, type, stream, expected, expected_event, command, follows, seen)
        where c.follows = 0 and not (c.seen and undisturbed) and (
            c.expected > 0 and not exists (
                select from events e
                where e.aggregate_type = c.type and e.aggregate_id = c.stream and e.sequence = c.expected
                  and e.event_id = c.expected_event and e.tenant_id = c.tenant
            )
            -- The indexes would say so too, after the whole group was written in vain.
            or exists (
                select from events e
                where e.aggregate_type = c.type and e.aggregate_id = c.stream and e.sequence = c.expected + 1
            )
            or exists (select from events e where e.command_id = c.command)
        )
    ) and not exists (
        -- What comes to no event meets no index.
        select from unnest(c_type, c_stream, c_expected, c_command, c_count, c_follows)
                    as c (type, stream, expected, command, count, follows)
        where c.count = 0 and (
            exists (select from events e where e.command_id = c.command)
            or c.follows = 0 and exists (
                select from events e
                where e.aggregate_type = c.type and e.aggregate_id = c.stream and e.sequence > c.expected
            )
        )
    ) into v_plain;

    if v_plain and cardinality(r_command) > 0 then
        -- What nobody holds is not held: an unknown would pass.
        select coalesce(bool_and(case r.change
                   when 'take' then true
                   when 'assert' then held.owner_id is not distinct from r.holder
                   -- What this very group does to that stream has its turn on the slow path.
                   when 'stands' then r.holder::bigint = coalesce((
                       select e.sequence from events e
                       where e.aggregate_type = r.kind and e.aggregate_id = r.value order by e.sequence desc limit 1
                   ), 0) and not exists (
                       select from unnest(c_type, c_stream, c_count) as c (type, stream, count)
                       where c.type = r.kind and c.stream = r.value and c.count > 0
                   )
                   else false
               end), true)
        into v_plain
        from unnest(r_change, r_scope, r_kind, r_value, r_holder) as r (change, scope, kind, value, holder)
        left join reservations held using (scope, kind, value);
    end if;

    if v_plain and cardinality(s_id) > 0 then
        select count(*) = count(distinct s.id)
               and bool_and(case when d.subject_id is null then s.wrapped_key is not null
                   -- Of a destroyed key this is unknown, and bool_and passes over unknowns.
                   else coalesce(d.generation = s.generation and d.tenant_id = s.tenant
                                 and d.wrapped_key = coalesce(s.wrapped_key, d.wrapped_key), false) end)
               and not true = any(c_erases)
        into v_plain
        from unnest(s_id, s_tenant, s_generation, s_wrapped_key) as s (id, tenant, generation, wrapped_key)
        left join data_subjects d on d.subject_id = s.id;
        v_plain := coalesce(v_plain, false);
    end if;

    if v_plain then
        begin
            insert into events (position, tenant_id, aggregate_type, aggregate_id, sequence, event_type,
                                event_version, payload, metadata, event_id, command_id, recorded_at)
            select v_head + e.nth, e.tenant, e.aggregate_type, e.stream, e.sequence, e.type, e.version,
                   e.payload::jsonb, e.metadata::jsonb, e.id, e.command, v_now
            from unnest(e_tenant, e_aggregate_type, e_stream, e_sequence, e_command, e_type, e_version, e_payload,
                        e_metadata, e_id)
                 with ordinality
                 as e (tenant, aggregate_type, stream, sequence, command, type, version, payload, metadata, id, nth);

            if cardinality(r_command) > 0 then
                insert into reservations (scope, kind, value, tenant_id, owner_type, owner_id)
                select r.scope, r.kind, r.value, c_tenant[r.command], c_type[r.command], c_stream[r.command]
                from unnest(r_command, r_change, r_scope, r_kind, r_value)
                     as r (command, change, scope, kind, value)
                where r.change = 'take';
            end if;

            if v_new_keys then
                insert into data_subjects (subject_id, tenant_id, generation, wrapped_key, created_at)
                select s.id, s.tenant, s.generation, s.wrapped_key, v_now
                from unnest(s_id, s_tenant, s_generation, s_wrapped_key) as s (id, tenant, generation, wrapped_key)
                where s.wrapped_key is not null
                on conflict do nothing;
            end if;

            if v_receipts then
                insert into receipts (command_id, tenant_id, request_hash, outcome, detail, position, version,
                                      recorded_at)
                select c.command, c.tenant, c.request, case when c.count > 0 then 'appended' else c.outcome end,
                       c.detail::jsonb,
                       coalesce((
                           select e.position from events e
                           where e.aggregate_type = c.type and e.aggregate_id = c.stream
                             and e.sequence = c.expected + c.count
                       ), 0),
                       c.expected + c.count, v_now
                from unnest(c_command, c_tenant, c_type, c_stream, c_request, c_expected, c_count, c_outcome, c_detail)
                     as c (command, tenant, type, stream, request, expected, count, outcome, detail)
                where c.request is not null;
            end if;
        exception when unique_violation then
            -- Something is there already: none of this has happened.
            v_plain := false;
        end;
    end if;

    if v_plain then
        head := v_head + cardinality(e_id);
        head_at := case when cardinality(e_id) > 0 then v_now else v_last_at end;
        return query
        select case when c.count > 0 then 'appended' else c.outcome end,
               case when c.count > 0 then v_head + c.until else coalesce((
                   select e.position from events e
                   where e.aggregate_type = c.type and e.aggregate_id = c.stream and e.sequence = c.expected
               ), 0) end,
               c.expected + c.count, null::text, head, head_at, undisturbed
        from (
            select c.*, sum(c.count) over (order by c.nth rows unbounded preceding) as until
            from unnest(c_type, c_stream, c_expected, c_count, c_outcome) with ordinality
                 as c (type, stream, expected, count, outcome, nth)
        ) c
        order by c.nth;
        return;
    end if;

    -- Something in the group is refused, or needs a closer look: one command after the other.
    v_at := v_last_at;
    for i in 1 .. cardinality(c_command) loop
        outcome := null;
        last_position := null;
        version := null;
        detail := null;

        if c_request[i] is not null then
            select r.* into v_receipt from receipts r where r.command_id = c_command[i];
            if found then
                if v_receipt.request_hash = c_request[i] and v_receipt.tenant_id = c_tenant[i] then
                    outcome := 'before_' || v_receipt.outcome;
                    last_position := v_receipt.position;
                    version := v_receipt.version;
                    detail := v_receipt.detail::text;
                else
                    outcome := 'key_reused';
                end if;
            end if;
        end if;

        if outcome is null then
            select 'before_appended', e.position, e.sequence into outcome, last_position, version
            from events e where e.command_id = c_command[i];
            if found then
                -- A command's events are neighbours: it ends where the next one begins.
                version := version - last_position;
                select coalesce(min(n.position), v_head + 1) - 1 into last_position from (
                    select e.position from events e
                    where e.position > last_position and e.command_id is not null
                    order by e.position limit 1
                ) n;
                version := version + last_position;
            end if;
        end if;

        if outcome is null then
            select e.sequence, e.tenant_id, e.event_id, e.position into v_version, v_tenant, v_event, last_position
            from events e
            where e.aggregate_type = c_type[i] and e.aggregate_id = c_stream[i]
            order by e.sequence desc limit 1;
            if found and v_tenant <> c_tenant[i] then
                outcome := 'foreign_stream';
            elsif coalesce(v_version, 0) <> c_expected[i]
                  or c_expected[i] > 0 and v_event <> c_expected_event[i] then
                outcome := 'conflict';
            elsif exists (
                select from unnest(r_command, r_change, r_scope, r_kind, r_value, r_holder)
                            as r (command, change, scope, kind, value, holder)
                left join reservations held using (scope, kind, value)
                where r.command = i and case r.change
                    when 'assert' then held.owner_id is distinct from r.holder
                    when 'stands' then r.holder::bigint <> coalesce((
                        select e.sequence from events e
                        where e.aggregate_type = r.kind and e.aggregate_id = r.value order by e.sequence desc limit 1
                    ), 0)
                    else false
                end
            ) then
                outcome := 'not_held';
            else
                select held.owner_id into v_holder
                from unnest(r_command, r_change, r_scope, r_kind, r_value) as r (command, change, scope, kind, value)
                join reservations held using (scope, kind, value)
                where r.command = i and r.change = 'take'
                  and (held.owner_type, held.owner_id) <> (c_type[i], c_stream[i])
                limit 1;
                if found then
                    outcome := 'reserved';
                    detail := to_jsonb(v_holder)::text;
                elsif c_subject[i] > 0 and not c_erases[i] and not exists (
                    select from (select s_id[c_subject[i]] as id) s left join data_subjects d on d.subject_id = s.id
                    where case when d.subject_id is null then s_wrapped_key[c_subject[i]] is not null
                          else d.generation = s_generation[c_subject[i]] and d.tenant_id = s_tenant[c_subject[i]]
                               and d.wrapped_key = coalesce(s_wrapped_key[c_subject[i]], d.wrapped_key) end
                ) then
                    outcome := 'key_changed';
                end if;
            end if;
        end if;

        if outcome is null and c_count[i] = 0 then
            outcome := c_outcome[i];
            detail := c_detail[i];
            last_position := coalesce(last_position, 0);
            version := c_expected[i];
        elsif outcome is null then
            insert into events (position, tenant_id, aggregate_type, aggregate_id, sequence, event_type,
                                event_version, payload, metadata, event_id, command_id, recorded_at)
            select v_head + n.nth, e_tenant[n.at], e_aggregate_type[n.at], e_stream[n.at], e_sequence[n.at],
                   e_type[n.at], e_version[n.at], e_payload[n.at]::jsonb, e_metadata[n.at]::jsonb, e_id[n.at],
                   e_command[n.at], v_now
            from (select k as nth, v_from + k - 1 as at from generate_series(1, c_count[i]) as k) n;

            -- In their order: what one event gives up, a later one may take.
            for v_change, v_scope, v_kind, v_value in
                select r.change, r.scope, r.kind, r.value
                from unnest(r_command, r_change, r_scope, r_kind, r_value)
                     with ordinality as r (command, change, scope, kind, value, nth)
                where r.command = i order by r.nth
            loop
                if v_change = 'release' then
                    delete from reservations held
                    where (held.scope, held.kind, held.value) = (v_scope, v_kind, v_value)
                      and (held.owner_type, held.owner_id) = (c_type[i], c_stream[i]);
                elsif v_change = 'take' then
                    insert into reservations (scope, kind, value, tenant_id, owner_type, owner_id)
                    values (v_scope, v_kind, v_value, c_tenant[i], c_type[i], c_stream[i])
                    on conflict do nothing;
                end if;
            end loop;

            if c_erases[i] then
                insert into data_subjects (subject_id, tenant_id, generation, created_at, erased_at)
                values (s_id[c_subject[i]], c_tenant[i], 1, v_now, v_now)
                on conflict (subject_id) do update set
                    wrapped_key = null, generation = data_subjects.generation + 1, erased_at = v_now
                where data_subjects.erased_at is null;
            elsif c_subject[i] > 0 and s_wrapped_key[c_subject[i]] is not null then
                insert into data_subjects (subject_id, tenant_id, generation, wrapped_key, created_at)
                values (s_id[c_subject[i]], s_tenant[c_subject[i]], s_generation[c_subject[i]],
                        s_wrapped_key[c_subject[i]], v_now)
                on conflict do nothing;
            end if;

            outcome := 'appended';
            v_at := v_now;
            v_head := v_head + c_count[i];
            last_position := v_head;
            version := c_expected[i] + c_count[i];
        end if;

        if c_request[i] is not null and outcome in ('appended', 'unchanged', 'refused', 'reserved') then
            insert into receipts (command_id, tenant_id, request_hash, outcome, detail, position, version, recorded_at)
            values (c_command[i], c_tenant[i], c_request[i], outcome, detail::jsonb, coalesce(last_position, 0),
                    c_expected[i] + case when outcome = 'appended' then c_count[i] else 0 end, v_now);
        end if;
        v_from := v_from + c_count[i];
        -- Good enough for the caller once the last one is through.
        head := v_head;
        head_at := v_at;
        return next;
    end loop;
end
$$;
