create table members (
    member_id      uuid primary key,
    tenant_id      uuid not null,
    state          text not null,
    role           text not null,
    role_id        uuid,
    team_id        uuid,
    email          text collate "C",
    name           text collate "C",
    second_factor  boolean not null default false,
    invited_at     timestamptz,
    joined_at      timestamptz,
    deactivated_at timestamptz,
    version        bigint not null,
    since          timestamptz not null generated always as (coalesce(invited_at, joined_at)) stored
);
create index members_by_time on members (tenant_id, since, member_id);
comment on table members is 'One row per person who was asked to work for a business, or began it.';
comment on column members.state is 'INVITED, ACTIVE, DEACTIVATED or WITHDRAWN.';
comment on column members.role is 'OWNER, TEAM_LEAD, AGENT, BILLING_ADMIN, or CUSTOM for one of the business''s own.';
comment on column members.role_id is 'Which of the business''s own; null for the others.';
comment on column members.team_id is 'With whom she works, as long as that is a team; null with nobody.';
comment on column members.email is 'Where her letters go, as she or whoever asked her wrote it; null when erased.';
comment on column members.name is 'What she is called; null while she has not joined, and when erased.';
comment on column members.second_factor is 'Whether she signs in with one.';
comment on column members.invited_at is 'When she was asked; null for who began the business.';
comment on column members.deactivated_at is 'When she was put out; null unless her state is DEACTIVATED.';
comment on column members.since is 'When the log first told of her.';

create table roles (
    role_id     uuid primary key,
    tenant_id   uuid not null,
    name        text collate "C" not null,
    permissions text[] not null,
    defined_at  timestamptz not null,
    version     bigint not null
);
create index roles_by_time on roles (tenant_id, defined_at, role_id);
comment on table roles is 'One row per role of a business''s own. One that was removed is gone, and lets nobody do anything.';
comment on column roles.permissions is 'What whoever has it may do, by the permissions'' words.';

create table teams (
    team_id   uuid primary key,
    tenant_id uuid not null,
    name      text collate "C" not null,
    formed_at timestamptz not null,
    version   bigint not null
);
create index teams_by_time on teams (tenant_id, formed_at, team_id);
comment on table teams is 'One row per team. One that was disbanded is gone, and who was in it is in none.';

create table api_keys (
    api_key_id uuid primary key,
    tenant_id  uuid not null,
    name       text collate "C" not null,
    role       text not null,
    role_id    uuid,
    scope      text[],
    issued_at  timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    version    bigint not null
);
create index api_keys_by_time on api_keys (tenant_id, issued_at, api_key_id);
comment on table api_keys is 'One row per API key, also those that open nothing any more. Its secret is elsewhere.';
comment on column api_keys.role is 'As what it works, by the words of members.role.';
comment on column api_keys.role_id is 'Which of the business''s own; null for the others.';
comment on column api_keys.scope is 'What it may do at most of what its role may, by the permissions'' words; null where that is all.';
comment on column api_keys.expires_at is 'From when on it opens nothing; null where it has no end.';
comment on column api_keys.revoked_at is 'When it was taken back; null while it was not.';

create table tenants (
    tenant_id          uuid primary key,
    unassigned_visible boolean not null
);
comment on table tenants is 'One row per business that has said how it works.';
comment on column tenants.unassigned_visible is
    'Whether those who see a part of the conversations also see those that nobody in particular is to see to.';
