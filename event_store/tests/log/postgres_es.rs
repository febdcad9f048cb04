//! postgres-es reads the very same table: the reference that our columns mean what cqrs-es says they mean.

use cqrs_es::persist::PersistedEventRepository;
use cqrs_es::{Aggregate, EventEnvelope};
use leadflow_domain::conversation::{Conversation, ConversationCommand};
use postgres_es::PostgresEventRepository;

use crate::support::{Log, TENANT, context, conversation, receive};

#[tokio::test]
async fn postgres_es_reads_our_streams() {
    let log = Log::new().await;
    let stream = conversation(7);
    for (key, command) in [("a", receive(7, "a")), ("r", ConversationCommand::Resolve), ("b", receive(7, "b"))] {
        log.conversations.execute(stream, command, context(TENANT, key)).await.unwrap();
    }

    let repository = PostgresEventRepository::new(log.pool.clone());
    let serialized = repository.get_events::<Conversation>(&stream.to_string()).await.unwrap();
    let mut theirs = Conversation::default();
    for (version, event) in (1..).zip(serialized) {
        assert_eq!((event.sequence, event.aggregate_type.as_str()), (version, "conversation"));
        assert_eq!(event.metadata["actor"], "command-line");
        let envelope: EventEnvelope<Conversation> = event.try_into().unwrap();
        assert_eq!(envelope.metadata["tenant"], TENANT.to_string());
        theirs.apply(envelope.payload);
    }
    let ours = log.reader.load::<Conversation>(stream.into()).await.unwrap();
    assert_eq!((ours.state, ours.version), (theirs, 5));
}
