create table channels (
    channel_id             uuid primary key,
    tenant_id              uuid not null,
    kind                   text not null default 'whatsapp',
    display_phone          text,
    phone_number_id        text,
    waba_id                text,
    account_id             text,
    account_name           text,
    app                    text,
    status                 text not null,
    connected_at           timestamptz not null,
    credentials_entered_at timestamptz,
    stopped_at             timestamptz,
    stop_code              bigint,
    stop_title             text,
    health                 text,
    version                bigint not null,
    check (case kind when 'whatsapp' then num_nonnulls(display_phone, phone_number_id, waba_id) = 3
                     else num_nonnulls(account_id, account_name) = 2 end)
);
create index channels_by_connection on channels (tenant_id, connected_at, channel_id);
comment on table channels is 'Business numbers, and accounts of Messenger and Instagram, that are or were connected.';
comment on column channels.kind is 'whatsapp, messenger or instagram.';
comment on column channels.display_phone is 'The number as people read it; null of accounts, as the two behind it.';
comment on column channels.account_id is 'Meta''s id of the page or the account of Instagram; null of numbers.';
comment on column channels.account_name is 'What it is called; null of numbers.';
comment on column channels.phone_number_id is 'Meta''s id of the number.';
comment on column channels.waba_id is 'Meta''s id of the WhatsApp Business Account that owns it.';
comment on column channels.app is 'The key of the Meta app that brings its webhooks; null for the default app.';
comment on column channels.status is 'connected or disconnected, as was told last.';
comment on column channels.connected_at is 'When the log told first that it is connected.';
comment on column channels.credentials_entered_at is
    'Since when WhatsApp knows the business by the credentials that there are; null where there are none.';
comment on column channels.stopped_at is
    'Since when the provider takes nothing more from the number, until somebody sees to it; null while it does.';
comment on column channels.health is
    'How it and its account stand, as WhatsApp told last of each thing: JSON; null while it told nothing. It counts while it is of this account.';
comment on column channels.stop_code is 'Why, by the provider''s number of it.';
comment on column channels.version is 'The number of its stream''s latest event in these rows; so are the others.';

create table contacts (
    contact_id    uuid primary key,
    tenant_id     uuid not null,
    introduced_at timestamptz,
    phone         text,
    user_id       text,
    email         text,
    display_name  text collate "C",
    named_at      timestamptz,
    named_by      text collate "C",
    marketing     text,
    marketing_at  timestamptz,
    listed_name   text collate "C",
    person_name   text collate "C",
    version       bigint not null default 0,
    sort_name     text collate "C" not null generated always as (
        coalesce(lower(replace(coalesce(person_name, listed_name, display_name), U&'\+10FFFF', '') collate "default"), U&'\+10FFFF')
    ) stored,
    full_name     text collate "C" generated always as (
        case when display_name ~ '\S\s+\S' then lower(btrim(regexp_replace(display_name, '\s+', ' ', 'g')) collate "default") end
    ) stored,
    full_listing  text collate "C" generated always as (
        case when listed_name ~ '\S\s+\S' then lower(btrim(regexp_replace(listed_name, '\s+', ' ', 'g')) collate "default") end
    ) stored
);
-- Whoever lists conversations looks up a contact for each, which is less work by a hash than down the primary key's tree.
create index contacts_by_hash on contacts using hash (contact_id);
create index contacts_by_full_name on contacts (tenant_id, full_name) where full_name is not null;
create index contacts_by_full_listing on contacts (tenant_id, full_listing) where full_listing is not null;
create index contacts_by_name on contacts (tenant_id, sort_name, contact_id) where introduced_at is not null;
create index contacts_by_introduction on contacts (tenant_id, introduced_at desc, contact_id desc)
    where introduced_at is not null;
create index contacts_by_phone on contacts (tenant_id, phone) where phone is not null;
comment on table contacts is 'Customers, as conversations show them.';
comment on column contacts.introduced_at is 'When the log first told of her; null while others did alone, and she is not listed.';
comment on column contacts.phone is 'E.164, as the log told it last; null when none is known, and when erased.';
comment on column contacts.user_id is 'WhatsApp''s id of her, as the log told it last; null when none is known, and when erased.';
comment on column contacts.email is 'Her address, as the log told it last; null when none is known, and when erased.';
comment on column contacts.display_name is 'What she called herself in her latest message or form that said so.';
comment on column contacts.named_at is 'The provider''s time of that.';
comment on column contacts.named_by is 'The provider''s id of that message, or our id of that form; breaks ties.';
comment on column contacts.sort_name is 'What she is listed by, in small letters, and without the last of all letters, which stands for who has no name: she comes behind all names.';
comment on column contacts.marketing is 'wanted or stopped, as she said last; null while she has said neither. Of one moment, stopped counts.';
comment on column contacts.marketing_at is 'The provider''s time of that.';
comment on column contacts.listed_name is 'Of the names in listings the one that was told last; null where there is none, and when erased. Of one moment, the name last in the order of bytes counts.';
comment on column contacts.person_name is 'Of whoever stands for others what they are called together, which may be the name of one of them; null of everybody else.';
comment on column contacts.version is '0 while she is known from other streams alone.';
comment on column contacts.full_name is 'What she calls herself, in small letters, where that is two words at least: one word is no sign that two are one.';
comment on column contacts.full_listing is 'What the business calls her, likewise.';

create table persons (
    contact_id   uuid primary key,
    tenant_id    uuid not null,
    merged_into  uuid,
    person_id    uuid not null,
    phone        text,
    user_id      text,
    email        text,
    display_name text collate "C",
    listed_name  text collate "C",
    marketing    text,
    marketing_at timestamptz,
    version      bigint not null default 0
);
create index persons_of_person on persons (person_id);
create index persons_by_winner on persons (merged_into) where merged_into is not null;
comment on table persons is 'Contacts who are one person with others: who stands for whom. Whoever is not here is a person by herself. All read models ask it; none has rows of a merge, so that unmerging leaves none.';
comment on column persons.merged_into is 'The contact who stands for her; null of whoever stands for herself.';
comment on column persons.person_id is 'Who stands for all of them: where the links end.';
comment on column persons.phone is 'As whoever stands for all of them is shown, likewise in all of their rows; so are the columns behind it. What she lacks is of the first of them who has it.';
comment on column persons.marketing is 'What was said last, by whichever of them.';
comment on column persons.version is 'Of whoever stands for all of them.';

create table conflicts (
    contact_id uuid not null,
    holder_id  uuid not null,
    kind       text not null,
    tenant_id  uuid not null,
    primary key (contact_id, holder_id, kind)
);
create index conflicts_of_tenant on conflicts (tenant_id);
comment on table conflicts is 'Who came with what somebody else is known by.';
comment on column conflicts.kind is 'What kind of thing that is.';

create table told_apart (
    one_id    uuid not null,
    other_id  uuid not null,
    tenant_id uuid not null,
    primary key (one_id, other_id)
);
comment on table told_apart is 'Pairs of contacts of whom somebody said that they are two people. The smaller id is the first.';

create view shown_contacts with (security_invoker = true) as
select c.contact_id, c.tenant_id, c.introduced_at, c.sort_name, c.version,
       case when p.person_id = c.contact_id then p.phone else c.phone end as phone,
       case when p.person_id = c.contact_id then p.user_id else c.user_id end as user_id,
       case when p.person_id = c.contact_id then p.email else c.email end as email,
       case when p.person_id = c.contact_id then p.display_name else c.display_name end as display_name,
       case when p.person_id = c.contact_id then p.listed_name else c.listed_name end as listed_name,
       case when p.person_id = c.contact_id then p.marketing else c.marketing end as marketing,
       case when p.person_id = c.contact_id then p.marketing_at else c.marketing_at end as marketing_at
from contacts c
left join persons p on p.contact_id = c.contact_id;
comment on view shown_contacts is 'Contacts as they are shown: of whoever stands for others, too, what she lacks is theirs. Of marketing what was said last counts, by whichever of them.';

create table listings (
    contact_id uuid not null,
    channel_id uuid not null,
    tenant_id  uuid not null,
    name       text collate "C",
    told_at    timestamptz not null,
    primary key (contact_id, channel_id)
);
comment on table listings is 'What the business calls customers in its own address books, one of which each number has. Without those who were erased.';
comment on column listings.name is 'Null when she was taken out of it. Of one moment, the name last in the order of bytes counts.';
comment on column listings.told_at is 'The provider''s time at which she was put in it, changed there or taken out.';

create table groups (
    group_id      uuid primary key,
    tenant_id     uuid not null,
    subject       text collate "C",
    subject_at    timestamptz,
    deleted_at    timestamptz,
    suspended_at  timestamptz,
    reinstated_at timestamptz
);
comment on table groups is 'Groups of several people, as conversations show them.';
comment on column groups.subject is 'What it is called, as was told last by the provider''s time; null while nobody said.';
comment on column groups.subject_at is 'The provider''s time of that.';
comment on column groups.deleted_at is 'The provider''s time of the last time it was told; so are the others.';

create table group_participants (
    group_id   uuid not null,
    contact_id uuid not null,
    tenant_id  uuid not null,
    joined_at  timestamptz,
    left_at    timestamptz,
    primary key (group_id, contact_id)
);
comment on table group_participants is 'Who came into a group and went, by contact ids.';
comment on column group_participants.joined_at is 'The provider''s time of the last time; null while it was not told.';
comment on column group_participants.left_at is 'The provider''s time of the last time; null while it was not told.';

create view shown_groups with (security_invoker = true) as
select g.tenant_id, g.group_id, g.subject as group_subject,
       case when g.deleted_at is not null then 'deleted'
            when g.suspended_at > coalesce(g.reinstated_at, '-infinity') then 'suspended'
            else 'active' end as group_state,
       (select count(*) from group_participants p
        where p.group_id = g.group_id and p.joined_at > coalesce(p.left_at, '-infinity')) as group_participants
from groups g;
comment on view shown_groups is 'Groups with what a conversation shows of them.';

create table conversations (
    conversation_id  uuid primary key,
    tenant_id        uuid not null,
    contact_id       uuid,
    is_merged        boolean not null default false,
    group_id         uuid,
    channel_id       uuid not null,
    status           text not null,
    priority         text not null default 'none',
    priority_rank    smallint not null generated always as (
        case priority when 'urgent' then 4 when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end
    ) stored,
    unread_count     int not null default 0,
    last_message_at  timestamptz,
    last_message_id  uuid,
    last_mark        uuid,
    last_direction   text,
    last_kind        text,
    last_body        text,
    submitted_at     timestamptz,
    last_activity_at timestamptz generated always as (greatest(last_message_at, submitted_at)) stored,
    window_until     timestamptz,
    assignee_id      uuid,
    team_id          uuid,
    falls_to         uuid not null generated always as (
        coalesce(assignee_id, '00000000-0000-0000-0000-000000000000')
    ) stored,
    snoozed_until    timestamptz,
    labels           text[] collate "C" not null default '{}',
    waiting_since    timestamptz,
    waits_from       timestamptz not null generated always as (
        coalesce(waiting_since, timestamptz '9999-12-30 22:00:00+00')
    ) stored,
    answered_at      timestamptz not null default '-infinity',
    is_answered      boolean not null default false,
    resolved_version bigint not null default 0,
    version          bigint not null default 0,
    check (num_nonnulls(contact_id, group_id) = 1),
    check (num_nonnulls(assignee_id, team_id) < 2),
    check (num_nonnulls(last_message_at, last_message_id, last_mark, last_direction, last_kind) in (0, 5)),
    check (last_body is null or last_message_id is not null)
);
create index conversations_by_activity on conversations (tenant_id, last_activity_at desc, conversation_id desc)
    where last_activity_at is not null;
create index conversations_by_status on conversations (tenant_id, status, last_activity_at desc, conversation_id desc)
    where last_activity_at is not null;
create index conversations_by_waiting on conversations (tenant_id, waits_from, conversation_id)
    where last_activity_at is not null;
create index conversations_by_priority
    on conversations (tenant_id, priority_rank desc, last_activity_at desc, conversation_id desc)
    where last_activity_at is not null;
create index conversations_of_member
    on conversations (tenant_id, falls_to, last_activity_at desc, conversation_id desc);
create index conversations_of_member_by_status
    on conversations (tenant_id, falls_to, status, last_activity_at desc, conversation_id desc)
    where last_activity_at is not null;
create index conversations_of_member_by_waiting on conversations (tenant_id, falls_to, waits_from, conversation_id)
    where last_activity_at is not null;
create index conversations_of_member_by_priority
    on conversations (tenant_id, falls_to, priority_rank desc, last_activity_at desc, conversation_id desc)
    where last_activity_at is not null;
create index conversations_of_team
    on conversations (tenant_id, team_id, last_activity_at desc, conversation_id desc) where team_id is not null;
create index conversations_of_team_by_status
    on conversations (tenant_id, team_id, status, last_activity_at desc, conversation_id desc) where team_id is not null;
create index conversations_of_team_by_waiting
    on conversations (tenant_id, team_id, waits_from, conversation_id) where team_id is not null;
create index conversations_of_team_by_priority
    on conversations (tenant_id, team_id, priority_rank desc, last_activity_at desc, conversation_id desc)
    where team_id is not null;
create index conversations_of_contact on conversations (contact_id) where contact_id is not null;
create index conversations_of_group on conversations (group_id) where group_id is not null;
create index conversations_by_waking on conversations (snoozed_until) where snoozed_until is not null;
comment on table conversations is 'One row per thread; listed once its first message is there, or she told of her interest elsewhere.';
comment on column conversations.contact_id is 'With whom it is; null where that is a group.';
comment on column conversations.is_merged is 'Whether the contact is one person with others, who are looked for then.';
comment on column conversations.priority is 'none, low, medium, high or urgent, as somebody of the business said.';
comment on column conversations.unread_count is 'Messages and calls of customers, and what they told elsewhere, since somebody last read the thread.';
comment on column conversations.last_message_at is 'The provider''s time of the latest message; null while there is none.';
comment on column conversations.submitted_at is 'The provider''s time at which she last told of her interest elsewhere; null where she did not.';
comment on column conversations.last_activity_at is 'The later of both.';
comment on column conversations.window_until is 'Until when the business may answer freely; null while the customer has written nothing.';
comment on column conversations.assignee_id is 'The member who is to see to it; null while nobody in particular is.';
comment on column conversations.team_id is 'The team that is asked to see to it; null while none is, and when a member has it.';
comment on index conversations_of_team is 'What teams are asked for waits for somebody, and is little: most conversations cost these indexes nothing.';
comment on column conversations.falls_to is 'The assignee, and the id of zeros where there is none: who sees whose conversations is one comparison.';
comment on index conversations_of_member is 'Also of threads that are not listed: their contacts and numbers are seen with them.';
comment on column conversations.snoozed_until is 'Until when it is set aside; null unless its status is snoozed.';
comment on column conversations.labels is 'What it is marked as, in the order of bytes.';
comment on column conversations.waiting_since is 'The provider''s time of the first message of a customer since it was last resolved that nobody of the business wrote after; null where there is none.';
comment on column conversations.waits_from is 'Of whom waits since when, and behind all of them who does not wait: an order without nulls.';
comment on column conversations.answered_at is 'The latest time of the provider''s at which somebody of the business, and no bot, wrote.';
comment on column conversations.is_answered is 'Whether somebody of the business, and no bot, ever wrote here, also before the number was connected.';
comment on column conversations.resolved_version is 'The version, in its stream, at which it was last resolved.';
comment on column conversations.last_mark is 'The latest message''s mark; breaks ties.';
comment on column conversations.last_direction is 'The latest message''s, as the two behind it: a list shows it without a look at messages, of which there are ten times as many.';

create table members (
    member_id uuid primary key,
    tenant_id uuid not null,
    team_id   uuid
);
create index members_of_team on members (tenant_id, team_id) where team_id is not null;
comment on table members is 'Who works for the business, and in which team: who sees the conversations of whom.';
comment on column members.team_id is 'The team that she is in now; null where she is in none.';

create table notes (
    note_id         uuid primary key,
    tenant_id       uuid not null,
    conversation_id uuid not null,
    contact_id      uuid,
    body            text,
    noted_at        timestamptz not null
);
create index notes_of_conversation on notes (conversation_id, noted_at desc, note_id desc);
create index notes_about_contact on notes (contact_id) where contact_id is not null;
comment on table notes is 'What people of the business put down in conversations, and customers do not see.';
comment on column notes.contact_id is 'About whom it is; null in the conversation with a group.';
comment on column notes.body is 'Null when she was erased.';
comment on column notes.noted_at is 'When it was appended to the log.';

create table messages (
    message_id          uuid primary key,
    tenant_id           uuid not null,
    conversation_id     uuid not null,
    contact_id          uuid not null,
    outbound_message_id uuid,
    provider_message_id text collate "C" not null,
    mark                uuid not null,
    direction           text not null,
    kind                text not null,
    body                text,
    content             jsonb,
    replies_to          uuid,
    about               uuid,
    sent_at             timestamptz not null,
    telling             smallint not null,
    told_by             uuid not null,
    turn                bigint,
    is_by_member        boolean not null,
    is_acted            boolean not null default false
);
create unique index messages_once on messages (conversation_id, mark, direction)
    where about is null and kind not in ('call', 'call_ended');
create index messages_of_conversation on messages (conversation_id, sent_at desc, mark desc, message_id desc);
create index messages_of_contact on messages (contact_id);
create index messages_about on messages (conversation_id, about) where about is not null;
create index messages_told_by on messages (told_by) where told_by <> message_id;
comment on table messages is 'What was written, and what was done to it, by the provider''s time.';
comment on column messages.message_id is 'The event that told of it first: its id stays when a fuller telling comes. Of somebody who was erased the event that stands here.';
comment on column messages.contact_id is 'Who wrote it, or for whom it is.';
comment on column messages.outbound_message_id is 'Of a message of the business: its stream, by which its statuses find it.';
comment on column messages.provider_message_id is 'The provider''s id; empty when erased.';
comment on column messages.mark is 'A digest of the provider''s id, by which other messages name this one, and which breaks ties; told_by when erased.';
comment on column messages.body is 'The text, the caption, or what else a list shows of it; null when erased.';
comment on column messages.content is 'All it holds, by kind, where that is more than the text; null when erased.';
comment on column messages.replies_to is 'The digest of the provider''s id of the message it answers: somebody else may have written that, and may be erased.';
comment on column messages.about is 'The digest of the provider''s id of the message that a reaction, an edit or a revocation is about.';
comment on column messages.is_acted is 'Whether something was done to it that is told in messages.about: the few of which that is true are looked up.';
comment on column messages.telling is 'How it was told, from the least to the most: 0 as the place of a file in a history, 1 by a history, 2 when it was written. Of several tellings of a message the fullest stands here.';
comment on column messages.told_by is 'The event of that telling.';
comment on column messages.turn is 'Of what a customer wrote, and is to be answered, or somebody of the business, and answers: its version in its stream. Null of all else, as of what bots wrote, and what was imported.';
comment on column messages.is_by_member is 'Whether somebody of the business wrote it, and no bot, also before the number was connected.';

create table message_statuses (
    outbound_message_id uuid primary key,
    tenant_id           uuid not null,
    status              text not null,
    sent_at             timestamptz,
    delivered_at        timestamptz,
    read_at             timestamptz,
    played_at           timestamptz,
    failed_at           timestamptz,
    failure_code        text collate "C",
    failure_title       text collate "C",
    failure_details     text collate "C",
    pricing_at          timestamptz,
    pricing             text collate "C"
);
comment on table message_statuses is 'How far messages of the business got, as the provider tells; also before the message itself was told. Without what it tells of single people in groups.';
comment on column message_statuses.status is 'The furthest that was told.';
comment on column message_statuses.sent_at is 'The first time that was told, by the provider''s clock; so are the others.';
comment on column message_statuses.failure_code is 'Of the first failure; empty where the provider gave none.';
comment on column message_statuses.pricing is 'What the provider says of its price, as was told last by its clock: JSON in a text, never computed.';

create table sendings (
    outbound_message_id uuid primary key,
    tenant_id           uuid not null,
    contact_id          uuid not null,
    message_id          uuid not null,
    status              text not null,
    sender_id           uuid,
    attempts            int not null,
    round               int not null,
    named_by            int,
    queued_at           timestamptz not null,
    attempted_at        timestamptz,
    accepted_at         timestamptz,
    next_attempt_at     timestamptz,
    ended_at            timestamptz,
    cause               text,
    error_code          text,
    error_title         text,
    error_details       text
);
create index sendings_to_contact on sendings (contact_id);
comment on table sendings is 'Messages that are sent from here, by what is known of sending them. What the provider tells of them later is in message_statuses.';
comment on column sendings.message_id is 'The row of messages that it is.';
comment on column sendings.status is 'queued, attempted, unknown, accepted, failed or cancelled.';
comment on column sendings.sender_id is 'The member who wrote it; null where no member did.';
comment on column sendings.attempts is 'How often sending it was begun.';
comment on column sendings.round is 'The first attempt since somebody asked to try again.';
comment on column sendings.named_by is 'The newest attempt that the provider took: the message has its id of that one.';
comment on column sendings.next_attempt_at is 'From when on it is tried again, after it could not be sent; null while it is not waiting for that.';
comment on column sendings.ended_at is 'When it failed or was taken back.';
comment on column sendings.cause is 'Why nobody knows whether it was sent, or why it was not, where that is not the provider''s word.';
comment on column sendings.error_code is 'The provider''s number of why it did not take it, the last time that it did not.';
comment on column sendings.error_details is 'In the provider''s words; null when its person is erased.';

create view shown_messages with (security_invoker = true) as
select m.message_id, m.tenant_id, m.conversation_id, m.contact_id, m.provider_message_id, m.direction, m.kind, m.body, m.content,
       (select o.provider_message_id from messages o
        where o.conversation_id = m.conversation_id and o.mark = m.replies_to
          and o.about is null and o.kind not in ('call', 'call_ended') limit 1) as replies_to,
       (select o.provider_message_id from messages o
        where o.conversation_id = m.conversation_id and o.mark = m.about
          and o.about is null and o.kind not in ('call', 'call_ended') limit 1) as about,
       m.mark, m.sent_at, m.telling,
       case when m.direction = 'inbound' then coalesce(person.person_id, m.contact_id) end as author_id,
       case when person.contact_id is null then author.display_name else person.display_name end as author_name,
       case when person.contact_id is null then author.phone else person.phone end as author_phone,
       case when person.contact_id is null then author.email else person.email end as author_email,
       case when person.contact_id is null then author.marketing else person.marketing end as author_marketing,
       case when person.contact_id is null then author.marketing_at else person.marketing_at end as author_marketing_at,
       case when person.contact_id is null then author.listed_name else person.listed_name end as author_listed_name,
       coalesce(person.version, author.version, 0) as author_version,
       case when m.is_acted then (
           select latest.body from (
               select distinct on (a.contact_id) a.kind, a.body, a.sent_at, a.mark from messages a
               where a.conversation_id = m.conversation_id and a.about = m.mark
                 and a.kind in ('reaction', 'reaction_removed') and a.direction = 'inbound'
               order by a.contact_id, a.sent_at desc, a.mark desc
           ) latest
           where latest.kind = 'reaction'
           order by latest.sent_at desc, latest.mark desc limit 1
       ) end as reaction,
       case when m.is_acted then (
           select a.body from messages a
           where a.conversation_id = m.conversation_id and a.about = m.mark and a.kind = 'edit'
           order by a.sent_at desc, a.mark desc limit 1
       ) end as edited_body,
       case when m.is_acted then (
           select max(a.sent_at) from messages a
           where a.conversation_id = m.conversation_id and a.about = m.mark and a.kind = 'edit'
       ) end as edited_at,
       case when m.is_acted then (
           select min(a.sent_at) from messages a
           where a.conversation_id = m.conversation_id and a.about = m.mark and a.kind = 'revocation'
       ) end as revoked_at,
       case when d.status is null then s.status
            else (w.words)[greatest(array_position(w.words, s.status), array_position(w.words, d.status))] end
           as delivery_status,
       s.sent_at as passed_on_at, s.delivered_at, s.read_at, s.played_at,
       coalesce(s.failed_at, case when d.status = 'failed' then d.ended_at end) as failed_at,
       case when s.failed_at is not null then s.failure_code when d.status = 'failed' and d.cause is null then d.error_code end
           as failure_code,
       case when s.failed_at is not null then s.failure_title when d.status = 'failed' and d.cause is null then d.error_title end
           as failure_title,
       case when s.failed_at is not null then s.failure_details when d.status = 'failed' and d.cause is null then d.error_details end
           as failure_details,
       s.pricing, m.outbound_message_id, d.sender_id, d.attempts, d.queued_at, d.attempted_at, d.accepted_at,
       d.next_attempt_at, d.cause, d.error_code, d.error_title, d.error_details
from messages m
left join contacts author on author.contact_id = m.contact_id and m.direction = 'inbound'
left join persons person on person.contact_id = m.contact_id and m.direction = 'inbound'
left join message_statuses s on s.outbound_message_id = m.outbound_message_id
left join sendings d on d.outbound_message_id = m.outbound_message_id
cross join (values (array['queued', 'cancelled', 'attempted', 'unknown', 'accepted', 'sent', 'failed', 'delivered',
                          'read', 'played'])) as w (words);
comment on view shown_messages is 'Messages with who wrote them and what was done to them, whichever came first. Of several people''s reactions the latest shows.';
