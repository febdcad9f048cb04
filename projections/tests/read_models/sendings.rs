//! Messages that are sent from here, as a thread shows them.

use std::collections::{BTreeMap, BTreeSet};

use leadflow_domain::Event;
use leadflow_domain::outbound_message::{OutboundMessageEvent, Standing};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::inbox::{self, MessageRow};
use uuid::Uuid;

use crate::expected::sendings::decided;
use crate::history::play;
use crate::queries::fold_all;
use crate::support::{Log, OTHER_TENANT, TENANT, proven};

/// What was written here, with the row that shows it.
async fn shown<'a>(log: &Log, events: &'a [RecordedEvent]) -> Vec<(&'a RecordedEvent, MessageRow)> {
    let written = events
        .iter()
        .filter(|event| matches!(event.event, Event::OutboundMessage(OutboundMessageEvent::Queued { .. })));
    let mut written: BTreeMap<Uuid, &RecordedEvent> = written.map(|event| (event.id.as_uuid(), event)).collect();
    let ids: Vec<Uuid> = written.keys().copied().collect();
    let mut shown = Vec::new();
    for tenant in [TENANT, OTHER_TENANT] {
        let rows = inbox::messages(&log.reads, proven(tenant), &ids).await.unwrap();
        shown.extend(rows.into_iter().map(|row| (written.remove(&row.id).unwrap(), row)));
    }
    assert!(written.is_empty(), "each is shown: {written:?}");
    shown
}

#[tokio::test]
async fn what_is_shown_of_a_message_is_what_its_decisions_know() {
    let log = Log::new().await;
    play(&log, 7, 1_400).await;
    fold_all(&log).await;
    let events = log.events().await;
    let (mut statuses, mut reasons, mut taken) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (written, row) in shown(&log, &events).await {
        let message = decided(&events, written);
        let delivery = row.delivery.unwrap();
        let sending = delivery.sending.unwrap();
        assert_eq!(Some(delivery.status), message.status(), "{:?}", written.stream);
        assert_eq!(sending.id.as_uuid(), written.stream.as_uuid());
        assert_eq!(u32::try_from(sending.attempts).unwrap(), message.attempts());
        if let (None, Some(failure)) = (sending.accepted_at, delivery.failure) {
            // The provider's word, where it is the provider's.
            let is_refused = message.standing() == Some(Standing::Refused);
            assert_eq!(
                (failure.code.is_some(), failure.details.is_some()),
                (is_refused, is_refused && row.body.is_some())
            );
            assert_eq!(sending.cause.is_none(), is_refused);
            reasons.insert(is_refused);
        }
        let known_as = row.details.as_ref().and_then(|details| details.provider_message_id.as_ref());
        if let Some(id) = known_as {
            assert!(id.starts_with('s') && sending.accepted_at.is_some(), "{id}");
        }
        taken.insert(known_as.is_some());
        statuses.insert(delivery.status);
    }
    assert!(statuses.len() > 7, "{statuses:?}");
    assert_eq!((reasons.len(), taken.len()), (2, 2), "in both ways");
}
