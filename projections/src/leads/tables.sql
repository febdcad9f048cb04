create table leads (
    lead_id         uuid primary key,
    tenant_id       uuid not null,
    contact_id      uuid not null,
    conversation_id uuid not null,
    status          text not null default 'new',
    source          text not null,
    captured_at     timestamptz not null,
    score           smallint,
    score_rank      smallint not null generated always as (coalesce(score, -1)) stored,
    reason          text collate "C",
    assessed_at     timestamptz,
    version         bigint not null
);
create index leads_by_capture on leads (tenant_id, captured_at desc, lead_id desc);
create index leads_by_status on leads (tenant_id, status, captured_at desc, lead_id desc);
create index leads_by_score on leads (tenant_id, score_rank desc, captured_at desc, lead_id desc);
create index leads_of_contact on leads (contact_id);
comment on table leads is 'One row per lead.';
comment on column leads.status is 'new, qualified or disqualified, as somebody of the business said last.';
comment on column leads.captured_at is 'The provider''s time of the contact''s earliest message.';
comment on column leads.score is '0 to 100, as was said with the status; null when it was not.';
comment on column leads.score_rank is 'The score, and behind all of them where there is none: an order without nulls.';
comment on column leads.reason is 'What was said with the status; null when nothing was, and when erased.';
comment on column leads.assessed_at is 'When the status was said; null while it is new.';
comment on column leads.version is 'The number of its stream''s latest event in this row.';

create table timeline (
    position            bigint primary key,
    tenant_id           uuid not null,
    event_id            uuid not null,
    contact_id          uuid not null,
    kind                text not null,
    at                  timestamptz not null,
    conversation_id     uuid,
    outbound_message_id uuid,
    lead_id             uuid
);
create index timeline_of_contact on timeline (contact_id, at desc, event_id desc);
create index timeline_openings on timeline (conversation_id) where kind = 'conversation_opened';
comment on table timeline is 'What happened with each contact, an event a row. Of what it says there is nothing here, so it stays when she is erased.';
comment on column timeline.position is 'The event''s place in the log.';
comment on column timeline.at is 'When it happened, by the provider''s clock; when it was recorded, where no provider says.';
comment on column timeline.outbound_message_id is 'Of a message of the business: its stream.';
comment on index timeline_openings is 'Whose a conversation is: what happens in it does not always say.';
