-- How often something was done lately, for limits that all processes share.

-- Unlogged: it is written often, nobody waits for a disk, and after a crash everybody begins anew.
create unlogged table rate_limits (
    kind    text not null,
    key     bytea not null,
    full_at timestamptz not null,
    primary key (kind, key)
)
-- Rows change often and on their page.
with (fillfactor = 50);

comment on table rate_limits is 'Buckets of tokens that are not full, one for each kind of limit and whoever it holds. A full one needs no row.';
comment on column rate_limits.kind is 'Which limit.';
comment on column rate_limits.key is 'Keyed hash of whom it holds: an address of the network, or an account.';
comment on column rate_limits.full_at is
    'When the bucket is full again, by the database''s clock. Taking a token puts it off by the time that one takes to come back.';

-- Takes up to `wanted` tokens from each bucket, of which each holds `most` and gets one back every `every` microseconds; a
-- number below zero puts some back. `taken` is how many there were, `wait` how many microseconds from now there is
-- another one. Whoever names several buckets names them in one order, or two callers wait for each other.
create function take_tokens(kinds text[], keys bytea[], wanted bigint[], most bigint[], every bigint[])
returns table (taken bigint, wait bigint)
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
declare
    at      timestamptz;
    filled  timestamptz;
    missing bigint;
begin
    for i in 1 .. cardinality(keys) loop
        loop
            insert into rate_limits values (kinds[i], keys[i], clock_timestamp()) on conflict do nothing;
            select r.full_at into filled from rate_limits r where r.kind = kinds[i] and r.key = keys[i] for update;
            -- Else it was full and has just been deleted.
            exit when found;
        end loop;
        at := clock_timestamp();
        missing := extract(epoch from filled - at) * 1000000;
        -- It may be above what a bucket holds where the limit was another one, or the clock.
        missing := least(greatest(missing, 0), most[i] * every[i]);
        taken := least(wanted[i], (most[i] * every[i] - missing) / every[i]);
        missing := greatest(missing + taken * every[i], 0);
        wait := greatest(missing - (most[i] - 1) * every[i], 0);
        if taken <> 0 then
            update rate_limits r set full_at = at + missing * interval '1 microsecond'
            where r.kind = kinds[i] and r.key = keys[i];
        end if;
        return next;
    end loop;
end
$$;

comment on function take_tokens is 'Takes tokens from buckets, or puts them back. With the rights of whoever calls it.';

revoke execute on function take_tokens from public;
