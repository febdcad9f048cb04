use crate::{E164, IdentifierHash, Personal};

crate::event_type::events! {
    /// What happened to a contact.
    pub enum ContactEvent {
        /// Somebody with this phone was heard of for the first time.
        ///
        /// What she calls herself comes with her messages, each as of its time.
        "contact.introduced_by_phone", "1" => IntroducedByPhone {
            /// Her number.
            phone: Personal<E164>,
            /// Keyed hash of the number.
            phone_hash: IdentifierHash,
        },
        /// She was forgotten: whatever personal value any event holds about her can't be read any more.
        ///
        /// Her number is free; whoever writes from it is somebody new.
        "contact.erased", "1" => Erased {
            /// Keyed hash of the number she was known by.
            phone_hash: IdentifierHash,
        },
    }
}
