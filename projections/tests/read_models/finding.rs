//! A person is found by her number, however it is written, and by her own business alone.

use leadflow_domain::contact::ContactCommand;
use leadflow_domain::{ContactId, E164, IdentifierHash, TenantId};
use leadflow_projections::inbox::{self, InboxProjector};

use crate::history::contact;
use crate::process::Process;
use crate::support::{Log, OTHER_TENANT, TENANT, context, proven};

async fn introduce(log: &Log, contact: ContactId, phone: &str) {
    let command = ContactCommand::IntroduceByPhone {
        phone: E164::parse(phone).unwrap(),
        phone_hash: IdentifierHash::from_hex(format!("hash of {phone}")),
    };
    log.contacts.execute(contact, command, context(TENANT, phone)).await.unwrap();
}

async fn found(log: &Log, tenant: TenantId, phone: &str) -> Option<ContactId> {
    let phone = E164::parse(phone).unwrap();
    let row = inbox::contact_by_phone(&log.reads, proven(tenant), &phone).await.unwrap();
    row.map(|row| ContactId::from_uuid(row.id))
}

#[tokio::test]
async fn each_form_of_a_number_finds_whoever_has_it_until_she_is_erased() {
    let log = Log::new().await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    // As WhatsApp told it, and its other form.
    let people = [
        (1, "+393331234567", "+393331234567"),
        (2, "+551199990000", "+5511999990000"),
        (3, "+5511988887777", "+551188887777"),
        (4, "+5215512345678", "+525512345678"),
        (5, "+541123456789", "+5491123456789"),
    ];
    for (number, phone, _) in people {
        introduce(&log, contact(TENANT, number), phone).await;
    }
    process.reaches(inbox::DEFINITION, log.head().await).await;
    for (number, phone, other) in people {
        for form in [phone, other] {
            assert_eq!(found(&log, TENANT, form).await, Some(contact(TENANT, number)), "{form}");
            assert_eq!(found(&log, OTHER_TENANT, form).await, None, "{form}");
        }
    }
    assert_eq!(found(&log, TENANT, "+393331234568").await, None);

    for (number, phone, _) in people {
        let (her, key) = (contact(TENANT, number), format!("erase {phone}"));
        log.contacts.execute(her, ContactCommand::Erase, context(TENANT, &key)).await.unwrap();
    }
    process.reaches(inbox::DEFINITION, log.head().await).await;
    for (_, phone, other) in people {
        assert_eq!((found(&log, TENANT, phone).await, found(&log, TENANT, other).await), (None, None), "{phone}");
    }
    process.stop().await;
}

/// No two contacts have one number; a log from before both forms were one may say otherwise.
#[tokio::test]
async fn the_form_that_is_asked_for_comes_first() {
    let log = Log::new().await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    let (one, other) = ("+551199990000", "+5511999990000");
    introduce(&log, contact(TENANT, 1), one).await;
    introduce(&log, contact(TENANT, 2), other).await;
    process.reaches(inbox::DEFINITION, log.head().await).await;
    assert_eq!(found(&log, TENANT, one).await, Some(contact(TENANT, 1)));
    assert_eq!(found(&log, TENANT, other).await, Some(contact(TENANT, 2)));
    process.stop().await;
}
