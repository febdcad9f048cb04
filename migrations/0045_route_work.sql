-- Leads are routed beside conversations, by what routed conversations alone before.

update checkpoints set consumer = 'reactor/route_work' where consumer = 'reactor/route_conversations';
update parked_events set consumer = 'reactor/route_work' where consumer = 'reactor/route_conversations';

create index reservations_of_numbers on reservations (tenant_id) where kind = 'channel.whatsapp_phone_number_id';
