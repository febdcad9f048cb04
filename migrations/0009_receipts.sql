-- What became of clients' commands, also of those that changed nothing: the same command again meets its receipt.

create table receipts (
    command_id   uuid primary key,
    tenant_id    uuid not null,
    request_hash bytea not null,
    outcome      text not null check (outcome in ('appended', 'unchanged', 'refused', 'reserved')),
    detail       jsonb,
    position     bigint not null,
    version      bigint not null,
    recorded_at  timestamptz not null
);

comment on table receipts is
    'Outcomes of commands that clients name by an idempotency key. Written by append_events alone, in the commit of what they did.';
comment on column receipts.request_hash is 'Keyed hash of the request: the same key with another request is refused.';
comment on column receipts.outcome is
    'appended: its events are in the log. unchanged: it was already so. refused: the rules forbade it. reserved: another stream owned a fact it would take.';
comment on column receipts.detail is 'Of a refusal its code, message and field; of reserved the holder. Holds no personal value.';
comment on column receipts.position is 'The stream''s newest event after it; 0 when there is none.';
comment on column receipts.version is 'The stream''s version after it.';
