//! Where a command was asked from stands sealed beside its events, and opens beside no other.

use std::net::IpAddr;

use leadflow_event_store::{Actor, AskedFrom};
use uuid::Uuid;

use crate::support::{Log, TENANT, contact, context, introduce};

#[tokio::test]
async fn an_address_is_sealed_and_opens_beside_its_own_command_alone() {
    let log = Log::new().await;
    let address: IpAddr = "2001:db8::7".parse().unwrap();
    for (nth, source) in [(1, Some(address)), (2, None)] {
        let mut asked = context(TENANT, &nth.to_string()).from_address(source);
        asked.actor = Actor::Token(Uuid::from_u128(9));
        log.contacts.execute(contact(nth), introduce(&format!("+39333123456{nth}")), asked).await.unwrap();
    }
    let told = log.reader.after(0, 10).await.unwrap();
    assert_eq!(told[1].source, None);
    let (sealed, command) = (told[0].source.as_deref().unwrap(), told[0].command.unwrap());
    let clear: bool = sqlx::query_scalar("select exists (select from events where events::text like '%2001:db8%')")
        .fetch_one(&log.pool)
        .await
        .unwrap();
    assert!(!clear && !sealed.contains("2001"), "{sealed}");
    let own = AskedFrom { actor: &told[0].actor, command, sealed };
    let others = AskedFrom { command: told[1].command.unwrap(), ..own };
    let tampered = AskedFrom { sealed: &sealed[1..], ..own };
    let opened = log.reader.sources(TENANT, &[own, others, tampered]).await.unwrap();
    assert_eq!(opened, [Some(address), None, None]);
}
