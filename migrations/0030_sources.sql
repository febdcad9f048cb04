-- Leads come from sources, too, each by a webhook of its own.

create table source_keys (
    source_id  uuid primary key,
    tenant_id  uuid not null,
    key_hash   bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    closed_at  timestamptz
);

comment on table source_keys is
    'What deliveries of sources show, 256 random bits each, of which only a hash is stored. What a source is, is in the log: a key without its source there brings nothing.';
comment on column source_keys.key_hash is 'SHA-256 of the key; a random 256-bit value needs no slower hash.';
comment on column source_keys.closed_at is
    'When its source was closed, which the log tells first; null while it is open. What comes all the same becomes nothing.';

alter table webhook_deliveries add column source_id uuid;

comment on column webhook_deliveries.source_id is 'The source whose key it showed, which its path named; null where none is named.';

-- Who brought a delivery says how it is read.
drop function claim_deliveries(boolean, bigint, bigint);

create function claim_deliveries(again boolean, most bigint, most_bytes bigint)
returns table (id bigint, provider text, app text, source_id uuid, received_at timestamptz, body bytea, key_day date,
               seal_id uuid, wrapped_key bytea)
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
-- A plan made while the table was nearly empty would scan it for ever.
set enable_seqscan = off
as $$
declare
    waiting refcursor;
    claimed record;
    taken   bigint := 0;
begin
    if again then
        open waiting for select d.* from webhook_deliveries d
            where d.translated_at is null and d.parked_at is null and d.due_at <= clock_timestamp()
            order by d.due_at for update skip locked;
    else
        open waiting for select d.* from webhook_deliveries d
            where d.translated_at is null and d.parked_at is null and d.due_at is null
            order by d.id for update skip locked;
    end if;
    for i in 1 .. most loop
        fetch waiting into claimed;
        exit when not found;
        id := claimed.id;
        provider := claimed.provider;
        app := claimed.app;
        source_id := claimed.source_id;
        received_at := claimed.received_at;
        body := claimed.body;
        key_day := claimed.key_day;
        seal_id := claimed.seal_id;
        wrapped_key := (select k.wrapped_key from delivery_keys k where k.day = claimed.key_day);
        taken := taken + claimed.bytes;
        return next;
        exit when taken >= most_bytes;
    end loop;
    close waiting;
end
$$;

comment on function claim_deliveries is
    'Locks deliveries for translation until the transaction ends. With the rights of whoever calls it.';

revoke execute on function claim_deliveries from public;
