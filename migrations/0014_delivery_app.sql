-- Which Meta app signed a delivery: a number's items count only from its own app.

alter table webhook_deliveries add column app text;

comment on column webhook_deliveries.app is
    'The key of the Meta app whose secret signed it, which its path named; null for the default app.';
