//! Each of a business's numbers has an address book of its own.

use leadflow_domain::contact::{ContactCommand, Telling};
use leadflow_projections::inbox::{self, InboxProjector};

use crate::history::{at, channel, contact, introduce};
use crate::process::Process;
use crate::support::{Log, TENANT, context, proven};

/// What the book of the number says of her from this second on.
type Told = (u32, Option<&'static str>, i64);

/// The name that shows after each of them.
async fn shown(told: &[Told]) -> Vec<Option<String>> {
    let log = Log::new().await;
    let her = contact(TENANT, 1);
    log.contacts.execute(her, introduce(1), context(TENANT, "introduce")).await.unwrap();
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    let mut shown = Vec::new();
    for (nth, (number, name, second)) in told.iter().enumerate() {
        let telling = Telling { told_at: at(*second), received_at: None, odd_timestamp: None };
        let channel = channel(TENANT, *number);
        let command = match name {
            Some(name) => ContactCommand::List { channel, name: (*name).to_owned().into(), first_name: None, telling },
            None => ContactCommand::Unlist { channel, telling },
        };
        log.contacts.execute(her, command, context(TENANT, &format!("told {nth}"))).await.unwrap();
        process.reaches(inbox::DEFINITION, log.head().await).await;
        let mut found = inbox::contacts_by_id(&log.reads, proven(TENANT), &[her]).await.unwrap();
        shown.push(found.remove(0).listed_name);
    }
    process.stop().await;
    shown
}

#[tokio::test]
async fn who_is_taken_out_of_one_book_keeps_her_name_in_the_other() {
    let told = [(0, Some("Ada"), 1), (1, Some("Ada from the market"), 2), (1, None, 3), (0, None, 4)];
    let names = [Some("Ada"), Some("Ada from the market"), Some("Ada"), None];
    assert_eq!(shown(&told).await, names.map(|name| name.map(str::to_owned)));
}

#[tokio::test]
async fn an_older_telling_changes_its_own_book_alone() {
    let told =
        [(0, None, 5), (1, Some("Ada"), 2), (0, Some("Ada Rossi"), 4), (1, Some("Bo"), 1), (0, Some("Ada Neri"), 6)];
    let names = [None, Some("Ada"), Some("Ada"), Some("Ada"), Some("Ada Neri")];
    assert_eq!(shown(&told).await, names.map(|name| name.map(str::to_owned)));
}
