create table counted (
    subject    uuid not null,
    item       text not null,
    day        date not null,
    nth        smallint not null,
    tenant_id  uuid not null,
    category   text collate "C" not null,
    booked_on  date not null,
    quantity   smallint not null check (quantity in (-1, 1)),
    at         timestamptz not null,
    event_id   uuid not null,
    position   bigint not null,
    primary key (subject, item, day, nth)
);
create index counted_by_line on counted (tenant_id, day, item, category, booked_on, at desc, event_id desc) include (quantity);
comment on table counted is 'Each thing that is charged by, and the event it rests on. A line of usage is the sum of its rows.';
comment on column counted.subject is 'The message, the conversation or the contact that is counted.';
comment on column counted.item is 'message_received, message_sent, conversation_active or contact_active.';
comment on column counted.day is 'The day of use: in UTC, by the provider''s time.';
comment on column counted.nth is '0 for what was counted first; corrections of it follow.';
comment on column counted.category is 'Of a message of the business, as the provider prices it; empty while it has not said, and for all else.';
comment on column counted.booked_on is 'The day of use, or, where the log told of it after that day was closed, the day on which it did: a correction.';
comment on column counted.quantity is '1, or -1 where a correction takes it from another category.';
comment on column counted.at is 'The provider''s time of what is counted.';
comment on column counted.event_id is 'The event it rests on.';
comment on column counted.position is 'Where that event stands. What counts once a day rests on the first.';

create table sent (
    message_id       uuid primary key,
    tenant_id        uuid not null,
    sent_at          timestamptz,
    category         text collate "C",
    category_at      timestamptz,
    counted_as       text collate "C",
    rows             smallint not null
);
comment on table sent is 'Messages of the business: what their next status may change.';
comment on column sent.message_id is 'Its stream.';
comment on column sent.sent_at is 'By the provider''s time; null while only statuses of it were told.';
comment on column sent.category is 'What the provider priced it as in the earliest status that says so; of one moment the first word in the order of bytes.';
comment on column sent.category_at is 'The provider''s time of that status.';
comment on column sent.counted_as is 'The category it stands under in counted; null while it is not counted.';
comment on column sent.rows is 'Its rows in counted.';
