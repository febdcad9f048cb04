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
}

crate::aggregate::event_types!(ContactEvent {
    IntroducedByPhone => "contact.introduced_by_phone", "1";
});
