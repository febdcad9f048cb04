-- Operators' tokens: they see to the installation, and no tenant's rows.

alter table tokens
    alter column tenant_id drop not null,
    drop constraint tokens_role_check,
    add constraint tokens_role_check check (role in ('OWNER', 'OPERATOR')),
    add constraint tokens_tenant check ((role = 'OPERATOR') = (tenant_id is null));

comment on column tokens.tenant_id is 'For whom its bearer acts; null for operators, and for nobody else.';
comment on column tokens.role is 'What its bearer may do: everything for the tenant, or see to the installation.';
