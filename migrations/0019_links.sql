-- Links that are sent by mail: whoever brings one back reads the mailbox.

create table mailed_links (
    id         uuid primary key,
    token_hash bytea not null unique,
    purpose    text not null check (purpose in ('REGISTRATION', 'INVITATION', 'PASSWORD_RESET')),
    tenant_id  uuid,
    member_id  uuid,
    content    bytea,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    -- Who registers is nobody yet, and what she wrote is in no log.
    check ((purpose = 'REGISTRATION') = (content is not null)),
    check ((purpose = 'REGISTRATION') = (member_id is null)),
    check ((member_id is null) = (tenant_id is null))
);

create index mailed_links_member on mailed_links (member_id) where member_id is not null;
create index mailed_links_over on mailed_links (expires_at);

comment on table mailed_links is 'Links that were sent by mail, each good once and for a time: one that was used is deleted, and one whose time is over.';
comment on column mailed_links.token_hash is 'SHA-256 of the token in the link; a random 256-bit value needs no slower hash.';
comment on column mailed_links.member_id is 'Whom it lets join, or set a new password; null for a registration.';
comment on column mailed_links.content is
    'A registration''s: business, name, address and password''s hash, sealed under a key derived from the installation''s.';
