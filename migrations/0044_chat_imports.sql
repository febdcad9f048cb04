-- Chats are imported only of who was not erased: by what somebody was known who was is looked up where few rows are.

create index events_of_erasures on events (tenant_id) where event_type = 'contact.erased';

comment on table lead_imports is
    'Files of leads, and how far each is read. A row stays for 90 days after its end. Chats are here while they are read, always as uploading.';
comment on table lead_import_chunks is
    'The text of files that are yet to be read, in pieces, sealed as deliveries are. They go when their import ends. A chat''s go when it is answered.';
