-- Deliveries are sealed, tried again, and kept for a time; what waits says for what.

-- Each day's deliveries are sealed under a key of their own: destroying it is what ends them.
create table delivery_keys (
    day         date primary key,
    wrapped_key bytea not null,
    created_at  timestamptz not null default clock_timestamp()
);

comment on table delivery_keys is
    'The keys that webhook deliveries are sealed under, one per UTC day. Destroyed when the day''s retention ends.';
comment on column delivery_keys.day is 'The day of the deliveries, in UTC, by the database''s clock.';
comment on column delivery_keys.wrapped_key is 'The key, encrypted under one derived from the installation''s.';

alter table webhook_deliveries
    alter column body drop not null,
    add column key_day date,
    add column seal_id uuid,
    add column bytes int,
    add column app text,
    add column due_at timestamptz,
    add column parked_at timestamptz,
    -- What was stored before stays in clear until a program that has the keys starts: it seals these rows first.
    add constraint webhook_deliveries_sealed check ((key_day is null) = (seal_id is null));

update webhook_deliveries set bytes = length(body);
alter table webhook_deliveries alter column bytes set not null;

drop index webhook_deliveries_waiting;
create index webhook_deliveries_new on webhook_deliveries (id)
    where translated_at is null and parked_at is null and due_at is null;
create index webhook_deliveries_due on webhook_deliveries (due_at)
    where translated_at is null and parked_at is null and due_at is not null;
create index webhook_deliveries_kept on webhook_deliveries (key_day) where body is not null;

comment on column webhook_deliveries.body is
    'The raw bytes, sealed; in clear without a key_day. Null once the retention has ended.';
comment on column webhook_deliveries.key_day is 'Whose key it is sealed under, in delivery_keys.';
comment on column webhook_deliveries.seal_id is 'Drawn at random; what is sealed opens beside it alone.';
comment on column webhook_deliveries.app is
    'The key of the Meta app whose secret signed it, which its path named; null for the default app.';
comment on column webhook_deliveries.bytes is 'Length of the raw bytes.';
comment on column webhook_deliveries.translated_at is
    'When all its items had an outcome; null while its translation is to come, also once more.';
comment on column webhook_deliveries.attempts is
    'How often its translation was begun and could not be finished, since it was last asked for.';
comment on column webhook_deliveries.due_at is
    'From when on its translation is tried again, by the database''s clock; null for one that was never tried.';
comment on column webhook_deliveries.parked_at is
    'When it was set aside whole, because its translation could not be finished many times; see last_error.';

-- Earlier programs could not say for what an item waits, and read fewer kinds: those deliveries are translated once
-- more, and what was applied settles by its command's id.
update webhook_deliveries d set translated_at = null, attempts = 0, due_at = clock_timestamp()
where exists (
    select from webhook_items i where i.delivery_id = d.id and i.state in ('not_read_yet', 'unknown_number')
);
update webhook_deliveries set due_at = clock_timestamp() where translated_at is null and attempts > 0;
delete from webhook_items where state in ('not_read_yet', 'unknown_number');

alter table webhook_items
    drop constraint webhook_items_state_check,
    add column waits_for text,
    add column contact_id uuid,
    add column erased_at timestamptz,
    add constraint webhook_items_state_check check (state in ('applied', 'waiting', 'notice', 'parked')),
    add constraint webhook_items_waits_for check ((state = 'waiting') = (waits_for is not null));

-- Whom an applied item concerns is in the log.
update webhook_items i set contact_id = (e.metadata ->> 'subject')::uuid
from events e where e.command_id = i.command_id;

create index webhook_items_waiting on webhook_items (waits_for) where waits_for is not null;
create index webhook_items_contact on webhook_items (contact_id) where contact_id is not null and erased_at is null;

create index data_subjects_erased on data_subjects (subject_id) where erased_at is not null;

comment on column webhook_items.state is
    'applied: its events are in the log. waiting: it becomes events once waits_for is there. notice: kept, nothing acts on it. parked: set aside with its reason.';
comment on column webhook_items.waits_for is
    'number:ID, a phone number id that no channel has; message:UUID, a message of ours whose stream does not exist.';
comment on column webhook_items.contact_id is 'Whom it concerns, where that is known.';
comment on column webhook_items.erased_at is 'When it was taken out of the delivery''s body, because its contact was erased.';

-- Locks up to `most` deliveries for translation, and ends with the one by which they have `most_bytes` in all. What was
-- never tried comes in the order of arrival; what is tried `again`, in the order it fell due. A function, because it
-- takes row after row: a plain statement would lock what is past the limit too.
create function claim_deliveries(again boolean, most bigint, most_bytes bigint)
returns table (id bigint, app text, received_at timestamptz, body bytea, key_day date, seal_id uuid, wrapped_key bytea)
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
        app := claimed.app;
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
