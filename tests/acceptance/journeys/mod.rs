//! What people do with LeadFlow, from end to end.

mod begin;

mod a_database_of_one_s_own;
mod a_text_becomes_an_inbox;
mod any_order;
mod bench;
mod calls_and_preferences;
mod clocks;
mod command_line;
mod connected_later;
mod deliveries_again;
mod demo;
mod erase_a_contact;
mod every_kind;
mod first_messages_at_once;
mod group_commit;
mod groups;
mod handshake;
mod health;
mod history;
mod hostile_text;
mod idempotency_keys;
mod in_its_order;
mod kept_visible;
mod master_key;
mod nasty_deliveries;
mod priority;
mod refused_webhooks;
mod several_meta_apps;
mod statuses;
mod stop_and_start;
mod tenants;
mod tokens;
mod usage;
mod verify_finds_damage;
mod who_writes;
