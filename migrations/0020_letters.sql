-- E-mail on its way. A letter is enqueued in the transaction of what it tells of, and sent by whoever is free.

create table letters (
    id          uuid primary key,
    kind        text not null,
    sealed      bytea,
    created_at  timestamptz not null default clock_timestamp(),
    due_at      timestamptz not null default clock_timestamp(),
    attempts    int not null default 0,
    last_error  text,
    sent_at     timestamptz,
    given_up_at timestamptz,
    constraint letters_one_end check (sent_at is null or given_up_at is null),
    constraint letters_sealed check ((sealed is null) = (sent_at is not null or given_up_at is not null))
);
create index letters_waiting on letters (due_at) where sealed is not null;
create index letters_over on letters (coalesce(sent_at, given_up_at)) where sealed is null;

comment on table letters is
    'E-mail to one person each. Holds to whom and what only until it was sent or given up; the row stays for 30 days after.';
comment on column letters.kind is 'What kind of letter it is. Says nothing of whom it is for.';
comment on column letters.sealed is
    'The address and what the letter is made from, encrypted under a key derived from the installation''s. Destroyed with its end.';
comment on column letters.due_at is
    'From when on it is sent, by the database''s clock. Whoever sends it moves this on first, so that nobody else does meanwhile.';
comment on column letters.attempts is 'How often sending it was begun, since it was last asked for.';
comment on column letters.last_error is 'Why the last attempt failed. Holds no personal value.';
comment on column letters.sent_at is 'When the next mail server had taken it.';
comment on column letters.given_up_at is 'When it was given up: it would never be taken, or was tried too often.';
