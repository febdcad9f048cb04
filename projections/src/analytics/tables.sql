create table conversations (
    conversation_id uuid primary key,
    tenant_id       uuid not null,
    channel_id      uuid,
    contact_id      uuid,
    state           text not null
) with (fillfactor = 80);
comment on table conversations is 'How each conversation stands after its last point.';
comment on column conversations.channel_id is 'Null while nothing has told of it.';
comment on column conversations.contact_id is 'Null for a group''s.';
comment on column conversations.state is 'All that its next point needs.';

create table points (
    conversation_id uuid not null,
    tenant_id       uuid not null,
    at              timestamptz not null,
    what            text collate "C" not null,
    counts_as       text collate "C",
    member_id       uuid,
    source          text collate "C",
    version         bigint not null,
    event_id        uuid not null
);
create index points_of_conversation on points (conversation_id);
create index points_by_count on points (tenant_id, counts_as, at desc, event_id desc) where counts_as is not null;
comment on table points is 'What matters to conversations'' times and what is counted, one row an event.';
comment on column points.at is 'The provider''s time where there is one, else when the log told of it.';
comment on column points.counts_as is 'The count that it is one of; null where it only measures.';
comment on column points.member_id is 'To whom the conversation is assigned then.';
comment on column points.source is 'Where the conversation''s lead came from, as far as it is captured then.';
comment on column points.version is 'Of its stream: of one moment it says what came first.';

create table facts (
    conversation_id  uuid not null,
    tenant_id        uuid not null,
    metric           text collate "C" not null,
    version          smallint not null,
    channel_id       uuid,
    member_id        uuid,
    source           text collate "C",
    began_at         timestamptz not null,
    ended_at         timestamptz not null,
    seconds          bigint not null,
    business_seconds bigint,
    began_with       uuid not null,
    ended_with       uuid not null
);
create index facts_of_conversation on facts (conversation_id);
create index facts_by_metric on facts (tenant_id, metric, ended_at);
comment on table facts is 'Each duration that was measured, by each version of its definition. It counts where it ended.';
comment on column facts.version is 'Of the metric''s definition.';
comment on column facts.member_id is 'To whom it is credited.';
comment on column facts.seconds is 'Whole seconds.';
comment on column facts.business_seconds is 'Of the hours in which the business was open; null unless a schedule was valid all the while.';
comment on column facts.began_with is 'The event that it began with.';
comment on column facts.ended_with is 'The event that it ended with.';

create table counts (
    tenant_id  uuid not null,
    quarter    timestamptz not null,
    counts_as  text collate "C" not null,
    channel_id uuid,
    member_id  uuid,
    source     text collate "C",
    number     bigint not null,
    unique nulls not distinct (tenant_id, counts_as, quarter, channel_id, member_id, source)
);
comment on table counts is 'How many points count as what, by the quarter of an hour.';
comment on column counts.quarter is 'When the quarter of an hour begins, in UTC.';

create table leads (
    lead_id         uuid primary key,
    tenant_id       uuid not null,
    conversation_id uuid not null,
    state           text not null
);
comment on table leads is 'What is told of each lead: the points that it has in the conversation in which it was captured.';

create table schedules (
    tenant_id  uuid not null,
    version    bigint not null,
    valid_from timestamptz not null,
    schedule   text,
    primary key (tenant_id, version)
);
comment on table schedules is 'When each business is open, from a moment until the next one.';
comment on column schedules.version is 'Of the tenant''s stream: of one moment the later one counts.';
comment on column schedules.schedule is 'Null where it went back to none.';

create table untaken (
    message_id uuid primary key,
    tenant_id  uuid not null
);
comment on table untaken is 'What the business wrote from here and the provider has not taken: it answers nobody yet.';
