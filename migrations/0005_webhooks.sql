-- Webhook deliveries as they arrived, and what became of each item inside them.

create table webhook_deliveries (
    id           bigint generated always as identity primary key,
    provider     text not null,
    received_at  timestamptz not null default clock_timestamp(),
    body         bytea not null,
    translated_at timestamptz,
    attempts     int not null default 0,
    last_error   text
);

create index webhook_deliveries_waiting on webhook_deliveries (attempts, id) where translated_at is null;

comment on table webhook_deliveries is 'Authentic webhook requests, stored before they were answered.';
comment on column webhook_deliveries.provider is 'Who sent it, e.g. whatsapp.';
comment on column webhook_deliveries.received_at is 'When it was stored, by the database''s clock.';
comment on column webhook_deliveries.body is 'The raw bytes.';
comment on column webhook_deliveries.translated_at is 'When all its items had an outcome; null while it waits.';
comment on column webhook_deliveries.attempts is 'How often its translation was begun and could not be finished.';
comment on column webhook_deliveries.last_error is 'Why the last attempt could not be finished.';

create table webhook_items (
    delivery_id bigint not null references webhook_deliveries (id) on delete cascade,
    ordinal     int not null,
    pointer     text not null,
    kind        text not null,
    state       text not null check (state in ('applied', 'not_read_yet', 'unknown_number', 'parked')),
    reason      text,
    tenant_id   uuid,
    command_id  uuid,
    position    bigint,
    primary key (delivery_id, ordinal)
);

comment on table webhook_items is 'Each message, status or notice inside a delivery, and its outcome.';
comment on column webhook_items.ordinal is 'Place in the delivery, from 0.';
comment on column webhook_items.pointer is 'Where it stands in the delivery''s body (RFC 6901); empty for the whole body.';
comment on column webhook_items.kind is 'What the provider calls it, e.g. messages.text.';
comment on column webhook_items.state is
    'applied: its events are in the log. not_read_yet: kept, nothing acts on its kind. unknown_number: kept, no channel has its number. parked: set aside with its reason.';
comment on column webhook_items.reason is 'Why it is not applied. Holds no personal value.';
comment on column webhook_items.tenant_id is 'The tenant it was routed to, if it was.';
comment on column webhook_items.command_id is 'The command it became, if it did.';
comment on column webhook_items.position is 'The last event of that command.';
