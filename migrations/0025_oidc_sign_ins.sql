-- Who is on her way to a provider and back (OIDC).

create table oidc_sign_ins (
    id           uuid primary key,
    state_hash   bytea not null unique,
    browser_hash bytea not null,
    content      bytea,
    tenant_id    uuid,
    member_id    uuid,
    expires_at   timestamptz not null,
    check ((content is null) = (member_id is not null)),
    check ((member_id is null) = (tenant_id is null))
);

create index oidc_sign_ins_over on oidc_sign_ins (expires_at);

comment on table oidc_sign_ins is
    'Sign-ins that were begun with a provider, each good once and for minutes: one that was used is deleted, and one whose time is over.';
comment on column oidc_sign_ins.state_hash is
    'SHA-256 of what goes to the provider and comes back; a random 256-bit value needs no slower hash.';
comment on column oidc_sign_ins.browser_hash is 'SHA-256 of what the browser that began it keeps to itself.';
comment on column oidc_sign_ins.content is
    'Which provider, the nonce and the verifier (PKCE), sealed under a key derived from the installation''s; null once the provider has said who she is.';
comment on column oidc_sign_ins.member_id is 'Who she is, where a code of her second factor is still needed.';
