-- When members were here last, by what each of their sessions asked.

alter table sessions add column seen_at timestamptz;
update sessions set seen_at = last_used_at;
alter table sessions alter column seen_at set not null, alter column seen_at set default clock_timestamp();

comment on column sessions.seen_at is 'When it last asked for something, to within half a minute.';
