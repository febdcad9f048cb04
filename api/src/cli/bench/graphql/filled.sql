-- $1 businesses, $2 conversations in all, the i-th of which is to be seen to by $3. A fifth of each business's conversations is busy: it was active last, and has 30 messages; the others
-- have 5. So 100,000 conversations have a million messages, and 50 that were active last have more than 20 each.
-- Ids are drawn from numbers, so that all contenders and rounds see the same.
create temp table businesses on commit drop as
select n, md5('business ' || n)::uuid as tenant from generate_series(1, $1) n;

insert into channels (channel_id, tenant_id, display_phone, phone_number_id, waba_id, status, connected_at, version)
select md5('channel ' || n)::uuid, tenant, '+39 06 ' || n, n, n, 'connected', timestamptz '2026-01-01', 1 from businesses;

create temp table threads on commit drop as
select i, tenant, md5('channel ' || n)::uuid as channel, md5('contact ' || i)::uuid as contact, md5('conversation ' || i)::uuid as conversation,
       case when i / $1 % 5 = 0 then 30 else 5 end as messages,
       timestamptz '2026-01-01' + case when i / $1 % 5 = 0 then interval '200 days' else interval '0' end
           + make_interval(secs => i::bigint * 7919 % 1000000) as began
from generate_series(0, $2 - 1) i join businesses on n = i % $1 + 1;

insert into contacts (contact_id, tenant_id, introduced_at, phone, display_name)
select contact, tenant, began, '+3933' || lpad(i::text, 8, '0'), 'Customer ' || i from threads;

create temp table told on commit drop as
select md5('message ' || i || '.' || k)::uuid as id, t.*, k, 'wamid.' || md5('message ' || i || '.' || k) as provider_id,
       k % 3 = 0 as is_answer, case when k % 3 = 0 then 'outbound' else 'inbound' end as direction,
       'Message ' || k || ' of conversation ' || i || ', as long as what people write.' || repeat(' And more.', k % 7) as body,
       began + make_interval(mins => k) as sent_at
from threads t, generate_series(1, messages) k;

insert into messages (message_id, told_by, mark, tenant_id, conversation_id, contact_id, outbound_message_id, provider_message_id, direction, kind,
                      body, sent_at, telling, is_by_member)
select id, id, md5(provider_id)::uuid, tenant, conversation, contact, case when is_answer then md5('answer ' || i || '.' || k)::uuid end, provider_id,
       direction, 'text', body, sent_at, 2, is_answer
from told order by conversation, k;

insert into message_statuses (outbound_message_id, tenant_id, status, sent_at, delivered_at)
select md5('answer ' || i || '.' || k)::uuid, tenant, 'delivered', sent_at, sent_at + interval '1 second' from told where is_answer;

insert into conversations (conversation_id, tenant_id, contact_id, channel_id, status, unread_count, last_message_at, last_message_id,
                           last_mark, last_direction, last_kind, last_body, window_until, assignee_id)
select conversation, tenant, contact, channel, (array['open', 'resolved', 'snoozed'])[1 + i % 3], i % 4, sent_at, id, md5(provider_id)::uuid,
       direction, 'text', body, sent_at + interval '1 day', $3
from told where k = messages;
