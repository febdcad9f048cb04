create table acts (
    position    bigint primary key,
    tenant_id   uuid not null,
    event_id    uuid not null,
    at          timestamptz not null,
    actor       text collate "C" not null,
    actor_kind  text collate "C" not null generated always as (split_part(actor, ':', 1)) stored,
    actor_id    text collate "C" generated always as (nullif(substr(actor, length(split_part(actor, ':', 1)) + 2), '')) stored,
    what        text collate "C" not null,
    thing_kind  text collate "C" not null,
    thing_id    uuid not null,
    command_id  uuid,
    correlation text not null,
    causation   text,
    source      text
);
create index acts_by_tenant on acts (tenant_id, position);
create index acts_by_actor on acts (tenant_id, actor_id, position);
create index acts_by_thing on acts (tenant_id, thing_id, position);
create index acts_by_what on acts (tenant_id, what, position);
comment on table acts is 'Every event but those that a provider told of: who did what, when, why and from where.';
comment on column acts.position is 'Where the event stands in the log.';
comment on column acts.at is 'When it was recorded.';
comment on column acts.actor is 'Who caused it, as the log has it: kind:id, or a kind alone.';
comment on column acts.actor_kind is 'The part of actor before the colon.';
comment on column acts.actor_id is 'The part of actor behind the colon; null where there is none.';
comment on column acts.what is 'The event''s name, such as conversation.assigned.';
comment on column acts.thing_kind is 'The kind of stream it happened to, such as conversation.';
comment on column acts.thing_id is 'That stream.';
comment on column acts.correlation is 'The request that it began with.';
comment on column acts.causation is 'The event that led to it, if one did.';
comment on column acts.source is 'The network address that it was asked from, sealed as in the log.';
