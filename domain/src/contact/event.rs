use serde::{Deserialize, Serialize};

use crate::{E164, IdentifierHash, Personal};

/// What happened to a contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ContactEvent {
    /// Somebody with this phone was heard of for the first time.
    ///
    /// What she calls herself comes with her messages, each as of its time.
    #[serde(rename = "contact.introduced_by_phone")]
    IntroducedByPhone {
        /// Her number.
        phone: Personal<E164>,
        /// Keyed hash of the number.
        phone_hash: IdentifierHash,
    },
    /// She was forgotten: whatever personal value any event holds about her can't be read any more.
    ///
    /// Her number is free; whoever writes from it is somebody new.
    #[serde(rename = "contact.erased")]
    Erased {
        /// Keyed hash of the number she was known by.
        phone_hash: IdentifierHash,
    },
}

crate::aggregate::event_types!(ContactEvent {
    IntroducedByPhone => "contact.introduced_by_phone", "1";
    Erased => "contact.erased", "1";
});
