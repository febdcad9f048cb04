-- Unique facts: "this phone is that contact". Taken and given up inside an append, by events, so that the table can
-- be recomputed from the log.

create table reservations (
    scope      uuid not null,
    kind       text not null,
    value      text not null,
    tenant_id  uuid not null,
    owner_type text not null,
    owner_id   text not null,
    primary key (scope, kind, value)
);

comment on table reservations is 'Facts that one stream owns at a time. Written by append_events alone.';
comment on column reservations.scope is 'Within what it is unique: a tenant''s id, or the nil uuid for the installation.';
comment on column reservations.kind is 'What kind of fact, e.g. contact.phone.';
comment on column reservations.value is 'The fact; a keyed hash where it is about a person.';
comment on column reservations.tenant_id is 'The owner''s tenant.';
comment on column reservations.owner_type is 'Kind of the stream that owns it.';
comment on column reservations.owner_id is 'The stream that owns it.';
