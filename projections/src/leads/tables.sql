create table leads (
    lead_id         uuid primary key,
    tenant_id       uuid not null,
    contact_id      uuid not null,
    captured_in     uuid,
    answered_in     uuid,
    conversation_id uuid generated always as (coalesce(captured_in, answered_in)) stored,
    created_by      uuid,
    status          text not null default 'new',
    source          text not null,
    captured_at     timestamptz not null,
    score           smallint,
    score_rank      smallint not null generated always as (coalesce(score, -1)) stored,
    reason          text collate "C",
    assessed_at     timestamptz,
    stage_id        uuid not null default '6c656164-7374-4167-8e00-000000000001',
    stage           text not null default 'open',
    moved_at        timestamptz,
    stands_since    timestamptz not null generated always as (coalesce(moved_at, captured_at)) stored,
    lost_reason_id  uuid,
    worth           bigint,
    currency        text,
    is_spam         boolean not null default false,
    tags            text[] not null default '{}',
    company         text collate "C",
    attributes      jsonb not null default '{}',
    owner_id        uuid,
    submissions     int not null default 0,
    answers         int not null default 0,
    is_named        boolean not null default false,
    has_campaign    boolean not null default false,
    has_company     boolean not null default false,
    quality         smallint not null generated always as (case when is_spam then 0 else least(100, greatest(0,
                        case source when 'whatsapp' then 25 when 'manual' then 5 else 20 end
                        + case when submissions > 1 then 10 else 0 end
                        + case when answers >= 3 then 20 when answers > 0 then 10 else 0 end
                        + case when is_named then 5 else 0 end
                        + case when has_campaign then 5 else 0 end
                        + case when has_company then 5 else 0 end
                        + case status when 'qualified' then 20 when 'disqualified' then -20 else 0 end
                        + case stage when 'won' then 20 when 'lost' then -10 else 0 end)) end) stored,
    version         bigint not null
);
create index leads_by_capture on leads (tenant_id, captured_at desc, lead_id desc);
create index leads_by_status on leads (tenant_id, status, captured_at desc, lead_id desc);
create index leads_by_score on leads (tenant_id, score_rank desc, captured_at desc, lead_id desc);
create index leads_by_stage on leads (tenant_id, stage_id, captured_at desc, lead_id desc);
create index leads_by_quality on leads (tenant_id, quality desc, captured_at desc, lead_id desc);
create index leads_by_standing on leads (tenant_id, stands_since desc, lead_id desc);
create index leads_of_owner on leads (owner_id) where owner_id is not null;
create index leads_of_contact on leads (contact_id);
comment on table leads is 'One row per lead.';
comment on column leads.captured_in is 'The conversation in which her interest was first seen; null where that was in a form.';
comment on column leads.answered_in is 'The conversation in which what she told last by a form is answered; null where there is none.';
comment on column leads.conversation_id is 'The former, else the latter.';
comment on column leads.created_by is 'The submission that the lead began with, whatever turned out to be earlier; null where that was a message.';
comment on column leads.status is 'new, qualified or disqualified, as somebody of the business said last.';
comment on column leads.captured_at is 'The provider''s time of the contact''s earliest message or form.';
comment on column leads.score is '0 to 100, as was said with the status; null when it was not.';
comment on column leads.score_rank is 'The score, and behind all of them where there is none: an order without nulls.';
comment on column leads.reason is 'What was said with the status; null when nothing was, and when erased.';
comment on column leads.assessed_at is 'When the status was said; null while it is new.';
comment on column leads.stage_id is 'Where it stands, of the business''s stages that there are; without a word, where every lead begins.';
comment on column leads.stage is 'What it means to stand there: open, won or lost.';
comment on column leads.moved_at is 'When it was said where it stands; null while nobody has.';
comment on column leads.stands_since is 'The same, or when it was captured: an order without nulls.';
comment on column leads.worth is 'Of a lead that was won, in the currency''s smallest unit; null when that was not said.';
comment on column leads.company is 'Whom she works for; null when it is not known, and when erased.';
comment on column leads.attributes is 'The values of its attributes by their ids; empty when erased.';
comment on column leads.owner_id is 'The member who is to see to it; null when it is nobody in particular.';
comment on column leads.submissions is 'How often it was told of by forms and entries.';
comment on column leads.answers is 'How many answers these had together.';
comment on column leads.is_named is 'Whether one of them said what she is called.';
comment on column leads.has_campaign is 'Whether a campaign led to one of them.';
comment on column leads.has_company is 'Whether whom she works for was said, also when erased.';
comment on column leads.quality is '0 to 100, by what is known of it; the domain says why (Quality).';
comment on column leads.version is 'The number of its stream''s latest event in this row.';

create table submissions (
    submission_id    uuid primary key,
    tenant_id        uuid not null,
    lead_id          uuid not null,
    contact_id       uuid not null,
    source           text not null,
    source_id        uuid,
    submitted_at     timestamptz not null,
    form_id          text,
    campaign_id      text,
    ad_group_id      text,
    ad_id            text,
    asset_group_id   text,
    provider_lead_id text,
    click_id         text,
    name             text,
    answers          jsonb,
    added            text[] not null
);
create index submissions_of_lead on submissions (lead_id, submitted_at desc, submission_id desc);
create index submissions_of_contact on submissions (contact_id);
create index submissions_of_source on submissions (source_id, submitted_at desc) where source_id is not null;
comment on table submissions is 'What contacts told by forms, and what was entered of them, each beside the lead it is linked to.';
comment on column submissions.source_id is 'The place it came from; null where it was entered by hand.';
comment on column submissions.submitted_at is 'By the provider''s clock; where that does not say, when it was received.';
comment on column submissions.provider_lead_id is 'The provider''s id of it; null where there is none, and when erased.';
comment on column submissions.click_id is 'The provider''s id of her click on the ad; null where there is none, and when erased.';
comment on column submissions.name is 'What she is called there; null where that was not said, and when erased.';
comment on column submissions.answers is 'What was asked and answered, in the form''s order; null where there is nothing, and when erased.';
comment on column submissions.added is 'The kinds of what she became known by with it.';

create table answered_submissions (
    submission_id   uuid primary key,
    tenant_id       uuid not null,
    conversation_id uuid not null,
    position        bigint not null
);
comment on table answered_submissions is 'In which conversation what was told is answered; that may be told before the submission is.';
comment on column answered_submissions.position is 'The place in the log of the event that says so.';

create table lead_notes (
    note_id    uuid primary key,
    tenant_id  uuid not null,
    lead_id    uuid not null,
    contact_id uuid not null,
    body       text,
    noted_at   timestamptz not null
);
create index lead_notes_of_lead on lead_notes (lead_id, noted_at desc, note_id desc);
create index lead_notes_about_contact on lead_notes (contact_id);
comment on table lead_notes is 'What people of the business put down about leads, and those do not see.';
comment on column lead_notes.body is 'Null when she was erased.';
comment on column lead_notes.noted_at is 'When it was appended to the log.';

create table pipelines (
    tenant_id uuid primary key,
    version   bigint not null default 0
);
comment on table pipelines is 'That a business has its stages, and the number of its pipeline''s latest event in these tables.';

create table stages (
    tenant_id    uuid not null,
    stage_id     uuid not null,
    name         text not null,
    kind         text not null,
    place        int not null,
    successor_id uuid,
    primary key (tenant_id, stage_id)
);
comment on table stages is 'The stages that leads go through, and those that there are no more. Those that every business begins with have the same ids in all.';
comment on column stages.kind is 'open, won or lost.';
comment on column stages.place is 'Where it stands among the others.';
comment on column stages.successor_id is 'Where its leads stand now that there is no such stage any more; null while there is.';

create table lost_reasons (
    lost_reason_id uuid primary key,
    tenant_id      uuid not null,
    name           text not null,
    added_at       timestamptz not null,
    is_removed     boolean not null default false
);
create index lost_reasons_by_adding on lost_reasons (tenant_id, added_at, lost_reason_id);
comment on table lost_reasons is 'Why leads are lost, of the business''s list, also where it is given no more.';

create table attributes (
    attribute_id uuid primary key,
    tenant_id    uuid not null,
    name         text not null,
    kind         text not null,
    choices      text[] not null,
    defined_at   timestamptz not null,
    is_removed   boolean not null default false
);
create index attributes_by_definition on attributes (tenant_id, defined_at, attribute_id);
comment on table attributes is 'What a business puts down about its leads beyond what every lead has.';
comment on column attributes.kind is 'text, number, date, boolean or choice.';
comment on column attributes.choices is 'Among which is chosen, in this order; empty of other kinds.';

create table sources (
    source_id        uuid primary key,
    tenant_id        uuid not null,
    kind             text not null,
    name             text not null,
    is_open          boolean not null,
    opened_at        timestamptz not null,
    page_id          text,
    app              text,
    stopped_at       timestamptz,
    stopped_code     bigint,
    missed_leads     bigint not null default 0,
    last_missed_at   timestamptz,
    last_missed_code bigint,
    slug             text,
    form             jsonb,
    mapping          jsonb,
    networks         text[] not null default '{}',
    has_credentials  boolean not null default false,
    version          bigint not null
);
create index sources_by_opening on sources (tenant_id, opened_at, source_id);
comment on table sources is 'Places that leads come from, beside the numbers that people write to.';
comment on column sources.page_id is 'Meta''s id of the page that leads come from, or came from before it was closed; null of other kinds.';
comment on column sources.app is 'The Meta app that alone may bring its webhooks; null is the default app.';
comment on column sources.stopped_at is 'Since when nothing is read, because the provider does not take the credentials; null while it is read.';
comment on column sources.stopped_code is 'The provider''s code for it.';
comment on column sources.missed_leads is 'How many leads were told of of which nothing could be read.';
comment on column sources.last_missed_at is 'When the last of these was found out.';
comment on column sources.last_missed_code is 'The provider''s code for it.';
comment on column sources.slug is 'What the address of its form ends with; null of other kinds than ours.';
comment on column sources.form is 'What its form asks, and in which words; null of other kinds than ours.';
comment on column sources.mapping is 'Which fields of what a program posts mean what; null of other kinds.';
comment on column sources.networks is 'From where a program may post; empty is from anywhere.';
comment on column sources.has_credentials is
    'Whether there is something that leads are read with, or that what a program posts is signed with.';
comment on column sources.version is 'The number of its stream''s latest event in this row.';

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
