-- Deliveries that were parked whole are few, and an operator looks for them among all.

create index webhook_deliveries_parked on webhook_deliveries (id) where parked_at is not null;
