use std::collections::BTreeMap;

use leadflow_gateways::whatsapp::export::NoExport;
use thiserror::Error;

use super::take_in::MOST_BYTES;
use crate::lead_imports::MOST_OPEN;

/// Why nothing, or nothing more, of a file is imported. What was imported before stays; bringing the file again goes on.
#[derive(Debug, Error)]
pub enum NotImported {
    /// It is too large.
    #[error("the file is larger than {} MB", MOST_BYTES >> 20)]
    TooLarge,
    /// It is no text.
    #[error("{0}")]
    NoText(String),
    /// It ended before its end.
    #[error("the file did not come to its end")]
    EndedEarly,
    /// It does not come, or too slowly.
    #[error("the file comes too slowly")]
    TooSlow,
    /// Too many of the business's are there already.
    #[error("{MOST_OPEN} files are being read already: bring it when one of them is done")]
    TooMany,
    /// It is no chat.
    #[error(transparent)]
    NoExport(#[from] NoExport),
    /// More than two write in it.
    #[error("this is a group's chat, which is not imported: {} people write in it, {}", many(names, *has_more), listed(names))]
    Group {
        /// Who, and how many messages.
        names: BTreeMap<String, u64>,
        /// Whether there are more.
        has_more: bool,
    },
    /// It can't be told which name is whose.
    #[error(
        "it can't be told which name is the customer's and which the business's: say which (names are {})",
        listed(names)
    )]
    Names {
        /// Who writes, and how many messages.
        names: BTreeMap<String, u64>,
    },
    /// The business has no such number.
    #[error("the business has no such channel")]
    NoChannel,
    /// Where the phone was is not said, and the business has no hours.
    #[error(
        "say in which time zone the phone was that wrote the file, such as Europe/Rome: the business has no hours that would tell"
    )]
    NoZone,
    /// She was erased.
    #[error("whoever had this number was erased, and her chat does not come back")]
    Erased,
    /// It can't be done now; trying again goes on.
    #[error("{0}: bring the file again, and it goes on where it ended")]
    NotNow(String),
    /// The database's.
    #[error("the database can't be asked now: bring the file again, and it goes on where it ended")]
    Database(#[from] sqlx::Error),
}

fn many(names: &BTreeMap<String, u64>, has_more: bool) -> String {
    if has_more { format!("more than {}", names.len()) } else { names.len().to_string() }
}

fn listed(names: &BTreeMap<String, u64>) -> String {
    let named: Vec<String> = names.iter().map(|(name, messages)| format!("“{name}” ({messages})")).collect();
    named.join(", ")
}
