create table leads (
    lead_id         uuid primary key,
    tenant_id       uuid not null,
    contact_id      uuid not null,
    conversation_id uuid not null,
    status          text not null,
    source          text not null,
    captured_at     timestamptz not null
);
create index leads_by_capture on leads (tenant_id, captured_at desc, lead_id desc);
comment on table leads is 'One row per lead.';
comment on column leads.captured_at is 'The provider''s time of the contact''s earliest message.';
